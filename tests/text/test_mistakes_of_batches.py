"""What goes wrong with batches, analyses and answers is told in Japanese, words of English only in names."""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.analysis.calibration.running import taken_up
from sim.analysis.calibration.waves import Request
from sim.analysis.expressions import Known, read_expression
from sim.answers.known import question_of
from sim.batch.addresses import Address
from sim.batch.digests import Sums
from sim.batch.experiment_file import load_experiment, load_problem
from sim.batch.manifest import read_manifest
from sim.batch.parameter_sets import read_parameter_sets
from sim.batch.store import read_part
from sim.cli import main
from sim.errors import InputError
from sim.text.mistakes import told

KNOWN = Known(("early", "late: 2"), ("deals_signed", "meetings"), ("posting_rate",), "deals_signed")
EXPERIMENT = "name: e\nscenarios: [baseline]\nreplicates: 2\n"
FACTORS = "factors: {subsidy: {kind: lever, low: 0, high: 9}, promotion: {kind: lever, values: [1, 2, 3]}}\n"
MIXES = (
    "design: {method: lhs, samples: 4}\n"
    "frontier: {budget: 5, objectives: {deals_signed: max, meetings: max}}\n"
)


def _expression(text: str) -> Callable[[Path], object]:
    return lambda _: read_expression(text, KNOWN)


def _experiment(text: str, load: Callable[[Path], object] = load_experiment) -> Callable[[Path], object]:
    def try_it(folder: Path) -> object:
        (folder / "e.yaml").write_text(EXPERIMENT + text, encoding="utf-8")
        return load(folder / "e.yaml")

    return try_it


def _table_of_points(content: bytes) -> Callable[[Path], object]:
    def try_it(folder: Path) -> object:
        (folder / "points.csv").write_bytes(content)
        return _experiment(FACTORS + "design: {method: table, file: points.csv}\n")(folder)

    return try_it


def _parameters(content: bytes) -> Callable[[Path], object]:
    def try_it(folder: Path) -> object:
        (folder / "sets.csv").write_bytes(content)
        return read_parameter_sets(folder / "sets.csv")

    return try_it


def _question(text: str) -> Callable[[Path], object]:
    def try_it(folder: Path) -> object:
        (folder / "mine.py").write_text(text, encoding="utf-8")
        return question_of(str(folder / "mine.py"))

    return try_it


def _manifest(content: object) -> Callable[[Path], object]:
    def try_it(folder: Path) -> object:
        (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
        return read_manifest(folder)

    return try_it


def _part(folder: Path) -> object:
    return read_part(folder / "series" / "part-p0-r0.parquet", Sums(folder))


def _other_calibration(folder: Path) -> object:
    there = {"calibration": "abc", "model": "def"}
    (folder / "calibration.json").write_text(json.dumps(there), encoding="utf-8")
    return taken_up(Request(), folder)


def _nobody_listens(_: Path) -> object:
    with socket.socket() as taken:  # bound, but nobody listens there
        taken.bind(("127.0.0.1", 0))
        return Address.parsed(f"tcp://127.0.0.1:{taken.getsockname()[1]}").reached()


#: What is tried, words that its Japanese holds, and names in it that are neither Japanese nor of the file.
TRIED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no such name": (_expression("earlie > 3"), "のことですか？", "earlie early"),
    "names of nothing": (_expression("x + 1 > zzz"), "シナリオはearly、late: 2です", "x early late"),
    "an outcome": (_expression("early.meeting > 3"), "保存されていません。meetings", "meeting meetings"),
    "whose outcome": (_expression("meetings > 3"), "どのシナリオの値", "meetings early late"),
    "unread": (_expression("early = 'a: b'"), "文字目が読めません。等しい", "early a b"),
    "not allowed": (
        _expression("early ** 2 > 1"),
        "使えるのは+ - * /、比較",
        "early and or not abs min max percentile",
    ),
    "percentile": (_expression("percentile(early, 101) > 1"), "0から100までの数値に", "percentile"),
    "no outcome": (
        _expression("posting_rate > 1"),
        "結果指標がありません",
        "posting_rate early deals_signed",
    ),
    "powers of two": (
        _experiment(FACTORS + "design: {method: sobol, samples: 6}\n"),
        "2のべき乗",
        "design samples",
    ),
    "morris": (
        _experiment(FACTORS + "design: {method: morris, trajectories: 2, levels: 4}\n"),
        "4の約数でなければなりませんが、promotionには3個",
        "design levels morris promotion",
    ),
    "group": (
        _experiment(FACTORS + "design: {method: saltelli, samples: 4, groups: {a: [subsidy, x]}}\n"),
        "グループaのxは",
        "design groups a x",
    ),
    "panel": (
        _experiment("record: {tables: [series, panel]}\n"),
        "地域別の結果の表です",
        "record tables panel by prefecture region size_class municipality",
    ),
    "worlds": (
        _experiment("world: synthetic:5\nworlds: many\nrecord: {tables: [series, deals]}\n"),
        "synthetic:5では市区町村も反復ごとに生成されるため、表dealsに",
        "worlds synthetic deals japan ledger",
    ),
    "mix": (
        _experiment(FACTORS + MIXES, load_problem),
        "lowとhighを書いてください",
        "factors promotion values low high",
    ),
    "column": (
        _table_of_points(b"subsidy\n1\n"),
        "points.csv: 列promotion",
        "design file points csv promotion",
    ),
    "encoding": (
        _table_of_points(b"subsidy\n\x81\x20\n"),
        "いずれでもありません",
        "design file points csv UTF CP Shift_JIS CSV",
    ),
    "no text": (_parameters(b"\xff\xfe\x00"), "UTF-8で保存", "UTF"),
    "no name": (_parameters(b"push_floor,\n0.1,0.2\n"), "2列目に名前がありません", ""),
    "no sets": (_parameters(b"\n"), "見出しの行に名前を書いて", ""),
    "which question": (
        lambda _: question_of("which_leaver"),
        "which_leverのことですか",
        "which_leaver which_lever",
    ),
    "no question in it": (
        _question("QUESTION = 3"),
        "がありません",
        "QUESTION sim answers question Question",
    ),
    "broken question": (
        _question("1 / 0"),
        "インポートできません（",
        "ZeroDivisionError division by zero",
    ),
    "old folder": (_manifest({"format": 3}), "このバージョンの形式", "experiment yaml"),
    "changed": (_manifest({"format": 4, "checksum": "0"}), "変更されています。元のとおりに", "out"),
    "no manifest in it": (_manifest({}), "壊れています（'format'）。", "format"),
    "part": (_part, "ありません。削除して、もう一度", ""),
    "calibration": (_other_calibration, "設定の異なる較正の結果", "out"),
    "scheduler": (_nobody_listens, "応答しません（接続を拒否されました）", "scheduler tcp Dask"),
}


@pytest.mark.parametrize("what", TRIED)
def test_it_is_told_in_japanese(what: str, tmp_path: Path) -> None:
    try_it, wanted, names = TRIED[what]
    with pytest.raises(InputError) as caught:
        try_it(tmp_path)
    lines = [told(line, "ja").replace(str(tmp_path), "") for line in caught.value.lines]
    assert wanted in "\n".join(lines), lines
    _refuse_english(lines, names)


def _refuse_english(lines: list[str], names: str) -> None:
    files = "e yaml mine py sets csv manifest json series part p r parquet out when"
    words = {word for line in lines for word in re.findall(r"[A-Za-z_]+", line)}
    assert words <= {*files.split(), *names.split()}, lines


SMALL = """\
name: e
world: synthetic:5
quarters: 2
replicates: 2
scenarios: [baseline]
record: {tables: [series]}
factors: {subsidy: {kind: lever, low: 0, high: 9}}
design: {method: lhs, samples: 4}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    (folder / "e.yaml").write_text(SMALL, encoding="utf-8")
    assert main(["batch", str(folder / "e.yaml"), "--out", str(folder / "out"), "--workers", "1"]) == 0
    return folder


def _written(name: str, change: Callable[[str], str]) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(change((folder / name).read_text()))


def _all_parts_damaged(folder: Path) -> None:
    for path in (folder / "out" / "series").iterdir():
        path.write_bytes(b"nothing")


#: What is done to an experiment or its results, the command that meets it, and as in ``TRIED``.
MET: dict[str, tuple[Callable[[Path], object], list[str], str, str]] = {
    "a larger design": (
        _written("e.yaml", lambda text: text.replace("samples: 4", "samples: 5")),
        ["batch", "e.yaml", "--out", "out"],
        "計画lhsは、始めた後で",
        "design lhs grid sobol saltelli table",
    ),
    "another table": (
        _written("e.yaml", lambda text: text.replace("[series]", "[series, ledger]")),
        ["batch", "e.yaml", "--out", "out"],
        "表ledgerなしで実行された結果です",
        "ledger",
    ),
    "nothing to try again": (
        lambda _: None,
        ["batch", "e.yaml", "--out", "r", "--retry-failed"],
        "やり直せる試行がありません",
        "",
    ),
    "no points": (
        lambda folder: (folder / "out" / "design.parquet").unlink(),
        ["verify", "out"],
        "点の番号を示す表ですが、ありません。元のとおりに戻すか",
        "design",
    ),
    "a changed manifest": (
        _written("out/manifest.json", lambda text: text.replace('"seed": 1', '"seed": 2')),
        ["verify", "out"],
        "書き込まれた後で変更されています。元のとおりに戻すか",
        "",
    ),
    "a changed experiment": (
        _written("out/experiment.yaml", lambda text: f"{text}# more\n"),
        ["report", "out"],
        "manifest.jsonに記された実験ではありません。変更されたか",
        "experiment",
    ),
    "no provenance": (
        lambda folder: (folder / "out" / "provenance.json").unlink(),
        ["verify", "out"],
        "このファイルなしでもう一度実行すると",
        "provenance",
    ),
    "no whole part": (
        _all_parts_damaged,
        ["sensitivity", "out"],
        "異なります）。削除して、もう一度",
        "SHA SUMS",
    ),
    "an outcome": (
        lambda _: None,
        ["sensitivity", "out", "--outcome", "meetingz"],
        "meetingsのことですか",
        "outcome meetingz meetings",
    ),
    "a condition": (
        lambda _: None,
        ["discover", "out", "--when", "baseline - 3"],
        "baseline - 3 > 0のように比較してください",
        "when baseline",
    ),
}


@pytest.mark.parametrize("what", MET)
def test_the_command_line_says_it_in_japanese(
    what: str,
    results: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(results, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    change, command, wanted, names = MET[what]
    change(tmp_path)
    assert main([*command, "--lang", "ja"]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert wanted in last
    _refuse_english([last], names)

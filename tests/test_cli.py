"""The command line: lists, runs, comparisons, exit codes, and what it loads."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.batch import chunks
from sim.cli import main
from sim.cli.orders import horizon
from sim.cli.stages import Remaining
from sim.kernel.outcomes import OUTCOMES
from sim.kernel.parameters import declared
from sim.provenance import RELEASED
from sim.report import report
from sim.results import load
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.scenario import builtin_names

ROOT = Path(__file__).parent.parent
SMALL = ["--world", "synthetic:30", "--quarters", "8", "--replicates", "2", "--workers", "1"]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sim.cli", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        **options,
    )


def test_lists_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    names = {
        "scenarios": builtin_names(),
        "levers": [lever.name for lever in LEVERS] + [setting.name for setting in SETTINGS],
        "parameters": list(declared()),
        "outcomes": [outcome.name for outcome in OUTCOMES],
        "worlds": ["japan", "synthetic:N", "PLACES.csv"],
    }
    for what, expected in names.items():
        assert main(["list", what, "--json"]) == 0
        rows = json.loads(capsys.readouterr().out)
        assert [row["name"] for row in rows] == expected


@pytest.mark.parametrize("what", ["scenarios", "levers", "parameters", "outcomes", "worlds"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_lists_as_tables(capsys: pytest.CaptureFixture[str], what: str, language: str) -> None:
    assert main(["list", what, "--lang", language]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("name" if language == "en" else "名前")
    japanese = re.search(r"[ぁ-んァ-ヶ一-龠]", printed) is not None
    assert japanese == (language == "ja")


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--help"], ["-h"]):
        assert main(arguments) == 0
        assert "compare" in capsys.readouterr().out
    assert main(["--version"]) == 0
    line = r"sdgs-partnership-sim \S+ \(\d{4}-\d\d-\d\d\), model \d+ \(sources [0-9a-f]{16}\)\n"
    assert re.fullmatch(line, capsys.readouterr().out)
    assert main(["compare", "--help"]) == 0
    assert "--equal-budget" in capsys.readouterr().out


def test_cite(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cite"]) == 0
    printed = capsys.readouterr().out
    assert "@software{sdgs_partnership_sim," in printed
    assert f"date    = {{{RELEASED}}}" in printed
    assert re.search(r"note    = \{model version \d+, sources [0-9a-f]{16}\}", printed)
    assert printed.count("{") == printed.count("}")


def test_the_citation_file_says_the_same_version_and_date() -> None:
    facts = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert str(facts["date-released"]) == RELEASED
    assert facts["version"] == project["version"]


def test_a_name_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    push = declared()["national_push"]
    assert main(["list", "parameters", "national_push", "--lang", "en"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    for fact in (
        f"default {push.default:g}",
        f"low {push.low:g}",
        f"high {push.high:g}",
        "per quarter",
        "fitted to the Cabinet Office surveys",
        "newton-consulting.co.jp",
    ):
        assert fact in printed
    assert main(["list", "levers", "subsidy", "promotion", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["subsidy", "promotion"]


def test_an_unknown_name_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "parameters", "national_puhs"]) == 2
    assert "national_push" in capsys.readouterr().err


def test_a_part_of_names_is_answered_with_these(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "outcomes", "deals"]) == 2
    meant = "did you mean deals_signed, deals_subsidised, deals_additional or overseas_deals?"
    assert meant in capsys.readouterr().err


def test_quarters_of_a_scenario_are_shown_as_people_write_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "scenarios", "baseline", "no_policy", "--json"]) == 0
    baseline, _ = json.loads(capsys.readouterr().out)
    assert baseline["parameters"]["model_grant_cap"] == {"2018Q2": 40.0, "2019Q2": 30.0, "2023Q2": 25.0}
    assert baseline["calendar"] == {"national_target": "2020Q1"}
    assert baseline["levers"]["futurecity.model_grants"]["2019"] == 250.0  # a fiscal year, as it was
    assert main(["list", "scenarios", "baseline"]) == 0
    assert '"2019Q2": 31.0' in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["cite"], ["list", "scenarios"], ["list", "levers"], ["check", "mine.yaml"]],
)
def test_light_commands_load_nothing_heavy(arguments: list[str]) -> None:
    Path("mine.yaml").write_text("name: mine\n", encoding="utf-8")
    code = (
        "import sys; from sim.cli import main; code = main(sys.argv[1:]); "
        "heavy = {'numba', 'numpy', 'pandas', 'pyarrow', 'matplotlib', 'mesa', 'scipy'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else code)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    assert ended.returncode == 0


@pytest.mark.parametrize(
    ("text", "quarters"), [("51", 51), ("2030Q4", 51), ("2018Q2", 1), ("2019Q1", 4), ("1", 1)]
)
def test_horizon(text: str, quarters: int) -> None:
    assert horizon(text) == quarters


def test_run_writes_a_folder_named_after_what_was_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "baseline", *SMALL]) == 0
    printed = capsys.readouterr()
    (folder,) = Path("results").iterdir()
    assert re.fullmatch(r"baseline-[0-9a-f]{16}", folder.name)
    assert "2020Q1" in printed.out
    assert f"results: results/{folder.name}" in printed.out
    assert "\x1b" not in printed.out + printed.err
    for name in ("experiment.yaml", "provenance.json", "summary.csv", "summary.parquet", "report.html"):
        assert (folder / name).is_file()
    assert list((folder / "figures").glob("*.svg"))
    assert len(load(folder).series) == 2 * 8


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("30 made-up", "(synthetic:30;", "n = 2 replicates", "2018Q2 to 2020Q1")),
        ("ja", ("架空の30市区町村", "synthetic:30", "n=2回", "2018年4〜6月期〜2020年1〜3月期")),
    ],
)
def test_world_replicates_and_horizon_stand_above_every_table(
    capsys: pytest.CaptureFixture[str], language: str, words: tuple[str, ...]
) -> None:
    command = ["compare", "baseline", "subsidy_first", *SMALL, "--quick", "--lang", language, "--out", "out"]
    assert main(command) == 0
    printed = capsys.readouterr()
    space = " " if language == "en" else ""
    for said, times in ((printed.out, 3), (printed.err, 1)):  # three tables; once before it runs
        assert [space.join(said.split()).count(word) for word in words] == [times] * len(words)


@pytest.mark.usefixtures("blank_figures")
def test_compare_prints_effects_and_reuses_what_was_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["compare", "baseline", "subsidy_first", "matching_first", *SMALL, "--out", "out"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "Effect against baseline by 2020Q1" in printed
    for words in (
        "subsidy_first",
        "matching_first",
        "95% interval",
        "appropriated",
        "lapsed",
        "report: out/report.html",
    ):
        assert words in printed
    comparison = load("out").comparison
    assert set(comparison["scenario"]) == {"subsidy_first", "matching_first"}
    parts = {path: path.stat().st_mtime_ns for path in Path("out").glob("*/part-*.parquet")}
    monkeypatch.setattr(report, "write_report", lambda *_: None)
    assert main(command) == 0
    assert {path: path.stat().st_mtime_ns for path in Path("out").glob("*/part-*.parquet")} == parts
    assert main(["report", "out"]) == 0
    assert capsys.readouterr().out.count("Effect against baseline") == 2


@pytest.mark.usefixtures("without_figures")
def test_in_japanese(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "baseline", "subsidy_first", *SMALL, "--lang", "ja", "--out", "out"]) == 0
    printed = capsys.readouterr().out
    assert "95%信頼区間" in printed
    assert "報告書: out/report.ja.html" in printed


@pytest.mark.usefixtures("without_figures")
def test_quiet_prints_the_folder_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "no_policy", *SMALL, "--quiet", "--out", "out"]) == 0
    assert capsys.readouterr() == ("out\n", "")


@pytest.mark.usefixtures("without_figures")
def test_quick_changes_defaults_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["run", "baseline", "--quick", "--quarters", "2", "--workers", "1", "--out", "out", "--quiet"])
        == 0
    )
    manifest = load("out").manifest
    assert (manifest.world, manifest.replicates, manifest.quarters) == ("synthetic:300", 10, 2)
    assert main(["run", "baseline", "--quick", *SMALL, "--out", "two", "--quiet"]) == 0
    manifest = load("two").manifest
    assert (manifest.world, manifest.replicates, manifest.quarters) == ("synthetic:30", 2, 8)


@pytest.mark.usefixtures("without_figures")
def test_equal_budget(capsys: pytest.CaptureFixture[str]) -> None:
    Path("more.yaml").write_text("name: more\nextends: subsidy_first\nlevers: {promotion: {2019: 1_350}}\n")
    equal = ["compare", "baseline", "subsidy_first", "matching_first", *SMALL]
    assert main([*equal, "--equal-budget", "--out", "equal"]) == 0
    assert "every scenario but baseline appropriates the same" in capsys.readouterr().err
    unequal = ["compare", "baseline", "subsidy_first", "more.yaml", *SMALL, "--out", "rescaled"]
    assert main([*unequal, "--equal-budget=rescale"]) == 0
    assert "more FY2019 x 0.695499" in capsys.readouterr().err
    ledger = load("rescaled").ledger
    totals = ledger.groupby(["scenario", "replicate", "fiscal_year"], observed=True)["appropriated"].sum()
    assert totals["more"].to_numpy() == pytest.approx(totals["subsidy_first"].to_numpy(), rel=1e-12)


@pytest.mark.usefixtures("without_figures")
def test_equal_spending(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--world", "synthetic:60", "--quarters", "12", "--replicates", "2", "--workers", "1"]
    command = ["compare", "baseline", "company_grants_first", "study_groups_first", *small]
    assert main([*command, "--equal-spending=40", "--out", "equal"]) == 0
    printed = capsys.readouterr()
    assert "compared at equal spending: JPY 40 million a fiscal year beyond baseline" in printed.err
    assert "Public money beyond baseline by lever" in printed.out and "transfer" in printed.out
    results = load("equal")
    equal = results.experiment.equal_spending
    assert equal is not None and (equal.sum, equal.since, equal.replicates) == (40.0, 2019, 2)
    ledger = results.ledger.groupby(["scenario", "replicate"], observed=True)["spent"].sum()
    scale, years = 60 / 1741, 2.0  # FY2019 and FY2020
    for name, found in equal.scenarios.items():
        extra = (ledger[name] - ledger["baseline"]).mean() / scale / years
        assert found.spent == pytest.approx(extra) and f"  {name} " in printed.err
    assert main(["batch", "equal/experiment.yaml", "--out", "again", "--workers", "1", "--quiet"]) == 0
    assert load("again").experiment == results.experiment  # whoever runs it again is told, too


@pytest.mark.usefixtures("without_figures")
def test_failed_runs_end_with_3(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    good = chunks._begun

    def failing(experiment: Any, replicate: int, *rest: Any) -> Any:
        if replicate == 1:
            raise ZeroDivisionError("made to fail")
        return good(experiment, replicate, *rest)

    monkeypatch.setattr(chunks, "_begun", failing)
    assert main(["run", "baseline", *SMALL, "--out", "out"]) == 3
    printed = capsys.readouterr()
    assert "1 of 2 runs failed; out/failures lists them" in printed.err
    assert "made to fail" in printed.err
    assert "report: out/report.html" in printed.out


def test_when_every_run_fails(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*arguments: Any, **options: Any) -> Any:
        raise ZeroDivisionError("made to fail")

    monkeypatch.setattr(chunks, "_begun", failing)
    assert main(["run", "baseline", *SMALL, "--out", "out"]) == 3
    assert "2 of 2 runs failed" in capsys.readouterr().err


@pytest.mark.usefixtures("without_figures")
def test_interruption_keeps_what_is_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(chunks, "_begun", interrupted)
        assert main(["run", "baseline", *SMALL, "--out", "out"]) == 130
    assert "the same command goes on from there" in capsys.readouterr().err
    assert main(["run", "baseline", *SMALL, "--out", "out"]) == 0


@pytest.mark.slow
def test_ctrl_c_of_a_process_ends_with_130_and_the_same_command_goes_on() -> None:
    command = [
        "run",
        "baseline",
        "--world",
        "synthetic:300",
        "--replicates",
        "2000",
        "--workers",
        "2",
        "--out",
        "out",
    ]
    started = subprocess.Popen(
        [sys.executable, "-m", "sim.cli", *command],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 240
    while not list(Path("out/series").glob("part-*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.1)
    started.send_signal(signal.SIGINT)
    _, errors = started.communicate(timeout=60)
    assert started.returncode == 130
    assert errors.splitlines()[-1].startswith("interrupted; ")
    assert "Traceback" not in errors
    stored = {path.name for path in Path("out/series").glob("part-*.parquet")}
    assert stored
    command[command.index("2000")] = "1"
    assert process(*command).returncode == 0
    assert {path.name for path in Path("out/series").glob("part-*.parquet")} >= stored


def test_a_real_process_runs_and_is_silent_on_standard_error() -> None:
    ended = process("run", "baseline", *SMALL, "--out", "out")
    assert ended.returncode == 0
    assert ended.stderr in ("", "compiling the model (once per version; up to a minute)\n")


def test_a_reader_that_goes_away_is_no_error() -> None:
    ended = subprocess.run(
        f"{sys.executable} -m sim.cli list parameters --json | head -1",
        shell=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout == "[\n"
    assert ended.stderr == ""


def test_time_left_counts_new_runs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    remaining = Remaining()
    remaining.update(50)  # stored by an earlier command
    assert remaining.left(100) is None
    now[0] = 110.0
    remaining.update(60)
    assert remaining.left(100) is not None
    assert remaining.left(100).total_seconds() == 40
    now[0] = 115.0
    assert remaining.left(100).total_seconds() == 35


ISLES = str(ROOT / "experiments" / "worlds" / "made_up_isles.csv")


def test_a_world_of_ones_own_is_checked_and_what_it_lacks_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", ISLES]) == 0
    said = capsys.readouterr()
    assert "municipalities: 54, regions: 5, companies: 184, financial institutions: 7" in said.out
    assert "made_up_isles.csv: no such column, so nobody was selected" in said.err
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("id,name,region,latitude,longitude,population\n1,A,R,91,0,-5\n")
    assert main(["check", str(wrong)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"{wrong}:2:latitude: '91' must be -90 to 90; are latitude and longitude exchanged?",
        f"{wrong}:2:population: '-5' must be 0 to 1e+09",
    ]
    assert main(["run", "baseline", "--world", str(wrong), "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("blank_figures")
def test_runs_in_a_world_of_ones_own_say_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--quarters", "4", "--replicates", "1", "--workers", "1", "--out", str(tmp_path / "out")]
    assert main(["run", "baseline", "--world", ISLES, *small]) == 0
    said = capsys.readouterr()
    assert "54 municipalities of made_up_isles.csv" in said.out
    assert "national budgets and quotas are those of Japan in proportion: 54 of 1,741" in said.err
    assert main(["report", str(tmp_path / "out")]) == 0


def test_the_tables_of_japan_are_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "japan", str(tmp_path / "japan")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert main(["export", "japan", str(tmp_path / "japan")]) == 2
    assert "holds something already" in capsys.readouterr().err

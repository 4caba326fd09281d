"""With ``--lang ja`` mistakes are told in Japanese, at the same places, and none is lost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sim.cli import main
from sim.text.mistakes import told
from tests.examples import ROOT
from tests.test_bad_input import COMMANDS, FILES, SMALL

type Lines = Callable[[Sequence[str], str], list[str]]

JAPANESE = re.compile(r"[ぁ-んァ-ン一-龯]")
#: What stands before a mistake that there are no Japanese words for.
LEAD = "入力に誤りがあります（英文）："
#: English that is not for users to read as words: names of the model, files, options and values.
WORDS = re.compile(r"\b(?:the|is|must|not|give|write|has|or|such|another|with)\b")
EXPERIMENTS = (
    "replicates: 0",
    "quarters: 3000",
    "baseline: gone",
    "factors: {subsidy: {kind: lever, low: 0, high: 1}}",
    "design: {method: grid}",
    "design: {method: gird}\nfactors: {subsidy: {kind: lever, low: 0, high: 3}}",
    "design: {method: grid}\nfactors: {subsidi: {kind: lever, low: 0, high: 3}}",
    "design: {method: grid}\nfactors: {subsidy: {kind: lever, low: 5, high: 3}}",
    "design: {method: grid}\nfactors: {subsidy: {kind: lever, values: [1, 1]}}",
    "design: {method: sobol, samples: 10}\nfactors: {subsidy: {kind: lever, low: 0, high: 3}}",
    "world: jpan",
    "worlds: few",
    "record: {outcomes: [deal_signed]}",
    "record: {by: town}",
    "record: {quarters: [2050Q1]}",
    "sceanrios: 3",
)
POINTS = (
    b"promotion\n",
    b"subsidy\n10\n",
    b"promotion,promotion\n1,2\n",
    b"promotion\n#N/A\nNULL\n,,\n",
    b"promotion,note\n10\n",
    b'promotion\n"10\n',
    b"promotion\n\x81\xff\n",
    *(f"promotion\n{'x' * number}\n".encode() for number in (1, 80)),
)
HEAD = "id,name,region,latitude,longitude,population"
TABLES = (
    "",
    "id,name\n1,a\n",
    f"{HEAD}\n1,A,R,35,135,100\n1,B,R,35,136,200\n",
    f"{HEAD}\n1,A,R,135,35,100\n",
    f"{HEAD}\n1,A,R,35,135,many\n",
    f"{HEAD}\n1,A,,35,135,100\n",
    f"{HEAD}\n1,A,R,35,135,0\n",
    f"{HEAD},share65plus\n1,A,R,35,135,100,35\n",
    f"{HEAD[:-1]}\n1,A,R,35,135,100\n",
)


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lines:
    """Run a command that refuses its input, in a language; give the lines that it prints."""
    monkeypatch.chdir(tmp_path)

    def run(arguments: Sequence[str], lang: str) -> list[str]:
        assert main([*arguments, "--lang", lang]) == 2
        return capsys.readouterr().err.splitlines()

    return run


def assert_translated(lines: Lines, *arguments: str) -> None:
    """Every mistake is told in Japanese, where and as often as it is in English."""
    english, japanese = lines(arguments, "en"), lines(arguments, "ja")
    assert len(english) == len(japanese)
    for one, other in zip(english, japanese, strict=True):
        place = re.match(r"\S+?:\d+:\d+: |", one)
        assert place and other.startswith(place[0])
        assert LEAD not in other
        plain = re.sub(r"[（(].*[）)]|'[^']*'", "", other[place.end() :])
        assert JAPANESE.search(plain) and not WORDS.search(plain), other


@pytest.mark.parametrize("content", [content for content, _ in FILES.values()], ids=FILES)
def test_scenario_file(lines: Lines, tmp_path: Path, content: str) -> None:
    (tmp_path / "mine.yaml").write_text(f"name: mine\n{content}\n", encoding="utf-8")
    assert_translated(lines, "check", "mine.yaml")


@pytest.mark.parametrize("content", EXPERIMENTS)
def test_experiment(lines: Lines, tmp_path: Path, content: str) -> None:
    text = f"name: mine\nscenarios: [baseline]\n{content}\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert_translated(lines, "batch", "mine.yaml")
    assert_translated(lines, "check", "mine.yaml")


@pytest.mark.parametrize("content", POINTS)
def test_table_of_points(lines: Lines, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "points.csv").write_bytes(content)
    design = (
        "design: {method: table, file: points.csv}\nfactors: {promotion: {kind: lever, low: 0, high: 20}}"
    )
    (tmp_path / "mine.yaml").write_text(f"name: mine\nscenarios: [baseline]\n{design}\n", encoding="utf-8")
    assert_translated(lines, "check", "mine.yaml")


@pytest.mark.parametrize(
    "taken", ["quarter", "subsidy", "deals_signed", "contagion_neighbours", "levers", "spent"]
)
def test_an_extension_whose_name_is_taken(
    lines: Lines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    code = f"from sim.extensions import outcome\n\n\n@outcome(unit='x')\ndef {taken}(now):\n    return 5.0\n"
    (tmp_path / f"own_{taken}.py").write_text(code, encoding="utf-8")
    text = f"name: mine\nextends: baseline\nextensions: ['own_{taken}:{taken}']\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert_translated(lines, "check", "mine.yaml", "--allow-extensions", f"own_{taken}")


@pytest.mark.parametrize("content", TABLES)
def test_tables_of_a_world(lines: Lines, tmp_path: Path, content: str) -> None:
    (tmp_path / "mine.csv").write_text(content, encoding="utf-8")
    assert_translated(lines, "check", "mine.csv")


IN_ENGLISH = ("unknown language",)  # which --lang would take the place of


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in IN_ENGLISH])
def test_command(lines: Lines, tmp_path: Path, name: str) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("years of work", encoding="utf-8")
    factors = "subsidy: {kind: lever, low: 0, high: 1}, promotion: {kind: lever, low: 0, high: 1}"
    files = {
        "promotion": "extends: subsidy_first\nlevers: {promotion: {2019: 100}}",
        "empty": "",
        "small": "scenarios: [baseline]",
        "large": f"scenarios: [baseline]\ndesign: {{method: grid, levels: 11}}\nfactors: {{{factors}}}",
    }
    for file, text in files.items():
        (tmp_path / f"{file}.yaml").write_text(f"name: {file}\n{text}\n", encoding="utf-8")
    command = COMMANDS[name][0]
    assert_translated(lines, *command.split(), *(SMALL if "--out" in command else []))


@pytest.mark.parametrize("command", [["check"], ["run"], ["compare", "baseline"], ["batch"]])
def test_the_words_are_those_of_the_page(lines: Lines, tmp_path: Path, command: list[str]) -> None:
    text = "name: mine\nscenarios: [baseline]\n" if command == ["batch"] else "name: mine\n"
    (tmp_path / "mine.yaml").write_text(f"{text}levres: 3\n", encoding="utf-8")
    (line,) = lines([*command, "mine.yaml"], "ja")
    assert re.fullmatch(r"mine.yaml:\d:1: levres: 知らないキーです(。.+)?", line)


def test_a_warning_tells_what_japan_has_not_in_japanese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "name: mine\nprogrammes: {own: {lever: advisers, money: 1, for: {prefecture: Nagan}}}\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert main(["check", str(tmp_path / "mine.yaml"), "--lang", "ja"]) == 0
    assert "'Nagan'という都道府県はjapanにありません" in capsys.readouterr().err


@pytest.mark.parametrize(("encoding", "words"), [("ascii", "no such file"), ("utf-8", "そのようなファイル")])
def test_a_terminal_without_japanese_letters_gets_english(tmp_path: Path, encoding: str, words: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "sim.cli", "check", "gone.yaml", "--lang", "ja"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert f"gone.yaml: {words}" in ended.stderr.decode(encoding)


def test_what_has_no_words_stays_whole_behind_a_lead() -> None:
    assert told("mine.yaml:3:5: levers: something new: 3", "ja") == (
        f"mine.yaml:3:5: {LEAD}levers: something new: 3"
    )
    assert told("something new", "ja") == f"{LEAD}something new"
    assert told("something new", "en") == "something new"


def test_a_key_is_not_taken_for_a_value() -> None:
    line = "mine.yaml:3:5: programmes.own.for.prefecture: 'Nagan': japan has no such prefecture"
    assert told(line, "ja") == (
        "mine.yaml:3:5: programmes.own.for.prefecture: 'Nagan'という都道府県はjapanにありません"
    )

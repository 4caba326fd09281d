"""Bad input: exit code 2, one clear line with the place and a suggestion, and nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli import main
from sim.simulation.warmup import compile_kernel

type Refused = Callable[..., str]

SMALL = ["--world", "synthetic:5", "--quarters", "2", "--replicates", "1"]


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder below with size and time of change."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[str]]:
    """Run a command that refuses its input, in a folder of its own; give the lines that it prints."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> list[str]:
        before = snapshot(tmp_path)
        code = main(list(arguments))
        printed = capsys.readouterr()
        assert code == 2
        assert printed.out == ""
        assert printed.err.endswith("\n")
        assert "Traceback" not in printed.err
        assert snapshot(tmp_path) == before
        return printed.err.removesuffix("\n").split("\n")

    return run


@pytest.fixture
def refused(told: Callable[..., list[str]]) -> Refused:
    """Run a command that refuses its input; give the one line that it prints."""

    def run(*arguments: str) -> str:
        [line] = told(*arguments)
        return line

    return run


FILES = {
    "unknown lever": ("levers:\n    subsdy: 3", "3:5: levers.subsdy: unknown key, did you mean subsidy?"),
    "unknown lever inside": (
        "levers: {esg_finance: {study_group: 3}}",
        "2:24: levers.esg_finance.study_group: unknown key, did you mean study_groups?",
    ),
    "lever in the wrong place": (
        "levers: {guarantee: 3}",
        "2:10: levers.guarantee: unknown key; write it as levers: {esg_finance: {guarantee: ...}}",
    ),
    "lever at the top": ("subsidy: 3", "2:1: subsidy: unknown key; write it as levers: {subsidy: ...}"),
    "unknown section": ("lever: {}", "2:1: lever: unknown key, did you mean levers?"),
    "unknown parameter": (
        "parameters: {contagion_neighbors: 0.1}",
        "2:14: parameters.contagion_neighbors: unknown key, did you mean contagion_neighbours?",
    ),
    "unknown rule": ("rules: {awards: scored}", "2:9: rules.awards: unknown key, did you mean award?"),
    "unknown choice": ("rules: {award: score}", "2:9: rules.award: must be scored, need_weighted or lottery"),
    "unknown module": (
        "modules: {insurrance: true}",
        "2:11: modules.insurrance: unknown key, did you mean insurance?",
    ),
    "unknown pillar": (
        "emphasis: {society5: 1}",
        "2:12: emphasis.society5: unknown key, did you mean society_5_0?",
    ),
    "negative budget": ("levers: {subsidy: -3}", "2:10: levers.subsidy: must be from 0 to 100,000,000"),
    "negative budget of a year": (
        "levers: {subsidy: {2019: -3}}",
        "2:20: levers.subsidy.2019: must be from 0",
    ),
    "budget beyond all money": ("levers: {subsidy: 1e12}", "2:10: levers.subsidy: must be from 0"),
    "infinite budget": ("levers: {subsidy: .inf}", "2:10: levers.subsidy: must be a finite number, not inf"),
    "whole number of a novel": (
        f"levers: {{subsidy: {'9' * 5000}}}",
        "2:19: cannot be read (Exceeds the limit",
    ),
    "huge number in hexadecimal": (
        f"levers: {{subsidy: 0x{'f' * 5000}}}",
        "must be a finite number, not inf",
    ),
    "full-width digits": (
        "levers: {subsidy: ５００}",
        "must be a number, not '５００'; write it in half-width digits",
    ),
    "NUL in a name": ('title: {en: "a\\0b"}', r"2:13: holds a character that is no text (\x00)"),
    "half of a surrogate pair": ('title: {en: "\\ud800"}', "2:16: YAML syntax: found invalid Unicode"),
    "key that is a list": ("levers: {[1]: 3}", "2:10: a list: a key must be a word or a whole number"),
    "key that is a mapping": ("? {a: 1}\n: 3", "2:3: a mapping: a key must be a word or a whole number"),
    "no import path": ("extensions: [_]", "2:14: extensions.0: must be an import path"),
    "extension of a name that no field may have": (
        "extensions: [a:_b]",
        "2:1: extensions: names code to be run",
    ),
    "base of too long a name": (f"extends: {'a' * 300}.yaml", "2:1: extends: no such file"),
    "full-width colon": ("levers：\n  subsidy: 3", "2:7: a full-width ： where YAML wants :"),
    "huge whole number": (
        f"levers: {{subsidy: {'9' * 400}}}",
        "2:10: levers.subsidy: must be a finite number",
    ),
    "no number": ("levers: {subsidy: .nan}", "2:10: levers.subsidy: must be a finite number, not nan"),
    "a truth value": ("levers: {subsidy: true}", "2:10: levers.subsidy: must be a number, not true"),
    "text": ("levers: {subsidy: much}", "2:10: levers.subsidy: must be a number, not 'much'"),
    "nothing": ("levers: {subsidy: }", "2:10: levers.subsidy: must be a number, not nothing"),
    "a list": ("levers: {subsidy: [1, 2]}", "2:10: levers.subsidy: must be a number, not a list"),
    "empty mapping": ("levers: {subsidy: {}}", "2:10: levers.subsidy: must be a number or"),
    "year before 2018": (
        "levers: {subsidy: {2017: 3}}",
        "2:20: levers.subsidy.2017: fiscal year must be from 2018",
    ),
    "quarter for a year": (
        "levers: {subsidy: {2019Q1: 3}}",
        "2:20: levers.subsidy.2019Q1: must be a fiscal year",
    ),
    "quarter before 2018Q2": (
        "parameters: {own_channel: {2018Q1: 0.3}}",
        "2:28: parameters.own_channel.2018Q1: quarter 2018Q1 lies before 2018Q2",
    ),
    "year for a quarter": ("parameters: {own_channel: {2019: 0.3}}", "write it like 2018Q2"),
    "target before 2018Q2": (
        "calendar: {national_target: 2017Q4}",
        "2:12: calendar.national_target: quarter 2017Q4",
    ),
    "probability above one": (
        "parameters: {own_channel: 1.5}",
        "2:14: parameters.own_channel: must be from 0 to 1",
    ),
    "negative rate": ("parameters: {posting_rate: -1}", "2:14: parameters.posting_rate: must be from 0"),
    "unit cost of nothing": (
        "parameters: {coordinator_cost: 0}",
        "parameters.coordinator_cost: must be above 0",
    ),
    "cover above one": (
        "levers: {esg_finance: {guarantee_cover: 1.5}}",
        "must be from 0 to 1 (share of loss)",
    ),
    "truth value as text": (
        "modules: {insurance: yes}",
        "2:11: modules.insurance: must be true or false, not 'yes'",
    ),
    "levers are a number": ("levers: 3", "2:1: levers: must be a mapping"),
    "unknown base": ("extends: basline", "2:1: extends: no such scenario, did you mean baseline?"),
    "missing base": ("extends: gone.yaml", "2:1: extends: no such file"),
    "extends itself": ("extends: mine.yaml", "2:1: extends: mine.yaml extends this very scenario"),
    "key twice": ("levers: {}\nlevers: {}", '3:1: found duplicate key "levers"; keep one of the two'),
    "syntax": ("levers: {subsidy: 3", "2:9: no } ends what this brace begins"),
    "indent": ("levers:\n subsidy: 3\n  promotion: 2", "4:12: check the indentation: this line"),
    "comma between thousands": (
        "levers:\n  subsidy: 1,000",
        "must be a number, not '1,000'; write 1000 or 1_000: a comma separates entries",
    ),
    "comma between thousands in braces": (
        "levers: {subsidy: 1,000}",
        "2:19: a comma separates",
    ),
    "python object": (
        "levers: !!python/object:os.system {}",
        "2:9: tag !!python/object:os.system is not allowed",
    ),
    "anchor of itself": ("levers: &a {subsidy: *a}", "2:9: anchor &a is not allowed"),
    "alias": ("title: {en: *a}", "2:13: alias *a is not allowed"),
    "deep": ("levers: " + "[" * 3000, "nested deeper than 16 levels"),
}


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES)
def test_scenario_file(refused: Refused, tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "mine.yaml").write_text(f"name: mine\n{content}\n", encoding="utf-8")
    line = refused("check", "mine.yaml")
    assert line.startswith("mine.yaml:")
    assert words in line


TWO_MISTAKES = """\
name: two_mistakes
extends: baseline
levers: {subsidi: 500}
paramters: {contagion_neighbours: 5}
"""


@pytest.mark.parametrize("command", [["check"], ["run"], ["compare", "baseline"]], ids=lambda words: words[0])
def test_both_mistakes_are_told(told: Callable[..., list[str]], tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "two_mistakes.yaml").write_text(TWO_MISTAKES, encoding="utf-8")
    assert told(*command, "two_mistakes.yaml") == [
        "two_mistakes.yaml:3:10: levers.subsidi: unknown key, did you mean subsidy?",
        "two_mistakes.yaml:4:1: paramters: unknown key, did you mean parameters?",
    ]


def test_mistakes_of_several_files_are_told(told: Callable[..., list[str]], tmp_path: Path) -> None:
    (tmp_path / "below.yaml").write_text("name: below\nlevers: {subsdy: 1}\n", encoding="utf-8")
    text = "name: mine\nextends: below.yaml\nrules: {award: none}\nname: mine\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert [line.partition(" ")[0] for line in told("run", "mine.yaml", "gone.yaml", "basline")] == [
        "below.yaml:2:10:",
        "mine.yaml:3:9:",
        "mine.yaml:4:1:",
        "gone.yaml:",
        "basline:",
    ]


def test_mistakes_of_an_experiment_and_of_its_scenarios_are_told(
    told: Callable[..., list[str]], tmp_path: Path
) -> None:
    (tmp_path / "two_mistakes.yaml").write_text(TWO_MISTAKES, encoding="utf-8")
    text = "name: a\nscenarios: [two_mistakes.yaml, basline]\nreplicates: 0\n"
    (tmp_path / "experiment.yaml").write_text(text, encoding="utf-8")
    assert [line.partition(" ")[0] for line in told("batch", "experiment.yaml")] == [
        "two_mistakes.yaml:3:10:",
        "two_mistakes.yaml:4:1:",
        "experiment.yaml:2:32:",
        "experiment.yaml:3:1:",
    ]


INDENTS = {
    "section": "levers:\n　subsidy: 500",
    "second key": "levers:\n  promotion: 5\n　subsidy: 500",
    "after plain spaces": "levers:\n  　subsidy: 500",
    "with a key before": "levers:\n  esg_finance:\n　　guarantee: 5",
    "no-break space": "levers:\n\u00a0subsidy: 500",
    "of a list": "extensions:\n　- a:b",
}


@pytest.mark.parametrize("indent", INDENTS)
def test_a_wide_space_in_an_indent_is_named(refused: Refused, tmp_path: Path, indent: str) -> None:
    content = f"name: wide_indent\n{INDENTS[indent]}\n"
    (tmp_path / "wide.yaml").write_text(content, encoding="utf-8")
    line = refused("check", "wide.yaml")
    number = next(n for n, text in enumerate(content.splitlines(), 1) if "　" in text or "\u00a0" in text)
    assert line.startswith(f"wide.yaml:{number}:")
    assert "no-break space (U+00A0)" in line or "a full-width space (U+3000) in the indent" in line


def test_a_wide_space_inside_of_text_is_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "name: mine\ntitle:\n  ja: |\n    　字下げ\n    　本文\n  en: '　quoted'\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert main(["check", str(tmp_path / "mine.yaml")]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("command", [["run"], ["compare", "baseline"]], ids=["run", "compare"])
def test_scenario_file_of_a_run(refused: Refused, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\nlevers:\n    subsdy: 3\n", encoding="utf-8")
    line = refused(*command, "mine.yaml", *SMALL)
    assert line == "mine.yaml:3:5: levers.subsdy: unknown key, did you mean subsidy?"


@pytest.mark.parametrize("name", ["a/b", "../up", "", "ｘ", "a b", ".hidden", "x" * 61, "a\\nb", "baseline"])
def test_names_that_are_no_file_names(refused: Refused, tmp_path: Path, name: str) -> None:
    (tmp_path / "mine.yaml").write_text(f'name: "{name}"\n', encoding="utf-8")
    assert refused("check", "mine.yaml").startswith("mine.yaml:1:1: name: ")


def test_a_name_is_needed(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("levers: {}\n", encoding="utf-8")
    assert refused("check", "mine.yaml") == "mine.yaml:1:1: name: missing; a scenario needs a name"


def test_50_megabytes(refused: Refused, tmp_path: Path) -> None:
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(50_000_000)
    assert refused("run", "large.yaml") == "large.yaml: is 50,000,000 bytes large; at most 262,144 are read"


def test_not_a_file(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    assert "is a folder" in refused("check", "folder.yaml")
    assert "no such file" in refused("check", "gone.yaml")
    assert "not a regular file" in refused("check", "/dev/zero")


COMMANDS = {
    "unknown scenario": ("run basline", "basline: no such scenario, did you mean baseline?"),
    "quite unknown scenario": (
        "run xyz",
        "xyz: no such scenario, give a .yaml file or one of no_policy, baseline",
    ),
    "unknown baseline": (
        "compare basline subsidy_first",
        "basline: no such scenario, did you mean baseline?",
    ),
    "scenario twice": ("compare baseline baseline", "baseline: is given 2 times"),
    "experiment for a scenario": (
        "compare baseline small.yaml",
        "small.yaml: is an experiment; run it with sim batch",
    ),
    "experiment to run": ("run small.yaml", "small.yaml: is an experiment; run it with sim batch"),
    "scenario for an experiment": (
        "batch promotion.yaml",
        "promotion.yaml: is a scenario; use sim run or sim compare, or name it under scenarios: of an",
    ),
    "built-in scenario for an experiment": (
        "batch baseline",
        "baseline: is a built-in scenario; use sim run or sim compare, or name it under scenarios: of an",
    ),
    "experiment of nothing": ("batch empty.yaml", "scenarios: missing; an experiment needs scenarios"),
    "nothing to compare": ("compare baseline", "missing argument 'SCENARIO...'"),
    "unknown world": ("run baseline --world jpan", "'jpan': unknown world, did you mean japan?"),
    "world of size 0": ("run baseline --world synthetic:0", "from 1 to"),
    "world of no size": ("run baseline --world synthetic:many", "synthetic:300"),
    "replicates 0": ("run baseline --replicates 0", "--replicates: must be from 1 to 1,000,000, not 0"),
    "replicates negative": ("run baseline --replicates -3", "--replicates: must be from 1"),
    "replicates no number": ("run baseline --replicates many", "'--replicates'"),
    "replicates too many": ("run baseline --replicates 99999999999", "--replicates: must be from 1"),
    "replicates of a batch too many": (
        "batch small.yaml --replicates 1000000000000",
        "--replicates: must be from 1 to 1,000,000, not 1,000,000,000,000",
    ),
    "runs of a batch too many": (
        "batch large.yaml --replicates 1000000",
        "replicates: 121 points x 1,000,000 replicates are more than 100,000,000 runs of a scenario",
    ),
    "replicates of a batch 0": ("batch small.yaml --replicates 0", "--replicates: must be from 1"),
    "quarters twice negative": ("run baseline --quarters=--5", "--quarters: '--5' is not a quarter"),
    "quarters 0": ("run baseline --quarters 0", "--quarters: must be from 1 to 200, not 0"),
    "quarters negative": ("run baseline --quarters=-3", "--quarters: must be from 1"),
    "quarters too many": ("run baseline --quarters 100000", "--quarters: must be from 1"),
    "quarters before 2018Q2": (
        "run baseline --quarters 2018Q1",
        "--quarters: quarter 2018Q1 lies before 2018Q2",
    ),
    "quarters no quarter": ("run baseline --quarters 2020Q5", "write it like 2018Q2"),
    "workers 0": ("run baseline --workers 0", "--workers: must be from 1 to 1,024, not 0"),
    "seed negative": ("run baseline --seed -1", "--seed: must be from 0"),
    "seed too large": ("run baseline --seed 99999999999999999999", "--seed: must be from 0"),
    "unknown language": ("run baseline --lang fr", "'--lang'"),
    "unknown option": ("run baseline --replcates 3", "--replicates"),
    "unknown command": ("rnu baseline", "Did you mean 'run'?"),
    "missing scenario": ("run", "sim run: missing argument 'SCENARIO...' (see sim run --help)"),
    "unknown list": ("list scenarois", "sim list: no list of 'scenarois', did you mean scenarios?"),
    "unequal budget": (
        "compare baseline subsidy_first matching_first promotion.yaml --equal-budget",
        "--equal-budget=rescale would apply these factors: promotion FY2019-2023 x 0.983753, "
        "promotion FY2024-2030 x 0.983479",
    ),
    "budget of nothing": (
        "compare baseline subsidy_first no_policy --equal-budget=rescale",
        "no_policy appropriates nothing in FY2018",
    ),
    "unknown budget rule": ("compare baseline subsidy_first --equal-budget=rescal", "did you mean rescale?"),
    "unknown sum": (
        "compare baseline subsidy_first --equal-spending=much",
        "'much' is no sum; give JPY million",
    ),
    "two ways to be equal": (
        "compare baseline subsidy_first --equal-budget --equal-spending",
        "--equal-budget and --equal-spending: give one of the two",
    ),
    "nothing to be made equal": (
        "compare baseline no_policy --equal-spending --quick",
        "no_policy appropriates no more than baseline in any fiscal year; leave it out",
    ),
    "report of nothing": ("report gone", "gone: no such results folder"),
    "report of something else": ("report other", "other: not a results folder"),
    "folder of something else": ("run baseline --out other", "other: holds something else than results"),
    "folder is a file": ("run baseline --out promotion.yaml", "promotion.yaml: is a file"),
    "folder below a file": ("run baseline --out promotion.yaml/x", "cannot be written"),
}


@pytest.mark.parametrize(("command", "words"), COMMANDS.values(), ids=COMMANDS)
def test_command(refused: Refused, tmp_path: Path, command: str, words: str) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("years of work", encoding="utf-8")
    text = "name: promotion\nextends: subsidy_first\nlevers: {promotion: {2019: 100}}\n"
    (tmp_path / "promotion.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "empty.yaml").write_text("name: empty\n", encoding="utf-8")
    (tmp_path / "small.yaml").write_text("name: small\nscenarios: [baseline]\n", encoding="utf-8")
    factors = "subsidy: {kind: lever, low: 0, high: 1}, promotion: {kind: lever, low: 0, high: 1}"
    text = f"name: a\nscenarios: [baseline]\ndesign: {{method: grid, levels: 11}}\nfactors: {{{factors}}}\n"
    (tmp_path / "large.yaml").write_text(text, encoding="utf-8")
    small = SMALL if "--out" in command else []
    assert words in refused(*command.split(), *small)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_unwritable_folder(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    assert "cannot be written" in refused("run", "baseline", *SMALL, "--out", "locked/results")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system that refuses even root")
def test_folder_that_not_even_root_may_make(refused: Refused) -> None:
    assert "/proc/results: cannot be written" in refused("run", "baseline", *SMALL, "--out", "/proc/results")


def test_every_wrong_file_gets_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {"a": "name: a\nlever: 3\n", "b": "name: b\n", "c": "name: c\nlevers: [\n"}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert main(["check", *(str(tmp_path / f"{name}.yaml") for name in texts)]) == 2
    printed = capsys.readouterr()
    assert [Path(line.partition(":")[0]).name for line in printed.err.splitlines()] == ["a.yaml", "c.yaml"]
    assert "b.yaml: fine" in printed.out


EXTENSIONS = """\
from sim.extensions import outcome


@outcome(unit="x")
def not_a_number(now):
    return float("nan") if now.clock.quarter == 3 else 1.0


@outcome(unit="x")
def raising(now):
    return 1 / 0


@outcome(unit="x")
def fine(now):
    return 1.0
"""


def test_extensions_that_fail_are_told_of_by_a_check(
    told: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_kernel()
    module = f"failing_{tmp_path.name}"
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / f"{module}.py").write_text(EXTENSIONS, encoding="utf-8")
    for name in ("raising", "not_a_number", "fine"):
        text = f"name: {name}\nextensions: [{module}:{name}]\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    text = "name: e\nworld: synthetic:5\nquarters: 6\n"
    text += "scenarios: [raising.yaml, fine.yaml, not_a_number.yaml]\n"
    (tmp_path / "e.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert told("check", "--allow-extensions", module, "raising.yaml", "not_a_number.yaml", "e.yaml") == [
        f"{place}: a run of it fails ({reason}); mend the extension"
        for place, reason in (
            ("raising.yaml:2:1: extensions", "ZeroDivisionError: division by zero"),
            ("not_a_number.yaml:2:1: extensions", "NotFiniteError: not_a_number is nan in 2019Q1"),
            ("e.yaml:4:13: scenarios.0", "ZeroDivisionError: division by zero"),
            ("e.yaml:4:38: scenarios.2", "NotFiniteError: not_a_number is nan in 2019Q1"),
        )
    ]


def test_a_world_that_is_too_large_to_try_is_not_built_by_a_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("name: a\nworld: synthetic:2000000\nscenarios: [baseline]\n", encoding="utf-8")
    begun = time.monotonic()
    assert main(["check", str(path)]) == 0
    assert time.monotonic() - begun < 20  # building it takes minutes and much memory
    assert "= 30 runs" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["cp932", "ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("arguments", [["list", "scenarios", "--lang", "ja"], ["check", "モデル.yaml"]])
def test_any_encoding_of_the_output_will_do(tmp_path: Path, encoding: str, arguments: list[str]) -> None:
    (tmp_path / "モデル.yaml").write_text("name: a\ntitle: {en: 'Zürich – 東京'}\n", encoding="utf-8")
    with (tmp_path / "out.txt").open("wb") as out:
        ended = subprocess.run(
            [sys.executable, "-m", "sim.cli", *arguments],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parent.parent),
                "PYTHONIOENCODING": f"{encoding}:strict",
                "PYTHONUTF8": "0",
            },
            stdout=out,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    said = ended.stderr.decode(encoding)
    in_english = "--lang" in arguments and encoding in ("ascii", "latin-1")
    assert ("cannot show Japanese" in said, said.count("\n")) == (in_english, int(in_english))
    assert ended.returncode == 0
    printed = (tmp_path / "out.txt").read_bytes().decode(encoding)
    assert in_english or "モデル" in printed or "現行施策" in printed or r"\u" in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "basline"], "did you mean baseline?"),
        (["check", "/dev/zero"], "not a regular file"),
        (["rnu"], "run"),
    ],
)
def test_the_process_ends_with_2(tmp_path: Path, arguments: list[str], words: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "sim.cli", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert words in ended.stderr
    assert list(tmp_path.iterdir()) == []

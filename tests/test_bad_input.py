"""Bad input: exit code 2, one clear line with the place and a suggestion, and nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli import main

type Refused = Callable[..., str]

SMALL = ["--world", "synthetic:5", "--quarters", "2", "--replicates", "1"]


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder below with size and time of change."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run a command in a folder of its own; give the one line that it prints."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> str:
        before = snapshot(tmp_path)
        code = main(list(arguments))
        printed = capsys.readouterr()
        assert code == 2
        assert printed.out == ""
        assert printed.err.count("\n") == 1
        assert printed.err.endswith("\n")
        assert "Traceback" not in printed.err
        assert snapshot(tmp_path) == before
        return printed.err.rstrip("\n")

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
    "negative rate": ("parameters: {posting_rate: -1}", "2:14: parameters.posting_rate: must be 0 or more"),
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
    "syntax": ("levers: {subsidy: 3", "YAML syntax"),
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
    "nothing to compare": ("compare baseline", "missing argument 'SCENARIO...'"),
    "unknown world": ("run baseline --world jpan", "'jpan': unknown world, did you mean japan?"),
    "world of size 0": ("run baseline --world synthetic:0", "from 1 to"),
    "world of no size": ("run baseline --world synthetic:many", "synthetic:300"),
    "replicates 0": ("run baseline --replicates 0", "--replicates: must be from 1 to 1,000,000, not 0"),
    "replicates negative": ("run baseline --replicates -3", "--replicates: must be from 1"),
    "replicates no number": ("run baseline --replicates many", "'--replicates'"),
    "replicates too many": ("run baseline --replicates 99999999999", "--replicates: must be from 1"),
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
        "--equal-budget=rescale would apply these factors: promotion FY2019-2021 x 0.983692",
    ),
    "budget of nothing": (
        "compare baseline subsidy_first no_policy --equal-budget=rescale",
        "no_policy appropriates nothing in FY2018",
    ),
    "unknown budget rule": ("compare baseline subsidy_first --equal-budget=rescal", "did you mean rescale?"),
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

"""What is run as ``python -m`` or as a script: bad arguments are a clear line and exit 2; nothing is run."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import installed, page, versions
from docs import tables
from sim.analysis import interlinkages, mixes
from sim.analysis.calibration import __main__ as recovery
from sim.analysis.command import bare_parser_of, told_in_a_line
from sim.analysis.futurecity import __main__ as futurecity
from sim.analysis.futures import __main__ as futures
from sim.analysis.information import __main__ as information
from sim.analysis.levers_compared import __main__ as levers_compared
from sim.analysis.structures import __main__ as structures
from sim.answers import findings
from sim.errors import InputError
from tests import digests
from tests.fixed import __main__ as fixed
from tests.mutations import __main__ as mutations

COMMANDS: dict[str, Callable[[list[str]], object]] = {
    "interlinkages": interlinkages.main,
    "mixes": mixes.main,
    "futures": futures.main,
    "levers_compared": levers_compared.main,
    "recovery": recovery.main,
    "information": information.main,
    "structures": structures.main,
    "futurecity": futurecity.main,
    "digests": digests.main,
    "findings": findings.main,
    "fixed": fixed.main,
    "mutations": mutations.main,
    "tables": tables.main,
    "versions": versions.main,
    "page": page.main,
    "installed": installed.main,
}


def last_line(command: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        COMMANDS[command](arguments)
    said = capsys.readouterr()
    assert ended.value.code == 2 and not said.out
    return said.err.splitlines()[-1]


@pytest.mark.parametrize("command", COMMANDS)
def test_options_that_are_not_known_are_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ": error: " in last_line(command, ["--nonsense"], capsys)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_given_and_nothing_done(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        COMMANDS[command](["--help"])
    assert ended.value.code == 0 and "usage: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "arguments", "told"),
    [
        ("futures", ["--workers", "0"], "argument --workers: must be a whole number from 1 to 1,024, not 0"),
        ("futures", ["--quarters", "2030Q4"], "argument --quarters: must be a whole number from 1 to 200"),
        (
            "futures",
            ["--write", "nowhere/a.csv"],
            "argument --write: must be a file in a folder that is there",
        ),
        ("futures", ["--world", "nowhere"], "world 'nowhere': unknown world"),
        ("futures", ["--scenarios", "matching_frist"], "did you mean matching_first?"),
        ("futures", ["--confirm", "2", "--write", "none.csv"], "error: none.csv: is no table of futures"),
        ("levers_compared", ["--world", "synthetic:0"], "must be a whole number from 1 to 2,000,000"),
        ("levers_compared", ["--write", "."], "argument --write: must be a file in a folder that is there"),
        ("mixes", ["esg_frist"], "did you mean esg_first?"),
        ("mixes", ["esg_first", "--workers", "-1"], "argument --workers: must be a whole number from 1"),
        ("recovery", [], "argument --write: must be a folder that is there, not docs/validation"),
        ("recovery", ["--write", ".", "--figure", "a.png", "--world", "nowhere"], "unknown world"),
        ("recovery", ["--runs", "10"], "argument --runs: must be a whole number from 42"),
        (
            "recovery",
            ["--write", ".", "--figure", "a.png", "--repetitions", "2000"],
            "argument --repetitions: must be fewer than the runs of a wave",
        ),
        ("information", ["--workers", "0"], "argument --workers: must be a whole number from 1 to 1,024"),
        ("information", ["--write", "a.json"], "argument --write: must be a folder that is there"),
        ("structures", ["--seed", "-1"], "argument --seed: must be a whole number from 0"),
        ("structures", ["--figure", "nowhere/a.png"], "argument --figure: must be a file in a folder"),
        ("futurecity", ["--write", "nowhere/a.md"], "argument --write: must be a file in a folder"),
        ("fixed", ["--workers", "0"], "argument --workers: must be a whole number from 1"),
        ("mutations", ["--write", "nowhere/a.md"], "argument --write: must be a file in a folder"),
        ("versions", [], "arguments are required: old"),
        ("versions", ["."], "argument old: must be a folder with the code of another version, not ."),
        ("page", ["none.json", "a.md"], "argument sources: must be a file that the benchmarks wrote"),
        ("page", ["a.json", "b.json"], "argument target: must be a page (.md) in a folder that is there"),
        ("page", ["a.json", "a.md"], "none of the files says which machine it is of"),
    ],
)
def test_bad_arguments_are_a_clear_line(
    command: str,
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.json", "b.json"):
        Path(name).write_text(json.dumps({"benchmarks": []}), encoding="utf-8")
    assert told in last_line(command, arguments, capsys)
    assert json.loads(Path("b.json").read_text(encoding="utf-8")) == {"benchmarks": []}


def test_a_version_that_does_not_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "__init__.py").write_text("raise RuntimeError('not here')\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="cannot be measured: RuntimeError: not here"):
        versions.main([str(tmp_path)])


def test_each_mistake_is_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    parser: argparse.ArgumentParser = bare_parser_of("some", None)
    with pytest.raises(SystemExit), told_in_a_line(parser):
        raise InputError("one", "two")
    prefix = "python -m sim.analysis.some: error: "
    assert capsys.readouterr().err.splitlines() == [f"{prefix}one", f"{prefix}two"]


def test_the_page_of_benchmarks_keeps_what_was_not_measured() -> None:
    before = (Path(__file__).parents[1] / "docs" / "performance.md").read_text(encoding="utf-8")
    assert page.page([], before) == before
    row = {"what": "key to the chart", "p50, ms": 100.0, "p95, ms": 250.0}
    after = page.page([{"benchmarks": [{"group": "12 page", "extra_info": {"rows": [row]}}]}], before)
    assert "| key to the chart | 100 | 250 |" in after and "| at most 300 | 250 | yes |" in after
    assert "## 3 Growth with the size of the world" in after

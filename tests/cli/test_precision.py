"""``sim compare --precision``."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from sim.cli.precision import sentences
from sim.report import report
from sim.results import load
from sim.results.precise import Narrowness, Progress

SMALL = ["--world", "synthetic:60", "--quarters", "12", "--workers", "1", "--out", "out"]


@pytest.fixture(autouse=True)
def _without_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "write_report", lambda *_: None)


def test_it_runs_on_until_intervals_are_narrow_enough(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "baseline", "matching_first", *SMALL, "--precision", "0.9"]) == 0
    replicates = load("out").manifest.replicates
    assert 20 <= replicates < 1000
    said = capsys.readouterr().err
    assert "within ±0.9, a number in the unit of the outcome: Partnership deals signed (deals)" in said
    assert "1,000 replicates. For a share of the effect write it with %, such as 5%" in said
    assert f"The intervals are as narrow as asked for, with {replicates} replicates." in said


def test_it_says_when_the_limit_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["compare", "baseline", "matching_first", *SMALL, "--precision", "1%", "--replicates", "6"]
    assert main([*command, "--precision-of", "deals_signed", "--precision-of", "adoption_share"]) == 0
    assert load("out").manifest.replicates == 6
    said = capsys.readouterr().err
    assert "within ±1% of the effect (Partnership deals signed, " in said and "at most 6 replicates" in said
    assert (
        "The limit of 6 replicates is reached" in said
        and "matching_first, Partnership deals signed: ±" in said
    )
    assert "municipal" not in said.split("reached")[1]  # adoption is the same in both: nothing to narrow


def test_a_quick_look_tells_the_limit_as_a_limit(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--quick", "--precision", "9999", "--replicates", "2"]
    assert main(["compare", "baseline", "matching_first", *SMALL, *options]) == 0
    assert "at most n = 2 replicates;" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["--precision", "narrow"],
            "--precision: 'narrow' is no width; give a share of the effect such as 5%",
        ),
        (["--precision", "-5%"], "is no width"),
        (["--precision", "nan"], "is no width"),
        (["--precision-of", "meetings"], "--precision-of: says of which outcomes; give --precision"),
        (["--precision", "5%", "--precision-of", "deals"], "--precision-of: deals: no such outcome"),
    ],
)
def test_what_is_wrong_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert main(["compare", "baseline", "matching_first", *SMALL, *options]) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1
    assert not Path("out").exists()


def test_an_outcome_that_one_scenario_alone_measures_cannot_be_narrowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = (
        "from sim.extensions import outcome\n\n@outcome(unit='x')\ndef cranes_alone(now):\n    return 1.0\n"
    )
    (tmp_path / "cranes_alone_module.py").write_text(code, encoding="utf-8")
    scenario = "name: cranes\nextends: baseline\nextensions: ['cranes_alone_module:cranes_alone']\n"
    (tmp_path / "cranes.yaml").write_text(scenario, encoding="utf-8")
    options = ["--precision", "5%", "--precision-of", "cranes_alone"]
    options += ["--allow-extensions", "cranes_alone_module"]
    assert main(["compare", "baseline", "cranes.yaml", *SMALL, *options]) == 2
    assert "cranes_alone: no such outcome of every scenario" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("half", "wanted", "told"),
    [(12_345.6, 1_000.0, "±12,346, not yet ±1,000"), (0.01234, 5e-07, "±0.0123, not yet ±5e-07")],
)
def test_wide_intervals_are_told_as_people_write_numbers(half: float, wanted: float, told: str) -> None:
    row = Narrowness("balanced", "private_investment", half, wanted, 1.0, reached=False)
    assert sentences(Progress(2, 2, (row,)), "en")[-1].endswith(told)

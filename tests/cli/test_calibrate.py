"""``sim calibrate``: what it prints, writes and refuses, and whether the stored posterior is this model's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.calibration.figures import identifiability, pairs
from sim.analysis.calibration.running import Runs
from sim.analysis.calibration.space import CALIBRATED
from sim.analysis.calibration.tables import confirmed
from sim.analysis.calibration.waves import Request
from sim.batch.parameter_sets import POSTERIOR, read_parameter_sets
from sim.cli import main
from sim.errors import InputError
from sim.provenance import source_digest

DOCS = Path(__file__).parents[2] / "docs" / "validation"


def test_a_quick_calibration_agrees_roughly_with_the_stored_posterior(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", "--quick", "--out", str(tmp_path), "--workers", "1"]) == 0
    assert "join_company" in capsys.readouterr().out
    found = pd.read_csv(tmp_path / "calibration_parameters.csv").set_index("parameter")
    stored = pd.read_csv(DOCS / "calibration_parameters.csv").set_index("parameter")
    learned = stored.index[stored["shrinkage"] > 0.6]
    assert len(learned) >= 5
    for name in learned:
        assert stored.loc[name, "q05"] <= found.loc[name, "q50"] <= stored.loc[name, "q95"], name
    assert len(read_parameter_sets(tmp_path / "posterior.csv")) == 40


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["--runs", "10"], "--runs: must be at least 42"),
        (["--until", "2018Q2"], "--until: no figure was observed until 2018Q2"),
        (["--until", "autumn"], "--until: 'autumn' is not a quarter"),
        (["--seed", "-1"], "--seed: must be from 0 to 2,147,483,647, not -1"),
        (["--seed", str(2**40)], "--seed: must be from 0 to 2,147,483,647"),
        (["--runs", "1000000"], "--runs: must be from 42 to 20,000, not 1,000,000"),
        (["--quick", "--write"], "--quick and --write: give one of the two"),
        (["--until", "2020Q2", "--write"], "--write: backtests begin with --until"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str], wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", *arguments]) == 2
    printed = capsys.readouterr().err
    assert wrong in printed
    assert len(printed.splitlines()) == 1


def test_it_renews_the_package_at_the_top_of_a_clone_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["calibrate", "--write"]) == 2
    assert capsys.readouterr().err.startswith("--write: there is no docs/validation and no docs/images here")
    assert not list(tmp_path.iterdir())


def test_points_of_a_wave_with_other_parameters_are_refused(tmp_path: Path) -> None:
    (tmp_path / "wave-1").mkdir()
    (tmp_path / "wave-1" / "parameters.csv").write_text("join_company\n0.01\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"wave-1/parameters\.csv: holds other parameters"):
        Runs(Request(), tmp_path).points("wave-1")


def test_the_stored_posterior_is_of_this_model_and_its_tables_are_its_own() -> None:
    sets = read_parameter_sets(POSTERIOR)
    assert sets.names == CALIBRATED
    assert len(sets) == 500
    assert sets.model == source_digest(), "run: sim calibrate --confirm"
    confirmed(sets, Runs(Request()))
    table = pd.read_csv(DOCS / "calibration_parameters.csv").set_index("parameter")
    assert np.median(sets.values, axis=0) == pytest.approx(table.loc[list(CALIBRATED), "q50"], rel=1e-4)


def test_a_posterior_of_another_model_is_not_confirmed() -> None:
    sets = read_parameter_sets(POSTERIOR)
    moved = type(sets)(sets.names, sets.values[1:], sets.label, sets.preamble)
    with pytest.raises(InputError, match="calibrate again"):
        confirmed(moved, Runs(Request()))


def test_without_its_extra_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['emcee'] = None; from sim.cli import main; sys.exit(main(['calibrate']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "needs emcee" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_pictures_show_what_was_found(tmp_path: Path) -> None:
    sets = read_parameter_sets(POSTERIOR)
    draws = pd.DataFrame(sets.values, columns=list(sets.names))
    tables = {
        name: pd.read_csv(DOCS / f"calibration_{name}.csv")
        for name in ("parameters", "profile", "trade_offs")
    }
    learned = identifiability(tables["parameters"], tables["profile"], draws)
    assert len(learned.axes[0].patches) == len(CALIBRATED)
    told = pairs(tables["trade_offs"], draws, tables["parameters"])
    assert told.axes[0].get_xlabel() == tables["trade_offs"]["first"][0]
    learned.savefig(tmp_path / "learned.png")
    assert (tmp_path / "learned.png").stat().st_size > 10_000

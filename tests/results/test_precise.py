from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.errors import InputError
from sim.results import Results, load
from sim.results.precise import Progress, progress_of, run_until_narrow
from sim.scenarios.scenario import load_scenarios
from sim.statistics.precision import FIRST_STAGE, Target


def stages(folder: Path, target: Target, limit: int, outcome: str = "deals_signed") -> list[Progress]:
    scenarios = tuple(load_scenarios(["baseline", "matching_first", "subsidy_first"]))
    experiment = Experiment("p", scenarios, "synthetic:60", 12, baseline="baseline")

    def run(replicates: int) -> Results:
        run_experiment(replace(experiment, replicates=replicates), folder)
        return load(folder)

    return list(run_until_narrow(run, "baseline", [outcome], target, limit))


def test_the_folder_grows_until_every_interval_is_narrow_enough(tmp_path: Path) -> None:
    seen = stages(tmp_path / "r", Target(width=0.15), 400)
    assert seen[0].replicates == FIRST_STAGE and not seen[0].enough
    last = seen[-1]
    assert last.enough and last.reached and FIRST_STAGE < last.replicates < 400
    table = load(tmp_path / "r").comparison
    rows = table[(table["quarter"] == "2021Q1") & (table["outcome"] == "deals_signed")]
    assert set(rows["replicates"]) == {last.replicates}
    assert ((rows["ci_high"] - rows["ci_low"]) / 2).max() <= 0.15
    again = stages(tmp_path / "r", Target(width=0.15), 400)  # what is stored counts from the first look on
    assert [one.replicates for one in again] == [last.replicates]


def test_it_ends_at_the_limit_and_names_what_is_too_wide(tmp_path: Path) -> None:
    seen = stages(tmp_path / "r", Target(width=0.15), 12)
    assert [one.replicates for one in seen] == [12]
    assert seen[0].enough and not seen[0].reached
    assert {row.scenario for row in seen[0].rows if not row.reached} <= {"matching_first", "subsidy_first"}


def test_more_replicates_do_not_narrow_what_points_leave_open(designed: Results) -> None:
    with pytest.raises(InputError, match="holds a design"):
        progress_of(designed, "baseline", ["deals_signed"], Target(share=0.05), 100)

from __future__ import annotations

import numpy as np
import pytest

from sim.batch.experiment import Experiment
from sim.batch.tables import TABLE_OF_RUN, Key, coded, empty_series, numbers
from sim.kernel.outcomes import OUTCOMES
from sim.kernel.state import PROJECT_STATES, VERDICTS
from sim.scenarios.levers import LEVERS
from sim.simulation import Run, simulate
from sim.worlds.kept import built

KEY = Key(scenario=1, point=0, replicate=3)


@pytest.fixture(scope="module")
def run(experiment: Experiment) -> Run:
    world = built("synthetic:60", 1)
    return simulate(world, experiment.scenarios[1], experiment.seed, KEY.replicate, 40)


def table_of(name: str, run: Run, experiment: Experiment) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = TABLE_OF_RUN[name](run, KEY, experiment).to_pydict()
    assert set(columns.pop("scenario")) <= {"subsidy_first"}
    assert set(columns.pop("point")) <= {0}
    assert set(columns.pop("replicate")) <= {3}
    return columns


def test_series_are_the_arrays_of_the_run(run: Run, experiment: Experiment) -> None:
    columns = table_of("series", run, experiment)
    assert columns.pop("quarter")[:4] == ["2018Q2", "2018Q3", "2018Q4", "2019Q1"]
    assert list(columns) == [outcome.name for outcome in OUTCOMES]
    np.testing.assert_array_equal(np.array(list(columns.values())).T, run.series)


def test_the_ledger_has_a_row_per_year_and_lever(run: Run, experiment: Experiment) -> None:
    columns = table_of("ledger", run, experiment)
    assert columns["fiscal_year"] == [year for year in range(2018, 2028) for _ in LEVERS]
    assert columns["lever"] == [lever.name for lever in LEVERS] * 10
    for name in ("appropriated", "spent", "lapsed"):
        assert columns[name] == run.ledger[name].T.ravel().tolist()


def test_deals_speak_in_words(run: Run, experiment: Experiment) -> None:
    columns, raw = table_of("deals", run, experiment), run.deals()
    assert len(raw["quarter"]) > 20
    assert columns["verdict"] == [VERDICTS[code] for code in raw["verdict"]]
    assert columns["state"] == [PROJECT_STATES[code] for code in raw["state"]]
    assert columns["goal"] == [goal + 1 for goal in raw["goal"]]
    assert columns["municipality"] == [run.world.labels.jis_code[row] for row in raw["municipality"]]
    assert columns["institution"] == [None if row < 0 else row for row in raw["institution"]]
    assert columns["loss_to_awareness"] == raw["friction"][:, 1].tolist()
    assert {end is None for end in columns["end_quarter"]} == {True, False}


def test_municipalities_are_null_where_it_never_happened(run: Run, experiment: Experiment) -> None:
    columns, raw = table_of("municipalities", run, experiment), run.municipalities()
    assert columns["jis_code"] == list(run.world.labels.jis_code)
    never = [quarter is None for quarter in columns["adopted_quarter"]]
    assert never == [quarter < 0 for quarter in raw["adopted_quarter"]] and len(set(never)) == 2
    assert set(columns["model_project"]) <= {True, False}
    assert columns["projects_signed"] == raw["projects_signed"].tolist()


def test_the_series_of_no_run_has_the_same_columns(run: Run, experiment: Experiment) -> None:
    full = TABLE_OF_RUN["series"](run, KEY, experiment)
    assert empty_series(experiment).schema.equals(full.schema)
    assert empty_series(experiment).num_rows == 0


def test_negative_codes_and_numbers_are_null() -> None:
    assert coded(np.array([1, -1, 0]), ["松江市", "b"]).to_pylist() == ["b", None, "松江市"]
    assert numbers(np.array([3, -1])).to_pylist() == [3, None]
    assert numbers(np.array([1, 0], np.uint8)).to_pylist() == [True, False]
    assert numbers(np.array([-1.5, np.inf])).to_pylist() == [-1.5, np.inf]

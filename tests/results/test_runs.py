from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.errors import InputError
from sim.results import Results, load
from sim.results.summary import summarise
from sim.scenarios.scenario import load_scenario
from tests.results.conftest import POINTS, REPLICATES


def test_a_row_is_a_run_with_its_factors_in_natural_units_and_in_the_unit_cube(designed: Results) -> None:
    table = designed.runs("deals_signed")
    assert table.columns.tolist() == [
        "scenario", "point", "replicate", "posting_rate", "award",
        "unit:posting_rate", "unit:award", "deals_signed",
    ]  # fmt: skip
    assert len(table) == 2 * POINTS * REPLICATES
    ninth = table[table["point"] == 8].iloc[0]
    assert ninth["posting_rate"] == 0.2 * 8 ** (8 / 15) and ninth["award"] == "lottery"
    assert ninth["unit:posting_rate"] == pytest.approx(8 / 15)  # log scale
    assert ninth["unit:award"] == 0.75
    untouched = table[table["point"] == 0].iloc[0]  # award as in the scenario
    assert pd.isna(untouched["award"]) and math.isnan(untouched["unit:award"])


def test_flows_are_sums_and_stocks_stand_as_they_are(designed: Results) -> None:
    table = designed.runs(["deals_signed", "awareness_mean"], ["2019Q4", "2021Q1"])
    assert table.columns[-4:].tolist() == [
        "deals_signed@2019Q4", "awareness_mean@2019Q4", "deals_signed@2021Q1", "awareness_mean@2021Q1",
    ]  # fmt: skip
    keys = ["scenario", "point", "replicate"]
    until = designed.series[designed.series["quarter"] <= "2019Q4"].groupby(keys, observed=True)
    np.testing.assert_array_equal(table["deals_signed@2019Q4"], until["deals_signed"].sum())
    np.testing.assert_array_equal(table["awareness_mean@2019Q4"], until["awareness_mean"].last())


def test_the_last_quarter_and_every_outcome_come_by_default(results: Results) -> None:
    table = results.runs()
    assert table.columns.tolist() == ["scenario", "point", "replicate", *results.outcomes]
    pd.testing.assert_series_equal(
        table["deals_signed"], results.runs("deals_signed", "2022Q3")["deals_signed"]
    )


@pytest.fixture(scope="module")
def sparse(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The baseline of ``results`` with five of its quarters kept, no fiscal year's last but one."""
    folder = tmp_path_factory.mktemp("sparse") / "results"
    kept = (1, 3, 6, 9, 17)  # 2018Q3, 2019Q1, 2019Q4, 2020Q3, 2022Q3
    experiment = Experiment(
        "s", (load_scenario("baseline"),), "synthetic:30", 18, replicates=12, recorded=kept,
        outcomes=("deals_signed", "awareness_mean"),
    )  # fmt: skip
    run_experiment(experiment, folder)
    return load(folder)


def test_quarters_go_by_their_label_where_some_are_kept(sparse: Results, results: Results) -> None:
    outcomes, at = ["deals_signed", "awareness_mean"], ["2020Q3", "2022Q3"]
    whole = results.runs(outcomes, at)
    whole = whole[whole["scenario"] == "baseline"].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        sparse.runs(outcomes, at).drop(columns="scenario"), whole.drop(columns="scenario")
    )


def test_a_summary_has_the_ends_of_fiscal_years_that_are_kept(sparse: Results, results: Results) -> None:
    table = summarise(sparse)
    assert table["quarter"].unique().tolist() == ["2019Q1", "2022Q3"]
    whole = summarise(results).query("scenario == 'baseline'").merge(table[["outcome", "quarter"]])
    pd.testing.assert_frame_equal(table, whole)


@pytest.mark.parametrize(
    ("outcomes", "at", "words"),
    [
        (None, "2020Q1", r"keeps no quarter 2020Q1; it keeps 2018Q3, 2019Q1, 2019Q4, 2020Q3, 2022Q3"),
        (None, ["2030Q4"], "keeps no quarter 2030Q4"),
        (None, "last", "last"),
        (None, [], "no quarter is asked for"),
        ("meetings", None, "keeps no outcome meetings; it keeps awareness_mean, deals_signed"),
        ([], None, "none is asked for"),
    ],
)
def test_what_is_not_kept_is_refused_with_what_is(
    sparse: Results, outcomes: str | None, at: str | None, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        sparse.runs(outcomes, at)


def test_a_folder_without_a_run_says_so(sparse: Results, tmp_path: Path) -> None:
    experiment = Experiment("s", (load_scenario("baseline"),), "synthetic:30", 2, replicates=1)
    run_experiment(experiment, tmp_path / "empty")
    for part in (tmp_path / "empty" / "series").iterdir():
        part.unlink()
    with (
        pytest.warns(UserWarning, match="0 of 1 runs"),
        pytest.raises(InputError, match="no run has been stored"),
    ):
        load(tmp_path / "empty").runs()


def test_results_say_what_they_are_and_where_they_come_from(designed: Results) -> None:
    assert repr(designed).endswith(
        "baseline, matching_first x 16 points x 3 replicates, 2018Q2 to 2022Q1, synthetic:60, seed 1)"
    )
    assert designed.experiment.design is not None and len(designed.experiment.design.points) == POINTS
    assert designed.provenance["world"] == "synthetic:60"

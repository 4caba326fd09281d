from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.report import tables
from sim.report.effect_tables import money_effects
from sim.report.municipalities import quarter_of
from sim.report.places import left_behind
from sim.results import load
from tests.report import made


def test_quarters_stand_in_their_middle() -> None:
    assert tables.years(pd.Series(["2018Q2", "2020Q4"])).tolist() == [2018.375, 2020.875]


def test_bands_are_quantiles_of_runs(series: pd.DataFrame) -> None:
    band = tables.over_time(*made.made_quarters(series, "deals_signed"))
    last = band[(band["scenario"] == "baseline") & (band["quarter"] == "2030Q4")].iloc[0]
    sums = series[series["scenario"] == "baseline"].groupby("replicate")["deals_signed"].sum()
    expected = np.quantile(sums, [0.5, 0.05, 0.95])
    assert last[["median", "low", "high"]].to_list() == pytest.approx(expected)
    assert last["runs"] == 8


def test_bands_over_time_are_those_of_the_series(compared: Path) -> None:
    """Made from the tidy table of runs, they are what the frame of quarters gives by itself."""
    results = load(compared)
    quarters, keys = results.quarters, ["scenario", "replicate"]
    for outcome, flow in (("deals_signed", True), ("active_partnerships", False)):
        series = results.series[[*keys, "quarter", outcome]].copy()
        if flow:
            series[outcome] = series.groupby(keys, observed=True)[outcome].cumsum()
        expected = series.groupby(["scenario", "quarter"], observed=True)[outcome].quantile([0.05, 0.5, 0.95])
        band = tables.over_time(results.runs(outcome, quarters), outcome, quarters)
        assert band[["low", "median", "high"]].to_numpy().ravel() == pytest.approx(expected.to_numpy())
        assert band["quarter"].to_list() == quarters * 3


def test_one_quarter_has_a_band_too(compared: Path) -> None:
    runs = load(compared).runs("deals_signed", "2018Q2")
    assert len(tables.over_time(runs, "deals_signed", ["2018Q2"])) == 3


def test_effects_on_money_are_paired_by_run() -> None:
    ledger = made.made_ledger(replicates=3)
    effects = money_effects(ledger.sample(frac=1, random_state=1), "baseline")
    spent = ledger.groupby(["scenario", "replicate"])["spent"].sum()
    row = effects[(effects["scenario"] == "subsidy_first") & (effects["outcome"] == "spent")].iloc[0]
    assert row["effect"] == pytest.approx((spent["subsidy_first"] - spent["baseline"]).mean())
    assert row["ci_low"] < row["effect"] < row["ci_high"]


def test_observed_points_keep_their_base_apart() -> None:
    observed = tables.observed_adoption().set_index(["quarter", "base"])["share"]
    assert observed["2021Q4", "all"] == pytest.approx(0.521)
    assert observed["2018Q4", "all"] == pytest.approx(87 / 1788)
    assert observed["2020Q4", "all"] == pytest.approx(710 / 1788)
    assert observed["2021Q4", "responding"] == pytest.approx(0.66)
    assert set(observed.index.get_level_values("base")) == {"all", "responding"}
    assert len(observed) == 8


def test_renewals_are_not_counted_as_ends_of_deals(deals: pd.DataFrame) -> None:
    runs = deals[tables.RUN].drop_duplicates()
    ends = tables.ends_of_deals(deals, runs)
    assert ends[["completed", "failed", "active"]].to_numpy().tolist() == [[10, 20, 10]] * len(runs)


def test_a_run_without_a_deal_counts_as_none(deals: pd.DataFrame) -> None:
    runs = deals[tables.RUN].drop_duplicates()
    ends = tables.ends_of_deals(deals[deals["replicate"] > 0], runs)
    assert ends.loc[ends["replicate"] == 0, "completed"].tolist() == [0, 0, 0]


def test_quarters_are_equal_in_size() -> None:
    places = pd.DataFrame(
        {
            "jis_code": [f"{i:05d}" for i in range(8)],
            "population": [5.0] * 4 + [9.0] * 4,
            "prefecture": list("aaaabbbb"),
        }
    )
    places = places.assign(fiscal_strength=1 / places["population"], size=quarter_of(places["population"]))
    places = places.assign(strength=quarter_of(places["fiscal_strength"]))
    ends = pd.DataFrame({"scenario": "a", "replicate": 0, "jis_code": places["jis_code"]})
    ends["projects_signed"] = [0, 0, 0, 1, 0, 0, 2, 3]
    shares = left_behind(ends, places).set_index(["grouping", "group"])["mean"]
    assert shares["size"].to_dict() == {"1": 1.0, "2": 0.5, "3": 1.0, "4": 0.0}
    assert shares["prefecture"].to_dict() == {"a": 0.75, "b": 0.5}
    assert shares["strength"].to_dict() == {"1": 1.0, "2": 0.0, "3": 1.0, "4": 0.5}


def test_deadweight_is_the_share_that_would_have_been_signed_anyway(series: pd.DataFrame) -> None:
    given = series.assign(deals_subsidised=4.0, deals_additional=1.0)
    row = tables.deadweight(made.made_runs(given)).set_index("scenario").loc["baseline"]
    assert row.to_dict() == {"subsidised": 4.0 * 51, "anyway": 3.0 * 51, "share": 0.75}
    none = tables.deadweight(made.made_runs(series.assign(deals_subsidised=0.0, deals_additional=0.0)))
    assert none["share"].isna().all()


def test_money_by_year_is_the_mean_of_runs() -> None:
    ledger = made.made_ledger(replicates=3)
    table = tables.absorbed_by_year(ledger).set_index(["scenario", "lever", "fiscal_year"])
    rows = ledger[(ledger["scenario"] == "matching_first") & (ledger["lever"] == "matching_support")]
    expected = rows[rows["fiscal_year"] == 2024]["spent"].mean()
    assert table.loc[("matching_first", "matching_support", 2024), "spent"] == pytest.approx(expected)

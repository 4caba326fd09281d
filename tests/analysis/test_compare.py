from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.analysis.compare import (
    compare_results,
    cost_effectiveness,
    fieller,
    ledger_summary,
    paired,
    pairs_needed,
    t_quantile,
    write_comparison,
)
from sim.errors import InputError
from sim.results import Results, load

RNG = np.random.default_rng(20180401)


def test_against_the_paired_t_test_of_scipy() -> None:
    a, b = RNG.normal(3, 2, (15, 4)), RNG.normal(1, 1, (15, 4))
    got = paired(a, b)
    expected = stats.ttest_rel(a, b)
    interval = expected.confidence_interval(0.95)
    np.testing.assert_allclose(got.effect, (a - b).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(got.low, interval.low, rtol=1e-12)
    np.testing.assert_allclose(got.high, interval.high, rtol=1e-12)
    by_column = [stats.pearsonr(a[:, i], b[:, i]).statistic for i in range(4)]
    np.testing.assert_allclose(got.correlation, by_column, rtol=1e-10)


def test_by_hand() -> None:
    got = paired(np.array([[3.0], [5.0], [7.0]]), np.array([[2.0], [2.0], [2.0]]))
    assert got.effect[0] == 3.0  # differences 1, 3, 5: sd 2, t(2) = 4.302653
    assert got.low[0] == pytest.approx(3 - 4.302653 * 2 / 3**0.5, abs=1e-6)
    assert got.high[0] == pytest.approx(3 + 4.302653 * 2 / 3**0.5, abs=1e-6)
    assert np.isnan(got.needed[0]) and np.isnan(got.correlation[0])


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    noise = RNG.normal(0, 5, (8, 4000))  # common to both sides, so pairing removes it
    got = paired(noise + RNG.normal(1, 1, noise.shape), noise + RNG.normal(0, 1, noise.shape))
    covered = ((got.low <= 1) & (got.high >= 1)).mean()
    assert covered == pytest.approx(0.95, abs=4 * (0.95 * 0.05 / 4000) ** 0.5)
    assert np.nanmean(got.correlation) > 0.9


def test_one_pair_has_an_effect_and_no_interval() -> None:
    got = paired(np.array([[4.0]]), np.array([[1.0]]))
    assert got.effect[0] == 3.0
    assert np.isnan([got.low[0], got.high[0], got.needed[0], got.correlation[0]]).all()


def test_no_pair_has_nothing() -> None:
    assert np.isnan(np.array(paired(np.empty((0, 2)), np.empty((0, 2))))).all()


def test_equal_differences_are_a_point() -> None:
    base = np.array([0.1, 0.2, 0.7])[:, None]
    got = paired(base + 0.3, base)  # differences differ by rounding only
    assert got.low[0] == got.effect[0] == got.high[0] == pytest.approx(0.3)
    assert got.needed[0] == 2 and got.correlation[0] == pytest.approx(1)
    same = paired(base, base)
    assert same.low[0] == same.effect[0] == same.high[0] == 0 and np.isnan(same.needed[0])


@given(st.floats(0.01, 100), st.floats(0.01, 20))
def test_pairs_needed_is_the_fewest(effect: float, spread: float) -> None:
    n = int(pairs_needed(np.array([effect]), np.array([spread]), np.array([True]))[0])

    def half_width(pairs: int) -> float:
        return float(t_quantile(pairs)) * spread / pairs**0.5

    assert half_width(n) <= 0.1 * effect * (1 + 1e-9)
    assert n == 2 or half_width(n - 1) > 0.1 * effect * (1 - 1e-9)


def test_comparison_of_a_folder(results: Results) -> None:
    table = compare_results(results, "baseline")
    assert table.columns[:10].tolist() == [
        "scenario", "baseline", "outcome", "quarter", "effect", "ci_low", "ci_high",
        "replicates", "replicates_needed", "paired_correlation",
    ]  # fmt: skip
    assert table["scenario"].unique().tolist() == ["subsidy_first", "same"]
    assert set(table["baseline"]) == {"baseline"} and set(table["replicates"]) == {12}
    assert len(table) == 2 * 18 * table["outcome"].nunique()
    same = table[table["scenario"] == "same"]
    assert (same[["effect", "ci_low", "ci_high"]] == 0).all(axis=None)
    assert same["replicates_needed"].isna().all()


@pytest.mark.parametrize(
    ("outcome", "quarters"), [("deals_signed", 18), ("deals_signed", 5), ("sdg_index", 5)]
)
def test_flows_are_summed_and_stocks_are_not(results: Results, outcome: str, quarters: int) -> None:
    until = results.quarters[:quarters]
    rows = results.series[results.series["quarter"].isin(until if outcome == "deals_signed" else until[-1:])]
    sums = rows.groupby(["scenario", "replicate"], observed=True)[outcome].sum()
    expected = stats.ttest_rel(sums["subsidy_first"], sums["baseline"])
    table = compare_results(results, "baseline")
    row = table[
        (table["scenario"] == "subsidy_first")
        & (table["outcome"] == outcome)
        & (table["quarter"] == until[-1])
    ].squeeze()
    interval = expected.confidence_interval(0.95)
    assert row["effect"] == pytest.approx((sums["subsidy_first"] - sums["baseline"]).mean())
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((interval.low, interval.high))
    assert row["measure"].startswith("cumulative" if outcome == "deals_signed" else "stock")


def test_the_stored_comparison_is_the_same(results: Results, results_folder: Path, tmp_path: Path) -> None:
    copy = load(shutil.copytree(results_folder, tmp_path / "copy"))
    written = write_comparison(copy, "baseline")
    pd.testing.assert_frame_equal(copy.comparison, written)
    pd.testing.assert_frame_equal(written, compare_results(results, "baseline"))


def test_a_run_that_failed_is_left_out_with_its_pair(results_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(results_folder, tmp_path / "copy")
    for path in (folder / "series").iterdir():
        table = pq.read_table(path)
        lost = (ds.field("scenario") == "subsidy_first") & (ds.field("replicate") == 3)
        pq.write_table(table.filter(~lost), path)
    table = compare_results(load(folder), "baseline")
    pairs = table.groupby("scenario")["replicates"].unique()
    assert pairs["subsidy_first"].tolist() == [11] and pairs["same"].tolist() == [12]


def test_an_unknown_baseline_is_one_clear_line(results: Results) -> None:
    for analysis in (compare_results, cost_effectiveness):
        with pytest.raises(InputError, match="baseline 'nobody' is not among baseline, subsidy_first, same"):
            analysis(results, "nobody")


def test_fieller_interval_solves_its_equation() -> None:
    money, units = RNG.normal(50, 5, 20), RNG.normal(10, 1, 20)
    ratio, low, high = fieller(money, units)
    assert ratio == pytest.approx(money.mean() / units.mean()) and low < ratio < high
    for end in (low, high):  # there, money - end x units is just not different from 0
        test = stats.ttest_1samp(money - end * units, 0)
        assert test.pvalue == pytest.approx(0.05, rel=1e-6)


def test_fieller_interval_covers_the_truth_as_often_as_it_says() -> None:
    covered = 0
    for _ in range(1000):
        units = RNG.normal(10, 3, 12)
        _, low, high = fieller(4 * units + RNG.normal(10, 5, 12), units)
        covered += low <= 5 <= high
    assert covered / 1000 == pytest.approx(0.95, abs=4 * (0.95 * 0.05 / 1000) ** 0.5)


def test_a_cost_without_gain_is_null() -> None:
    assert np.isnan(fieller(np.array([5.0, 6.0, 7.0]), np.array([-1.0, 0.0, 1.0]))).all()
    assert np.isnan(fieller(np.array([5.0, 6.0, 7.0]), np.array([-1.0, -2.0, -3.0]))).all()
    assert np.isnan(fieller(np.array([0.0, 0.0]), np.array([0.0, 0.0]))).all()
    assert fieller(np.array([6.0]), np.array([3.0]))[0] == 2.0


def test_cost_is_absorbed_money_per_deal_gained(results: Results) -> None:
    table = cost_effectiveness(results, "baseline").set_index(["scenario", "outcome"])
    row = table.loc[("subsidy_first", "deals_signed")]
    spent = results.ledger.groupby("scenario", observed=True)["spent"].sum() / 12
    deals = results.series.groupby("scenario", observed=True)["deals_signed"].sum() / 12
    assert row["extra_spending"] == pytest.approx(spent["subsidy_first"] - spent["baseline"])
    assert row["extra_units"] == pytest.approx(deals["subsidy_first"] - deals["baseline"])
    assert row["cost_per_unit"] == pytest.approx(row["extra_spending"] / row["extra_units"])
    assert row["ci_low"] < row["cost_per_unit"] < row["ci_high"] and row["replicates"] == 12
    assert np.isnan(table.loc[("same", "deals_signed"), "cost_per_unit"])


def test_the_ledger_by_lever_balances(results: Results) -> None:
    table = ledger_summary(results)
    np.testing.assert_allclose(table["appropriated"], table["spent"] + table["lapsed"], rtol=1e-9)
    money = table.set_index(["scenario", "lever"])["appropriated"]
    assert money["subsidy_first", "subsidy"] > 0 == money["baseline", "subsidy"]
    assert "esg_finance.guarantee" not in set(table["lever"].astype(str))
    assert set(table["replicates"]) == {12}

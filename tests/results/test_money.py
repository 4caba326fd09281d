from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.report.findings import find
from sim.report.words import Names
from sim.results import Results, load
from sim.results.money import OTHERS, beyond, cost_contrasts, cost_effectiveness, ledger_summary
from sim.scenarios.levers import TRANSFERS
from sim.scenarios.scenario import load_scenarios


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
    assert money["subsidy_first", "subsidy"] > money["baseline", "subsidy"] > 0  # the ordinary grant
    assert "esg_finance.guarantee" not in set(table["lever"].astype(str))
    assert set(table["replicates"]) == {12}


def test_the_costs_of_two_scenarios_are_compared_with_each_other(tmp_path: Path) -> None:
    scenarios = tuple(load_scenarios(["baseline", "matching_first", "subsidy_first"]))
    run_experiment(
        Experiment("c", scenarios, "synthetic:60", 24, replicates=12, baseline="baseline"), tmp_path / "c"
    )
    results = load(tmp_path / "c")
    costs = cost_effectiveness(results, "baseline", ["deals_signed"]).set_index("scenario")["cost_per_unit"]
    row = cost_contrasts(results, "baseline").squeeze()
    assert (row["first"], row["second"]) == ("matching_first", "subsidy_first")
    assert row["difference"] == pytest.approx(costs["matching_first"] - costs["subsidy_first"])
    assert row["ci_low"] < row["difference"] < row["ci_high"]
    found = find(
        results, results.experiment, Names({name: name for name in results.scenarios}, "en"), pd.DataFrame()
    )
    pd.testing.assert_frame_equal(found.cheaper, cost_contrasts(results, "baseline"))


def test_a_rate_of_zero_is_the_plain_sum(results: Results) -> None:
    plain, zero, later = (cost_effectiveness(results, "baseline", rate=rate) for rate in (0.0, 1e-12, 0.04))
    columns = ["extra_spending", "extra_units", "extra_transfers", "cost_per_unit", "ci_low", "ci_high"]
    np.testing.assert_allclose(zero[columns], plain[columns], rtol=1e-9, atol=1e-9)
    bought = plain["extra_spending"] > 0
    assert bought.any() and (later.loc[bought, "extra_spending"] < plain.loc[bought, "extra_spending"]).all()


def test_discounting_weighs_money_and_gains_by_their_fiscal_year(results: Results) -> None:
    found = cost_effectiveness(results, "baseline", ["deals_signed"], 0.25).set_index("scenario")
    ledger = results.ledger.astype({"scenario": str})
    spent = ledger["spent"] * 0.8 ** (ledger["fiscal_year"] - 2018)
    money = spent.groupby(ledger["scenario"]).sum() / 12
    series = results.series.astype({"scenario": str, "quarter": str})
    year = series["quarter"].str[:4].astype(int) - series["quarter"].str.endswith("Q1")
    deals = (series["deals_signed"] * 0.8 ** (year - 2018)).groupby(series["scenario"]).sum() / 12
    row = found.loc["subsidy_first"]
    assert row["extra_spending"] == pytest.approx(money["subsidy_first"] - money["baseline"])
    assert row["extra_units"] == pytest.approx(deals["subsidy_first"] - deals["baseline"])


def test_transfers_and_what_is_used_up_add_to_what_is_spent(results: Results) -> None:
    row = cost_effectiveness(results, "baseline", ["deals_signed"]).set_index("scenario").loc["subsidy_first"]
    by_lever = results.ledger.astype({"scenario": str, "lever": str}).groupby(["scenario", "lever"])["spent"]
    more = by_lever.sum().unstack("scenario").eval("subsidy_first - baseline") / 12
    transfers = more[more.index.isin(TRANSFERS)].sum()
    assert row["extra_transfers"] == pytest.approx(transfers) and transfers > 0
    assert row["extra_spending"] == pytest.approx(transfers + more[~more.index.isin(TRANSFERS)].sum())


def test_money_beyond_the_baseline_by_lever_adds_up(results: Results) -> None:
    ledger = ledger_summary(results)
    table = beyond(ledger, "baseline")
    subsidy = table[table["scenario"] == "subsidy_first"]
    assert subsidy["lever"].iloc[0] == "subsidy" and set(subsidy["lever"]) <= {"subsidy", OTHERS}
    sums = ledger.groupby("scenario", observed=True)["spent"].sum()
    assert subsidy["spent"].sum() == pytest.approx(sums["subsidy_first"] - sums["baseline"])
    assert table[table["scenario"] == "same"].empty

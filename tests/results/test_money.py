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
from sim.results.money import cost_contrasts, cost_effectiveness, ledger_summary
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
    assert money["subsidy_first", "subsidy"] > 0 == money["baseline", "subsidy"]
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

from __future__ import annotations

import numpy as np
import pytest

from sim.results import Results
from sim.results.money import cost_effectiveness, ledger_summary


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

"""Cost-effectiveness curves: a lever whose price and limit are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.batch.factors import Factor
from sim.batch.methods import points_of
from sim.report.designs import budgets
from sim.report.designs.runs import PointRuns
from sim.report.designs.tables import next_table, yields_table
from tests.report.designs.made import SHARED, made

BUDGETS = (100.0, 200.0, 400.0)
LIMIT, PRICE = 250.0, 5.0  # JPY M a fiscal year that can be spent; JPY M a deal
YEARS = 4.0


@pytest.fixture
def runs() -> PointRuns:
    factors = [Factor("subsidy", "lever", values=BUDGETS, start=2018)]
    return made("oat", factors, points_of("oat", factors, 1, {}), lambda budget: budget or 0.0)


@pytest.fixture
def table(runs: PointRuns, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    given = YEARS * np.array([[point[0] or 0.0] for point in runs.points]) + 0.0 * SHARED
    spent = np.minimum(given, YEARS * LIMIT) * (1 + 1e-3 * SHARED / 50)
    deals = spent / PRICE + SHARED  # what a replicate shares is in no difference
    money = budgets.Money(("deals_signed",), np.stack([given, spent, deals], axis=2))
    monkeypatch.setattr(budgets, "money_of", lambda *_: money)

    class Manifest:
        record, quarters = ("ledger", "series"), 16

    class Held:
        manifest = Manifest()

    return budgets.budgets(Held(), runs)  # type: ignore[arg-type]


def test_the_price_the_limit_and_the_share_absorbed_come_back(table: pd.DataFrame) -> None:
    assert table["budget"].tolist() == list(BUDGETS)
    assert table["absorbed"].tolist() == pytest.approx([1, 1, LIMIT / 400], abs=0.01)
    assert table["spent"].tolist() == pytest.approx([100, 200, 250], rel=0.01)
    assert table["yield"].tolist() == pytest.approx([100 / PRICE] * 3)
    assert table["next"].tolist() == pytest.approx([PRICE] * 3)
    assert table["next_spent"].tolist() == pytest.approx([100, 100, 50], rel=0.01)


def test_a_budget_that_spends_no_more_stands_with_the_one_below(runs: PointRuns, table: pd.DataFrame) -> None:
    shown = yields_table(runs, table, "en")
    assert [row[0] for group in shown.groups for row in group.rows] == ["100", "200", "400"]
    full = table.assign(next_spent=[100.0, 100.0, 0.0])
    assert [row[0] for row in yields_table(runs, full, "en").groups[0].rows] == ["100", "200 … 400"]
    assert [row[0] for row in next_table(runs, full, "en").groups[0].rows] == ["100", "200 … 400"]

"""The page of levers at equal spending, and the search for the best split of a mix."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.futures.draws import coordinates, factors, points
from sim.analysis.futures.stored import Futures, fingerprint
from sim.analysis.levers_compared.__main__ import main
from sim.analysis.levers_compared.compare import Row
from sim.analysis.levers_compared.page import page, sentence
from sim.analysis.mixes import divided, splits
from sim.analysis.mixes import main as mixes
from sim.calendar import fiscal_years
from sim.scenarios.scenario import load_scenario
from sim.scenarios.spending import Absorbed, beyond

NAMES = ("deals_signed", "agreements_signed", "projects_completed", "sdg_progress", "reached")
GAINED = dict.fromkeys(NAMES, (9.0, 1.0))
NONE = (np.inf, np.inf, np.inf)
EQUAL = Absorbed(factor=1.0, appropriated=400.0, spent=300.0, verdict="equal")


def row(name: str, cost: float, verdict: str = "equal", more: tuple[float, float, float] = NONE) -> Row:
    return Row(
        300.0, name, 0.5, verdict, 400.0, 300.0, GAINED, cost, cost - 1, cost + 1, *more, (0.5, np.nan, 0.1)
    )


def futures(b_wins: int, samples: int = 30) -> Futures:
    """Futures in which b costs less than a so many times."""
    costs = pd.DataFrame({"future": range(samples), "sum": 300.0, "outcome": "deals_signed", "a": 2.0})
    costs["b"] = np.where(np.arange(samples) < b_wins, 1.0, 3.0)
    return Futures(
        "2026-11-26", fingerprint(), "japan", 51, 2018, samples, {300.0: {"a": EQUAL, "b": EQUAL}}, costs
    )


@pytest.mark.parametrize("wins", [0, 10, 15, 19, 20, 30])
def test_the_cheapest_is_no_winner_where_it_loses_in_a_third_of_the_futures(wins: int) -> None:
    told = sentence([row("b", 5.0), row("a", 6.0)], futures(wins))
    assert told.startswith("With the default parameters `b` costs least per additional deal")
    assert ("no winner" in told) == (wins < 20)
    assert f"in {wins / 30:.0%} of the futures" in told


def test_an_assumption_that_chance_may_have_named_is_marked() -> None:
    column = [factor.name for factor in factors()].index("coordinator_cost")
    where = coordinates(points(100))[:, column]
    found = replace(futures(60, 100), costs=futures(60, 100).costs.assign(b=np.where(where < 0.6, 1.0, 3.0)))
    told = sentence([row("b", 5.0), row("a", 6.0)], found)
    first, second = told.split("What turns it most: ")[1].split(") and ")
    assert "`coordinator_cost`" in first and "chance" not in first
    assert f"chance among {len(factors())} assumptions may give as much" in second


def test_costs_that_are_not_told_apart_are_said_so() -> None:
    assert "overlap" not in sentence([row("b", 5.0), row("a", 8.0)], None)
    assert "(its interval and that of `a` overlap)" in sentence([row("b", 5.0), row("a", 6.0)], None)


def test_the_cost_of_the_next_deal_has_its_interval() -> None:
    text = page([row("b", 5.0, more=(7.0, 6.0, 9.0)), row("a", 8.0, more=(np.nan,) * 3)], 20, None)
    cells = [line.split(" | ")[-2] for line in text.splitlines() if line.startswith("| `")]
    assert cells == ["7 (6 to 9)", "–"]


def test_what_cannot_spend_the_sum_comes_last_and_is_not_called_cheapest() -> None:
    rows = [row("c", 1.0, "at_most"), row("b", 5.0), row("a", np.nan)]
    text = page(rows, 20, None)
    lines = [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| `")]
    assert lines == ["| `b`", "| `a`", "| `c` †"]
    assert "`b` costs least per additional deal; how far this holds in other futures is not known" in text
    assert "none" in text and "+9 ± 1" in text and "50% / – / 10%" in text


def test_a_tiny_page_is_written_with_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "levers.md"
    size = [
        "--world",
        "synthetic:30",
        "--quarters",
        "8",
        "--replicates",
        "2",
        "--workers",
        "1",
        "--sums",
        "400",
    ]
    main([*size, "--scenarios", "promotion_first", "advisers_first", "--write", str(path)])
    table = pd.read_csv(path.with_suffix(".csv")).set_index("scenario")
    assert list(table.index) == ["promotion_first", "advisers_first"]
    assert table.loc["promotion_first", "spent"] == pytest.approx(400.0, rel=0.05)
    assert (table["transfer"].abs() < 0.5).all()  # promotion and advisers are used up
    assert path.read_text(encoding="utf-8").count("\n| `") == 2


def test_a_whole_is_shared_out_in_every_way() -> None:
    found = list(splits(3, 4))
    assert len(found) == len(set(found)) == 15
    assert all(sum(shares) == 1.0 for shares in found)


def test_splits_are_compared_at_equal_spending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mix = tmp_path / "both.yaml"
    levers = "{promotion: {2019: 400}, advisers: {2019: 400}}"
    mix.write_text(f"name: both\nextends: baseline\nlevers: {levers}\n", encoding="utf-8")
    size = ["--world", "synthetic:30", "--quarters", "6", "--replicates", "2", "--workers", "1"]
    mixes([str(mix), *size, "--steps", "2", "--sum", "400"])
    lines = capsys.readouterr().out.splitlines()
    shares = [line.partition(":")[0] for line in lines]
    assert sorted(shares) == [f"promotion {a}%, advisers {100 - a}%" for a in (0, 100, 50)]
    assert all("deals (" in line and "spends" in line for line in lines)


def test_a_split_adds_what_the_mix_adds() -> None:
    baseline, mix, years = load_scenario("baseline"), load_scenario("esg_first"), fiscal_years(51)
    levers = ("esg_finance.study_groups", "esg_finance.guarantee", "esg_finance.interest_subsidy")
    split = divided(mix, baseline, dict(zip(levers, (0.25, 0.0, 0.75), strict=True)), years)
    assert split.name == "esg_first-25-0-75" and split.settings == mix.settings
    assert split.appropriations(years).sum(axis=0) == pytest.approx(mix.appropriations(years).sum(axis=0))
    more = dict(zip(split.funds, beyond(split, baseline, years), strict=True))
    assert more[levers[0]][1:] == pytest.approx(625.0) and more[levers[1]][1:] == pytest.approx(0.0)

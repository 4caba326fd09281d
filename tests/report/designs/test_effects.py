"""Main effects, interactions, single changes, bins and steps: known answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.batch.factors import Factor, Point
from sim.batch.methods import points_of
from sim.report.designs.effects import (
    alike,
    changes,
    from_first,
    interactions,
    means_of_two,
    shape_of,
    strongest,
)
from sim.report.designs.figures import response_sheet
from tests.report.designs.made import made, switches

FIVE = ("subsidy", "promotion", "advisers", "matching_support", "subcommittees")


def of(table: pd.DataFrame, factor: int) -> pd.DataFrame:
    return table[(table["factor"] == factor) & ~table["first"]]


def test_a_factorial_gives_its_main_effects_and_its_one_interaction_back() -> None:
    factors, points = switches("subsidy", "promotion", "advisers")
    runs = made(
        "grid", factors, points, lambda a, b, c: 100 + 0.3 * a + 0.1 * b + 0.0 * c + 0.004 * a * b, noise=1.0
    )
    table, pairs = changes(runs), interactions(runs)
    assert shape_of(runs) == "factorial"
    for factor, effect in enumerate((30 + 20, 10 + 20, 0)):  # a main effect is over both values of the others
        row = of(table, factor).iloc[0]
        assert row["ci_low"] < effect < row["ci_high"] and row["n"] == 6
        assert row["ci_high"] - row["ci_low"] < 4  # what a replicate shares is in no difference
    assert strongest(table, "deals_signed")["factor"].tolist() == [0, 1, 2]
    both = pairs.set_index(["one", "two"])
    assert both.loc[(0, 1), "effect"] == pytest.approx(40, abs=3)
    assert both.loc[(0, 1), "p_adjusted"] < 0.01 < both.loc[(0, 2), "p_adjusted"]
    assert (pairs["p_adjusted"] >= pairs["p"]).all()


def test_without_noise_levers_that_add_up_have_no_interaction_and_no_width() -> None:
    factors, points = switches("subsidy", "promotion")
    runs = made("grid", factors, points, lambda a, b: 0.1 * a + 0.7 * b)
    pairs = interactions(runs)
    assert pairs["effect"].abs().max() == 0.0 and (pairs["reading"] == "none").all()
    assert len(means_of_two(runs)) == 4


def fraction(count: int) -> tuple[list[Factor], list[Point]]:
    """Factors of two values, and the points of a fraction of their combinations."""
    factors = [Factor(name, "lever", values=(0.0, 100.0)) for name in FIVE[:count]]
    return factors, points_of("fractional", factors, 1, {})


def test_a_fraction_tells_the_pairs_that_it_can_and_names_the_others() -> None:
    factors, points = fraction(5)
    runs = made("fractional", factors, points, lambda a, b, c, d, e: a + 0.004 * (a * e + a * b), noise=0.1)
    pairs = interactions(runs).set_index(["one", "two"])
    unsaid = {pair for group in alike(runs) for pair in group}
    assert set(pairs.index) | unsaid == {(a, b) for a in range(5) for b in range(a + 1, 5)}
    assert len(pairs) == 4 and not set(pairs.index) & unsaid and all(len(group) == 2 for group in alike(runs))
    (apart,) = {place for place in range(5) if all(place not in pair for pair in unsaid)}
    told = [pair for pair in ((0, 4), (0, 1)) if apart in pair]
    assert told and all(pairs.loc[pair, "effect"] == pytest.approx(40, abs=1) for pair in told)
    assert changes(runs).query("factor == 0 and not first")["effect"].iloc[0] == pytest.approx(140, abs=1)


def test_a_fraction_of_which_no_replicate_is_whole_tells_no_pairs() -> None:
    factors, points = fraction(3)
    runs = made("fractional", factors, points, lambda a, b, c: a * b, noise=1.0)
    assert len(interactions(runs)) == 3 and not alike(runs)
    runs.values[0] = np.nan
    assert interactions(runs).empty and not alike(runs)


def test_a_run_that_is_missing_leaves_its_replicate_out() -> None:
    factors, points = switches("subsidy", "promotion")
    runs = made("grid", factors, points, lambda a, b: a + b, noise=1.0)
    runs.values[3, 0] = np.nan
    assert set(of(changes(runs), 0)["n"]) == {5}
    assert set(interactions(runs)["n"]) == {5}


def test_single_changes_stand_beside_the_scenario_itself() -> None:
    factors = [
        Factor("subsidy", "lever", values=(100.0, 300.0)),
        Factor("promotion", "lever", values=(50.0,)),
    ]
    points = points_of("oat", factors, 1, {})

    def outcome(subsidy: float | None, promotion: float | None) -> float:
        return 10 + 0.1 * (subsidy or 0) - 2 * bool(promotion)

    table = changes(made("oat", factors, points, outcome, noise=0.1))
    assert of(table, 0)["value"].tolist() == [100.0, 300.0]
    assert of(table, 0)["effect"].tolist() == pytest.approx([10, 30], abs=0.5)
    assert of(table, 1)["effect"].item() == pytest.approx(-2, abs=0.5)
    assert len(from_first(made("oat", factors, points, outcome))) == 3


def test_points_of_a_range_are_put_into_bins_and_count_as_points() -> None:
    factors = [
        Factor("posting_rate", "uncertainty", 0.0, 1.0),
        Factor("friction_capacity", "uncertainty", 0.0, 1.0),
    ]
    points = points_of("lhs", factors, 7, {"samples": 60})
    runs = made("lhs", factors, points, lambda x, _: 100 * x, noise=1.0)
    table = changes(runs)
    top = of(table, 0).iloc[-1]
    assert top["effect"] == pytest.approx(80, abs=3) and top["ci_low"] < 80 < top["ci_high"]
    assert top["n"] == 12 and (top["start"], top["end"]) == pytest.approx((0.8, 1.0), abs=0.03)
    assert set(of(table, 1)["reading"]) == {"open"}


def test_steps_of_trajectories_give_the_slope_back() -> None:
    factors = [
        Factor("posting_rate", "uncertainty", 0.0, 1.0),
        Factor("friction_capacity", "uncertainty", 0.0, 1.0),
    ]
    points = points_of("morris", factors, 7, {"trajectories": 8})
    table = changes(made("morris", factors, points, lambda x, y: 30 * x - 3 * y))
    assert table.set_index("factor")["effect"].to_dict() == pytest.approx({0: 20.0, 1: -2.0})
    assert set(table["n"]) == {8}


def test_of_a_base_sample_the_two_ends_alone_count_as_points() -> None:
    """With factors in groups a base sample has fewer points than factors and two."""
    names = ("posting_rate", "friction_capacity", "friction_awareness")
    factors = [Factor(name, "uncertainty", 0.0, 1.0) for name in names]
    options = {"samples": 32, "groups": {"frictions": names[1:]}}
    points = points_of("saltelli", factors, 7, options)
    table = changes(made("saltelli", factors, points, lambda x, *_: 100 * x, options=options))
    assert len(points) == 32 * 4 and set(table["points"]) <= {12, 13}  # 64 points in five bins
    assert of(table, 0).iloc[-1]["effect"] == pytest.approx(80, abs=5)


def test_a_table_that_is_no_grid_has_contrasts_with_its_first_point_alone() -> None:
    factors, _ = switches("subsidy", "promotion")
    points: list[Point] = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0)]
    runs = made("table", factors, points, lambda a, b: a + b)
    assert changes(runs).empty and interactions(runs).empty
    assert from_first(runs)["effect"].tolist() == pytest.approx([100, 200])


@pytest.mark.parametrize(("factors", "said"), [(["subsidy"], False), (["subsidy", "promotion"], True)])
def test_other_factors_are_said_to_vary_where_there_are_any(factors: list[str], said: bool) -> None:
    made_of, points = switches(*factors)
    runs = made("grid", made_of, points, lambda *money: 100 + 0.3 * sum(money), noise=1.0)
    sheet = response_sheet(runs, changes(runs), "deals_signed", "en")
    assert ("Other factors vary as well." in sheet.subtitle) == said

"""Equal spending: known answers of the search, and of trial runs on a tiny world."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.errors import InputError
from sim.scenarios.programmes import Programme
from sim.scenarios.scenario import load_scenario
from sim.scenarios.spending import TOLERANCE, Absorbed, first_year, scaled
from sim.studies.spending import search, with_equal_spending

WORLD = {"world": "synthetic:60", "replicates": 2, "quarters": 12, "seed": 1}


def linear(slope: float) -> Callable[[float], float]:
    return lambda factor: slope * factor


def saturating(most: float, half: float) -> Callable[[float], float]:
    return lambda factor: most * factor / (factor + half)


def capped(most: float) -> Callable[[float], float]:
    return lambda factor: min(100.0 * factor, most)


@pytest.mark.parametrize("amount", [1.0, 37.0, 100.0, 101.5, 2_500.0])
@pytest.mark.parametrize("spent", [linear(100.0), linear(3.0), saturating(10_000.0, 7.0)])
def test_a_search_ends_within_the_tolerance(spent: Callable[[float], float], amount: float) -> None:
    found = search(spent, amount, largest=1e6)
    assert found.verdict == "equal"
    assert found.spent == spent(found.factor)
    assert abs(found.spent - amount) <= TOLERANCE * amount


@pytest.mark.parametrize("most", [20.0, 140.0, 970.0])
def test_what_cannot_absorb_the_sum_stands_at_the_least_that_absorbs_most(most: float) -> None:
    found = search(capped(most), 1_000.0, largest=1e6)
    assert found.verdict == "at_most"
    assert most * (1.0 - TOLERANCE) <= found.spent <= most
    assert found.factor <= 1.05 * most / 100.0  # hardly more than what begins to lapse


def test_no_more_is_tried_than_asked_for() -> None:
    tried = []
    search(lambda factor: tried.append(factor) or 1.0, 1_000.0, largest=50.0)  # type: ignore[func-returns-value]
    assert max(tried) <= 50.0 and len(tried) < 60


def test_money_in_large_units_is_matched_as_near_as_can_be() -> None:
    found = search(lambda factor: 30.0 * int(3.0 * factor), 100.0, largest=1e6)
    assert (found.verdict, found.spent) == ("nearest", 90.0)


@pytest.mark.parametrize("amount", [1e-9, 1.0, 14.0])
def test_a_sum_below_the_smallest_unit_is_matched_by_one_unit_never_by_nothing(amount: float) -> None:
    found = search(lambda factor: 30.0 * int(3.0 * factor), amount, largest=1e6)
    assert (found.verdict, found.spent) == ("nearest", 30.0)


def test_a_scenario_at_its_own_spending_is_itself() -> None:
    baseline, matching = load_scenario("baseline"), load_scenario("matching_first")
    (same,), equal = with_equal_spending(baseline, [matching], **WORLD)
    assert same == matching
    found = equal.scenarios["matching_first"]
    assert (found.factor, found.verdict, found.spent) == (1.0, "equal", equal.sum)
    assert found.appropriated == pytest.approx(2_500.0) and equal.since == 2019
    again, _ = with_equal_spending(baseline, [matching], amount=equal.sum, **WORLD)
    assert again == [matching]


def test_by_default_all_absorb_what_the_least_absorbs_as_written() -> None:
    baseline = load_scenario("baseline")
    scenarios = [load_scenario(name) for name in ("advisers_first", "study_groups_first")]
    heard: dict[str, Absorbed] = {}
    made, equal = with_equal_spending(baseline, scenarios, tell=heard.__setitem__, workers=2, **WORLD)
    assert list(equal.scenarios) == [one.name for one in made] == [one.name for one in scenarios]
    assert heard == equal.scenarios
    assert 1.0 in {found.factor for found in equal.scenarios.values()}
    for one, scenario in zip(made, scenarios, strict=True):
        found = equal.scenarios[one.name]
        if found.verdict == "equal":
            assert found.spent == pytest.approx(equal.sum, rel=TOLERANCE)
        assert (one == scenario) == (found.factor == 1.0)
        assert one.title == scenario.title
        assert one.levers["promotion"] == baseline.levers["promotion"]


def test_a_lever_that_cannot_absorb_the_sum_is_said_to_be_saturated() -> None:
    baseline = load_scenario("baseline")
    groups = baseline.overlaid("groups", levers={"esg_finance": {"study_groups": {2019: 220}}})
    (made,), equal = with_equal_spending(baseline, [groups], amount=100_000.0, **WORLD)
    found = equal.scenarios["groups"]
    assert found.verdict == "at_most" and equal.names("at_most") == ["groups"]
    assert 0.0 < found.spent < equal.sum
    assert made.levers["esg_finance.study_groups"][2019] == pytest.approx(20.0 + found.appropriated)


def test_what_is_cut_is_not_scaled() -> None:
    baseline = load_scenario("baseline")
    moved = baseline.overlaid("moved", levers={"promotion": {2020: 0}, "advisers": {2020: 3_000}})
    (made,), equal = with_equal_spending(baseline, [moved], amount=500.0, **WORLD)
    assert equal.since == 2020
    assert made.levers["promotion"] == moved.levers["promotion"]
    assert made.levers["advisers"][2020] == pytest.approx(3_000 * equal.scenarios["moved"].factor)


@pytest.mark.parametrize(
    ("levers", "amount", "message"),
    [
        ({"subsidy": 100}, 0.0, "0 is no sum"),
        ({"subsidy": 100}, float("nan"), "nan is no sum"),
        ({"promotion": 10}, None, "more appropriates no more than baseline in any fiscal year"),
        (
            {"esg_finance": {"guarantee": {2020: 1e-9}}},
            None,
            "more spends no more than the baseline as it is",
        ),
    ],
)
def test_what_cannot_be_made_equal_is_refused(levers: dict[str, object], amount: float, message: str) -> None:
    baseline = load_scenario("baseline")
    more = baseline.overlaid("more", levers=levers)
    with pytest.raises(InputError, match=message):
        with_equal_spending(baseline, [more], amount=amount, **WORLD)


def test_money_of_programmes_is_scaled() -> None:
    baseline = load_scenario("baseline")
    programmes = {
        "grants": Programme(lever="company_grants", money={2018: 50.0}),
        "staff": Programme(lever="advisers", money={2018: 0.0, 2020: 100.0}),
    }
    more = baseline.model_copy(update={"name": "more", "programmes": programmes})
    twice = scaled(more, baseline, 2.0, range(2018, 2031))
    assert twice.levers == more.levers
    assert twice.programmes["grants"].money == {2018: 100.0}
    assert twice.programmes["staff"].money == {2018: 0.0, 2020: 200.0}
    assert first_year([more], baseline, range(2018, 2031)) == 2018

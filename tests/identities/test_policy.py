"""Money alone separates scenarios, and money never hurts who gets it."""

from __future__ import annotations

from collections import Counter

import pytest

from sim.kernel.state import Verdict
from sim.scenarios.scenario import builtin_names
from tests.identities.cases import BUSY, world_of
from tests.identities.policy import (
    ON_THE_EDGE,
    SLACK,
    SMALL_CHANGE,
    grant_in_the_last_quarter,
    last_quarter_pair,
    no_deal_is_lost_by_a_grant,
    signed,
    verdicts_tell_what_the_grant_did,
    zero_levers_are_no_policy,
)


@pytest.mark.parametrize("base", builtin_names())
def test_every_lever_at_zero_is_no_policy_on_japan(base: str) -> None:
    zero_levers_are_no_policy(world_of("japan", 1), base, {}, quarters=24)


@pytest.mark.parametrize("base", builtin_names())
def test_every_lever_at_zero_is_no_policy_in_a_busy_world(base: str) -> None:
    zero_levers_are_no_policy(world_of("synthetic:60", 1), base, BUSY, quarters=51)


@pytest.mark.parametrize("parameters", [ON_THE_EDGE, SMALL_CHANGE], ids=["on_the_edge", "small_change"])
@pytest.mark.parametrize("subsidy", [500.0, 20_000.0, 1e7])
@pytest.mark.parametrize(("world", "seeds"), [("synthetic:30", 12), ("synthetic:300", 8), ("japan", 2)])
def test_no_deal_is_lost_by_winning_a_grant(
    world: str, seeds: int, subsidy: float, parameters: dict[str, float]
) -> None:
    for seed in range(seeds):
        pair = grant_in_the_last_quarter(world_of(world, 1), seed, subsidy, parameters | SLACK)
        no_deal_is_lost_by_a_grant(*pair)
        verdicts_tell_what_the_grant_did(*pair)


def test_the_grants_are_won_declined_and_missed() -> None:
    """The property above is not empty: every verdict with a grant at hand comes up."""
    found: Counter[int] = Counter()
    declined = 0
    for parameters in (ON_THE_EDGE, SMALL_CHANGE):
        runs = grant_in_the_last_quarter(world_of("japan", 1), 1, 1e7, parameters | SLACK)
        pair = last_quarter_pair(*runs)
        found.update(pair.with_grant.values())
        declined += sum(verdict == Verdict.UNSUBSIDISED for verdict in pair.with_grant.values())
    assert found[Verdict.ADDITIONAL] > 20
    assert found[Verdict.INFRAMARGINAL] > 20
    assert found[Verdict.REFUSED_BY_COMPANY] > 10
    assert declined > 5


def test_with_default_limits_only_a_full_lender_can_lose_a_deal() -> None:
    """An additional deal may take the room of a lender; nothing else may lose a deal."""
    lost = kept = 0
    for seed in range(16):
        runs = grant_in_the_last_quarter(world_of("synthetic:300", 1), seed, 1e7, ON_THE_EDGE)
        pair = last_quarter_pair(*runs)
        assert {pair.with_grant[deal] for deal in pair.lost} <= {Verdict.REFUSED_BY_LENDERS}
        lost += len(pair.lost)
        kept += len(signed(pair.without))
    assert kept > 100
    assert lost <= 0.01 * kept

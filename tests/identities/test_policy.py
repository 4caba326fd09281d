"""Money alone separates scenarios, and money never hurts who gets it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenarios.scenario import builtin_names
from sim.state import Verdict
from tests.identities.cases import BUSY, world_of
from tests.identities.policy import (
    deals_of_last_quarter,
    grant_in_the_last_quarter,
    last_quarter_pair,
    no_deal_is_lost_by_a_grant,
    zero_levers_are_no_policy,
)

#: Lenders so large that no deal can take another one's room.
SLACK = {"lending_share": 100.0}
#: Costs, returns and approvals that leave many deals on the edge.
ON_THE_EDGE = {"posting_rate": 20.0, "own_channel": 1.0, "adoption_own": 0.3, "awareness_base": 0.3}


@pytest.mark.parametrize("base", builtin_names())
def test_every_lever_at_zero_is_no_policy_on_japan(base: str) -> None:
    zero_levers_are_no_policy(world_of("japan", 1), base, {}, quarters=24)


@pytest.mark.parametrize("base", builtin_names())
def test_every_lever_at_zero_is_no_policy_in_a_busy_world(base: str) -> None:
    zero_levers_are_no_policy(world_of("synthetic:60", 1), base, BUSY, quarters=51)


@pytest.mark.parametrize("subsidy", [500.0, 20_000.0, 1e7])
@pytest.mark.parametrize("world", ["synthetic:30", "synthetic:300", "japan"])
def test_no_deal_is_lost_by_winning_a_grant(world: str, subsidy: float) -> None:
    signed = granted = proposals = 0
    for seed in range(3 if world == "japan" else 12):
        plain, paid = grant_in_the_last_quarter(world_of(world, 1), seed, subsidy, ON_THE_EDGE | SLACK)
        no_deal_is_lost_by_a_grant(plain, paid)
        pair = last_quarter_pair(plain, paid)
        signed += len(pair.without)
        granted += pair.granted
        proposals += pair.proposals
    assert 0 < signed < proposals
    assert granted > 0 or (world == "synthetic:30" and subsidy == 500.0)


def test_with_default_limits_only_a_full_lender_can_lose_a_deal() -> None:
    """An additional deal may take the room of a lender; nothing else may lose a deal."""
    lost = 0
    for seed in range(20):
        plain, paid = grant_in_the_last_quarter(world_of("synthetic:300", 1), seed, 1e7, ON_THE_EDGE)
        gone = last_quarter_pair(plain, paid).lost
        deals = paid.deals()
        for municipality, company, goal in gone:
            row = np.nonzero(
                (deals["quarter"] == paid.quarters - 1)
                & (deals["municipality"] == municipality)
                & (deals["company"] == company)
                & (deals["goal"] == goal)
            )[0][-1]
            assert deals["verdict"][row] == Verdict.REFUSED_BY_LENDERS
        lost += len(gone)
    assert lost <= 2


def test_a_grant_changes_the_quarter_it_is_paid_in() -> None:
    plain, paid = grant_in_the_last_quarter(world_of("japan", 1), 1, 1e7, ON_THE_EDGE | SLACK)
    without, proposals = deals_of_last_quarter(plain)
    with_grant, _ = deals_of_last_quarter(paid)
    assert without < with_grant < proposals

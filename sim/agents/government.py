"""What the national government decides: who gets a grant, and how money turns into activity."""

from __future__ import annotations

import math

from sim.kernel.compiled import rule

SCORED, NEED_WEIGHTED, LOTTERY = range(3)


@rule
def award_score(award: int, success: float, gap: float, designated: int, bonus: float, lot: float) -> float:
    """P10: rank of an application under the scheme's award rule (higher goes first)."""
    if award == LOTTERY:
        return lot
    if award == NEED_WEIGHTED:
        return success * gap + bonus * designated
    return success + bonus * designated


@rule
def grant_offered(rate: float, cost: float, cap: float) -> float:
    """P10: grant to a project (JPY M): a share of cost up to the cap."""
    return min(rate * cost, cap)


@rule
def own_share(grant: float, rate: float, least: float) -> float:
    """P10: what a municipality pays itself (JPY M) beside a grant that pays ``rate`` of its project."""
    if grant <= 0.0:
        return least
    return max(least, grant * (1.0 - rate) / rate)


@rule
def futurecity_score(
    weight_plan: float, weight_partnerships: float, weight_balance: float, weight_citizens: float,
    plan: float, partnerships: float, balance: float, awareness: float,
) -> float:  # fmt: skip
    """P5: score of an application before the jury's noise: plan, partnerships, balance, citizens."""
    return (
        weight_plan * plan
        + weight_partnerships * partnerships
        + weight_balance * balance
        + weight_citizens * awareness
    )


@rule
def faded(push: float, decay: float, quarters: int) -> float:
    """P1, P3, P4: what is left of a push after some quarters; nothing before it began (a negative number)."""
    if quarters < 0:
        return 0.0
    return push * math.exp(-decay * quarters)


@rule
def affordable(remaining: float, unit_cost: float, quarters_left: int) -> int:
    """Whole units that this quarter's share of the remaining appropriation buys."""
    return math.floor(remaining / quarters_left / unit_cost + 1e-9)

"""What a company decides: to search, whom to prefer, and which rate it can bear."""

from __future__ import annotations

import math

from sim.kernel.compiled import rule


@rule
def search_rate(effort: float, awareness: float, free_slots: int) -> float:
    """P7: rate at which a member company searches: every free slot is somebody looking for work."""
    return effort * awareness * free_slots


@rule
def outreach_rank(u: float, log_size: float, tail: float) -> int:
    """P15: rank, from 0, of the company that meets a municipality: few of the largest meet most.

    At a tail of 1 the logarithm of the rank is uniform, which is Zipf's law. ``log_size`` is the logarithm
    of the number of companies and one; a draw next to 1 may round to one rank too many.
    """
    return math.floor(math.exp(log_size * math.exp(tail * math.log(u)))) - 1


@rule
def distance(dx: float, dy: float, dz: float) -> float:
    """Straight-line distance (km); on the sphere it falls short of the arc by 0.1% at 1,000 km."""
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@rule
def nearness(km: float, scale: float, national: int, national_least: float) -> float:
    """e^(-distance / scale), but never below a national company's branch network."""
    near = math.exp(-km / scale)
    if national == 1 and near < national_least:
        return national_least
    return near


@rule
def appeal_to_municipality(
    on_capability: float, on_trust: float, on_reputation: float, on_proximity: float, on_degree: float,
    capability: float, trust: float, reputation: float, proximity: float, log_degree: float, noise: float,
) -> float:  # fmt: skip
    """P7: score by which a municipality ranks companies; ``log_degree`` = log(1 + deals ever signed)."""
    return (
        on_capability * capability
        + on_trust * trust
        + on_reputation * reputation
        + on_proximity * proximity
        + on_degree * log_degree
        + noise
    )


@rule
def appeal_to_company(
    on_trust: float, on_reputation: float, on_proximity: float,
    trust: float, reputation: float, proximity: float, noise: float,
) -> float:  # fmt: skip
    """P7: score by which a company ranks the posts of municipalities."""
    return on_trust * trust + on_reputation * reputation + on_proximity * proximity + noise


@rule
def gross_value(
    success: float, gross_return: float, salvage: float, social_weight: float, cost: float
) -> float:
    """P9: expected value of a project to the company (JPY M), social value included."""
    return ((success + (1.0 - success) * salvage) * gross_return + success * social_weight) * cost


@rule
def company_surplus(
    value: float, default: float, rate: float, debt: float, loss: float, equity: float, fixed_cost: float
) -> float:
    """P9: surplus U_c (JPY M) at a loan rate."""
    return value - (1.0 - default) * (1.0 + rate) * debt - default * (1.0 - loss) * debt - equity - fixed_cost


@rule
def highest_rate(
    value: float, default: float, debt: float, loss: float, equity: float, fixed_cost: float
) -> float:
    """P9: rate R^max at which the company's surplus is zero (debt > 0)."""
    return (value - default * (1.0 - loss) * debt - equity - fixed_cost) / ((1.0 - default) * debt) - 1.0

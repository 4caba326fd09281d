"""What a municipality decides: to adopt, to join, to post a need, to approve, to sign.

Every rule is a pure function of numbers, compiled and inlined into the acts that call it.
"""

from __future__ import annotations

import math

from sim.kernel.compiled import rule

#: Who decides on a grant without which a deal is signed, too (rule grant_choice).
BY_COMPANY, BY_MUNICIPALITY = range(2)
#: How adopters pull (rule contagion): in proportion to their share, or only from a threshold on.
LINEAR, THRESHOLD = range(2)


@rule
def logistic(x: float) -> float:
    """Logistic function 1 / (1 + e^-x)."""
    return 1.0 / (1.0 + math.exp(-x))


@rule
def happens(u: float, rate: float) -> bool:
    """Whether an event of the given rate per quarter happens within the quarter: u < 1 - e^-rate.

    1 - e^-rate never exceeds the rate, so most draws are settled without the exponential.
    """
    return u < rate and u < 1.0 - math.exp(-rate)


@rule
def awareness_after(awareness: float, missed: float, decay: float) -> float:
    """P1: awareness after a quarter, a' = (1 - decay) [1 - (1 - a) missed], where missed = e^-stimulus."""
    return (1.0 - decay) * (1.0 - (1.0 - awareness) * missed)


@rule
def pull(share: float, threshold: float) -> float:
    """P3: a share of adopters as contagion feels it: nothing below the threshold (Granovetter 1978)."""
    return share if share >= threshold else 0.0


@rule
def adoption_rate(
    size_effect: float,
    own: float,
    neighbours: float,
    size_peers: float,
    cases: float,
    push: float,
    floor: float,
    awareness: float,
) -> float:
    """P3: hazard of adopting; the national push bites more where awareness is high."""
    return size_effect * (own + neighbours + size_peers + cases + push * (floor + (1.0 - floor) * awareness))


@rule
def answer_probability(
    constant: float, on_size: float, on_promoting: float, on_year: float, size: float, adopted: int, year: int
) -> float:
    """P3: probability that a municipality answers the survey of a fiscal year."""
    return logistic(constant + on_size * size + on_promoting * adopted + on_year * year)


@rule
def posting_rate(rate: float, capacity: float, awareness: float, keener: float, adopted: int) -> float:
    """P6: rate at which a municipality with a free slot posts a need; adopters are ``keener``."""
    return rate * capacity * awareness * (1.0 + keener * adopted)


@rule
def readiness(capacity: float, adopted: int, on_capacity: float, on_adoption: float) -> float:
    """P15: factor on the rates of agreements and donations: little depends on capacity, more on adoption."""
    return (1.0 - on_capacity * (1.0 - capacity)) * (1.0 + on_adoption * adopted)


@rule
def perceived_gap(goal_state: float, scale: float) -> float:
    """Gap of a goal as the municipality sees it: against the nation's gap of that goal at the start.

    National scores of different goals are not comparable: Japan's 94 for health is no reason to
    have no need there. So a gap is scaled by mean gap of all goals / mean gap of this goal.
    """
    return (1.0 - goal_state) * scale


@rule
def need(salience: float, gap: float) -> float:
    """P6: weight of a theme among the needs, salience times the squared perceived gap."""
    return salience * gap * gap


@rule
def application_logit(
    constant: float, on_capacity: float, on_awareness: float, on_legacy: float, on_adopted: float,
    capacity: float, awareness: float, legacy: int, adopted: int,
) -> float:  # fmt: skip
    """P5: logit of applying to become an SDGs FutureCity."""
    return (
        constant
        + on_capacity * capacity
        + on_awareness * awareness
        + on_legacy * legacy
        + on_adopted * adopted
    )


@rule
def approval_probability(
    constant: float, fiscal_effect: float, grant_effect: float, fiscal_strength: float, grant_share: float
) -> float:
    """P9: probability that the municipality approves the cost; 0.45 is the median fiscal strength."""
    return logistic(constant + fiscal_effect * math.log(fiscal_strength / 0.45) + grant_effect * grant_share)


@rule
def municipal_surplus(
    success: float, value: float, gap: float, cost: float, own_money: float, fixed_cost: float,
    able: float, capacity: float, relief: float,
) -> float:  # fmt: skip
    """P9: surplus U_m (JPY M) = pi v gap I - B - F_m (1 + able - c)(1 - relief from model cases).

    ``able`` is the share of the fixed cost F_m that is left at full capacity.
    """
    effort = fixed_cost * (1.0 + able - capacity) * (1.0 - relief)
    return success * value * gap * cost - own_money - effort


@rule
def capacity_after(capacity: float, base: float, learning: float, rotation: float) -> float:
    """P2: capacity after learning from projects and staff rotation."""
    kept = math.exp(-learning) if learning != 0.0 else 1.0  # most learn nothing, which needs no exponential
    learned = 1.0 - (1.0 - capacity) * kept
    return learned - rotation * (learned - base)

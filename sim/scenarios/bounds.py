"""Bounds of validity of parameters: what the model is defined for. Their plausible ranges lie inside."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.kernel.parameters import Parameter

#: Nothing that is counted, weighed or paid goes beyond; what does is a slip, and overflows before long.
LARGEST = 1e6
#: A logit of 100 is certainty to the last bit.
LARGEST_LOGIT = 100.0
#: A number that is divided by is at least this, and so "above 0".
SMALLEST = math.ulp(0.0)
#: Units of numbers that are divided by.
DIVISORS = ("km", "size score", "JPY M/year", "JPY M/contact", "JPY M/mission")
#: Others that are divided by.
POSITIVE = (
    "capital_requirement",
    "coordinator_consultations",
    "cost_median",
    "effect_reference_cost",
    "matching_elasticity",
    "partnerships_full_marks",
    "project_quarters",
)
#: Numbers of what is drawn one by one, in whole numbers; more would only cost time.
COUNTED = {"lenders": (0.0, 100.0), "seats": (1.0, 1_000.0)}
#: Parts of a whole whose unit does not say so: what fades in a quarter, rates of interest, factors that only
#: make something smaller. The rates at which something happens are none: e^-rate is a probability for any.
PARTS = (
    "awareness_decay", "trust_decay", "case_decay", "inbound_decay", "capacity_rotation", "skill_rotation",
    "funding_rate", "funding_rate_life", "rate_cap", "esg_premium", "market_growth", "ordinary_guarantee_fee",
    "matching_efficiency", "proximity_national", "match_national",
)  # fmt: skip


class Bounds(NamedTuple):
    """Least and largest value that a parameter may have."""

    low: float
    high: float


def bounds_of(parameter: Parameter) -> Bounds:
    """Bounds of validity of a parameter, in its unit."""
    if parameter.unit == "logit":
        return Bounds(-LARGEST_LOGIT, LARGEST_LOGIT)
    if parameter.unit in COUNTED:
        return Bounds(*COUNTED[parameter.unit])
    part = parameter.name in PARTS or parameter.unit.startswith(("share", "probability"))
    divisor = parameter.name in POSITIVE or parameter.unit in DIVISORS
    return Bounds(SMALLEST if divisor else 0.0, 1.0 if part else LARGEST)

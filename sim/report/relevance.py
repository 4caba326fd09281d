"""Which effects are too small to matter: the smallest effect of interest of each outcome.

They are judgements, named and given a reason here so that they can be argued with. An effect whose whole
interval lies inside them is said to be too small to matter, however surely it differs from zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from sim.kernel.outcomes import BY_NAME

#: Points of a share of municipalities: surveys report whole per cent, and 1% are some 17 municipalities.
POINT = 0.01
#: Share of the baseline's level: less is drowned by the chance of a single history, where runs of the same
#: scenario differ by about as much.
TWENTIETH = 0.05
#: Share of the money given beyond the baseline: from here on it is said that it lapsed.
LAPSE_WORTH_SAYING = 0.1


@dataclass(frozen=True)
class Interest:
    """The smallest effect that is worth speaking of.

    Attributes:
        value: size of it, in ``unit``.
        unit: ``share`` (0.01 = one point) or ``share of the baseline``.
        reason: id of the reason under ``report.interest`` of the catalogue.
    """

    value: float
    unit: str
    reason: str


_POINT = Interest(POINT, "share", "point")
_RELATIVE = Interest(TWENTIETH, "share of the baseline", "relative_reason")


class Reading(StrEnum):
    """What an effect and its interval say."""

    MORE = "more"
    LESS = "less"
    SMALL = "small"
    OPEN = "open"
    NONE = "none"  # the same in every run
    UNKNOWN = "unknown"  # one replicate: no interval


def interest(outcome: str) -> Interest | None:
    """The smallest effect of interest of an outcome; None for money of the ledger and users' own outcomes."""
    if outcome not in BY_NAME:
        return None
    return _POINT if BY_NAME[outcome].unit == "share" else _RELATIVE


def smallest(outcome: str, baseline: float) -> float:
    """The smallest effect of interest in the outcome's own unit; NaN where none is declared.

    Args:
        outcome: name.
        baseline: the outcome's mean in the baseline.
    """
    found = interest(outcome)
    if found is None:
        return math.nan
    return found.value if found.unit == "share" else found.value * abs(baseline)


def read(low: float, high: float, least: float) -> Reading:
    """What an interval says, given the smallest effect of interest (NaN: none is declared)."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return Reading.UNKNOWN
    if low == high == 0.0:
        return Reading.NONE
    if -least < low and high < least:
        return Reading.SMALL
    if low > 0:
        return Reading.MORE
    return Reading.LESS if high < 0 else Reading.OPEN

"""How many replicates an interval of a wanted width takes: beforehand, and as a rule to stop by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy

from sim.statistics.contrasts import LEVEL, Contrast, Flags, Floats, t_quantile

#: ``replicates_needed`` asks for an interval of plus or minus this share of the effect.
PRECISION = 0.10
#: Level of the upper bound on the replicates needed.
BOUND = 0.90
#: Replicates before the first look at the width. A variance that is small by luck ends the runs too early,
#: and the interval then covers the truth less often than it says: in 93% with a first stage of 10, in 94 to
#: 95% with 20.
FIRST_STAGE = 20
#: A stage at most multiplies the replicates by this, since what is still needed is a guess from those there
#: are.
GROWTH = 2.0
#: Most that is asked for; beyond, the number has no meaning but "hopelessly many".
MOST = 1_000_000_000_000


class Needed(NamedTuple):
    """Pairs needed in all, not besides those there are; arrays have the shape of one run."""

    number: Floats
    #: Upper 90% bound, as the variance is itself an estimate.
    bound: Floats


def replicates_needed(contrast: Contrast, share: float = PRECISION) -> Needed:
    """Fewest pairs for a 95% interval of plus or minus a share of the effect, and an upper bound on them.

    The bound takes the variance at the upper end of its one-sided 90% interval, from the chi-square with n
    - 1 degrees of freedom; the effect is taken as it is. Both are NaN where the interval holds 0, for then
    the size of the effect is not known, and where points of a design are averaged, since more replicates
    are not all that would narrow it.
    """
    shape = contrast.effect.shape
    low, high = contrast.interval()
    known = (low > 0) | (high < 0)
    if contrast.kind != "paired" or contrast.n < 2:
        known = np.zeros(shape, bool)
    wanted = share * np.abs(contrast.effect)
    spread = contrast.error * np.sqrt(contrast.n)
    number, bound = np.full(shape, np.nan), np.full(shape, np.nan)
    number[known] = pairs_needed(spread[known], wanted[known])
    bound[known] = pairs_needed(spread[known] * _inflation(contrast.n), wanted[known])
    return Needed(number, bound)


def _inflation(n: int) -> float:
    """Upper bound of a standard deviation over its estimate from n normal numbers."""
    return float(np.sqrt((n - 1.0) / scipy.stats.chi2.ppf(1.0 - BOUND, n - 1.0))) if n > 1 else np.nan


def pairs_needed(spread: Floats, wanted: Floats) -> Floats:
    """Fewest n >= 2 with t(n - 1) spread / sqrt(n) <= wanted, at most ``MOST``."""
    ratio = spread / wanted
    normal = scipy.stats.norm.ppf(0.5 + LEVEL / 2)
    n = np.clip(np.ceil((normal * ratio) ** 2), 2.0, MOST)
    while (short := (t_quantile(n - 1) * ratio > np.sqrt(n)) & (n < MOST)).any():
        n[short] += 1.0
    return np.asarray(n, np.float64)


@dataclass(frozen=True)
class Target:
    """How narrow an interval is to be: plus or minus a share of the effect, or so many units."""

    share: float | None = None
    width: float | None = None

    def half(self, effect: Floats) -> Floats:
        """Largest half-width that will do, by column."""
        if self.width is not None:
            return np.full(effect.shape, self.width)
        return np.asarray((self.share or 0.0) * np.abs(effect))


@dataclass(frozen=True)
class Look:
    """What a look at the runs so far says.

    Attributes:
        replicates: pairs looked at.
        half: half-widths of their 95% intervals, by column; NaN for one pair.
        wanted: largest half-widths that will do.
        reached: columns that are that narrow.
        enough: True if all are, or the limit is reached.
        following: replicates to have at the next look; the same as now where it is enough.
    """

    replicates: int
    half: Floats
    wanted: Floats
    reached: Flags
    enough: bool
    following: int


def look(contrast: Contrast, target: Target, limit: int) -> Look:
    """Whether the intervals of paired contrasts are narrow enough, and how many replicates to have next.

    A purely sequential rule of fixed width (Chow and Robbins 1965, Ann. Math. Stat. 36:457) with Student's
    t, a first stage of ``FIRST_STAGE`` and stages that aim at what is still needed (Hall 1981, Ann. Stat.
    9:1229): stop at the first look at which t(n - 1) s / sqrt(n) is no more than wanted. A share of the
    effect is measured by the mean so far (Nadas 1969, Ann. Math. Stat. 40:667). An effect that is 0 in
    every pair is narrow enough. Coverage of the interval at the stop is simulated in
    tests/statistics/test_precision.py.

    Args:
        contrast: paired, of the outcomes that count, over all replicates so far.
        target: how narrow.
        limit: most replicates.
    """
    n = contrast.n
    low, high = contrast.interval()
    half, wanted = (high - low) / 2.0, target.half(contrast.effect)
    reached = np.asarray(half <= wanted) & (n >= min(FIRST_STAGE, limit))
    enough = bool(reached.all()) or n >= limit
    return Look(n, half, wanted, reached, enough, n if enough else _next(contrast, wanted, reached, limit))


def _next(contrast: Contrast, wanted: Floats, reached: Flags, limit: int) -> int:
    n = contrast.n
    if n < FIRST_STAGE:
        return min(FIRST_STAGE, limit)
    spread = (contrast.error * np.sqrt(n))[~reached]
    aims = wanted[~reached]
    most = int(GROWTH * n)
    needed = pairs_needed(spread[aims > 0], aims[aims > 0]).max(initial=0.0) if (aims > 0).all() else most
    return int(min(max(n + 1, min(needed, most)), limit))

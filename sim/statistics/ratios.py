"""Ratios of means, such as cost per unit gained: Fieller's interval, and which of two ratios is smaller."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.statistics.contrasts import LEVEL, Contrast, Floats, t_quantile


class Ratio(NamedTuple):
    """A ratio of means and its interval; NaN where it has no meaning."""

    ratio: float
    low: float
    high: float


NO_RATIO = Ratio(np.nan, np.nan, np.nan)


def fieller(contrast: Contrast, level: float = LEVEL) -> Ratio:
    """Ratio of two mean differences with Fieller's interval (1954, J. R. Stat. Soc. B 16:175).

    Args:
        contrast: of three columns: numerator, denominator, and the sum of both, from which their covariance
            follows.
        level: of the interval.

    Returns:
        All NaN unless the mean of the denominator lies above 0 by its interval; for one pair, where there can
        be no doubt nor certainty, the ratio alone.
    """
    a, b = float(contrast.effect[0]), float(contrast.effect[1])
    if contrast.n == 1:
        return Ratio(a / b if b > 0 else np.nan, np.nan, np.nan)
    t2 = float(t_quantile(float(np.min(contrast.freedom)), level)) ** 2
    aa, bb, both = (t2 * float(error) ** 2 for error in contrast.error)
    ab = (both - aa - bb) / 2.0
    leading = b * b - bb
    if not (b > 0 and leading > 0):
        return NO_RATIO
    root = max((a * b - ab) ** 2 - leading * (a * a - aa), 0.0) ** 0.5
    return Ratio(a / b, (a * b - ab - root) / leading, (a * b - ab + root) / leading)


def ratio_difference(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], level: float = LEVEL
) -> Ratio:
    """Difference of two ratios of means over the same pairs, with its jackknife interval.

    Leaving out one pair at a time keeps what the four numbers share (Efron and Tibshirani 1993, ch. 11): two
    intervals that overlap say nothing about the order of two ratios that rest on the same draws.

    Args:
        first, second: numerators and denominators, one number per pair each.
        level: of the interval.
    """
    columns = np.column_stack([*first, *second])
    n = len(columns)
    if n == 0:
        return NO_RATIO
    whole = _difference(columns.mean(axis=0))
    if n < 3:
        return Ratio(float(whole), np.nan, np.nan)
    without = _difference((columns.sum(axis=0) - columns) / (n - 1))
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    half = float(t_quantile(n - 1, level) * error)
    return Ratio(float(whole), float(whole) - half, float(whole) + half)


def _difference(means: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        difference: Floats = means[..., 0] / means[..., 1] - means[..., 2] / means[..., 3]
    return difference

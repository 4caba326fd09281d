"""Proper scores of forecasts that are given as draws, whoever made them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest, energy_distance, norm

from sim.kernel.world import Floats

#: Ends and middle of the central 90% interval.
Q05, Q50, Q95 = 0.05, 0.5, 0.95
LEVEL = Q95 - Q05


class Score(NamedTuple):
    """How a forecast did.

    Attributes:
        q05, q50, q95: quantiles of the draws.
        inside: whether the observation lies from q05 to q95.
        crps: continuous ranked probability score in the unit of the observation; less is better.
        log_score: minus the log density of a normal distribution with mean and standard deviation of the
            draws (the score of Dawid and Sebastiani 1999, up to a constant and a factor); less is better.
    """

    q05: float
    q50: float
    q95: float
    inside: bool
    crps: float
    log_score: float


def scored(observed: float, draws: Floats) -> Score:
    """Scores of one forecast (Gneiting and Raftery 2007, doi 10.1198/016214506000001437).

    Args:
        observed: what happened.
        draws: (n,) draws of the forecast, n at least 2.
    """
    low, middle, high = (float(value) for value in np.quantile(draws, (Q05, Q50, Q95)))
    crps = float(energy_distance(draws, [observed])) ** 2 / 2.0  # the integral of squared differences
    spread = max(float(draws.std(ddof=1)), 1e-12 * max(abs(observed), 1.0))
    log_score = -float(norm.logpdf(observed, float(draws.mean()), spread))
    return Score(low, middle, high, low <= observed <= high, crps, log_score)


def brier(happened: npt.ArrayLike, probability: npt.ArrayLike) -> float:
    """Mean squared difference of probabilities and what happened (0 or 1); less is better."""
    return float(np.mean((np.asarray(happened, float) - np.asarray(probability)) ** 2))


class Coverage(NamedTuple):
    """How many of some intervals hold what was observed, with Wilson's 95% interval of the share."""

    n: int
    inside: int
    share: float
    low: float
    high: float


def coverage(inside: Sequence[bool]) -> Coverage:
    """Share of intervals that hold; of none, all numbers are missing."""
    if not len(inside):
        return Coverage(0, 0, np.nan, np.nan, np.nan)
    held = int(np.sum(inside))
    bounds = binomtest(held, len(inside)).proportion_ci(0.95, "wilson")
    return Coverage(len(inside), held, held / len(inside), float(bounds.low), float(bounds.high))

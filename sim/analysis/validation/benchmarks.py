"""Naive forecasts of a series that any model should beat: persistence, a linear and a logistic trend.

Each gives draws, so that it is scored as the model is. Its spread comes from its own residuals or, where
there are too few observations for any, from the steps of the series, or at last from ``UNKNOWN``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from scipy import stats
from scipy.optimize import curve_fit
from scipy.special import expit, logit

from sim.kernel.world import Floats

DRAWS = 1_001
#: Standard deviation of a year's change, relative to the value, where only one observation is known.
UNKNOWN = 0.5
_LEAST = 1e-6  # keeps logarithms finite


@dataclass(frozen=True)
class Known:
    """What is known of a series when it is forecast.

    Attributes:
        times: (n,) in years, rising.
        values: (n,) observations.
        ceiling: what the series cannot exceed; infinite where nothing is known.
    """

    times: Floats
    values: Floats
    ceiling: float = inf


def forecasts(known: Known, time: float) -> dict[str, Floats]:
    """Draws of each naive forecast that the observations allow, by its name.

    Args:
        known: observations before the origin; persistence needs one, trends need two.
        time: when, in years.
    """
    found = {}
    if len(known.times) >= 1:
        found["persistence"] = _persistence(known, time)
    if len(known.times) >= 2:
        found["linear"] = _linear(known, time)
        found["logistic"] = _logistic(known, time)
    return {name: np.clip(draws, 0.0, known.ceiling) for name, draws in found.items()}


def _spread(known: Known, time: float) -> float:
    """Standard deviation of a random walk with the steps of the series, at a time."""
    ahead = max(time - known.times[-1], 0.0)
    if len(known.times) < 2:
        return float(UNKNOWN * known.values[-1] * sqrt(ahead))
    steps = np.diff(known.values) ** 2 / np.diff(known.times)
    return float(np.sqrt(steps.mean() * ahead))


def _normal(mean: float, spread: float) -> Floats:
    """Draws at even probabilities, so that nothing hangs on chance."""
    drawn: Floats = stats.norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS, mean, max(spread, _LEAST))
    return drawn


def _persistence(known: Known, time: float) -> Floats:
    return _normal(float(known.values[-1]), _spread(known, time))


def _linear(known: Known, time: float) -> Floats:
    """Least squares with its prediction interval."""
    fit = stats.linregress(known.times, known.values)
    mean, n = float(fit.intercept + fit.slope * time), len(known.times)
    if n < 3:
        return _normal(mean, _spread(known, time))
    residual = known.values - (fit.intercept + fit.slope * known.times)
    away = (time - known.times.mean()) ** 2 / ((known.times - known.times.mean()) ** 2).sum()
    spread = sqrt(float((residual**2).sum()) / (n - 2) * (1.0 + 1.0 / n + away))
    drawn: Floats = stats.t.ppf((np.arange(DRAWS) + 0.5) / DRAWS, n - 2, mean, max(spread, _LEAST))
    return drawn


def _logistic(known: Known, time: float) -> Floats:
    """A logistic curve with the known ceiling, or its early part, exponential growth, where none is known."""

    def curve(times: Floats, level: float, rate: float) -> Floats:
        exponent = level + rate * (times - known.times[-1])
        if known.ceiling == inf:
            return np.asarray(np.exp(np.minimum(exponent, 700.0)))
        grown: Floats = known.ceiling * expit(exponent)
        return grown

    at = np.array([time])
    if known.ceiling == inf:
        straight = np.log(np.maximum(known.values, _LEAST))
    else:
        straight = logit(np.clip(known.values / known.ceiling, _LEAST, 1.0 - _LEAST))
    first = stats.linregress(known.times - known.times[-1], straight)
    start = (float(first.intercept), float(first.slope))
    if len(known.times) < 3:
        return _normal(float(curve(at, *start)[0]), _spread(known, time))
    best, covariance = curve_fit(curve, known.times, known.values, start, maxfev=10_000)
    residual = known.values - curve(known.times, *best)
    noise = float((residual**2).sum()) / (len(known.times) - 2)
    slope = np.array([(curve(at, *(best + step)) - curve(at, *best))[0] / 1e-6 for step in 1e-6 * np.eye(2)])
    return _normal(float(curve(at, *best)[0]), sqrt(max(noise + float(slope @ covariance @ slope), 0.0)))

"""What the model leaves out of a target, as calibration states it, and how it grows ahead of the data.

It is a random walk of the figure on the scale of its target (logarithm or logit): its variance at the first
observation is that stated, and grows by as much again with every year. Where the series has been observed
lately, what separates a run from that observation is known, and only what came since is drawn.
"""

from __future__ import annotations

import numpy as np

from sim.analysis.calibration.targets import Target, quarters_at
from sim.kernel.world import Floats

#: An observation is late enough to start from where it is at most so many years older than the last data.
LATELY = 1.0
_YEAR = 4


def widened(draws: Floats, target: Target, seed: int, ahead: float = 0.0) -> Floats:
    """Draws of a target with its error, of observation and of what the model leaves out, added.

    Args:
        draws: (n,) of the model.
        target: states the errors.
        seed: of the draws of the error.
        ahead: years from the last data to the target.
    """
    error = np.hypot(target.observation_error, target.discrepancy * np.sqrt(1.0 + ahead))
    chance = np.random.default_rng(seed)
    return target.plain(target.scaled(draws) + error * chance.standard_normal(draws.shape))


def started(draws: Floats, target: Target, before: Floats, last: Target, seed: int) -> Floats:
    """Draws of a target that start from the last observation of its series.

    Args:
        draws: (n,) of the model.
        target: what is forecast.
        before: (n,) what the same runs say of the last observation.
        last: the last observation.
        seed: of the draws of the errors.
    """
    chance = np.random.default_rng(seed)
    errors = chance.standard_normal((3, len(draws)))
    known = last.observed + last.observation_error * errors[0] - last.scaled(before)
    since = target.discrepancy * np.sqrt(years_between(last, target)) * errors[1]
    return target.plain(target.scaled(draws) + known + since + target.observation_error * errors[2])


def years_between(first: Target, second: Target) -> float:
    """Years from one observation to another."""
    return (quarters_at(second.date) - quarters_at(first.date)) / _YEAR

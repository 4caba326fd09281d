"""Elementary effects (Morris 1991, Technometrics 33:161) of outcomes that hold chance.

A trajectory changes one factor after the other; the effect of a factor is what its step changes, divided by
the step (as a share of the factor's range). mu* is the mean of their sizes (Campolongo, Cariboni and Saltelli
2007, Environmental Modelling & Software 22:1509), sigma their spread: large where a factor acts in a curve or
hangs on others. Chance makes mu* of a factor without any effect larger than 0, too; how large is told by what
replicates of a step differ.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.errors import InputError
from sim.statistics.contrasts import Floats
from sim.statistics.resampling import SEED
from sim.statistics.sobol import RESAMPLES, interval_of

FEWEST_TRAJECTORIES = 4


class Elementary(NamedTuple):
    """Elementary effects by factor, with 95% bootstrap intervals over trajectories.

    Attributes:
        mu: mean effect of a step over the whole range.
        mu_star, mu_star_low, mu_star_high: mean size.
        sigma: standard deviation of the effects, without what chance adds to it.
        noise: mu* that chance alone would give a factor without effect; NaN with one replicate.
        rank, rank_low, rank_high: by mu*, 1 for the largest.
        trajectories: that counted, for each factor.
        replicates: of each point.
    """

    mu: Floats
    mu_star: Floats
    mu_star_low: Floats
    mu_star_high: Floats
    sigma: Floats
    noise: Floats
    rank: Floats
    rank_low: Floats
    rank_high: Floats
    trajectories: npt.NDArray[np.int64]
    replicates: int


def effects_of(points: Floats, values: Floats, step: float) -> Floats:
    """Elementary effects of trajectories.

    Args:
        points: (trajectories, factors + 1, factors), in the unit cube.
        values: (trajectories, factors + 1, replicates).
        step: how far each changes its factor, as a share of the range.

    Returns:
        (trajectories, factors, replicates); NaN where a run is missing.

    Raises:
        InputError: some step changes no factor, or several.
    """
    moved = np.diff(points, axis=1)
    changed = moved != 0.0
    if not (changed.sum(axis=2) == 1).all() or not (changed.sum(axis=1) == 1).all():
        raise InputError("elementary effects: each step of a trajectory must change one factor, each once")
    which = changed.argmax(axis=2)
    sign = np.sign(np.take_along_axis(moved, which[:, :, None], axis=2))
    effects = np.empty((*which.shape, values.shape[2]))
    np.put_along_axis(effects, which[:, :, None], np.diff(values, axis=1) * sign / step, axis=1)
    return effects


def elementary_effects(effects: Floats, resamples: int = RESAMPLES, seed: int = SEED) -> Elementary:
    """mu, mu*, sigma and ranks, with intervals from resampled trajectories.

    Args:
        effects: (trajectories, factors, replicates); NaN where a run is missing.
        resamples: of trajectories.
        seed: of the resamples.

    Raises:
        InputError: a factor has fewer than 4 whole trajectories.
    """
    means = effects.mean(axis=2)
    known = ~np.isnan(means)
    counted = known.sum(axis=0)
    if counted.min(initial=len(effects)) < FEWEST_TRAJECTORIES:
        raise InputError(
            f"elementary effects need {FEWEST_TRAJECTORIES} whole trajectories or more of each factor, and "
            f"there are {counted.min(initial=len(effects))}"
        )
    replicates = effects.shape[2]
    chance = np.full(effects.shape[1], np.nan)
    if replicates > 1:
        chance = np.nanmean(effects.var(axis=2, ddof=1), axis=0) / replicates
    spread = np.nanvar(means, axis=0, ddof=1) - np.nan_to_num(chance)
    mu_star = np.nanmean(np.abs(means), axis=0)
    drawn = _resampled(np.abs(np.nan_to_num(means)), known, resamples, seed)
    return Elementary(
        np.nanmean(means, axis=0),
        mu_star,
        *interval_of(drawn),
        np.sqrt(np.maximum(spread, 0.0)),
        np.sqrt(2.0 / np.pi * chance),
        _ranks(mu_star[None])[0],
        *interval_of(_ranks(drawn)),
        counted,
        replicates,
    )


def _resampled(sizes: Floats, known: npt.NDArray[np.bool_], resamples: int, seed: int) -> Floats:
    """mu* of resampled trajectories: (resamples, factors)."""
    trajectories = len(sizes)
    shares = np.full(trajectories, 1.0 / trajectories)
    counts = np.random.default_rng(seed).multinomial(trajectories, shares, resamples).astype(np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a resample without any trajectory of a factor counts for nothing
        found: Floats = (counts @ sizes) / (counts @ known.astype(np.float64))
    return found


def _ranks(values: Floats) -> Floats:
    """Rank of each column in its row, 1 for the largest."""
    ranks: Floats = (np.argsort(np.argsort(-values, axis=1, kind="stable"), axis=1) + 1).astype(np.float64)
    return ranks

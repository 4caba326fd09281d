"""Measures of spread, order and skewness that the patterns are read by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from sim.kernel.world import Floats, Integers

Marks = npt.NDArray[np.bool_]


def auc(score: npt.ArrayLike, chosen: Marks) -> float:
    """Chance that one of the chosen scores higher than one of the others; ties count one half."""
    return float(shares_beaten(np.asarray(score, np.float64), chosen).mean())


def shares_beaten(score: Floats, chosen: Marks) -> Floats:
    """For each of the chosen the share of the others that score lower; ties count one half."""
    others = np.sort(score[~chosen])
    ranks = np.searchsorted(others, score[chosen]) + np.searchsorted(others, score[chosen], side="right")
    share: Floats = ranks / (2.0 * len(others))
    return share


def resampled_auc(scores: Sequence[Floats], chosen: Marks, draws: int, seed: int) -> Floats:
    """(scores, draws) AUC when the chosen are drawn again with replacement, the same for every score.

    Args:
        scores: of every unit, in one or more ways.
        chosen: (units,) who was chosen.
        draws: bootstrap draws.
        seed: seed of the draws.
    """
    beaten = np.array([shares_beaten(score, chosen) for score in scores])
    n = beaten.shape[1]
    drawn: Floats = beaten[:, np.random.default_rng(seed).integers(n, size=(draws, n))].mean(axis=2)
    return drawn


def gini(counts: npt.ArrayLike) -> Floats:
    """Gini coefficient over the last axis; 0 where all is zero."""
    ordered = np.sort(np.asarray(counts, np.float64), axis=-1)
    n, total = ordered.shape[-1], ordered.sum(axis=-1)
    weighted = (ordered * np.arange(1, n + 1)).sum(axis=-1)
    index = 2.0 * weighted / (n * np.where(total > 0.0, total, 1.0)) - (n + 1) / n
    return np.where(total > 0.0, index, 0.0)


def held_by_top(counts: npt.ArrayLike, share: float) -> Floats:
    """Part of the total, over the last axis, that the largest ``share`` of the units holds."""
    ordered = np.sort(np.asarray(counts, np.float64), axis=-1)
    held: Floats = ordered[..., -round(share * ordered.shape[-1]) :].sum(axis=-1) / ordered.sum(axis=-1)
    return held


def group_shares(marks: Marks, group: Integers) -> Floats:
    """(R, groups) share of a group's units that are marked, from (R, units)."""
    sizes = np.bincount(group)
    return np.array([np.bincount(group, row) / sizes for row in marks])


def overdispersion(marks: Marks, group: Integers) -> Floats:
    """(R,) variance between groups over that of independent draws at the overall share, where it is about 1.

    Pearson's statistic divided by its degrees of freedom.
    """
    sizes, overall = np.bincount(group), marks.mean(axis=1)
    squares = (sizes * (group_shares(marks, group) - overall[:, None]) ** 2).sum(axis=1)
    ratio: Floats = squares / (len(sizes) - 1) / (overall * (1.0 - overall))
    return ratio


def quartiles(values: Floats) -> Integers:
    """Quarter of the ranking that each unit is in, 0 = lowest."""
    quarter: Integers = 4 * (rankdata(values, method="ordinal").astype(np.int64) - 1) // len(values)
    return quarter

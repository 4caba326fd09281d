"""Sensitivity from whatever points there are: PAWN and first-order indices, and regional sensitivity.

- PAWN (Pianosi and Wagener 2018, Environmental Modelling & Software 108:197): by how much the distribution
  of an outcome changes where a factor is held within a slice of its range, as the median of
  Kolmogorov-Smirnov distances over slices. Sees any influence, not on the variance alone.
- First-order indices by RBD-FAST (Tarantola, Gatelli and Mara 2006; bias corrected as of Tissot and Prieur
  2012), from SALib.
- Regional sensitivity (Spear and Hornberger 1980) of a yes/no outcome: how far apart the distributions of a
  factor are among the points that say yes and those that say no.

Whatever is estimated from so many points is above 0 for a factor without influence, too. So each stands
beside its **null**: what factors without influence get from points of this number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sim.errors import InputError
from sim.statistics.contrasts import LEVEL, Floats
from sim.statistics.multiplicity import holm
from sim.statistics.resampling import SEED

#: Slices of a factor's range: each holds a tenth of the points.
SLICES = 10
FEWEST_POINTS = 60
_DUMMIES = 200
_RESAMPLES = 100
_PERMUTATIONS = 999
#: Numbers that a block of permutations may hold, about 32 MB.
_BLOCK = 4_000_000


class GivenData(NamedTuple):
    """Indices by factor.

    Attributes:
        pawn, pawn_low, pawn_high: PAWN with its 95% bootstrap interval.
        null: 95% quantile of PAWN of factors without influence.
        first, first_low, first_high: index of first order with its 95% bootstrap interval.
        points: that counted.
    """

    pawn: Floats
    pawn_low: Floats
    pawn_high: Floats
    null: float
    first: Floats
    first_low: Floats
    first_high: Floats
    points: int


def given_data_indices(points: Floats, values: Floats, seed: int = SEED) -> GivenData:
    """PAWN and first-order indices of an outcome.

    Args:
        points: (points, factors), in the unit cube, spread evenly over it (``spread_out`` for factors that
            take few values).
        values: (points,), means over replicates; NaN where there is none.
        seed: of resamples and dummy factors.

    Raises:
        InputError: fewer than 60 points, or nothing varies.
    """
    known = ~np.isnan(values)
    x, y = points[known], values[known]
    if len(y) < FEWEST_POINTS:
        raise InputError(f"given-data indices need {FEWEST_POINTS} points or more, and there are {len(y)}")
    if not y.var() > 0.0:
        raise InputError("given-data indices of an outcome that never varies are not defined")
    rng = np.random.default_rng(seed)
    null = pawn_null(y, rng)
    drawn = rng.integers(0, len(y), (_RESAMPLES, len(y)))
    indices, firsts = pawn(x, y), _first(x, y)
    return GivenData(
        indices,
        *_around(indices, np.stack([pawn(x[rows], y[rows]) for rows in drawn])),
        null,
        firsts,
        *_around(firsts, np.stack([_first(x[rows], y[rows]) for rows in drawn])),
        len(y),
    )


def _around(found: Floats, drawn: Floats) -> tuple[Floats, Floats]:
    """Interval from the spread of resamples alone: equal points in them raise the indices themselves.

    Resamples without any spread of the outcome (NaN) are left out.
    """
    half = float(ndtri((1.0 + LEVEL) / 2.0)) * np.nanstd(drawn, axis=0, ddof=1)
    return found - half, found + half


def pawn(points: Floats, values: Floats) -> Floats:
    """Median over slices of the distance between the distribution within a slice and that of all points.

    As ``SALib.analyze.pawn`` finds it, which also works out p values that nothing here asks for and takes
    300 times as long for it.

    Args:
        points: (points, factors).
        values: (points,).
    """
    order = np.argsort(values, kind="stable")
    last = np.append(np.diff(values[order]) != 0.0, True)
    below = np.arange(1, len(values) + 1)[last, None] / len(values)
    ranks = np.argsort(np.argsort(points, axis=0, kind="stable"), axis=0)[order]
    found = np.empty(points.shape[1])
    for factor, rank in enumerate(ranks.T):
        inside = (rank * SLICES // len(values))[:, None] == np.arange(SLICES)
        shares = inside.cumsum(axis=0)[last] / inside.sum(axis=0)
        found[factor] = np.median(np.abs(shares - below).max(axis=0))
    return found


def pawn_null(values: Floats, rng: np.random.Generator) -> float:
    """95% quantile of PAWN of factors without influence on these values: see ``pawn``."""
    return float(np.quantile(pawn(rng.random((len(values), _DUMMIES)), values), LEVEL))


def _first(points: Floats, values: Floats) -> Floats:
    from SALib.analyze import rbd_fast

    factors = points.shape[1]
    names = [f"x{number}" for number in range(factors)]
    problem = {"num_vars": factors, "names": names, "bounds": [[0.0, 1.0]] * factors}
    with np.errstate(divide="ignore", invalid="ignore"):  # a resample may hold one value alone
        found = rbd_fast.analyze(problem, points, values, num_resamples=2)
    return np.asarray(found["S1"], np.float64)


def spread_out(points: Floats, values: tuple[int, ...], seed: int = SEED) -> Floats:
    """Points whose factors with few values are spread evenly over the share of the range of each value.

    Slices and orders of points have no meaning among equal numbers.

    Args:
        points: (points, factors), in the unit cube; a value stands in the middle of its share.
        values: how many values each factor has, 0 for a range.
        seed: of where in its share a point comes to lie.
    """
    jitter = np.random.default_rng(seed).random(points.shape) - 0.5
    widths = np.array([1.0 / number if number else 0.0 for number in values])
    return np.asarray(points + jitter * widths)


class Regional(NamedTuple):
    """Regional sensitivity by factor.

    Attributes:
        distance: largest distance between the cumulative shares of yes and of no along the factor.
        p, p_adjusted: how often relabelled points are as far apart, alone and by Holm over the factors.
        toward: how much higher the factor is on average (in shares of its range) where the answer is yes.
        points, share: that counted, and the share of runs that say yes.
    """

    distance: Floats
    p: Floats
    p_adjusted: Floats
    toward: Floats
    points: int
    share: float


def regional_sensitivity(points: Floats, yes: Floats, seed: int = SEED) -> Regional:
    """Which factors tell apart the points that say yes and those that say no.

    A point of which some replicates say yes counts as yes by their share, and is relabelled as a whole: so
    replicates of a point are never taken for more points.

    Args:
        points: (points, factors), in the unit cube, drawn independently of each other.
        yes: (points,), share of replicates that say yes; NaN where there is none.
        seed: of the relabelling.

    Raises:
        InputError: all points say the same, or there is none.
    """
    known = ~np.isnan(yes)
    x, y = points[known], yes[known]
    if not len(y):
        raise InputError("regional sensitivity: of no point is it known whether it says yes or no")
    share = float(y.mean())
    if not 0.0 < share < 1.0:
        said = "yes" if share else "no"
        raise InputError(f"regional sensitivity: all {len(y):,} points say {said}; nothing tells them apart")
    found = np.array([_distances(column, y[:, None])[0] for column in x.T])
    beyond = np.zeros(len(found))
    rng = np.random.default_rng(seed)
    at_once = max(1, _BLOCK // len(y))
    for first in range(0, _PERMUTATIONS, at_once):
        number = min(at_once, _PERMUTATIONS - first)
        labels = rng.permuted(np.repeat(y[:, None], number, axis=1), axis=0)
        for factor, column in enumerate(x.T):
            beyond[factor] += (_distances(column, labels) >= found[factor] - 1e-12).sum()
    p = (1.0 + beyond) / (1.0 + _PERMUTATIONS)
    toward = (y @ x) / y.sum() - ((1.0 - y) @ x) / (1.0 - y).sum()
    return Regional(found, p, holm(p), np.asarray(toward), len(y), share)


def _distances(column: Floats, labels: Floats) -> Floats:
    """Largest distance of cumulative shares along a factor, for each column of labels."""
    order = np.argsort(column, kind="stable")
    last = np.append(np.diff(column[order]) != 0.0, True)  # equal numbers count together
    sorted_labels = labels[order]
    yes = np.cumsum(sorted_labels, axis=0) / sorted_labels.sum(axis=0)
    no = np.cumsum(1.0 - sorted_labels, axis=0) / (1.0 - sorted_labels).sum(axis=0)
    return np.asarray(np.abs(yes - no)[last].max(axis=0))

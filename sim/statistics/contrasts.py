"""Contrasts of two arms: mean difference, t interval, bootstrap interval, and whether the two agree.

Arrays have runs along the first axis; every other axis is a column that is treated alike. Intervals speak
of chance within the model.

- ``paired``: runs that share their draws, difference by difference (paired t).
- ``unpaired``: runs that share nothing (Welch 1947, Biometrika 34:28).
- ``crossed``: points of a design by replicates. A replicate has the same draws at every point, so points
  and replicates are crossed random effects: the variance of the mean is that between the means of points
  plus what the means of replicates vary beyond the noise of single runs, with Satterthwaite's (1946,
  Biometrics Bulletin 2:110) degrees of freedom. Clustering by point alone would leave out the chance that all
  points share; pooling runs as if they were replicates would leave out most of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEVEL = 0.95
#: Share of the size of the numbers compared below which a spread is rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Contrast:
    """Difference of two arms; arrays have the shape of one run.

    Attributes:
        kind: ``paired``, ``unpaired`` or ``crossed``.
        effect: mean difference, first arm minus second.
        error: its standard error; NaN where it cannot be known, 0 where all differences are the same.
        freedom: degrees of freedom of t.
        n: what the interval counts: pairs, runs of the smaller arm, or points.
        correlation: of the two arms over what is counted; NaN below 3, where one does not vary, or unpaired.
        samples: what a bootstrap resamples, independent of each other; the effect is the sum of their means.
    """

    kind: str
    effect: Floats
    error: Floats
    freedom: Floats
    n: int
    correlation: Floats
    samples: tuple[Floats, ...] = field(repr=False)

    def row(self, place: int) -> Contrast:
        """The contrast of one row of its columns alone."""
        return replace(
            self,
            effect=self.effect[place],
            error=self.error[place],
            freedom=self.freedom[place],
            correlation=self.correlation[place],
            samples=tuple(sample[:, place] for sample in self.samples),
        )

    def interval(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """Low and high end of the t interval; both the effect itself where all differences are the same."""
        half = np.asarray(t_quantile(self.freedom, level) * self.error)
        return self.effect - half, self.effect + half

    @property
    def p(self) -> Floats:
        """Two-sided p value of no difference: NaN without an error, 1 where every difference is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.abs(self.effect) / self.error
        p = np.asarray(2.0 * scipy.stats.t.sf(t, self.freedom), np.float64)
        return np.where(self.error == 0, np.where(self.effect == 0, 1.0, 0.0), p)


def t_quantile(freedom: npt.ArrayLike, level: float = LEVEL) -> Any:
    """Two-sided quantile of Student's t."""
    return scipy.stats.t.ppf(0.5 + level / 2, np.asarray(freedom))


def paired(first: Floats, second: Floats) -> Contrast:
    """Contrast of runs that share their draws: row by row the same seed, point and replicate."""
    n, shape = len(first), first.shape[1:]
    if n == 0:
        return _unknown("paired", shape)
    difference = first - second
    size = _size(first, second)
    spread = _spread(difference, size)
    return Contrast(
        kind="paired",
        effect=difference.mean(axis=0),
        error=spread / np.sqrt(n),
        freedom=np.full(shape, n - 1.0),
        n=n,
        correlation=correlation(first, second, size),
        samples=(difference,),
    )


def unpaired(first: Floats, second: Floats) -> Contrast:
    """Contrast of runs that share no draws."""
    return independent(*(paired(arm, np.zeros_like(arm)) for arm in (first, second)))


def independent(first: Contrast, second: Contrast) -> Contrast:
    """Difference of two contrasts that share no draws: their variances add up."""
    shape = first.effect.shape
    if not first.n or not second.n:
        return _unknown("unpaired", shape)
    variances = first.error**2, second.error**2
    parts = list(zip(variances, (first.freedom, second.freedom), strict=True))
    return Contrast(
        kind="unpaired",
        effect=first.effect - second.effect,
        error=np.sqrt(variances[0] + variances[1]),
        freedom=_satterthwaite(variances[0] + variances[1], parts),
        n=min(first.n, second.n),
        correlation=np.full(shape, np.nan),
        samples=(*first.samples, *(-sample for sample in second.samples)),
    )


def crossed(first: Floats, second: Floats) -> Contrast:
    """Contrast over points of a design, both arms with the same points and replicates.

    The mean over a point's replicates comes first, so that every point counts the same. With one replicate
    the chance that points share cannot be told apart, and the interval is by point alone: it holds for that
    replicate.

    Args:
        first, second: (points, replicates, ...); NaN where a run is missing. The part of replicates in the
            variance is taken from the points that lack none.
    """
    difference = first - second
    if not difference.size:
        return _unknown("crossed", difference.shape[2:])
    there = ~np.isnan(difference).reshape(*difference.shape[:2], -1).all(axis=2)
    kept = there.any(axis=1)
    first, second, difference, there = first[kept], second[kept], difference[kept], there[kept]
    points, shape = len(difference), difference.shape[2:]
    if points == 0:
        return _unknown("crossed", shape)
    means = _mean_where(there, difference)
    size = _size(first, second, (0, 1))
    of_points = _spread(means, size) ** 2 / points
    by_replicate, excess, parts = _part_of_replicates(difference[there.all(axis=1)], size)
    counts = excess > 0
    freedom = _satterthwaite(of_points + excess, [(of_points, points - 1.0), *parts])
    pulled = np.where(counts, by_replicate - by_replicate.mean(axis=0), 0.0)
    return Contrast(
        kind="crossed",
        effect=means.mean(axis=0),
        error=np.sqrt(of_points + excess),
        freedom=np.where(counts, freedom, points - 1.0),
        n=points,
        correlation=correlation(_mean_where(there, first), _mean_where(there, second), size),
        samples=(means, pulled) if counts.any() else (means,),
    )


def _mean_where(there: Flags, values: Floats) -> Floats:
    """Mean over the second axis of the runs that are there."""
    mask = there.reshape(*there.shape, *(1,) * (values.ndim - 2))
    mean: Floats = np.where(mask, values, 0.0).sum(axis=1) / mask.sum(axis=1)
    return mean


type _Part = tuple[Floats, Floats | float]  # a variance and its degrees of freedom


def _part_of_replicates(whole: Floats, size: Floats) -> tuple[Floats, Floats, list[_Part]]:
    """Means of replicates, their variance beyond the noise of runs (>= 0), and the variances it is made of.

    Args:
        whole: (points, replicates, ...) differences of the points that lack no run.
        size: see ``_size``.
    """
    points, replicates = whole.shape[:2]
    if points < 2 or replicates < 2:
        return np.zeros(whole.shape[1:]), np.zeros(whole.shape[2:]), []
    by_point, by_replicate = whole.mean(axis=1), whole.mean(axis=0)
    noise = whole - by_point[:, None] - by_replicate[None] + by_point.mean(axis=0)
    free = (points - 1.0) * (replicates - 1.0)
    of_runs = (noise * noise).sum(axis=(0, 1)) / free / (points * replicates)
    of_replicates = _spread(by_replicate, size) ** 2 / replicates
    excess = np.maximum(of_replicates - of_runs, 0.0)
    return by_replicate, excess, [(of_replicates, replicates - 1.0), (of_runs, free)]


def _satterthwaite(variance: Floats, parts: Sequence[_Part]) -> Floats:
    """Degrees of freedom of a variance made of parts; the fewest of a part where it is 0."""
    usual = np.min([np.broadcast_to(freedom, variance.shape) for _, freedom in parts], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        square = sum((part * part / freedom for part, freedom in parts), np.zeros_like(variance))
        freedom = np.asarray(variance * variance / square)
    return np.where(square > 0, freedom, usual)


def _unknown(kind: str, shape: tuple[int, ...]) -> Contrast:
    nothing = np.full(shape, np.nan)
    return Contrast(kind, nothing, nothing, nothing, 0, nothing, ())


def _size(first: Floats, second: Floats, axis: int | tuple[int, ...] = 0) -> Floats:
    """Largest number in either arm, by column: what rounding is measured against."""
    axes = (axis,) if isinstance(axis, int) else axis
    largest = [np.abs(arm) for arm in (first, second)]
    for place in sorted(axes, reverse=True):
        largest = [np.fmax.reduce(arm, axis=place) for arm in largest]
    size: Floats = np.fmax(*largest)
    return size


def _spread(values: Floats, size: Floats) -> Floats:
    """Standard deviation over the first axis: 0 where it is rounding, NaN for a single one."""
    if len(values) < 2:
        return np.full(values.shape[1:], np.nan)
    return np.where(np.ptp(values, axis=0) <= ROUNDING * size, 0.0, values.std(axis=0, ddof=1))


def correlation(first: Floats, second: Floats, size: Floats) -> Floats:
    """Pearson correlation over the first axis; NaN below 3 rows or where one side does not vary."""
    if len(first) < 3 or len(first) != len(second):
        return np.full(size.shape, np.nan)
    a, b = first - first.mean(axis=0), second - second.mean(axis=0)
    varies = (np.ptp(first, axis=0) > ROUNDING * size) & (np.ptp(second, axis=0) > ROUNDING * size)
    product = np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0))
    told = varies & (product > 0)  # where squares are too small for any number, nothing is known
    found: Floats = np.divide((a * b).sum(axis=0), product, out=np.full(size.shape, np.nan), where=told)
    return found.clip(-1.0, 1.0)

"""Sobol' indices of first order and in total, of outcomes that hold chance.

Points are those of Saltelli (2010, Computer Physics Communications 181:259) without second order: per base
sample a point A, a point AB_i for each factor i (A with that coordinate of B), and a point B. Each is run R
times. Indices are Jansen's (1999, Computer Physics Communications 117:35) of the means over replicates:

    ST_i = (E[(A - AB_i)^2] / 2 - s2) / (V - s2),    S1_i = (V - E[(B - AB_i)^2] / 2) / (V - s2)

with V the variance of these means. Where every point has seeds of its own, chance adds s2 = (mean variance
within points) / R to each mean square, which is taken off again. Where all points have the same R seeds, as
in this simulator, chance that all points share drops out of every difference, and s2 = 0: the indices are
those of the mean over these R seeds. See Hart, Alexanderian and Gremaud (2017, arXiv:1602.06218) and Mazo and
Tournier (2022, arXiv:2210.08807) on indices of stochastic models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.errors import InputError
from sim.statistics.contrasts import LEVEL, ROUNDING, Floats
from sim.statistics.resampling import SEED

#: Resamples of base samples: 1,000 give the ends of a 95% interval to about a tenth of its half-width.
RESAMPLES = 1_000
#: Fewest base samples of which a bootstrap interval is given.
FEWEST = 8
#: Smallest part of a design of which convergence is told.
_FIRST_STEP = 16


class Sampled(NamedTuple):
    """Outcomes at the points of a Saltelli design, with replicates.

    Attributes:
        a, b: (base samples, replicates).
        ab: (base samples, factors, replicates); factor i is the one that point AB_i has of B.
    """

    a: Floats
    ab: Floats
    b: Floats

    @classmethod
    def of_rows(cls, values: Floats) -> Sampled:
        """Rows as SALib orders them: A, AB_1 ... AB_k, B, base sample by base sample.

        Args:
            values: (base samples, factors + 2, replicates).
        """
        return cls(values[:, 0], values[:, 1:-1], values[:, -1])

    def whole(self) -> Sampled:
        """The base samples of which no run is missing (NaN)."""
        found = ~(np.isnan(self.a).any(1) | np.isnan(self.b).any(1) | np.isnan(self.ab).any((1, 2)))
        return Sampled(self.a[found], self.ab[found], self.b[found])

    def first(self, samples: int) -> Sampled:
        """The first base samples alone."""
        return Sampled(self.a[:samples], self.ab[:samples], self.b[:samples])


class Indices(NamedTuple):
    """Indices with 95% bootstrap intervals; arrays have one number per factor.

    Attributes:
        first, first_low, first_high: share of the variance that the factor explains alone.
        total, total_low, total_high: share in which it has a part, alone or together with others.
        interactions, interactions_low, interactions_high: 1 minus the sum of first-order indices.
        variance: of the outcome's mean over replicates, without what chance adds to it.
        samples, replicates: base samples that counted, and runs of each point.
    """

    first: Floats
    first_low: Floats
    first_high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats
    interactions: float
    interactions_low: float
    interactions_high: float
    variance: float
    samples: int
    replicates: int


def sobol_indices(
    sampled: Sampled, independent: bool = False, resamples: int = RESAMPLES, seed: int = SEED
) -> Indices:
    """Sobol' indices of the mean over replicates; base samples of which a run is missing are left out.

    Estimates are not cut at 0 and 1: one below 0 says that nothing can be told from none.

    Args:
        sampled: outcomes.
        independent: every point has seeds of its own; otherwise all points have the same ones.
        resamples: of base samples, for the intervals (percentiles).
        seed: of the resamples.

    Raises:
        InputError: too few base samples, or seeds of their own and one replicate; nothing varies.
    """
    kept = sampled.whole()
    samples, replicates = kept.a.shape
    if samples < FEWEST:
        raise InputError(f"Sobol' indices need {FEWEST} whole base samples or more, and there are {samples}")
    if independent and replicates < 2:
        raise InputError("chance cannot be told from parameters with 1 replicate a point; run 2 or more")
    counts = np.ones((1, samples))
    moments = _moments(kept, independent)
    first, total, variance = (each[0] for each in _estimates(counts, moments))
    if not variance > ROUNDING * max(abs(float(kept.a.mean())), 1e-300) ** 2:
        raise InputError("Sobol' indices of an outcome that varies no more than chance are not defined")
    drawn = np.random.default_rng(seed).multinomial(samples, np.full(samples, 1.0 / samples), resamples)
    firsts, totals, _ = _estimates(drawn.astype(np.float64), moments)
    low, high = interval_of(1.0 - firsts.sum(axis=1))
    return Indices(
        first,
        *interval_of(firsts),
        total,
        *interval_of(totals),
        float(1.0 - first.sum()),
        float(low),
        float(high),
        float(variance),
        samples,
        replicates,
    )


class _Moments(NamedTuple):
    """Per base sample: what is averaged for the indices, so that a resample is a product of matrices."""

    total: Floats  # (samples, factors): (A - AB)^2 / 2
    other: Floats  # (samples, factors): (B - AB)^2 / 2
    one: Floats  # (samples,): mean of A and B
    two: Floats  # (samples,): mean of their squares
    chance: Floats  # (samples,): variance that chance adds to a mean over replicates


def _moments(sampled: Sampled, independent: bool) -> _Moments:
    centre = sampled.a.mean()
    a, b = sampled.a.mean(axis=1) - centre, sampled.b.mean(axis=1) - centre
    ab = sampled.ab.mean(axis=2) - centre
    chance = np.zeros(len(a))
    if independent:
        runs = np.concatenate([sampled.a[:, None], sampled.ab, sampled.b[:, None]], axis=1)
        chance = runs.var(axis=2, ddof=1).mean(axis=1) / runs.shape[2]
    return _Moments(
        (a[:, None] - ab) ** 2 / 2.0, (b[:, None] - ab) ** 2 / 2.0, (a + b) / 2.0, (a**2 + b**2) / 2.0, chance
    )


def _estimates(counts: Floats, moments: _Moments) -> tuple[Floats, Floats, Floats]:
    """First and total indices, (resamples, factors), and the variance that they divide, (resamples,).

    Args:
        counts: (resamples, base samples), how often each base sample counts.
        moments: of the base samples.
    """
    rows = counts.sum(axis=1)
    means = [(counts @ each) / (rows[:, None] if each.ndim == 2 else rows) for each in moments]
    total, other, one, two, chance = means
    variance = (two - one**2) * (2.0 * rows / (2.0 * rows - 1.0))
    explained = variance - chance
    with np.errstate(divide="ignore", invalid="ignore"):
        first = (variance[:, None] - other) / explained[:, None]
        return first, (total - chance[:, None]) / explained[:, None], explained


def interval_of(drawn: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Central percentile interval over the first axis, infinite and missing numbers left out."""
    finite = np.where(np.isfinite(drawn), drawn, np.nan)
    low, high = np.nanquantile(finite, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    return np.asarray(low), np.asarray(high)


def convergence(
    sampled: Sampled, independent: bool = False, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[int, Indices]:
    """Indices of the first 16, 32, 64 ... base samples and of all: whether they have settled.

    Arguments as of ``sobol_indices``. Sizes of which indices cannot be had are left out.
    """
    kept = sampled.whole()
    sizes: Sequence[int] = [2**power for power in range(64) if _FIRST_STEP <= 2**power < len(kept.a)]
    found = {}
    for size in (*sizes, len(kept.a)):
        try:
            found[size] = sobol_indices(kept.first(size), independent, resamples, seed)
        except InputError:
            continue
    return found


def size_for(samples: int, half_width: float, wanted: float) -> int:
    """Base samples, a power of 2, at which intervals of that half-width would be within ``wanted``.

    Half-widths of bootstrap intervals fall as one over the root of the number of samples, so this is an
    estimate from those at hand.
    """
    needed = max(samples * (half_width / wanted) ** 2, 1.0)
    return int(2 ** np.ceil(np.log2(needed)))

"""Which of several arms is best: chance of it, arms that may be, and what picking the winner flatters.

Larger is better; the arms share their draws, replicate by replicate. Points of a design stand in the first
axis, replicates in the second; without a design there is one point.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from sim.statistics.contrasts import LEVEL, ROUNDING, Contrast, Flags, Floats, crossed, paired

RESAMPLES = 10_000
SEED = 20_180_401
#: Resamples that are held at a time.
_BATCH = 1_000

type Order = Literal["first", "second", "open"]


def order_of(contrast: Contrast, level: float = LEVEL) -> Order:
    """Which of two arms is larger, by the contrast of the two themselves (of one column).

    ``open`` where its interval holds 0: whether the arms' own intervals overlap says nothing about this.
    """
    low, high = (float(end.ravel()[0]) for end in contrast.interval(level))
    return "first" if low > 0 else "second" if high < 0 else "open"


class Best(NamedTuple):
    """What is known of the best of several arms; arrays have one number per arm.

    Attributes:
        picked: the arm with the largest mean.
        mean: means of the arms.
        chance: share of resamples in which an arm has the largest mean; arms that tie share it.
        may_be: arms that may be the best: the set holds the best one with probability ``LEVEL`` at least.
            Only where it is the picked arm alone is that arm shown to be the best.
        corrected: mean of the picked arm, corrected for having been picked for it.
    """

    picked: int
    mean: Floats
    chance: Floats
    may_be: Flags
    corrected: float

    @property
    def decided(self) -> bool:
        """Whether the picked arm is shown to be the best."""
        return int(self.may_be.sum()) == 1


class Ranks(NamedTuple):
    """Where each of several arms stands, 1 for the largest; arrays have one number per arm.

    Attributes:
        rank: by the means; arms that tie share the better rank.
        low, high: best and worst rank that the arm may have.
    """

    rank: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]


def ranks_of(values: Floats, level: float = LEVEL) -> Ranks:
    """The rank of each arm among all, with an interval.

    An arm's rank is at least one more than the number of arms shown to be larger, and at most the number of
    arms less those shown to be smaller, by the paired contrasts with all others at the level of (1 - level) /
    (arms - 1) (Bonferroni): the interval holds the arm's rank with probability ``level`` at least. It speaks
    of each arm by itself; one replicate shows nothing.

    Args:
        values: (points, replicates, arms), without gaps.
        level: of the intervals.
    """
    arms = values.shape[2]
    rounding = ROUNDING * np.abs(values).max(initial=0.0)
    low, high = np.ones(arms, np.int64), np.full(arms, arms, np.int64)
    share = (1.0 - level) / (2 * max(arms - 1, 1))
    for arm in range(arms):
        contrast = _contrast(np.repeat(values[:, :, [arm]], arms, axis=2), values)
        apart = np.fmax(scipy.stats.t.ppf(1.0 - share, contrast.freedom) * contrast.error, rounding)
        apart = np.where(np.isnan(contrast.error), np.inf, apart)
        low[arm] += (contrast.effect < -apart).sum()
        high[arm] -= (contrast.effect > apart).sum()
    return Ranks(rank_of(values.mean(axis=(0, 1)), rounding), low, high)


def rank_of(means: Floats, rounding: float) -> npt.NDArray[np.int64]:
    """Rank of each mean, 1 for the largest; means within rounding of each other tie."""
    larger = means[None, :] > means[:, None] + rounding
    ranks: npt.NDArray[np.int64] = 1 + larger.sum(axis=1)
    return ranks


def best_of(values: Floats, level: float = LEVEL) -> Best:
    """The best of several arms.

    Args:
        values: (points, replicates, arms), without gaps.
        level: of ``may_be``.
    """
    mean = values.mean(axis=(0, 1))
    picked = int(mean.argmax())
    return Best(picked, mean, chance_of_best(values), may_be_best(values, level), corrected(values))


def chance_of_best(values: Floats, resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """Share of bootstrap resamples in which each arm has the largest mean; arms that tie share it.

    Replicates are resampled, the same for all arms, and points besides (Owen 2007, Ann. Appl. Stat. 1:386,
    for crossed factors). Deviations are widened by sqrt(n / (n - 1)), as the resamples of n numbers vary
    too little. It is the confidence that the data give to an arm, not the probability of a prior belief.
    One replicate says nothing about the chance of others: NaN, where there is more than one arm.
    """
    _, replicates, arms = values.shape
    if replicates < 2 and arms > 1:
        return np.full(arms, np.nan)
    rng = np.random.default_rng(seed)
    mean = values.mean(axis=(0, 1))
    wider = (replicates / max(replicates - 1, 1)) ** 0.5
    won = np.zeros(arms)
    for start in range(0, resamples, _BATCH):
        number = min(_BATCH, resamples - start)
        drawn = _resampled(rng, number, values)
        drawn = mean + wider * (drawn - mean)
        largest = drawn >= drawn.max(axis=1, keepdims=True)
        won += (largest / largest.sum(axis=1, keepdims=True)).sum(axis=0)
    return won / resamples


def _resampled(rng: np.random.Generator, number: int, values: Floats) -> Floats:
    """(number, arms) means of resamples of points and of replicates."""
    points, replicates, arms = values.shape
    by_point = values[None, 0] if points == 1 else None
    if by_point is None:
        flat = _weights(rng, number, points) @ values.reshape(points, -1)
        by_point = flat.reshape(number, replicates, arms)
    means: Floats = (_weights(rng, number, replicates)[:, None, :] @ by_point)[:, 0]
    return means


def _weights(rng: np.random.Generator, resamples: int, rows: int) -> Floats:
    """(resamples, rows) share of each row in resamples with replacement."""
    if rows == 1:
        return np.ones((resamples, 1))
    return np.asarray(rng.multinomial(rows, np.full(rows, 1.0 / rows), resamples) / rows)


def may_be_best(values: Floats, level: float = LEVEL) -> Flags:
    """Arms that no other arm beats: comparisons with the best (Hsu 1984, Ann. Stat. 12:1136).

    An arm is out if a paired contrast with any other arm lies below 0 at the one-sided level of (1 - level)
    / (arms - 1) (Bonferroni). The best arm is out with probability 1 - level at most, since each of the
    arms - 1 contrasts that could put it out does so with that share of it.
    """
    arms = values.shape[2]
    inside = np.ones(arms, bool)
    for arm in range(arms):
        others = np.delete(values, arm, axis=2)
        if arms > 1:
            contrast = _contrast(np.repeat(values[:, :, [arm]], arms - 1, axis=2), others)
            out = scipy.stats.t.ppf(1.0 - (1.0 - level) / (arms - 1), contrast.freedom) * contrast.error
            inside[arm] = not (contrast.effect < -out).any()  # without an error nothing is out
    return inside


def _contrast(first: Floats, second: Floats) -> Contrast:
    return paired(first[0], second[0]) if len(first) == 1 else crossed(first, second)


def corrected(values: Floats) -> float:
    """Mean of the best arm, corrected for having been picked, by cross-validation over replicates.

    The mean of the arm that looks best is too large on average, since luck had a part in its being picked.
    What the arm that the other replicates pick has in the one left out is not: it is an unbiased estimate
    of what picking from one replicate less gives (Stone 1974, J. R. Stat. Soc. B 36:111). Where every
    replicate less picks the same arm, it is the plain mean. Of one replicate there is nothing to correct
    by: NaN.
    """
    each: npt.NDArray[np.float64] = values.mean(axis=0)
    n = len(each)
    if n < 2:
        return float("nan")
    picked = (each.sum(axis=0) - each).argmax(axis=1)
    return float(each[np.arange(n), picked].mean())

"""Robustness criteria: options judged over many futures, and where the criteria disagree.

Values are (futures, options), larger is better, one future a row; options share the future and its draws.
Every criterion weighs the futures otherwise, so that the option called robust may differ by criterion
(McPhail et al. 2018, Earth's Future 6:169, doi 10.1002/2017EF000649).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from sim.errors import InputError
from sim.statistics.contrasts import LEVEL, ROUNDING, Flags, Floats
from sim.statistics.ranking import rank_of

#: Criteria from the one that weighs all futures alike to those that look at the worst alone; True where the
#: larger score is better. ``mean``: Laplace's principle of insufficient reason. ``mean_variance``: the mean
#: less one standard deviation, in units of the values. ``domain``: share of futures in which a threshold is
#: reached (Starr 1963). ``regret_90`` and ``minimax_regret``: 90th percentile and largest of what is lost
#: against the best option of each future (Savage 1951). ``maximin``: value in the worst future (Wald 1950).
CRITERIA = {
    "mean": True,
    "mean_variance": True,
    "domain": True,
    "regret_90": False,
    "minimax_regret": False,
    "maximin": True,
}
RESAMPLES = 2_000
SEED = 20_180_401
_HIGH = 0.9


class Robustness(NamedTuple):
    """Options by each criterion; arrays are (criteria, options) in the order of ``CRITERIA``.

    Attributes:
        score: in the units of the values; of ``domain`` a share.
        rank: 1 for the best; options that tie share the better rank.
        low, high: ends of the interval of the rank, by a bootstrap over futures.
        first: share of resamples in which an option is the best; options that tie share it.
        agreement: (criteria, criteria) Kendall's tau-b of the scores, 1 where two rank alike; NaN where all
            options have the same score.
        futures: how many there are.
    """

    score: Floats
    rank: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]
    first: Floats
    agreement: Floats
    futures: int


def regret(values: Floats) -> Floats:
    """What each option loses against the best one of its future; 0 for that one."""
    lost: Floats = values.max(axis=-1, keepdims=True) - values
    return lost


def scores(values: Floats, threshold: float) -> Floats:
    """Score of every option by every criterion: (criteria, options).

    Args:
        values: (futures, options), larger is better.
        threshold: what has to be reached for ``domain``.
    """
    lost = regret(values)
    spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1], np.nan)
    return np.array(
        [
            values.mean(axis=0),
            values.mean(axis=0) - spread,
            (values >= threshold).mean(axis=0),
            np.quantile(lost, _HIGH, axis=0),
            lost.max(axis=0),
            values.min(axis=0),
        ]
    )


def robustness_of(
    values: Floats, threshold: float, level: float = LEVEL, resamples: int = RESAMPLES, seed: int = SEED
) -> Robustness:
    """Options by every criterion, with ranks whose intervals come from resampling futures.

    The bootstrap is poor for what hangs on a single future (``maximin``, ``minimax_regret``): a resample
    holds the worst future in 63 of 100 cases and never a worse one. Take these intervals for a lower bound
    of the doubt.

    Args:
        values: (futures, options), larger is better, without gaps.
        threshold: what has to be reached for ``domain``, in units of the values.
        level: of the intervals of ranks.
        resamples: of the futures; with none, ranks have no interval and ``first`` is NaN.
        seed: of the resamples.

    Raises:
        InputError: there are fewer than two futures or options, or a value is not finite.
    """
    futures, options = values.shape
    if futures < 2 or options < 2:
        raise InputError(
            f"robustness needs two futures and two options at least; there are {futures:,} and {options:,}"
        )
    if not np.isfinite(values).all():
        raise InputError("robustness: a value is missing or not finite")
    score = scores(values, threshold)
    if not resamples:
        rank, unknown = ranks(score), np.full_like(score, np.nan)
        return Robustness(score, rank, rank, rank, unknown, agreement(score), futures)
    rng = np.random.default_rng(seed)
    drawn = np.empty((resamples, len(CRITERIA), options), np.int64)
    won = np.zeros((len(CRITERIA), options))
    for number in range(resamples):
        drawn[number] = ranks(scores(values[rng.integers(0, futures, futures)], threshold))
        best = drawn[number] == 1
        won += best / best.sum(axis=1, keepdims=True)
    tail = (1.0 - level) / 2.0
    low = np.quantile(drawn, tail, axis=0, method="lower").astype(np.int64)
    high = np.quantile(drawn, 1.0 - tail, axis=0, method="higher").astype(np.int64)
    return Robustness(score, ranks(score), low, high, won / resamples, agreement(score), futures)


def ranks(score: Floats) -> npt.NDArray[np.int64]:
    """Rank of every option by every criterion, 1 for the best: (criteria, options)."""
    return np.array([rank_of(row, ROUNDING * np.abs(row).max(initial=0.0)) for row in _signed(score)])


def agreement(score: Floats) -> Floats:
    """Kendall's tau-b between the rankings of all pairs of criteria: (criteria, criteria)."""
    signed = _signed(score)
    return np.array([[float(scipy.stats.kendalltau(a, b).statistic) for b in signed] for a in signed])


def disagreeing(found: Robustness) -> Flags:
    """Criteria whose best option is not the best by the mean."""
    picked = [set(np.flatnonzero(row == 1)) for row in found.rank]
    return np.array([not (one & picked[0]) for one in picked])


def share_of_chance(values: Floats) -> Floats:
    """Share of the variance between futures that is chance of the runs: one number per option.

    Regret is taken against the option that looks best in its future, so chance of the runs adds to it.

    Args:
        values: (futures, replicates, options).

    Raises:
        InputError: there are fewer than two replicates, which do not tell chance from futures.
    """
    if values.shape[1] < 2:
        raise InputError("the part of chance needs two replicates of every future at least")
    within = values.var(axis=1, ddof=1).mean(axis=0) / values.shape[1]
    between = values.mean(axis=1).var(axis=0, ddof=1)
    share: Floats = np.divide(within, between, out=np.full(len(between), np.nan), where=between > 0)
    return share.clip(0.0, 1.0)


def _signed(score: Floats) -> Floats:
    signs = np.where(list(CRITERIA.values()), 1.0, -1.0)
    return np.asarray(score * signs[:, None])

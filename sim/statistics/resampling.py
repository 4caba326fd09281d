"""Bootstrap intervals of contrasts, and where they and the t interval tell different stories."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
import scipy

from sim.statistics.contrasts import LEVEL, Contrast, Flags, Floats, t_quantile

#: Fewest rows of a sample for a bootstrap: fewer give too few different resamples to judge tails by.
FEWEST = 10
RESAMPLES = 4_999
#: Seed of the resamples, fixed so that the same runs give the same interval.
SEED = 20_180_401
#: t and bootstrap disagree where an end differs by more than this share of the half-width. Contrasts of 10
#: pairs of normal numbers differ by more in 1 of 20, of 30 pairs in none of 1,000; of lognormal ones in 1
#: of 2.
DISAGREEMENT = 0.4
#: Numbers that one batch of resamples may hold, about 64 MB.
_BATCH = 8_000_000


class Bootstrap(NamedTuple):
    """Bootstrap interval of a contrast; arrays have the shape of one run, NaN where it cannot be had."""

    low: Floats
    high: Floats
    #: Where the two intervals disagree: one holds 0 and the other does not, or ends lie apart.
    disagrees: Flags


def bootstrap(contrast: Contrast, level: float = LEVEL) -> Bootstrap:
    """BCa interval (Efron 1987, JASA 82:171) from ``scipy.stats.bootstrap``, with expanded ends.

    Pairs are resampled as pairs, points as points; where replicates have a part of their own in the variance
    they are resampled besides. Bootstrap intervals of a mean are too narrow for few runs, for a reason that
    has nothing to do with their distribution; so they are taken at the level at which those of normal
    numbers are as wide as the t interval (Hesterberg 2015, The American Statistician 69:371, section 5).

    Where all differences are the same the interval is the effect itself. From fewer than ``FEWEST`` rows of
    any sample it is NaN.
    """
    shape = contrast.effect.shape
    flat = [np.ascontiguousarray(sample.reshape(len(sample), -1)) for sample in contrast.samples]
    columns = contrast.effect.size
    low, high = np.full(columns, np.nan), np.full(columns, np.nan)
    if flat and min(map(len, flat)) >= FEWEST:
        error, freedom = contrast.error.ravel(), contrast.freedom.ravel()
        low[error == 0] = high[error == 0] = contrast.effect.ravel()[error == 0]
        for degrees in np.unique(freedom[error > 0]):
            chosen = np.flatnonzero((error > 0) & (freedom == degrees))
            part = [sample[:, chosen] for sample in flat]
            low[chosen], high[chosen] = _bca(part, _expanded(float(degrees), level))
    found = low.reshape(shape), high.reshape(shape)
    return Bootstrap(*found, _disagrees(contrast, *found, level))


def _bca(samples: list[Floats], level: float) -> tuple[Floats, Floats]:
    rows = sum(map(len, samples))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a column that cannot be had comes as NaN, which is what we say
        found = scipy.stats.bootstrap(
            samples,
            _sum_of_means,
            n_resamples=RESAMPLES,
            batch=max(1, _BATCH // (rows * samples[0].shape[1])),
            vectorized=True,
            axis=0,
            confidence_level=level,
            method="BCa",
            rng=np.random.default_rng(SEED),
        )
    interval = found.confidence_interval
    return np.asarray(interval.low), np.asarray(interval.high)


def _sum_of_means(*samples: Floats, axis: int = 0) -> Floats:
    means = [sample.mean(axis=axis) for sample in samples]
    return np.asarray(sum(means[1:], means[0]))


def _expanded(freedom: float, level: float) -> float:
    """The level at which a bootstrap interval of normal numbers is as wide as the t interval of ``level``."""
    wider = float(t_quantile(freedom, level)) * ((freedom + 1.0) / freedom) ** 0.5
    return float(1.0 - 2.0 * scipy.stats.norm.sf(wider))


def _disagrees(contrast: Contrast, low: Floats, high: Floats, level: float) -> Flags:
    ends = contrast.interval(level)
    half = (ends[1] - ends[0]) / 2.0
    apart = np.maximum(np.abs(low - ends[0]), np.abs(high - ends[1])) > DISAGREEMENT * half
    sides = _holds_zero(*ends) != _holds_zero(low, high)
    return np.asarray(~np.isnan(low) & (half > 0) & (apart | sides))


def _holds_zero(low: Floats, high: Floats) -> Flags:
    return np.asarray((low <= 0) & (high >= 0))

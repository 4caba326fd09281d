"""Trade-offs: what is not dominated, hypervolume, where more runs are needed, and a few that stand for all.

Values are (points, objectives), larger is better in every objective. Fronts of noisy values flatter
themselves: luck is part of what put a point there. So a front is measured again with draws of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from sim.errors import InputError
from sim.statistics.contrasts import LEVEL, Flags, Floats

RESAMPLES = 1_000
SEED = 20_180_401
#: Least and most replicates of a point for each that an average one gets in ``allocation``.
_LEAST = 1e-3
#: A distance below this share of its standard error counts as that: nobody can tell such points apart.
_TIE = 0.1
#: Distance for its noise of points that differ by the same in every replicate.
_SURE = 1e3


def non_dominated(values: Floats) -> Flags:
    """Points that no other point beats in one objective and equals at least in all others.

    Args:
        values: (points, objectives); points that are equal do not dominate each other.
    """
    front = np.ones(len(values), bool)
    for number, own in enumerate(values):
        front[number] = not ((values >= own).all(axis=1) & (values > own).any(axis=1)).any()
    return front


def hypervolume(values: Floats, reference: npt.ArrayLike) -> float:
    """Volume between a reference and the front (Zitzler and Thiele 1999), by slicing.

    Args:
        values: (points, objectives).
        reference: the worst that counts, by objective; points that do not exceed it in all add nothing.

    Returns:
        In the product of the objectives' units.
    """
    worst = np.asarray(reference, np.float64)
    above = values[(values > worst).all(axis=1)] - worst
    return _volume(above[non_dominated(above)]) if len(above) else 0.0


def _volume(front: Floats) -> float:
    """Volume below a front and above 0: slabs between neighbours in the last objective."""
    if front.shape[1] == 1:
        return float(front.max())
    ordered = front[np.argsort(-front[:, -1], kind="stable")]
    depths = ordered[:, -1] - np.append(ordered[1:, -1], 0.0)
    if front.shape[1] == 2:
        return float(np.maximum.accumulate(ordered[:, 0]) @ depths)
    total = 0.0
    for number in np.flatnonzero(depths > 0.0):
        face = ordered[: number + 1, :-1]
        total += depths[number] * _volume(face[non_dominated(face)])
    return float(total)


class Volume(NamedTuple):
    """Hypervolume of a front of means, with its interval.

    Attributes:
        volume: of the means.
        bias: by which noise makes it larger than that of the true means (bootstrap).
        low, high: ends of the basic bootstrap interval; NaN from a single replicate.
    """

    volume: float
    bias: float
    low: float
    high: float


def measured(
    values: Floats,
    reference: npt.ArrayLike,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Volume:
    """Hypervolume of points measured by replicates, which all points share.

    Noise makes a hypervolume larger, as the best of noisy values is too large on average; the same happens
    again from resample to resample, which tells by how much (Efron and Tibshirani 1993, ch. 10). The basic
    interval turns round the resamples and so takes it off.

    Args:
        values: (replicates, points, objectives).
        reference: as of ``hypervolume``.
        level: of the interval.
        resamples: of the replicates, the same for all points.
        seed: of the resamples.
    """
    volume, n = hypervolume(values.mean(axis=0), reference), len(values)
    if n < 2:
        return Volume(volume, np.nan, np.nan, np.nan)
    rng = np.random.default_rng(seed)
    drawn = [hypervolume(values[rng.integers(0, n, n)].mean(axis=0), reference) for _ in range(resamples)]
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    ends = max(2.0 * volume - high, 0.0), max(2.0 * volume - low, 0.0)
    return Volume(volume, float(np.mean(drawn)) - volume, *ends)


def close(values: Floats, level: float = LEVEL) -> Flags:
    """Points that may be on the front: none is shown to dominate them.

    A point is out where another one is shown to be better in every objective, each by a one-sided paired t
    at (1 - level) divided by the number of other points.

    Args:
        values: (replicates, points, objectives), two replicates at least.
        level: with which a point of the front is kept, about.

    Raises:
        InputError: there is one replicate only.
    """
    n, points, _ = values.shape
    if n < 2:
        raise InputError("which points may be on the front needs two replicates at least")
    quantile = scipy.stats.t.ppf(1.0 - (1.0 - level) / max(points - 1, 1), n - 1)
    kept = np.ones(points, bool)
    for number in range(points):
        more = values - values[:, [number]]
        error = more.std(axis=0, ddof=1) / np.sqrt(n)
        lead = more.mean(axis=0)
        kept[number] = not ((lead > quantile * error) & (lead > 0)).all(axis=1).any()
    return kept


def allocation(values: Floats, total: int, least: int = 1) -> npt.NDArray[np.int64]:
    """Replicates that each point should have, of a total, to tell which ones are on the front.

    Optimal computing budget allocation for several objectives (Lee, Chew, Teng and Goldsman 2010, IIE
    Transactions 42:656) in its simplified form. To every point belongs the one most likely to dominate it,
    and the objective in which that is least sure: the nearer the two there, for their noise, the more
    replicates. A point that many are held against gets the root of the sum of their squares. The noise is
    that of paired differences, since points share their draws (Fu, Hu, Chen and Xiong 2007, INFORMS J.
    Computing 19:101).

    Args:
        values: (replicates, points, objectives) so far, two replicates at least.
        total: replicates of all points together.
        least: replicates that every point gets.

    Returns:
        Replicates of each point; they add up to ``total``, or to ``least`` each where that is more.

    Raises:
        InputError: there is one replicate only, so that there is no noise to go by.
    """
    n, points, _ = values.shape
    if n < 2:
        raise InputError("where more replicates are needed is told from two replicates at least")
    if points == 1:
        return np.array([max(total, least)], np.int64)
    need, rival = _needs(values)
    by_rival = np.bincount(rival, need**2, minlength=points) ** 0.5
    weights = np.maximum(need, by_rival)
    weights = np.maximum(weights / weights.sum(), _LEAST / points)
    spare = max(total - least * points, 0)
    exact = spare * weights / weights.sum()
    given = np.floor(exact).astype(np.int64)
    order = np.argsort(given - exact, kind="stable")
    given[order[: spare - int(given.sum())]] += 1
    total_given: npt.NDArray[np.int64] = given + least
    return total_given


def _needs(values: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Noise over distance, squared, of each point against its likeliest rival; and that rival."""
    n, points, _ = values.shape
    need, rival = np.zeros(points), np.zeros(points, np.int64)
    for number in range(points):
        more = np.delete(values, number, axis=1) - values[:, [number]]
        lead, noise = more.mean(axis=0), more.std(axis=0, ddof=1)
        sure = np.where(lead == 0.0, 0.0, np.copysign(_SURE, lead))
        apart = np.divide(lead, noise, out=sure, where=noise > 0.0) * np.sqrt(n)
        above = scipy.stats.norm.logcdf(apart)
        other = int(above.sum(axis=1).argmax())
        objective = int(above[other].argmin())
        distance = max(abs(float(apart[other, objective])), _TIE) / np.sqrt(n)
        need[number] = 1.0 / distance**2
        rival[number] = other + (other >= number)
    return need, rival


def typical(values: Floats, number: int) -> npt.NDArray[np.int64]:
    """A few points of a front that stand for it: the best of each objective, the balanced one, those between.

    Objectives are scaled to 0 to 1 over the front. The balanced point is the one whose worst objective is the
    best; the rest are each the furthest from those taken already.

    Args:
        values: (points, objectives) of the front.
        number: how many are wanted.

    Returns:
        Places of the points, in the order in which they were taken; fewer where the front has fewer.
    """
    low, span = values.min(axis=0), np.ptp(values, axis=0)
    scaled = (values - low) / np.where(span > 0, span, 1.0)
    ends = [int(place) for place in scaled.argmax(axis=0)]
    taken = list(dict.fromkeys([*ends, int(scaled.min(axis=1).argmax())]))
    while len(taken) < min(number, len(values)):
        gaps = np.linalg.norm(scaled[:, None] - scaled[taken][None], axis=2).min(axis=1)
        gaps[taken] = -1.0
        taken.append(int(gaps.argmax()))
    return np.array(taken[:number], np.int64)

"""The patient rule induction method, PRIM (Friedman and Fisher 1999, Statistics and Computing 9:123).

A box is peeled: again and again about a twentieth of its points is cut off at one end of one factor, the one
whose loss raises the share of yes most, by what it keeps for what it loses (their section 14.6).
``through_workbench`` has it done by ema-workbench (Kwakkel 2017, Environmental Modelling & Software 96:239);
``peel`` takes the same steps 100 times faster, which is what nulls and resamples of it need (a test holds the
two against each other).

Of the boxes on the way the one is taken that tells yes from no best: with the largest share of yes inside
less share of no inside (Youden's J). Restrictions that this box does as well without are dropped.
"""

from __future__ import annotations

import math
import warnings
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from sim.errors import InputError
from sim.shortage import blaming_no_file
from sim.statistics.contrasts import Flags, Floats

#: Share of the points of a box that one step peels off, and the smallest share of all that a box may hold.
PEEL, SMALLEST = 0.05, 0.05
#: A restriction is dropped where its quasi-p value is above this.
_QUASI_P = 0.05


class Box(NamedTuple):
    """Limits of a box, inclusive: (factors,) each; infinite where there is none."""

    low: Floats
    high: Floats

    def holds(self, points: Floats) -> Flags:
        """Which points lie inside: (points,)."""
        limited = np.flatnonzero(self.restricted.any(axis=1))
        own = points[:, limited]
        return np.asarray(((own >= self.low[limited]) & (own <= self.high[limited])).all(axis=1))

    @property
    def restricted(self) -> Flags:
        """(factors, 2): which limits there are, lower and upper."""
        return np.stack([np.isfinite(self.low), np.isfinite(self.high)], axis=1)

    def without(self, factor: int, side: int) -> Box:
        """The box without one limit; side 0 is the lower one."""
        limits = [self.low.copy(), self.high.copy()]
        limits[side][factor] = (-math.inf, math.inf)[side]
        return Box(*limits)


class Quality(NamedTuple):
    """How well a box tells yes from no.

    Attributes:
        coverage: share of all yes that is inside.
        density: share of yes among what is inside; NaN where nothing is.
        mass: share of all points that is inside.
        youden: coverage less the share of all no that is inside.
        n: points inside.
    """

    coverage: float
    density: float
    mass: float
    youden: float
    n: int


def quality_of(box: Box, points: Floats, yes: Flags) -> Quality:
    """Quality of a box on any points."""
    inside = box.holds(points)
    n, hits, of_yes = int(inside.sum()), int((inside & yes).sum()), int(yes.sum())
    of_no = len(yes) - of_yes
    coverage = hits / of_yes if of_yes else math.nan
    other = (n - hits) / of_no if of_no else math.nan
    return Quality(coverage, hits / n if n else math.nan, n / len(yes), coverage - other, n)


def everything(factors: int) -> Box:
    """The box without limits."""
    return Box(np.full(factors, -math.inf), np.full(factors, math.inf))


def peel(points: Floats, yes: Flags) -> list[Box]:
    """The boxes on the way, from everything to the smallest.

    Args:
        points: (points, factors).
        yes: (points,).
    """
    boxes, free = [everything(points.shape[1])], np.ones(points.shape[1], bool)
    order = np.argsort(points, axis=0, kind="stable").T  # of the points left, by each factor
    while order.size:
        cuts = _cuts(np.take_along_axis(points.T, order, axis=1), yes[order])
        left_free = np.repeat(free.sum() - free, 2)
        *_, best = np.lexsort(
            (-np.arange(left_free.size), left_free, cuts.gain.ravel())
        )  # of equals the first
        factor, lower = divmod(int(best), 2)
        kept = int(cuts.kept[factor, lower])
        if not (SMALLEST * len(yes) <= kept < order.shape[1] and cuts.gain[factor, lower] > 0.0):
            break
        limit = float(cuts.limit[factor, lower])
        boxes.append(_limited(boxes[-1], factor, 1 - lower, limit))
        column = points[:, factor]
        inside = column >= limit if lower else column <= limit
        order = order[inside[order]].reshape(len(free), kept)
        free[factor] = False
    return boxes


class _Cuts(NamedTuple):
    """Limits that may be drawn, (factors, 2), the upper before the lower one: what each keeps and gains."""

    limit: Floats
    kept: npt.NDArray[np.int64]
    gain: Floats


def _cuts(values: Floats, yes: Flags) -> _Cuts:
    """Peels of both ends of every factor; each row of values (factors, points) is sorted, and yes like it."""
    limits = np.stack([_quantiles(values, share) for share in (1.0 - PEEL, PEEL)], axis=1)
    inside = np.stack([values <= limits[:, :1], values >= limits[:, 1:]], axis=1)
    kept, hits = inside.sum(axis=2), (inside & yes[:, None]).sum(axis=2)
    n = values.shape[1]
    density = np.divide(hits, kept, out=np.zeros(kept.shape), where=kept > 0)
    change = density - np.count_nonzero(yes[0]) / n
    gain = np.divide(kept * change, n - kept, out=np.zeros(kept.shape), where=kept < n)
    return _Cuts(limits, kept, gain)


def _quantiles(values: Floats, share: float) -> Floats:
    """Of each sorted row, between two different values next to the quantile, as ema-workbench has it."""
    last = values.shape[1] - 1
    below, above = math.floor(last * share), math.ceil(last * share)
    low, high = values[:, below], values[:, above]
    if share > 0.5:
        other = np.maximum((values < high[:, None]).sum(axis=1) - 1, 0)
        low = np.where(low == high, values[np.arange(len(values)), other], low)
    else:
        other = np.minimum((values <= low[:, None]).sum(axis=1), last)
        high = np.where(low == high, values[np.arange(len(values)), other], high)
    return np.asarray((low + high) / 2.0)


def _limited(box: Box, factor: int, side: int, limit: float) -> Box:
    limits = [box.low.copy(), box.high.copy()]
    limits[side][factor] = limit
    return Box(*limits)


def through_workbench(points: Floats, yes: Flags) -> list[Box]:
    """The same as ``peel``, by ``ema_workbench.analysis.prim``.

    Raises:
        InputError: ema-workbench is not installed.
    """
    try:
        with blaming_no_file(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on back ends that it would like to have besides
            from ema_workbench.analysis import prim
    except ImportError:
        raise InputError(
            "scenario discovery needs ema-workbench: install the package with its extra, "
            "pip install 'sdgs-partnership-sim[analysis]'"
        ) from None
    import pandas as pd

    names = [f"x{number}" for number in range(points.shape[1])]
    frame = pd.DataFrame(np.asarray(points, np.float64), columns=names)
    objective = prim.PRIMObjectiveFunctions.LENIENT2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on changes to come in pandas, which are theirs to follow
        found = prim.Prim(frame, yes, objective, peel_alpha=PEEL, mass_min=SMALLEST).find_box()
    sizes = found.peeling_trajectory["n"].to_numpy()
    peeled = np.append(True, np.diff(sizes) < 0).cumprod().sum()  # pasting, at the end, makes it larger again
    first = found.box_lims[0][names].to_numpy(np.float64)
    boxes = []
    for limits in found.box_lims[:peeled]:
        low, high = limits[names].to_numpy(np.float64)
        boxes.append(Box(np.where(low > first[0], low, -math.inf), np.where(high < first[1], high, math.inf)))
    return boxes


def quasi_p(box: Box, points: Floats, yes: Flags) -> Floats:
    """How well the box does without each of its limits, (factors, 2); NaN where there is none.

    A one-sided binomial test of its share of yes against that of the box without the limit (Bryant and
    Lempert 2010, Technological Forecasting and Social Change 77:34), as if every run were a draw of its own;
    it knows nothing of the search that chose the limit, hence quasi.
    """
    found = np.full((len(box.low), 2), np.nan)
    own = quality_of(box, points, yes)
    for factor, side in np.argwhere(box.restricted):
        wider = quality_of(box.without(int(factor), int(side)), points, yes)
        hits = round(own.density * own.n) if own.n else 0
        found[factor, side] = scipy.stats.binom.sf(hits - 1, own.n, wider.density)
    return found


def best_box(boxes: list[Box], points: Floats, yes: Flags) -> Box:
    """The box that tells yes from no best, without the limits that it does as well without."""
    best = max(boxes, key=lambda box: quality_of(box, points, yes).youden)
    while True:
        p = quasi_p(best, points, yes)
        if not (p > _QUASI_P).any():
            return best
        factor, side = np.unravel_index(np.nanargmax(p), p.shape)
        best = best.without(int(factor), int(side))


def found_box(points: Floats, yes: Flags) -> Box:
    """The best box that peeling comes by."""
    return best_box(peel(points, yes), points, yes)

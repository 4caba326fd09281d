"""The patient rule induction method, PRIM (Friedman and Fisher 1999, Statistics and Computing 9:123).

A box is peeled: again and again about a twentieth of its points is cut off at one end of one factor, the one
whose loss raises the share of yes most, by what it keeps for what it loses (their section 14.6).
``through_workbench`` has it done by ema-workbench (Kwakkel 2017, Environmental Modelling & Software 96:239);
``peel`` takes the same steps 50 times faster, which is what nulls and resamples of it need (a test holds the
two against each other).

Of the boxes on the way the one is taken that tells yes from no best: with the largest share of yes inside
less share of no inside (Youden's J). Restrictions that this box does as well without are dropped.
"""

from __future__ import annotations

import math
import warnings
from typing import NamedTuple

import numpy as np
from scipy import stats

from sim.errors import InputError
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
        return np.asarray(((points >= self.low) & (points <= self.high)).all(axis=1))

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
    boxes = [everything(points.shape[1])]
    free = [True] * points.shape[1]
    smallest = SMALLEST * len(yes)
    orders = [np.argsort(column, kind="stable") for column in points.T]
    n, hits = len(yes), int(yes.sum())
    while n:
        cuts = []
        for factor, order in enumerate(orders):
            left_free = sum(free) - free[factor]
            for cut in _cuts(points[order, factor], yes[order], hits):
                change = (cut.hits / cut.kept if cut.kept else 0.0) - hits / n
                gain = cut.kept * change / (n - cut.kept) if cut.kept < n else 0.0
                cuts.append((gain, left_free, factor, cut))
        gain, _, factor, cut = max(cuts, key=lambda scored: scored[:2])  # the first of equal ones
        if not (cut.kept >= smallest and cut.kept < n and gain > 0.0):
            break
        boxes.append(_limited(boxes[-1], factor, cut.side, cut.limit))
        column = points[:, factor]
        inside = column <= cut.limit if cut.side else column >= cut.limit
        orders = [order[inside[order]] for order in orders]
        free[factor] = False
        n, hits = cut.kept, cut.hits
    return boxes


class _Cut(NamedTuple):
    """A limit that may be drawn: 0 the lower, 1 the upper; what it keeps, and how many yes of these."""

    side: int
    limit: float
    kept: int
    hits: int


def _cuts(values: Floats, yes: Flags, hits: int) -> tuple[_Cut, _Cut]:
    """Peels of the upper and of the lower end of a factor; values are sorted, and yes like them."""
    upper, lower = _quantile(values, 1.0 - PEEL), _quantile(values, PEEL)
    kept, lost = int(values.searchsorted(upper, "right")), int(values.searchsorted(lower, "left"))
    return (
        _Cut(1, upper, kept, hits - int(np.count_nonzero(yes[kept:]))),
        _Cut(0, lower, len(values) - lost, hits - int(np.count_nonzero(yes[:lost]))),
    )


def _quantile(values: Floats, share: float) -> float:
    """Between two different values next to the quantile, as ema-workbench has it."""
    place = (len(values) - 1) * share
    below, above = math.floor(place), math.ceil(place)
    if values[below] == values[above]:
        if share > 0.5:
            below = max(int(np.searchsorted(values, values[above], "left")) - 1, 0)
        else:
            above = min(int(np.searchsorted(values, values[below], "right")), len(values) - 1)
    return float((values[below] + values[above]) / 2.0)


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on back ends that it would like to have besides
            from ema_workbench.analysis import prim
    except ImportError:
        raise InputError(
            "scenario discovery needs ema-workbench, which is not installed: "
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
        found[factor, side] = stats.binom.sf(hits - 1, own.n, wider.density)
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

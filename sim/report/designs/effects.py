"""What factors change: by value, together, and at single points, each with its interval.

Points of a grid, of a fractional design and of single changes are compared replicate by replicate, since a
replicate has the same draws at every point; n counts replicates. Points that fill a space are a sample
themselves: their values are put into bins of equal number, and n counts points (Welch). Steps of Morris's
trajectories go over half of a factor's levels; n counts trajectories.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sim.batch.factors import Value
from sim.report.designs.runs import PointRuns, independent_points, trajectories
from sim.report.relevance import read, smallest
from sim.report.tables import HIGH, LOW
from sim.statistics import factorial
from sim.statistics.contrasts import Contrast, Flags, Floats, crossed, paired, unpaired
from sim.statistics.multiplicity import holm

#: Shapes of designs, by what can be told of them.
FACTORIAL, FRACTION, SINGLES, SPACE, STEPS, POINTS = (
    "factorial", "fraction", "singles", "space", "steps", "points",
)  # fmt: skip
#: Points that stand in a table of contrasts with the first; more are in the spreadsheets of the runs.
MOST_POINTS = 64
#: Points of a bin, at least, and bins of a factor, at most.
_BIN, _MOST_BINS = 6, 5
#: Steps of a factor below which their mean has no interval.
_FEWEST_STEPS = 3


def shape_of(runs: PointRuns) -> str:
    """Which shape a design has, by its method, or by its points where they are a user's table."""
    if runs.method == "morris":
        return STEPS
    if runs.method in ("lhs", "sobol", "saltelli"):
        return SPACE
    if runs.method == "oat":
        return SINGLES
    if runs.method == "fractional":
        return FRACTION
    if runs.crossed_fully and not any(None in point for point in runs.points):
        return FACTORIAL
    return POINTS


@dataclass(frozen=True)
class Side:
    """Points of a value or bin of a factor, and how it is called.

    Attributes:
        value: a value of the factor; the middle of a bin.
        ends: the lowest and the highest value of a bin; None for a single value.
        points: its points.
    """

    value: Value
    ends: tuple[float, float] | None
    points: Flags


def sides_of(runs: PointRuns, factor: int, shape: str) -> list[Side]:
    """Values of a factor, or bins of them where its points fill a range; others stand beside the first.

    Of single changes the first is the scenario itself.
    """
    if shape == SINGLES:
        base = np.array([all(value is None for value in point) for point in runs.points])
        others = [value for value in runs.levels(factor) if value is not None]
        return [Side(None, None, base), *(Side(value, None, runs.at(factor, value)) for value in others)]
    levels = runs.levels(factor)
    if len(levels) <= _MOST_BINS + 1 or runs.factors[factor].values is not None:
        chosen = independent_points(runs)
        return [Side(value, None, runs.at(factor, value) & chosen) for value in levels]
    return _bins(runs, factor)


def _bins(runs: PointRuns, factor: int) -> list[Side]:
    """Bins that hold about as many points each."""
    chosen = np.flatnonzero(independent_points(runs))
    numbers = np.array([float(runs.points[place][factor] or 0.0) for place in chosen])
    order = chosen[np.argsort(numbers, kind="stable")]
    found = []
    for part in np.array_split(order, max(2, min(_MOST_BINS, len(order) // _BIN))):
        inside = np.zeros(len(runs.points), bool)
        inside[part] = True
        values = sorted(float(runs.points[place][factor] or 0.0) for place in part)
        found.append(Side(float(np.median(values)), (values[0], values[-1]), inside))
    return found


def changes(runs: PointRuns) -> pd.DataFrame:
    """What each value of each factor changes against its first, and the outcome's level there.

    Returns:
        A row per factor, value and outcome: ``scenario``, ``factor`` (its number), ``value``, ``start`` and
        ``end`` of a bin (null for single values), ``first`` (whether it is what the others stand beside),
        ``outcome``, ``mean`` with ``mean_low`` and ``mean_high`` (95%), ``low`` and ``high`` (5-95% of runs),
        ``effect`` with ``ci_low``, ``ci_high``, ``p`` and ``p_adjusted`` (Holm, over the changes of
        an outcome), ``n`` (what the interval counts), ``points``,
        ``runs``, ``level`` (mean of the first) and ``reading``.
    """
    shape, rows = shape_of(runs), list[dict[str, Any]]()
    if shape == POINTS:
        return pd.DataFrame()
    for factor in range(len(runs.factors)):
        if shape == STEPS:
            rows += _rows_of_steps(runs, factor)
            continue
        sides = [side for side in sides_of(runs, factor, shape) if side.points.any()]
        for side in sides:
            contrast = _against(runs, side, sides[0], shape)
            level = np.nanmean(runs.values[sides[0].points], axis=(0, 1))
            common = {"factor": factor, "value": side.value, "first": side is sides[0]}
            common |= dict(zip(("start", "end"), side.ends or (np.nan, np.nan), strict=True))
            own = list(_levels(runs, side.points, shape))
            rows += [
                common | row | there for row, there in zip(_numbers(runs, contrast, level), own, strict=True)
            ]
    return _judged_together(pd.DataFrame(rows))


def _judged_together(table: pd.DataFrame) -> pd.DataFrame:
    """The table with p values adjusted for all changes of an outcome."""
    compared = ~table["first"]
    adjusted = (
        table[compared].groupby("outcome", sort=False)["p"].transform(lambda p: holm(p.to_numpy(float)))
    )
    return table.assign(p_adjusted=adjusted)


def _against(runs: PointRuns, side: Side, first: Side, shape: str) -> Contrast:
    if shape == SPACE:
        means = (np.nanmean(runs.values[each.points], axis=1) for each in (side, first))
        return unpaired(*means)
    return runs.between(runs.means(side.points), runs.means(first.points))


def _levels(runs: PointRuns, chosen: Flags, shape: str) -> Iterator[dict[str, Any]]:
    """Level of every outcome at some points: mean with its interval, and 5-95% of runs."""
    values = runs.values[chosen]
    if shape == SPACE:
        whole = crossed(values, np.zeros_like(values))
    else:
        mean = runs.means(chosen)
        mean = mean[~np.isnan(mean).any(axis=1)]
        whole = paired(mean, np.zeros_like(mean))
    low, high = whole.interval()
    flat = values.reshape(-1, len(runs.outcomes))
    flat = flat[~np.isnan(flat).any(axis=1)]
    ends = np.quantile(flat, (LOW, HIGH), axis=0) if len(flat) else np.full((2, len(whole.effect)), np.nan)
    for column in range(len(runs.outcomes)):
        yield {
            "mean": whole.effect[column], "mean_low": low[column], "mean_high": high[column],
            "low": ends[0, column], "high": ends[1, column], "points": int(chosen.sum()), "runs": len(flat),
        }  # fmt: skip


def _numbers(runs: PointRuns, contrast: Contrast, level: Floats) -> Iterator[dict[str, Any]]:
    """A row per outcome of a contrast, with what its interval says."""
    (low, high), p = contrast.interval(), contrast.p
    for column, outcome in enumerate(runs.outcomes):
        ends = float(low[column]), float(high[column])
        yield {
            "scenario": runs.scenario, "outcome": outcome, "effect": contrast.effect[column],
            "ci_low": ends[0], "ci_high": ends[1], "p": p[column], "n": contrast.n, "level": level[column],
            "reading": str(read(*ends, smallest(outcome, float(level[column])))),
        }  # fmt: skip


def _rows_of_steps(runs: PointRuns, factor: int) -> list[dict[str, Any]]:
    """Mean change of a step of Morris's trajectories upwards, over half of the factor's levels."""
    path, values = trajectories(runs), np.nanmean(runs.values, axis=1)
    found = []
    for place in range(len(runs.points) - 1):
        before, after = runs.points[place][factor], runs.points[place + 1][factor]
        if path[place] == path[place + 1] and before != after:
            up = _up(runs, factor, before, after)
            found.append(up * (values[place + 1] - values[place]))
    if not found:
        return []
    steps = np.array(found)
    contrast = paired(steps, np.zeros_like(steps))
    if len(steps) < _FEWEST_STEPS:  # two equal steps of whole numbers say little of a third
        contrast = replace(contrast, error=np.full_like(contrast.error, np.nan))
    common = {"factor": factor, "value": None, "first": False, "start": np.nan, "end": np.nan}
    common |= {"points": len(steps), "runs": len(steps) * runs.replicates}
    return [common | row for row in _numbers(runs, contrast, values.mean(axis=0))]


def _up(runs: PointRuns, factor: int, before: Value, after: Value) -> float:
    declared = runs.factors[factor]
    return 1.0 if declared.coordinate(after) > declared.coordinate(before) else -1.0


def interactions(runs: PointRuns) -> pd.DataFrame:
    """What two factors, each at its last value, change together beyond the sum of each alone.

    That is the change by the first with the second at its last value, less the same with the second at its
    first value; other factors are averaged over. Above zero the two help each other.

    Returns:
        A row per pair and outcome: ``scenario``, ``one``, ``two`` (numbers of factors), ``outcome``,
        ``effect``, ``ci_low``, ``ci_high``, ``p``, ``n``, ``level``, ``reading``, ``p_adjusted`` (Holm,
        within the outcome). Empty unless the design is a factorial of two factors or more; of a fraction the
        pairs that it can tell.
    """
    rows = list(_told_pairs(runs) if shape_of(runs) == FRACTION else _crossed_pairs(runs))
    if not rows:
        return pd.DataFrame()
    table = pd.DataFrame(rows)
    adjusted = table.groupby("outcome", sort=False)["p"].transform(lambda p: holm(p.to_numpy(float)))
    return table.assign(p_adjusted=adjusted)


def _crossed_pairs(runs: PointRuns) -> Iterator[dict[str, Any]]:
    """Rows of ``interactions`` of a full factorial."""
    if shape_of(runs) != FACTORIAL:
        return
    ends = []
    for factor in range(len(runs.factors)):
        levels = runs.levels(factor)
        ends.append((runs.at(factor, levels[0]), runs.at(factor, levels[-1])))
    level = np.nanmean(runs.values, axis=(0, 1))
    for one, two in combinations(range(len(runs.factors)), 2):
        (low, high), (off, on) = ends[one], ends[two]
        together = runs.means(high & on) + runs.means(low & off)
        contrast = runs.between(together, runs.means(high & off) + runs.means(low & on))
        yield from ({"one": one, "two": two} | row for row in _numbers(runs, contrast, level))


def _told_pairs(runs: PointRuns) -> Iterator[dict[str, Any]]:
    """Rows of ``interactions`` of a fraction."""
    design, lacking = _fraction_of(runs), np.isnan(runs.values).any(axis=(0, 2))
    if design is None or lacking.all():
        return
    found, level = factorial.effects(design, runs.values), np.nanmean(runs.values, axis=(0, 1))
    for place, (term, others) in enumerate(zip(found.terms, found.confounded, strict=True)):
        if len(term) == 2 and not others:
            sample = found.contrast.samples[0][:, place]
            contrast = paired(sample, np.zeros_like(sample))
            one, two = term
            yield from ({"one": one, "two": two} | row for row in _numbers(runs, contrast, level))


def alike(runs: PointRuns) -> list[tuple[factorial.Term, ...]]:
    """Groups of pairs of factors that a fraction cannot tell apart; a single factor counts as a term, too."""
    design = _fraction_of(runs)
    groups = list[set[factorial.Term]]()
    if design is not None:
        for term, others in zip(design.terms, factorial.confounded(design), strict=True):
            if others:
                own = {term, *others}
                shared = [group for group in groups if group & own]
                groups = [group for group in groups if group not in shared] + [own.union(*shared)]
    return sorted(tuple(sorted(group)) for group in groups)


def _fraction_of(runs: PointRuns) -> factorial.Factorial | None:
    """The two-level design of a fraction whose points are all there; None of other designs."""
    levels = [runs.levels(factor) for factor in range(len(runs.factors))]
    if shape_of(runs) != FRACTION or len(levels) < 2 or any(len(values) != 2 for values in levels):
        return None
    signs = [np.where(runs.at(factor, values[1]), 1.0, -1.0) for factor, values in enumerate(levels)]
    return factorial.Factorial(tuple(factor.name for factor in runs.factors), np.stack(signs, axis=1))


def from_first(runs: PointRuns) -> pd.DataFrame:
    """Every point against the first one, paired by replicate: a row per point and outcome.

    Empty for designs whose first point is a drawn one, and above ``MOST_POINTS`` points.
    """
    if shape_of(runs) in (SPACE, STEPS) or not 2 <= len(runs.points) <= MOST_POINTS:
        return pd.DataFrame()
    rows, first = list[dict[str, Any]](), runs.values[0]
    for place in range(1, len(runs.points)):
        contrast = runs.between(runs.values[place], first)
        found = _numbers(runs, contrast, np.nanmean(first, axis=0))
        rows += [{"point": int(runs.numbers[place])} | row for row in found]
    return pd.DataFrame(rows)


def means_of_two(runs: PointRuns) -> pd.DataFrame:
    """Mean of every outcome at every point of a grid of two factors, with its interval."""
    if shape_of(runs) != FACTORIAL or len(runs.factors) != 2:
        return pd.DataFrame()
    rows = []
    for place, (one, two) in enumerate(runs.points):
        values = runs.values[place]
        values = values[~np.isnan(values).any(axis=1)]
        contrast = paired(values, np.zeros_like(values))
        low, high = contrast.interval()
        for column, outcome in enumerate(runs.outcomes):
            rows.append(
                {
                    "scenario": runs.scenario, "one": one, "two": two, "outcome": outcome,
                    "mean": contrast.effect[column], "ci_low": low[column], "ci_high": high[column],
                    "n": contrast.n,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def strongest(table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Of every factor the value that changes an outcome most, the largest first."""
    rows = table[(table["outcome"] == outcome) & ~table["first"]]
    rows = rows.assign(size=rows["effect"].abs()).sort_values("size", ascending=False, kind="stable")
    return rows.drop_duplicates("factor")

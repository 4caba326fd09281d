"""Contrasts of stored runs: which statistics suit two arms, and their numbers as a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.errors import InputError
from sim.kernel.outcomes import Kind
from sim.results.runs import Floats, Integers, Runs
from sim.statistics.contrasts import LEVEL, Contrast, crossed, independent, paired
from sim.statistics.multiplicity import holm, simultaneous_level
from sim.statistics.precision import replicates_needed
from sim.statistics.resampling import bootstrap

if TYPE_CHECKING:
    import pandas as pd

type Family = Literal["holm", "simultaneous"]
FAMILIES = ("holm", "simultaneous")


def contrast_of_runs(first: Runs, second: Runs, named: tuple[bool, bool], shared: bool = True) -> Contrast:
    """The contrast of two arms; arrays have the shape (quarters, outcomes).

    Runs of the same seed and replicate share their draws, in any scenario and at any point. So two single
    points (or scenarios without a design) are paired by replicate. Where points are averaged, the two arms
    are paired by point and replicate, and both are counted as chance
    (``sim.statistics.contrasts.crossed``); an arm that names a point stands beside every point of the other.
    A run that is missing in one arm is left out of both.

    Args:
        first, second: runs of one scenario each.
        named: which of the two names a point, or has no more than one (``sim.results.arms.names_point``). An
            arm of which only one point is stored is none of these: it is compared with the same point of
            the other.
        shared: whether they come from the same world and seed.
    """
    if not shared:
        return independent(_alone(first), _alone(second))
    if all(named):
        return paired(*_by_replicate(first, second))
    points = np.unique((second if named[0] else first).point)
    if not any(named):
        points = np.intersect1d(first.point, second.point)
    replicates = np.intersect1d(first.replicate, second.replicate)
    sides = zip((first, second), named, strict=True)
    return crossed(*(grid_of(arm, points, replicates, everywhere) for arm, everywhere in sides))


def _alone(arm: Runs) -> Contrast:
    """Mean of one arm, as a contrast with nothing."""
    points, replicates = np.unique(arm.point), np.unique(arm.replicate)
    if len(points) <= 1:
        return paired(arm.values, np.zeros_like(arm.values))
    grid = grid_of(arm, points, replicates)
    return crossed(grid, np.zeros_like(grid))


def _by_replicate(first: Runs, second: Runs) -> tuple[Floats, Floats]:
    _, own, other = np.intersect1d(first.replicate, second.replicate, assume_unique=True, return_indices=True)
    return first.values[own], second.values[other]


def grid_of(arm: Runs, points: Integers, replicates: Integers, everywhere: bool = False) -> Floats:
    """(points, replicates, ...) of an arm, NaN where a run is missing.

    Args:
        arm: runs of one scenario.
        points, replicates: the rows and columns.
        everywhere: the arm names a point, which stands beside every one.
    """
    grid = np.full((len(points), len(replicates), *arm.values.shape[1:]), np.nan)
    inside = np.isin(arm.replicate, replicates)
    across = np.searchsorted(replicates, arm.replicate[inside])
    if everywhere:
        grid[:, across] = arm.values[inside]
        return grid
    inside &= np.isin(arm.point, points)
    across = np.searchsorted(replicates, arm.replicate[inside])
    grid[np.searchsorted(points, arm.point[inside]), across] = arm.values[inside]
    return grid


def measure(kind: Kind) -> str:
    """What the numbers of an outcome stand for here: a stock, or a sum since 2018Q2."""
    return str(Kind.STOCK if kind is Kind.STOCK else Kind.CUMULATIVE)


def long_table(runs: Runs, kinds: dict[str, Kind], columns: dict[str, np.ndarray[Any, Any]]) -> pd.DataFrame:
    """Arrays of shape (quarters, outcomes) as a tidy table, outcome by outcome.

    Returns:
        ``outcome``, ``quarter``, ``measure`` and the columns given.
    """
    import pandas as pd

    index = pd.MultiIndex.from_product([runs.outcomes, runs.quarters], names=["outcome", "quarter"])
    table = index.to_frame(index=False)
    table["measure"] = table["outcome"].map({name: measure(kinds[name]) for name in runs.outcomes})
    return table.assign(**{name: np.asarray(values).T.ravel() for name, values in columns.items()})


def numbers_of(contrast: Contrast, level: float = LEVEL) -> dict[str, np.ndarray[Any, Any]]:
    """Columns of a contrast: effect, interval, p value, what it counts, and replicates needed."""
    low, high = contrast.interval(level)
    needed = replicates_needed(contrast)
    return {
        "effect": contrast.effect,
        "ci_low": low,
        "ci_high": high,
        "n": np.full(contrast.effect.shape, contrast.n),
        "replicates_needed": needed.number,
        "replicates_needed_high": needed.bound,
        "paired_correlation": contrast.correlation,
        "p": contrast.p,
    }


def contrast_frame(
    contrast: Contrast, runs: Runs, kinds: dict[str, Kind], family: Family | None
) -> pd.DataFrame:
    """A contrast as a tidy table with both intervals: see ``Results.contrast``.

    Raises:
        InputError: there is no such family.
    """
    if family not in (None, *FAMILIES):
        raise InputError(f"family {family!r}: give {' or '.join(FAMILIES)}, or None")
    comparisons = contrast.effect.size
    level = simultaneous_level(comparisons) if family == "simultaneous" else LEVEL
    resampled = bootstrap(contrast, level)
    columns = numbers_of(contrast, level)
    columns |= {"boot_low": resampled.low, "boot_high": resampled.high, "disagree": resampled.disagrees}
    if family is not None:
        columns["p_adjusted"] = _adjusted(contrast.p, family)
    table = long_table(runs, kinds, columns)
    for name in ("n", "replicates_needed", "replicates_needed_high"):
        table[name] = table[name].astype("Int64")
    return table.assign(kind=contrast.kind, level=level, comparisons=comparisons)


def _adjusted(p: Floats, family: Family) -> Floats:
    return holm(p) if family == "holm" else np.minimum(p * p.size, 1.0)

"""Runs of a design as arrays, and contrasts of any of its points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.batch.factors import Factor, Point, Value
from sim.batch.methods import rows_together
from sim.report.outcomes import MAIN_OUTCOMES
from sim.results import Results
from sim.results.contrasts import grid_of
from sim.results.runs import Integers, read_runs
from sim.statistics.contrasts import ROUNDING, Contrast, Flags, Floats, paired

#: Outcomes that are looked at, and those of them that a page shows: more columns fit no sheet of paper.
MOST_OUTCOMES, ON_A_PAGE = 9, 6
#: Outcomes by what a reader asks for first.
_FIRST = (
    "deals_signed", "projects_completed", "municipalities_without_project_share", "sdg_progress",
    "private_investment", "adoption_share",
)  # fmt: skip


@dataclass(frozen=True)
class PointRuns:
    """Runs of one scenario of a design at the last quarter kept.

    Attributes:
        scenario: its name.
        method: of the design.
        factors: what is varied.
        numbers: of the points with a run.
        points: their values, one per factor.
        outcomes: names.
        values: (points, replicates, outcomes), flows summed up since 2018Q2; NaN where a run is missing.
        together: points of a base sample or trajectory, which hang together; 1 where each is by itself.
    """

    scenario: str
    method: str
    factors: tuple[Factor, ...]
    numbers: Integers
    points: tuple[Point, ...]
    outcomes: tuple[str, ...]
    values: Floats
    together: int = 1

    @property
    def shown(self) -> tuple[str, ...]:
        """Outcomes that a page shows."""
        return self.outcomes[:ON_A_PAGE]

    @property
    def replicates(self) -> int:
        """Replicates of which some run is there."""
        return int(self.values.shape[1])

    def levels(self, factor: int) -> list[Value]:
        """Values of a factor in the points: words in the order of the file, numbers from small to large."""
        found = list(dict.fromkeys(point[factor] for point in self.points))
        declared = self.factors[factor].values
        if declared is not None and not all(_is_number(value) for value in declared):
            return sorted(found, key=lambda value: -1 if value is None else declared.index(value))
        return sorted(found, key=lambda value: -np.inf if value is None else float(value))

    def at(self, factor: int, value: Value) -> Flags:
        """Points at which a factor has a value."""
        return np.array([point[factor] == value for point in self.points])

    @property
    def crossed_fully(self) -> bool:
        """Whether every value of each factor stands with every value of all others, equally often."""
        sizes = [len(self.levels(number)) for number in range(len(self.factors))]
        return len(set(self.points)) == len(self.points) == int(np.prod(sizes))

    def means(self, chosen: Flags) -> Floats:
        """(replicates, outcomes) mean over some points, NaN where one of them is missing."""
        mean: Floats = self.values[chosen].mean(axis=0)
        return mean

    def between(self, first: Floats, second: Floats) -> Contrast:
        """Contrast of two (replicates, outcomes), paired by replicate: the same draws at every point."""
        whole = ~(np.isnan(first) | np.isnan(second)).any(axis=1)
        first, second = first[whole], second[whole]
        same = np.abs(first - second) <= ROUNDING * np.maximum(np.abs(first), np.abs(second))
        return paired(np.where(same, second, first), second)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def point_runs(results: Results, outcomes: Sequence[str]) -> list[PointRuns]:
    """The runs of every scenario that has some, in the order of the experiment."""
    design = results.experiment.design
    assert design is not None
    runs = read_runs(results, list(outcomes))
    method, factors = design.method, design.factors
    together = rows_together(method, factors, design.options)
    found = []
    for number, name in enumerate(results.scenarios):
        own = runs.where(runs.scenario == number)
        if len(own):
            points, replicates = np.unique(own.point), np.unique(own.replicate)
            values = grid_of(own, points, replicates)[:, :, 0]
            told = tuple(design.points[point] for point in points)
            found.append(PointRuns(name, method, factors, points, told, runs.outcomes, values, together))
    return found


def shown_outcomes(results: Results) -> list[str]:
    """Outcomes that are looked at, the one that the page speaks of first.

    That is the outcome that the experiment names first under ``record``; by default deals signed.
    """
    named = [] if results.manifest.outcomes is None else list(results.manifest.outcomes)
    kept = set(results.outcomes)
    first = [name for name in ("deals_signed", *results.outcomes) if name in kept][:1]
    main = [name for name in (*_FIRST, *MAIN_OUTCOMES, "public_spending") if name in kept]
    order = dict.fromkeys([*(named or first), *main, *results.manifest.own_outcomes])
    return [name for name in order if name in kept][:MOST_OUTCOMES]


def independent_points(runs: PointRuns) -> Flags:
    """Points that are drawn by themselves: of Saltelli's the two base samples, of other methods all."""
    chosen = np.ones(len(runs.points), bool)
    if runs.method == "saltelli":
        place = runs.numbers % runs.together
        chosen = (place == 0) | (place == runs.together - 1)
    return chosen


def trajectories(runs: PointRuns) -> Integers:
    """Number of the trajectory of each of Morris's points."""
    found: Integers = runs.numbers // runs.together
    return found

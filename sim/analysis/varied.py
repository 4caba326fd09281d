"""What the runs of a folder vary, and their outcomes as arrays of points by replicates.

What is varied is the factors of a design, or, without one, the parameters whose sets the replicates have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.batch.factors import Factor
from sim.batch.methods import groups_of, rows_together
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.batch.design import Design
    from sim.batch.parameter_sets import ParameterSets
    from sim.results.folder import Folder

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

#: What stands for the method of a design where replicates have parameter sets of their own.
SETS = "sets"
#: Methods whose points say nothing about ranges of factors: the one-at-a-time table is their analysis.
_ONE_BY_ONE = ("oat",)


@dataclass(frozen=True)
class Varied:
    """What is varied.

    Attributes:
        method: of the design, or ``sets``.
        factors: what is varied.
        points: (points, factors), in the unit cube.
        blocks: (points,), number of the base sample or trajectory, which hang together, or of the point.
        groups: of factors that a Saltelli design changes together, else the factors.
        levels: of a Morris design, else 0.
    """

    method: str
    factors: tuple[Factor, ...]
    points: Floats
    blocks: Integers
    groups: tuple[str, ...]
    levels: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the factors."""
        return tuple(factor.name for factor in self.factors)

    @property
    def few(self) -> tuple[int, ...]:
        """How many values each factor has; 0 for a range."""
        return tuple(0 if factor.values is None else len(factor.values) for factor in self.factors)

    @property
    def drawn(self) -> Integers:
        """Numbers of points that are drawn independently of each other: of a base sample the two ends."""
        if self.method == "saltelli":
            rows = len(self.groups) + 2
            first = np.arange(0, len(self.points) - rows + 1, rows)
            return np.sort(np.concatenate([first, first + rows - 1]))
        if self.method == "morris":
            return np.arange(0, len(self.points), len(self.factors) + 1)
        return np.arange(len(self.points))


def varied_in(folder: Folder) -> Varied:
    """What the runs of a folder vary.

    Raises:
        InputError: nothing, or in a way from which nothing about ranges follows.
    """
    design = folder.experiment.design
    if design is not None and design.factors:
        return _of_design(folder, design)
    if folder.sets is not None:
        return _of_sets(folder.sets, folder.manifest.replicates)
    raise InputError(
        f"{folder.folder}: varies nothing: its experiment has neither a design nor parameter sets; "
        "run one with design and factors (sim batch), or scenarios with --parameters"
    )


def _of_design(folder: Folder, design: Design) -> Varied:
    if design.method in _ONE_BY_ONE:
        raise InputError(
            f"{folder.folder}: a one-at-a-time design tells nothing of factors together; "
            "designs that do: saltelli, morris, lhs, sobol"
        )
    points = design.unit()
    missing = np.flatnonzero(np.isnan(points).any(axis=0))
    if len(missing):
        name = design.factors[int(missing[0])].name
        raise InputError(
            f"{folder.folder}: some points leave {name} as in the scenario, so they say nothing of it; "
            "give every point a value of every factor"
        )
    groups = groups_of(design.factors, design.options)
    together = rows_together(design.method, design.factors, design.options)
    levels = int(design.options.get("levels", 4)) if design.method == "morris" else 0
    return Varied(design.method, design.factors, points, np.arange(len(points)) // together, groups, levels)


def _of_sets(sets: ParameterSets, replicates: int) -> Varied:
    """Parameters that differ between the sets that were run, over the range that they have there."""
    values = np.array(sets.values[:replicates], np.float64)
    low, high = values.min(axis=0), values.max(axis=0)
    kept = np.flatnonzero(high > low)
    if len(values) < 2 or not len(kept):
        raise InputError(f"the parameter sets ({sets.label}) that were run do not differ")
    factors = tuple(
        Factor(sets.names[n], "uncertainty", float(low[n]), float(high[n])) for n in kept.tolist()
    )
    points = (values[:, kept] - low[kept]) / (high[kept] - low[kept])
    return Varied(SETS, factors, points, np.arange(len(points)), tuple(factor.name for factor in factors))


def outcomes_of(
    folder: Folder, varied: Varied, outcomes: Sequence[str], at: str | None
) -> Mapping[tuple[str, str], Floats]:
    """Outcomes by scenario and name, (points, replicates) each; NaN where a run is missing or failed.

    Where replicates have parameter sets, a set is a point, and replicates that share it are its replicates.

    Raises:
        InputError: an outcome or the quarter is not kept, or no run is stored.
    """
    from sim.results.runs import read_runs

    runs = read_runs(folder, list(outcomes), at)
    points, replicates = len(varied.points), folder.manifest.replicates
    if varied.method == SETS:
        place, column = runs.replicate % points, runs.replicate // points
        replicates = -(-replicates // points)
    else:
        place, column = runs.point, runs.replicate
    found = {}
    for number, scenario in enumerate(folder.scenarios):
        own = runs.scenario == number
        for position, name in enumerate(runs.outcomes):
            values = np.full((points, replicates), np.nan)
            values[place[own], column[own]] = runs.values[own, 0, position]
            found[scenario, name] = values
    return found

"""A design of an experiment: which values of which factors make up the points that are run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sim.batch.factors import Factor, Point, Value, applied, written
from sim.batch.methods import NESTED
from sim.errors import InputError
from sim.scenarios.scenario import Scenario

if TYPE_CHECKING:  # checking a file needs no arrays
    import numpy as np
    import numpy.typing as npt

#: Table of the points in a results folder.
POINTS = "design.parquet"


@dataclass(frozen=True)
class Design:
    """Points of an experiment.

    Attributes:
        method: one of ``sim.batch.methods.METHODS``.
        factors: what is varied.
        points: one value per factor each; None = as in the scenario itself.
        options: what the method was asked for, besides its name.
        first: number of the first point, above 0 in a part of a design.
    """

    method: str
    factors: tuple[Factor, ...]
    points: tuple[Point, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    first: int = 0

    def applied(self, scenario: Scenario, point: int) -> Scenario:
        """The scenario with the values of a point laid over it."""
        return applied(scenario, self.factors, self.points[point - self.first])

    def part(self, points: range) -> Design:
        """The design with these points alone, numbered as before."""
        return replace(self, points=self.points[points.start : points.stop], first=points.start)

    def points_at(self, numbers: range) -> tuple[Point, ...]:
        """Values of the points of those numbers."""
        return self.points[numbers.start - self.first : numbers.stop - self.first]

    def to_mapping(self) -> dict[str, Any]:
        """Plain values for ``experiment.yaml``: the method as it was asked for, and the factors.

        A user's table is the one that lies beside ``experiment.yaml``.
        """
        options = {"file": POINTS} if self.method == "table" else self.options
        return {
            "design": {"method": self.method, **options},
            "factors": {factor.name: written(factor) for factor in self.factors},
        }

    def table(self) -> dict[str, list[Any]]:
        """Columns of the table of points: ``point``, then one per factor."""
        columns: dict[str, list[Any]] = {"point": list(range(len(self.points)))}
        for number, factor in enumerate(self.factors):
            columns[factor.name] = [point[number] for point in self.points]
        return columns

    def unit(self) -> npt.NDArray[np.float64]:
        """The points in the unit cube, float64 (points, factors); see ``Factor.coordinate``.

        Raises:
            InputError: a point holds what its factor does not allow.
        """
        import numpy as np

        columns = [
            [factor.coordinate(point[number]) for point in self.points]
            for number, factor in enumerate(self.factors)
        ]
        return np.array(columns, dtype=np.float64).reshape(len(self.factors), len(self.points)).T

    def never_run(self) -> dict[str, tuple[Value, ...]]:
        """Values that are in no point, by factor: too few points were drawn, or a table lacks them.

        A point that leaves a factor as in its scenario may run any of its values.
        """
        missing = {}
        for number, factor in enumerate(self.factors):
            found = {point[number] for point in self.points} if factor.values else set()
            if None not in found:
                missing[factor.name] = tuple(value for value in factor.values or () if value not in found)
        return {name: values for name, values in missing.items() if values}

    def grown_from(self, before: Sequence[Point]) -> Design:
        """This design in a folder that holds the points of an earlier one.

        What is stored is filed under the numbers of its points, so the design must begin with the points that
        are there, in their order and with points that are equal to another. Where it is smaller than what is
        there, nothing is taken away: the design is then as large as the one that is there.

        Args:
            before: the points that the folder holds.

        Raises:
            InputError: the method does not nest, or the design does not begin with the points of before.
        """
        there = tuple(before)
        if self.points == there:
            return self
        if self.method not in NESTED:
            raise InputError(
                f"design: a {self.method} design cannot grow or change once it has begun; "
                f"give another folder with --out (designs that grow: {', '.join(NESTED)})"
            )
        if self.points[: len(there)] == there:
            return self
        if there[: len(self.points)] == self.points:
            return self._as_large_as(there)
        raise InputError(
            f"design: it does not begin with the {len(there):,} points that the folder holds, so it is "
            f"another design; {_HOW_TO_GROW[self.method]}, or give another folder with --out"
        )

    def _as_large_as(self, there: tuple[Point, ...]) -> Design:
        """The larger design of which this is the beginning, with factors and options that say so."""
        options, factors = dict(self.options), self.factors
        if "samples" in options:
            options["samples"] = options["samples"] * len(there) // len(self.points)
        if self.method == "grid":
            first = replace(
                factors[0],
                low=None,
                high=None,
                scale="linear",
                distribution="uniform",
                values=tuple(dict.fromkeys(point[0] for point in there)),
            )
            factors = (first, *factors[1:])
        larger = replace(self, points=there, options=options, factors=factors)
        larger.check_allowed()
        return larger

    def check_allowed(self) -> None:
        """Refuse points that the factors do not allow: those of a folder whose factors were wider.

        Raises:
            InputError: there is one.
        """
        for number, factor in enumerate(self.factors):
            for value in dict.fromkeys(point[number] for point in self.points):
                if value is not None and not factor.allows(value):
                    raise InputError(
                        f"design: the folder holds points with {factor.name} {value!r}, which the factor "
                        "does not allow; widen the factor again, or give another folder with --out"
                    )


_HOW_TO_GROW = {
    "grid": "a grid grows by values at the end of its first factor",
    "sobol": "it grows by samples alone",
    "saltelli": "it grows by samples alone",
    "table": "a table grows by rows at its end",
}

"""A design of an experiment: which values of which factors make up the points that are run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.batch.factors import Factor, Point, applied, written
from sim.batch.methods import NESTED
from sim.errors import InputError
from sim.scenarios.scenario import Scenario

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

        A table of one's own is the one that lies beside ``experiment.yaml``.
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

    def grown_from(self, before: Sequence[Point]) -> Design:
        """This design with the points of an earlier one first, in their order.

        Raises:
            InputError: the method does not nest, or a point of before is missing.
        """
        if tuple(before) == self.points:
            return self
        if self.method not in NESTED:
            raise InputError(
                f"design: a {self.method} design cannot grow or change once it has begun; "
                f"give another folder with --out (designs that grow: {', '.join(NESTED)})"
            )
        wanted = dict.fromkeys(self.points)
        known = dict.fromkeys(before)
        if known.keys() <= wanted.keys():
            points = (*before, *(point for point in wanted if point not in known))
        elif wanted.keys() <= known.keys():  # asked for less than there is: nothing is taken away
            points = tuple(before)
        else:
            raise InputError(
                "design: it lacks points that the folder holds, so it is another design; "
                "give another folder with --out"
            )
        return replace(self, points=points)

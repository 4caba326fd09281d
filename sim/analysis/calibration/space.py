"""The parameters that are calibrated, and their priors as a unit cube."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import qmc

from sim.analysis.priors import prior
from sim.batch.factors import Factor
from sim.batch.parameter_sets import ParameterSets
from sim.kernel.world import Floats

#: Parameters by the data that speak of them. What is left out is assumed, and its range is the futures'.
BLOCKS: dict[str, tuple[str, ...]] = {
    "adoption": (
        "adoption_own", "contagion_neighbours", "contagion_size", "national_push", "push_decay",
        "adoption_size", "answer_constant", "answer_promoting", "answer_trend",
    ),
    "awareness": ("awareness_base", "awareness_base_company", "awareness_surge"),
    "membership": (
        "join_company", "join_company_push", "surge_decay", "join_municipality", "join_not_promoting",
    ),
    "partnership": ("application_constant", "agreement_rate", "donation_rate", "success_constant"),
}  # fmt: skip
CALIBRATED = tuple(name for names in BLOCKS.values() for name in names)
_DIGITS = 6


@dataclass(frozen=True)
class Space:
    """Parameters over their ranges, each as a coordinate from 0 to 1 that is uniform under its prior.

    Attributes:
        names: of the parameters.
    """

    names: tuple[str, ...] = CALIBRATED

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The priors."""
        return tuple(prior(name) for name in self.names)

    def values(self, cube: Floats) -> Floats:
        """(points, parameters) values of points of the cube, to six digits."""
        return np.array(
            [
                [float(f"{factor.at(u):.{_DIGITS}g}") for factor, u in zip(self.factors, point, strict=True)]
                for point in cube
            ]
        )

    def cube(self, values: Floats) -> Floats:
        """(points, parameters) coordinates of values."""
        return np.array(
            [
                [factor.coordinate(value) for factor, value in zip(self.factors, point, strict=True)]
                for point in values.tolist()
            ]
        )

    def rounded(self, cube: Floats) -> Floats:
        """(points, parameters) where the values lie that are run, to the digits that are stored."""
        return self.cube(self.values(cube))

    def sets(self, cube: Floats, label: str) -> ParameterSets:
        """Points of the cube as sets of parameters, one for each replicate."""
        return ParameterSets(self.names, tuple(map(tuple, self.values(cube).tolist())), label)

    def spread(self, points: int, seed: int) -> Floats:
        """(points, parameters) a Latin hypercube."""
        cube: Floats = qmc.LatinHypercube(len(self.names), rng=seed).random(points)
        return cube

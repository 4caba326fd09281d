"""Draws of what is not known: from priors, from the posterior, with all that is assumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

import numpy as np

from sim.analysis.calibration.space import Space
from sim.analysis.futures.draws import coordinates, factors, points
from sim.analysis.futures.runs import InFuture
from sim.batch.factors import applied
from sim.batch.parameter_sets import ParameterSets
from sim.kernel.world import Floats
from sim.scenarios.scenario import Scenario

PRIOR, POSTERIOR, ALL_UNKNOWN = "prior", "posterior", "posterior_and_assumed"


@dataclass(frozen=True)
class Knowledge:
    """What is known of the parameters, as draws.

    Attributes:
        name: of the knowledge.
        names: parameters and rules that are drawn.
        where: (draws, names) where their values lie in their priors, 0 to 1.
        future: puts a scenario into the future of a draw.
    """

    name: str
    names: tuple[str, ...]
    where: Floats
    future: InFuture


def knowledge(posterior: ParameterSets, draws: int, seed: int) -> Iterator[Knowledge]:
    """Calibrated parameters from their priors, from the posterior, and so with all that is assumed drawn.

    Args:
        posterior: the draws of the package.
        draws: of each knowledge.
        seed: of the draws from the priors.
    """
    space = Space(posterior.names)
    cube = space.spread(draws, seed)
    blind = space.sets(cube, PRIOR)
    taken = [posterior.values[draw % len(posterior)] for draw in range(draws)]
    known = space.cube(np.array(taken))
    yield Knowledge(PRIOR, space.names, cube, blind.applied)
    yield Knowledge(POSTERIOR, space.names, known, posterior.applied)
    drawn, assumed = points(draws), [name not in space.names for name in (one.name for one in factors())]
    others = tuple(compress(factors(), assumed))

    def future(scenario: Scenario, draw: int) -> Scenario:
        return posterior.applied(applied(scenario, others, tuple(compress(drawn[draw], assumed))), draw)

    names = (*space.names, *(factor.name for factor in others))
    yield Knowledge(ALL_UNKNOWN, names, np.hstack([known, coordinates(drawn)[:, assumed]]), future)

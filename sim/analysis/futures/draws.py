"""What is varied between futures, and the draws."""

from __future__ import annotations

from functools import cache

from sim.analysis.priors import prior
from sim.batch.factors import Factor, Point
from sim.batch.methods import points_of
from sim.kernel.parameters import declared
from sim.kernel.world import Floats
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.schema import RULES

BASELINE = "baseline"
SEED = 2018
_OBSERVED = ("fitted_", "set_")
#: Rules of the scenario that say how actors behave, where what is known does not decide between the choices.
#: The others are what policy may choose (award, advisers) or concern the goals alone.
STRUCTURAL = ("matching", "study_effect", "grant_choice")
#: Read only under a choice of a rule that no future makes, so that nothing can hang on it there.
_IDLE = ("contagion_threshold",)


@cache
def factors() -> tuple[Factor, ...]:
    """Every parameter that is assumed, or taken over from elsewhere, over its range, and some rules.

    What was fitted or set so that the model agrees with observations stays, or the futures would not.

    What the baseline changes on the way is dated, and stays. Each choice of a ``STRUCTURAL`` rule is in the
    same number of futures.
    """
    dated = {name for name, path in load_scenario(BASELINE).parameters.items() if len(path) > 1}
    numbers = tuple(
        prior(one.name)
        for one in declared().values()
        if not one.source.startswith(_OBSERVED)
        and one.name not in dated
        and one.name not in _IDLE
        and one.low < one.high
    )
    return (*numbers, *(Factor(name, "rule", values=RULES[name]) for name in STRUCTURAL))


def points(samples: int, seed: int = SEED) -> list[Point]:
    """A Latin hypercube of what is assumed: a value for each in every future."""
    return points_of("lhs", factors(), seed, {"samples": samples})


def coordinates(drawn: list[Point]) -> Floats:
    """Where the values lie in their ranges, 0 to 1: (futures, assumptions)."""
    from sim.batch.design import Design

    return Design("lhs", factors(), tuple(drawn)).unit()


def in_future(scenario: Scenario, point: Point) -> Scenario:
    """A scenario with the assumptions of a future."""
    from sim.batch.factors import applied

    return applied(scenario, factors(), point)

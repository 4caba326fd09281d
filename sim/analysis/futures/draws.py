"""What is varied between futures, and the draws."""

from __future__ import annotations

from functools import cache

from sim.batch.factors import Factor, Point
from sim.batch.methods import points_of
from sim.kernel.parameters import Parameter, declared
from sim.kernel.world import Floats
from sim.scenarios.scenario import Scenario, load_scenario

BASELINE = "baseline"
SEED = 2018
_OBSERVED = ("fitted_", "set_")


@cache
def factors() -> tuple[Factor, ...]:
    """Every parameter that is assumed, or taken over from elsewhere, over its plausible range.

    What was fitted or set so that the model agrees with observations stays, or the futures would not.

    A range that goes as many times below as above its default (0.005, 0.015, 0.045) is drawn on a log scale.
    What the baseline changes on the way is dated, and stays.
    """
    dated = {name for name, path in load_scenario(BASELINE).parameters.items() if len(path) > 1}
    return tuple(
        Factor(one.name, "uncertainty", one.low, one.high, _scale(one))
        for one in declared().values()
        if not one.source.startswith(_OBSERVED) and one.name not in dated and one.low < one.high
    )


def _scale(parameter: Parameter) -> str:
    """Linear, unless the default lies nearer to the geometric middle of the range than to the other."""
    low, default, high = parameter.low, parameter.default, parameter.high
    if low <= 0.0:
        return "linear"
    return "log" if abs(default - (low * high) ** 0.5) < abs(default - (low + high) / 2.0) else "linear"


def points(samples: int, seed: int = SEED) -> list[Point]:
    """A Latin hypercube of the assumed parameters: a value for each in every future."""
    return points_of("lhs", factors(), seed, {"samples": samples})


def coordinates(drawn: list[Point]) -> Floats:
    """Where the values lie in their ranges, 0 to 1: (futures, parameters)."""
    from sim.batch.design import Design

    return Design("lhs", factors(), tuple(drawn)).unit()


def in_future(scenario: Scenario, point: Point) -> Scenario:
    """A scenario with the assumptions of a future."""
    from sim.batch.factors import applied

    return applied(scenario, factors(), point)

"""A run quarter by quarter, for tests that look at the state in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.acts.quarter import some_acts
from sim.extensions import ACTS
from sim.kernel import draws
from sim.kernel.parameters import Parameters
from sim.kernel.state import Clock, Policy, State
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario
from sim.simulation.policy import appropriated, clock_at, parameters_at, policy_of
from sim.simulation.run import advance
from sim.simulation.start import initial_state


class Step(NamedTuple):
    """What a quarter had to go by, and the state that it left: the run's own, not a copy."""

    clock: Clock
    parameters: Parameters
    policy: Policy
    state: State


def start(world: World, scenario: Scenario, quarters: int = 51, seed: int = 1) -> Step:
    """The first quarter's clock and parameters, and the state before it."""
    key = np.uint64(draws.run_key(seed, 0))
    parameters = parameters_at(scenario, 0)
    money = appropriated(scenario, quarters, world.scale)
    clock = clock_at(scenario, parameters, world.scale, key, 0, quarters)
    return Step(
        clock, parameters, policy_of(scenario, world), initial_state(world, parameters, key, money, quarters)
    )


def steps(world: World, scenario: Scenario, quarters: int = 51, seed: int = 1) -> Iterator[Step]:
    """Every quarter after it has run."""
    first = start(world, scenario, quarters, seed)
    for t in range(quarters):
        parameters = parameters_at(scenario, t)
        clock = clock_at(scenario, parameters, world.scale, first.clock.key, t, quarters)
        advance(world, first.state, [clock], parameters, first.policy)
        yield Step(clock, parameters, first.policy, first.state)


def carry_out(act: str, world: World, step: Step) -> None:
    """Carry out one act of the quarter on the state."""
    number = ACTS.index(act)
    arguments = (step.clock, step.parameters, step.policy, world.traits, step.state.columns)
    some_acts(number, number + 1, *arguments)

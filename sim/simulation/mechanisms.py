"""Run a quarter with extensions: compiled acts, and between them what extensions add or replace."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from sim.acts.quarter import some_acts
from sim.errors import InputError
from sim.extensions import ACTS, Extension
from sim.extensions.now import Now
from sim.kernel.parameters import Parameters
from sim.kernel.state import Clock, Policy, State
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario


class InProgress(Protocol):
    """What extensions need of a run in progress (``sim.simulation.Simulation``)."""

    world: World
    scenario: Scenario
    state: State
    clock: Clock
    parameters: Parameters
    policy: Policy
    quarter: int
    extensions: tuple[Extension, ...]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the columns of the series."""


def extended(simulation: InProgress) -> Callable[..., None]:
    """The quarter with the simulation's extensions; acts that stand between two of them run at one go."""
    wrapped: dict[int, list[Extension]] = {}
    for extension in simulation.extensions:
        wrapped.setdefault(ACTS.index(extension.act), []).append(extension)

    def run_quarter(*arguments: Any) -> None:
        done = 0
        for number in sorted(wrapped):
            if number > done:
                some_acts(done, number, *arguments)
            act: Callable[[], None] = partial(some_acts, number, number + 1, *arguments)
            for extension in wrapped[number]:
                act = partial(_called, simulation, extension, act)
            act()
            done = number + 1
        if done < len(ACTS):
            some_acts(done, len(ACTS), *arguments)

    return run_quarter


def _called(simulation: InProgress, extension: Extension, act: Callable[[], None]) -> None:
    """Call the extension around an act."""
    if extension.position == "after":
        act()
    value = extension(_now(simulation, extension, act if extension.position == "instead_of" else None))
    if extension.measures is not None:
        column = simulation.outcomes.index(extension.name)
        simulation.state.flows.series[simulation.quarter, column] = _number(extension, value)
    if extension.position == "before":
        act()


def _number(extension: Extension, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError(
            f"extensions: {extension.name} gave {value!r}; an outcome gives one number a quarter"
        ) from None


def _now(simulation: InProgress, extension: Extension, replaced: Callable[[], None] | None) -> Now:
    own = extension.appropriation is not None
    return Now(
        name=extension.name,
        clock=simulation.clock,
        parameters=simulation.parameters,
        policy=simulation.policy,
        world=simulation.world,
        **dict(simulation.state.groups()),
        fund=simulation.scenario.funds.index(extension.name) if own else None,
        replaced=replaced,
    )

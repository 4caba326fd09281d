"""Run a quarter with extensions: its acts one by one from Python, some of them wrapped or replaced."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any, Protocol

from sim.acts.quarter import quarter
from sim.errors import InputError
from sim.extensions import Extension
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
    """The quarter with the simulation's extensions: its acts one by one, some of them wrapped or replaced."""
    schedule = getattr(quarter, "py_func", quarter)
    names = dict(schedule.__globals__)
    for extension in simulation.extensions:
        names[extension.act] = partial(_called, simulation, extension, names[extension.act])
    return FunctionType(schedule.__code__, names)


def _called(simulation: InProgress, extension: Extension, act: Callable[..., None], *arguments: Any) -> None:
    """Call the extension around an act."""
    if extension.position == "after":
        act(*arguments)
    replaced = partial(act, *arguments) if extension.position == "instead_of" else None
    value = extension(_now(simulation, extension, replaced))
    if extension.measures is not None:
        column = simulation.outcomes.index(extension.name)
        simulation.state.flows.series[simulation.quarter, column] = _number(extension, value)
    if extension.position == "before":
        act(*arguments)


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

"""The acts of a quarter one by one: what is handed to each, and how long it takes.

The compiled quarter cannot be timed from within, so its acts are called from Python instead, as extensions
do. Unpacking an act's columns for such a call takes longer than some acts: the time of a call that does
nothing with the same arguments is measured beside every act and taken off.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

from sim.acts.quarter import some_acts
from sim.extensions import ACTS, Extension, Now
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.schema import MODULES
from sim.simulation import Simulation


def busiest_scenario() -> Scenario:
    """The built-in scenario in which every act has something to do: ``balanced`` with all modules on."""
    return load_scenario("balanced").model_copy(update={"modules": dict.fromkeys(MODULES, True)})


def empty_call(_first: int, _last: int, *arguments: Any) -> None:
    """Unpack the arguments of some acts and carry out none."""
    some_acts(0, 0, *arguments)


def profile(world: World, scenario: Scenario, rounds: int = 5) -> dict[str, float]:
    """Milliseconds that each act takes over a whole run, without the cost of calling it from Python.

    Every round does the same work, so the fastest of each call counts.
    """
    fastest: dict[tuple[str, int], tuple[int, int]] = {}

    def timed(now: Now) -> None:
        called = now.replaced
        start = perf_counter_ns()
        empty_call(*called.args)
        between = perf_counter_ns()
        called.func(*called.args)
        end = perf_counter_ns()
        when = now.name.removeprefix("around_"), now.clock.quarter
        empty, full = fastest.get(when, (between - start, end - between))
        fastest[when] = min(empty, between - start), min(full, end - between)

    for _ in range(rounds):
        _run(world, scenario, timed, ACTS)
    total = dict.fromkeys(ACTS, 0.0)
    for (act, _quarter), (empty, full) in fastest.items():
        total[act] += max(full - empty, 0) / 1e6
    return total


def captured(world: World, scenario: Scenario, act: str) -> list[tuple[Any, ...]]:
    """What an act is handed in every quarter of a run: copies of all columns but the world's."""
    kept: list[tuple[Any, ...]] = []

    def keep(now: Now) -> None:
        kept.append(copied(now.replaced.args))
        now.proceed()

    _run(world, scenario, keep, (act,))
    return kept


def copied(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same arguments with copies of the columns that an act may write."""
    return tuple(_copied(argument) for argument in arguments)


def _copied(argument: Any) -> Any:
    if isinstance(argument, tuple):
        return type(argument)(*map(_copied, argument))
    writable = getattr(getattr(argument, "flags", None), "writeable", False)
    return argument.copy() if writable else argument


def _run(world: World, scenario: Scenario, around: Callable[[Now], None], names: tuple[str, ...]) -> None:
    """Carry out a run in which ``around`` is called in place of the acts of these names."""
    instead = [Extension(f"around_{name}", around, name, "instead_of") for name in names]
    Simulation(world, scenario, extensions=instead).run()

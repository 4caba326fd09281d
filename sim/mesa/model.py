"""PartnershipModel: one run of the simulator as a Mesa model, for Mesa's tools.

A thin face: the run is a ``sim.simulation.Simulation``, and the same scenario, world and seed give the
same numbers as ``sim.simulate``. It keeps to what Mesa 3.5 and 4.0 have in common.

Time is counted in quarters: at ``model.time`` t, t quarters have been run, and the next to run is quarter
number t (0 = 2018Q2). An event at a whole time t comes after the quarters before t and before quarter t.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from mesa.time import Event, EventGenerator, Priority, Schedule

from sim.calendar import DEFAULT_QUARTERS, parse_quarter, quarter_label
from sim.errors import InputError
from sim.mesa.agents import KINDS
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Simulation
from sim.worlds import World, load_world

if TYPE_CHECKING:
    from sim.extensions import Extension

type Reporters = Mapping[str, str | Callable[..., Any] | list[Any]]


class PartnershipModel(mesa.Model):
    """One run, quarter by quarter.

    Args:
        scenario: built-in name, path of a YAML file, or a ``Scenario``; None = ``baseline``.
        world: ``japan``, ``synthetic:N``, or a ``World``.
        rng: root seed of the world and of every draw, 0 to 2**63 - 1; None draws one, found in ``seed``.
        replicate: number of the replicate. Models that differ in their scenario only share their draws.
        quarters: horizon from 2018Q2.
        extensions: user-defined extensions (``sim.extensions``).
        agent_reporters, agenttype_reporters: what ``datacollector`` notes of agents, as in Mesa.

    Attributes:
        simulation: the run (``sim.simulation.Simulation``), with all columns in ``simulation.state``.
        seed: root seed of the run.
        running: False once the horizon is reached; steps after that do nothing, and time stands still.
        datacollector: one row per quarter, one column per outcome (``sim list outcomes``), in ``quarter``
            the quarter's label; ``get_model_vars_dataframe()`` numbers rows by quarter.

    Raises:
        InputError: scenario, world, seed or extension is wrong.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | None = None,
        world: World | str = "synthetic:300",
        rng: int | None = 1,
        replicate: int = 0,
        quarters: int = DEFAULT_QUARTERS,
        extensions: Sequence[Extension] = (),
        agent_reporters: Reporters | None = None,
        agenttype_reporters: Mapping[type[mesa.Agent], Reporters] | None = None,
    ) -> None:
        self.seed = _seed(rng)
        super().__init__(rng=self.seed)
        self.simulation = Simulation(
            world if isinstance(world, World) else load_world(world, self.seed),
            scenario if isinstance(scenario, Scenario) else load_scenario(scenario or "baseline"),
            self.seed,
            replicate,
            quarters,
            extensions,
        )
        self.datacollector = mesa.DataCollector(
            model_reporters={"quarter": partial(_last_quarter)}
            | {name: partial(_outcome, column) for column, name in enumerate(self.simulation.outcomes)},
            agent_reporters=_to_be_pickled(agent_reporters or {}),
            agenttype_reporters={
                kind: _to_be_pickled(reporters) for kind, reporters in (agenttype_reporters or {}).items()
            },
        )
        self._callbacks: list[_Callback] = []
        self._has_views = False
        # Mesa has put a step that moves its clock in the place of ours; it must not go past the horizon.
        self._step_of_mesa = self.step
        self.step = self._step_to_horizon  # type: ignore[method-assign]

    def step(self) -> None:
        """Run one quarter and collect its outcomes; at the horizon, do nothing."""
        self.simulation.step()
        self.running = not self.simulation.finished
        self.datacollector.collect(self)

    def _step_to_horizon(self) -> None:
        if not self.simulation.finished:
            self._step_of_mesa()

    def run_for(self, duration: float) -> None:
        """Run so many quarters, at most to the horizon."""
        self.run_until(self.time + duration)

    def run_until(self, end_time: float) -> None:
        """Run until so many quarters have been run, at most to the horizon."""
        if not self.simulation.finished:
            super().run_until(min(end_time, float(self.simulation.quarters)))

    def intervene(self, **sections: Any) -> None:
        """Change policy from the next quarter on; of money, what the change adds to the year under way.

        ``model.intervene(levers={"subsidy": 2_500}, rules={"award": "lottery"})``

        Args:
            sections: sections of a scenario file, laid over the scenario in force.

        Raises:
            InputError: a section, key or value is wrong.
        """
        now = self.scenario_in_force
        self.simulation.change_policy(now.overlaid(now.name, **sections))

    def schedule_event(
        self,
        function: Callable[[], Any],
        *,
        at: float | str | None = None,
        after: float | None = None,
        priority: Priority = Priority.DEFAULT,
    ) -> Event:
        """Schedule a one-off event, such as a dated intervention.

        ``model.schedule_event(partial(model.intervene, levers={"subsidy": 2_500}), at="2022Q2")``

        Args:
            function: called without arguments. The model keeps it alive, so lambdas and partials will do,
                but a model with a lambda to come cannot be pickled.
            at: quarter before which it happens, as a label or as a number (0 = 2018Q2). Between two whole
                numbers it happens before the quarter that has begun, which is run at the next whole number.
            after: quarters from now.
            priority: order among events at the same time. With ``Priority.HIGH`` it may come before
                the quarter that ends at that time.

        Returns:
            The event, which can be cancelled.
        """
        time = float(parse_quarter(at)) if isinstance(at, str) else at
        return super().schedule_event(self._kept(function), at=time, after=after, priority=priority)

    def schedule_recurring(
        self, function: Callable[[], Any], schedule: Schedule, priority: Priority = Priority.DEFAULT
    ) -> EventGenerator:
        """Schedule an event that recurs, as in Mesa; the model keeps the function alive."""
        return super().schedule_recurring(self._kept(function), schedule, priority)

    def _kept(self, function: Callable[[], Any]) -> _Callback:
        """The function in a wrapper that the model holds: Mesa forgets what nobody else refers to."""
        if not callable(function):
            raise TypeError("function must be a callable")
        self._callbacks.append(_Callback(function))
        return self._callbacks[-1]

    @property
    def scenario_in_force(self) -> Scenario:
        """The scenario that the next quarter runs under."""
        return self.simulation.scenario

    @property
    def scenario(self) -> None:
        """Mesa's own slot for parameters: always None, since parameters are arguments of this class.

        Were anything there, SolaraViz would replace the argument ``scenario`` by it at every reset.
        """

    @scenario.setter
    def scenario(self, scenario: object) -> None:
        """Mesa fills the slot when a model is made."""

    @property
    def agents(self) -> Any:
        """Every municipality, company and institution, as a Mesa AgentSet."""
        self._make_views()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """AgentSets of ``Municipality``, ``Company`` and ``FinancialInstitution``."""
        self._make_views()
        return super().agents_by_type

    @property
    def agent_types(self) -> list[type[mesa.Agent]]:
        """The classes of agents."""
        self._make_views()
        types: list[type[mesa.Agent]] = super().agent_types
        return types

    def _make_views(self) -> None:
        """Make a view of every row when agents are first asked for: a run by itself needs none."""
        if not self._has_views:
            self._has_views = True
            for kind in KINDS:
                for row in range(kind.number_in(self.simulation)):
                    self.register_agent(kind(self, row))


class _Callback:
    """What Mesa calls at an event. Mesa itself takes no lambda and keeps no function alive."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function

    def __call__(self) -> None:
        self.function()


def _seed(rng: int | None) -> int:
    if rng is None:
        return secrets.randbits(32)
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer):
        raise InputError(f"rng: {rng!r} is no whole number from 0 to 2**63 - 1")
    return int(rng)


def _outcome(column: int, model: PartnershipModel) -> float:
    """An outcome of the last quarter run."""
    return float(model.simulation.state.flows.series[model.simulation.quarter - 1, column])


def _last_quarter(model: PartnershipModel) -> str:
    return quarter_label(model.simulation.quarter - 1)


def _to_be_pickled(reporters: Reporters) -> dict[str, Any]:
    """The same reporters; names of attributes as functions that can be pickled, unlike those Mesa makes."""
    return {
        name: attrgetter(reporter) if isinstance(reporter, str) else reporter
        for name, reporter in reporters.items()
    }

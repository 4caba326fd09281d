"""Scenarios share their past: those that tell a run the same until a quarter are one run until then.

What a run is told is all that the kernel is handed besides the world, the draws and the state. Two runs of
one world and key that have been told the same have the same state, so one may branch from the other
(``Simulation.branch``), and both give the same bytes as run apart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from sim.calendar import QUARTERS_PER_YEAR
from sim.kernel.parameters import Parameters
from sim.kernel.world import Floats, World
from sim.scenarios.scenario import Scenario
from sim.simulation.policy import appropriated, clock_at, parameters_at, policy_of
from sim.simulation.run import Run, Simulation

#: Settings of which nothing depends in a year in which their lever has no money.
_UNFELT_WITHOUT = {
    "guarantee_cover": "esg_finance.guarantee",
    "interest_subsidy_rate": "esg_finance.interest_subsidy",
}
#: Below this logit of success a project may still fail: 1 / (1 + exp(-36)) is less than 1.
_CERTAIN = 36.0


class Stretch(NamedTuple):
    """Quarters that scenarios run as one.

    Attributes:
        scenarios: their numbers.
        since: first quarter.
        until: quarter before which it ends.
        later: how they go on from there, apart; empty at the horizon.
    """

    scenarios: Sequence[int]
    since: int
    until: int
    later: list[Stretch]


def shared_past(scenarios: Sequence[Scenario], world: World, quarters: int) -> list[Stretch]:
    """Until when which scenarios can run as one, as trees that branch.

    Those with extensions run alone, since code of users may keep a memory of its own.

    Args:
        scenarios: what is run, with the same draws.
        world: where.
        quarters: horizon.
    """
    told = [_Told(scenario, world, quarters) for scenario in scenarios]
    return _stretches(told, range(len(told)), 0, quarters)


def quarters_run(stretches: Sequence[Stretch]) -> int:
    """Quarters that are run for all of them together."""
    return sum(stretch.until - stretch.since + quarters_run(stretch.later) for stretch in stretches)


def run_together(
    start: Callable[[Scenario], Simulation], scenarios: Sequence[Scenario], stretches: Sequence[Stretch]
) -> Iterator[tuple[int, Run]]:
    """Run every stretch once, depth first: few states are there at a time.

    Args:
        start: makes the simulation of a scenario, for all in the same world, with the same draws and horizon.
        scenarios: those whose past is shared.
        stretches: how they share it (``shared_past``).

    Yields:
        Number of a scenario and its run, in any order.
    """
    for stretch in stretches:
        yield from _grown(start(scenarios[stretch.scenarios[0]]), scenarios, stretch)


def _grown(
    simulation: Simulation, scenarios: Sequence[Scenario], stretch: Stretch
) -> Iterator[tuple[int, Run]]:
    """Runs of a stretch and of what follows it."""
    run = simulation.run(stretch.until)
    if not stretch.later:
        yield from ((number, replace(run, scenario=scenarios[number])) for number in stretch.scenarios)
        return
    own, *others = stretch.later  # the scenario in force is the first of them all
    for other in others:
        yield from _grown(simulation.branch(scenarios[other.scenarios[0]]), scenarios, other)
    yield from _grown(simulation, scenarios, own)


def _stretches(told: Sequence[_Told], numbers: Sequence[int], since: int, quarters: int) -> list[Stretch]:
    """How scenarios with the same past go on from a quarter."""
    found = []
    for alike in _alike(told, numbers, since):
        parting = (t for t in range(since + 1, quarters) if len(_alike(told, alike, t)) > 1)
        until = quarters if len(alike) == 1 else next(parting, quarters)
        later = _stretches(told, alike, until, quarters) if until < quarters else []
        found.append(Stretch(alike, since, until, later))
    return found


def _alike(told: Sequence[_Told], numbers: Sequence[int], t: int) -> list[Sequence[int]]:
    """The scenarios in groups that are told the same in quarter ``t``.

    By parameters first: points of a design mostly differ in these from the beginning, and they cost little.
    """
    groups = [numbers]
    for said_by in (_Told.parameters, _Told.policy):
        groups = [alike for group in groups for alike in _grouped(told, group, t, said_by)]
    return groups


def _grouped(
    told: Sequence[_Told], numbers: Sequence[int], t: int, said_by: Callable[[_Told, int], Hashable]
) -> list[Sequence[int]]:
    if len(numbers) == 1:
        return [numbers]
    groups: dict[Hashable, list[int]] = {}
    for number in numbers:
        groups.setdefault(said_by(told[number], t), []).append(number)
    return list(groups.values())


class _Told:
    """What a scenario tells a run quarter by quarter, worked out when it is asked for."""

    def __init__(self, scenario: Scenario, world: World, quarters: int) -> None:
        self._scenario, self._world, self._quarters = scenario, world, quarters

    def parameters(self, t: int) -> Hashable:
        """Values of all parameters; with extensions, what equals nothing else."""
        return self if self._scenario.extensions else self._parameters(t)

    def policy(self, t: int) -> tuple[Hashable, ...]:
        """All besides: rules, money of the year, settings that are felt, clock and rows of the ledger."""
        parameters, year = self._parameters(t), self._money[:, t // QUARTERS_PER_YEAR]
        clock = clock_at(self._scenario, parameters, self._world.scale, 0, t, self._quarters)
        return self._rules, self._rows, year.tobytes(), self._felt(parameters, year), clock

    def _parameters(self, t: int) -> Parameters:
        return parameters_at(self._scenario, t)

    @cached_property
    def _money(self) -> Floats:
        return appropriated(self._scenario, self._quarters, self._world.scale)

    @cached_property
    def _policy(self) -> Mapping[str, Hashable]:
        """Rules and settings by name, but for programmes, of which the rows of the ledger tell."""
        policy = policy_of(self._scenario, self._world)._asdict()
        del policy["programmes"]
        return {name: _exact(value) for name, value in policy.items()}

    @cached_property
    def _rules(self) -> Hashable:
        return tuple(said for name, said in self._policy.items() if name not in _UNFELT_WITHOUT)

    @cached_property
    def _rows(self) -> Hashable:
        """What every row of the ledger pays for, whom it serves and who pays; its money comes by year."""
        programmes = self._scenario.programmes.items()
        plain = {name: repr(programme.model_copy(update={"money": {}})) for name, programme in programmes}
        return tuple((fund, plain.get(fund)) for fund in self._scenario.funds)

    def _felt(self, parameters: Parameters, year: Floats) -> Hashable:
        """Settings but for those of levers that have no money this year.

        A guarantee of what cannot default costs nothing and is given without money: there its cover counts.
        """
        programmes = self._scenario.programmes
        levers = {
            programmes[fund].lever if fund in programmes else fund
            for fund, amount in zip(self._scenario.funds, year, strict=True)
            if amount > 0.0
        }
        if not _may_default(parameters):
            levers.add(_UNFELT_WITHOUT["guarantee_cover"])
        return tuple(self._policy[name] for name, lever in _UNFELT_WITHOUT.items() if lever in levers)


def _may_default(parameters: Parameters) -> bool:
    """Whether every project has some probability of default."""
    deal = parameters.deal
    slopes = (deal.success_match, deal.success_capacity, deal.success_trust)
    best = deal.success_constant + sum(max(0.0, slope) for slope in slopes)
    return best <= _CERTAIN and parameters.finance.default_given_failure >= 1e-9


def _exact(value: Any) -> Hashable:
    return value.tobytes() if hasattr(value, "tobytes") else repr(value)

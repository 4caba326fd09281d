"""Simulate: a world, a scenario and a key give a run, which can stop, be saved, go on and branch."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.acts.quarter import quarters as run_quarters
from sim.calendar import DEFAULT_QUARTERS, FIRST_YEAR, QUARTERS_PER_YEAR, quarter_label
from sim.errors import InputError
from sim.kernel import draws
from sim.kernel.outcomes import COLUMN
from sim.kernel.parameters import Parameters
from sim.kernel.state import ROWS, Clock, Deals, Ledger, Policy, State, with_room
from sim.kernel.world import Floats, World
from sim.scenarios.scenario import Scenario
from sim.scenarios.schema import WORDS
from sim.simulation.policy import appropriated, clock_at, parameters_at, policy_of
from sim.simulation.programmes import depend_on_adoption, programmes_of
from sim.simulation.start import initial_state
from sim.simulation.targets import refuse_empty_targets
from sim.worlds.groups import Groups, groups_of

if TYPE_CHECKING:
    from sim.extensions import Extension


@dataclass(frozen=True)
class Run:
    """One run and everything it left.

    Attributes:
        world, scenario, seed, replicate: what was run.
        quarters: quarters run.
        outcomes: names of the columns of ``series``: those of ``sim.kernel.outcomes.OUTCOMES``, then those of
            extensions.
        series: (quarters, outcomes) float64.
        state: all columns at the end.
        groups: groups of municipalities whose outcomes were kept, too, if any.
    """

    world: World
    scenario: Scenario
    seed: int
    replicate: int
    quarters: int
    outcomes: tuple[str, ...]
    series: Floats
    state: State
    groups: Groups | None = None

    @property
    def places(self) -> Floats:
        """(quarters, groups, outcomes of ``sim.kernel.outcomes.BY_PLACE``) float64."""
        return self.state.flows.places[: self.quarters]

    @property
    def ledger(self) -> dict[str, Floats]:
        """JPY M by fund (``Scenario.funds``) and fiscal year: appropriated, spent, lapsed."""
        books = self.state.ledger
        return {"appropriated": books.appropriated, "spent": books.spent, "lapsed": books.lapsed}

    def deals(self) -> dict[str, Any]:
        """Columns of the deals table, one row per proposal or renewal; see ``sim.kernel.state.Deals``."""
        deals = self.state.deals
        rows = int(deals.tally[ROWS])
        lists = ("open_projects", "ended", "loans", "tally")
        return {name: getattr(deals, name)[:rows] for name in Deals._fields if name not in lists}

    def municipalities(self) -> dict[str, Any]:
        """Columns of the municipalities table at the end, one row each."""
        municipalities = self.state.municipalities
        untouched = municipalities.goals_untouched.mean(axis=1)
        gap = np.maximum(1.0 - untouched, 1e-300)
        return {
            "jis_code": self.world.labels.jis_code,
            "adopted_quarter": municipalities.adopted_quarter,
            "member_quarter": municipalities.member_quarter,
            "designated_quarter": municipalities.designated_quarter,
            "model_project": municipalities.model_project,
            "awareness": municipalities.awareness,
            "capacity": municipalities.capacity,
            "network": municipalities.network,
            "projects_signed": municipalities.signed,
            "projects_completed": municipalities.completed,
            "projects_failed": municipalities.failed,
            "sdg_index": 100.0 * municipalities.goals.mean(axis=1),
            "sdg_progress": 1e4 * (municipalities.goals.mean(axis=1) - untouched) / gap,
            "agreements": municipalities.agreements,
            "donation_quarter": municipalities.donation_quarter,
        }


class Simulation:
    """A run in progress: it can stop after any quarter, be saved, go on, and branch.

    What it gives does not depend on where it stopped, or on how often.

    Args:
        world: fixed traits (``sim.worlds.load_world``).
        scenario: a resolved scenario (``sim.scenarios.scenario.load_scenario``).
        seed: root seed, 0 to 2**63 - 1.
        replicate: number of the replicate. Scenarios with the same seed and replicate share their draws.
        quarters: horizon from 2018Q2.
        extensions: user-defined extensions (``sim.extensions``), besides those that the scenario names.
        by: keep outcomes by place, too: a key of ``sim.worlds.groups.GROUPINGS``.

    Attributes:
        quarter: quarters run so far, which is the number of the next one.
        state: live columns (``sim.kernel.state.State``).
        parameters, policy: those in force; ``clock`` that of the last quarter run.
        extensions: all user-defined extensions, in the order in which they act.
        groups: groups of municipalities whose outcomes are kept, if any.

    Raises:
        InputError: an extension cannot be used, or a programme names places that the world has not, or has
            nobody to serve.
    """

    def __init__(
        self,
        world: World,
        scenario: Scenario,
        seed: int = 1,
        replicate: int = 0,
        quarters: int = DEFAULT_QUARTERS,
        extensions: Sequence[Extension] = (),
        by: str | None = None,
    ) -> None:
        self.world, self.seed, self.replicate, self.quarters = world, seed, replicate, quarters
        self.scenario, self.extensions = _with_extensions(scenario, extensions)
        refuse_empty_targets(self.scenario, world)
        self.quarter = 0
        self.key = np.uint64(draws.run_key(seed, replicate))
        self._look_up_policy()
        money = appropriated(self.scenario, quarters, world.scale)
        self.groups = None if by is None else groups_of(world, by)
        self.state = initial_state(
            world, self.parameters, self.key, money, quarters, len(self.outcomes), self.groups
        )

    @property
    def finished(self) -> bool:
        """Whether the horizon is reached."""
        return self.quarter >= self.quarters

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the columns of the series."""
        own = (extension.name for extension in self.extensions if extension.measures)
        return (*COLUMN, *own)

    def step(self) -> None:
        """Run one quarter.

        Raises:
            InputError: the horizon is reached.
        """
        if self.finished:
            raise InputError(f"the run ends with {quarter_label(self.quarters - 1)}; give it more quarters")
        self._go_on(self.quarter + 1)

    def run(self, until: int | None = None) -> Run:
        """Go on until ``until`` quarters have been run, by default to the horizon; what there is then."""
        last = self.quarters if until is None else min(until, self.quarters)
        while self.quarter < last:
            self._go_on(last)
        return self.result()

    def _go_on(self, until: int) -> None:
        """Run at least one quarter, and before ``until`` as many as need no Python in between."""
        if _changes(self.scenario, self.quarter):
            self.parameters = parameters_at(self.scenario, self.quarter)
        if depend_on_adoption(self.scenario):
            adopted = self.state.municipalities.adopted
            programmes = programmes_of(self.scenario, self.world, adopted)
            self.policy: Policy = self.policy._replace(programmes=programmes)
        clocks = [self._clock_at(t) for t in range(self.quarter, self._unchanged(until))]
        self.clock = clocks[0]
        done = advance(self.world, self.state, clocks, self.parameters, self.policy, self._own_quarter)
        self.clock = clocks[done - 1]
        self.quarter += done

    def _unchanged(self, until: int) -> int:
        """The quarter before which nothing changes that compiled code is handed.

        At most a year away, so that a run of a large world can be interrupted.
        """
        first = self.quarter + 1
        if self.extensions or depend_on_adoption(self.scenario):
            return first
        until = min(until, self.quarter + QUARTERS_PER_YEAR)
        return next((t for t in range(first, until) if _changes(self.scenario, t)), until)

    def _clock_at(self, t: int) -> Clock:
        return clock_at(self.scenario, self.parameters, self.world.scale, self.key, t, self.quarters)

    def result(self) -> Run:
        """What the quarters run so far left. Its columns are live: they change when the run goes on."""
        done = self.state.flows.series[: self.quarter]
        what = (self.world, self.scenario, self.seed, self.replicate, self.quarter)
        return Run(*what, self.outcomes, done, self.state, self.groups)

    def save(self, path: str | Path) -> Path:
        """Save the run as it stands, to go on from with ``sim.resume``; the run may go on afterwards.

        Args:
            path: file to write.

        Raises:
            InputError: the file cannot be written, or an extension left what the run could not go on from.
        """
        from sim.provenance import model_digest
        from sim.simulation.checkpoint import Header, fingerprint, write_checkpoint
        from sim.simulation.columns import sizes_of

        header = Header(
            model=model_digest(),
            world=self.world.name,
            world_seed=self.world.seed,
            fingerprint=fingerprint(self.world),
            scenario=self.scenario,
            seed=self.seed,
            replicate=self.replicate,
            quarter=self.quarter,
            extensions=tuple(extension.name for extension in self.extensions),
            by=None if self.groups is None else self.groups.by,  # type: ignore[arg-type]
            sizes=sizes_of(self.state),
        )
        return write_checkpoint(Path(path), header, self.state)

    def restore(self, state: State, quarter: int) -> None:
        """Take over the columns of a run of the same arguments that stopped after ``quarter`` quarters."""
        self.state, self.quarter = state, quarter
        self._look_up_policy()

    def branch(self, scenario: Scenario, extensions: Sequence[Extension] = ()) -> Simulation:
        """A copy of the run as it stands that goes on under another scenario; see ``change_policy``."""
        twin = copy.copy(self)
        twin.state = State(
            **{name: columns._make(map(np.copy, columns)) for name, columns in self.state.groups()}
        )
        twin.change_policy(scenario, extensions)
        return twin

    def change_policy(self, scenario: Scenario, extensions: Sequence[Extension] = ()) -> None:
        """Put another scenario in force from the next quarter on.

        From the next fiscal year on its appropriations hold. In a fiscal year under way the difference
        between the two scenarios is added pro rata for the quarters left, as a supplementary budget;
        what is spent already cannot be withdrawn. Extensions in force stay in force, and programmes that the
        new scenario does not name get no more money.

        Raises:
            InputError: an extension or a programme cannot be used, or a programme of both scenarios pays for
                another lever.
        """
        known = {extension.name for extension in self.extensions}
        kept = self.scenario.extensions | scenario.extensions
        later, named = _with_extensions(scenario.model_copy(update={"extensions": kept}), extensions)
        self.extensions = (*self.extensions, *(new for new in named if new.name not in known))
        later = _with_programmes(_with_levers(later, self.extensions), self.scenario)
        refuse_empty_targets(later, self.world)
        rows = [later.funds.index(name) for name in self.scenario.funds]
        scale, given = self.world.scale, appropriated(self.scenario, self.quarters, self.world.scale)
        after = appropriated(later, self.quarters, scale)
        before = np.zeros_like(after)
        before[rows] = given
        for row in set(range(len(later.levers))) - set(rows):  # a lever of code in force from now on
            before[row] = appropriated(_with_levers(self.scenario, self.extensions), self.quarters, scale)[
                row
            ]
        self.scenario = later
        self.state.lay_out(rows, len(after))
        self.state.make_room(len(after), len(self.outcomes))
        _reappropriate(self.state.ledger, before, after, self.quarter)
        self._look_up_policy()

    def _look_up_policy(self) -> None:
        self.parameters = parameters_at(self.scenario, self.quarter)
        self.policy = policy_of(self.scenario, self.world)

    @property
    def _own_quarter(self) -> Callable[..., None] | None:
        """The quarter with the extensions between its acts, if there are any."""
        if not self.extensions:
            return None
        from sim.simulation.mechanisms import extended

        return extended(self)


def simulate(
    world: World,
    scenario: Scenario,
    seed: int = 1,
    replicate: int = 0,
    quarters: int = DEFAULT_QUARTERS,
    extensions: Sequence[Extension] = (),
    by: str | None = None,
) -> Run:
    """Run one replicate from beginning to end; arguments and errors are those of ``Simulation``.

    Returns:
        The run; the same arguments always give the same run, bit for bit.
    """
    return Simulation(world, scenario, seed, replicate, quarters, extensions, by).run()


def advance(
    world: World,
    state: State,
    clocks: Sequence[Clock],
    parameters: Parameters,
    policy: Policy,
    own_quarter: Callable[..., None] | None = None,
) -> int:
    """Run quarters on the state, at least the first of ``clocks``, until the deals table is full.

    Args:
        world, state: what acts are handed.
        clocks: one for each quarter that may be run.
        parameters, policy: those in force in all of them.
        own_quarter: what runs one quarter instead of the compiled one.

    Returns:
        Quarters run.
    """
    state.deals = with_room(state.deals, len(world.municipalities.size))
    what = (parameters, policy, world.traits, state.columns)
    if own_quarter is not None:
        own_quarter(clocks[0], *what)
        return 1
    return run_quarters(clocks, *what)


def _with_extensions(
    scenario: Scenario, given: Sequence[Extension]
) -> tuple[Scenario, tuple[Extension, ...]]:
    """The scenario with a fund for every user-defined lever, and all extensions in order."""
    if not given and not scenario.extensions:
        return scenario, ()
    from sim.extensions import checked, imported

    extensions = checked((*imported(scenario.extensions), *given), WORDS)
    return _with_levers(scenario, extensions), extensions


def _with_levers(scenario: Scenario, extensions: Sequence[Extension]) -> Scenario:
    """The scenario with a path of appropriations for every user-defined lever."""
    own = {
        extension.name: extension.appropriation
        for extension in extensions
        if extension.appropriation is not None and extension.name not in scenario.levers
    }
    return scenario.model_copy(update={"levers": scenario.levers | own}) if own else scenario


def _with_programmes(scenario: Scenario, before: Scenario) -> Scenario:
    """The scenario with the programmes of the one before, of which those that it does not name get no money.

    Raises:
        InputError: a programme of both pays for another lever, so that its row of the ledger would be of two.
    """
    kept = {}
    for name, programme in before.programmes.items():
        kept[name] = scenario.programmes.get(name, programme.model_copy(update={"money": {FIRST_YEAR: 0.0}}))
        if kept[name].lever != programme.lever:
            raise InputError(
                f"programmes.{name}: pays for {programme.lever}; name that of {kept[name].lever} otherwise"
            )
    return scenario.model_copy(update={"programmes": kept | scenario.programmes}) if kept else scenario


def _reappropriate(ledger: Ledger, before: Floats, after: Floats, quarter: int) -> None:
    """Change appropriations (L, Y) from ``quarter`` on; see ``Simulation.change_policy``."""
    under_way, into_year = divmod(quarter, QUARTERS_PER_YEAR)
    first = under_way + (into_year > 0)
    ledger.appropriated[:, first:] = after[:, first:]
    if into_year > 0 and under_way < after.shape[1]:
        share = 1.0 - into_year / QUARTERS_PER_YEAR
        change = np.maximum((after - before)[:, under_way] * share, -ledger.remaining)
        ledger.appropriated[:, under_way] += change
        ledger.remaining[:] += change


def _changes(scenario: Scenario, t: int) -> bool:
    return any(t in path for path in scenario.parameters.values())

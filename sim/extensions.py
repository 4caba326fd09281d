"""Mechanisms of one's own: an act, a lever or an outcome, in a few lines and without touching the package.

A decorated function sees one quarter of the run as it is (``Now``) and may change its columns::

    @lever(after="send_advice", appropriation={2019: 400})
    def advisers_to_small_towns(now):
        small = np.flatnonzero(now.places.population < 10_000)
        number = min(now.affordable(1.0), len(small))
        now.spend(1.0 * number)
        now.towns.coaching[now.in_lot_order(small)[:number]] += now.rules.capacity.capacity_adviser

It is handed to ``sim.simulate`` or ``sim.Simulation``, or named in a scenario file by its import
path (``extensions: [my_levers:advisers_to_small_towns]``). Where a run has extensions, the acts of the
quarter are called one by one from Python, which takes some tenths of a millisecond a quarter longer.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim import draws
from sim.acts.ledger import spend
from sim.agents.government import affordable
from sim.calendar import FIRST_YEAR
from sim.draws import Process
from sim.errors import InputError
from sim.outcomes import COLUMN, Kind
from sim.parameters import Parameters
from sim.scenarios.levers import LEVERS
from sim.schedule import quarter as compiled_quarter
from sim.state import Clock, Companies, Deals, Flows, Ledger, Lenders, Policy, Posts, Regions, Towns
from sim.worlds.world import Directory, Firm, Floats, Institution, Integers, Place, Prefecture, World

if TYPE_CHECKING:
    from sim.scenarios.scenario import Scenario
    from sim.simulation import Simulation

type Position = Literal["before", "after", "instead_of"]
type Money = float | Mapping[int, float]


@dataclass(frozen=True)
class Extension:
    """A mechanism of one's own and where it acts.

    Attributes:
        name: the function's; also that of its fund or outcome.
        function: called with a ``Now`` in every quarter; that of an outcome gives a number.
        act, position: before, after or instead of which act of ``sim.schedule.quarter`` it is called.
        appropriation: {fiscal year: JPY M a fiscal year, national} of a lever, a value holding until the
            next; None for what is no lever. A scenario's ``levers`` may say otherwise.
        measures: unit of an outcome; None for what is no outcome.
        kind: how an outcome relates to time.
    """

    name: str
    function: Callable[[Now], Any]
    act: str
    position: Position
    appropriation: Mapping[int, float] | None = None
    measures: str | None = None
    kind: Kind = Kind.STOCK

    def __call__(self, now: Now) -> Any:
        """Call the function."""
        return self.function(now)

    def appropriating(self, money: Money) -> Extension:
        """The same lever with other money: JPY M a fiscal year, national, or by year from which it holds."""
        return replace(self, appropriation=_as_path(self.name, money))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by import path, since the decorated function goes by the name of its extension."""
        return _revived, (self.function.__module__, self.function.__qualname__, self.appropriation)


def mechanism(
    *, before: str | None = None, after: str | None = None, instead_of: str | None = None
) -> Callable[[Callable[[Now], Any]], Extension]:
    """Make a function a mechanism that acts before, after or instead of an act of the quarter.

    Raises:
        InputError: not exactly one place is given, or there is no such act.
    """
    act, position = _place(before, after, instead_of)
    return lambda function: Extension(function.__name__, function, act, position)


def lever(
    *,
    appropriation: Money = 0.0,
    before: str | None = None,
    after: str | None = None,
    instead_of: str | None = None,
) -> Callable[[Callable[[Now], Any]], Extension]:
    """Make a function a lever: a mechanism with a fund of its own in the ledger, named after it.

    Args:
        appropriation: JPY M a fiscal year, national, or {fiscal year: JPY M} from which it holds.
        before, after, instead_of: the act at which it is called; exactly one.

    Raises:
        InputError: the place or the money is wrong.
    """
    act, position = _place(before, after, instead_of)

    def made(function: Callable[[Now], Any]) -> Extension:
        path = _as_path(function.__name__, appropriation)
        return Extension(function.__name__, function, act, position, appropriation=path)

    return made


def outcome(unit: str, kind: Kind = Kind.STOCK) -> Callable[[Callable[[Now], float]], Extension]:
    """Make a function an outcome: a number at the end of every quarter, in a column named after it."""
    return lambda function: Extension(
        function.__name__, function, "record", "after", measures=unit, kind=kind
    )


@dataclass(frozen=True)
class Now:
    """One quarter of a run as a mechanism sees it. Columns are live: writing into them changes the run.

    Attributes:
        clock: what time it is (``clock.quarter``, ``clock.year``, ``clock.first_of_year`` ...).
        rules: parameters in force, by group (``rules.capacity.capacity_adviser`` ...).
        policy: rules and settings of the scenario.
        world: fixed traits; ``places``, ``firms``, ``institutions``, ``prefectures``, ``directory`` are its
            columns.
        towns, companies, lenders, regions, posts, deals, ledger, flows: columns of ``sim.state``.
        fund: row of the ledger of a lever; None for what is no lever.
    """

    extension: Extension
    clock: Clock
    rules: Parameters
    policy: Policy
    world: World
    places: Place
    firms: Firm
    institutions: Institution
    prefectures: Prefecture
    directory: Directory
    towns: Towns
    companies: Companies
    lenders: Lenders
    regions: Regions
    posts: Posts
    deals: Deals
    ledger: Ledger
    flows: Flows
    fund: int | None
    replaced: Callable[[], None] | None

    def proceed(self) -> None:
        """Run the act that this mechanism stands in for.

        Raises:
            InputError: it stands in for none.
        """
        if self.replaced is None:
            raise InputError(f"{self.extension.name}: stands in for no act; declare it with instead_of")
        self.replaced()

    @property
    def remaining(self) -> float:
        """JPY M that this lever's fund has left in this fiscal year."""
        return float(self.ledger.remaining[self._own_fund()])

    def affordable(self, unit_cost: float) -> int:
        """Whole units (JPY M each) that this quarter's share of what remains buys."""
        return int(affordable(self.remaining, unit_cost, self.clock.quarters_left))

    def spend(self, amount: float) -> None:
        """Book ``amount`` (JPY M) of this lever's fund.

        Raises:
            InputError: it is negative, or more than remains.
        """
        if not 0.0 <= amount <= self.remaining * (1.0 + 1e-12) + 1e-9:
            raise InputError(f"{self.extension.name}: cannot spend JPY {amount} M of {self.remaining} M")
        spend(self.ledger, self.flows, self._own_fund(), self.clock.year, float(amount))

    def uniforms(self, n: int, purpose: str = "") -> Floats:
        """(n,) draws in (0, 1) for the ids 0 to n - 1, the same in every scenario of a replicate.

        Args:
            n: how many.
            purpose: sets draws of the same mechanism in the same quarter apart.
        """
        return draws.uniforms(self._stream(purpose), n)

    def in_lot_order(self, ids: Integers, purpose: str = "") -> Integers:
        """The ids in an order drawn by lot."""
        return draws.in_lot_order(self._stream(purpose), np.ascontiguousarray(ids, np.int64))

    def _stream(self, purpose: str) -> Any:
        word = hashlib.sha256(f"{self.extension.name}/{purpose}".encode()).digest()[:7]
        process = Process.CUSTOM + int.from_bytes(word)
        return np.uint64(draws.stream(self.clock.key, process, self.clock.quarter))

    def _own_fund(self) -> int:
        if self.fund is None:
            raise InputError(f"{self.extension.name}: has no money of its own; declare it as a lever")
        return self.fund


def acts() -> tuple[str, ...]:
    """Names of the acts of a quarter, in their order (``sim.schedule.quarter``)."""
    return tuple(name for name in _plain(compiled_quarter).__code__.co_names if callable(_global(name)))


def extended(simulation: Simulation) -> Callable[..., None]:
    """The quarter with the simulation's extensions: its acts one by one, some of them wrapped or replaced."""
    schedule = _plain(compiled_quarter)
    names = dict(schedule.__globals__)
    for extension in simulation.extensions:
        names[extension.act] = partial(_called, simulation, extension, names[extension.act])
    return FunctionType(schedule.__code__, names)


def _called(simulation: Simulation, extension: Extension, act: Callable[..., None], *arguments: Any) -> None:
    """Call the extension around an act."""
    if extension.position == "after":
        act(*arguments)
    replaced = partial(act, *arguments) if extension.position == "instead_of" else None
    value = extension(_now(simulation, extension, replaced))
    if extension.measures is not None:
        column = simulation.outcomes.index(extension.name)
        simulation.state.flows.series[simulation.quarter, column] = value
    if extension.position == "before":
        act(*arguments)


def _now(simulation: Simulation, extension: Extension, replaced: Callable[[], None] | None) -> Now:
    world = simulation.world
    own = extension.appropriation is not None
    return Now(
        extension=extension,
        clock=simulation.clock,
        rules=simulation.rules,
        policy=simulation.policy,
        world=world,
        places=world.places,
        firms=world.firms,
        institutions=world.institutions,
        prefectures=world.prefectures,
        directory=world.directory,
        **dict(simulation.state.groups()),
        fund=simulation.scenario.funds.index(extension.name) if own else None,
        replaced=replaced,
    )


def checked(extensions: Iterable[Extension]) -> tuple[Extension, ...]:
    """The extensions, when they can be used together.

    Raises:
        InputError: something is no extension, or a name is taken.
    """
    taken = {*(lever.name for lever in LEVERS), *COLUMN}
    found = tuple(extensions)
    for extension in found:
        if not isinstance(extension, Extension):
            raise InputError(
                f"extensions: {extension!r} is none; decorate a function with mechanism, lever or outcome"
            )
        if extension.name in taken:
            raise InputError(f"extensions: the name {extension.name} is taken; choose another")
        taken.add(extension.name)
    return found


def imported(scenario: Scenario) -> tuple[Extension, ...]:
    """The extensions that a scenario names.

    Raises:
        InputError: one cannot be imported, or its source is not the one that the scenario was made with.
    """
    found = []
    for path, digest in scenario.extensions.items():
        extension, now = import_extension(path)
        if now != digest:
            raise InputError(f"extensions: the source of {path} has changed since the scenario was made")
        found.append(extension)
    return tuple(found)


def import_extension(path: str) -> tuple[Extension, str]:
    """The extension at an import path ``module:name`` and the digest of its module's source.

    The working folder is searched last. Importing runs the module's code.

    Raises:
        InputError: there is none.
    """
    module_name, _, name = path.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    try:
        module = import_module(module_name)
    except Exception as error:  # noqa: BLE001 - whatever a user's module raises
        raise InputError(f"extensions: {path} cannot be imported ({type(error).__name__}: {error})") from None
    extension = getattr(module, name, None)
    if not isinstance(extension, Extension) or extension.name != name:
        raise InputError(f"extensions: {path}: the module has no mechanism, lever or outcome of that name")
    source = inspect.getsource(module).encode()
    return extension, hashlib.sha256(source).hexdigest()[:16]


def _revived(module: str, name: str, appropriation: Mapping[int, float] | None) -> Extension:
    extension: Extension = getattr(import_module(module), name)
    return replace(extension, appropriation=appropriation)


def _place(before: str | None, after: str | None, instead_of: str | None) -> tuple[str, Position]:
    given: dict[Position, str | None] = {"before": before, "after": after, "instead_of": instead_of}
    chosen = [(act, position) for position, act in given.items() if act is not None]
    if len(chosen) != 1:
        raise InputError("extensions: give exactly one of before, after and instead_of")
    if chosen[0][0] not in acts():
        raise InputError(f"extensions: there is no act {chosen[0][0]!r}; acts are {', '.join(acts())}")
    return chosen[0]


def _as_path(name: str, money: Money) -> Mapping[int, float]:
    path = dict(money) if isinstance(money, Mapping) else {FIRST_YEAR: float(money)}
    if any(year < FIRST_YEAR or not 0.0 <= amount < np.inf for year, amount in path.items()):
        raise InputError(f"extensions: {name}: appropriate 0 or more, in fiscal years from {FIRST_YEAR}")
    return {FIRST_YEAR: 0.0} | {year: float(path[year]) for year in sorted(path)}


def _plain(function: Any) -> FunctionType:
    """A compiled function as it was written."""
    plain: FunctionType = getattr(function, "py_func", function)
    return plain


def _global(name: str) -> Any:
    return _plain(compiled_quarter).__globals__.get(name)

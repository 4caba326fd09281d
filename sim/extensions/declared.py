"""Mechanisms of one's own: an act, a lever or an outcome, in a few lines and without touching the package.

A decorated function sees one quarter of the run as it is (``Now``) and may change its columns::

    @lever(after="send_advice", appropriation={2019: 400})
    def advisers_to_small_municipalities(now):
        small = np.flatnonzero(now.world.municipalities.population < 10_000)
        number = min(now.affordable(1.0), len(small))
        now.spend(1.0 * number)
        sent = now.in_lot_order(small)[:number]
        now.municipalities.coaching[sent] += now.parameters.capacity.capacity_adviser

It is handed to ``sim.simulate`` or ``sim.Simulation``, or named in a scenario file by its import
path (``extensions: [my_levers:advisers_to_small_municipalities]``). Where a run has extensions, the acts
between two of them are called from Python at one go, which takes about a tenth of a millisecond each time.
"""

from __future__ import annotations

import hashlib
import inspect
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.calendar import FIRST_YEAR
from sim.errors import InputError
from sim.kernel.funds import FUND_NAMES
from sim.kernel.outcomes import COLUMN, Kind

if TYPE_CHECKING:
    from sim.extensions.now import Now

#: The acts of a quarter in their order (``sim.acts.quarter.quarter``): where a mechanism may step in.
ACTS = (
    "open_quarter",
    "weigh_neighbours",
    "spread_awareness",
    "join_platform",
    "adopt",
    "hold_study_groups",
    "hold_subcommittees",
    "send_advice",
    "select_futurecities",
    "post_needs",
    "hold_meetings",
    "convert_meetings",
    "test_and_sign",
    "run_projects",
    "service_loans",
    "learn",
    "advance_goals",
    "spread_cases",
    "go_abroad",
    "record",
    "close_quarter",
)

type Position = Literal["before", "after", "instead_of"]
type Money = float | Mapping[int, float]


@dataclass(frozen=True)
class Extension:
    """A mechanism of one's own and where it acts.

    Attributes:
        name: the function's; also that of its fund or outcome.
        function: called with a ``Now`` in every quarter; that of an outcome gives a number.
        act, position: before, after or instead of which of ``ACTS`` it is called.
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


def checked(extensions: Iterable[Extension]) -> tuple[Extension, ...]:
    """The extensions, when they can be used together.

    Raises:
        InputError: something is no extension, or a name is taken.
    """
    taken = {*FUND_NAMES, *COLUMN}
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


def imported(named: Mapping[str, str]) -> tuple[Extension, ...]:
    """The extensions that a scenario names.

    Args:
        named: ``extensions`` of the scenario: import path -> digest of the source.

    Raises:
        InputError: one cannot be imported, or its source is not the one that the scenario was made with.
    """
    found = []
    for path, digest in named.items():
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
    if chosen[0][0] not in ACTS:
        raise InputError(f"extensions: there is no act {chosen[0][0]!r}; acts are {', '.join(ACTS)}")
    return chosen[0]


def _as_path(name: str, money: Money) -> Mapping[int, float]:
    path = dict(money) if isinstance(money, Mapping) else {FIRST_YEAR: float(money)}
    if any(year < FIRST_YEAR or not 0.0 <= amount < math.inf for year, amount in path.items()):
        raise InputError(f"extensions: {name}: appropriate 0 or more, in fiscal years from {FIRST_YEAR}")
    return {FIRST_YEAR: 0.0} | {year: float(path[year]) for year in sorted(path)}

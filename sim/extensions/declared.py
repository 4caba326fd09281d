"""User-defined mechanisms, levers and outcomes, in a few lines and without touching the package.

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
between two of them are called from Python at one go, which takes some tenths of a millisecond a quarter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal

from sim.calendar import FIRST_YEAR, LAST_YEAR
from sim.errors import InputError
from sim.extensions.names import check_word, taken_names
from sim.extensions.source import import_source, note_source
from sim.kernel.outcomes import Kind

if TYPE_CHECKING:
    from sim.extensions.now import Now

#: The acts of a quarter in their order (``sim.acts.quarter.QUARTER``): where a mechanism may step in.
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
    "sign_agreements",
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
    """A user-defined mechanism and where it acts.

    Attributes:
        name: the function's; also that of its fund or outcome.
        function: called with a ``Now`` in every quarter; that of an outcome gives a number.
        act, position: before, after or instead of which of ``ACTS`` it is called.
        appropriation: {fiscal year: JPY M a fiscal year, national} of a lever, a value holding until the
            next; None for what is no lever. A scenario's ``levers`` may say otherwise.
        measures: unit of an outcome; None for what is no outcome.
        kind: how an outcome relates to time.

    Raises:
        InputError: the name is no identifier.
    """

    name: str
    function: Callable[[Now], Any]
    act: str
    position: Position
    appropriation: Mapping[int, float] | None = None
    measures: str | None = None
    kind: Kind = Kind.STOCK

    def __post_init__(self) -> None:
        check_word(self.name)
        note_source(self.function.__module__)

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
    return lambda function: Extension(_name_of(function), function, act, position)


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
        name = _name_of(function)
        return Extension(name, function, act, position, appropriation=_as_path(name, appropriation))

    return made


def outcome(unit: str, kind: Kind | str = Kind.STOCK) -> Callable[[Callable[[Now], float]], Extension]:
    """Make a function an outcome: a number at the end of every quarter, in a column named after it.

    Args:
        unit: of the number, for tables and figures.
        kind: how it relates to time: ``flow`` (per quarter, summed up), ``stock`` or ``cumulative``.

    Raises:
        InputError: there is no such kind.
    """
    known = {one.name.lower(): one for one in Kind} | {one.value: one for one in Kind}
    if kind not in known:
        raise InputError(f"extensions: an outcome is a flow, a stock or cumulative, not {kind!r}")
    return lambda function: Extension(
        _name_of(function), function, "record", "after", measures=unit, kind=known[kind]
    )


def checked(extensions: Iterable[Extension], words: Iterable[str] = ()) -> tuple[Extension, ...]:
    """The extensions, when they can be used together.

    Args:
        extensions: in the order in which they act.
        words: names that are taken besides those of ``sim.extensions.names``.

    Raises:
        InputError: something is no extension, or a name is taken.
    """
    taken = taken_names(words)
    found = tuple(extensions)
    for extension in found:
        if not isinstance(extension, Extension):
            raise InputError(
                f"extensions: {extension!r} is none; decorate a function with mechanism, lever or outcome"
            )
        name = extension.name.casefold()
        if name in taken:
            raise InputError(
                f"extensions: the name {extension.name} is taken ({taken[name]}); choose another"
            )
        taken[name] = "another extension"
    return found


def _revived(module: str, name: str, appropriation: Mapping[int, float] | None) -> Extension:
    extension: Extension = getattr(import_source(module), name)
    return replace(extension, appropriation=appropriation)


def _place(before: str | None, after: str | None, instead_of: str | None) -> tuple[str, Position]:
    given: dict[Position, str | None] = {"before": before, "after": after, "instead_of": instead_of}
    chosen = [(act, position) for position, act in given.items() if act is not None]
    if len(chosen) != 1:
        raise InputError("extensions: give exactly one of before, after and instead_of")
    if chosen[0][0] not in ACTS:
        raise InputError(f"extensions: there is no act {chosen[0][0]!r}; acts are {', '.join(ACTS)}")
    return chosen[0]


def _name_of(function: Callable[..., Any]) -> str:
    name: str | None = getattr(function, "__name__", None)
    if not callable(function) or name is None:
        raise InputError(f"extensions: decorate a function, not {function!r}")
    return name


def _as_path(name: str, money: Money) -> Mapping[int, float]:
    path: dict[Any, Any] = dict(money) if isinstance(money, Mapping) else {FIRST_YEAR: money}
    for year, amount in path.items():
        if not _is(Integral, year) or not FIRST_YEAR <= year <= LAST_YEAR:
            raise InputError(
                f"extensions: {name}: fiscal years are from {FIRST_YEAR} to {LAST_YEAR}, not {year!r}"
            )
        if not _is(Real, amount) or not 0.0 <= amount < math.inf:
            raise InputError(f"extensions: {name}: appropriate 0 or more (JPY M), not {amount!r}")
    return {FIRST_YEAR: 0.0} | {int(year): float(path[year]) for year in sorted(path)}


def _is(kind: type, value: object) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)

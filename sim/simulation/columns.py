"""What the columns of a state may hold: shapes, and ranges on which the compiled acts rely.

Acts are compiled without checks of bounds. An id beyond what it points into, or a count of projects that
never were, would read and write outside of the arrays; so columns that come from a file are checked first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple, get_type_hints

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from sim.errors import InputError
from sim.kernel.funds import FUND_NAMES
from sim.kernel.outcomes import BY_PLACE, OUTCOMES
from sim.kernel.state import (
    AGREEMENTS,
    ENDED,
    FIRST,
    FLOWS,
    LOANS,
    NONE,
    OPEN,
    PARTNERS,
    PROJECT_STATES,
    ROWS,
    VERDICTS,
    Deals,
    ProjectState,
    State,
    empty_deals,
)
from sim.kernel.world import GOALS, SIZE_CLASSES

type Size = Annotated[int, Field(ge=0)]

#: A share may miss 0 or 1 by what rounding leaves.
_ROUNDING = 1e-9
#: Beyond it squares and products of a few numbers would have no end.
_LARGEST = 1e100


class Sizes(BaseModel):
    """How many there are of what columns run over or point into.

    Attributes:
        municipalities, companies, institutions, prefectures: of the world.
        funds, years: rows and fiscal years of the ledger.
        quarters: horizon.
        outcomes: columns of the series.
        groups, grouped: groups by which results are kept, and municipalities in them; 0 where none are kept.
        rows, open, ended, loans: deals, and of these the projects under way, those that ended in the last
            quarter, and the loans outstanding.
        first: the first deal of the last quarter.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    municipalities: Annotated[int, Field(ge=1)]
    companies: Size
    institutions: Size
    prefectures: Annotated[int, Field(ge=1)]
    funds: Annotated[int, Field(ge=len(FUND_NAMES))]
    years: Annotated[int, Field(ge=1)]
    quarters: Annotated[int, Field(ge=1)]
    outcomes: Annotated[int, Field(ge=len(OUTCOMES))]
    groups: Size
    grouped: Size
    rows: Size
    open: Size
    ended: Size
    loans: Size
    first: Size


class Column(NamedTuple):
    """What a column holds.

    Attributes:
        dtype: of its values.
        shape: a number, or the name of a size, for each dimension.
        least, most: its lowest and highest value.
        up_to: name of a size that is its highest value, in the place of ``most``.
        of: name of a size: the column holds ids of these, numbered from 0.
    """

    dtype: Any
    shape: tuple[str | int, ...]
    least: float
    most: float = _LARGEST
    up_to: str = ""
    of: str = ""

    def shape_in(self, sizes: Sizes) -> tuple[int, ...]:
        """Its shape in a state of these sizes."""
        return tuple(getattr(sizes, one) if isinstance(one, str) else one for one in self.shape)

    def highest(self, sizes: Sizes, quarter: int) -> float:
        """Its highest value in a state of these sizes after so many quarters."""
        if self.of == _QUARTER:
            return max(quarter - 1, 0)  # what holds at the start has been so since quarter 0
        if self.of:
            return int(getattr(sizes, self.of)) - 1
        return int(getattr(sizes, self.up_to)) if self.up_to else self.most


_QUARTER = "quarter"  # of the run, which is no size
_MOST_COUNTED = 2**53


def _number(*shape: str | int) -> Column:
    """Money and other numbers of either sign."""
    return Column(np.float64, shape, -_LARGEST)


def _amount(*shape: str | int) -> Column:
    """Numbers that are never below 0: what is paid, owed, added up or weighed."""
    return Column(np.float64, shape, 0.0)


def _share(*shape: str | int) -> Column:
    return Column(np.float64, shape, -_ROUNDING, 1.0 + _ROUNDING)


def _flag(*shape: str | int) -> Column:
    return Column(np.uint8, shape, 0, 1)


def _count(*shape: str | int, most: int = _MOST_COUNTED, up_to: str = "") -> Column:
    return Column(np.int64, shape, 0, most, up_to)


def _id(of: str, *shape: str | int, dtype: Any = np.int64) -> Column:
    """Ids of which every one is somebody's."""
    return Column(dtype, shape, 0, of=of)


def _id_or_none(of: str, *shape: str | int, dtype: Any = np.int64) -> Column:
    return Column(dtype, shape, NONE, of=of)


def _quarter(*shape: str | int) -> Column:
    """Quarters that have been run, NEVER beside them."""
    return _id_or_none(_QUARTER, *shape)


_M, _C, _F, _P, _L = "municipalities", "companies", "institutions", "prefectures", "funds"
_D = "rows"

#: Every column that is kept of a state, by group; of the deals the rows in use.
COLUMNS: dict[str, dict[str, Column]] = {
    "municipalities": {
        "awareness": _share(_M), "capacity": _share(_M), "capacity_base": _share(_M),
        "reputation": _share(_M), "adopted": _flag(_M), "adopted_quarter": _quarter(_M),
        "member": _flag(_M), "member_quarter": _quarter(_M), "designated": _flag(_M),
        "designated_quarter": _quarter(_M), "model_project": _flag(_M), "active": _count(_M),
        "signed": _count(_M, up_to=_D), "completed": _count(_M, up_to=_D), "failed": _count(_M, up_to=_D),
        "goals": _share(_M, GOALS), "goals_untouched": _share(_M, GOALS), "partnership_gain": _amount(_M),
        "coaching": _amount(_M), "model_credit": _number(_M), "model_fund": _id_or_none(_L, _M),
        "network": _flag(_M), "partners": _id_or_none(_C, _M, PARTNERS, dtype=np.int32),
        "trust": _share(_M, PARTNERS), "neighbour_share": _share(_M),
        "agreements": _count(_M, most=AGREEMENTS),
        "agreement_partners": _id_or_none(_C, _M, AGREEMENTS, dtype=np.int32),
        "agreement_quarter": _quarter(_M), "donation_quarter": _quarter(_M),
    },
    "companies": {
        "awareness": _share(_C), "reputation": _share(_C), "member": _flag(_C), "active": _count(_C),
        "signed": _count(_C, up_to=_D), "abroad": _count(_C), "exportable": _count(_C, up_to=_D),
        "agreements": _count(_C, up_to=_M),
    },
    "institutions": {
        "capital": _number(_F), "exposure": _number(_F), "skill": _share(_F), "member": _flag(_F),
    },
    "prefectures": {
        "adopted": _flag(_P), "member": _flag(_P), "designated": _flag(_P),
        "pooled_debt": _amount(_P, GOALS), "exposure": _amount(_P, SIZE_CLASSES, GOALS),
        "familiarity": _share(_P, SIZE_CLASSES),
    },
    "posts": {
        "goal": Column(np.int64, (_M,), NONE, GOALS - 1), "supported": _flag(_M),
        "company": _id_or_none(_C, _M), "proposed": _flag(_M), "friction": _amount(_M, 3),
    },
    "deals": {
        "quarter": _id(_QUARTER, _D), "municipality": _id(_M, _D), "company": _id(_C, _D),
        "institution": _id_or_none(_F, _D), "insurer": _id_or_none(_F, _D),
        "goal": Column(np.int64, (_D,), 0, GOALS - 1), "cost": _amount(_D), "equity": _amount(_D),
        "municipal": _amount(_D), "grant": _amount(_D), "grant_fund": _id_or_none(_L, _D),
        "debt": _amount(_D), "rate": _number(_D), "margin": _number(_D), "tenor": _count(_D),
        "success_probability": _share(_D), "ordinary_guarantee": _share(_D), "guarantee": _share(_D),
        "reserve": _amount(_D), "guarantee_fund": _id_or_none(_L, _D), "interest_subsidy": _amount(_D),
        "interest_fund": _id_or_none(_L, _D), "premium": _amount(_D), "friction": _amount(_D, 3),
        "verdict": Column(np.int64, (_D,), 0, len(VERDICTS) - 1),
        "state": Column(np.int64, (_D,), 0, len(PROJECT_STATES) - 1), "end_quarter": _quarter(_D),
        "renewed_from": _id_or_none(_D, _D), "open_projects": _id(_D, "open"), "ended": _id(_D, "ended"),
        "loans": _id(_D, "loans"),
    },
    "ledger": {
        "appropriated": _number(_L, "years"), "spent": _number(_L, "years"), "lapsed": _number(_L, "years"),
        "remaining": Column(np.float64, (_L,), -1.0),  # rounding may leave a little less than nothing
    },
    "flows": {
        "now": _number(len(FLOWS)), "series": _number("quarters", "outcomes"),
        "group": _id("groups", "grouped"), "places": _number("quarters", "groups", len(BY_PLACE)),
    },
}  # fmt: skip


def sizes_of(state: State) -> Sizes:
    """The sizes of a state."""
    rows, opened, ended, loans, first = (int(state.deals.tally[n]) for n in (ROWS, OPEN, ENDED, LOANS, FIRST))
    funds, years = state.ledger.appropriated.shape
    quarters, groups, _ = state.flows.places.shape
    return Sizes(
        municipalities=len(state.municipalities.active),
        companies=len(state.companies.active),
        institutions=len(state.institutions.capital),
        prefectures=len(state.prefectures.adopted),
        funds=funds,
        years=years,
        quarters=quarters,
        outcomes=state.flows.series.shape[1],
        groups=groups,
        grouped=len(state.flows.group),
        rows=rows,
        open=opened,
        ended=ended,
        loans=loans,
        first=first,
    )


def alike(one: Sizes, other: Sizes) -> bool:
    """Whether two states are of the same world and run, however many deals there are."""
    deals = {"rows", "open", "ended", "loans", "first"}
    return one.model_dump(exclude=deals) == other.model_dump(exclude=deals)


def named() -> Iterator[tuple[str, str, Column]]:
    """Group, name and declaration of every column, in their order."""
    for group, columns in COLUMNS.items():
        for name, column in columns.items():
            yield group, name, column


def bytes_of(sizes: Sizes) -> int:
    """Bytes that the columns of a state of these sizes take."""
    total = 0
    for _, _, column in named():
        number = np.dtype(column.dtype).itemsize
        for length in column.shape_in(sizes):
            number *= length
        total += number
    return total


def kept(state: State, sizes: Sizes) -> Iterator[npt.NDArray[Any]]:
    """The columns of a state, in their order; of the deals the rows in use."""
    for group, name, column in named():
        array = getattr(getattr(state, group), name)
        yield array[: column.shape_in(sizes)[0]] if group == "deals" else array


def state_of(arrays: Iterator[npt.NDArray[Any]], sizes: Sizes) -> State:
    """The state of which these are the columns, as ``kept`` gives them."""
    groups: dict[str, dict[str, Any]] = {group: {} for group in COLUMNS}
    for (group, name, _), array in zip(named(), arrays, strict=True):
        groups[group][name] = array
    deals = _deals(groups.pop("deals"), sizes)
    kinds = get_type_hints(State)
    return State(deals=deals, **{group: kinds[group](**columns) for group, columns in groups.items()})


def _deals(columns: dict[str, Any], sizes: Sizes) -> Deals:
    """The table of deals with those rows, and no room for more; lists that are shorter are filled up."""
    deals = empty_deals(sizes.rows)
    for name, array in columns.items():
        getattr(deals, name)[: len(array)] = array
    for place, number in (
        (ROWS, sizes.rows), (OPEN, sizes.open), (ENDED, sizes.ended), (LOANS, sizes.loans),
        (FIRST, sizes.first),
    ):  # fmt: skip
        deals.tally[place] = number
    return deals


def refuse_odd(state: State, quarter: int) -> None:
    """Refuse a state that the compiled acts cannot go on from.

    Args:
        state: its columns, of their declared shapes.
        quarter: quarters that have been run.

    Raises:
        InputError: a column holds what none can hold; the message begins with the column's name.
    """
    sizes = sizes_of(state)
    _refuse_odd_sizes(sizes, quarter)
    for (group, name, column), array in zip(named(), kept(state, sizes), strict=True):
        if array.size and not column.least <= array.min() <= array.max() <= column.highest(sizes, quarter):
            raise InputError(f"{group}.{name}: {_odd(column, array, sizes, quarter)}")
    _refuse_odd_lists(state, sizes)


def _odd(column: Column, array: npt.NDArray[Any], sizes: Sizes, quarter: int) -> str:
    """What is wrong with a column."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        return "holds numbers that are not finite"
    highest = column.highest(sizes, quarter)
    return f"holds {array.min():g} to {array.max():g}, and may hold {np.round(column.least):g} to {highest:g}"


def _refuse_odd_sizes(sizes: Sizes, quarter: int) -> None:
    """A quarter brings at most a proposal of every municipality, and each may be renewed once."""
    if sizes.rows > 2 * sizes.municipalities * quarter:
        raise InputError(f"deals: there are {sizes.rows:,}, more than {quarter} quarters can bring")
    if max(sizes.open, sizes.ended, sizes.loans, sizes.first) > sizes.rows:
        raise InputError(f"deals: more of them are listed than the {sizes.rows:,} that there are")
    if sizes.grouped not in (0, sizes.municipalities) or (sizes.grouped == 0) != (sizes.groups == 0):
        raise InputError(f"flows.group: groups {sizes.grouped:,} of {sizes.municipalities:,} municipalities")


def _refuse_odd_lists(state: State, sizes: Sizes) -> None:
    """Lists name rows in their order, each once, and those that they are to name."""
    deals, municipalities = state.deals, state.municipalities
    state_of_row, lender = deals.state, deals.institution
    lists = {
        "open_projects": (deals.open_projects[: sizes.open], state_of_row == ProjectState.ACTIVE),
        "ended": (deals.ended[: sizes.ended], state_of_row > ProjectState.ACTIVE),
        "loans": (deals.loans[: sizes.loans], lender != NONE),
    }
    for name, (rows, belong) in lists.items():
        if not ((np.diff(rows) > 0).all() and belong[rows].all()):
            raise InputError(f"deals.{name}: names deals twice, or others than it should")
    used = np.arange(AGREEMENTS) < municipalities.agreements[:, np.newaxis]
    if ((municipalities.agreement_partners != NONE) != used).any():
        raise InputError("municipalities.agreement_partners: are not as many as the agreements")

"""Programmes: a lever with a payer, a target and money of its own, beside the nation's for everybody."""

from __future__ import annotations

import ast
import hashlib
import operator
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from unicodedata import normalize
from warnings import catch_warnings, simplefilter

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from sim.errors import InputError
from sim.scenarios.section import Title
from sim.scenarios.yaml_file import suggestion

#: Payers in the order of priority: who is nearest to a place serves it first.
PAYERS = ("municipality", "prefecture", "national")


class Payer(BaseModel):
    """Who pays: a municipality, a prefecture, or, where neither is given, the nation.

    Attributes:
        prefecture: its number, 1 to 47; a region beyond Japan goes by its name.
        municipality: its code of five digits; beyond Japan its id or name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    prefecture: int | str | None = None
    municipality: str | None = None

    @property
    def kind(self) -> str:
        """One of ``PAYERS``."""
        if self.municipality is not None:
            return "municipality"
        return "national" if self.prefecture is None else "prefecture"

    def __str__(self) -> str:
        """As in tables: ``national``, ``prefecture:20`` or ``municipality:20201``."""
        code = self.municipality or self.prefecture
        return self.kind if code is None else f"{self.kind}:{code}"


class Target(BaseModel):
    """Whom a programme may serve: municipalities of which all that is given holds; by default everybody.

    Attributes:
        prefecture: numbers of prefectures, 1 to 47, or names, which the world is asked for.
        region: names of regions: those of Japan, or in a world that is not Japan its own.
        size_class: 0 to 11, as ``MunicipalityTraits.size_class``.
        municipalities: codes or names, which the world is asked for.
        need: ``bottom_quartile`` for those whose goals stood lowest at the start.
        adopters: those that promote the SDGs at the time (True), or do not (False).
        where: comparisons of columns with numbers, joined by ``and``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    prefecture: tuple[int | str, ...] = ()
    region: tuple[str, ...] = ()
    size_class: tuple[int, ...] = ()
    municipalities: tuple[str, ...] = ()
    need: str | None = None
    adopters: bool | None = None
    where: str | None = None

    @model_serializer(mode="wrap")
    def _said(self, dumped: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What is said alone, as in a file, where an empty list is refused: it would leave nobody out."""
        said = {name: value for name, value in dumped(self).items() if value not in ((), [], None)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}

    @property
    def everybody(self) -> bool:
        """Whether nobody is left out."""
        return self == Target()


class Programme(BaseModel):
    """A lever for some, or paid by somebody: a row of the ledger of its own.

    Attributes:
        title: what it is called in English and Japanese; empty where it has no other name than its row.
        lever: name of a lever.
        payer: who pays.
        target: whom it may serve.
        money: {fiscal year: JPY M a fiscal year that the payer pays}; a value holds until the next, and
            FY2018 is always given.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title = Title()
    lever: str
    payer: Payer = Payer()
    target: Target = Target()
    money: dict[int, float]

    @property
    def priority(self) -> int:
        """Place among the programmes of its lever; the lowest serves first, a lever's own row last of all."""
        return PAYERS.index(self.payer.kind) + (self.payer.kind == "national" and self.target.everybody)


#: Columns of the municipal table that ``where`` may name (``sim.kernel.world.MunicipalityTraits``); a
#: prefecture goes by its number, 1 to 47.
COLUMNS = (
    "population", "size", "size_class", "fiscal_strength", "capacity", "slots", "prefecture", "ageing",
    "land", "legacy", "cohort_2018", "model_2018", "network_2018", "election_phase", "bottom_quartile",
    "latitude", "longitude",
)  # fmt: skip

#: Columns by what officials call them.
_JAPANESE = {
    "人口": "population", "総人口": "population", "財政力指数": "fiscal_strength", "都道府県": "prefecture",
    "緯度": "latitude", "経度": "longitude",
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
}
_MOST = 1e15  # beyond it whole numbers are no longer told apart
_THOUSANDS = re.compile(r"\b\d{1,3}(,\d{3})+\b")
_WHERE = "write comparisons such as population < 10_000, joined by and"


class Comparison(NamedTuple):
    """A column (text) or number, compared with another."""

    left: str | float
    sign: str
    right: str | float

    @property
    def compare(self) -> Callable[[Any, Any], Any]:
        """What the sign stands for."""
        return next(found for sign, found in _COMPARISONS.values() if sign == self.sign)

    def __str__(self) -> str:
        """As it is written in a scenario file."""
        sides = (side if isinstance(side, str) else f"{side:.15g}" for side in (self.left, self.right))
        return f" {self.sign} ".join(sides)


def comparisons(text: str) -> tuple[Comparison, ...]:
    """The comparisons of a condition on columns of the municipal table, all of which must hold.

    The text is taken apart, never run. It holds columns, numbers, comparisons and ``and``, nothing else; the
    width of letters and digits does not matter, nor do commas between thousands.

    Raises:
        InputError: it is something else, or names a column that there is not.
    """
    narrow = _THOUSANDS.sub(lambda number: number[0].replace(",", ""), normalize("NFKC", text).strip())
    try:
        with catch_warnings():
            simplefilter("ignore")  # Python warns of what looks like a slip in a program
            tree = ast.parse(narrow, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f"is no condition; {_WHERE}") from None
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    return tuple(found for part in parts for found in _compared(part))


def _compared(part: ast.expr) -> list[Comparison]:
    """One comparison, or a chain such as 1_000 <= population < 5_000."""
    if not isinstance(part, ast.Compare):
        raise InputError(f"is no condition; {_WHERE}")
    sides = [_side(side) for side in (part.left, *part.comparators)]
    found = []
    for left, sign, right in zip(sides[:-1], part.ops, sides[1:], strict=True):
        if type(sign) not in _COMPARISONS:
            raise InputError(f"is no condition; {_WHERE}")
        found.append(Comparison(left, _COMPARISONS[type(sign)][0], right))
    return found


def _side(side: ast.expr) -> str | float:
    """A column or a number."""
    if isinstance(side, ast.Name):
        if side.id not in COLUMNS:
            meant = f", did you mean {_JAPANESE[side.id]}?" if side.id in _JAPANESE else ""
            hint = meant or suggestion(side.id, COLUMNS) or f"; known are {', '.join(COLUMNS)}"
            raise InputError(f"{side.id[:40]} is no column of the municipal table{hint}")
        return side.id
    negative = isinstance(side, ast.UnaryOp) and isinstance(side.op, ast.USub)
    number = side.operand if isinstance(side, ast.UnaryOp) and negative else side
    value = number.value if isinstance(number, ast.Constant) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MOST:
        return -float(value) if negative else float(value)
    raise InputError(f"is no condition; {_WHERE}")


def code_of(name: str) -> int:
    """Word that a programme's own draws are keyed by, from its name: never 0."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) | 1

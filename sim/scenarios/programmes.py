"""Programmes: a lever with a payer, a target and money of its own, beside the nation's for everybody."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict

#: Payers in the order of priority: who is nearest to a place serves it first.
PAYERS = ("municipality", "prefecture", "national")


class Payer(BaseModel):
    """Who pays: a municipality, a prefecture, or, where neither is given, the nation.

    Attributes:
        prefecture: its number, 1 to 47.
        municipality: its code of five digits.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    prefecture: int | None = None
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
        prefecture: numbers of prefectures, 1 to 47.
        region: ids of regions of Japan.
        size_class: 0 to 11, as ``MunicipalityTraits.size_class``.
        municipalities: codes of five digits.
        need: ``bottom_quartile`` for those whose goals stood lowest at the start.
        adopters: those that promote the SDGs at the time (True), or do not (False).
        where: comparisons of columns with numbers, joined by ``and``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    prefecture: tuple[int, ...] = ()
    region: tuple[str, ...] = ()
    size_class: tuple[int, ...] = ()
    municipalities: tuple[str, ...] = ()
    need: str | None = None
    adopters: bool | None = None
    where: str | None = None

    @property
    def everybody(self) -> bool:
        """Whether nobody is left out."""
        return self == Target()


class Programme(BaseModel):
    """A lever for some, or paid by somebody: a row of the ledger of its own.

    Attributes:
        lever: name of a lever.
        payer: who pays.
        target: whom it may serve.
        money: {fiscal year: JPY M a fiscal year that the payer pays}; a value holds until the next, and
            FY2018 is always given.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    lever: str
    payer: Payer = Payer()
    target: Target = Target()
    money: dict[int, float]

    @property
    def priority(self) -> int:
        """Place among the programmes of its lever; the lowest serves first, a lever's own row last of all."""
        return PAYERS.index(self.payer.kind) + (self.payer.kind == "national" and self.target.everybody)


def code_of(name: str) -> int:
    """Word that a programme's own draws are keyed by, from its name: never 0."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) | 1

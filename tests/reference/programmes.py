"""Programmes of the levers: whose money it is, and whom it may serve."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.reference.agents import Company, Municipality
from tests.reference.draws import absorb

if TYPE_CHECKING:
    from sim.kernel.state import Programmes
    from tests.reference.institutions import FinancialInstitution
    from tests.reference.model import ReferenceModel


@dataclass(frozen=True)
class Programme:
    """A row of the ledger that pays for a lever.

    Attributes:
        row: of the ledger.
        code: what its own draws are keyed by, 0 for the nation's programme for everybody.
        municipalities, companies, institutions: those that it may serve, in the order of their ids.
    """

    row: int
    code: int
    municipalities: list[Municipality]
    companies: list[Company]
    institutions: list[FinancialInstitution]

    def serves(self, actor: Municipality | Company | FinancialInstitution) -> bool:
        if isinstance(actor, Municipality):
            return actor in self.municipalities
        return actor in self.companies or actor in self.institutions

    def own_stream(self, s: int) -> int:
        """Key of the programme's draws in a stream."""
        return absorb(s, self.code) if self.code else s


def listed(programmes: Programmes, model: ReferenceModel) -> list[list[Programme]]:
    """Programmes by lever, in order of priority."""
    tables = (
        (programmes.municipalities, model.municipalities),
        (programmes.companies, model.companies),
        (programmes.institutions, model.institutions),
    )
    found = []
    for row, (target, code) in enumerate(zip(programmes.target, programmes.code.tolist(), strict=True)):
        served = [
            [actor for actor, flag in zip(actors, flags[target], strict=True) if flag]
            for flags, actors in tables
        ]
        found.append(Programme(row, code, *served))
    first, rows = programmes.first.tolist(), programmes.rows.tolist()
    return [[found[row] for row in rows[start:end]] for start, end in pairwise(first)]


def payer(
    model: ReferenceModel, lever: int, actor: Municipality | Company, amount: float
) -> Programme | None:
    """The first programme that serves the actor and has the amount left."""
    able = (
        programme
        for programme in model.programmes[lever]
        if programme.serves(actor) and amount <= model.ledger.remaining[programme.row]
    )
    return next(able, None)

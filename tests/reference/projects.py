"""Projects: one object per row of the deals table."""

from __future__ import annotations

from dataclasses import dataclass

from sim.kernel.state import ProjectState
from tests.reference.agents import NONE, Company, Municipality
from tests.reference.institutions import FinancialInstitution


@dataclass(eq=False)
class Project:
    """A proposal, a signed deal or a renewal. Money in JPY M, the tenor in quarters."""

    row: int
    quarter: int
    municipality: Municipality
    company: Company
    goal: int
    cost: float
    success: float
    tenor: int
    friction: tuple[float, float, float]
    verdict: int
    state: int = ProjectState.NOT_SIGNED
    lender: FinancialInstitution | None = None
    insurer: FinancialInstitution | None = None
    equity: float = 0.0
    municipal: float = 0.0
    grant: float = 0.0
    grant_fund: int = NONE
    debt: float = 0.0
    rate: float = 0.0
    margin: float = 0.0
    ordinary_guarantee: float = 0.0
    guarantee: float = 0.0
    reserve: float = 0.0
    guarantee_fund: int = NONE
    interest_subsidy: float = 0.0
    interest_fund: int = NONE
    premium: float = 0.0
    end_quarter: int = NONE
    renewed_from: int = NONE

    @property
    def number(self) -> int:
        """Names the project, with its municipality, in every scenario."""
        return 2 * self.quarter + (self.renewed_from != NONE)

    def columns(self) -> dict[str, object]:
        """The row as the deals table holds it (``sim.kernel.state.Deals``)."""
        values = dict(vars(self))
        del values["row"]
        for name, column in (("municipality", "municipality"), ("company", "company"),
                             ("lender", "institution"), ("insurer", "insurer")):  # fmt: skip
            actor = values.pop(name)
            values[column] = NONE if actor is None else actor.id
        values["success_probability"] = values.pop("success")
        values["friction"] = list(self.friction)
        return values

"""Every outcome of a quarter: kind, unit and denominator. ``sim.text`` says what it is called and means.

The order of ``OUTCOMES`` is the order of the columns that the compiled ``record`` act fills:
``sim.acts.record`` writes column ``COLUMN[name]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How an outcome relates to time."""

    FLOW = "flow per quarter"
    STOCK = "stock at the end of the quarter"
    CUMULATIVE = "cumulative since 2018Q2"


@dataclass(frozen=True)
class Outcome:
    """The record of one outcome."""

    name: str
    kind: Kind
    unit: str
    denominator: str


GOALS = 17
_F, _S, _C = Kind.FLOW, Kind.STOCK, Kind.CUMULATIVE

OUTCOMES: tuple[Outcome, ...] = (
    Outcome("adoption_share", _S, "share", "municipalities"),
    Outcome("adoption_share_governments", _S, "share", "municipalities and prefectures"),
    Outcome("adoption_share_surveyed", _S, "share", "municipalities and prefectures"),
    Outcome("adoption_share_respondents", _S, "share", "municipalities and prefectures expected to answer"),
    Outcome("awareness_mean", _S, "0-1", "municipalities"),
    Outcome("awareness_companies", _S, "0-1", "companies"),
    Outcome("capacity_mean", _S, "0-1", "municipalities"),
    Outcome("platform_members", _S, "members", ""),
    Outcome("platform_municipalities", _S, "members", ""),
    Outcome("platform_companies", _S, "members", ""),
    Outcome("needs_posted", _F, "posts", ""),
    Outcome("meetings", _F, "meetings", ""),
    Outcome("meetings_intermediary", _F, "meetings", ""),
    Outcome("proposals", _F, "proposals", ""),
    Outcome("lost_to_capacity", _F, "meetings", ""),
    Outcome("lost_to_awareness", _F, "meetings", ""),
    Outcome("lost_to_distance", _F, "meetings", ""),
    Outcome("refused_by_municipality", _F, "proposals", ""),
    Outcome("refused_by_company", _F, "proposals", ""),
    Outcome("refused_by_lenders", _F, "proposals", ""),
    Outcome("deals_signed", _F, "deals", ""),
    Outcome("deals_subsidised", _F, "deals", ""),
    Outcome("deals_additional", _F, "deals", ""),
    Outcome("renewals", _F, "projects", ""),
    Outcome("active_partnerships", _S, "projects", ""),
    Outcome("projects_completed", _F, "projects", ""),
    Outcome("projects_failed", _F, "projects", ""),
    Outcome("sdg_index", _S, "0-100", "municipalities"),
    Outcome("sdg_progress", _C, "basis points of the gap", "municipalities"),
    Outcome("sdg_progress_weighted", _C, "basis points of the gap", "population"),
    Outcome("sdg_progress_bottom_quartile", _C, "basis points of the gap", "municipalities in the lowest quarter by the goals' state at the start"),
    Outcome("municipalities_without_project_share", _S, "share", "municipalities"),
    Outcome("project_gini", _S, "0-1", "municipalities"),
    Outcome("public_spending", _F, "JPY M", ""),
    Outcome("private_investment", _F, "JPY M", ""),
    Outcome("esg_lending", _F, "JPY M", ""),
    Outcome("loan_losses", _F, "JPY M", ""),
    Outcome("guarantee_calls", _F, "JPY M", ""),
    Outcome("futurecity_applicants", _F, "governments", ""),
    Outcome("futurecities", _S, "governments", ""),
    Outcome("network_members", _S, "municipalities", ""),
    Outcome("overseas_deals", _F, "deals", ""),
    Outcome("overseas_concessional", _F, "deals", ""),
    Outcome("inbound_capital", _S, "JPY M", ""),
    *(
        Outcome(f"financed_{kind}", _F, "JPY M", "")
        for kind in ("bank", "trust_bank", "securities", "life_insurer", "foreign_fund")
    ),
    Outcome("insured_debt", _F, "JPY M", ""),
    Outcome("theil_between", _S, "nat", "municipalities"),
    Outcome("theil_within", _S, "nat", "municipalities"),
    Outcome("trust_mean", _S, "0-1", "pairs that remember a project, a subcommittee or an agreement"),
    Outcome("company_degree_max", _S, "partnerships", ""),
    Outcome("agreements_signed", _F, "agreements", ""),
    Outcome("agreements_active", _S, "agreements", ""),
    Outcome("municipalities_with_agreement_share", _S, "share", "municipalities"),
    Outcome("agreement_degree_max", _S, "municipalities", ""),
    Outcome("donations_received", _F, "municipalities", ""),
    Outcome("municipalities_with_donation_share", _S, "share", "municipalities"),
    *(Outcome(f"sdg_{goal:02d}", _S, "0-100", "municipalities") for goal in range(1, GOALS + 1)),
    *(
        Outcome(f"sdg_progress_{goal:02d}", _C, "basis points of the gap", "municipalities")
        for goal in range(1, GOALS + 1)
    ),
)  # fmt: skip

COLUMN: dict[str, int] = {outcome.name: index for index, outcome in enumerate(OUTCOMES)}
BY_NAME: dict[str, Outcome] = {outcome.name: outcome for outcome in OUTCOMES}


class Reduction(StrEnum):
    """How an outcome of a place comes from its municipalities."""

    SUM = "sum over municipalities"
    MEAN = "mean over municipalities"


#: Outcomes that can be told by place. Those of governments count municipalities alone, not prefectures.
BY_PLACE: dict[str, Reduction] = {
    "adoption_share": Reduction.MEAN,
    "awareness_mean": Reduction.MEAN,
    "capacity_mean": Reduction.MEAN,
    "platform_municipalities": Reduction.SUM,
    "needs_posted": Reduction.SUM,
    "meetings": Reduction.SUM,
    "proposals": Reduction.SUM,
    "lost_to_capacity": Reduction.SUM,
    "lost_to_awareness": Reduction.SUM,
    "lost_to_distance": Reduction.SUM,
    "refused_by_municipality": Reduction.SUM,
    "refused_by_company": Reduction.SUM,
    "refused_by_lenders": Reduction.SUM,
    "deals_signed": Reduction.SUM,
    "deals_subsidised": Reduction.SUM,
    "deals_additional": Reduction.SUM,
    "renewals": Reduction.SUM,
    "active_partnerships": Reduction.SUM,
    "projects_completed": Reduction.SUM,
    "projects_failed": Reduction.SUM,
    "sdg_index": Reduction.MEAN,
    "sdg_progress": Reduction.MEAN,
    "municipalities_without_project_share": Reduction.MEAN,
    "private_investment": Reduction.SUM,
    "esg_lending": Reduction.SUM,
    "futurecities": Reduction.SUM,
    "network_members": Reduction.SUM,
    "agreements_signed": Reduction.SUM,
    "agreements_active": Reduction.SUM,
    "municipalities_with_agreement_share": Reduction.MEAN,
    "donations_received": Reduction.SUM,
    "municipalities_with_donation_share": Reduction.MEAN,
}
PLACE_COLUMN: dict[str, int] = {name: index for index, name in enumerate(BY_PLACE)}

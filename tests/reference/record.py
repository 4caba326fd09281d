"""The outcomes of a quarter."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.kernel.state import ProjectState, Verdict
from sim.kernel.world import GOALS, INSTITUTION_KINDS
from tests.reference.agents import NONE

if TYPE_CHECKING:
    from tests.reference.agents import Municipality
    from tests.reference.model import ReferenceModel
    from tests.reference.projects import Project

SIGNED = (Verdict.UNSUBSIDISED, Verdict.INFRAMARGINAL, Verdict.ADDITIONAL)


def added(values: Iterable[float]) -> float:
    """Left to right from 0.0; ``sum`` would compensate for rounding."""
    total = 0.0
    for value in values:
        total += value
    return total


def mean(values: list[float]) -> float:
    return added(values) / len(values) if values else 0.0


def outcomes(model: ReferenceModel) -> dict[str, float]:
    """Every outcome of the quarter by name."""
    parts = (_actors, _first_rung, _selection, _funnel, _deals, _funding, _projects, _theil, _goals)
    return {name: value for part in parts for name, value in part(model).items()}


def _actors(model: ReferenceModel) -> dict[str, float]:
    municipalities, companies, prefectures = model.municipalities, model.companies, model.prefectures
    adopted = len([municipality for municipality in municipalities if municipality.adopted])
    governments = adopted + len([prefecture for prefecture in prefectures if prefecture.adopted])
    public = len([actor for actor in (*municipalities, *prefectures) if actor.member])
    private = len([actor for actor in (*companies, *model.institutions) if actor.member])
    answering = added(actor.answers for actor in (*municipalities, *prefectures))
    promoting = added(actor.answers for actor in (*municipalities, *prefectures) if actor.adopted)
    return {
        "adoption_share": adopted / len(municipalities),
        "adoption_share_governments": governments / (len(municipalities) + len(prefectures)),
        "adoption_share_surveyed": promoting / (len(municipalities) + len(prefectures)),
        "adoption_share_respondents": promoting / answering if answering > 0 else 0.0,
        "awareness_mean": mean([municipality.awareness for municipality in municipalities]),
        "awareness_companies": mean([company.awareness for company in companies]),
        "capacity_mean": mean([municipality.capacity for municipality in municipalities]),
        "platform_members": float(public + private),
        "platform_municipalities": float(public),
        "platform_companies": float(private),
        "trust_mean": mean(
            [partner.trust for municipality in municipalities for partner in municipality.partners]
        ),
        "company_degree_max": float(max((company.signed for company in companies), default=0)),
    }


def _first_rung(model: ReferenceModel) -> dict[str, float]:
    municipalities = model.municipalities
    held = [len(municipality.agreed) for municipality in municipalities]
    with_donation = [municipality for municipality in municipalities if municipality.donation_quarter != NONE]

    def now(quarters: list[int]) -> float:
        return float(len([quarter for quarter in quarters if quarter == model.quarter]))

    return {
        "agreements_signed": now([municipality.agreement_quarter for municipality in municipalities]),
        "donations_received": now([municipality.donation_quarter for municipality in municipalities]),
        "agreements_active": float(sum(held)),
        "municipalities_with_agreement_share": len([number for number in held if number]) / len(held),
        "agreement_degree_max": float(max((company.agreements for company in model.companies), default=0)),
        "municipalities_with_donation_share": len(with_donation) / len(held),
    }


def _selection(model: ReferenceModel) -> dict[str, float]:
    municipalities, fund = model.municipalities, model.foreign_fund
    governments = (*municipalities, *model.prefectures)
    return {
        "futurecities": float(len([actor for actor in governments if actor.designated])),
        "network_members": float(
            len([municipality for municipality in municipalities if municipality.network])
        ),
        "inbound_capital": 0.0 if fund is None else fund.capital,
    }


def _funnel(model: ReferenceModel) -> dict[str, float]:
    municipalities = model.municipalities
    return {
        "needs_posted": float(
            len([municipality for municipality in municipalities if municipality.theme != NONE])
        ),
        "meetings": float(
            len([municipality for municipality in municipalities if municipality.company is not None])
        ),
        "proposals": float(len([municipality for municipality in municipalities if municipality.proposed])),
        "public_spending": model.ledger.spent_this_quarter,
        **model.flows,
    }


def _deals(model: ReferenceModel) -> dict[str, float]:
    return deals_of([row for row in model.projects if row.quarter == model.quarter])


def deals_of(rows: list[Project]) -> dict[str, float]:
    """What became of the proposals and renewals of a quarter, and the money of those signed."""
    signed = [row for row in rows if row.verdict in SIGNED]

    def number(*verdicts: int) -> float:
        return float(len([row for row in rows if row.verdict in verdicts]))

    return {
        "refused_by_municipality": number(Verdict.REFUSED_BY_MUNICIPALITY),
        "refused_by_company": number(Verdict.REFUSED_BY_COMPANY),
        "refused_by_lenders": number(Verdict.REFUSED_BY_LENDERS),
        "deals_signed": number(*SIGNED),
        "deals_subsidised": number(Verdict.INFRAMARGINAL, Verdict.ADDITIONAL),
        "deals_additional": number(Verdict.ADDITIONAL),
        "renewals": number(Verdict.RENEWAL),
        "private_investment": added(row.equity + row.debt for row in signed),
        "esg_lending": added(
            row.debt for row in signed if row.lender is not None and row.lender.traits.mandate[row.goal]
        ),
    }


def _funding(model: ReferenceModel) -> dict[str, float]:
    """Debt signed this quarter by the lender's kind, and what of it is insured."""
    rows = [row for row in model.projects if row.quarter == model.quarter and row.verdict in SIGNED]
    found = {"insured_debt": added(row.debt for row in rows if row.insurer is not None)}
    for code, kind in enumerate(INSTITUTION_KINDS):
        if kind != "casualty_insurer":
            found[f"financed_{kind}"] = added(
                row.debt for row in rows if row.lender is not None and row.lender.traits.kind == code
            )
    return found


def _projects(model: ReferenceModel) -> dict[str, float]:
    without = len([municipality for municipality in model.municipalities if municipality.signed == 0])
    return {
        "active_partnerships": float(len(model.open_projects)),
        **ended_of(model.ended),
        "municipalities_without_project_share": without / len(model.municipalities),
        "project_gini": gini([municipality.signed for municipality in model.municipalities]),
    }


def ended_of(rows: list[Project]) -> dict[str, float]:
    """How the projects ended that did so in a quarter."""
    completed = len([row for row in rows if row.state == ProjectState.COMPLETED])
    return {"projects_completed": float(completed), "projects_failed": float(len(rows) - completed)}


def gini(counts: list[int]) -> float:
    """Gini coefficient of whole numbers."""
    n, total = len(counts), sum(counts)
    if total == 0:
        return 0.0
    area, below = 0.0, 0
    for value in range(max(counts) + 1):
        holders = counts.count(value)
        area += float(holders * below + holders * (holders + 1) // 2) * value
        below += holders
    return 2.0 * area / (float(n) * total) - (n + 1.0) / n


def _theil(model: ReferenceModel) -> dict[str, float]:
    """Theil index of deals signed, between and within prefectures."""
    between = within = 0.0
    inside = [
        [municipality for municipality in model.municipalities if municipality.prefecture is p]
        for p in model.prefectures
    ]
    members = [float(len(municipalities)) for municipalities in inside]
    sums = [float(sum(municipality.signed for municipality in municipalities)) for municipalities in inside]
    total = float(sum(municipality.signed for municipality in model.municipalities))
    if total > 0.0:
        average = total / len(model.municipalities)
        for n, x in zip(members, sums, strict=True):
            if x > 0.0:
                between += x / total * math.log(x / n / average)
        for municipality in model.municipalities:
            p = municipality.prefecture.id
            if municipality.signed > 0:
                within += municipality.signed / total * math.log(municipality.signed * members[p] / sums[p])
    return {"theil_between": between, "theil_within": within}


def closed(gap: float, before: float) -> float:
    """Basis points of the gap that were closed."""
    return 1e4 * (1.0 - gap / before) if before > 0.0 else 0.0


def _goals(model: ReferenceModel) -> dict[str, float]:
    municipalities = model.municipalities
    progress = [progress_of(municipality) for municipality in municipalities]
    bottom = [
        share
        for municipality, share in zip(municipalities, progress, strict=True)
        if municipality.traits.bottom_quartile
    ]
    people = added(municipality.traits.population for municipality in municipalities)
    weighted = added(
        share * municipality.traits.population
        for municipality, share in zip(municipalities, progress, strict=True)
    )
    states = [added(municipality.goals[k] for municipality in municipalities) for k in range(GOALS)]
    found = {
        "sdg_index": 100.0 * added(states) / (GOALS * len(municipalities)),
        "sdg_progress": mean(progress),
        "sdg_progress_weighted": weighted / people if people > 0.0 else 0.0,
        "sdg_progress_bottom_quartile": mean(bottom),
    }
    for k in range(GOALS):
        found[f"sdg_{k + 1:02d}"] = 100.0 * states[k] / len(municipalities)
        found[f"sdg_progress_{k + 1:02d}"] = closed(
            added(1.0 - municipality.goals[k] for municipality in municipalities),
            added(1.0 - municipality.goals_untouched[k] for municipality in municipalities),
        )
    return found


def progress_of(municipality: Municipality) -> float:
    """Basis points of the gap of all its goals that were closed."""
    return closed(
        added(1.0 - state for state in municipality.goals),
        added(1.0 - state for state in municipality.goals_untouched),
    )

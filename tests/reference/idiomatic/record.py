"""The outcomes of a quarter, counted with NumPy."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.kernel.state import ProjectState, Verdict
from sim.kernel.world import GOALS, INSTITUTION_KINDS
from tests.reference.record import SIGNED

if TYPE_CHECKING:
    from tests.reference.idiomatic.model import IdiomaticModel

Floats = npt.NDArray[np.float64]


def outcomes(model: IdiomaticModel) -> dict[str, float]:
    """Every outcome of the quarter by name."""
    signed = np.array([municipality.signed for municipality in model.municipalities])
    return {
        **_actors(model),
        **_funnel(model),
        **_deals(model),
        **_projects(model),
        "municipalities_without_project_share": float((signed == 0).mean()),
        "project_gini": gini(signed),
        **_theil(model, signed),
        **_goals(model),
    }


def _actors(model: IdiomaticModel) -> dict[str, float]:
    municipalities, companies, prefectures = model.municipalities, model.companies, model.prefectures
    adopted = sum(municipality.adopted for municipality in municipalities)
    governments = adopted + sum(prefecture.adopted for prefecture in prefectures)
    public = sum(actor.member for actor in (*municipalities, *prefectures))
    private = sum(actor.member for actor in (*companies, *model.institutions))
    designated = sum(actor.designated for actor in (*municipalities, *prefectures))
    answers = np.array([actor.answers for actor in (*municipalities, *prefectures)])
    promoting = answers @ np.array([actor.adopted for actor in (*municipalities, *prefectures)])
    trust = [partner.trust for municipality in municipalities for partner in municipality.partners]
    return {
        "adoption_share": adopted / len(municipalities),
        "adoption_share_governments": governments / (len(municipalities) + len(prefectures)),
        "adoption_share_surveyed": promoting / len(answers),
        "adoption_share_respondents": promoting / answers.sum() if answers.any() else 0.0,
        "awareness_mean": sum(municipality.awareness for municipality in municipalities)
        / len(municipalities),
        "awareness_companies": sum(company.awareness for company in companies) / max(len(companies), 1),
        "capacity_mean": sum(municipality.capacity for municipality in municipalities) / len(municipalities),
        "platform_members": public + private,
        "platform_municipalities": public,
        "platform_companies": private,
        "trust_mean": sum(trust) / max(len(trust), 1),
        "company_degree_max": max((company.signed for company in companies), default=0),
        "agreements_signed": sum(each.agreement_quarter == model.quarter for each in municipalities),
        "donations_received": sum(each.donation_quarter == model.quarter for each in municipalities),
        "agreements_active": sum(len(municipality.agreed) for municipality in municipalities),
        "municipalities_with_agreement_share": np.mean([bool(each.agreed) for each in municipalities]),
        "agreement_degree_max": max((company.agreements for company in companies), default=0),
        "municipalities_with_donation_share": np.mean(
            [municipality.donation_quarter >= 0 for municipality in municipalities]
        ),
        "futurecities": designated,
        "network_members": sum(municipality.network for municipality in municipalities),
        "inbound_capital": model.foreign_fund.capital if model.foreign_fund else 0.0,
    }


def _funnel(model: IdiomaticModel) -> dict[str, float]:
    municipalities = model.municipalities
    return {
        "needs_posted": sum(municipality.theme >= 0 for municipality in municipalities),
        "meetings": sum(municipality.company is not None for municipality in municipalities),
        "proposals": sum(municipality.proposed for municipality in municipalities),
        "public_spending": model.ledger.spent_this_quarter,
        **model.flows,
    }


def _deals(model: IdiomaticModel) -> dict[str, float]:
    rows = [row for row in model.projects if row.quarter == model.quarter]
    signed = [row for row in rows if row.verdict in SIGNED]
    lent = [row for row in signed if row.lender is not None]
    verdicts = Counter(row.verdict for row in rows)
    kinds = np.bincount(
        [row.lender.traits.kind for row in lent],
        weights=[row.debt for row in lent],
        minlength=len(INSTITUTION_KINDS),
    )
    financed = dict(zip(INSTITUTION_KINDS, kinds.tolist(), strict=True))
    del financed["casualty_insurer"]  # insures, and does not lend
    subsidised = verdicts[Verdict.INFRAMARGINAL] + verdicts[Verdict.ADDITIONAL]
    return {
        "refused_by_municipality": verdicts[Verdict.REFUSED_BY_MUNICIPALITY],
        "refused_by_company": verdicts[Verdict.REFUSED_BY_COMPANY],
        "refused_by_lenders": verdicts[Verdict.REFUSED_BY_LENDERS],
        "deals_signed": len(signed),
        "deals_subsidised": subsidised,
        "deals_additional": verdicts[Verdict.ADDITIONAL],
        "renewals": verdicts[Verdict.RENEWAL],
        "private_investment": sum(row.equity + row.debt for row in signed),
        "esg_lending": sum(row.debt for row in lent if row.lender.traits.mandate[row.goal]),
        "insured_debt": sum(row.debt for row in signed if row.insurer is not None),
        **{f"financed_{kind}": debt for kind, debt in financed.items()},
    }


def _projects(model: IdiomaticModel) -> dict[str, float]:
    completed = sum(row.state == ProjectState.COMPLETED for row in model.ended)
    return {
        "active_partnerships": len(model.open_projects),
        "projects_completed": completed,
        "projects_failed": len(model.ended) - completed,
    }


def gini(counts: npt.NDArray[np.int64]) -> float:
    """Gini coefficient."""
    n, total = len(counts), counts.sum()
    if total == 0:
        return 0.0
    return float(2.0 * (np.arange(1, n + 1) * np.sort(counts)).sum() / (n * total) - (n + 1.0) / n)


def _theil(model: IdiomaticModel, signed: npt.NDArray[np.int64]) -> dict[str, float]:
    """Theil index of deals signed, between and within prefectures."""
    if not signed.any():
        return {"theil_between": 0.0, "theil_within": 0.0}
    home = np.array([municipality.prefecture.id for municipality in model.municipalities])
    members, sums = np.bincount(home), np.bincount(home, weights=signed)
    some, total = sums > 0, signed.sum()
    between = sums[some] / total * np.log(sums[some] / members[some] / (total / len(signed)))
    theirs = signed > 0
    x, p = signed[theirs], home[theirs]
    within = x / total * np.log(x * members[p] / sums[p])
    return {"theil_between": between.sum(), "theil_within": within.sum()}


def _goals(model: IdiomaticModel) -> dict[str, float]:
    municipalities = model.municipalities
    now = np.array([municipality.goals for municipality in municipalities])
    untouched = np.array([municipality.goals_untouched for municipality in municipalities])
    population = np.array([municipality.traits.population for municipality in municipalities])
    bottom = np.array([municipality.traits.bottom_quartile for municipality in municipalities], dtype=bool)
    progress = closed((1.0 - now).sum(axis=1), (1.0 - untouched).sum(axis=1))
    by_goal = closed((1.0 - now).sum(axis=0), (1.0 - untouched).sum(axis=0))
    people = population.sum()
    found = {
        "sdg_index": 100.0 * now.mean(),
        "sdg_progress": progress.mean(),
        "sdg_progress_weighted": (progress * population).sum() / people if people > 0 else 0.0,
        "sdg_progress_bottom_quartile": progress[bottom].mean() if bottom.any() else 0.0,
    }
    for k in range(GOALS):
        found[f"sdg_{k + 1:02d}"] = 100.0 * now[:, k].mean()
        found[f"sdg_progress_{k + 1:02d}"] = by_goal[k]
    return found


def closed(gap: Floats, before: Floats) -> Floats:
    """Basis points of the gaps that were closed."""
    return np.where(before > 0.0, 1e4 * (1.0 - gap / np.where(before > 0.0, before, 1.0)), 0.0)

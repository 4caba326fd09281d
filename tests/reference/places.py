"""The outcomes of a quarter by place: of prefectures, single municipalities or classes of size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kernel.world import GOALS
from tests.reference.agents import NONE
from tests.reference.record import added, deals_of, ended_of, mean, progress_of

if TYPE_CHECKING:
    from tests.reference.agents import Municipality
    from tests.reference.model import ReferenceModel


def places(model: ReferenceModel) -> list[dict[str, float]]:
    """Every outcome of the quarter by name, place by place; none where the run is not asked for any."""
    members: dict[int, list[Municipality]] = {}
    for municipality in model.municipalities:
        members.setdefault(_place(model, municipality), []).append(municipality)
    return [_outcomes(model, members[place]) for place in sorted(members)] if model.by else []


def _place(model: ReferenceModel, municipality: Municipality) -> int:
    if model.by == "prefecture":
        return int(municipality.prefecture.id)
    return int(municipality.traits.size_class if model.by == "size_class" else municipality.id)


def _outcomes(model: ReferenceModel, members: list[Municipality]) -> dict[str, float]:
    here = set(members)
    rows = [row for row in model.projects if row.quarter == model.quarter and row.municipality in here]
    ended = [row for row in model.ended if row.municipality in here]
    return {
        **_governments(members),
        **_first_rung(model, members),
        **_funnel(members),
        **deals_of(rows),
        **_goals(members),
        **ended_of(ended),
    }


def _governments(members: list[Municipality]) -> dict[str, float]:
    n = len(members)
    return {
        "adoption_share": len([one for one in members if one.adopted]) / n,
        "awareness_mean": mean([one.awareness for one in members]),
        "capacity_mean": mean([one.capacity for one in members]),
        "platform_municipalities": float(len([one for one in members if one.member])),
        "futurecities": float(len([one for one in members if one.designated])),
        "network_members": float(len([one for one in members if one.network])),
        "active_partnerships": float(sum(one.active for one in members)),
        "municipalities_without_project_share": len([one for one in members if one.signed == 0]) / n,
    }


def _first_rung(model: ReferenceModel, members: list[Municipality]) -> dict[str, float]:
    n, now = len(members), model.quarter
    return {
        "agreements_signed": float(len([one for one in members if one.agreement_quarter == now])),
        "agreements_active": float(sum(len(one.agreed) for one in members)),
        "municipalities_with_agreement_share": len([one for one in members if one.agreed]) / n,
        "donations_received": float(len([one for one in members if one.donation_quarter == now])),
        "municipalities_with_donation_share": len([one for one in members if one.donation_quarter >= 0]) / n,
    }


def _funnel(members: list[Municipality]) -> dict[str, float]:
    met = [one for one in members if one.company is not None]
    found = {
        "needs_posted": float(len([one for one in members if one.theme != NONE])),
        "meetings": float(len(met)),
        "proposals": float(len([one for one in met if one.proposed])),
    }
    for number, factor in enumerate(("capacity", "awareness", "distance")):
        found[f"lost_to_{factor}"] = added(
            one.friction[number] / (one.friction[0] + one.friction[1] + one.friction[2])
            for one in met
            if not one.proposed
        )
    return found


def _goals(members: list[Municipality]) -> dict[str, float]:
    return {
        "sdg_index": mean([100.0 * added(one.goals) / GOALS for one in members]),
        "sdg_progress": mean([progress_of(one) for one in members]),
    }

"""P5: the yearly selection of SDGs FutureCities, and the grants for model projects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from tests.reference.agents import NONE, Municipality, Prefecture

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

ECONOMY, SOCIETY, ENVIRONMENT = (7, 8, 10, 11), (0, 1, 2, 3, 4, 9, 15), (5, 6, 12, 13, 14)  # goals from 0


def select_futurecities(model: ReferenceModel) -> None:
    """Governments apply and are judged; the best are designated, some with a model project."""
    for municipality in model.municipalities:
        if model.quarter - municipality.designated_quarter >= model.parameters.plan_quarters:
            municipality.model_credit = 0.0  # the rest of it went into other work of the plan
    if model.quarter == 0:
        _grant(
            model, [municipality for municipality in model.municipalities if municipality.traits.model_2018]
        )
    elif model.clock.selection:
        _select(model)


def _select(model: ReferenceModel) -> None:
    hearing = 0.0
    for municipality in model.municipalities:
        hearing += municipality.awareness
    hearing = hearing / len(model.municipalities)
    judged: list[tuple[float, Municipality | Prefecture]] = [
        (_score(municipality), municipality)
        for municipality in model.municipalities
        if not municipality.designated and _applies(municipality)
    ]
    judged += [
        (_prefecture_score(prefecture, hearing), prefecture)
        for prefecture in model.prefectures
        if not prefecture.designated and _prefecture_applies(prefecture, hearing)
    ]
    model.flows["futurecity_applicants"] = float(len(judged))
    best = sorted(judged, key=lambda one: -one[0])  # ties keep the order of ids
    chosen = [government for _, government in best[: model.clock.quota]]
    cities = [government for government in chosen if isinstance(government, Municipality)]
    for government in chosen:
        government.designated = 1
    for city in cities:
        _give_head_start(city)
    _grant(model, cities[: model.clock.model_quota])


def _give_head_start(city: Municipality) -> None:
    share = city.parameters.capacity_designation
    city.designated_quarter = city.model.quarter
    city.capacity += share * (1.0 - city.capacity)
    city.capacity_base += share * (1.0 - city.capacity_base)


def _grant(model: ReferenceModel, winners: list[Municipality]) -> None:
    """Every winner is paid an even share of the year's model grants, up to the cap, for its plan.

    The first programme that serves it and has money pays.
    """
    for winner in winners:
        winner.model_project, winner.model_fund = 1, NONE
    waiting = winners
    for programme in model.programmes[Fund.MODEL_GRANTS]:
        left = model.ledger.remaining[programme.row]
        paid = [winner for winner in waiting if programme.serves(winner)]
        if not paid or left <= 0.0:
            continue
        grant = min(model.parameters.model_grant_cap, left / len(paid))
        model.spend(programme.row, len(paid) * grant)
        for winner in paid:
            winner.model_credit, winner.model_fund = grant, programme.row
        waiting = [winner for winner in waiting if winner not in paid]


def _applies(municipality: Municipality) -> bool:
    parameters = municipality.parameters
    logit = (
        parameters.application_constant
        + parameters.application_capacity * municipality.capacity
        + parameters.application_awareness * municipality.awareness
        + parameters.application_legacy * municipality.traits.legacy
        + parameters.application_adopted * municipality.adopted
    )
    return municipality.uniform(Process.APPLICATION) < 1.0 / (1.0 + math.exp(-logit))


def _prefecture_applies(prefecture: Prefecture, hearing: float) -> bool:
    parameters = prefecture.parameters
    logit = parameters.application_prefecture
    logit += parameters.application_awareness * hearing + parameters.application_adopted * prefecture.adopted
    return prefecture.uniform(Process.APPLICATION_PREFECTURE) < 1.0 / (1.0 + math.exp(-logit))


def _score(municipality: Municipality) -> float:
    parameters = municipality.parameters
    plan = municipality.capacity + parameters.plan_legacy * municipality.traits.legacy
    plan += (
        parameters.plan_land * municipality.traits.land + parameters.plan_ageing * municipality.traits.ageing
    )
    partnerships = min(municipality.signed / parameters.partnerships_full_marks, 1.0)
    score = _judged(parameters, plan, partnerships, 1.0 - spread(municipality), municipality.awareness)
    noise = municipality.normal(Process.JUDGEMENT)
    return float(score + parameters.judgement_noise * noise)


def _prefecture_score(prefecture: Prefecture, hearing: float) -> float:
    parameters = prefecture.parameters
    score = _judged(parameters, parameters.plan_prefecture, 0.0, 1.0, hearing)
    noise = prefecture.normal(Process.JUDGEMENT_PREFECTURE)
    return float(score + parameters.judgement_noise * noise)


def _judged(parameters: Any, plan: float, partnerships: float, balance: float, citizens: float) -> float:
    return float(
        parameters.weight_plan * plan
        + parameters.weight_partnerships * partnerships
        + parameters.weight_balance * balance
        + parameters.weight_citizens * citizens
    )


def spread(municipality: Municipality) -> float:
    """How unevenly the needs of a plan lie over economy, society and environment."""
    sums, total = [0.0, 0.0, 0.0], 0.0
    for k in range(16):
        need = municipality.need(k)
        total += need
        for dimension, goals in enumerate((ECONOMY, SOCIETY, ENVIRONMENT)):
            if k in goals:
                sums[dimension] += need
    return (max(sums) - min(sums)) / total if total != 0.0 else 0.0

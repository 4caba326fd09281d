"""P5: the yearly selection of SDGs FutureCities, and the grants for model projects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from tests.reference.agents import Municipality, Prefecture

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

ECONOMY, SOCIETY, ENVIRONMENT = (7, 8, 10, 11), (0, 1, 2, 3, 4, 9, 15), (5, 6, 12, 13, 14)  # goals from 0


def select_futurecities(model: ReferenceModel) -> None:
    """Governments apply and are judged; the best are designated, some with a model project."""
    if model.clock.first_of_year:
        for place in model.municipalities:
            place.model_credit = 0.0
    if model.quarter == 0:
        _grant(model, [place for place in model.municipalities if place.traits.model_2018])
    elif model.clock.selection:
        _select(model)


def _select(model: ReferenceModel) -> None:
    hearing = 0.0
    for place in model.municipalities:
        hearing += place.awareness
    hearing = hearing / len(model.municipalities)
    judged: list[tuple[float, Municipality | Prefecture]] = [
        (_score(place), place) for place in model.municipalities if not place.designated and _applies(place)
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
    """Every winner may use an even share of the year's model grants, up to the cap."""
    for winner in winners:
        winner.model_project = 1
        winner.model_credit = min(
            model.parameters.model_grant_cap, model.ledger.remaining[Fund.MODEL_GRANTS] / len(winners)
        )


def _applies(place: Municipality) -> bool:
    rules = place.parameters
    logit = (
        rules.application_constant
        + rules.application_capacity * place.capacity
        + rules.application_awareness * place.awareness
        + rules.application_legacy * place.traits.legacy
        + rules.application_adopted * place.adopted
    )
    return place.uniform(Process.APPLICATION) < 1.0 / (1.0 + math.exp(-logit))


def _prefecture_applies(prefecture: Prefecture, hearing: float) -> bool:
    rules = prefecture.parameters
    logit = rules.application_prefecture
    logit += rules.application_awareness * hearing + rules.application_adopted * prefecture.adopted
    return prefecture.uniform(Process.APPLICATION_PREFECTURE) < 1.0 / (1.0 + math.exp(-logit))


def _score(place: Municipality) -> float:
    rules = place.parameters
    plan = place.capacity + rules.plan_legacy * place.traits.legacy
    plan += rules.plan_land * place.traits.land + rules.plan_ageing * place.traits.ageing
    partnerships = min(place.signed, 3) / 3
    score = _judged(rules, plan, partnerships, 1.0 - spread(place), place.awareness)
    noise = place.normal(Process.JUDGEMENT)
    return float(score + rules.judgement_noise * noise)


def _prefecture_score(prefecture: Prefecture, hearing: float) -> float:
    rules = prefecture.parameters
    score = _judged(rules, rules.plan_prefecture, 0.0, 1.0, hearing)
    noise = prefecture.normal(Process.JUDGEMENT_PREFECTURE)
    return float(score + rules.judgement_noise * noise)


def _judged(rules: Any, plan: float, partnerships: float, balance: float, citizens: float) -> float:
    return float(
        rules.weight_plan * plan
        + rules.weight_partnerships * partnerships
        + rules.weight_balance * balance
        + rules.weight_citizens * citizens
    )


def spread(place: Municipality) -> float:
    """How unevenly the needs of a plan lie over economy, society and environment."""
    sums, total = [0.0, 0.0, 0.0], 0.0
    for k in range(16):
        need = place.need(k)
        total += need
        for dimension, goals in enumerate((ECONOMY, SOCIETY, ENVIRONMENT)):
            if k in goals:
                sums[dimension] += need
    return (max(sums) - min(sums)) / total if total != 0.0 else 0.0

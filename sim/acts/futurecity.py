"""P5: each June the best applicants become SDGs FutureCities, and the best of them model projects."""

from __future__ import annotations

import numpy as np

from sim.acts.ledger import spend
from sim.agents.government import futurecity_score
from sim.agents.municipality import application_logit, logistic, need, perceived_gap
from sim.kernel.compiled import act, entry, maker, part
from sim.kernel.draws import Process, normal, stream, uniform
from sim.kernel.funds import Fund
from sim.kernel.parameters import Capacity, FutureCity, Parameters
from sim.kernel.state import APPLICANTS, NONE, Clock, Columns, Municipalities, Policy, Prefectures, Programmes
from sim.kernel.world import GOALS, Floats, Integers, MunicipalityTraits, Traits

_APPLICATION = Process.APPLICATION
_APPLICATION_PREFECTURE = Process.APPLICATION_PREFECTURE
_JUDGEMENT = Process.JUDGEMENT
_JUDGEMENT_PREFECTURE = Process.JUDGEMENT_PREFECTURE
_MODEL_GRANTS = int(Fund.MODEL_GRANTS)

#: Dimension of each goal: 0 economy, 1 society, 2 environment; goal 17 belongs to none. Assumed.
DIMENSION = np.array([1, 1, 1, 1, 1, 2, 2, 0, 0, 1, 0, 0, 2, 2, 2, 1, -1])


@act
def select_futurecities(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """End plans that are over; in a selection quarter score the applicants, designate and pay the best.

    The cohort of FY2018 is part of the world; its model projects are paid in 2018Q2.
    """
    municipalities, prefectures = state.municipalities, state.prefectures
    futurecity, traits = parameters.futurecity, world.municipalities
    keep_plans(clock, futurecity, policy, traits, state)
    if clock.selection:
        ids, scores = score_applicants(clock, futurecity, policy, traits, municipalities, prefectures)
        state.flows.now[APPLICANTS] = len(ids)
        ranked = ids[np.argsort(-scores, kind="mergesort")]
        designate(clock, futurecity, parameters.capacity, policy, state, ranked)


@entry
def keep_plans(
    clock: Clock, futurecity: FutureCity, policy: Policy, traits: MunicipalityTraits, state: Columns
) -> None:
    """End plans that are over, and pay the model projects of FY2018 in 2018Q2.

    What a model project has left when its plan ends went into other work of the plan.
    """
    municipalities = state.municipalities
    for i in range(len(municipalities.model_credit)):
        if clock.quarter - municipalities.designated_quarter[i] >= futurecity.plan_quarters:
            municipalities.model_credit[i] = 0.0
    if clock.quarter == 0:
        winners = np.nonzero(traits.model_2018)[0]
        _pay_model_grants(clock, futurecity, policy.programmes, winners, state)


@entry
def designate(
    clock: Clock,
    futurecity: FutureCity,
    capacity: Capacity,
    policy: Policy,
    state: Columns,
    ranked: Integers,
) -> None:
    """Designate the first of ``ranked`` within the quota; the first municipalities get model projects.

    Args:
        clock, futurecity, capacity, policy, state: as everywhere.
        ranked: ids of applicants, best first; prefecture p is M + p.
    """
    municipalities, prefectures = state.municipalities, state.prefectures
    first = len(municipalities.designated)
    best = ranked[: clock.quota]
    for n in best:
        if n < first:
            _designate(clock, capacity, municipalities, n)
        else:
            prefectures.designated[n - first] = 1
    winners = best[best < first][: clock.model_quota]
    for i in winners:
        municipalities.model_project[i] = 1
    _pay_model_grants(clock, futurecity, policy.programmes, winners, state)


@entry
def score_applicants(
    clock: Clock,
    futurecity: FutureCity,
    policy: Policy,
    traits: MunicipalityTraits,
    municipalities: Municipalities,
    prefectures: Prefectures,
) -> tuple[Integers, Floats]:
    """Ids of the applicants (prefecture p as M + p) and their scores."""
    most = len(traits.size) + len(prefectures.adopted)
    ids, scores = np.empty(most, np.int64), np.empty(most)
    key, judge = stream(clock.key, _APPLICATION, clock.quarter), stream(clock.key, _JUDGEMENT, clock.quarter)
    n = 0
    for i in range(len(traits.size)):
        if municipalities.designated[i] == 1:
            continue
        logit = application_logit(
            futurecity.application_constant, futurecity.application_capacity,
            futurecity.application_awareness, futurecity.application_legacy, futurecity.application_adopted,
            municipalities.capacity[i], municipalities.awareness[i], traits.legacy[i],
            municipalities.adopted[i],
        )  # fmt: skip
        if uniform(key, i) < logistic(logit):
            ids[n] = i
            scores[n] = _municipal_score(futurecity, policy, traits, municipalities, i)
            scores[n] += futurecity.judgement_noise * normal(judge, i)
            n += 1
    return _add_prefectures(clock, futurecity, municipalities, prefectures, ids, scores, n)


@part
def _municipal_score(
    futurecity: FutureCity, policy: Policy, traits: MunicipalityTraits, municipalities: Municipalities, i: int
) -> float:
    plan = municipalities.capacity[i] + futurecity.plan_legacy * traits.legacy[i]
    plan += futurecity.plan_land * traits.land[i] + futurecity.plan_ageing * traits.ageing[i]
    partnerships = min(municipalities.signed[i] / futurecity.partnerships_full_marks, 1.0)
    balance = 1.0 - _spread_of_dimensions(policy, municipalities.goals[i])
    return futurecity_score(
        futurecity.weight_plan, futurecity.weight_partnerships,
        futurecity.weight_balance, futurecity.weight_citizens,
        plan, partnerships, balance, municipalities.awareness[i],
    )  # fmt: skip


@maker
def _spread_of_dimensions(policy: Policy, goals: Floats) -> float:
    """Largest less smallest share of economy, society and environment in the needs of a plan."""
    shares = np.zeros(3)
    total = 0.0
    for k in range(GOALS):
        if DIMENSION[k] >= 0:
            weight = need(policy.salience[k], perceived_gap(goals[k], policy.gap_scale[k]))
            shares[DIMENSION[k]] += weight
            total += weight
    if total == 0.0:
        return 0.0
    highest = max(shares[0], shares[1], shares[2])
    return (highest - min(shares[0], shares[1], shares[2])) / total


@maker
def _add_prefectures(
    clock: Clock, futurecity: FutureCity, municipalities: Municipalities, prefectures: Prefectures,
    ids: Integers, scores: Floats, n: int,
) -> tuple[Integers, Floats]:  # fmt: skip
    """Add the prefectures that apply: a plan of fixed quality, no partnerships, balanced, mean awareness."""
    first, awareness = len(municipalities.awareness), 0.0
    for i in range(first):
        awareness += municipalities.awareness[i]
    awareness /= first
    key = stream(clock.key, _APPLICATION_PREFECTURE, clock.quarter)
    judge = stream(clock.key, _JUDGEMENT_PREFECTURE, clock.quarter)
    for p in range(len(prefectures.adopted)):
        logit = futurecity.application_prefecture
        logit += (
            futurecity.application_awareness * awareness
            + futurecity.application_adopted * prefectures.adopted[p]
        )
        if prefectures.designated[p] == 0 and uniform(key, p) < logistic(logit):
            ids[n] = first + p
            scores[n] = futurecity_score(
                futurecity.weight_plan, futurecity.weight_partnerships,
                futurecity.weight_balance, futurecity.weight_citizens,
                futurecity.plan_prefecture, 0.0, 1.0, awareness,
            )  # fmt: skip
            scores[n] += futurecity.judgement_noise * normal(judge, p)
            n += 1
    return ids[:n], scores[:n]


@part
def _designate(clock: Clock, capacity: Capacity, municipalities: Municipalities, i: int) -> None:
    """Designate a municipality: a head start in capacity, kept for good."""
    municipalities.designated[i] = 1
    municipalities.designated_quarter[i] = clock.quarter
    municipalities.capacity[i] += capacity.capacity_designation * (1.0 - municipalities.capacity[i])
    municipalities.capacity_base[i] += capacity.capacity_designation * (1.0 - municipalities.capacity_base[i])


@part
def _pay_model_grants(
    clock: Clock, futurecity: FutureCity, programmes: Programmes, winners: Integers, state: Columns
) -> None:
    """Pay each winner the cap, or an even share of the year's money where that is less, for its plan.

    It is paid by the first programme that serves it and has money.
    """
    municipalities, ledger = state.municipalities, state.ledger
    for i in winners:
        municipalities.model_fund[i] = NONE
    for row in programmes.rows[programmes.first[_MODEL_GRANTS] : programmes.first[_MODEL_GRANTS + 1]]:
        served = programmes.municipalities[programmes.target[row]]
        number = 0
        for i in winners:
            number += int(served[i] == 1 and municipalities.model_fund[i] == NONE)
        if number == 0 or ledger.remaining[row] <= 0.0:
            continue
        grant = min(futurecity.model_grant_cap, ledger.remaining[row] / number)
        spend(ledger, state.flows, row, clock.year, number * grant)
        for i in winners:
            if served[i] == 1 and municipalities.model_fund[i] == NONE:
                municipalities.model_credit[i] = grant
                municipalities.model_fund[i] = row

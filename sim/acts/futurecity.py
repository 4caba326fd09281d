"""P5: each June the best applicants become SDGs FutureCities, and the best of them model projects."""

from __future__ import annotations

import numpy as np

from sim.agents.government import futurecity_score
from sim.agents.municipality import application_logit, logistic, need, perceived_gap
from sim.kernel.compiled import act, maker, part
from sim.kernel.draws import Process, normal, stream, uniform
from sim.kernel.funds import Fund
from sim.kernel.parameters import Capacity, FutureCity
from sim.kernel.state import APPLICANTS, Clock, Flows, Ledger, Municipalities, Policy, Prefectures
from sim.kernel.world import GOALS, Floats, Integers, MunicipalityTraits

_APPLICATION = Process.APPLICATION
_APPLICATION_PREFECTURE = Process.APPLICATION_PREFECTURE
_JUDGEMENT = Process.JUDGEMENT
_JUDGEMENT_PREFECTURE = Process.JUDGEMENT_PREFECTURE
_MODEL_GRANTS = int(Fund.MODEL_GRANTS)
_FULL_PARTNERSHIPS = 3  # partnerships that earn full marks

#: Dimension of each goal: 0 economy, 1 society, 2 environment; goal 17 belongs to none. Assumed.
DIMENSION = np.array([1, 1, 1, 1, 1, 2, 2, 0, 0, 1, 0, 0, 2, 2, 2, 1, -1])


@act
def select_futurecities(
    clock: Clock, rules: FutureCity, capacity: Capacity, policy: Policy,
    places: MunicipalityTraits, towns: Municipalities, regions: Prefectures, ledger: Ledger, flows: Flows,
) -> None:  # fmt: skip
    """Open the year's model grants; in a selection quarter score the applicants and designate the best.

    The cohort of FY2018 is part of the world; its model projects have their grants in 2018Q2.
    """
    open_year(clock, rules, places, towns, ledger)
    if clock.selection:
        ids, scores = score_applicants(clock, rules, policy, places, towns, regions)
        flows.now[APPLICANTS] = len(ids)
        ranked = ids[np.argsort(-scores, kind="mergesort")]
        designate(clock, rules, capacity, towns, regions, ledger, ranked)


@act
def open_year(
    clock: Clock, rules: FutureCity, places: MunicipalityTraits, towns: Municipalities, ledger: Ledger
) -> None:
    """In April forget the model grants of the year before; in 2018Q2 open those of the first cohort."""
    if clock.first_of_year:
        towns.model_credit[:] = 0.0
    if clock.quarter == 0:
        _open_model_grants(rules, np.nonzero(places.model_2018)[0], towns, ledger)


@act
def designate(
    clock: Clock,
    rules: FutureCity,
    capacity: Capacity,
    towns: Municipalities,
    regions: Prefectures,
    ledger: Ledger,
    ranked: Integers,
) -> None:
    """Designate the first of ``ranked`` within the quota; the first municipalities get model projects.

    Args:
        clock, rules, capacity, towns, regions, ledger: as everywhere.
        ranked: ids of applicants, best first; prefecture p is M + p.
    """
    first = len(towns.designated)
    best = ranked[: clock.quota]
    for n in best:
        if n < first:
            _designate(clock, capacity, towns, n)
        else:
            regions.designated[n - first] = 1
    winners = best[best < first][: clock.model_quota]
    for i in winners:
        towns.model_project[i] = 1
    _open_model_grants(rules, winners, towns, ledger)


@act
def score_applicants(
    clock: Clock,
    rules: FutureCity,
    policy: Policy,
    places: MunicipalityTraits,
    towns: Municipalities,
    regions: Prefectures,
) -> tuple[Integers, Floats]:
    """Ids of the applicants (prefecture p as M + p) and their scores."""
    most = len(places.size) + len(regions.adopted)
    ids, scores = np.empty(most, np.int64), np.empty(most)
    key, judge = stream(clock.key, _APPLICATION, clock.quarter), stream(clock.key, _JUDGEMENT, clock.quarter)
    n = 0
    for i in range(len(places.size)):
        if towns.designated[i] == 1:
            continue
        logit = application_logit(
            rules.application_constant, rules.application_capacity, rules.application_awareness,
            rules.application_legacy, rules.application_adopted,
            towns.capacity[i], towns.awareness[i], places.legacy[i], towns.adopted[i],
        )  # fmt: skip
        if uniform(key, i) < logistic(logit):
            ids[n] = i
            scores[n] = _municipal_score(rules, policy, places, towns, i)
            scores[n] += rules.judgement_noise * normal(judge, i)
            n += 1
    return _add_prefectures(clock, rules, towns, regions, ids, scores, n)


@part
def _municipal_score(
    rules: FutureCity, policy: Policy, places: MunicipalityTraits, towns: Municipalities, i: int
) -> float:
    plan = towns.capacity[i] + rules.plan_legacy * places.legacy[i]
    plan += rules.plan_land * places.land[i] + rules.plan_ageing * places.ageing[i]
    partnerships = min(towns.signed[i], _FULL_PARTNERSHIPS) / _FULL_PARTNERSHIPS
    balance = 1.0 - _spread_of_dimensions(policy, towns.goals[i])
    return futurecity_score(
        rules.weight_plan, rules.weight_partnerships, rules.weight_balance, rules.weight_citizens,
        plan, partnerships, balance, towns.awareness[i],
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
    clock: Clock, rules: FutureCity, towns: Municipalities, regions: Prefectures,
    ids: Integers, scores: Floats, n: int,
) -> tuple[Integers, Floats]:  # fmt: skip
    """Add the prefectures that apply: a plan of fixed quality, no partnerships, balanced, mean awareness."""
    first, awareness = len(towns.awareness), 0.0
    for i in range(first):
        awareness += towns.awareness[i]
    awareness /= first
    key = stream(clock.key, _APPLICATION_PREFECTURE, clock.quarter)
    judge = stream(clock.key, _JUDGEMENT_PREFECTURE, clock.quarter)
    for p in range(len(regions.adopted)):
        logit = rules.application_prefecture
        logit += rules.application_awareness * awareness + rules.application_adopted * regions.adopted[p]
        if regions.designated[p] == 0 and uniform(key, p) < logistic(logit):
            ids[n] = first + p
            scores[n] = futurecity_score(
                rules.weight_plan, rules.weight_partnerships, rules.weight_balance, rules.weight_citizens,
                rules.plan_prefecture, 0.0, 1.0, awareness,
            )  # fmt: skip
            scores[n] += rules.judgement_noise * normal(judge, p)
            n += 1
    return ids[:n], scores[:n]


@part
def _designate(clock: Clock, capacity: Capacity, towns: Municipalities, i: int) -> None:
    """Designate a municipality: a head start in capacity, kept for good."""
    towns.designated[i] = 1
    towns.designated_quarter[i] = clock.quarter
    towns.capacity[i] += capacity.capacity_designation * (1.0 - towns.capacity[i])
    towns.capacity_base[i] += capacity.capacity_designation * (1.0 - towns.capacity_base[i])


@part
def _open_model_grants(rules: FutureCity, winners: Integers, towns: Municipalities, ledger: Ledger) -> None:
    """Divide the year's model grants evenly among the winners, up to the cap of each."""
    for i in winners:
        towns.model_credit[i] = min(rules.model_grant_cap, ledger.remaining[_MODEL_GRANTS] / len(winners))

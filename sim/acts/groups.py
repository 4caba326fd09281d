"""P12, levers: study groups raise appraisal skill, subcommittees trust, advice and advisers capacity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.acts.learning import raise_trust
from sim.acts.ledger import spend
from sim.agents.government import affordable
from sim.kernel.compiled import act, maker, part
from sim.kernel.draws import Process, in_lot_order, padded_index, stream, uniform, uniforms
from sim.kernel.funds import Fund
from sim.kernel.parameters import Capacity, Costs, FutureCity, Learning
from sim.kernel.state import Clock, Companies, Flows, Institutions, Ledger, Municipalities, Policy
from sim.kernel.world import CompanyTraits, Flags, Floats, InstitutionTraits, Integers, MunicipalityTraits

_STUDY_GROUPS = int(Fund.STUDY_GROUPS)
_STUDY_GROUP = Process.STUDY_GROUP
_SEATS = 20
_SUBCOMMITTEES = int(Fund.SUBCOMMITTEES)
_SUBCOMMITTEE_THEME = Process.SUBCOMMITTEE_THEME
_SUBCOMMITTEE_MUNICIPALITY = Process.SUBCOMMITTEE_MUNICIPALITY
_SUBCOMMITTEE_COMPANY = Process.SUBCOMMITTEE_COMPANY
_SUBCOMMITTEE_SEATS = 6  # municipalities, and as many companies
_TRIES = 8
_ADVICE = int(Fund.ADVICE)
_ADVICE_LOT = Process.ADVICE
_ADVICE_QUARTERS = 12  # a FutureCity plan runs three years
_ADVISERS = int(Fund.ADVISERS)
_ADVISER_LOT = Process.ADVISER
_LOTTERY = 1


@act
def hold_study_groups(
    clock: Clock, rules: Learning, costs: Costs, institutions: InstitutionTraits,
    lenders: Institutions, ledger: Ledger, flows: Flows, domestic: int,
) -> None:  # fmt: skip
    """Seat institutions in the year's groups; skill rises there and erodes everywhere with rotation."""
    n = domestic
    cost = costs.study_group_cost / 4.0
    groups = affordable(ledger.remaining[_STUDY_GROUPS], cost, clock.quarters_left)
    groups = min(groups, (n + _SEATS - 1) // _SEATS)
    spend(ledger, flows, _STUDY_GROUPS, clock.year, groups * cost)
    attends = np.zeros(n, np.uint8)
    for f in np.argsort(uniforms(stream(clock.key, _STUDY_GROUP, clock.year), n))[: groups * _SEATS]:
        attends[f] = 1
    for f in range(n):
        skill = lenders.skill[f]
        if attends[f] == 1:
            skill = 1.0 - (1.0 - skill) * math.exp(-rules.skill_study)
        lenders.skill[f] = skill - rules.skill_rotation * (skill - institutions.skill[f])


@act
def hold_subcommittees(
    clock: Clock, rules: Learning, costs: Costs, policy: Policy, firms: CompanyTraits,
    towns: Municipalities, companies: Companies, ledger: Ledger, flows: Flows,
) -> None:  # fmt: skip
    """Let members meet by theme: each municipality and company of a subcommittee gain trust in each other.

    A partner with trust is a candidate for the municipality's own search, so who met is asked.
    """
    cost = costs.subcommittee_cost / 4.0
    groups = affordable(ledger.remaining[_SUBCOMMITTEES], cost, clock.quarters_left)
    groups = min(groups, (len(towns.member) + _SUBCOMMITTEE_SEATS - 1) // _SUBCOMMITTEE_SEATS)
    spend(ledger, flows, _SUBCOMMITTEES, clock.year, groups * cost)
    theme_key = stream(clock.key, _SUBCOMMITTEE_THEME, clock.year)
    town_key = stream(clock.key, _SUBCOMMITTEE_MUNICIPALITY, clock.year)
    company_key = stream(clock.key, _SUBCOMMITTEE_COMPANY, clock.year)
    everyone = np.ones(len(towns.member))
    for g in range(groups):
        theme = theme_by_salience(policy.salience, uniform(theme_key, g))
        present = _seat_members(company_key, g, companies.member, firms.capability[:, theme])
        for i in _seat_members(town_key, g, towns.member, everyone):
            for j in present:
                raise_trust(towns.partners[i], towns.trust[i], j, rules.trust_subcommittee)


@part
def theme_by_salience(salience: Floats, u: float) -> int:
    """Theme at which the cumulated salience passes ``u``."""
    total = 0.0
    for weight in salience:
        total += weight
    cumulated = 0.0
    for k in range(len(salience)):
        cumulated += salience[k]
        if u * total < cumulated:
            return k
    return 0


@maker
def _seat_members(key: Any, group: int, member: Flags, ability: Any) -> Integers:
    """Ids of the members with some ability who sit in a group; seats are drawn from all ids each year."""
    seated = np.empty(_SUBCOMMITTEE_SEATS, np.int64)
    n = 0
    for seat in range(_SUBCOMMITTEE_SEATS):
        for attempt in range(_TRIES):
            index = padded_index(key, group, seat * 16 + attempt, len(member))
            if index >= 0 and member[index] == 1 and ability[index] > 0.0:
                seated[n] = index
                n += 1
                break
    return seated[:n]


@act
def send_advice(
    clock: Clock,
    rules: FutureCity,
    capacity: Capacity,
    costs: Costs,
    policy: Policy,
    places: MunicipalityTraits,
    towns: Municipalities,
    ledger: Ledger,
    flows: Flows,
) -> None:
    """Advise cities designated in the last three years, and send advisers to small municipalities."""
    towns.coaching[:] = 0.0
    recent = np.nonzero(
        (towns.designated == 1) & (clock.quarter - towns.designated_quarter < _ADVICE_QUARTERS)
    )[0]
    advised = in_lot_order(stream(clock.key, _ADVICE_LOT, clock.year), recent)
    _coach(clock, _ADVICE, costs.advice_cost, rules.capacity_advice, advised, towns, ledger, flows)
    order = places.size_order
    if policy.advisers == _LOTTERY:
        order = in_lot_order(stream(clock.key, _ADVISER_LOT, clock.year), order)
    _coach(clock, _ADVISERS, costs.adviser_cost, capacity.capacity_adviser, order, towns, ledger, flows)


@part
def _coach(
    clock: Clock, fund: int, yearly_cost: float, learning: float, ids: Integers,
    towns: Municipalities, ledger: Ledger, flows: Flows,
) -> None:  # fmt: skip
    """Coach the first of ``ids``, as many as this quarter's money reaches."""
    cost = yearly_cost / 4.0
    number = min(affordable(ledger.remaining[fund], cost, clock.quarters_left), len(ids))
    spend(ledger, flows, fund, clock.year, number * cost)
    for n in range(number):
        towns.coaching[ids[n]] += learning

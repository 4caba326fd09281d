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
from sim.kernel.parameters import Parameters
from sim.kernel.state import Clock, Columns, Policy
from sim.kernel.world import (
    Flags,
    Floats,
    Integers,
    Traits,
)

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
_ADVISERS = int(Fund.ADVISERS)
_ADVISER_LOT = Process.ADVISER
_LOTTERY = 1


@act
def hold_study_groups(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Seat institutions in the year's groups; skill rises there and erodes everywhere with rotation."""
    learning, traits, institutions = parameters.learning, world.institutions, state.institutions
    ledger, n = state.ledger, len(traits.kind) - len(world.directory.foreign_fund)
    cost = parameters.costs.study_group_cost / 4.0
    groups = affordable(ledger.remaining[_STUDY_GROUPS], cost, clock.quarters_left)
    groups = min(groups, (n + _SEATS - 1) // _SEATS)
    spend(ledger, state.flows, _STUDY_GROUPS, clock.year, groups * cost)
    attends = np.zeros(n, np.uint8)
    for f in np.argsort(uniforms(stream(clock.key, _STUDY_GROUP, clock.year), n))[: groups * _SEATS]:
        attends[f] = 1
    for f in range(n):
        skill = institutions.skill[f]
        if attends[f] == 1:
            skill = 1.0 - (1.0 - skill) * math.exp(-learning.skill_study)
        institutions.skill[f] = skill - learning.skill_rotation * (skill - traits.skill[f])


@act
def hold_subcommittees(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Let members meet by theme: each municipality and company of a subcommittee gain trust in each other.

    A partner with trust is a candidate for the municipality's own search, so who met is asked.
    """
    municipalities, companies, ledger = state.municipalities, state.companies, state.ledger
    cost = parameters.costs.subcommittee_cost / 4.0
    groups = affordable(ledger.remaining[_SUBCOMMITTEES], cost, clock.quarters_left)
    groups = min(groups, (len(municipalities.member) + _SUBCOMMITTEE_SEATS - 1) // _SUBCOMMITTEE_SEATS)
    spend(ledger, state.flows, _SUBCOMMITTEES, clock.year, groups * cost)
    theme_key = stream(clock.key, _SUBCOMMITTEE_THEME, clock.year)
    municipality_key = stream(clock.key, _SUBCOMMITTEE_MUNICIPALITY, clock.year)
    company_key = stream(clock.key, _SUBCOMMITTEE_COMPANY, clock.year)
    everyone = np.ones(len(municipalities.member))
    for g in range(groups):
        theme = theme_by_salience(policy.salience, uniform(theme_key, g))
        present = _seat_members(company_key, g, companies.member, world.companies.capability[:, theme])
        for i in _seat_members(municipality_key, g, municipalities.member, everyone):
            for j in present:
                raise_trust(
                    municipalities.partners[i],
                    municipalities.trust[i],
                    j,
                    parameters.learning.trust_subcommittee,
                )


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
def send_advice(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Advise designated cities while their plan runs, and send advisers to small municipalities."""
    costs, municipalities = parameters.costs, state.municipalities
    municipalities.coaching[:] = 0.0
    recent = np.nonzero(
        (municipalities.designated == 1)
        & (clock.quarter - municipalities.designated_quarter < parameters.futurecity.plan_quarters)
    )[0]
    advised = in_lot_order(stream(clock.key, _ADVICE_LOT, clock.year), recent)
    _coach(clock, state, _ADVICE, costs.advice_cost, parameters.futurecity.capacity_advice, advised)
    order = world.municipalities.size_order
    if policy.advisers == _LOTTERY:
        order = in_lot_order(stream(clock.key, _ADVISER_LOT, clock.year), order)
    _coach(clock, state, _ADVISERS, costs.adviser_cost, parameters.capacity.capacity_adviser, order)


@part
def _coach(
    clock: Clock, state: Columns, fund: int, yearly_cost: float, learning: float, ids: Integers
) -> None:
    """Coach the first of ``ids``, as many as this quarter's money reaches."""
    cost = yearly_cost / 4.0
    number = min(affordable(state.ledger.remaining[fund], cost, clock.quarters_left), len(ids))
    spend(state.ledger, state.flows, fund, clock.year, number * cost)
    for n in range(number):
        state.municipalities.coaching[ids[n]] += learning

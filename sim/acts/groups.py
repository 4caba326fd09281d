"""P12, levers: study groups raise appraisal skill, subcommittees trust, advice and advisers capacity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.acts.learning import raise_trust
from sim.acts.ledger import own_draws, spend
from sim.agents.government import affordable
from sim.kernel.buckets import uniform_order
from sim.kernel.compiled import act, maker, part
from sim.kernel.draws import Process, in_lot_order, padded_index, stream, uniform, uniforms
from sim.kernel.funds import Fund
from sim.kernel.parameters import Parameters
from sim.kernel.state import Clock, Columns, Policy, Programmes
from sim.kernel.world import (
    Flags,
    Floats,
    Integers,
    Traits,
)

_STUDY_GROUPS = int(Fund.STUDY_GROUPS)
_STUDY_GROUP = Process.STUDY_GROUP
_SUBCOMMITTEES = int(Fund.SUBCOMMITTEES)
_SUBCOMMITTEE_THEME = Process.SUBCOMMITTEE_THEME
_SUBCOMMITTEE_MUNICIPALITY = Process.SUBCOMMITTEE_MUNICIPALITY
_SUBCOMMITTEE_COMPANY = Process.SUBCOMMITTEE_COMPANY
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
    n = len(traits.kind) - len(world.directory.foreign_fund)
    cost = parameters.costs.study_group_cost / 4.0
    seats = round(parameters.costs.study_group_seats)
    attends = _seat_institutions(clock, cost, seats, policy.programmes, state, n)
    for f in range(n):
        skill = institutions.skill[f]
        if attends[f] == 1:
            skill = 1.0 - (1.0 - skill) * math.exp(-learning.skill_study)
        institutions.skill[f] = skill - learning.skill_rotation * (skill - traits.skill[f])


@maker
def _seat_institutions(
    clock: Clock, cost: float, seats: int, programmes: Programmes, state: Columns, n: int
) -> Flags:
    """Which of the first ``n`` institutions attend: by lot, those whom a programme serves and none before."""
    ledger = state.ledger
    attends = np.zeros(n, np.uint8)
    queue = uniform_order(uniforms(stream(clock.key, _STUDY_GROUP, clock.year), n))
    for row in programmes.rows[programmes.first[_STUDY_GROUPS] : programmes.first[_STUDY_GROUPS + 1]]:
        served = programmes.institutions[programmes.target[row]]
        left = 0
        for f in range(n):
            left += int(served[f] == 1 and attends[f] == 0)
        groups = affordable(ledger.remaining[row], cost, clock.quarters_left)
        groups = min(groups, (left + seats - 1) // seats)
        spend(ledger, state.flows, row, clock.year, groups * cost)
        empty = groups * seats
        for f in queue:
            if empty > 0 and served[f] == 1 and attends[f] == 0:
                attends[f] = 1
                empty -= 1
    return attends


@act
def hold_subcommittees(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Let members meet by theme: each municipality and company of a subcommittee gain trust in each other.

    A partner with trust is a candidate for the municipality's own search, so who met is asked.
    """
    programmes = policy.programmes
    for row in programmes.rows[programmes.first[_SUBCOMMITTEES] : programmes.first[_SUBCOMMITTEES + 1]]:
        _hold_subcommittees_of(clock, parameters, policy, world, state, row)


@maker
def _hold_subcommittees_of(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns, row: int
) -> None:
    """The subcommittees of one programme: seats for municipalities that it serves, and for any company."""
    municipalities, companies, programmes = state.municipalities, state.companies, policy.programmes
    n, code = programmes.target[row], programmes.code[row]
    invited = programmes.municipality_ids[
        programmes.municipality_start[n] : programmes.municipality_start[n + 1]
    ]
    anybody = programmes.company_ids[: programmes.company_start[1]]
    cost = parameters.costs.subcommittee_cost / 4.0
    seats = round(parameters.costs.subcommittee_seats)
    groups = affordable(state.ledger.remaining[row], cost, clock.quarters_left)
    groups = min(groups, (len(invited) + seats - 1) // seats)
    spend(state.ledger, state.flows, row, clock.year, groups * cost)
    theme_key = own_draws(stream(clock.key, _SUBCOMMITTEE_THEME, clock.year), code)
    municipality_key = own_draws(stream(clock.key, _SUBCOMMITTEE_MUNICIPALITY, clock.year), code)
    company_key = own_draws(stream(clock.key, _SUBCOMMITTEE_COMPANY, clock.year), code)
    everyone = np.ones(len(municipalities.member))
    for g in range(groups):
        theme = theme_by_salience(policy.salience, uniform(theme_key, g))
        able = world.companies.capability[:, theme]
        present = _seat_members(company_key, g, seats, anybody, companies.member, able)
        for i in _seat_members(municipality_key, g, seats, invited, municipalities.member, everyone):
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
def _seat_members(key: Any, group: int, seats: int, ids: Integers, member: Flags, ability: Any) -> Integers:
    """Ids of the members with some ability who sit in a group; seats are drawn from ``ids`` each year."""
    seated = np.empty(seats, np.int64)
    n = 0
    for seat in range(seats):
        for attempt in range(_TRIES):
            index = padded_index(key, group, seat * 16 + attempt, len(ids))
            if index >= 0 and member[ids[index]] == 1 and ability[ids[index]] > 0.0:
                seated[n] = ids[index]
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
    learning = parameters.futurecity.capacity_advice
    _coach(clock, policy.programmes, state, _ADVICE, costs.advice_cost, learning, advised)
    order = world.municipalities.size_order
    if policy.advisers == _LOTTERY:
        order = in_lot_order(stream(clock.key, _ADVISER_LOT, clock.year), order)
    learning = parameters.capacity.capacity_adviser
    _coach(clock, policy.programmes, state, _ADVISERS, costs.adviser_cost, learning, order)


@maker
def _coach(
    clock: Clock, programmes: Programmes, state: Columns, lever: int,
    yearly_cost: float, learning: float, ids: Integers,
) -> None:  # fmt: skip
    """Coach the first of ``ids`` whom a programme serves and none before it, as far as its money reaches."""
    cost, coaching = yearly_cost / 4.0, state.municipalities.coaching
    waiting = np.ones(len(ids), np.uint8)
    for row in programmes.rows[programmes.first[lever] : programmes.first[lever + 1]]:
        served = programmes.municipalities[programmes.target[row]]
        number = affordable(state.ledger.remaining[row], cost, clock.quarters_left)
        reached = 0
        for n in range(len(ids)):
            if reached == number:
                break
            if waiting[n] == 1 and served[ids[n]] == 1:
                coaching[ids[n]] += learning
                waiting[n] = 0
                reached += 1
        spend(state.ledger, state.flows, row, clock.year, reached * cost)

"""Outcomes by place: what ``record`` keeps for groups of municipalities, where a run is asked for them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.kernel.compiled import act, maker, part
from sim.kernel.outcomes import BY_PLACE, PLACE_COLUMN, Reduction
from sim.kernel.state import (
    ENDED,
    FIRST,
    NEVER,
    NONE,
    ROWS,
    Clock,
    Columns,
    Deals,
    Municipalities,
    Posts,
    ProjectState,
    Verdict,
)
from sim.kernel.world import GOALS, Floats, InstitutionTraits, Integers, Traits

_ADOPTION_SHARE = PLACE_COLUMN["adoption_share"]
_AWARENESS_MEAN = PLACE_COLUMN["awareness_mean"]
_CAPACITY_MEAN = PLACE_COLUMN["capacity_mean"]
_MEMBERS = PLACE_COLUMN["platform_municipalities"]
_NEEDS_POSTED = PLACE_COLUMN["needs_posted"]
_MEETINGS = PLACE_COLUMN["meetings"]
_PROPOSALS = PLACE_COLUMN["proposals"]
_LOST = PLACE_COLUMN["lost_to_capacity"]  # followed by awareness and distance, as in friction
_REFUSED = PLACE_COLUMN["refused_by_municipality"]  # followed by company and lenders, as in Verdict
_DEALS_SIGNED = PLACE_COLUMN["deals_signed"]
_DEALS_SUBSIDISED = PLACE_COLUMN["deals_subsidised"]
_DEALS_ADDITIONAL = PLACE_COLUMN["deals_additional"]
_RENEWALS = PLACE_COLUMN["renewals"]
_ACTIVE = PLACE_COLUMN["active_partnerships"]
_COMPLETED = PLACE_COLUMN["projects_completed"]
_FAILED = PLACE_COLUMN["projects_failed"]
_SDG_INDEX = PLACE_COLUMN["sdg_index"]
_SDG_PROGRESS = PLACE_COLUMN["sdg_progress"]
_WITHOUT_PROJECT = PLACE_COLUMN["municipalities_without_project_share"]
_PRIVATE_INVESTMENT = PLACE_COLUMN["private_investment"]
_ESG_LENDING = PLACE_COLUMN["esg_lending"]
_FUTURECITIES = PLACE_COLUMN["futurecities"]
_NETWORK_MEMBERS = PLACE_COLUMN["network_members"]
_AGREEMENTS_SIGNED = PLACE_COLUMN["agreements_signed"]
_AGREEMENTS_ACTIVE = PLACE_COLUMN["agreements_active"]
_WITH_AGREEMENT = PLACE_COLUMN["municipalities_with_agreement_share"]
_DONATIONS = PLACE_COLUMN["donations_received"]
_WITH_DONATION = PLACE_COLUMN["municipalities_with_donation_share"]
_MEANS = np.array([PLACE_COLUMN[name] for name, how in BY_PLACE.items() if how is Reduction.MEAN])

_UNSUBSIDISED = Verdict.UNSUBSIDISED
_INFRAMARGINAL = Verdict.INFRAMARGINAL
_ADDITIONAL = Verdict.ADDITIONAL
_RENEWED = Verdict.RENEWAL
_PROJECT_COMPLETED = ProjectState.COMPLETED
_BASIS_POINTS = 1e4


@part
def closed(gap: float, before: float) -> float:
    """Share of a gap that was closed, in basis points; 0 where there was no gap."""
    return _BASIS_POINTS * (1.0 - gap / before) if before > 0.0 else 0.0


class OwnGoals(NamedTuple):
    """How the goals of each municipality stand."""

    level: Floats  # summed over the goals
    progress: Floats  # share of the own gap that was closed, in basis points


@maker
def goals_of_each(municipalities: Municipalities) -> OwnGoals:
    """How the goals of each municipality stand, for the nation's sums and those of groups alike."""
    number = len(municipalities.active)
    own = OwnGoals(np.empty(number), np.empty(number))
    for i in range(number):
        level, gap, before = 0.0, 0.0, 0.0
        for k in range(GOALS):
            level += municipalities.goals[i, k]
            gap += 1.0 - municipalities.goals[i, k]
            before += 1.0 - municipalities.goals_untouched[i, k]
        own.level[i] = level
        own.progress[i] = closed(gap, before)
    return own


@act
def record_places(clock: Clock, world: Traits, state: Columns, own: OwnGoals) -> None:
    """Fill this quarter's rows of the groups; nothing where there are none."""
    flows, municipalities = state.flows, state.municipalities
    groups = flows.places.shape[1]
    if groups == 0:
        return
    rows = flows.places[clock.quarter]
    rows[:] = 0.0
    _add_municipalities(rows, flows.group, municipalities)
    _add_first_rung(clock.quarter, rows, flows.group, municipalities)
    _add_goals(rows, flows.group, own)
    _add_funnel(rows, flows.group, state.posts)
    _add_deals(rows, flows.group, world.institutions, state.deals)
    _add_ended(rows, flows.group, state.deals)
    _divide_means(rows, flows.group)


@part
def _add_municipalities(rows: Floats, group: Integers, municipalities: Municipalities) -> None:
    for i in range(len(group)):
        g = group[i]
        rows[g, _ADOPTION_SHARE] += municipalities.adopted[i]
        rows[g, _AWARENESS_MEAN] += municipalities.awareness[i]
        rows[g, _CAPACITY_MEAN] += municipalities.capacity[i]
        rows[g, _MEMBERS] += municipalities.member[i]
        rows[g, _FUTURECITIES] += municipalities.designated[i]
        rows[g, _NETWORK_MEMBERS] += municipalities.network[i]
        rows[g, _ACTIVE] += municipalities.active[i]
        if municipalities.signed[i] == 0:
            rows[g, _WITHOUT_PROJECT] += 1.0


@part
def _add_first_rung(quarter: int, rows: Floats, group: Integers, municipalities: Municipalities) -> None:
    for i in range(len(group)):
        g = group[i]
        rows[g, _AGREEMENTS_ACTIVE] += municipalities.agreements[i]
        if municipalities.agreements[i] > 0:
            rows[g, _WITH_AGREEMENT] += 1.0
        if municipalities.agreement_quarter[i] == quarter:
            rows[g, _AGREEMENTS_SIGNED] += 1.0
        if municipalities.donation_quarter[i] == quarter:
            rows[g, _DONATIONS] += 1.0
        if municipalities.donation_quarter[i] != NEVER:
            rows[g, _WITH_DONATION] += 1.0


@part
def _add_goals(rows: Floats, group: Integers, own: OwnGoals) -> None:
    for i in range(len(group)):
        rows[group[i], _SDG_INDEX] += 100.0 * own.level[i] / GOALS
        rows[group[i], _SDG_PROGRESS] += own.progress[i]


@part
def _add_funnel(rows: Floats, group: Integers, posts: Posts) -> None:
    for i in range(len(group)):
        g = group[i]
        if posts.goal[i] != NONE:
            rows[g, _NEEDS_POSTED] += 1.0
        if posts.company[i] == NONE:
            continue
        rows[g, _MEETINGS] += 1.0
        if posts.proposed[i] == 1:
            rows[g, _PROPOSALS] += 1.0
            continue
        friction = posts.friction[i, 0] + posts.friction[i, 1] + posts.friction[i, 2]
        for factor in range(3):
            rows[g, _LOST + factor] += posts.friction[i, factor] / friction


@part
def _add_deals(rows: Floats, group: Integers, traits: InstitutionTraits, deals: Deals) -> None:
    for n in range(deals.tally[FIRST], deals.tally[ROWS]):
        g, verdict = group[deals.municipality[n]], deals.verdict[n]
        if verdict == _RENEWED:
            rows[g, _RENEWALS] += 1.0
            continue
        if verdict < _UNSUBSIDISED:
            rows[g, _REFUSED + verdict] += 1.0
            continue
        rows[g, _DEALS_SIGNED] += 1.0
        if verdict in (_INFRAMARGINAL, _ADDITIONAL):
            rows[g, _DEALS_SUBSIDISED] += 1.0
        if verdict == _ADDITIONAL:
            rows[g, _DEALS_ADDITIONAL] += 1.0
        rows[g, _PRIVATE_INVESTMENT] += deals.equity[n] + deals.debt[n]
        f = deals.institution[n]
        if f != NONE and traits.mandate[f, deals.goal[n]] == 1:
            rows[g, _ESG_LENDING] += deals.debt[n]


@maker
def _add_ended(rows: Floats, group: Integers, deals: Deals) -> None:
    for n in deals.ended[: deals.tally[ENDED]]:
        outcome = _COMPLETED if deals.state[n] == _PROJECT_COMPLETED else _FAILED
        rows[group[deals.municipality[n]], outcome] += 1.0


@maker
def _divide_means(rows: Floats, group: Integers) -> None:
    members = np.zeros(len(rows))
    for g in group:
        members[g] += 1.0
    for g in range(len(rows)):
        for column in _MEANS:
            rows[g, column] /= members[g]

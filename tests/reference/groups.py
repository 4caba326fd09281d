"""Study groups, subcommittees of the platform, advice and advisers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from tests.reference.agents import NONE, Company, Municipality
from tests.reference.draws import padded_index, uniform

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

TRIES = 8  # for a seat of a subcommittee


def hold_study_groups(model: ReferenceModel) -> None:
    """Institutions learn to appraise; who attends is drawn once a year."""
    cost = model.parameters.study_group_cost / 4.0
    seats = round(model.parameters.study_group_seats)
    groups = min(model.affordable(Fund.STUDY_GROUPS, cost), math.ceil(len(model.domestic) / seats))
    model.spend(Fund.STUDY_GROUPS, groups * cost)
    year = model.clock.year
    queue = sorted(model.domestic, key=lambda institution: institution.uniform(Process.STUDY_GROUP, year))
    for municipality, institution in enumerate(queue):
        institution.study(attends=municipality < groups * seats)


def hold_subcommittees(model: ReferenceModel) -> None:
    """Members meet by theme and come to trust each other."""
    cost = model.parameters.subcommittee_cost / 4.0
    seats = round(model.parameters.subcommittee_seats)
    groups = min(model.affordable(Fund.SUBCOMMITTEES, cost), math.ceil(len(model.municipalities) / seats))
    model.spend(Fund.SUBCOMMITTEES, groups * cost)
    themes = model.stream(Process.SUBCOMMITTEE_THEME, model.clock.year)
    for group in range(groups):
        theme = model.salient_theme(uniform(themes, group))
        companies = _companies_seated(model, group, theme)
        for municipality in _municipalities_seated(model, group):
            for company in companies:
                municipality.trust_more(company, model.parameters.trust_subcommittee)


def _companies_seated(model: ReferenceModel, group: int, theme: int) -> list[Company]:
    s = model.stream(Process.SUBCOMMITTEE_COMPANY, model.clock.year)
    seated = []
    for seat in range(round(model.parameters.subcommittee_seats)):
        for x in _tries(s, group, seat, len(model.companies)):
            company = model.companies[x]
            if company.member and company.traits.capability[theme] > 0:
                seated.append(company)
                break
    return seated


def _municipalities_seated(model: ReferenceModel, group: int) -> list[Municipality]:
    s = model.stream(Process.SUBCOMMITTEE_MUNICIPALITY, model.clock.year)
    seated = []
    for seat in range(round(model.parameters.subcommittee_seats)):
        for x in _tries(s, group, seat, len(model.municipalities)):
            if model.municipalities[x].member:
                seated.append(model.municipalities[x])
                break
    return seated


def _tries(s: int, group: int, seat: int, size: int) -> list[int]:
    """Who is drawn for a seat, one after another."""
    drawn = [padded_index(s, group, 16 * seat + attempt, size) for attempt in range(TRIES)]
    return [x for x in drawn if x != NONE]


def send_advice(model: ReferenceModel) -> None:
    """Experts advise new FutureCities; staff is sent to small municipalities, or by lot."""
    parameters, municipalities = model.parameters, model.municipalities
    for municipality in municipalities:
        municipality.coaching = 0.0
    year = model.clock.year
    advised = sorted(
        (municipality for municipality in municipalities if municipality.newly_designated),
        key=lambda municipality: municipality.uniform(Process.ADVICE, year),
    )
    coach(model, Fund.ADVICE, parameters.advice_cost / 4.0, advised, parameters.capacity_advice)
    sent = model.by_size
    if model.policy.advisers:
        sent = sorted(municipalities, key=lambda municipality: municipality.uniform(Process.ADVISER, year))
    coach(model, Fund.ADVISERS, parameters.adviser_cost / 4.0, sent, parameters.capacity_adviser)


def coach(model: ReferenceModel, fund: Fund, cost: float, queue: list[Municipality], gain: float) -> None:
    """As many of the queue are coached as the fund pays for."""
    number = min(model.affordable(fund, cost), len(queue))
    model.spend(fund, number * cost)
    for municipality in queue[:number]:
        municipality.coaching += gain

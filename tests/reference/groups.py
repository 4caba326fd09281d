"""Study groups, subcommittees of the platform, advice and advisers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from tests.reference.agents import NONE, Company, Municipality
from tests.reference.draws import padded_index, uniform

if TYPE_CHECKING:
    from tests.reference.institutions import FinancialInstitution
    from tests.reference.model import ReferenceModel
    from tests.reference.programmes import Programme

TRIES = 8  # for a seat of a subcommittee


def hold_study_groups(model: ReferenceModel) -> None:
    """Institutions learn to appraise; who attends is drawn once a year."""
    year = model.clock.year
    queue = sorted(model.domestic, key=lambda institution: institution.uniform(Process.STUDY_GROUP, year))
    attending = _attending(model, queue)
    for institution in model.domestic:
        institution.study(attends=institution in attending)


def _attending(model: ReferenceModel, queue: list[FinancialInstitution]) -> list[FinancialInstitution]:
    """The first in the queue, as far as the money of each programme for them goes."""
    cost, seats = model.parameters.study_group_cost / 4.0, round(model.parameters.study_group_seats)
    attending: list[FinancialInstitution] = []
    for programme in model.programmes[Fund.STUDY_GROUPS]:
        left = [
            institution
            for institution in queue
            if programme.serves(institution) and institution not in attending
        ]
        groups = min(model.affordable(programme.row, cost), math.ceil(len(left) / seats))
        model.spend(programme.row, groups * cost)
        attending += left[: groups * seats]
    return attending


def hold_subcommittees(model: ReferenceModel) -> None:
    """Members meet by theme and come to trust each other."""
    cost, seats = model.parameters.subcommittee_cost / 4.0, round(model.parameters.subcommittee_seats)
    for programme in model.programmes[Fund.SUBCOMMITTEES]:
        most = math.ceil(len(programme.municipalities) / seats)
        groups = min(model.affordable(programme.row, cost), most)
        model.spend(programme.row, groups * cost)
        for group in range(groups):
            _meet(model, programme, group)


def _meet(model: ReferenceModel, programme: Programme, group: int) -> None:
    themes = programme.own_stream(model.stream(Process.SUBCOMMITTEE_THEME, model.clock.year))
    theme = model.salient_theme(uniform(themes, group))
    companies = _companies_seated(model, programme, group, theme)
    for municipality in _municipalities_seated(model, programme, group):
        for company in companies:
            municipality.trust_more(company, model.parameters.trust_subcommittee)


def _companies_seated(model: ReferenceModel, programme: Programme, group: int, theme: int) -> list[Company]:
    s = programme.own_stream(model.stream(Process.SUBCOMMITTEE_COMPANY, model.clock.year))
    seated = []
    for seat in range(round(model.parameters.subcommittee_seats)):
        for x in _tries(s, group, seat, len(model.companies)):
            company = model.companies[x]
            if company.member and company.traits.capability[theme] > 0:
                seated.append(company)
                break
    return seated


def _municipalities_seated(model: ReferenceModel, programme: Programme, group: int) -> list[Municipality]:
    s = programme.own_stream(model.stream(Process.SUBCOMMITTEE_MUNICIPALITY, model.clock.year))
    seated = []
    for seat in range(round(model.parameters.subcommittee_seats)):
        for x in _tries(s, group, seat, len(programme.municipalities)):
            if programme.municipalities[x].member:
                seated.append(programme.municipalities[x])
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


def coach(model: ReferenceModel, lever: Fund, cost: float, queue: list[Municipality], gain: float) -> None:
    """As many of the queue are coached as the programmes for them pay for, each once."""
    waiting = list(queue)
    for programme in model.programmes[lever]:
        number = model.affordable(programme.row, cost)
        coached = [municipality for municipality in waiting if programme.serves(municipality)][:number]
        model.spend(programme.row, len(coached) * cost)
        for municipality in coached:
            municipality.coaching += gain
            waiting.remove(municipality)

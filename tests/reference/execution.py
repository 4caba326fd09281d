"""P11 and P12: projects are carried through, loans served, and everybody learns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.kernel.draws import Process
from sim.kernel.state import ProjectState
from tests.reference.agents import NONE
from tests.reference.booking import book_renewal
from tests.reference.deal import (
    NO_SUPPORT,
    Desk,
    municipal_surplus,
    no_grant,
    offer_for,
    success_of,
    value_project,
)
from tests.reference.projects import Project

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel


def run_projects(model: ReferenceModel) -> None:
    """Every open project survives, completes or fails; then completed ones may go on once."""
    model.ended = []
    still_open = []
    quarters = max(round(model.parameters.project_quarters), 1)
    for project in model.open_projects:
        age = model.quarter - project.quarter
        survives = age == 0 or _draw(Process.SURVIVAL, project) < math.exp(
            math.log(project.success) / quarters
        )
        if survives and age < quarters:
            still_open.append(project)
        else:
            _end(model, project, survives)
    model.open_projects = still_open
    for project in completed(model):
        if project.renewed_from == NONE:
            _renew(model, project)


def completed(model: ReferenceModel) -> list[Project]:
    """Projects that completed this quarter, in row order."""
    return [project for project in model.ended if project.state == ProjectState.COMPLETED]


def _draw(process: Process, project: Project) -> float:
    return project.municipality.uniform2(process, project.number)


def _end(model: ReferenceModel, project: Project, survived: bool) -> None:
    project.end_quarter = model.quarter
    project.municipality.active -= 1
    project.company.active -= 1
    model.ended.append(project)
    if survived:
        project.state = ProjectState.COMPLETED
        project.municipality.completed += 1
        return
    project.municipality.failed += 1
    project.state = ProjectState.FAILED
    chance = model.parameters.default_given_failure
    if project.lender is not None and _draw(Process.DEFAULT, project) < chance:
        project.state = ProjectState.DEFAULTED


def _renew(model: ReferenceModel, first: Project) -> None:
    """The same partners and theme, tested again without public money."""
    parameters = model.parameters
    if _draw(Process.RENEWAL, first) >= parameters.renewal:
        return
    municipality, company = first.municipality, first.company
    success = success_of(model, municipality, company, first.goal)
    plan = value_project(model, municipality, company, first.goal, success, first.cost, renewal=1)
    nothing = no_grant(parameters, plan)
    if municipal_surplus(parameters, plan, nothing.municipal) <= 0:
        return
    lenders = [] if first.lender is None else [first.lender]
    desk = Desk(lenders, [lender.room(lender.capital, first.goal) for lender in lenders])
    offer = offer_for(model, plan, desk, nothing, NO_SUPPORT)
    if offer.signs:
        book_renewal(model, plan, offer, first)


def service_loans(model: ReferenceModel) -> None:
    """Loans earn, default and mature."""
    outstanding = []
    for loan in model.loans:
        assert loan.lender is not None
        age = model.quarter - loan.quarter
        defaulted = loan.state == ProjectState.DEFAULTED
        if defaulted:
            _write_off(model, loan)
        elif age > 0:
            loan.lender.capital += loan.margin
        if defaulted or age >= loan.tenor:
            loan.lender.exposure -= loan.debt
        else:
            outstanding.append(loan)
    model.loans = outstanding


def _write_off(model: ReferenceModel, loan: Project) -> None:
    assert loan.lender is not None
    parameters = model.parameters
    loss = parameters.loss_given_default * loan.debt * (1.0 - loan.ordinary_guarantee)
    called = loss * loan.guarantee
    insured = 0.0
    if loan.insurer is not None:
        insured = (loss - called) * parameters.insurance_cover
        loan.insurer.capital -= insured
    loan.lender.capital -= loss - called - insured
    model.flows["guarantee_calls"] += called
    model.flows["loan_losses"] += loss - called - insured


def learn(model: ReferenceModel) -> None:
    """P12 and P2: trust, reputation and capacity after what ended this quarter."""
    parameters = model.parameters
    for municipality in model.municipalities:
        for partner in municipality.partners:
            partner.trust *= 1.0 - parameters.trust_decay
    learning = [municipality.coaching for municipality in model.municipalities]
    for project in model.ended:
        municipality, company = project.municipality, project.company
        if project.state == ProjectState.COMPLETED:
            municipality.trust_more(company, parameters.trust_success)
            for actor in (municipality, company):
                actor.reputation += parameters.reputation_success * (1.0 - actor.reputation)
            learning[municipality.id] += parameters.capacity_success
        else:
            municipality.trust_less(company)
            for actor in (municipality, company):
                actor.reputation *= 1.0 - parameters.reputation_failure
            learning[municipality.id] += parameters.capacity_failure
    for municipality in model.municipalities:
        municipality.learn(learning[municipality.id])

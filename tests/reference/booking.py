"""Booking of P9 to P11: rows of the deals table, slots, public money and loans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kernel.funds import Fund
from sim.kernel.state import ProjectState, Verdict
from tests.reference.programmes import payer
from tests.reference.projects import Project

if TYPE_CHECKING:
    from tests.reference.deal import Offer, Plan
    from tests.reference.model import ReferenceModel


def book_proposal(model: ReferenceModel, plan: Plan, offer: Offer, verdict: int) -> None:
    """A row for a proposal; a signature takes slots and public money at once."""
    project = _row(model, plan, verdict, plan.municipality.friction)
    if verdict < Verdict.UNSUBSIDISED:
        return
    plan.municipality.signed += 1
    plan.company.signed += 1
    _open(model, project, offer)
    if offer.grant > 0.0:
        project.grant, project.grant_fund = offer.grant, offer.payer
        if offer.of_model_project:
            plan.municipality.model_credit -= offer.grant  # paid on designation
        else:
            model.spend(offer.payer, offer.grant)
    if offer.lender is not None:
        plan.municipality.prefecture.pooled_debt[plan.goal] += offer.debt
        project.ordinary_guarantee = offer.lender.ordinary_guarantee(plan.guarantee_use)
        _set_aside(model, plan, project, offer.debt)
        _open_loan(model, plan, project, offer)


def book_renewal(model: ReferenceModel, plan: Plan, offer: Offer, first: Project) -> None:
    """A row for a renewal, without public money."""
    project = _row(model, plan, Verdict.RENEWAL, (0.0, 0.0, 0.0))
    project.renewed_from = first.row
    _open(model, project, offer)
    if offer.lender is not None:
        project.ordinary_guarantee = offer.lender.ordinary_guarantee(plan.guarantee_use)
        _open_loan(model, plan, project, offer)


def _row(model: ReferenceModel, plan: Plan, verdict: int, friction: tuple[float, float, float]) -> Project:
    project = Project(
        row=len(model.projects),
        quarter=model.quarter,
        municipality=plan.municipality,
        company=plan.company,
        goal=plan.goal,
        cost=plan.cost,
        success=plan.success,
        tenor=int(4.0 * plan.years),
        friction=friction,
        verdict=verdict,
    )
    model.projects.append(project)
    return project


def _open(model: ReferenceModel, project: Project, offer: Offer) -> None:
    project.state = ProjectState.ACTIVE
    project.equity = offer.equity
    project.municipal = offer.municipal
    project.municipality.active += 1
    project.company.active += 1
    model.open_projects.append(project)


def _set_aside(model: ReferenceModel, plan: Plan, project: Project, debt: float) -> None:
    """Guarantee and interest subsidy are bought at expected cost, as far as their money lasts."""
    parameters, policy, municipality = model.parameters, model.policy, plan.municipality
    most = plan.default * parameters.loss_given_default * policy.guarantee_cover * debt
    programme = payer(model, Fund.GUARANTEE, municipality, most)
    if most > 0.0 and programme is not None:
        project.guarantee, project.reserve = policy.guarantee_cover, most * (1.0 - project.ordinary_guarantee)
        project.guarantee_fund = programme.row
        model.spend(programme.row, project.reserve)
    subsidy = policy.interest_subsidy_rate * min(plan.years, parameters.interest_subsidy_years) * debt
    programme = payer(model, Fund.INTEREST_SUBSIDY, municipality, subsidy)
    if subsidy > 0.0 and programme is not None:
        project.interest_subsidy = subsidy
        project.interest_fund = programme.row
        model.spend(programme.row, subsidy)


def _open_loan(model: ReferenceModel, plan: Plan, project: Project, offer: Offer) -> None:
    """The lender takes the debt on its books, and pays the insurer, if it has one."""
    lender = offer.lender
    assert lender is not None
    project.lender, project.insurer = lender, offer.insurer
    project.debt, project.rate = offer.debt, offer.rate
    lender.exposure += offer.debt
    spent = lender.funding(plan.years) + lender.ordinary_fee(plan.guarantee_use, plan.years)
    earned = (offer.rate - spent) * offer.debt + project.interest_subsidy
    project.margin = earned / project.tenor
    if offer.insurer is not None:
        premium = offer.insurer.premium_per_yen(plan.default, project.ordinary_guarantee, project.guarantee)
        project.premium = premium * offer.debt
        lender.capital -= project.premium
        offer.insurer.capital += project.premium
    model.loans.append(project)

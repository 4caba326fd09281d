"""The books of a deal: rows of the deals table, slots, loans and public money."""

from __future__ import annotations

from typing import NamedTuple

from sim.acts.ledger import payer_for_municipality, spend
from sim.agents.project import (
    Offer,
    Project,
    funding_rate,
    ordinary_fee,
    ordinary_guarantee,
    premium_per_yen,
    subsidised_interest,
)
from sim.kernel.compiled import part
from sim.kernel.funds import Fund
from sim.kernel.parameters import Finance
from sim.kernel.state import (
    LOANS,
    NEVER,
    NONE,
    OPEN,
    ROWS,
    Clock,
    Columns,
    Deals,
    Institutions,
    Policy,
    Posts,
    ProjectState,
)
from sim.kernel.world import InstitutionTraits, Traits

_GUARANTEE = int(Fund.GUARANTEE)
_INTEREST_SUBSIDY = int(Fund.INTEREST_SUBSIDY)
_NOT_SIGNED = ProjectState.NOT_SIGNED
_ACTIVE = ProjectState.ACTIVE


class Grant(NamedTuple):
    """Public money for a project."""

    fund: int  # row of the ledger that pays, or that paid a model project on designation
    amount: float  # JPY M, 0 where there is none
    municipal: float  # JPY M that the municipality pays beside it
    model: bool  # it is a model project's


@part
def book_proposal(clock: Clock, deals: Deals, posts: Posts, i: int, project: Project) -> int:
    """Add a row for a proposal of municipality ``i``; the row."""
    row = new_row(clock, deals, i, posts.company[i], project)
    for factor in range(3):
        deals.friction[row, factor] = posts.friction[i, factor]
    return row


@part
def new_row(clock: Clock, deals: Deals, i: int, j: int, project: Project) -> int:
    """Add a row for a project that is not signed; the row."""
    row = deals.tally[ROWS]
    deals.tally[ROWS] += 1
    deals.quarter[row] = clock.quarter
    deals.municipality[row] = i
    deals.company[row] = j
    deals.institution[row] = NONE
    deals.insurer[row] = NONE
    deals.goal[row] = project.goal
    deals.cost[row] = project.cost
    deals.success_probability[row] = project.success
    deals.tenor[row] = int(4.0 * project.years)
    deals.state[row] = _NOT_SIGNED
    deals.end_quarter[row] = NEVER
    deals.renewed_from[row] = NONE
    return row


@part
def book_signature(
    clock: Clock, finance: Finance, policy: Policy, world: Traits, state: Columns,
    row: int, offer: Offer, project: Project, paid: Grant, insurer: int,
) -> None:  # fmt: skip
    """Sign a first project: slots, loan, grant."""
    municipalities, companies, deals = state.municipalities, state.companies, state.deals
    i, j = deals.municipality[row], deals.company[row]
    municipalities.active[i] += 1
    municipalities.signed[i] += 1
    companies.active[j] += 1
    companies.signed[j] += 1
    deals.grant[row] = paid.amount
    if paid.amount > 0.0:
        deals.grant_fund[row] = paid.fund
        if paid.model:
            municipalities.model_credit[i] -= paid.amount
        else:
            spend(state.ledger, state.flows, paid.fund, clock.year, paid.amount)
    open_project(deals, row, offer)
    if offer.lender != NONE:
        kind = world.institutions.kind[offer.lender]
        deals.ordinary_guarantee[row] = ordinary_guarantee(finance, project, kind)
        state.prefectures.pooled_debt[world.municipalities.prefecture[i], project.goal] += offer.debt
        _set_public_money_aside(clock, finance, policy, state, row, offer, project)
        open_loan(finance, world.institutions, state.institutions, deals, row, offer, project, insurer)


@part
def open_project(deals: Deals, row: int, offer: Offer) -> None:
    """Start a signed project on the terms of its offer."""
    deals.state[row] = _ACTIVE
    deals.equity[row] = offer.equity
    deals.municipal[row] = offer.municipal
    deals.debt[row] = offer.debt
    deals.rate[row] = offer.rate
    deals.institution[row] = offer.lender
    deals.open_projects[deals.tally[OPEN]] = row
    deals.tally[OPEN] += 1


@part
def _set_public_money_aside(
    clock: Clock, finance: Finance, policy: Policy, state: Columns, row: int, offer: Offer, project: Project
) -> None:
    """Buy guarantee and interest subsidy at their expected cost, as far as the money lasts.

    The guarantee must be affordable without ordinary guarantees, as whoever asked for offers assumed.
    """
    deals, ledger, flows, i = state.deals, state.ledger, state.flows, state.deals.municipality[row]
    most = project.default * finance.loss_given_default * policy.guarantee_cover * offer.debt
    payer = payer_for_municipality(policy.programmes, ledger, _GUARANTEE, i, most)
    if most > 0.0 and payer != NONE:
        reserve = most * (1.0 - deals.ordinary_guarantee[row])
        deals.guarantee[row] = policy.guarantee_cover
        deals.reserve[row] = reserve
        deals.guarantee_fund[row] = payer
        spend(ledger, flows, payer, clock.year, reserve)
    subsidy = subsidised_interest(finance, project, policy.interest_subsidy_rate) * offer.debt
    payer = payer_for_municipality(policy.programmes, ledger, _INTEREST_SUBSIDY, i, subsidy)
    if subsidy > 0.0 and payer != NONE:
        deals.interest_subsidy[row] = subsidy
        deals.interest_fund[row] = payer
        spend(ledger, flows, payer, clock.year, subsidy)


@part
def open_loan(
    finance: Finance, traits: InstitutionTraits, institutions: Institutions, deals: Deals,
    row: int, offer: Offer, project: Project, insurer: int,
) -> None:  # fmt: skip
    """Put the loan on the lender's book and buy cover where it pays.

    The lender's margin is interest plus interest subsidy less funding and fees of ordinary guarantees, earned
    evenly over the tenor.
    """
    f = offer.lender
    institutions.exposure[f] += offer.debt
    spent = funding_rate(finance, traits.kind[f]) * project.years + ordinary_fee(
        finance, project, traits.kind[f]
    )
    earned = (offer.rate - spent) * offer.debt + deals.interest_subsidy[row]
    deals.margin[row] = earned / deals.tenor[row]
    if offer.insured:
        ordinary, guarantee = deals.ordinary_guarantee[row], deals.guarantee[row]
        premium = premium_per_yen(finance, project.default, ordinary, guarantee) * offer.debt
        deals.insurer[row] = insurer
        deals.premium[row] = premium
        institutions.capital[f] -= premium
        institutions.capital[insurer] += premium
    deals.loans[deals.tally[LOANS]] = row
    deals.tally[LOANS] += 1

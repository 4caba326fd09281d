"""The three-party deal: what a project is worth, and on which terms it can be signed (P9).

Nothing here writes: ``appraise`` answers what would happen to a project with a given grant.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from sim.agents.company import company_surplus, highest_rate
from sim.agents.financial_institution import (
    agreed_rate,
    break_even_rate,
    buys_cover,
    perceived_default,
    ticket_fits,
)
from sim.kernel.compiled import part, rule
from sim.kernel.parameters import Finance
from sim.kernel.state import NONE
from sim.kernel.world import BANK, LIFE_INSURER, SECURITIES, Flags, Floats, Integers

SIGNS, NO_VALUE, NO_LENDER = range(3)


class Project(NamedTuple):
    """What is known of a project before its funding. Money in JPY M."""

    goal: int
    cost: float
    success: float  # probability pi
    default: float  # (1 - pi) delta
    value: float  # expected value to the company, social value included
    years: float  # of its loan, in whole quarters
    guarantee_use: float  # share of banks' loans to such a company that carry an ordinary guarantee


class Offer(NamedTuple):
    """Terms on which a project would be signed, or why not."""

    verdict: int  # SIGNS, NO_VALUE (does not pay the company) or NO_LENDER
    surplus: float  # of the company, JPY M
    lender: int
    rate: float  # over the loan's life
    debt: float
    equity: float
    municipal: float
    insured: bool


class Desk(NamedTuple):
    """The institutions that were asked and appraise, with what they can lend. Arrays of length 4."""

    asked: Integers  # ids, NONE where nobody appraises
    kind: Integers
    room: Floats  # JPY M
    skill: Floats
    mandate: Flags  # 1 = the project's goal is inside the mandate
    pooled: float  # JPY M of the theme's debt in the prefecture this fiscal year
    insurer: int  # casualty insurer that would cover the loan, NONE = no cover to be had


class Terms(NamedTuple):
    """What is put to the company and the institutions: who pays what of the cost, and public support."""

    grant: float  # JPY M
    equity: float  # JPY M, of the company
    municipal: float  # JPY M, of the municipality
    fixed_cost: float  # JPY M, of the company
    guarantee: float  # share of the loss covered by the public, of what ordinary guarantees leave
    interest_subsidy: float  # per yen of debt, over the loan's life


@rule
def success_probability(
    constant: float, on_match: float, on_capacity: float, on_trust: float,
    match: float, capacity: float, trust: float,
) -> float:  # fmt: skip
    """P9: probability pi that a project is completed."""
    return 1.0 / (1.0 + math.exp(-(constant + on_match * match + on_capacity * capacity + on_trust * trust)))


@rule
def match_quality(capability: float, unable: float, capacity: float, near: float) -> float:
    """P9: q = h (u + (1 - u) c) x distance factor; without capacity ``unable`` of the match is left."""
    return capability * (unable + (1.0 - unable) * capacity) * near


@rule
def repaid_in(years: float) -> int:
    """P9: whole quarters in which a loan of so many years is repaid, at least one."""
    return max(round(4.0 * years), 1)


@part
def appraise(finance: Finance, project: Project, desk: Desk, terms: Terms) -> Offer:
    """Best offer for a project on these terms: who lends, at which rate, or why nobody signs."""
    equity, municipal, fixed_cost = terms.equity, terms.municipal, terms.fixed_cost
    debt = max(project.cost - equity - municipal - terms.grant, 0.0)
    if debt > 0.0:
        lender, lowest, insured = best_lender(finance, project, desk, debt, terms)
        loss = finance.loss_given_default
        bearable = highest_rate(project.value, project.default, debt, loss, equity, fixed_cost)
        highest = min(bearable, finance.rate_cap * project.years)
        if lender != NONE and lowest <= highest:
            rate = agreed_rate(lowest, highest, finance.surplus_share)
            surplus = company_surplus(project.value, project.default, rate, debt, loss, equity, fixed_cost)
            return Offer(SIGNS, surplus, lender, rate, debt, equity, municipal, insured)
        if bearable < 0.0:
            return Offer(NO_VALUE, 0.0, NONE, 0.0, debt, equity, municipal, False)
        if debt > finance.own_money_share * project.cost:
            return Offer(NO_LENDER, 0.0, NONE, 0.0, debt, equity, municipal, False)
    surplus = project.value - equity - debt - fixed_cost
    if surplus <= 0.0:
        return Offer(
            NO_LENDER if debt > 0.0 else NO_VALUE, surplus, NONE, 0.0, debt, equity, municipal, False
        )
    return Offer(SIGNS, surplus, NONE, 0.0, 0.0, equity + debt, municipal, False)


@part
def best_lender(
    finance: Finance, project: Project, desk: Desk, debt: float, terms: Terms
) -> tuple[int, float, bool]:
    """Institution with the lowest break-even rate (or NONE), that rate, and whether it buys cover."""
    best, lowest, insured = NONE, math.inf, False
    for n in range(len(desk.asked)):
        if desk.asked[n] == NONE or desk.room[n] < debt:
            continue
        if not ticket_fits(
            desk.kind[n], debt, desk.pooled, finance.ticket_bank_low, finance.ticket_bank_high,
            finance.ticket_trust, finance.ticket_securities, finance.ticket_life,
        ):  # fmt: skip
            continue
        seen = perceived_default(project.default, finance.pessimism, desk.skill[n])
        covered = desk.insurer != NONE and buys_cover(seen, project.default, finance.insurance_loading)
        rate = _lender_rate(finance, project, desk, n, debt, seen, covered, terms)
        if rate < lowest:
            best, lowest, insured = desk.asked[n], rate, covered
    return best, lowest, insured


@part
def _lender_rate(
    finance: Finance,
    project: Project,
    desk: Desk,
    n: int,
    debt: float,
    seen: float,
    covered: bool,
    terms: Terms,
) -> float:
    """Break-even rate of the n-th institution at the desk."""
    ordinary = ordinary_guarantee(finance, project, desk.kind[n])
    loss, premium = finance.loss_given_default * (1.0 - ordinary), 0.0
    if covered:
        premium = premium_per_yen(finance, project.default, ordinary, terms.guarantee)
        loss *= 1.0 - finance.insurance_cover
    fee = ordinary_fee(finance, project, desk.kind[n])
    if desk.kind[n] == SECURITIES:
        fee = finance.securities_fee
    forgone = finance.esg_premium * desk.mandate[n] + terms.interest_subsidy
    funding = funding_rate(finance, desk.kind[n]) * project.years
    screening = finance.screening_cost * (finance.screening_unskilled - desk.skill[n])
    return break_even_rate(seen, funding, loss, terms.guarantee, screening, debt, premium, fee, forgone)


@rule
def ordinary_guarantee(finance: Finance, project: Project, kind: Any) -> float:
    """Expected share of a lender's loss that credit guarantee associations bear: that of banks alone."""
    return project.guarantee_use * finance.ordinary_guarantee_cover if kind == BANK else 0.0


@rule
def ordinary_fee(finance: Finance, project: Project, kind: Any) -> float:
    """Expected fee of ordinary guarantees per yen of debt, over the loan's life."""
    return project.guarantee_use * finance.ordinary_guarantee_fee * project.years if kind == BANK else 0.0


@rule
def premium_per_yen(finance: Finance, default: float, ordinary: float, guarantee: float) -> float:
    """Insurance premium per yen of debt: loaded expected loss on the true default probability."""
    return (
        finance.insurance_loading
        * default
        * finance.insurance_cover
        * finance.loss_given_default
        * (1.0 - ordinary)
        * (1.0 - guarantee)
    )


@rule
def subsidised_interest(finance: Finance, project: Project, rate: float) -> float:
    """Interest subsidy at a yearly rate per yen of debt: for some years, at most the loan's life."""
    return rate * min(project.years, finance.interest_subsidy_years)


@rule
def funding_rate(finance: Finance, kind: Any) -> float:
    """Funding cost of an institution (1/year)."""
    return finance.funding_rate_life if kind == LIFE_INSURER else finance.funding_rate

"""P9 and P10: what a project is worth to each party, who signs, and what a grant changes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from sim.kernel.state import Verdict
from sim.kernel.world import SECURITIES
from tests.reference.agents import NONE, Company, Municipality
from tests.reference.booking import book_proposal
from tests.reference.institutions import FinancialInstitution
from tests.reference.programmes import payer

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

YEARS = (5, 7, 7, 5, 3, 15, 15, 5, 10, 5, 15, 7, 12, 7, 10, 5, 3)  # tenor of loans by goal
NEED_WEIGHTED, LOTTERY = 1, 2


@dataclass(frozen=True)
class Plan:
    """What a partnership is about to do: cost and value in JPY M, years of the loan."""

    municipality: Municipality
    company: Company
    goal: int
    success: float
    cost: float
    value: float
    default: float
    years: float
    guarantee_use: float  # share of banks' loans to the company that carry an ordinary guarantee


@dataclass(frozen=True)
class Desk:
    """Who may fund a project, with the room of each, and what has been pooled for the theme."""

    lenders: list[FinancialInstitution]
    room: list[float]
    insurer: FinancialInstitution | None = None
    pooled: float = 0.0


@dataclass(frozen=True)
class Offer:
    """What a plan comes to at one grant: signed, or refused by company or lenders."""

    signs: bool
    refusal: int = NONE
    grant: float = 0.0
    municipal: float = 0.0
    equity: float = 0.0
    debt: float = 0.0
    rate: float = 0.0
    surplus: float = 0.0
    lender: FinancialInstitution | None = None
    insurer: FinancialInstitution | None = None
    payer: int = NONE  # row of the ledger that pays the grant
    of_model_project: bool = False


@dataclass(frozen=True)
class Grant:
    """A grant that is open to a project, and what the municipality pays beside it. JPY M."""

    amount: float
    municipal: float
    payer: int = NONE  # row of the ledger
    of_model_project: bool = False


@dataclass(frozen=True)
class Support:
    """Public cover g of the loss, and interest subsidy s per yen over the life of the loan."""

    cover: float = 0.0
    interest_subsidy: float = 0.0


NO_SUPPORT = Support()
NO_VALUE = Offer(False, Verdict.REFUSED_BY_COMPANY)
NO_LENDER = Offer(False, Verdict.REFUSED_BY_LENDERS)


def test_and_sign(model: ReferenceModel) -> None:
    """Settle proposals one after another, in the order of award."""
    capital = [institution.capital for institution in model.institutions]
    pooled = [list(prefecture.pooled_debt) for prefecture in model.prefectures]
    scored = []
    for post in model.municipalities:
        if post.proposed and post.company is not None:
            success = success_of(model, post, post.company, post.theme)
            lot = post.uniform(Process.AWARD)
            scored.append((-_award_score(model, post, success, lot), lot, post.id, success))
    for _, _, number, success in sorted(scored):
        post = model.municipalities[number]
        assert post.company is not None
        cost = _cost(model, post)
        plan = value_project(model, post, post.company, post.theme, success, cost)
        desk = _desk(model, plan, capital, pooled[post.prefecture.id][post.theme])
        settle(model, plan, desk)


def success_of(model: ReferenceModel, municipality: Municipality, company: Company, goal: int) -> float:
    """Success probability of a project of the two."""
    parameters = model.parameters
    near = company.nearness(municipality, parameters.match_distance, parameters.match_national)
    unable = parameters.match_unable
    q = company.traits.capability[goal] * (unable + (1.0 - unable) * municipality.capacity) * near
    logit = (
        parameters.success_constant
        + parameters.success_match * q
        + parameters.success_capacity * municipality.capacity
        + parameters.success_trust * municipality.trust_in(company)
    )
    return 1.0 / (1.0 + math.exp(-logit))


def _award_score(model: ReferenceModel, post: Municipality, success: float, lot: float) -> float:
    if model.policy.award == LOTTERY:
        return lot
    merit = success * post.gap(post.theme) if model.policy.award == NEED_WEIGHTED else success
    return float(merit + model.parameters.designation_bonus * post.designated)


def _cost(model: ReferenceModel, municipality: Municipality) -> float:
    parameters = model.parameters
    noise = municipality.normal(Process.COST)
    return float(
        parameters.cost_median
        * math.exp(parameters.cost_size * municipality.traits.size + parameters.cost_spread * noise)
    )


def value_project(
    model: ReferenceModel,
    municipality: Municipality,
    company: Company,
    goal: int,
    success: float,
    cost: float,
    renewal: int = 0,
) -> Plan:
    """What the project returns, and how likely its loan defaults."""
    parameters = model.parameters
    noise = municipality.return_noise(renewal)
    gross = parameters.gross_return * (
        1.0 + parameters.market_growth * model.market[goal] * (model.quarter / 4.0)
    )
    gross += parameters.gross_return_spread * noise
    value = (
        (success + (1.0 - success) * parameters.salvage) * max(gross, 0.0)
        + success * company.traits.social_weight
    ) * cost
    default = (1.0 - success) * parameters.default_given_failure
    years = max(round(4.0 * (parameters.tenor_factor * YEARS[goal])), 1) / 4.0
    use = 0.0 if company.traits.national else parameters.ordinary_guarantee_use
    return Plan(municipality, company, goal, success, cost, value, default, years, use)


def _desk(model: ReferenceModel, plan: Plan, capital: list[float], pooled: float) -> Desk:
    """Ask regional and national institutions and foreign capital to the desk, and an insurer."""
    municipality = plan.municipality
    asked: list[FinancialInstitution] = []
    regional = round(model.parameters.regional_lenders_asked)
    for seat in range(regional + round(model.parameters.national_lenders_asked)):
        pool = municipality.prefecture.institutions if seat < regional else model.national_institutions
        lender = next(municipality.pick(Process.LENDER_ASKED, 16 * seat, pool), None)
        if lender is not None and lender not in asked:
            asked.append(lender)
    lenders = [lender for lender in asked if lender.sits(municipality, plan.goal)]
    fund = model.foreign_fund if model.policy.international else None
    if fund is not None and fund.sits(municipality, plan.goal):
        lenders.append(fund)
    insurer = None
    if model.policy.insurance:
        insurer = next(municipality.pick(Process.INSURER, 0, model.insurers), None)
    room = [lender.room(capital[lender.id], plan.goal) for lender in lenders]
    return Desk(lenders, room, insurer, pooled)


def settle(model: ReferenceModel, plan: Plan, desk: Desk) -> None:
    """Weigh the deal with and without the grant, and book what comes of it."""
    approval = plan.municipality.uniform(Process.APPROVAL)
    nothing, grant = no_grant(model.parameters, plan), _grant_offered(model, plan)
    plain = offer_for(model, plan, desk, nothing, _support(model, plan, nothing))
    granted = plain
    if grant.amount > 0.0:
        granted = offer_for(model, plan, desk, grant, _support(model, plan, grant))
    signs_plain = plain.signs and _agrees(model, plan, nothing, approval)
    agrees = _agrees(model, plan, grant, approval)
    signs_granted = grant.amount > 0.0 and agrees and granted.signs
    if signs_granted and not signs_plain:
        verdict, chosen = Verdict.ADDITIONAL, granted
    elif signs_granted and granted.surplus > plain.surplus and not _declined(model, grant, nothing):
        verdict, chosen = Verdict.INFRAMARGINAL, granted
    elif signs_plain:
        verdict, chosen = Verdict.UNSUBSIDISED, plain
    else:
        verdict = granted.refusal if agrees else Verdict.REFUSED_BY_MUNICIPALITY
        chosen = granted
    chosen = replace(chosen, payer=grant.payer, of_model_project=grant.of_model_project)
    book_proposal(model, plan, chosen, verdict)


def _declined(model: ReferenceModel, grant: Grant, nothing: Grant) -> bool:
    """Where the municipality decides, it leaves a grant that makes it pay more than the deal without."""
    return bool(model.policy.grant_choice) and grant.municipal > nothing.municipal


def no_grant(parameters: Any, plan: Plan) -> Grant:
    """The municipality pays its usual share."""
    return Grant(0.0, parameters.municipal_share * plan.cost)


def _grant_offered(model: ReferenceModel, plan: Plan) -> Grant:
    """The largest of three, the first of equals: to the city, to the company, a model project's."""
    parameters, city = model.parameters, plan.municipality
    usual = parameters.municipal_share * plan.cost
    fundable = max(1.0 - parameters.equity_share - parameters.municipal_share, 0.0)
    offers = (
        _subsidy(model, plan, usual, fundable),
        _company_grant(model, plan, usual, fundable),
        Grant(min(fundable * plan.cost, city.model_credit), usual, city.model_fund, True),
    )
    return max(offers, key=lambda grant: grant.amount)


def _subsidy(model: ReferenceModel, plan: Plan, usual: float, fundable: float) -> Grant:
    """All or nothing of the grant to the municipality, which pays its match."""
    parameters = model.parameters
    rate = parameters.grant_rate
    eligible = min(parameters.grant_eligible_share, max(1.0 - parameters.equity_share, 0.0))
    cap = parameters.grant_cap_leading if plan.municipality.designated else parameters.grant_cap
    amount = min(min(rate * eligible, fundable) * plan.cost, cap)
    programme = payer(model, Fund.SUBSIDY, plan.municipality, amount)
    if programme is None or amount <= 0.0:
        return Grant(0.0, usual)
    return Grant(amount, max(usual, amount * (1.0 - rate) / rate), programme.row)


def _company_grant(model: ReferenceModel, plan: Plan, usual: float, fundable: float) -> Grant:
    """All or nothing of the grant to the company."""
    parameters = model.parameters
    amount = min(min(parameters.company_grant_rate, fundable) * plan.cost, parameters.company_grant_cap)
    programme = payer(model, Fund.COMPANY_GRANTS, plan.municipality, amount)
    return Grant(0.0, usual) if programme is None else Grant(amount, usual, programme.row)


def _agrees(model: ReferenceModel, plan: Plan, grant: Grant, u: float) -> bool:
    """Whether the municipality approves of the cost on draw ``u``, and gains from the project."""
    parameters = model.parameters
    match = grant.municipal - parameters.municipal_share * plan.cost
    logit = (
        parameters.approval_constant
        + parameters.approval_fiscal * math.log(plan.municipality.traits.fiscal_strength / 0.45)
        + parameters.approval_grant * ((grant.amount - match) / plan.cost)
    )
    approves = u < 1.0 / (1.0 + math.exp(-logit))
    return approves and municipal_surplus(parameters, plan, grant.municipal) > 0


def municipal_surplus(parameters: Any, plan: Plan, own_money: float) -> float:
    """What the municipality gains, net of what it pays and the work."""
    municipality = plan.municipality
    exposure = municipality.prefecture.exposure[municipality.traits.size_class][plan.goal]
    relief = parameters.case_relief * (1.0 - math.exp(-exposure))
    return float(
        plan.success * parameters.municipal_value * municipality.gap(plan.goal) * plan.cost
        - own_money
        - parameters.municipal_fixed_cost
        * (1.0 + parameters.municipal_cost_able - municipality.capacity)
        * (1.0 - relief)
    )


def debt_left(parameters: Any, plan: Plan, grant: Grant) -> float:
    """What company, municipality and grant leave of the cost."""
    return float(max(plan.cost - parameters.equity_share * plan.cost - grant.municipal - grant.amount, 0.0))


def _support(model: ReferenceModel, plan: Plan, grant: Grant) -> Support:
    """Public cover and interest subsidy, as long as their money lasts."""
    parameters, policy = model.parameters, model.policy
    debt = debt_left(parameters, plan, grant)
    cover = policy.guarantee_cover
    subsidy = policy.interest_subsidy_rate * min(plan.years, parameters.interest_subsidy_years)
    calls = plan.default * parameters.loss_given_default * policy.guarantee_cover * debt
    if payer(model, Fund.GUARANTEE, plan.municipality, calls) is None:
        cover = 0.0
    if payer(model, Fund.INTEREST_SUBSIDY, plan.municipality, subsidy * debt) is None:
        subsidy = 0.0
    return Support(cover, subsidy)


def offer_for(model: ReferenceModel, plan: Plan, desk: Desk, grant: Grant, support: Support) -> Offer:
    """Whether company and lender sign at this grant, and on what terms."""
    parameters = model.parameters
    equity = parameters.equity_share * plan.cost
    debt = debt_left(parameters, plan, grant)
    if debt > 0.0:
        bearable = _bearable_rate(parameters, plan, equity, debt)
        highest = min(bearable, parameters.rate_cap * plan.years)
        rate, lender = _best_lender(parameters, plan, desk, debt, support)
        if lender is not None and rate <= highest:
            rate = rate + parameters.surplus_share * (highest - rate)
            surplus = _surplus_with_loan(parameters, plan, equity, debt, rate)
            insurer = desk.insurer if lender.buys_cover(plan.default) else None
            return Offer(
                True, NONE, grant.amount, grant.municipal, equity, debt, rate, surplus, lender, insurer
            )
        if bearable < 0:
            return NO_VALUE
        if debt > parameters.own_money_share * plan.cost:
            return NO_LENDER
    surplus = plan.value - equity - debt - parameters.company_fixed_cost
    if surplus > 0:
        return Offer(True, NONE, grant.amount, grant.municipal, equity + debt, surplus=surplus)
    return NO_LENDER if debt > 0.0 else NO_VALUE


def _bearable_rate(parameters: Any, plan: Plan, equity: float, debt: float) -> float:
    d, loss = plan.default, parameters.loss_given_default
    return float(
        (plan.value - d * (1.0 - loss) * debt - equity - parameters.company_fixed_cost) / ((1.0 - d) * debt)
        - 1.0
    )


def _surplus_with_loan(parameters: Any, plan: Plan, equity: float, debt: float, rate: float) -> float:
    d, loss = plan.default, parameters.loss_given_default
    return float(
        plan.value
        - (1.0 - d) * (1.0 + rate) * debt
        - d * (1.0 - loss) * debt
        - equity
        - parameters.company_fixed_cost
    )


def _best_lender(
    parameters: Any, plan: Plan, desk: Desk, debt: float, support: Support
) -> tuple[float, FinancialInstitution | None]:
    """The least break-even rate at the desk, and whose it is; the first seat among equals."""
    best: FinancialInstitution | None = None
    least = math.inf
    for lender, room in zip(desk.lenders, desk.room, strict=True):
        if room >= debt and lender.ticket_fits(debt, desk.pooled):
            rate = _break_even_rate(parameters, lender, plan, desk, debt, support)
            if best is None or rate < least:
                best, least = lender, rate
    return least, best


def _break_even_rate(
    parameters: Any, lender: FinancialInstitution, plan: Plan, desk: Desk, debt: float, support: Support
) -> float:
    """Rate over the life of the loan at which the lender neither gains nor loses."""
    seen = lender.perceived_default(plan.default)
    ordinary = lender.ordinary_guarantee(plan.guarantee_use)
    loss, premium = parameters.loss_given_default * (1.0 - ordinary), 0.0
    if desk.insurer is not None and lender.buys_cover(plan.default):
        premium = desk.insurer.premium_per_yen(plan.default, ordinary, support.cover)
        loss *= 1.0 - parameters.insurance_cover
    fee = lender.ordinary_fee(plan.guarantee_use, plan.years)
    if lender.traits.kind == SECURITIES:
        fee = parameters.securities_fee
    forgone = parameters.esg_premium * lender.traits.mandate[plan.goal] + support.interest_subsidy
    kept = 1.0 - loss * (1.0 - support.cover)
    screening = parameters.screening_cost * (parameters.screening_unskilled - lender.skill) / debt
    return float(
        (1.0 + lender.funding(plan.years) - seen * kept + screening + premium + fee - forgone) / (1.0 - seen)
        - 1.0
    )

"""P9, P10: proposals are tested with and without a grant, ranked, and signed."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sim.acts.booking import Grant, book_proposal, book_signature
from sim.acts.ledger import payer_for_municipality
from sim.acts.ranking import kilometres, trust_between
from sim.agents.company import gross_value, nearness
from sim.agents.financial_institution import ACCESS, appraisal_probability
from sim.agents.government import award_score, grant_offered, own_share
from sim.agents.municipality import BY_MUNICIPALITY, approval_probability, municipal_surplus, perceived_gap
from sim.agents.project import (
    NO_VALUE,
    SIGNS,
    Desk,
    Offer,
    Project,
    Terms,
    appraise,
    match_quality,
    repaid_in,
    subsidised_interest,
    success_probability,
)
from sim.kernel.compiled import act, maker, part
from sim.kernel.draws import Process, normal, padded_index, stream, uniform, uniform2
from sim.kernel.funds import Fund
from sim.kernel.parameters import Deal, Finance, Grants, Parameters
from sim.kernel.state import (
    NONE,
    Clock,
    Columns,
    Institutions,
    Ledger,
    Municipalities,
    Policy,
    Posts,
    Programmes,
    Verdict,
)
from sim.kernel.world import FOREIGN_FUND, Directory, Floats, InstitutionTraits, Integers, Traits

_COST = Process.COST
_RETURN = Process.RETURN
_APPROVAL = Process.APPROVAL
_LENDER_ASKED = Process.LENDER_ASKED
_APPRAISAL = Process.APPRAISAL
_INSURER = Process.INSURER
_AWARD = Process.AWARD
_SUBSIDY = int(Fund.SUBSIDY)
_COMPANY_GRANTS = int(Fund.COMPANY_GRANTS)
_GUARANTEE = int(Fund.GUARANTEE)
_INTEREST_SUBSIDY = int(Fund.INTEREST_SUBSIDY)

_REFUSED_BY_MUNICIPALITY = Verdict.REFUSED_BY_MUNICIPALITY
_REFUSED_BY_COMPANY = Verdict.REFUSED_BY_COMPANY
_REFUSED_BY_LENDERS = Verdict.REFUSED_BY_LENDERS
_UNSUBSIDISED = Verdict.UNSUBSIDISED
_INFRAMARGINAL = Verdict.INFRAMARGINAL
_ADDITIONAL = Verdict.ADDITIONAL

_TRIES = 6

#: Loan tenor in years by goal: long for infrastructure and energy, short for services. Assumed.
TENOR_YEARS = np.array([5, 7, 7, 5, 3, 15, 15, 5, 10, 5, 15, 7, 12, 7, 10, 5, 3], np.float64)


class Start(NamedTuple):
    """What there was before the quarter's deals, by which all of them are judged."""

    capital: Floats  # of each institution, JPY M
    pooled: Floats  # (P, 17) debt signed this fiscal year, JPY M


@act
def test_and_sign(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Test every proposal with and without a grant and sign what suits all three, best applications first.

    A grant is taken only where the deal needs it or who decides is better off with it, so no deal that
    signs without a grant is lost by winning one.
    """
    start = Start(state.institutions.capital.copy(), state.prefectures.pooled_debt.copy())
    ids, success = _in_order_of_award(clock, parameters, policy, world, state.municipalities, state.posts)
    asked = round(parameters.finance.regional_lenders_asked) + round(
        parameters.finance.national_lenders_asked
    )
    desk = empty_desk(asked + 1)
    for n in range(len(ids)):
        _settle(clock, parameters, policy, world, state, start, desk, ids[n], success[n])


@part
def _settle(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns,
    start: Start, desk: Desk, i: int, success: float,
) -> None:  # fmt: skip
    """Test one proposal, and sign it or say who refuses; at ``desk`` its lenders sit down."""
    deal, finance, deals, ledger = parameters.deal, parameters.finance, state.deals, state.ledger
    j, k = state.posts.company[i], state.posts.goal[i]
    cost = _cost(clock, deal, world.municipalities.size[i], i)
    project = value_project(clock, parameters, policy, world, i, j, k, cost, success, 0)
    _ask_institutions(clock, finance, policy, world, state.institutions, start.capital, i, k, desk)
    insurer = _insurer(clock, policy, world.directory, i)
    pooled = start.pooled[world.municipalities.prefecture[i], k]
    desk = Desk(desk.asked, desk.kind, desk.room, desk.skill, desk.mandate, pooled, insurer)
    nothing = Grant(NONE, 0.0, deal.municipal_share * cost, False)
    grant = _best_grant(parameters, policy.programmes, state.municipalities, i, cost, ledger)
    agreed = _municipality_agrees(clock, deal, policy, world, state, i, project, nothing)
    plain = offer_for(deal, finance, policy, ledger, i, project, desk, nothing)
    granted, grant_agreed = plain, agreed
    if grant.amount > 0.0:
        granted = offer_for(deal, finance, policy, ledger, i, project, desk, grant)
        grant_agreed = _municipality_agrees(clock, deal, policy, world, state, i, project, grant)
    signs = agreed and plain.verdict == SIGNS
    signs_with = grant.amount > 0.0 and grant_agreed and granted.verdict == SIGNS
    takes = signs_with and (not signs or _prefers(policy, granted, plain, grant, nothing))
    row = book_proposal(clock, deals, state.posts, i, project)
    if not takes and not signs:
        deals.verdict[row] = _refusal(grant_agreed, granted.verdict)
        return
    deals.verdict[row] = _approval(takes, signs)
    offer, paid = (granted, grant) if takes else (plain, nothing)
    book_signature(clock, finance, policy, world, state, row, offer, project, paid, insurer)


@part
def _prefers(policy: Policy, granted: Offer, plain: Offer, grant: Grant, nothing: Grant) -> bool:
    """Whether a deal that is signed with a grant or without takes it, by the rule ``grant_choice``."""
    if policy.grant_choice == BY_MUNICIPALITY and grant.municipal > nothing.municipal:
        return False
    return granted.surplus > plain.surplus


@part
def _approval(takes: bool, signs: bool) -> int:
    """Verdict on a deal that is signed: whether it takes its grant, and would sign without."""
    if not takes:
        return _UNSUBSIDISED
    return _INFRAMARGINAL if signs else _ADDITIONAL


@part
def _best_grant(
    parameters: Parameters, programmes: Programmes, municipalities: Municipalities,
    i: int, cost: float, ledger: Ledger,
) -> Grant:  # fmt: skip
    """The largest grant: the subsidy to the municipality, one to the company, or a model project's money."""
    grants, deal = parameters.grants, parameters.deal
    usual = deal.municipal_share * cost
    fundable = max(1.0 - deal.equity_share - deal.municipal_share, 0.0)
    best = _subsidy(grants, deal, programmes, ledger, cost, usual, i, municipalities.designated[i])
    company = grant_offered(min(grants.company_grant_rate, fundable), cost, grants.company_grant_cap)
    payer = payer_for_municipality(programmes, ledger, _COMPANY_GRANTS, i, company)
    if company > best.amount and payer != NONE:
        best = Grant(payer, company, usual, False)
    model = min(fundable * cost, municipalities.model_credit[i])
    if model > best.amount:
        best = Grant(municipalities.model_fund[i], model, usual, True)
    return best


@part
def _subsidy(
    grants: Grants, deal: Deal, programmes: Programmes, ledger: Ledger,
    cost: float, usual: float, i: int, designated: int,
) -> Grant:  # fmt: skip
    """The subsidy to the municipality for its part of the project, and the match that it must pay."""
    eligible = min(grants.grant_eligible_share, max(1.0 - deal.equity_share, 0.0))
    rate = min(grants.grant_rate * eligible, max(1.0 - deal.equity_share - deal.municipal_share, 0.0))
    cap = grants.grant_cap_leading if designated == 1 else grants.grant_cap
    amount = grant_offered(rate, cost, cap)
    payer = payer_for_municipality(programmes, ledger, _SUBSIDY, i, amount)
    if payer == NONE:
        amount = 0.0
    return Grant(payer, amount, own_share(amount, grants.grant_rate, usual), False)


@part
def _refusal(agreed: bool, verdict: int) -> int:
    if not agreed:
        return _REFUSED_BY_MUNICIPALITY
    return _REFUSED_BY_COMPANY if verdict == NO_VALUE else _REFUSED_BY_LENDERS


@maker
def _in_order_of_award(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits,
    municipalities: Municipalities, posts: Posts,
) -> tuple[Integers, Floats]:  # fmt: skip
    """Municipalities with a proposal in the order in which the scheme ranks them (ties by lot), and pi."""
    key = stream(clock.key, _AWARD, clock.quarter)
    ids = np.nonzero(posts.proposed)[0]
    score, lot, success = np.empty(len(ids)), np.empty(len(ids)), np.empty(len(ids))
    for n in range(len(ids)):
        i = ids[n]
        success[n] = success_of(parameters.deal, world, municipalities, i, posts.company[i], posts.goal[i])
        lot[n] = uniform(key, i)
        score[n] = -award_score(
            policy.award,
            success[n],
            perceived_gap(municipalities.goals[i, posts.goal[i]], policy.gap_scale[posts.goal[i]]),
            municipalities.designated[i],
            parameters.grants.designation_bonus,
            lot[n],
        )
    order = np.argsort(lot)
    order = order[np.argsort(score[order], kind="mergesort")]
    return ids[order], success[order]


@part
def success_of(deal: Deal, world: Traits, municipalities: Municipalities, i: int, j: int, k: int) -> float:
    """Success probability of a project of municipality ``i`` and company ``j`` for goal ``k``."""
    traits, km = world.companies, kilometres(world, i, j)
    near = nearness(km, deal.match_distance, traits.national[j], deal.match_national)
    return success_probability(
        deal.success_constant, deal.success_match, deal.success_capacity, deal.success_trust,
        match_quality(traits.capability[j, k], deal.match_unable, municipalities.capacity[i], near),
        municipalities.capacity[i], trust_between(municipalities.partners, municipalities.trust, i, j),
    )  # fmt: skip


@part
def _cost(clock: Clock, deal: Deal, size: float, i: int) -> float:
    """Cost (JPY M) of the project that municipality ``i`` would carry out this quarter."""
    spread = deal.cost_spread * normal(stream(clock.key, _COST, clock.quarter), i)
    return deal.cost_median * math.exp(deal.cost_size * size + spread)


@part
def value_project(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits,
    i: int, j: int, k: int, cost: float, success: float, renewal: int,
) -> Project:  # fmt: skip
    """Project of municipality ``i`` and company ``j``, of known cost and success; its return is drawn.

    The return grows over the years with the goal's market size. ``renewal`` is 1 for a partnership
    that goes on, which draws another return than a new one.
    """
    deal, market = parameters.deal, policy.market[k]
    gross = deal.gross_return * (1.0 + deal.market_growth * market * (clock.quarter / 4.0))
    gross += deal.gross_return_spread * normal(stream(clock.key, _RETURN, clock.quarter), 2 * i + renewal)
    value = gross_value(success, max(gross, 0.0), deal.salvage, world.companies.social_weight[j], cost)
    finance = parameters.finance
    default = (1.0 - success) * finance.default_given_failure
    years = repaid_in(finance.tenor_factor * TENOR_YEARS[k]) / 4.0
    guaranteed = 0.0 if world.companies.national[j] == 1 else finance.ordinary_guarantee_use
    return Project(k, cost, success, default, value, years, guaranteed)


@part
def _municipality_agrees(
    clock: Clock, deal: Deal, policy: Policy, world: Traits, state: Columns,
    i: int, project: Project, grant: Grant,
) -> bool:  # fmt: skip
    """Whether the municipality approves the cost and gains by the project.

    A grant helps as far as it exceeds what the municipality pays more because of it.
    """
    match = grant.municipal - deal.municipal_share * project.cost
    approval = approval_probability(
        deal.approval_constant, deal.approval_fiscal, deal.approval_grant,
        world.municipalities.fiscal_strength[i], (grant.amount - match) / project.cost,
    )  # fmt: skip
    if uniform(stream(clock.key, _APPROVAL, clock.quarter), i) >= approval:
        return False
    return municipality_gains(deal, policy, world, state, i, project, grant.municipal)


@part
def municipality_gains(
    deal: Deal, policy: Policy, world: Traits, state: Columns, i: int, project: Project, own_money: float
) -> bool:
    """Whether the municipality's surplus U_m is positive."""
    traits, municipalities = world.municipalities, state.municipalities
    known = state.prefectures.exposure[traits.prefecture[i], traits.size_class[i], project.goal]
    gap = perceived_gap(municipalities.goals[i, project.goal], policy.gap_scale[project.goal])
    surplus = municipal_surplus(
        project.success, deal.municipal_value, gap, project.cost,
        own_money, deal.municipal_fixed_cost, deal.municipal_cost_able, municipalities.capacity[i],
        deal.case_relief * (1.0 - math.exp(-known)),
    )  # fmt: skip
    return surplus > 0.0


@part
def offer_for(
    deal: Deal, finance: Finance, policy: Policy, ledger: Ledger,
    i: int, project: Project, desk: Desk, grant: Grant,
) -> Offer:  # fmt: skip
    """Best terms with a grant, with public guarantee and interest subsidy as far as their money lasts."""
    equity = deal.equity_share * project.cost
    debt = max(project.cost - equity - grant.municipal - grant.amount, 0.0)
    cover = policy.guarantee_cover
    calls = project.default * finance.loss_given_default * cover * debt
    if payer_for_municipality(policy.programmes, ledger, _GUARANTEE, i, calls) == NONE:
        cover = 0.0
    subsidy = subsidised_interest(finance, project, policy.interest_subsidy_rate)
    if payer_for_municipality(policy.programmes, ledger, _INTEREST_SUBSIDY, i, subsidy * debt) == NONE:
        subsidy = 0.0
    terms = Terms(grant.amount, equity, grant.municipal, deal.company_fixed_cost, cover, subsidy)
    return appraise(finance, project, desk, terms)


@part
def _ask_institutions(
    clock: Clock, finance: Finance, policy: Policy, world: Traits, institutions: Institutions,
    capital: Floats, i: int, k: int, desk: Desk,
) -> None:  # fmt: skip
    """Ask some regional and national institutions, and foreign capital; who appraises sits down."""
    traits, directory = world.institutions, world.directory
    prefecture = world.municipalities.prefecture[i]
    desk.asked[:] = NONE
    ask_key = stream(clock.key, _LENDER_ASKED, clock.quarter)
    key = stream(clock.key, _APPRAISAL, clock.quarter)
    start, end = directory.institution_start[prefecture], directory.institution_start[prefecture + 1]
    foreign_seat, regional = len(desk.asked) - 1, round(finance.regional_lenders_asked)
    for n in range(foreign_seat):
        listed = directory.institutions[start:end] if n < regional else directory.national_institutions
        f = _pick(ask_key, i, n, listed)
        if f == NONE or f in desk.asked:
            continue
        if _appraises(finance, policy, traits, institutions, f, k, uniform2(key, i, f)):
            seat_lender(finance, traits, institutions, capital[f], desk, n, f, k)
    if policy.international:
        for f in directory.foreign_fund:
            if _appraises(finance, policy, traits, institutions, f, k, uniform2(key, i, f)):
                seat_lender(finance, traits, institutions, capital[f], desk, foreign_seat, f, k)


@part
def _appraises(
    finance: Finance, policy: Policy, traits: InstitutionTraits, institutions: Institutions,
    f: int, k: int, u: float,
) -> bool:  # fmt: skip
    """Whether institution ``f`` looks at a loan for goal ``k`` at all, on draw ``u``."""
    base = institutions.skill[f] if policy.study_effect == ACCESS else finance.appraisal_base
    return u < appraisal_probability(base, finance.appraisal_mandate, traits.mandate[f, k])


@part
def _insurer(clock: Clock, policy: Policy, directory: Directory, i: int) -> int:
    """Casualty insurer that would cover a loan to a project of municipality ``i``, or NONE."""
    if not policy.insurance:
        return NONE
    return _pick(stream(clock.key, _INSURER, clock.quarter), i, 0, directory.insurers)


@maker
def empty_desk(seats: int) -> Desk:
    """A desk at which nobody sits yet."""
    return Desk(
        np.full(seats, NONE), np.zeros(seats, np.int64), np.zeros(seats), np.zeros(seats),
        np.zeros(seats, np.uint8), 0.0, NONE,
    )  # fmt: skip


@part
def seat_lender(
    finance: Finance,
    traits: InstitutionTraits,
    institutions: Institutions,
    capital: float,
    desk: Desk,
    n: int,
    f: int,
    k: int,
) -> None:
    """Seat institution ``f`` with the room that its capital and exposure leave."""
    desk.asked[n] = f
    desk.kind[n] = traits.kind[f]
    limit = finance.lending_share * capital / finance.capital_requirement
    if traits.kind[f] == FOREIGN_FUND:
        limit = capital if traits.mandate[f, k] == 1 else 0.0
    desk.room[n] = limit - institutions.exposure[f]
    desk.skill[n] = institutions.skill[f]
    desk.mandate[n] = traits.mandate[f, k]


@part
def _pick(key: Any, i: int, n: int, listed: Integers) -> int:
    """A listed id, tried at most _TRIES times; NONE when none came up."""
    if len(listed) == 0:
        return NONE
    for attempt in range(_TRIES):
        index = padded_index(key, i, n * 16 + attempt, len(listed))
        if index >= 0:
            return listed[index]
    return NONE

"""P9, P10: proposals are tested with and without a grant, ranked, and signed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.acts.booking import book_proposal, book_signature
from sim.acts.meetings import trust_between
from sim.agents.company import distance, gross_value, nearness
from sim.agents.financial_institution import appraisal_probability
from sim.agents.government import award_score, grant_offered
from sim.agents.municipality import approval_probability, municipal_surplus, perceived_gap
from sim.agents.project import (
    NO_VALUE,
    SIGNS,
    Desk,
    Offer,
    Project,
    appraise,
    match_quality,
    success_probability,
)
from sim.kernel.compiled import act, maker, part
from sim.kernel.draws import Process, normal, padded_index, stream, uniform, uniform2
from sim.kernel.funds import Fund
from sim.kernel.parameters import Deal, Finance, Grants
from sim.kernel.state import (
    NONE,
    Clock,
    Companies,
    Deals,
    Flows,
    Institutions,
    Ledger,
    Municipalities,
    Policy,
    Posts,
    Prefectures,
    Verdict,
)
from sim.kernel.world import (
    FOREIGN_FUND,
    CompanyTraits,
    Directory,
    Floats,
    InstitutionTraits,
    Integers,
    MunicipalityTraits,
)

_COST = Process.COST
_RETURN = Process.RETURN
_APPROVAL = Process.APPROVAL
_LENDER_ASKED = Process.LENDER_ASKED
_APPRAISAL = Process.APPRAISAL
_INSURER = Process.INSURER
_AWARD = Process.AWARD
_SUBSIDY = int(Fund.SUBSIDY)
_MODEL_GRANTS = int(Fund.MODEL_GRANTS)
_GUARANTEE = int(Fund.GUARANTEE)
_INTEREST_SUBSIDY = int(Fund.INTEREST_SUBSIDY)

_REFUSED_BY_MUNICIPALITY = Verdict.REFUSED_BY_MUNICIPALITY
_REFUSED_BY_COMPANY = Verdict.REFUSED_BY_COMPANY
_REFUSED_BY_LENDERS = Verdict.REFUSED_BY_LENDERS
_UNSUBSIDISED = Verdict.UNSUBSIDISED
_INFRAMARGINAL = Verdict.INFRAMARGINAL
_ADDITIONAL = Verdict.ADDITIONAL

_ASKED = 4
_REGIONAL = 3
_FOREIGN_SEAT = 4
_TRIES = 6

#: Loan tenor in years by goal: long for infrastructure and energy, short for services. Assumed.
TENOR_YEARS = np.array([5, 7, 7, 5, 3, 15, 15, 5, 10, 5, 15, 7, 12, 7, 10, 5, 3], np.float64)


@act
def test_and_sign(
    clock: Clock, rules: Deal, finance: Finance, grants: Grants, policy: Policy,
    places: MunicipalityTraits, firms: CompanyTraits, institutions: InstitutionTraits, directory: Directory,
    towns: Municipalities, companies: Companies, lenders: Institutions, regions: Prefectures,
    posts: Posts, deals: Deals, ledger: Ledger, flows: Flows,
) -> None:  # fmt: skip
    """Test every proposal with and without a grant and sign what suits all three, best applications first.

    A grant is taken only where the deal needs it or is better with it, so no deal that signs
    without a grant is lost by winning one.
    """
    capital = lenders.capital.copy()
    pooled = regions.pooled_debt.copy()
    ids, success = _in_order_of_award(clock, rules, grants, policy, places, firms, towns, posts)
    desk = empty_desk(_ASKED + 1)
    for n in range(len(ids)):
        _settle(
            clock, rules, finance, grants, policy, places, firms, institutions, directory,
            towns, companies, lenders, regions, posts, deals, ledger, flows,
            capital, pooled, desk, ids[n], success[n],
        )  # fmt: skip


@part
def _settle(
    clock: Clock, rules: Deal, finance: Finance, grants: Grants, policy: Policy,
    places: MunicipalityTraits, firms: CompanyTraits, institutions: InstitutionTraits, directory: Directory,
    towns: Municipalities, companies: Companies, lenders: Institutions, regions: Prefectures,
    posts: Posts, deals: Deals, ledger: Ledger, flows: Flows,
    capital: Floats, pooled: Floats, desk: Desk, i: int, success: float,
) -> None:  # fmt: skip
    """Test one proposal, and sign it or say who refuses.

    ``capital`` of the lenders and ``pooled`` debt by prefecture and theme are those before the quarter's
    deals; ``desk`` is where the lenders of each deal sit down.
    """
    j, k = posts.company[i], posts.goal[i]
    prefecture = places.prefecture[i]
    cost = _cost(clock, rules, places.size[i], i)
    project = value_project(
        clock, rules, finance, policy.market[k], firms.social_weight[j], i, k, cost, success, 0
    )
    _ask_institutions(
        clock, finance, policy, directory, institutions, lenders, capital, prefecture, i, k, desk
    )
    insurer = _insurer(clock, policy, directory, i)
    desk = Desk(desk.asked, desk.kind, desk.room, desk.skill, desk.mandate, pooled[prefecture, k], insurer)
    fundable = max(1.0 - rules.equity_share - rules.municipal_share, 0.0)
    fund, grant = _best_grant(grants, towns.model_credit[i], fundable, cost, ledger)
    agreed = _municipality_agrees(clock, rules, policy, places, towns, regions, i, project, 0.0)
    plain = offer_for(rules, finance, policy, ledger, project, desk, 0.0)
    granted, grant_agreed = plain, agreed
    if grant > 0.0:
        granted = offer_for(rules, finance, policy, ledger, project, desk, grant)
        grant_agreed = _municipality_agrees(clock, rules, policy, places, towns, regions, i, project, grant)
    signs = agreed and plain.verdict == SIGNS
    signs_with = grant > 0.0 and grant_agreed and granted.verdict == SIGNS
    takes = signs_with and (not signs or granted.surplus > plain.surplus)
    row = book_proposal(clock, deals, posts, i, project)
    if not takes and not signs:
        deals.verdict[row] = _refusal(grant_agreed, granted.verdict)
        return
    deals.verdict[row] = _approval(takes, signs)
    offer, paid = (granted, grant) if takes else (plain, 0.0)
    book_signature(
        clock, finance, policy, institutions, towns, companies, lenders, regions, deals, ledger,
        flows, prefecture, row, offer, project, paid, fund, insurer,
    )  # fmt: skip


@part
def _approval(takes: bool, signs: bool) -> int:
    """Verdict on a deal that is signed: whether it takes its grant, and would sign without."""
    if not takes:
        return _UNSUBSIDISED
    return _INFRAMARGINAL if signs else _ADDITIONAL


@part
def _best_grant(
    grants: Grants, model_credit: float, fundable: float, cost: float, ledger: Ledger
) -> tuple[int, float]:
    """Fund and size (JPY M) of the larger grant: the subsidy, or what is open of a model project's grant."""
    rate = min(grants.grant_rate, fundable)
    subsidy = grant_offered(rate, cost, grants.grant_cap, ledger.remaining[_SUBSIDY])
    model = min(fundable * cost, model_credit, ledger.remaining[_MODEL_GRANTS])
    if model > subsidy:
        return _MODEL_GRANTS, model
    return _SUBSIDY, subsidy


@part
def _refusal(agreed: bool, verdict: int) -> int:
    if not agreed:
        return _REFUSED_BY_MUNICIPALITY
    return _REFUSED_BY_COMPANY if verdict == NO_VALUE else _REFUSED_BY_LENDERS


@maker
def _in_order_of_award(
    clock: Clock,
    rules: Deal,
    grants: Grants,
    policy: Policy,
    places: MunicipalityTraits,
    firms: CompanyTraits,
    towns: Municipalities,
    posts: Posts,
) -> tuple[Integers, Floats]:
    """Municipalities with a proposal in the order in which the scheme ranks them (ties by lot), and pi."""
    key = stream(clock.key, _AWARD, clock.quarter)
    ids = np.nonzero(posts.proposed)[0]
    score, lot, success = np.empty(len(ids)), np.empty(len(ids)), np.empty(len(ids))
    for n in range(len(ids)):
        i = ids[n]
        success[n] = success_of(rules, places, firms, towns, i, posts.company[i], posts.goal[i])
        lot[n] = uniform(key, i)
        score[n] = -award_score(
            policy.award,
            success[n],
            perceived_gap(towns.goals[i, posts.goal[i]], policy.gap_scale[posts.goal[i]]),
            towns.designated[i],
            grants.designation_bonus,
            lot[n],
        )
    order = np.argsort(lot)
    order = order[np.argsort(score[order], kind="mergesort")]
    return ids[order], success[order]


@part
def success_of(
    rules: Deal,
    places: MunicipalityTraits,
    firms: CompanyTraits,
    towns: Municipalities,
    i: int,
    j: int,
    k: int,
) -> float:
    """Success probability of a project of municipality ``i`` and company ``j`` for goal ``k``."""
    km = distance(places.x[i] - firms.x[j], places.y[i] - firms.y[j], places.z[i] - firms.z[j])
    near = nearness(km, rules.match_distance, firms.national[j], rules.match_national)
    return success_probability(
        rules.success_constant, rules.success_match, rules.success_capacity, rules.success_trust,
        match_quality(firms.capability[j, k], towns.capacity[i], near),
        towns.capacity[i], trust_between(towns.partners, towns.trust, i, j),
    )  # fmt: skip


@part
def _cost(clock: Clock, rules: Deal, size: float, i: int) -> float:
    """Cost (JPY M) of the project that municipality ``i`` would carry out this quarter."""
    spread = rules.cost_spread * normal(stream(clock.key, _COST, clock.quarter), i)
    return rules.cost_median * math.exp(rules.cost_size * size + spread)


@part
def value_project(
    clock: Clock,
    rules: Deal,
    finance: Finance,
    market: float,
    social_weight: float,
    i: int,
    k: int,
    cost: float,
    success: float,
    renewal: int,
) -> Project:
    """Municipality ``i``'s project of known cost and success probability; its return is drawn.

    ``market`` is the goal's market size (mean 1), with which its return grows over the years;
    ``renewal`` is 1 for a partnership that goes on, which draws another return than a new one.
    """
    gross = rules.gross_return * (1.0 + rules.market_growth * market * (clock.quarter / 4.0))
    gross += rules.gross_return_spread * normal(stream(clock.key, _RETURN, clock.quarter), 2 * i + renewal)
    value = gross_value(success, max(gross, 0.0), rules.salvage, social_weight, cost)
    default = (1.0 - success) * finance.default_given_failure
    return Project(k, cost, success, default, value, TENOR_YEARS[k])


@part
def _municipality_agrees(
    clock: Clock,
    rules: Deal,
    policy: Policy,
    places: MunicipalityTraits,
    towns: Municipalities,
    regions: Prefectures,
    i: int,
    project: Project,
    grant: float,
) -> bool:
    """Whether the municipality approves the cost and gains by the project."""
    approval = approval_probability(
        rules.approval_constant, rules.approval_fiscal, rules.approval_grant,
        places.fiscal_strength[i], grant / project.cost,
    )  # fmt: skip
    if uniform(stream(clock.key, _APPROVAL, clock.quarter), i) >= approval:
        return False
    return municipality_gains(rules, policy, places, towns, regions, i, project)


@part
def municipality_gains(
    rules: Deal,
    policy: Policy,
    places: MunicipalityTraits,
    towns: Municipalities,
    regions: Prefectures,
    i: int,
    project: Project,
) -> bool:
    """Whether the municipality's surplus U_m is positive."""
    known = regions.exposure[places.prefecture[i], places.size_class[i], project.goal]
    gap = perceived_gap(towns.goals[i, project.goal], policy.gap_scale[project.goal])
    surplus = municipal_surplus(
        project.success, rules.municipal_value, gap, project.cost,
        rules.municipal_share * project.cost, rules.municipal_fixed_cost, towns.capacity[i],
        rules.case_relief * (1.0 - math.exp(-known)),
    )  # fmt: skip
    return surplus > 0.0


@part
def offer_for(
    rules: Deal, finance: Finance, policy: Policy, ledger: Ledger, project: Project, desk: Desk, grant: float
) -> Offer:
    """Best terms with a grant, with public guarantee and interest subsidy as far as their money lasts."""
    debt = (1.0 - rules.equity_share - rules.municipal_share) * project.cost - grant
    cover, subsidy = policy.guarantee_cover, policy.interest_subsidy_rate
    if project.default * finance.loss_given_default * cover * debt > ledger.remaining[_GUARANTEE]:
        cover = 0.0
    if subsidy * debt * project.years > ledger.remaining[_INTEREST_SUBSIDY]:
        subsidy = 0.0
    return appraise(
        finance, project, desk, grant, rules.equity_share, rules.municipal_share,
        rules.company_fixed_cost, cover, subsidy,
    )  # fmt: skip


@part
def _ask_institutions(
    clock: Clock, finance: Finance, policy: Policy, directory: Directory, institutions: InstitutionTraits,
    lenders: Institutions, capital: Floats, prefecture: int, i: int, k: int, desk: Desk,
) -> None:  # fmt: skip
    """Ask three regional institutions and a national one, and foreign capital; who appraises sits down."""
    desk.asked[:] = NONE
    ask_key = stream(clock.key, _LENDER_ASKED, clock.quarter)
    key = stream(clock.key, _APPRAISAL, clock.quarter)
    start, end = directory.institution_start[prefecture], directory.institution_start[prefecture + 1]
    for n in range(_ASKED):
        listed = directory.institutions[start:end] if n < _REGIONAL else directory.national_institutions
        f = _pick(ask_key, i, n, listed)
        if f == NONE or f in desk.asked:
            continue
        if uniform2(key, i, f) < appraisal_probability(lenders.skill[f], institutions.mandate[f, k]):
            seat_lender(finance, institutions, lenders, capital[f], desk, n, f, k)
    if policy.international:
        for f in directory.foreign_fund:
            if uniform2(key, i, f) < appraisal_probability(lenders.skill[f], institutions.mandate[f, k]):
                seat_lender(finance, institutions, lenders, capital[f], desk, _FOREIGN_SEAT, f, k)


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
    institutions: InstitutionTraits,
    lenders: Institutions,
    capital: float,
    desk: Desk,
    n: int,
    f: int,
    k: int,
) -> None:
    """Seat institution ``f`` with the room that its capital and exposure leave."""
    desk.asked[n] = f
    desk.kind[n] = institutions.kind[f]
    limit = finance.lending_share * capital / finance.capital_requirement
    if institutions.kind[f] == FOREIGN_FUND:
        limit = capital if institutions.mandate[f, k] == 1 else 0.0
    desk.room[n] = limit - lenders.exposure[f]
    desk.skill[n] = lenders.skill[f]
    desk.mandate[n] = institutions.mandate[f, k]


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

"""Record: the quarter's outcomes, one column each of ``sim.kernel.outcomes.OUTCOMES``."""

from __future__ import annotations

import math

import numpy as np

from sim.acts.places import closed, goals_of_each, record_places
from sim.agents.municipality import answer_probability
from sim.kernel.compiled import act, entry, maker, part
from sim.kernel.outcomes import COLUMN
from sim.kernel.parameters import Parameters, Survey
from sim.kernel.state import (
    ENDED,
    FIRST,
    FLOWS,
    NEVER,
    NONE,
    OPEN,
    ROWS,
    Clock,
    Columns,
    Companies,
    Deals,
    Institutions,
    Municipalities,
    Policy,
    Posts,
    Prefectures,
    ProjectState,
    Verdict,
)
from sim.kernel.world import (
    BANK,
    FOREIGN_FUND,
    GOALS,
    INSTITUTION_KINDS,
    LIFE_INSURER,
    SECURITIES,
    TRUST_BANK,
    Floats,
    Ids,
    InstitutionTraits,
    Integers,
    MunicipalityTraits,
    Traits,
)

_ADOPTION_SHARE = COLUMN["adoption_share"]
_ADOPTION_SHARE_GOVERNMENTS = COLUMN["adoption_share_governments"]
_ADOPTION_SHARE_SURVEYED = COLUMN["adoption_share_surveyed"]
_ADOPTION_SHARE_RESPONDENTS = COLUMN["adoption_share_respondents"]
_AWARENESS_MEAN = COLUMN["awareness_mean"]
_AWARENESS_COMPANIES = COLUMN["awareness_companies"]
_CAPACITY_MEAN = COLUMN["capacity_mean"]
_PLATFORM_MEMBERS = COLUMN["platform_members"]
_PLATFORM_MUNICIPALITIES = COLUMN["platform_municipalities"]
_PLATFORM_COMPANIES = COLUMN["platform_companies"]
_NEEDS_POSTED = COLUMN["needs_posted"]
_MEETINGS = COLUMN["meetings"]
_PROPOSALS = COLUMN["proposals"]
_REFUSED = COLUMN["refused_by_municipality"]  # followed by company and lenders, as in Verdict
_DEALS_SIGNED = COLUMN["deals_signed"]
_DEALS_SUBSIDISED = COLUMN["deals_subsidised"]
_DEALS_ADDITIONAL = COLUMN["deals_additional"]
_RENEWALS = COLUMN["renewals"]
_ACTIVE_PARTNERSHIPS = COLUMN["active_partnerships"]
_PROJECTS_COMPLETED = COLUMN["projects_completed"]
_PROJECTS_FAILED = COLUMN["projects_failed"]
_SDG_INDEX = COLUMN["sdg_index"]
_SDG_PROGRESS = COLUMN["sdg_progress"]
_SDG_PROGRESS_WEIGHTED = COLUMN["sdg_progress_weighted"]
_SDG_PROGRESS_BOTTOM = COLUMN["sdg_progress_bottom_quartile"]
_WITHOUT_PROJECT = COLUMN["municipalities_without_project_share"]
_GINI = COLUMN["project_gini"]
_PRIVATE_INVESTMENT = COLUMN["private_investment"]
_ESG_LENDING = COLUMN["esg_lending"]
_TRUST_MEAN = COLUMN["trust_mean"]
_DEGREE_MAX = COLUMN["company_degree_max"]
_NETWORK_MEMBERS = COLUMN["network_members"]
_AGREEMENTS_SIGNED = COLUMN["agreements_signed"]
_DONATIONS_RECEIVED = COLUMN["donations_received"]
_AGREEMENTS_ACTIVE = COLUMN["agreements_active"]
_WITH_AGREEMENT = COLUMN["municipalities_with_agreement_share"]
_AGREEMENT_DEGREE_MAX = COLUMN["agreement_degree_max"]
_WITH_DONATION = COLUMN["municipalities_with_donation_share"]
_FUTURECITIES = COLUMN["futurecities"]
_INBOUND_CAPITAL = COLUMN["inbound_capital"]
_INSURED_DEBT = COLUMN["insured_debt"]
_THEIL_BETWEEN = COLUMN["theil_between"]
_THEIL_WITHIN = COLUMN["theil_within"]
_FINANCING_KINDS = np.array([BANK, TRUST_BANK, SECURITIES, LIFE_INSURER, FOREIGN_FUND])
_FINANCED = np.array([COLUMN[f"financed_{INSTITUTION_KINDS[kind]}"] for kind in _FINANCING_KINDS])
_GOAL_STATE = COLUMN["sdg_01"]
_GOAL_PROGRESS = COLUMN["sdg_progress_01"]
_FLOW_COLUMNS = np.array([COLUMN[name] for name in FLOWS])

_COMPLETED = ProjectState.COMPLETED
_UNSUBSIDISED = Verdict.UNSUBSIDISED
_INFRAMARGINAL = Verdict.INFRAMARGINAL
_ADDITIONAL = Verdict.ADDITIONAL
_RENEWED = Verdict.RENEWAL


@act
def record(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Fill this quarter's row of the series."""
    flows, municipalities, prefectures = state.flows, state.municipalities, state.prefectures
    row = flows.series[clock.quarter]
    for n in range(len(_FLOW_COLUMNS)):
        row[_FLOW_COLUMNS[n]] = flows.now[n]
    _record_people(row, municipalities, state.companies, state.institutions, prefectures)
    _record_survey(row, clock.year, parameters.survey, world.municipalities, municipalities, prefectures)
    _record_funnel(row, state.posts)
    _record_deals(row, world.institutions, state.deals)
    own = goals_of_each(municipalities)
    _record_goals(row, municipalities)
    _record_progress(row, world.municipalities, own.progress)
    _record_concentration(row, world.municipalities, municipalities, prefectures)
    row[_NETWORK_MEMBERS] = _total(municipalities.network)
    row[_FUTURECITIES] = _total(municipalities.designated) + _total(prefectures.designated)
    for f in world.directory.foreign_fund:
        row[_INBOUND_CAPITAL] = state.institutions.capital[f]
    _record_first_rung(row, clock.quarter, municipalities, state.companies)
    row[_WITHOUT_PROJECT] = _count(municipalities.signed, 0) / len(municipalities.signed)
    row[_GINI] = gini(municipalities.signed)
    row[_TRUST_MEAN] = _mean_trust(municipalities.partners, municipalities.trust)
    row[_DEGREE_MAX] = np.max(state.companies.signed) if len(state.companies.signed) > 0 else 0
    record_places(clock, world, state, own)


@entry
def mean(values: Floats) -> float:
    """Mean, summed in id order; 0 of nothing."""
    total = 0.0
    for value in values:
        total += value
    return total / len(values) if len(values) > 0 else 0.0


@part
def _total(flags: np.ndarray) -> int:
    total = 0
    for flag in flags:
        total += int(flag)  # uint8 would wrap at 256 where nothing is compiled
    return total


@part
def _count(values: Integers, wanted: int) -> int:
    number = 0
    for value in values:
        if value == wanted:
            number += 1
    return number


@part
def _record_people(
    row: Floats,
    municipalities: Municipalities,
    companies: Companies,
    institutions: Institutions,
    prefectures: Prefectures,
) -> None:
    number = len(municipalities.adopted)
    adopters = _total(municipalities.adopted)
    row[_ADOPTION_SHARE] = adopters / number
    row[_ADOPTION_SHARE_GOVERNMENTS] = (adopters + _total(prefectures.adopted)) / (
        number + len(prefectures.adopted)
    )
    row[_AWARENESS_MEAN] = mean(municipalities.awareness)
    row[_AWARENESS_COMPANIES] = mean(companies.awareness)
    row[_CAPACITY_MEAN] = mean(municipalities.capacity)
    row[_PLATFORM_MUNICIPALITIES] = _total(municipalities.member) + _total(prefectures.member)
    row[_PLATFORM_COMPANIES] = _total(companies.member) + _total(institutions.member)
    row[_PLATFORM_MEMBERS] = row[_PLATFORM_MUNICIPALITIES] + row[_PLATFORM_COMPANIES]


@part
def _record_survey(
    row: Floats,
    year: int,
    survey: Survey,
    traits: MunicipalityTraits,
    municipalities: Municipalities,
    prefectures: Prefectures,
) -> None:
    """What a survey of the fiscal year would find, in expectation: those that promote and answer."""
    promoting, answering = 0.0, 0.0
    for i in range(len(municipalities.adopted)):
        answers = answer_probability(
            survey.answer_constant, survey.answer_size, survey.answer_promoting, survey.answer_trend,
            traits.size[i], municipalities.adopted[i], year,
        )  # fmt: skip
        answering += answers
        promoting += answers * municipalities.adopted[i]
    for p in range(len(prefectures.adopted)):
        answering += survey.answer_prefecture
        promoting += survey.answer_prefecture * prefectures.adopted[p]
    row[_ADOPTION_SHARE_SURVEYED] = promoting / (len(municipalities.adopted) + len(prefectures.adopted))
    row[_ADOPTION_SHARE_RESPONDENTS] = promoting / answering if answering > 0.0 else 0.0


@part
def _record_first_rung(
    row: Floats, quarter: int, municipalities: Municipalities, companies: Companies
) -> None:
    number, largest = len(municipalities.agreements), 0
    for held in companies.agreements:
        largest = max(largest, held)
    row[_AGREEMENTS_SIGNED] = _count(municipalities.agreement_quarter, quarter)
    row[_DONATIONS_RECEIVED] = _count(municipalities.donation_quarter, quarter)
    row[_AGREEMENTS_ACTIVE] = _total(municipalities.agreements)
    row[_WITH_AGREEMENT] = (number - _count(municipalities.agreements, 0)) / number
    row[_AGREEMENT_DEGREE_MAX] = largest
    row[_WITH_DONATION] = (number - _count(municipalities.donation_quarter, NEVER)) / number


@part
def _record_funnel(row: Floats, posts: Posts) -> None:
    row[_NEEDS_POSTED] = len(posts.goal) - _count(posts.goal, NONE)
    row[_MEETINGS] = len(posts.company) - _count(posts.company, NONE)
    row[_PROPOSALS] = _total(posts.proposed)


@maker
def _record_deals(row: Floats, traits: InstitutionTraits, deals: Deals) -> None:
    verdicts = np.zeros(_RENEWED + 1, np.int64)
    invested, esg, insured = 0.0, 0.0, 0.0
    financed = np.zeros(FOREIGN_FUND + 1)
    for n in range(deals.tally[FIRST], deals.tally[ROWS]):
        verdicts[deals.verdict[n]] += 1
        if deals.verdict[n] < _UNSUBSIDISED or deals.verdict[n] == _RENEWED:
            continue
        invested += deals.equity[n] + deals.debt[n]
        f = deals.institution[n]
        if f == NONE:
            continue
        financed[traits.kind[f]] += deals.debt[n]
        if traits.mandate[f, deals.goal[n]] == 1:
            esg += deals.debt[n]
        if deals.insurer[n] != NONE:
            insured += deals.debt[n]
    for n in range(len(_FINANCED)):
        row[_FINANCED[n]] = financed[_FINANCING_KINDS[n]]
    row[_INSURED_DEBT] = insured
    for reason in range(3):
        row[_REFUSED + reason] = verdicts[reason]
    row[_DEALS_SUBSIDISED] = verdicts[_INFRAMARGINAL] + verdicts[_ADDITIONAL]
    row[_DEALS_SIGNED] = verdicts[_UNSUBSIDISED] + row[_DEALS_SUBSIDISED]
    row[_DEALS_ADDITIONAL] = verdicts[_ADDITIONAL]
    row[_RENEWALS] = verdicts[_RENEWED]
    row[_PRIVATE_INVESTMENT] = invested
    row[_ESG_LENDING] = esg
    row[_ACTIVE_PARTNERSHIPS] = deals.tally[OPEN]
    ended = deals.ended[: deals.tally[ENDED]]
    completed = 0
    for n in ended:
        if deals.state[n] == _COMPLETED:
            completed += 1
    row[_PROJECTS_COMPLETED] = completed
    row[_PROJECTS_FAILED] = len(ended) - completed


@maker
def _record_goals(row: Floats, municipalities: Municipalities) -> None:
    number = len(municipalities.signed)
    level, gap, gap_before = np.zeros(GOALS), np.zeros(GOALS), np.zeros(GOALS)
    for i in range(number):
        for k in range(GOALS):
            level[k] += municipalities.goals[i, k]
            gap[k] += 1.0 - municipalities.goals[i, k]
            gap_before[k] += 1.0 - municipalities.goals_untouched[i, k]
    total = 0.0
    for k in range(GOALS):
        row[_GOAL_STATE + k] = 100.0 * level[k] / number
        row[_GOAL_PROGRESS + k] = closed(gap[k], gap_before[k])
        total += level[k]
    row[_SDG_INDEX] = 100.0 * total / (GOALS * number)


@part
def _record_progress(row: Floats, traits: MunicipalityTraits, own: Floats) -> None:
    progress, weighted, people, bottom, poorest = 0.0, 0.0, 0.0, 0.0, 0
    for i in range(len(own)):
        progress += own[i]
        weighted += own[i] * traits.population[i]
        people += traits.population[i]
        if traits.bottom_quartile[i] == 1:
            bottom += own[i]
            poorest += 1
    row[_SDG_PROGRESS] = progress / len(own)
    row[_SDG_PROGRESS_WEIGHTED] = weighted / people if people > 0.0 else 0.0
    row[_SDG_PROGRESS_BOTTOM] = bottom / poorest if poorest > 0 else 0.0


@entry
def gini(counts: Integers) -> float:
    """Gini coefficient of counts >= 0; 0 when all are zero."""
    highest, total = 0, 0
    for count in counts:
        highest = max(highest, count)
        total += count
    if total == 0:
        return 0.0
    holders = np.zeros(highest + 1, np.int64)
    for count in counts:
        holders[count] += 1
    n = len(counts)
    below, area = 0, 0.0
    for count in range(highest + 1):
        # ranks below+1 .. below+holders hold `count` each; their rank sum is an arithmetic series
        ranks = holders[count] * below + holders[count] * (holders[count] + 1) // 2
        area += float(ranks) * count
        below += holders[count]
    return 2.0 * area / (n * float(total)) - (n + 1.0) / n


@maker
def _record_concentration(
    row: Floats, traits: MunicipalityTraits, municipalities: Municipalities, prefectures: Prefectures
) -> None:
    """Theil index of projects signed, split into the parts between and within prefectures."""
    number, total = len(prefectures.adopted), 0.0
    projects, members = np.zeros(number), np.zeros(number)
    for i in range(len(municipalities.signed)):
        projects[traits.prefecture[i]] += municipalities.signed[i]
        members[traits.prefecture[i]] += 1.0
        total += municipalities.signed[i]
    between, within = 0.0, 0.0
    if total > 0.0:
        mean_all = total / len(municipalities.signed)
        for p in range(number):
            if projects[p] > 0.0:
                between += projects[p] / total * math.log(projects[p] / members[p] / mean_all)
        for i in range(len(municipalities.signed)):
            if municipalities.signed[i] > 0:
                p = traits.prefecture[i]
                within += (
                    municipalities.signed[i]
                    / total
                    * math.log(municipalities.signed[i] * members[p] / projects[p])
                )
    row[_THEIL_BETWEEN] = between
    row[_THEIL_WITHIN] = within


@part
def _mean_trust(partners: Ids, trust: Floats) -> float:
    total, pairs = 0.0, 0
    for i in range(partners.shape[0]):
        for slot in range(partners.shape[1]):
            if partners[i, slot] == NONE:
                break
            total += trust[i, slot]
            pairs += 1
    return total / pairs if pairs > 0 else 0.0

"""Record: the quarter's outcomes, one column each of ``sim.kernel.outcomes.OUTCOMES``."""

from __future__ import annotations

import math

import numpy as np

from sim.kernel.compiled import act, maker, part
from sim.kernel.outcomes import COLUMN
from sim.kernel.state import (
    FLOWS,
    NONE,
    OPEN,
    ROWS,
    Clock,
    Companies,
    Deals,
    Flows,
    Institutions,
    Municipalities,
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
    Directory,
    Floats,
    InstitutionTraits,
    Integers,
    MunicipalityTraits,
)

_ADOPTION_SHARE = COLUMN["adoption_share"]
_ADOPTION_SHARE_GOVERNMENTS = COLUMN["adoption_share_governments"]
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
_BASIS_POINTS = 1e4


@act
def record(
    clock: Clock,
    places: MunicipalityTraits,
    institutions: InstitutionTraits,
    towns: Municipalities,
    companies: Companies,
    lenders: Institutions,
    regions: Prefectures,
    posts: Posts,
    deals: Deals,
    flows: Flows,
    directory: Directory,
    first_row: int,
) -> None:
    """Fill this quarter's row of the series; ``first_row`` is the first deal row of the quarter."""
    row = flows.series[clock.quarter]
    for n in range(len(_FLOW_COLUMNS)):
        row[_FLOW_COLUMNS[n]] = flows.now[n]
    _record_people(row, towns, companies, lenders, regions)
    _record_funnel(row, posts)
    _record_deals(row, institutions, deals, first_row)
    _record_goals(row, places, towns)
    _record_concentration(row, places, towns, regions)
    row[_NETWORK_MEMBERS] = _total(towns.network)
    row[_FUTURECITIES] = _total(towns.designated) + _total(regions.designated)
    for f in directory.foreign_fund:
        row[_INBOUND_CAPITAL] = lenders.capital[f]
    row[_WITHOUT_PROJECT] = _count(towns.signed, 0) / len(towns.signed)
    row[_GINI] = gini(towns.signed)
    row[_TRUST_MEAN] = _mean_trust(towns.partners, towns.trust)
    row[_DEGREE_MAX] = np.max(companies.signed) if len(companies.signed) > 0 else 0


@act
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
    row: Floats, towns: Municipalities, companies: Companies, lenders: Institutions, regions: Prefectures
) -> None:
    number = len(towns.adopted)
    adopters = _total(towns.adopted)
    row[_ADOPTION_SHARE] = adopters / number
    row[_ADOPTION_SHARE_GOVERNMENTS] = (adopters + _total(regions.adopted)) / (number + len(regions.adopted))
    row[_AWARENESS_MEAN] = mean(towns.awareness)
    row[_AWARENESS_COMPANIES] = mean(companies.awareness)
    row[_CAPACITY_MEAN] = mean(towns.capacity)
    row[_PLATFORM_MUNICIPALITIES] = _total(towns.member) + _total(regions.member)
    row[_PLATFORM_COMPANIES] = _total(companies.member) + _total(lenders.member)
    row[_PLATFORM_MEMBERS] = row[_PLATFORM_MUNICIPALITIES] + row[_PLATFORM_COMPANIES]


@part
def _record_funnel(row: Floats, posts: Posts) -> None:
    row[_NEEDS_POSTED] = len(posts.goal) - _count(posts.goal, NONE)
    row[_MEETINGS] = len(posts.company) - _count(posts.company, NONE)
    row[_PROPOSALS] = _total(posts.proposed)


@maker
def _record_deals(row: Floats, institutions: InstitutionTraits, deals: Deals, first_row: int) -> None:
    verdicts = np.zeros(_RENEWED + 1, np.int64)
    invested, esg, insured = 0.0, 0.0, 0.0
    financed = np.zeros(FOREIGN_FUND + 1)
    for n in range(first_row, deals.tally[ROWS]):
        verdicts[deals.verdict[n]] += 1
        if deals.verdict[n] < _UNSUBSIDISED or deals.verdict[n] == _RENEWED:
            continue
        invested += deals.equity[n] + deals.debt[n]
        f = deals.institution[n]
        if f == NONE:
            continue
        financed[institutions.kind[f]] += deals.debt[n]
        if institutions.mandate[f, deals.goal[n]] == 1:
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
    ended = deals.ended[: deals.tally[2]]
    completed = 0
    for n in ended:
        if deals.state[n] == _COMPLETED:
            completed += 1
    row[_PROJECTS_COMPLETED] = completed
    row[_PROJECTS_FAILED] = len(ended) - completed


@maker
def _record_goals(row: Floats, places: MunicipalityTraits, towns: Municipalities) -> None:
    number = len(towns.signed)
    level, gap, gap_before = np.zeros(GOALS), np.zeros(GOALS), np.zeros(GOALS)
    progress, weighted, people, bottom, poorest = 0.0, 0.0, 0.0, 0.0, 0
    for i in range(number):
        own_gap, own_before = 0.0, 0.0
        for k in range(GOALS):
            level[k] += towns.goals[i, k]
            own_gap += 1.0 - towns.goals[i, k]
            own_before += 1.0 - towns.goals_untouched[i, k]
            gap[k] += 1.0 - towns.goals[i, k]
            gap_before[k] += 1.0 - towns.goals_untouched[i, k]
        closed = _closed(own_gap, own_before)
        progress += closed
        weighted += closed * places.population[i]
        people += places.population[i]
        if places.bottom_quartile[i] == 1:
            bottom += closed
            poorest += 1
    total = 0.0
    for k in range(GOALS):
        row[_GOAL_STATE + k] = 100.0 * level[k] / number
        row[_GOAL_PROGRESS + k] = _closed(gap[k], gap_before[k])
        total += level[k]
    row[_SDG_INDEX] = 100.0 * total / (GOALS * number)
    row[_SDG_PROGRESS] = progress / number
    row[_SDG_PROGRESS_WEIGHTED] = weighted / people if people > 0.0 else 0.0
    row[_SDG_PROGRESS_BOTTOM] = bottom / poorest if poorest > 0 else 0.0


@part
def _closed(gap: float, before: float) -> float:
    """Share of a gap that was closed, in basis points; 0 where there was no gap."""
    return _BASIS_POINTS * (1.0 - gap / before) if before > 0.0 else 0.0


@act
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
    row: Floats, places: MunicipalityTraits, towns: Municipalities, regions: Prefectures
) -> None:
    """Theil index of projects signed, split into the parts between and within prefectures."""
    number, total = len(regions.adopted), 0.0
    projects, members = np.zeros(number), np.zeros(number)
    for i in range(len(towns.signed)):
        projects[places.prefecture[i]] += towns.signed[i]
        members[places.prefecture[i]] += 1.0
        total += towns.signed[i]
    between, within = 0.0, 0.0
    if total > 0.0:
        mean_all = total / len(towns.signed)
        for p in range(number):
            if projects[p] > 0.0:
                between += projects[p] / total * math.log(projects[p] / members[p] / mean_all)
        for i in range(len(towns.signed)):
            if towns.signed[i] > 0:
                p = places.prefecture[i]
                within += towns.signed[i] / total * math.log(towns.signed[i] * members[p] / projects[p])
    row[_THEIL_BETWEEN] = between
    row[_THEIL_WITHIN] = within


@part
def _mean_trust(partners: Integers, trust: Floats) -> float:
    total, pairs = 0.0, 0
    for i in range(partners.shape[0]):
        for slot in range(partners.shape[1]):
            if partners[i, slot] == NONE:
                break
            total += trust[i, slot]
            pairs += 1
    return total / pairs if pairs > 0 else 0.0

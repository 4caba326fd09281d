"""P13: completed projects move the goals; successes of designated cities become model cases."""

from __future__ import annotations

import math

import numpy as np

from sim.acts.groups import theme_by_salience
from sim.kernel.compiled import act, part, rule
from sim.kernel.draws import Process, stream, uniform
from sim.kernel.parameters import International, Progress, Search
from sim.kernel.state import ENDED, Clock, Deals, Municipalities, Policy, Prefectures, ProjectState
from sim.kernel.world import GOALS, SIZE_CLASSES, Floats, MunicipalityTraits, PrefectureTraits

_COMPLETED = ProjectState.COMPLETED
_OVERSEAS_CASE = Process.OVERSEAS_CASE
_PARTNERSHIPS = 16  # goal 17
_MEDIAN_POPULATION = 23600.0
_LEAST_POPULATION = 200.0
_CLASS_WIDTH = 0.5


@rule
def moved(state: float, effect: float) -> float:
    """Goal state after an effect: convex towards 1 for gains, towards 0 for losses, so it stays in [0, 1]."""
    if effect >= 0.0:
        return state + (1.0 - state) * (1.0 - math.exp(-effect))
    return state - state * (1.0 - math.exp(effect))


@rule
def effect_of(rules: Progress, cost: float, population: float) -> float:
    """Effect of a completed project on its own goal."""
    people = max(population, _LEAST_POPULATION) / _MEDIAN_POPULATION
    return rules.project_effect * (cost / rules.effect_reference_cost) * math.pow(people, -rules.effect_size)


@act
def advance_goals(
    rules: Progress, policy: Policy, places: MunicipalityTraits, towns: Municipalities, deals: Deals,
) -> None:  # fmt: skip
    """Let goals drift, move those of completed projects with spillovers, and recompute goal 17."""
    _drift(policy, towns)
    for n in range(deals.tally[ENDED]):
        row = deals.ended[n]
        if deals.state[row] != _COMPLETED:
            continue
        i, k = deals.municipality[row], deals.goal[row]
        effect = effect_of(rules, deals.cost[row], places.population[i])
        for goal in range(GOALS - 1):
            spillover = rules.interlinkage_strength * policy.interlinkage[goal, k] * effect
            own = effect if goal == k else 0.0
            towns.goals[i, goal] = moved(towns.goals[i, goal], own + spillover)
    for i in range(len(towns.active)):
        gap = 1.0 - towns.goals_untouched[i, _PARTNERSHIPS]
        towns.goals[i, _PARTNERSHIPS] = 1.0 - gap * math.exp(-rules.partnership_effect * towns.active[i])


@part
def _drift(policy: Policy, towns: Municipalities) -> None:
    """Move every goal by the nation's trend, in the world with and in the one without projects alike."""
    for k in range(GOALS):
        if policy.drift[k] != 0.0:
            for i in range(len(towns.active)):
                towns.goals[i, k] = moved(towns.goals[i, k], policy.drift[k])
                towns.goals_untouched[i, k] = moved(towns.goals_untouched[i, k], policy.drift[k])


@act
def spread_cases(
    clock: Clock,
    rules: Progress,
    abroad: International,
    search: Search,
    policy: Policy,
    places: MunicipalityTraits,
    prefectures: PrefectureTraits,
    towns: Municipalities,
    regions: Prefectures,
    deals: Deals,
) -> None:
    """Let exposure fade and add this quarter's model cases, by prefecture and size class of who looks."""
    regions.exposure[:] = regions.exposure * (1.0 - rules.case_decay)
    near, alike = np.empty(len(prefectures.x)), np.empty(SIZE_CLASSES)
    reach = rules.case_reach * rules.case_promotion
    if policy.international:
        theme = theme_by_salience(
            policy.salience, uniform(stream(clock.key, _OVERSEAS_CASE, clock.quarter), 0)
        )
        regions.exposure[:, :, theme] += reach * abroad.overseas_cases * abroad.overseas_transfer
    for n in range(deals.tally[ENDED]):
        row = deals.ended[n]
        i = deals.municipality[row]
        if deals.state[row] != _COMPLETED or towns.designated[i] == 0:
            continue
        _reach_of_case(rules, search, prefectures, places.prefecture[i], places.size_class[i], near, alike)
        for p in range(len(near)):
            for size in range(SIZE_CLASSES):
                regions.exposure[p, size, deals.goal[row]] += reach * near[p] * alike[size]
    for p in range(len(near)):
        for size in range(SIZE_CLASSES):
            total = 0.0
            for k in range(GOALS):
                total += regions.exposure[p, size, k]
            regions.familiarity[p, size] = 1.0 - math.exp(-total)


@part
def _reach_of_case(
    rules: Progress,
    search: Search,
    prefectures: PrefectureTraits,
    home: int,
    size_class: int,
    near: Floats,
    alike: Floats,
) -> None:
    """Weights of a case of prefecture ``home``: by prefecture (distance) and by size class (likeness)."""
    for p in range(len(near)):
        dx = prefectures.x[p] - prefectures.x[home]
        dy = prefectures.y[p] - prefectures.y[home]
        dz = prefectures.z[p] - prefectures.z[home]
        km = math.sqrt(dx * dx + dy * dy + dz * dz)
        near[p] = rules.case_nationwide + (1.0 - rules.case_nationwide) * math.exp(
            -km / search.proximity_distance
        )
    for size in range(SIZE_CLASSES):
        apart = abs(size - size_class) * _CLASS_WIDTH
        alike[size] = math.exp(-apart / rules.case_size_bandwidth)

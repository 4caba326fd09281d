"""P13: completed projects move the goals; successes of designated cities become model cases."""

from __future__ import annotations

import math

import numpy as np

from sim.acts.groups import theme_by_salience
from sim.kernel.compiled import act, light_act, part, rule
from sim.kernel.draws import Process, stream, uniform
from sim.kernel.parameters import Parameters, Progress
from sim.kernel.state import ENDED, Clock, Columns, Municipalities, Policy, ProjectState
from sim.kernel.world import GOALS, SIZE_CLASSES, Floats, PrefectureTraits, Traits

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
def effect_of(progress: Progress, cost: float, population: float) -> float:
    """Effect of a completed project on its own goal."""
    people = max(population, _LEAST_POPULATION) / _MEDIAN_POPULATION
    return (
        progress.project_effect
        * (cost / progress.effect_reference_cost)
        * math.pow(people, -progress.effect_size)
    )


@light_act
def advance_goals(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Let goals drift, move those of completed projects with spillovers, and recompute goal 17."""
    progress, municipalities, deals = parameters.progress, state.municipalities, state.deals
    traits = world.municipalities
    _drift(policy, municipalities)
    for n in range(deals.tally[ENDED]):
        row = deals.ended[n]
        if deals.state[row] != _COMPLETED:
            continue
        i, k = deals.municipality[row], deals.goal[row]
        effect = effect_of(progress, deals.cost[row], traits.population[i])
        if k == _PARTNERSHIPS:
            municipalities.partnership_gain[i] += effect
        for goal in range(GOALS - 1):
            spillover = progress.interlinkage_strength * policy.interlinkage[goal, k] * effect
            own = effect if goal == k else 0.0
            municipalities.goals[i, goal] = moved(municipalities.goals[i, goal], own + spillover)
    for i in range(len(municipalities.active)):
        gap = 1.0 - municipalities.goals_untouched[i, _PARTNERSHIPS]
        effect = progress.partnership_effect * municipalities.active[i] + municipalities.partnership_gain[i]
        municipalities.goals[i, _PARTNERSHIPS] = 1.0 - gap * math.exp(-effect)


@part
def _drift(policy: Policy, municipalities: Municipalities) -> None:
    """Move every goal by the nation's trend, in the world with and in the one without projects alike."""
    for k in range(GOALS):
        trend = policy.drift[k]  # read once: so the exponential is taken once, not per municipality
        if trend != 0.0:
            for i in range(len(municipalities.active)):
                municipalities.goals[i, k] = moved(municipalities.goals[i, k], trend)
                municipalities.goals_untouched[i, k] = moved(municipalities.goals_untouched[i, k], trend)


@act
def spread_cases(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Let exposure fade and add this quarter's model cases, by prefecture and size class of who looks."""
    progress, traits = parameters.progress, world.municipalities
    municipalities, prefectures, deals = state.municipalities, state.prefectures, state.deals
    _fade(prefectures.exposure, progress.case_decay)
    near, alike = np.empty(len(world.prefectures.x)), np.empty(SIZE_CLASSES)
    reach = progress.case_reach * progress.case_promotion
    if policy.international:
        theme = theme_by_salience(
            policy.salience, uniform(stream(clock.key, _OVERSEAS_CASE, clock.quarter), 0)
        )
        seen = reach * parameters.international.overseas_cases * parameters.international.overseas_transfer
        for p in range(len(near)):
            for size in range(SIZE_CLASSES):
                prefectures.exposure[p, size, theme] += seen
    for n in range(deals.tally[ENDED]):
        row = deals.ended[n]
        i = deals.municipality[row]
        if deals.state[row] != _COMPLETED or municipalities.designated[i] == 0:
            continue
        home, size_class = traits.prefecture[i], traits.size_class[i]
        _reach_of_case(parameters, world.prefectures, home, size_class, near, alike)
        for p in range(len(near)):
            for size in range(SIZE_CLASSES):
                prefectures.exposure[p, size, deals.goal[row]] += reach * near[p] * alike[size]
    for p in range(len(near)):
        for size in range(SIZE_CLASSES):
            total = 0.0
            for k in range(GOALS):
                total += prefectures.exposure[p, size, k]
            prefectures.familiarity[p, size] = 1.0 - math.exp(-total)


@part
def _fade(exposure: Floats, decay: float) -> None:
    """Let exposure to cases fade; compiling an assignment of whole arrays takes seconds."""
    for p in range(len(exposure)):
        for size in range(SIZE_CLASSES):
            for k in range(GOALS):
                exposure[p, size, k] *= 1.0 - decay


@part
def _reach_of_case(
    parameters: Parameters, traits: PrefectureTraits, home: int, size_class: int, near: Floats, alike: Floats
) -> None:
    """Weights of a case of prefecture ``home``: by prefecture (distance) and by size class (likeness)."""
    progress, proximity = parameters.progress, parameters.search.proximity_distance
    for p in range(len(near)):
        dx = traits.x[p] - traits.x[home]
        dy = traits.y[p] - traits.y[home]
        dz = traits.z[p] - traits.z[home]
        km = math.sqrt(dx * dx + dy * dy + dz * dz)
        near[p] = progress.case_nationwide + (1.0 - progress.case_nationwide) * math.exp(-km / proximity)
    for size in range(SIZE_CLASSES):
        apart = abs(size - size_class) * _CLASS_WIDTH
        alike[size] = math.exp(-apart / progress.case_size_bandwidth)

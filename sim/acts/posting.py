"""P6: municipalities with a free slot post needs."""

from __future__ import annotations

import numpy as np

from sim.agents.municipality import happens, need, perceived_gap, posting_rate
from sim.kernel.compiled import light_act, maker, part
from sim.kernel.draws import Process, stream, uniform
from sim.kernel.parameters import Capacity, Parameters
from sim.kernel.state import NONE, Clock, Columns, Municipalities, Policy
from sim.kernel.world import GOALS, Floats, MunicipalityTraits, Traits

_NEED = Process.NEED
_THEME = Process.THEME
_JOINT_PROJECT = Process.JOINT_PROJECT


@light_act
def post_needs(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Post at most one need per municipality and quarter, its theme drawn by salience and gap."""
    needs, traits = parameters.needs, world.municipalities
    municipalities, posts = state.municipalities, state.posts
    key = stream(clock.key, _NEED, clock.quarter)
    theme_key = stream(clock.key, _THEME, clock.quarter)
    for i in range(len(posts.goal)):
        posts.goal[i] = NONE
        posts.supported[i] = 0
        posts.company[i] = NONE
        posts.proposed[i] = 0
        if municipalities.active[i] >= traits.slots[i]:
            continue
        capacity = municipalities.capacity[i]
        if policy.joint_projects and traits.population[i] < parameters.capacity.joint_population:
            capacity = shared_capacity(clock, parameters.capacity, traits, municipalities, i)
        rate = posting_rate(
            needs.posting_rate,
            capacity,
            municipalities.awareness[i],
            needs.posting_adopted,
            municipalities.adopted[i],
        )
        # a city whose model project has its grant has a need to post
        if municipalities.model_credit[i] > 0.0 or happens(uniform(key, i), rate):
            posts.goal[i] = choose_theme(
                policy.salience, policy.gap_scale, municipalities.goals[i], uniform(theme_key, i)
            )


@part
def shared_capacity(
    clock: Clock, capacity: Capacity, traits: MunicipalityTraits, municipalities: Municipalities, i: int
) -> float:
    """Capacity with which a small municipality posts and prepares: its own, or that of a joint project.

    In a joint project it shares, for a fiscal year, in the capacity of its ablest neighbour that promotes
    the SDGs.
    """
    own = municipalities.capacity[i]
    if uniform(stream(clock.key, _JOINT_PROJECT, clock.year), i) >= capacity.joint_probability:
        return own
    ablest = 0.0
    for n in range(traits.neighbours.shape[1]):
        neighbour = traits.neighbours[i, n]
        if municipalities.adopted[neighbour] == 1:
            ablest = max(ablest, municipalities.capacity[neighbour])
    return max(own, capacity.joint_share * ablest)


@maker
def choose_theme(salience: Floats, gap_scale: Floats, goals: Floats, u: float) -> int:
    """Theme at which the cumulated need passes ``u``; NONE when nothing is needed."""
    cumulated = np.empty(GOALS)
    total = 0.0
    for k in range(GOALS):
        total += need(salience[k], perceived_gap(goals[k], gap_scale[k]))
        cumulated[k] = total
    for k in range(GOALS):
        if u * total < cumulated[k]:
            return k
    return NONE

"""P8: interfering factors between a meeting and a proposal."""

from __future__ import annotations

import math

from sim.acts.posting import shared_capacity
from sim.acts.ranking import kilometres, trust_between
from sim.agents.company import nearness
from sim.kernel.compiled import light_act
from sim.kernel.draws import Process, stream, uniform2
from sim.kernel.parameters import Parameters
from sim.kernel.state import (
    LOST_TO_CAPACITY,
    NONE,
    Clock,
    Columns,
    Policy,
)
from sim.kernel.world import Traits

_CONVERSION = Process.CONVERSION


@light_act
def convert_meetings(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Turn meetings into proposals with probability exp(-[frictions - relief]+); say what the others died of.

    A lost meeting is divided among capacity, awareness and distance in proportion to their terms.
    """
    conversion, search, flows = parameters.conversion, parameters.search, state.flows
    municipalities, companies, posts = state.municipalities, state.companies, state.posts
    traits, national = world.municipalities, world.companies.national
    key = stream(clock.key, _CONVERSION, clock.quarter)
    for i in range(len(posts.company)):
        j = posts.company[i]
        if j == NONE:
            continue
        km = kilometres(world, i, j)
        near = nearness(km, search.proximity_distance, national[j], search.proximity_national)
        capacity = municipalities.capacity[i]
        if policy.joint_projects and traits.population[i] < parameters.capacity.joint_population:
            capacity = shared_capacity(clock, parameters.capacity, traits, municipalities, i)
        gap = conversion.friction_capacity * (1.0 - capacity)
        if posts.supported[i] == 1:
            gap *= 1.0 - conversion.consultation_capacity
        posts.friction[i, 0] = gap
        posts.friction[i, 1] = conversion.friction_awareness * (
            1.0 - min(municipalities.awareness[i], companies.awareness[j])
        )
        posts.friction[i, 2] = conversion.friction_distance * (1.0 - near)
        friction = posts.friction[i, 0] + posts.friction[i, 1] + posts.friction[i, 2]
        relief = conversion.friction_trust * trust_between(
            municipalities.partners, municipalities.trust, i, j
        )
        if uniform2(key, i, j) < math.exp(-max(friction - relief, 0.0)):
            posts.proposed[i] = 1
        else:
            for factor in range(3):
                flows.now[LOST_TO_CAPACITY + factor] += posts.friction[i, factor] / friction

"""P6: municipalities with a free slot post needs."""

from __future__ import annotations

import numpy as np

from sim.agents.municipality import happens, need, perceived_gap, posting_rate
from sim.kernel.compiled import light_act, maker
from sim.kernel.draws import Process, stream, uniform
from sim.kernel.parameters import Parameters
from sim.kernel.state import NONE, Clock, Columns, Policy
from sim.kernel.world import GOALS, Floats, Traits

_NEED = Process.NEED
_THEME = Process.THEME


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
        rate = posting_rate(
            needs.posting_rate,
            municipalities.capacity[i],
            municipalities.awareness[i],
            needs.posting_adopted,
            municipalities.adopted[i],
        )
        # a city whose model project has its grant has a need to post
        if municipalities.model_credit[i] > 0.0 or happens(uniform(key, i), rate):
            posts.goal[i] = choose_theme(policy, municipalities.goals[i], uniform(theme_key, i))


@maker
def choose_theme(policy: Policy, goals: Floats, u: float) -> int:
    """Theme at which the cumulated need passes ``u``; NONE when nothing is needed."""
    cumulated = np.empty(GOALS)
    total = 0.0
    for k in range(GOALS):
        total += need(policy.salience[k], perceived_gap(goals[k], policy.gap_scale[k]))
        cumulated[k] = total
    for k in range(GOALS):
        if u * total < cumulated[k]:
            return k
    return NONE

"""P8: interfering factors between a meeting and a proposal."""

from __future__ import annotations

import math

from sim.acts.meetings import trust_between
from sim.agents.company import distance, nearness
from sim.kernel.compiled import act
from sim.kernel.draws import Process, stream, uniform2
from sim.kernel.parameters import Conversion, Search
from sim.kernel.state import LOST_TO_CAPACITY, NONE, Clock, Companies, Flows, Municipalities, Posts
from sim.kernel.world import CompanyTraits, MunicipalityTraits

_CONVERSION = Process.CONVERSION


@act
def convert_meetings(
    clock: Clock, rules: Conversion, search: Search, places: MunicipalityTraits, firms: CompanyTraits,
    towns: Municipalities, companies: Companies, posts: Posts, flows: Flows,
) -> None:  # fmt: skip
    """Turn meetings into proposals with probability exp(-[frictions - relief]+); say what the others died of.

    A lost meeting is divided among capacity, awareness and distance in proportion to their terms.
    """
    key = stream(clock.key, _CONVERSION, clock.quarter)
    for i in range(len(posts.company)):
        j = posts.company[i]
        if j == NONE:
            continue
        km = distance(places.x[i] - firms.x[j], places.y[i] - firms.y[j], places.z[i] - firms.z[j])
        near = nearness(km, search.proximity_distance, firms.national[j], search.proximity_national)
        gap = rules.friction_capacity * (1.0 - towns.capacity[i])
        if posts.supported[i] == 1:
            gap *= rules.friction_supported
        posts.friction[i, 0] = gap
        posts.friction[i, 1] = rules.friction_awareness * (
            1.0 - min(towns.awareness[i], companies.awareness[j])
        )
        posts.friction[i, 2] = rules.friction_distance * (1.0 - near)
        friction = posts.friction[i, 0] + posts.friction[i, 1] + posts.friction[i, 2]
        relief = rules.friction_trust * trust_between(towns.partners, towns.trust, i, j)
        if uniform2(key, i, j) < math.exp(-max(friction - relief, 0.0)):
            posts.proposed[i] = 1
        else:
            for factor in range(3):
                flows.now[LOST_TO_CAPACITY + factor] += posts.friction[i, factor] / friction

"""P3: municipalities and prefectures begin to promote the SDGs."""

from __future__ import annotations

import math

import numpy as np

from sim.agents.municipality import adoption_rate, happens
from sim.kernel.compiled import act, part
from sim.kernel.draws import Process, stream, uniform
from sim.kernel.parameters import Adoption
from sim.kernel.state import Clock, Municipalities, Policy, Prefectures
from sim.kernel.world import Flags, Floats, MunicipalityTraits

_ADOPTION = Process.ADOPTION
_PREFECTURE = Process.ADOPTION_PREFECTURE
_TERM = 16  # quarters between elections of a mayor


@act
def adopt(
    clock: Clock,
    rules: Adoption,
    policy: Policy,
    places: MunicipalityTraits,
    towns: Municipalities,
    regions: Prefectures,
) -> None:
    """Let every government that has not adopted decide, all looking at the same start of the stage."""
    key = stream(clock.key, _ADOPTION, clock.quarter)
    peers = similar_size_share(places, towns.adopted, rules.size_bandwidth)
    push = rules.national_push * clock.target_in_force
    for i in range(len(peers)):
        if towns.adopted[i] == 1:
            continue
        rate = adoption_rate(
            math.exp(rules.adoption_size * places.size[i]),
            rules.adoption_own,
            rules.contagion_neighbours
            * towns.neighbour_share[i]
            * _gate(policy, clock, places.election_phase[i]),
            rules.contagion_size * peers[i],
            rules.contagion_cases * regions.familiarity[places.prefecture[i], places.size_class[i]],
            push,
            towns.awareness[i],
        )
        if happens(uniform(key, i), rate):
            towns.adopted[i] = 1
            towns.adopted_quarter[i] = clock.quarter
    _adopt_prefectures(clock, rules, regions)


@part
def _gate(policy: Policy, clock: Clock, phase: int) -> float:
    """Factor on the neighbours' pull: 1; with the election gate all of it in the mayor's election quarter."""
    if not policy.election_gate:
        return 1.0
    return float(_TERM) if (clock.quarter + phase) % _TERM == 0 else 0.0


@part
def _adopt_prefectures(clock: Clock, rules: Adoption, regions: Prefectures) -> None:
    key = stream(clock.key, _PREFECTURE, clock.quarter)
    rate = rules.prefecture_own + rules.prefecture_push * clock.target_in_force
    for p in range(len(regions.adopted)):
        if regions.adopted[p] == 0 and happens(uniform(key, p), rate):
            regions.adopted[p] = 1


@act
def similar_size_share(places: MunicipalityTraits, adopted: Flags, bandwidth: float) -> Floats:
    """Share of adopters among all others, weighted by e^(-|difference in size| / bandwidth) (W_size A).

    Two sweeps over the municipalities in order of size carry the decaying sums: linear in M.
    """
    order = places.size_order
    n = len(order)
    weighted, total = np.zeros(n), np.zeros(n)
    for direction in range(2):
        adopters, everyone = 0.0, 0.0
        for step in range(n):
            rank = step if direction == 0 else n - 1 - step
            i = order[rank]
            if step > 0:
                before = order[rank - 1] if direction == 0 else order[rank + 1]
                fade = math.exp(-abs(places.size[i] - places.size[before]) / bandwidth)
                adopters = fade * (adopters + adopted[before])
                everyone = fade * (everyone + 1.0)
            weighted[i] += adopters
            total[i] += everyone
    for i in range(n):
        if total[i] > 0.0:
            weighted[i] /= total[i]
    return weighted

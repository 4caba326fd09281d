"""P3: municipalities and prefectures begin to promote the SDGs, and may cease to."""

from __future__ import annotations

import math

import numpy as np

from sim.agents.government import faded
from sim.agents.municipality import THRESHOLD, adoption_rate, happens, pull
from sim.kernel.compiled import act, entry, part
from sim.kernel.draws import Process, stream, uniform
from sim.kernel.parameters import Adoption, Parameters
from sim.kernel.state import NEVER, Clock, Columns, Policy, Prefectures
from sim.kernel.world import Flags, Floats, MunicipalityTraits, Traits

_ADOPTION = Process.ADOPTION
_LAPSE = Process.ADOPTION_LAPSE
_PREFECTURE = Process.ADOPTION_PREFECTURE
_PREFECTURE_LAPSE = Process.ADOPTION_LAPSE_PREFECTURE
_TERM = 16  # quarters between elections of a mayor


@act
def adopt(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Let every government begin or cease to promote the SDGs, all looking at the same start of the stage."""
    adoption, traits = parameters.adoption, world.municipalities
    municipalities, prefectures = state.municipalities, state.prefectures
    key = stream(clock.key, _ADOPTION, clock.quarter)
    lapse = stream(clock.key, _LAPSE, clock.quarter)
    peers = similar_size_share(traits, municipalities.adopted, adoption.size_bandwidth)
    threshold = adoption.contagion_threshold if policy.contagion == THRESHOLD else 0.0
    push = faded(adoption.national_push, adoption.push_decay, clock.since_target)
    for i in range(len(peers)):
        if municipalities.adopted[i] == 1:
            if happens(uniform(lapse, i), adoption.adoption_lapse):
                municipalities.adopted[i] = 0
            continue
        rate = adoption_rate(
            math.exp(adoption.adoption_size * traits.size[i]),
            adoption.adoption_own,
            adoption.contagion_neighbours
            * pull(municipalities.neighbour_share[i], threshold)
            * _gate(policy, clock, traits.election_phase[i]),
            adoption.contagion_size * pull(peers[i], threshold),
            adoption.contagion_cases * prefectures.familiarity[traits.prefecture[i], traits.size_class[i]],
            push,
            adoption.push_floor,
            municipalities.awareness[i],
        )
        if happens(uniform(key, i), rate):
            municipalities.adopted[i] = 1
            if municipalities.adopted_quarter[i] == NEVER:
                municipalities.adopted_quarter[i] = clock.quarter
    _adopt_prefectures(clock, adoption, prefectures)


@part
def _gate(policy: Policy, clock: Clock, phase: int) -> float:
    """Factor on the neighbours' pull: 1; with the election gate all of it in the mayor's election quarter."""
    if not policy.election_gate:
        return 1.0
    return float(_TERM) if (clock.quarter + phase) % _TERM == 0 else 0.0


@part
def _adopt_prefectures(clock: Clock, adoption: Adoption, prefectures: Prefectures) -> None:
    key = stream(clock.key, _PREFECTURE, clock.quarter)
    lapse = stream(clock.key, _PREFECTURE_LAPSE, clock.quarter)
    rate = adoption.prefecture_own
    rate += faded(adoption.prefecture_push, adoption.push_decay, clock.since_target)
    for p in range(len(prefectures.adopted)):
        if prefectures.adopted[p] == 1:
            if happens(uniform(lapse, p), adoption.adoption_lapse):
                prefectures.adopted[p] = 0
        elif happens(uniform(key, p), rate):
            prefectures.adopted[p] = 1


@entry
def similar_size_share(traits: MunicipalityTraits, adopted: Flags, bandwidth: float) -> Floats:
    """Share of adopters among all others, weighted by e^(-|difference in size| / bandwidth) (W_size A).

    Two sweeps over the municipalities in order of size carry the decaying sums: linear in M.
    """
    order = traits.size_order
    n = len(order)
    weighted, total, fading = np.zeros(n), np.zeros(n), np.empty(n)
    for rank in range(1, n):  # one exponential for both sweeps
        apart = abs(traits.size[order[rank]] - traits.size[order[rank - 1]])
        fading[rank] = math.exp(-apart / bandwidth)
    for direction in range(2):
        adopters, everyone = 0.0, 0.0
        for step in range(n):
            rank = step if direction == 0 else n - 1 - step
            i = order[rank]
            if step > 0:
                before = order[rank - 1] if direction == 0 else order[rank + 1]
                fade = fading[rank] if direction == 0 else fading[rank + 1]
                adopters = fade * (adopters + adopted[before])
                everyone = fade * (everyone + 1.0)
            weighted[i] += adopters
            total[i] += everyone
    for i in range(n):
        if total[i] > 0.0:
            weighted[i] /= total[i]
    return weighted

"""P2, P12: capacity, trust and reputation learn from what ended this quarter."""

from __future__ import annotations

from sim.agents.municipality import capacity_after
from sim.kernel.compiled import act, part
from sim.kernel.parameters import Parameters
from sim.kernel.state import (
    ENDED,
    NONE,
    Clock,
    Columns,
    Policy,
    ProjectState,
)
from sim.kernel.world import Floats, Ids, Traits

_COMPLETED = ProjectState.COMPLETED


@act
def learn(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Let trust decay, then learn from every project that ended, then let staff rotate."""
    learning, capacity = parameters.learning, parameters.capacity
    municipalities, companies, deals = state.municipalities, state.companies, state.deals
    lessons = municipalities.coaching.copy()
    for i in range(len(municipalities.capacity)):
        for slot in range(municipalities.trust.shape[1]):  # nought where there is no partner
            municipalities.trust[i, slot] *= 1.0 - learning.trust_decay
    for n in range(deals.tally[ENDED]):
        row = deals.ended[n]
        i, j = deals.municipality[row], deals.company[row]
        if deals.state[row] == _COMPLETED:
            lessons[i] += capacity.capacity_success
            raise_trust(municipalities.partners[i], municipalities.trust[i], j, learning.trust_success)
            municipalities.reputation[i] += learning.reputation_success * (1.0 - municipalities.reputation[i])
            companies.reputation[j] += learning.reputation_success * (1.0 - companies.reputation[j])
        else:
            lessons[i] += capacity.capacity_failure
            _lower_trust(municipalities.partners[i], municipalities.trust[i], j, learning.trust_failure)
            municipalities.reputation[i] *= 1.0 - learning.reputation_failure
            companies.reputation[j] *= 1.0 - learning.reputation_failure
    for i in range(len(municipalities.capacity)):
        municipalities.capacity[i] = capacity_after(
            municipalities.capacity[i],
            municipalities.capacity_base[i],
            lessons[i],
            capacity.capacity_rotation,
        )


@part
def raise_trust(partners: Ids, trust: Floats, j: int, share: float) -> None:
    """Close a share of the gap to full trust.

    A new partner takes a free place, or that of the least trusted one if it is trusted less.
    """
    least = 0
    for slot in range(len(partners)):
        if partners[slot] == j or partners[slot] == NONE:
            if partners[slot] == NONE:
                partners[slot], trust[slot] = j, 0.0
            trust[slot] += share * (1.0 - trust[slot])
            return
        if trust[slot] < trust[least]:
            least = slot
    if trust[least] < share:
        partners[least], trust[least] = j, share


@part
def _lower_trust(partners: Ids, trust: Floats, j: int, share: float) -> None:
    for slot in range(len(partners)):
        if partners[slot] == j:
            trust[slot] *= 1.0 - share
            return

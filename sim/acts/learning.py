"""P2, P12: capacity, trust and reputation learn from what ended this quarter."""

from __future__ import annotations

from sim.agents.municipality import capacity_after
from sim.kernel.compiled import act, part
from sim.kernel.parameters import Capacity, Learning
from sim.kernel.state import ENDED, NONE, Companies, Deals, Municipalities, ProjectState
from sim.kernel.world import Floats, Integers

_COMPLETED = ProjectState.COMPLETED


@act
def learn(
    capacity: Capacity, rules: Learning, towns: Municipalities, companies: Companies, deals: Deals
) -> None:
    """Let trust decay, then learn from every project that ended, then let staff rotate."""
    learning = towns.coaching.copy()
    for i in range(len(towns.capacity)):
        for slot in range(towns.partners.shape[1]):
            if towns.partners[i, slot] == NONE:
                break
            towns.trust[i, slot] *= 1.0 - rules.trust_decay
    for n in range(deals.tally[ENDED]):
        row = deals.ended[n]
        i, j = deals.municipality[row], deals.company[row]
        if deals.state[row] == _COMPLETED:
            learning[i] += capacity.capacity_success
            raise_trust(towns.partners[i], towns.trust[i], j, rules.trust_success)
            towns.reputation[i] += rules.reputation_success * (1.0 - towns.reputation[i])
            companies.reputation[j] += rules.reputation_success * (1.0 - companies.reputation[j])
        else:
            learning[i] += capacity.capacity_failure
            _lower_trust(towns.partners[i], towns.trust[i], j, rules.trust_failure)
            towns.reputation[i] *= 1.0 - rules.reputation_failure
            companies.reputation[j] *= 1.0 - rules.reputation_failure
    for i in range(len(towns.capacity)):
        towns.capacity[i] = capacity_after(
            towns.capacity[i], towns.capacity_base[i], learning[i], capacity.capacity_rotation
        )


@part
def raise_trust(partners: Integers, trust: Floats, j: int, share: float) -> None:
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
def _lower_trust(partners: Integers, trust: Floats, j: int, share: float) -> None:
    for slot in range(len(partners)):
        if partners[slot] == j:
            trust[slot] *= 1.0 - share
            return

"""P15: comprehensive agreements and donations, the first rung, which costs nothing."""

from __future__ import annotations

import math
from typing import Any

from sim.acts.learning import raise_trust
from sim.agents.company import outreach_rank
from sim.agents.municipality import happens, readiness
from sim.kernel.compiled import light_act, part
from sim.kernel.draws import Process, stream, uniform, uniform2
from sim.kernel.parameters import Parameters
from sim.kernel.state import (
    AGREEMENTS,
    NONE,
    Clock,
    Columns,
    Companies,
    Municipalities,
    Policy,
)
from sim.kernel.world import Integers, Traits

_AGREEMENT = Process.AGREEMENT
_PARTNER = Process.AGREEMENT_PARTNER
_END = Process.AGREEMENT_END
_DONATION = Process.DONATION


@light_act
def sign_agreements(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Let every municipality lose at most one agreement, sign one, and receive the year's first donation.

    The trust that an agreement builds makes the company a candidate of the municipality's own search.
    """
    if not policy.agreements:
        return
    agreements, firms = parameters.agreements, world.directory.national_by_slots
    municipalities, companies = state.municipalities, state.companies
    log_size = math.log(len(firms) + 1.0)
    key = stream(clock.key, _AGREEMENT, clock.quarter)
    partner_key = stream(clock.key, _PARTNER, clock.quarter)
    end_key = stream(clock.key, _END, clock.quarter)
    donation_key = stream(clock.key, _DONATION, clock.quarter)
    for i in range(len(municipalities.agreements)):
        held = municipalities.agreements[i]
        if held > 0 and happens(uniform(end_key, i), agreements.agreement_end * held):
            _end_one(end_key, i, municipalities, companies)
        ready = readiness(
            municipalities.capacity[i],
            municipalities.adopted[i],
            agreements.agreement_capacity,
            agreements.agreement_adopted,
        )
        if happens(uniform(key, i), agreements.agreement_rate * ready):
            rank = outreach_rank(uniform(partner_key, i), log_size, agreements.agreement_tail)
            j = _agree(i, rank, firms, municipalities, companies)
            if j != NONE:
                municipalities.agreement_quarter[i] = clock.quarter
                _trust(municipalities, i, j, agreements.trust_agreement)
        first = municipalities.donation_quarter[i] < 4 * clock.year
        if first and happens(uniform(donation_key, i), agreements.donation_rate * ready):
            municipalities.donation_quarter[i] = clock.quarter


@part
def _agree(i: int, rank: int, firms: Integers, municipalities: Municipalities, companies: Companies) -> int:
    """Sign with the national company of that rank; NONE where nothing new comes of it."""
    held = municipalities.agreements[i]
    if len(firms) == 0 or held >= AGREEMENTS:
        return NONE
    j = firms[min(rank, len(firms) - 1)]
    for slot in range(held):
        if municipalities.agreement_partners[i, slot] == j:
            return NONE
    municipalities.agreement_partners[i, held] = j
    municipalities.agreements[i] = held + 1
    companies.agreements[j] += 1
    return j


@part
def _end_one(key: Any, i: int, municipalities: Municipalities, companies: Companies) -> None:
    """End one of the agreements of ``i``; the last one takes its place in the list."""
    held = municipalities.agreements[i]
    slot = min(int(uniform2(key, i, 1) * held), held - 1)
    companies.agreements[municipalities.agreement_partners[i, slot]] -= 1
    municipalities.agreement_partners[i, slot] = municipalities.agreement_partners[i, held - 1]
    municipalities.agreement_partners[i, held - 1] = NONE
    municipalities.agreements[i] = held - 1


@part
def _trust(municipalities: Municipalities, i: int, j: int, share: float) -> None:
    """Raise trust; without any to raise nobody becomes a partner."""
    if share > 0.0:
        raise_trust(municipalities.partners[i], municipalities.trust[i], j, share)

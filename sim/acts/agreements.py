"""P15: comprehensive agreements and donations, the first rung: they cost nothing and build trust."""

from __future__ import annotations

from typing import Any

from sim.acts.learning import raise_trust
from sim.agents.company import outreach_rank
from sim.agents.municipality import happens, readiness
from sim.kernel.compiled import light_act, part
from sim.kernel.draws import Process, padded_index, stream, uniform, uniform2
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
_TRIES = 6


@light_act
def sign_agreements(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Let every municipality lose, sign or receive at most one: an agreement, and the year's first donation.

    The trust that both build makes the company a candidate of the municipality's own search.
    """
    if not policy.agreements:
        return
    agreements, firms = parameters.agreements, world.directory.national_by_slots
    municipalities, companies = state.municipalities, state.companies
    key = stream(clock.key, _AGREEMENT, clock.quarter)
    partner_key = stream(clock.key, _PARTNER, clock.quarter)
    end_key = stream(clock.key, _END, clock.quarter)
    donation_key = stream(clock.key, _DONATION, clock.quarter)
    for i in range(len(municipalities.agreements)):
        _end_one(end_key, i, agreements.agreement_end, municipalities, companies)
        ready = readiness(
            municipalities.capacity[i],
            municipalities.adopted[i],
            agreements.agreement_capacity,
            agreements.agreement_adopted,
        )
        j = NONE
        if happens(uniform(key, i), agreements.agreement_rate * ready):
            j = _agree(
                uniform(partner_key, i), i, agreements.agreement_tail, firms, municipalities, companies
            )
        if j != NONE:
            municipalities.agreement_quarter[i] = clock.quarter
            _trust(municipalities, i, j, agreements.trust_agreement)
        if municipalities.donation_quarter[i] >= 4 * clock.year:
            continue
        if happens(uniform(donation_key, i), agreements.donation_rate * ready):
            j = _donor(donation_key, i, world.directory.companies, world.companies.municipality)
            if j != NONE:
                municipalities.donation_quarter[i] = clock.quarter
                _trust(municipalities, i, j, agreements.trust_agreement)


@part
def _agree(
    u: float, i: int, tail: float, firms: Integers, municipalities: Municipalities, companies: Companies
) -> int:
    """Sign with the national company that draw ``u`` meets; NONE where nothing new comes of it."""
    held = municipalities.agreements[i]
    if len(firms) == 0 or held >= AGREEMENTS:
        return NONE
    j = firms[outreach_rank(u, len(firms), tail)]
    for slot in range(held):
        if municipalities.agreement_partners[i, slot] == j:
            return NONE
    municipalities.agreement_partners[i, held] = j
    municipalities.agreements[i] = held + 1
    companies.agreements[j] += 1
    return j


@part
def _end_one(key: Any, i: int, rate: float, municipalities: Municipalities, companies: Companies) -> None:
    """End at most one of the agreements of ``i``; the last one takes its place in the list."""
    held = municipalities.agreements[i]
    if held == 0 or not happens(uniform2(key, i, 0), rate * held):
        return
    slot = min(int(uniform2(key, i, 1) * held), held - 1)
    companies.agreements[municipalities.agreement_partners[i, slot]] -= 1
    municipalities.agreement_partners[i, slot] = municipalities.agreement_partners[i, held - 1]
    municipalities.agreement_partners[i, held - 1] = NONE
    municipalities.agreements[i] = held - 1


@part
def _donor(key: Any, i: int, listed: Integers, homes: Integers) -> int:
    """A company drawn by its slots that is not at home in ``i``; NONE when a few tries find none."""
    for attempt in range(1, _TRIES + 1):
        index = padded_index(key, i, attempt, len(listed))
        if index >= 0 and homes[listed[index]] != i:
            return listed[index]
    return NONE


@part
def _trust(municipalities: Municipalities, i: int, j: int, share: float) -> None:
    """Raise trust; without any to raise nobody becomes a partner."""
    if share > 0.0:
        raise_trust(municipalities.partners[i], municipalities.trust[i], j, share)

"""P4: local governments, companies and institutions join the platform, and some may leave it."""

from __future__ import annotations

import numpy as np

from sim.agents.government import faded
from sim.agents.municipality import happens
from sim.kernel.compiled import light_act, part
from sim.kernel.draws import Process, stream, uniform
from sim.kernel.parameters import Membership, Parameters
from sim.kernel.state import NEVER, Clock, Columns, Municipalities, Policy
from sim.kernel.world import Flags, Traits

_MUNICIPALITY = Process.MEMBERSHIP_MUNICIPALITY
_COMPANY = Process.MEMBERSHIP_COMPANY
_MUNICIPALITY_LEAVES = Process.LEAVING_MUNICIPALITY
_COMPANY_LEAVES = Process.LEAVING_COMPANY
_INSTITUTION = Process.MEMBERSHIP_INSTITUTION
_PREFECTURE = Process.MEMBERSHIP_PREFECTURE


@light_act
def join_platform(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Let members leave and all others join, by the membership at the start; foreign capital may not join."""
    membership, institutions = parameters.membership, state.institutions
    companies, domestic = state.companies, len(world.institutions.kind) - len(world.directory.foreign_fund)
    if clock.platform_open == 0.0:
        return
    _join_municipalities(clock, membership, state.municipalities)
    _join_companies(clock, membership, companies.member)
    _join_side(clock, _INSTITUTION, membership.join_institution, institutions.member[:domestic])
    _join_side(clock, _PREFECTURE, membership.join_prefecture, state.prefectures.member)


@part
def share(flags: Flags) -> float:
    """Share of flags that are set; 0 of none."""
    if len(flags) == 0:
        return 0.0
    count = 0
    for flag in flags:
        count += int(flag)  # uint8 would wrap at 256 where nothing is compiled
    return count / len(flags)


@part
def _join_municipalities(clock: Clock, membership: Membership, municipalities: Municipalities) -> None:
    key = stream(clock.key, _MUNICIPALITY, clock.quarter)
    leaving = stream(clock.key, _MUNICIPALITY_LEAVES, clock.quarter)
    rate = membership.join_municipality + membership.join_municipality_peers * share(municipalities.member)
    rate += faded(membership.join_municipality_push, membership.surge_decay, clock.since_surge)
    for i in range(len(municipalities.member)):
        if municipalities.member[i] == 1:
            if happens(uniform(leaving, i), membership.leave_municipality):
                municipalities.member[i] = 0
            continue
        factor = 1.0 if municipalities.adopted[i] == 1 else membership.join_not_promoting
        if happens(uniform(key, i), rate * factor):
            municipalities.member[i] = 1
            if municipalities.member_quarter[i] == NEVER:
                municipalities.member_quarter[i] = clock.quarter


@part
def _join_companies(clock: Clock, membership: Membership, member: Flags) -> None:
    key = stream(clock.key, _COMPANY, clock.quarter)
    leaving = stream(clock.key, _COMPANY_LEAVES, clock.quarter)
    rate = membership.join_company + membership.join_company_peers * share(member)
    rate += faded(membership.join_company_push, membership.surge_decay, clock.since_surge)
    for j in range(len(member)):
        if member[j] == 0:
            if happens(uniform(key, j), rate):
                member[j] = 1
        elif happens(uniform(leaving, j), membership.leave_company):
            member[j] = 0


@part
def _join_side(clock: Clock, process: int, rate: float, member: Flags) -> None:
    key = stream(clock.key, process, clock.quarter)
    for n in range(len(member)):
        if member[n] == 0 and happens(uniform(key, n), rate):
            member[n] = np.uint8(1)

"""P4: local governments, companies and institutions join the platform."""

from __future__ import annotations

import numpy as np

from sim.agents.municipality import happens
from sim.kernel.compiled import light_act, part
from sim.kernel.draws import Process, stream, uniform
from sim.kernel.parameters import Membership, Parameters
from sim.kernel.state import Clock, Columns, Municipalities, Policy
from sim.kernel.world import Flags, Traits

_MUNICIPALITY = Process.MEMBERSHIP_MUNICIPALITY
_COMPANY = Process.MEMBERSHIP_COMPANY
_INSTITUTION = Process.MEMBERSHIP_INSTITUTION
_PREFECTURE = Process.MEMBERSHIP_PREFECTURE


@light_act
def join_platform(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Let every government, company and institution decide whether to join; foreign capital may not."""
    membership, institutions = parameters.membership, state.institutions
    companies, domestic = state.companies, len(world.institutions.kind) - len(world.directory.foreign_fund)
    if clock.platform_open == 0.0:
        return
    _join_municipalities(clock, membership, state.municipalities)
    rate = membership.join_company + membership.join_company_peers * share(companies.member)
    _join_side(clock, _COMPANY, rate + membership.join_company_push * clock.platform_push, companies.member)
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
    rate = membership.join_municipality + membership.join_municipality_peers * share(municipalities.member)
    rate += membership.join_municipality_push * clock.platform_push
    for i in range(len(municipalities.member)):
        if municipalities.member[i] == 0 and happens(
            uniform(key, i), rate * (0.3 + municipalities.adopted[i])
        ):
            municipalities.member[i] = 1
            municipalities.member_quarter[i] = clock.quarter


@part
def _join_side(clock: Clock, process: int, rate: float, member: Flags) -> None:
    key = stream(clock.key, process, clock.quarter)
    for n in range(len(member)):
        if member[n] == 0 and happens(uniform(key, n), rate):
            member[n] = np.uint8(1)

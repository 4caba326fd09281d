"""P12, levers: ESG finance study groups raise the appraisal skill of those who attend."""

from __future__ import annotations

import math

import numpy as np

from sim.acts.ledger import spend
from sim.agents.government import affordable
from sim.compiled import act
from sim.draws import Process, stream, uniforms
from sim.parameters import Costs, Learning
from sim.scenarios.levers import Fund
from sim.state import Clock, Flows, Ledger, Lenders
from sim.worlds.world import Institution

_STUDY_GROUPS = int(Fund.STUDY_GROUPS)
_STUDY_GROUP = int(Process.STUDY_GROUP)
_SEATS = 20


@act
def hold_study_groups(
    clock: Clock, rules: Learning, costs: Costs, institutions: Institution,
    lenders: Lenders, ledger: Ledger, flows: Flows,
) -> None:  # fmt: skip
    """Seat institutions in the year's groups; skill rises there and erodes everywhere with rotation."""
    n = len(lenders.skill)
    cost = costs.study_group_cost / 4.0
    groups = affordable(ledger.remaining[_STUDY_GROUPS], cost, clock.quarters_left)
    groups = min(groups, (n + _SEATS - 1) // _SEATS)
    spend(ledger, flows, _STUDY_GROUPS, clock.year, groups * cost)
    attends = np.zeros(n, np.uint8)
    for f in np.argsort(uniforms(stream(clock.key, _STUDY_GROUP, clock.year), n))[: groups * _SEATS]:
        attends[f] = 1
    for f in range(n):
        skill = lenders.skill[f]
        if attends[f] == 1:
            skill = 1.0 - (1.0 - skill) * math.exp(-rules.skill_study)
        lenders.skill[f] = skill - rules.skill_rotation * (skill - institutions.skill[f])

"""Worlds and scenarios stripped down until a closed form holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sim.kernel.world import World
from sim.scenarios.scenario import Scenario, load_scenario
from tests.identities.cases import with_parameters

#: Every meeting is a proposal, every proposal is approved, and every project pays all three.
EVERYTHING_SIGNS = {
    "posting_rate": 50.0,
    "own_channel": 1.0,
    "awareness_base": 3.0,
    "awareness_base_company": 3.0,
    "awareness_decay": 0.0,
    "friction_capacity": 0.0,
    "friction_awareness": 0.0,
    "friction_distance": 0.0,
    "approval_constant": 700.0,
    "municipal_value": 1e15,
    "gross_return": 40.0,
    "gross_return_spread": 0.0,
    "cost_spread": 0.0,
}
#: Success depends on nothing but its constant.
SAME_SUCCESS = {"success_match": 0.0, "success_capacity": 0.0, "success_trust": 0.0}
#: No debt: the company and the municipality pay half each, exactly.
NO_DEBT = {"equity_share": 0.5, "municipal_share": 0.5}


def plain(**parameters: float) -> Scenario:
    """No public money and no national target."""
    scenario = load_scenario("no_policy").overlaid("plain", calendar={"national_target": "never"})
    return with_parameters(scenario, **parameters)


def changed(world: World, group: str, **columns: npt.NDArray[np.generic]) -> World:
    """The world with columns of one group replaced."""
    traits = getattr(world, group)._replace(**columns)
    return replace(world, **{group: traits})


def without_pioneers(world: World) -> World:
    """Nobody was chosen before the start, neither municipality nor prefecture."""
    nobody, none = np.zeros_like(world.municipalities.legacy), np.zeros_like(world.prefectures.cohort_2018)
    world = changed(world, "municipalities", legacy=nobody, cohort_2018=nobody, model_2018=nobody)
    return changed(world, "prefectures", cohort_2018=none, model_2018=none)

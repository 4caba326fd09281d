"""P7: who finds companies for posts that neither the own network nor the platform searches."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel.outcomes import COLUMN
from sim.kernel.state import NONE
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import simulate
from tests.acts.stepping import carry_out, start
from tests.acts.worlds import plain
from tests.identities.cases import with_parameters, world_of

#: Nobody is a member and nobody has a network of its own.
ALONE = {"own_channel": 0.0, "join_municipality": 0.0, "posting_rate": 50.0}


def alone(on: bool = True, **parameters: float) -> Scenario:
    return plain(**ALONE | parameters).overlaid("alone", modules={"intermediaries": on})


def test_without_capacity_intermediaries_reach_the_share_that_they_are_said_to() -> None:
    """And they introduce companies of the prefecture alone."""
    world = world_of("synthetic:1000", 1)
    step = start(world, alone(intermediary_reach=0.6))
    municipalities, companies, posts = step.state.municipalities, step.state.companies, step.state.posts
    municipalities.capacity[:] = 0.0
    posts.goal[:] = 3
    companies.active[:] = 0
    carry_out("hold_meetings", world, step)
    met = np.nonzero(posts.company != NONE)[0]
    prefecture = world.companies.prefecture[posts.company[met]]
    assert np.array_equal(prefecture, world.municipalities.prefecture[met])
    assert len(met) == pytest.approx(600, abs=4 * (1000 * 0.6 * 0.4) ** 0.5)


def test_the_able_need_no_introduction() -> None:
    world = world_of("synthetic:60", 1)
    step = start(world, alone(intermediary_reach=0.89))
    step.state.municipalities.capacity[:] = 1.0
    step.state.posts.goal[:] = 3
    carry_out("hold_meetings", world, step)
    assert np.all(step.state.posts.company == NONE)


def test_every_meeting_of_those_alone_is_an_introduction() -> None:
    series = simulate(world_of("synthetic:60", 1), alone(), quarters=12).series
    assert series[:, COLUMN["meetings"]].sum() > 0
    assert np.array_equal(series[:, COLUMN["meetings"]], series[:, COLUMN["meetings_intermediary"]])


def test_without_intermediaries_all_is_as_if_they_reached_nobody() -> None:
    world = world_of("synthetic:300", 1)
    nobody = with_parameters(load_scenario("baseline"), intermediary_reach=0.0)
    off = load_scenario("baseline").overlaid("off", modules={"intermediaries": False})
    series = [simulate(world, scenario, quarters=20).series for scenario in (nobody, off)]
    assert np.array_equal(*series)
    on = simulate(world, load_scenario("baseline"), quarters=20).series
    assert on[:, COLUMN["meetings_intermediary"]].sum() > 0

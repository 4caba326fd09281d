"""P6, P8: small municipalities that share in the capacity of a neighbour."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import simulate
from tests.acts.stepping import carry_out, start
from tests.acts.worlds import plain
from tests.identities.cases import with_parameters, world_of

SHARE, SMALL = 0.8, 20_000.0


def joint(on: bool = True, **parameters: float) -> Scenario:
    values = {"joint_share": SHARE, "joint_population": SMALL, "joint_probability": 1.0, "posting_rate": 50.0}
    return plain(**values | parameters).overlaid("joint", modules={"joint_projects": on})


def test_a_small_municipality_prepares_with_a_share_of_its_ablest_adopting_neighbour() -> None:
    """Read off the term of the friction: friction_capacity x (1 - acting capacity)."""
    world = world_of("synthetic:300", 1)
    step = start(world, joint())
    traits, municipalities, posts = world.municipalities, step.state.municipalities, step.state.posts
    municipalities.adopted[:] = np.arange(300) % 3 == 0
    posts.goal[:] = 3
    posts.company[:] = 0
    carry_out("convert_meetings", world, step)
    adopted = municipalities.adopted[traits.neighbours] == 1
    ablest = np.where(adopted, municipalities.capacity[traits.neighbours], 0.0).max(axis=1)
    shared = np.maximum(municipalities.capacity, SHARE * ablest)
    acting = np.where(traits.population < SMALL, shared, municipalities.capacity)
    assert 20 < (acting > municipalities.capacity).sum() < 300
    friction = step.parameters.conversion.friction_capacity * (1.0 - acting)
    assert posts.friction[:, 0] == pytest.approx(friction)


def test_joint_projects_bring_more_posts() -> None:
    world = world_of("synthetic:300", 1)
    posted = []
    for on in (True, False):
        step = start(world, joint(on, posting_rate=1.0))
        step.state.municipalities.adopted[:] = 1
        carry_out("post_needs", world, step)
        posted.append(step.state.posts.goal >= 0)
    assert np.all(posted[0] >= posted[1])
    assert posted[0].sum() > posted[1].sum()


def test_without_joint_projects_all_is_as_if_nobody_took_part() -> None:
    world = world_of("synthetic:300", 1)
    nobody = with_parameters(load_scenario("baseline"), joint_probability=0.0)
    nobody = nobody.overlaid("nobody", modules={"joint_projects": True})
    series = [
        simulate(world, scenario, quarters=20).series for scenario in (nobody, load_scenario("baseline"))
    ]
    assert np.array_equal(*series)

"""Where a link of the chain is missing, nothing comes out at its end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.kernel.world import MunicipalityTraits, World
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Run, simulate
from sim.worlds import synthetic
from tests.identities.cases import BUSY, all_levers, run_of, with_parameters, world_of
from tests.identities.checks import IDENTITIES, outcome
from tests.identities.zero import AWARE_OF_NOTHING, MODEL_GRANTS, nothing_is_posted, nothing_is_signed

WORLDS = ("synthetic:1", "synthetic:40", "japan")


def busy(**parameters: float) -> Scenario:
    rich = load_scenario("baseline").overlaid("rich", levers=all_levers(20_000.0, but=MODEL_GRANTS))
    return with_parameters(rich, **BUSY | parameters)


def checked(run: Run) -> Run:
    for check in IDENTITIES:
        check(run)
    return run


def without_places(world: World, **columns: np.ndarray) -> World:
    traits: MunicipalityTraits = world.municipalities._replace(**columns)
    return replace(world, municipalities=traits)


@pytest.mark.parametrize("world", WORLDS)
def test_zero_awareness_posts_and_signs_nothing(world: str) -> None:
    run = checked(simulate(world_of(world, 1), busy(**AWARE_OF_NOTHING), quarters=16))
    assert not outcome(run, "awareness_mean").any()
    assert not outcome(run, "awareness_companies").any()
    nothing_is_posted(run)
    nothing_is_signed(run)


@pytest.mark.parametrize("world", WORLDS)
def test_no_posting_no_projects(world: str) -> None:
    run = checked(simulate(world_of(world, 1), busy(posting_rate=0.0), quarters=16))
    nothing_is_posted(run)
    nothing_is_signed(run)


def test_with_model_grants_only_their_winners_post_without_awareness() -> None:
    rich = load_scenario("baseline").overlaid("rich", levers=all_levers(20_000.0))
    run = simulate(world_of("japan", 1), with_parameters(rich, **AWARE_OF_NOTHING), quarters=16)
    posted = outcome(run, "needs_posted")
    assert posted[0] == run.world.municipalities.model_2018.sum()
    assert np.all(posted <= run.state.municipalities.model_project.sum())
    assert np.all(run.state.municipalities.model_project[run.deals()["municipality"]] == 1)


def test_no_capacity_posts_nothing() -> None:
    world = world_of("synthetic:40", 1)
    nowhere = np.zeros(40)
    world = without_places(
        world, capacity=nowhere, cohort_2018=np.zeros(40, np.uint8), legacy=np.zeros(40, np.uint8)
    )
    alone = busy(futurecity_quota=0.0).overlaid("alone", levers={"advisers": 0, "futurecity": {"advice": 0}})
    nothing_is_posted(simulate(world, alone, quarters=12))


@pytest.mark.parametrize("municipalities", [1, 40])
def test_no_companies_no_meetings(municipalities: int) -> None:
    run = checked(simulate(synthetic.build(municipalities, 1, companies=0), busy(), quarters=16))
    assert outcome(run, "needs_posted").sum() > 0
    assert not outcome(run, "meetings").any()
    nothing_is_signed(run)


def test_no_institutions_no_debt() -> None:
    run = checked(simulate(synthetic.build(40, 1, institutions=0), busy(), quarters=16))
    deals = run.deals()
    assert outcome(run, "refused_by_lenders").sum() > 0
    signed = deals["state"] > 0
    assert not deals["debt"][signed].any()
    # what is left is what the grant and the company's own money can pay
    rest = deals["cost"] * 0.75 - deals["municipal"] - deals["grant"]
    assert np.all(rest[signed] <= 0.2 * deals["cost"][signed] * (1.0 + 1e-9))
    poor = simulate(
        synthetic.build(40, 1, institutions=0), with_parameters(load_scenario("no_policy"), **BUSY)
    )
    nothing_is_signed(poor)


def test_no_value_no_deals() -> None:
    for change in ({"municipal_value": 0.0}, {"gross_return": -9.0}, {"approval_constant": -800.0}):
        run = checked(simulate(world_of("synthetic:40", 1), busy(**change), quarters=16))
        assert outcome(run, "proposals").sum() > 0
        nothing_is_signed(run)


def test_no_platform_and_no_own_channel_no_meetings() -> None:
    never = {"join_municipality": 0.0, "join_municipality_peers": 0.0, "join_municipality_push": 0.0}
    never["intermediary_reach"] = 0.0
    run = simulate(world_of("synthetic:40", 1), busy(own_channel=0.0, **never), quarters=16)
    assert outcome(run, "needs_posted").sum() > 0
    assert not outcome(run, "meetings").any()


def test_the_same_worlds_do_business_otherwise() -> None:
    """The settings above are the reason why nothing happens."""
    run = simulate(world_of("synthetic:40", 1), busy(), quarters=16)
    assert outcome(run, "deals_signed").sum() > 20
    assert outcome(run_of("one_of_each"), "deals_signed").sum() > 0

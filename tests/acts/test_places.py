"""Outcomes by place: what single municipalities have is what their columns say, and off costs nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.kernel.outcomes import BY_NAME, BY_PLACE, COLUMN, PLACE_COLUMN, Kind
from sim.scenarios.scenario import load_scenario
from sim.simulation import Run, Simulation, simulate
from sim.simulation.resuming import resume
from sim.worlds.groups import GROUPINGS, groups_of
from tests.identities.cases import CASES, scenario_of, world_of

WORLD = world_of("synthetic:40", 1)
SCENARIO = scenario_of(CASES["busy"])
QUARTERS = 12


@pytest.fixture(scope="module", params=GROUPINGS)
def kept(request: pytest.FixtureRequest) -> Run:
    return simulate(WORLD, SCENARIO, quarters=QUARTERS, by=request.param)


def of(run: Run, name: str) -> np.ndarray:
    return run.places[:, :, PLACE_COLUMN[name]]


def test_every_outcome_by_place_is_an_outcome() -> None:
    assert BY_PLACE.keys() <= BY_NAME.keys()


def test_nothing_else_changes(kept: Run) -> None:
    plain = simulate(WORLD, SCENARIO, quarters=QUARTERS)
    assert plain.groups is None and plain.places.shape == (QUARTERS, 0, len(BY_PLACE))
    assert plain.series.tobytes() == kept.series.tobytes()


def test_groups_hold_every_municipality_once(kept: Run) -> None:
    groups = kept.groups
    assert groups is not None
    assert kept.places.shape == (QUARTERS, len(groups.labels), len(BY_PLACE))
    assert sorted(set(groups.of)) == list(range(len(groups.labels)))
    assert len(groups.of) == 40


def test_groups_are_called_by_number_or_code() -> None:
    prefectures = groups_of(WORLD, "prefecture")
    assert prefectures.labels == tuple(np.unique(WORLD.municipalities.prefecture) + 1)
    assert groups_of(WORLD, "municipality").labels == tuple(WORLD.labels.jis_code)
    assert groups_of(WORLD, "size_class").labels == tuple(np.unique(WORLD.municipalities.size_class))
    assert [groups_of(WORLD, by).column for by in GROUPINGS] == ["prefecture", "jis_code", "size_class"]


def test_single_municipalities_are_their_columns() -> None:
    run = simulate(WORLD, SCENARIO, quarters=QUARTERS, by="municipality")
    table, last = run.municipalities(), run.places[-1]
    sums = {"deals_signed": "projects_signed", "projects_completed": "projects_completed",
            "projects_failed": "projects_failed"}  # fmt: skip
    for name, column in sums.items():
        assert BY_NAME[name].kind is Kind.FLOW
        assert np.array_equal(of(run, name).sum(axis=0), table[column])
    assert np.array_equal(last[:, PLACE_COLUMN["awareness_mean"]], table["awareness"])
    assert np.array_equal(last[:, PLACE_COLUMN["network_members"]], table["network"])
    assert np.array_equal(last[:, PLACE_COLUMN["adoption_share"]], table["adopted_quarter"] >= 0)
    for name in ("sdg_index", "sdg_progress"):
        assert np.allclose(last[:, PLACE_COLUMN[name]], table[name], rtol=1e-9, atol=1e-9)
    assert run.places[:, :, PLACE_COLUMN["deals_signed"]].sum() > 0


def test_a_run_that_stopped_and_branched_keeps_its_places(tmp_path: Path) -> None:
    whole = simulate(WORLD, SCENARIO, quarters=QUARTERS, by="prefecture")
    simulation = Simulation(WORLD, SCENARIO, quarters=QUARTERS, by="prefecture")
    simulation.run(until=5)
    saved = resume(simulation.save(tmp_path / "a.npz"), WORLD)
    assert saved.groups is not None and saved.groups.by == "prefecture"
    branch = simulation.branch(SCENARIO)
    for again in (saved.run(), branch.run(), simulation.run()):
        assert again.places.tobytes() == whole.places.tobytes()


def test_forty_seven_prefectures_are_japan() -> None:
    """Every count adds up exactly; fractions and money, added in another order, but for the last bits."""
    run = simulate(world_of("japan", 1), load_scenario("baseline"), by="prefecture")
    assert run.places.shape == (51, 47, len(BY_PLACE))
    fractions = {
        "lost_to_capacity",
        "lost_to_awareness",
        "lost_to_distance",
        "private_investment",
        "esg_lending",
    }
    flows = [name for name in BY_PLACE if BY_NAME[name].kind is Kind.FLOW]
    assert fractions < set(flows)
    for name in flows:
        places, nation = of(run, name).sum(axis=1), run.series[:, COLUMN[name]]
        assert nation.any(), name
        if name in fractions:
            np.testing.assert_allclose(places, nation, rtol=1e-13, err_msg=name)
        else:
            np.testing.assert_array_equal(places, nation, err_msg=name)

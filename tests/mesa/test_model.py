from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from mesa.time import Schedule

import sim
from sim.agents import Municipality
from sim.errors import InputError
from sim.kernel.outcomes import COLUMN
from sim.mesa.model import PartnershipModel
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.worlds import load_world

WORLD = "synthetic:40"
MONEY = {"subsidy": 20_000}


def series(model: PartnershipModel) -> np.ndarray:
    return model.datacollector.get_model_vars_dataframe()[list(COLUMN)].to_numpy()


def expected(scenario: str = "baseline", seed: int = 1, replicate: int = 0, quarters: int = 51) -> np.ndarray:
    return simulate(load_world(WORLD, seed), load_scenario(scenario), seed, replicate, quarters).series


def first_difference(model: PartnershipModel) -> int:
    """Number of the first quarter that is not as in the untouched baseline."""
    return int((series(model) != expected()[: len(series(model))]).any(axis=1).argmax())


@pytest.mark.parametrize("scenario", ["no_policy", "baseline", "subsidy_first"])
@pytest.mark.parametrize(("seed", "replicate"), [(1, 0), (11, 4)])
def test_the_numbers_are_those_of_simulate(scenario: str, seed: int, replicate: int) -> None:
    model = PartnershipModel(scenario, WORLD, seed, replicate)
    model.run_for(51)
    assert (series(model) == expected(scenario, seed, replicate)).all()


def test_stepping_and_running_are_the_same() -> None:
    by_steps, at_once, in_parts = (PartnershipModel(world=WORLD, quarters=20) for _ in range(3))
    for _ in range(20):
        by_steps.step()
    at_once.run_until(20)
    in_parts.run_for(7)
    in_parts.step()
    in_parts.run_for(12)
    assert (series(by_steps) == series(at_once)).all()
    assert (series(by_steps) == series(in_parts)).all()


def test_none_is_the_baseline() -> None:
    model = PartnershipModel(scenario=None, world=WORLD)
    assert model.scenario_in_force == load_scenario("baseline")


def test_scenario_and_world_may_be_given_as_such(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\nextends: baseline\nlevers: {promotion: 700}\n")
    world = load_world(WORLD, 1)
    of_file = PartnershipModel(tmp_path / "mine.yaml", world)
    of_object = PartnershipModel(load_scenario("baseline").overlaid("mine", levers={"promotion": 700}), WORLD)
    assert of_file.simulation.world is world
    for model in (of_file, of_object):
        model.run_for(12)
    assert (series(of_file) == series(of_object)).all()
    assert (series(of_file) != expected()[:12]).any()


def test_the_horizon_stops_the_model_politely() -> None:
    model = PartnershipModel(world=WORLD, quarters=6)
    model.run_for(5)
    assert model.running
    model.run_for(100)
    assert (model.running, model.time) == (False, 6.0)
    before = series(model)
    model.step()  # SolaraViz may step on within one of its render intervals
    model.run_for(3)
    model.run_until(50)
    assert model.time == 6.0
    assert (series(model) == before).all()
    assert len(before) == 6


def test_one_row_per_quarter() -> None:
    model = PartnershipModel(world=WORLD)
    assert model.datacollector.get_model_vars_dataframe().empty
    model.run_for(3)
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == ["quarter", *COLUMN]
    assert frame["quarter"].tolist() == ["2018Q2", "2018Q3", "2018Q4"]
    assert frame.index.tolist() == [0, 1, 2]


def test_agents_are_reported_as_asked() -> None:
    model = PartnershipModel(
        world=WORLD,
        agent_reporters={"member": "member"},
        agenttype_reporters={
            Municipality: {"awareness": "awareness", "signed": lambda municipality: municipality.signed}
        },
    )
    model.run_for(3)
    members = model.datacollector.get_agent_vars_dataframe()
    assert len(members) == 3 * len(model.agents)
    municipalities = model.datacollector.get_agenttype_vars_dataframe(Municipality)
    assert municipalities.loc[3.0, "awareness"].tolist() == model.agents_by_type[Municipality].get(
        "awareness"
    )
    assert municipalities.loc[1.0, "awareness"].tolist() != municipalities.loc[3.0, "awareness"].tolist()
    assert not municipalities.loc[3.0].isna().any().any()


# dated interventions

#: Part of the Regional Revitalization Promotion Grant that the baseline has besides its levers, JPY M a year.
REACHING_PARTNERSHIPS = 1_000.0


@pytest.mark.parametrize("at", [0, 8, 8.0, "2020Q2"])
def test_an_event_is_in_force_from_the_quarter_that_begins_then(at: float | str) -> None:
    model = PartnershipModel(world=WORLD)
    model.schedule_event(lambda: model.intervene(levers=MONEY), at=at)
    model.run_for(51)
    quarter = 0 if at == 0 else 8
    spent = model.datacollector.get_model_vars_dataframe()["public_spending"].to_numpy()
    usual = expected()[:, COLUMN["public_spending"]]
    assert (spent[:quarter] == usual[:quarter]).all()
    assert first_difference(model) >= quarter
    appropriated = model.simulation.state.ledger.appropriated[0] / model.simulation.world.scale
    appropriated = appropriated - REACHING_PARTNERSHIPS
    assert appropriated[quarter // 4 : 12].tolist() == pytest.approx([20_000] * (12 - quarter // 4))
    assert appropriated[: quarter // 4].tolist() == pytest.approx([0.0] * (quarter // 4))


def test_events_are_as_good_as_intervening_between_steps() -> None:
    dated, by_hand = PartnershipModel(world=WORLD), PartnershipModel(world=WORLD)
    dated.schedule_event(lambda: dated.intervene(levers=MONEY, rules={"award": "lottery"}), after=10)
    dated.run_for(51)
    by_hand.run_for(10)
    by_hand.intervene(levers=MONEY, rules={"award": "lottery"})
    by_hand.run_for(41)
    assert (series(dated) == series(by_hand)).all()
    assert 10 <= first_difference(dated) < 20


def test_events_may_change_columns_and_recur() -> None:
    model = PartnershipModel(world=WORLD)
    seen: list[float] = []
    model.schedule_recurring(lambda: seen.append(model.time), Schedule(interval=4, start=4))
    model.schedule_event(lambda: model.agents_by_type[Municipality].set("awareness", 1.0), at=12)
    model.run_for(20)
    assert seen == [4, 8, 12, 16, 20]
    assert first_difference(model) == 12


def test_a_cancelled_event_does_nothing() -> None:
    model = PartnershipModel(world=WORLD)
    model.schedule_event(lambda: model.intervene(levers=MONEY), at=8).cancel()
    model.run_for(51)
    assert (series(model) == expected()).all()


def test_mistakes_are_named() -> None:
    model = PartnershipModel(world=WORLD)
    with pytest.raises(InputError, match="subsdy"):
        model.intervene(levers={"subsdy": 1})
    with pytest.raises(InputError, match="not a quarter"):
        model.schedule_event(model.step, at="2020-04")
    with pytest.raises(TypeError, match="callable"):
        model.schedule_event("step", at=3)  # type: ignore[arg-type]
    for rng in ("1", 1.5, True):
        with pytest.raises(InputError, match="rng"):
            PartnershipModel(rng=rng)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no such scenario"):
        PartnershipModel("base_line")
    with pytest.raises(TypeError):
        PartnershipModel(subsidy=3)  # type: ignore[call-arg]


def test_without_a_seed_every_model_draws_its_own() -> None:
    first, second = PartnershipModel(world=WORLD, rng=None), PartnershipModel(world=WORLD, rng=None)
    assert first.seed != second.seed
    again = PartnershipModel(world=WORLD, rng=first.seed)
    for model in (first, again):
        model.run_for(9)
    assert (series(first) == series(again)).all()


# copies


@pytest.mark.parametrize("copied", [lambda model: pickle.loads(pickle.dumps(model)), copy.deepcopy])
def test_a_copy_half_way_goes_on_alike_and_apart(copied: object) -> None:
    model = PartnershipModel(world=WORLD, agenttype_reporters={Municipality: {"awareness": "awareness"}})
    model.schedule_event(partial(model.intervene, levers=MONEY), at=30)
    model.run_for(20)
    model.agents_by_type[Municipality].to_list()[0].awareness = 0.9
    twin = copied(model)  # type: ignore[operator]
    while model.running:
        model.step()
    assert twin.time == 20.0
    assert len(series(twin)) == 20
    twin.run_for(31)
    assert (series(twin) == series(model)).all()
    assert first_difference(model) == 20
    assert twin.scenario_in_force.levers["subsidy"] == {2018: 20_000}
    reports = [run.datacollector.get_agenttype_vars_dataframe(Municipality) for run in (model, twin)]
    assert reports[0].equals(reports[1])
    assert all(agent.model is twin for agent in twin.agents)


# what Mesa expects


def test_mesas_own_slot_for_a_scenario_stays_empty() -> None:
    """SolaraViz would otherwise replace the argument of that name at every reset."""
    assert not PartnershipModel(world=WORLD).scenario


def test_mesa_loads_with_its_face_only() -> None:
    code = (
        "import sys, sim, sim.agents, sim.simulation, sim.batch.chunks\n"
        "assert 'mesa' not in sys.modules\n"
        "assert 'PartnershipModel' in dir(sim)\n"
        "sim.PartnershipModel, sim.agents.Company\n"
        "assert 'mesa' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_public_names() -> None:
    assert sim.PartnershipModel is PartnershipModel
    assert sim.agents.Municipality is Municipality
    with pytest.raises(AttributeError, match="Mayor"):
        sim.agents.Mayor  # noqa: B018

"""Experiments whose replicates have parameters or worlds of their own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.batch.chunks import blocks_of, carried_out, checked_run, keys_of, world_of
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.experiment_file import load_experiment, read_experiment
from sim.batch.factors import Factor
from sim.batch.folder import check_folder
from sim.batch.manifest import read_manifest
from sim.batch.parameter_sets import ParameterSets
from sim.batch.parts import Chunk
from sim.batch.runner import run_experiment
from sim.batch.tables import TABLE_OF_RUN, Key
from sim.batch.verify import verify
from sim.errors import InputError
from sim.provenance import model_digest
from sim.results import load
from sim.scenarios.scenario import load_scenario
from sim.simulation.checkpoint import fingerprint
from sim.studies import Study
from tests.batch.survival import Batch, Watch, batch_here, parts

ISLES = Path(__file__).parents[2] / "experiments" / "worlds" / "made_up_isles.csv"
SETS = ParameterSets(("national_push", "posting_rate"), ((0.05, 0.3), (0.25, 0.9), (0.1, 1.4)), "three sets")
SCENARIOS = tuple(map(load_scenario, ("baseline", "matching_first", "subsidy_first")))
MANY = Experiment(
    "many", SCENARIOS, str(ISLES), 8, replicates=4, record=("ledger", "series", "municipalities"),
    baseline="baseline", parameters=SETS, worlds="many",
)  # fmt: skip


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of ``MANY``; tests read them and leave them alone."""
    folder = tmp_path_factory.mktemp("many") / "results"
    run_experiment(MANY, folder)
    return folder


def test_every_replicate_has_its_set_and_its_world_in_all_scenarios() -> None:
    for key in (Key(0, 0, 0), Key(1, 0, 1), Key(2, 0, 4)):
        run = checked_run(MANY, key)
        assert run.world.seed == MANY.world_seed(key.replicate)
        expected = SETS.of(key.replicate)
        assert {name: run.scenario.parameters[name][0] for name in SETS.names} == expected
    assert fingerprint(world_of(MANY, 0)) == fingerprint(world_of(replace(MANY, worlds="one"), 3))
    assert len({fingerprint(world_of(MANY, replicate)) for replicate in range(5)}) == 5
    assert MANY.world_seed(1) != replace(MANY, seed=2).world_seed(1)


def test_runs_that_share_their_past_leave_what_they_leave_apart() -> None:
    factor = Factor("subsidy", "lever", values=(0.0, 900.0), start=2019)
    design = Design("grid", (factor,), ((0.0,), (900.0,)), {})
    experiment = replace(MANY, design=design, by="prefecture", record=("ledger", "series", "deals"))
    keys = keys_of(experiment, Chunk(0, 1, 0, 3))
    together, failures = carried_out(experiment, keys)
    assert not failures
    for number, key in enumerate(keys):
        run = checked_run(experiment, key)
        for name in experiment.record:
            assert together[name][number].equals(TABLE_OF_RUN[name](run, key, experiment)), (name, key)


def test_a_point_of_a_design_keeps_what_it_sets() -> None:
    factor = Factor("posting_rate", "uncertainty", 0.2, 1.6)
    design = Design("table", (factor,), ((0.5,), (None,)), {})
    experiment = replace(MANY, design=design)
    assert experiment.scenario_at(0, 0, 1).parameters["posting_rate"] == {0: 0.5}
    assert experiment.scenario_at(0, 1, 1).parameters["posting_rate"] == {0: 0.9}
    assert experiment.scenario_at(0, 0, 1).parameters["national_push"] == {0: 0.25}


def test_identity_holds_sets_and_worlds_where_there_are_any() -> None:
    plain = replace(MANY, parameters=None, worlds="one")
    assert "parameters" not in plain.to_mapping() and "worlds" not in plain.to_mapping()
    others = (plain, replace(plain, parameters=SETS), replace(plain, worlds="many"), MANY)
    assert len({one.digest() for one in others}) == 4
    renamed = replace(SETS, label="renamed", preamble=("model: x",))
    assert replace(MANY, parameters=renamed, replicates=9).digest() == MANY.digest()


def test_a_folder_holds_all_that_it_takes_to_go_on(stored: Path, tmp_path: Path) -> None:
    again = load_experiment(stored / "experiment.yaml")
    assert (again.parameters, again.worlds, again.digest()) == (SETS, "many", MANY.digest())
    said = json.loads((stored / "provenance.json").read_text())
    assert said["parameters"] == {"label": "three sets", "digest": SETS.digest, "sets": 3}
    assert said["worlds"] == "many"
    assert verify(stored, sample=6).passed
    grown = tmp_path / "grown"
    run_experiment(replace(MANY, replicates=1), grown)
    run_experiment(replace(load_experiment(grown / "experiment.yaml"), replicates=4), grown)
    assert load(grown).series.equals(load(stored).series)


def test_in_memory_and_on_any_number_of_workers_it_is_the_same(stored: Path, tmp_path: Path) -> None:
    run_experiment(MANY, tmp_path / "two", workers=2)
    assert parts(tmp_path / "two") == parts(stored)
    for workers in (1, 3):
        kept = Study(MANY, in_memory=True, workers=workers).run()
        assert np.array_equal(kept.runs().to_numpy(), load(stored).runs().to_numpy())


def test_other_sets_or_worlds_are_refused_in_so_many_words(stored: Path) -> None:
    other = ParameterSets(SETS.names, SETS.values[::-1], "others")
    for asked, words in (
        (
            replace(MANY, parameters=other),
            "with the parameter sets three sets .*, not with .*others",
        ),
        (replace(MANY, parameters=None), "not with default parameters; give another folder with --out"),
        (replace(MANY, worlds="one"), "was made with worlds: many, not one"),
        (replace(MANY, parameters=None, seed=2), "holds another experiment"),
    ):
        with pytest.raises(InputError, match=words):
            check_folder(stored, asked, model_digest())


def test_the_copy_of_the_sets_is_guarded(tmp_path: Path) -> None:
    run_experiment(replace(MANY, replicates=1), tmp_path / "r")
    copy = tmp_path / "r" / "parameters.csv"
    before = copy.read_text()
    copy.write_text(before.replace("0.05", "0.06"))
    with pytest.raises(InputError, match=r"parameters\.csv: does not hold the parameter sets of manifest"):
        read_manifest(tmp_path / "r")
    copy.unlink()
    with pytest.raises(InputError, match=r"parameters\.csv: is missing, though the stored runs took"):
        read_manifest(tmp_path / "r")
    copy.write_text(before)
    assert read_experiment(tmp_path / "r" / "experiment.yaml").parameters == SETS


def test_chunks_hold_few_worlds_and_many_short_runs() -> None:
    design = Design("table", (Factor("posting_rate", "uncertainty", 0.2, 1.6),), ((0.5,),) * 40, {})
    assert blocks_of(replace(MANY, design=design, scenarios=SCENARIOS[:1]), 1741).replicates == 1
    wave = Experiment(
        "wave", SCENARIOS[:1], "japan", 16, replicates=4_000, record=("series",), parameters=SETS
    )
    assert blocks_of(wave, 1741).replicates == 38
    assert blocks_of(wave, 60).replicates == 192


def test_worlds_whose_places_are_drawn_may_be_many_without_results_by_place() -> None:
    tables = ("ledger", "series")
    assert replace(MANY, world="synthetic:9", record=tables).world_seed(1) != MANY.seed
    with pytest.raises(InputError, match="the table municipalities would mix different ones"):
        replace(MANY, world="synthetic:9")
    with pytest.raises(InputError, match="worlds: must be one or many, not 'few'"):
        replace(MANY, worlds="few")


def test_a_set_that_a_scenario_cannot_take_is_refused() -> None:
    shares = ParameterSets(("equity_share",), ((0.4,),), "shares")
    greedy = SCENARIOS[0].overlaid("greedy", parameters={"municipal_share": 0.7, "equity_share": 0.1})
    assert replace(MANY, scenarios=(greedy,), baseline=None, parameters=shares).runs == 4
    greedy = SCENARIOS[0].overlaid("greedy", parameters={"municipal_share": 0.7})
    with pytest.raises(InputError, match=r"shares, set 1, greedy: .*together they may be 1"):
        replace(MANY, scenarios=(greedy,), baseline=None, parameters=shares)


FILE = """\
name: killed
world: {world}
quarters: 4
replicates: 400
scenarios: [baseline, matching_first]
parameters: {sets}
worlds: {worlds}
quick: {{world: "synthetic:20", quarters: 2}}
"""


def file_in(folder: Path, world: str = str(ISLES), sets: str = "sets.csv", worlds: str = "many") -> Path:
    (folder / "sets.csv").write_text(SETS.text())
    path = folder / "experiment.yaml"
    path.write_text(FILE.format(world=world, sets=sets, worlds=worlds))
    return path


def test_a_killed_command_goes_on_to_the_same_results(tmp_path: Path) -> None:
    file = file_in(tmp_path, "synthetic:20")
    with Batch(file, tmp_path / "killed", "--workers", "2") as command:
        assert command.wait_for_a_part(Watch(tmp_path / "killed"))
        command.kill()
    assert 0 < len(list((tmp_path / "killed/series").glob("part-*"))) < 5
    assert batch_here(file, tmp_path / "killed", "--workers", "1")[0] == 0
    run_experiment(load_experiment(file), tmp_path / "whole")
    assert parts(tmp_path / "killed") == parts(tmp_path / "whole")


def test_a_file_names_its_sets_and_worlds(tmp_path: Path) -> None:
    file = file_in(tmp_path)
    assert (load_experiment(file).parameters, load_experiment(file).worlds) == (SETS, "many")
    assert (load_experiment(file, quick=True).parameters, load_experiment(file, quick=True).worlds) == (
        SETS,
        "one",
    )
    with pytest.raises(InputError) as raised:
        load_experiment(file_in(tmp_path, sets="nowhere.csv", worlds="few"))
    assert raised.value.lines == (
        f"{file}:6:1: parameters: nowhere.csv: no such file",
        f"{file}:7:1: worlds: must be one or many, not few",
    )
    (tmp_path / "bad.csv").write_text("national_push\nx\ny\n")
    with pytest.raises(InputError, match=r"bad\.csv:2:national_push: 'x' is no number\n.*bad\.csv:3"):
        load_experiment(file_in(tmp_path, sets="bad.csv"))

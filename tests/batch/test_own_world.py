"""Experiments in a world of one's own: their identity is its content, and a folder keeps a copy of it."""

from __future__ import annotations

import json
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sim.batch.chunks import world_of
from sim.batch.experiment import Experiment
from sim.batch.experiment_file import load_experiment
from sim.batch.manifest import read_manifest
from sim.batch.runner import run_experiment
from sim.batch.verify import verify
from sim.errors import InputError
from sim.results import load
from sim.scenarios.scenario import load_scenario
from sim.simulation import Simulation, simulate
from sim.simulation.checkpoint import fingerprint
from sim.simulation.resuming import resume
from sim.worlds import export_world, load_world

PLACES = Path(__file__).parents[2] / "experiments" / "worlds" / "made_up_isles.csv"
QUARTERS = 4


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return Path(shutil.copy(PLACES, tmp_path / "isles.csv"))


def experiment_in(world: Path | str, replicates: int = 1) -> Experiment:
    scenarios = (load_scenario("baseline"), load_scenario("matching_first"))
    return Experiment("own", scenarios, str(world), QUARTERS, replicates=replicates, baseline="baseline")


def test_the_identity_is_the_content_wherever_it_lies(table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "isles"
    folder.mkdir()
    shutil.copy(table, folder / "municipalities.csv")
    one, other = experiment_in(table), experiment_in(folder)
    assert one.digest() == other.digest() == experiment_in(PLACES).digest()
    assert (one.world_label, other.world_label, one.municipalities) == ("isles.csv", "isles", 54)
    table.write_text(table.read_text().replace("28751", "28752"))
    assert experiment_in(table).digest() != one.digest()


def test_an_experiment_holds_its_tables(table: Path) -> None:
    experiment = experiment_in(table)
    expected = fingerprint(load_world(str(table), 1))
    table.unlink()
    copy = pickle.loads(pickle.dumps(replace(experiment, replicates=5)))
    assert fingerprint(world_of(copy)) == expected
    assert replace(copy, world="synthetic:5").source is None
    with pytest.raises(InputError, match=r"isles\.csv: no such file or folder"):
        experiment_in(table)


def test_a_folder_goes_on_without_the_files_that_it_was_made_from(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    run_experiment(experiment_in(table), out)
    assert (out / "world" / "isles.csv").read_bytes() == table.read_bytes()
    table.unlink()
    moved = out.rename(tmp_path / "moved")
    assert verify(moved, 2).passed
    results = load(moved)
    assert results.world.labels.prefecture == ["Northmark", "Westerlee", "Midholm", "Eastfell", "Southwick"]
    grown = replace(load_experiment(moved / "experiment.yaml"), replicates=2)
    assert run_experiment(grown, moved).total == 4
    assert results.manifest.world == "isles.csv"
    assert set(load(moved).municipalities["jis_code"]) == set(results.world.labels.jis_code)
    said = json.loads((moved / "provenance.json").read_text())["tables"]
    assert list(said["sha256"]) == ["isles.csv"]
    assert any("nobody was selected" in note for note in said["notes"])


def test_tables_of_a_folder_are_guarded(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    run_experiment(experiment_in(table), out)
    copy = out / "world" / "isles.csv"
    content = copy.read_text()
    copy.write_text(content.replace("28751", "28752"))
    with pytest.raises(InputError, match=r"isles\.csv: is not the table of manifest\.json"):
        read_manifest(out)
    copy.unlink()
    with pytest.raises(InputError, match=r"isles\.csv: is missing, though it is a table of the world"):
        read_manifest(out)
    copy.write_text(content)
    assert run_experiment(experiment_in(table), out).stored == 2
    table.write_text(content.replace("28751", "28752"))
    with pytest.raises(InputError, match="was made with other tables of the world"):
        run_experiment(experiment_in(table), out)


def test_left_over_files_of_the_world_are_removed_and_others_stay(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    run_experiment(experiment_in(table), out)
    left, other = out / "world" / ".isles.csv.host-1-2.tmp", out / "world" / "notes.txt"
    left.touch()
    other.touch()
    run_experiment(experiment_in(table, 2), out)
    assert (left.exists(), other.exists()) == (False, True)


FILE = """\
name: own
world: {world}
quarters: 4
replicates: 1
scenarios: [baseline]
quick: {{world: {quick}, quarters: 2}}
"""


def test_a_file_finds_its_world_beside_it(table: Path) -> None:
    path = table.with_name("experiment.yaml")
    path.write_text(FILE.format(world="isles.csv", quick="isles.csv"))
    assert load_experiment(path).world == str(table)
    assert load_experiment(path, quick=True).municipalities == 54
    path.write_text(FILE.format(world="isle.csv", quick="mars"))
    with pytest.raises(InputError) as raised:
        load_experiment(path)
    assert raised.value.lines == (
        f"{path}:2:1: world: isle.csv: no such file or folder",
        f"{path}:6:9: quick.world: world 'mars': unknown world, give japan, synthetic, synthetic:N or a CSV "
        "file of places",
    )


def test_mistakes_in_the_table_are_told_with_their_place(table: Path) -> None:
    path = table.with_name("experiment.yaml")
    path.write_text(FILE.format(world="isles.csv", quick="synthetic:9"))
    table.write_text(table.read_text().replace("28751", "many").replace(",0.328,", ",2,"))
    with pytest.raises(InputError) as raised:
        load_experiment(path)
    assert raised.value.lines == (
        f"{table}:3:population: 'many' is no number",
        f"{table}:4:share65plus: '2' must be 0 to 1; write 2% or 0.02",
    )


def test_a_checkpoint_goes_on_in_the_same_tables_only(table: Path, tmp_path: Path) -> None:
    scenario = load_scenario("baseline")
    simulation = Simulation(load_world(str(table), 1), scenario, quarters=QUARTERS)
    simulation.run(until=2)
    saved = simulation.save(tmp_path / "half.npz")
    whole = simulate(load_world(str(table), 1), scenario, quarters=QUARTERS)
    resumed = resume(saved)
    assert resumed.run().series.tobytes() == whole.series.tobytes()
    content = table.read_text()
    table.write_text(content.replace("28751", "28752"))
    with pytest.raises(InputError, match=r"was made in another world than this .*isles\.csv"):
        resume(saved)
    elsewhere = table.rename(tmp_path / "elsewhere.csv")
    with pytest.raises(InputError, match=r"isles\.csv: no such file or folder; give its world with world="):
        resume(saved)
    elsewhere.write_text(content)
    assert resume(saved, world=load_world(str(elsewhere), 1)).quarter == 2


def test_japan_from_its_tables_runs_as_japan(tmp_path: Path) -> None:
    export_world("japan", tmp_path / "copy")
    scenario = load_scenario("balanced")
    one, other = (
        simulate(load_world(name, 1), scenario, seed=1) for name in ("japan", str(tmp_path / "copy"))
    )
    assert one.series.tobytes() == other.series.tobytes()

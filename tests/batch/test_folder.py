from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sim.batch.design import POINTS, Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.manifest import MANIFEST, read_manifest, write_manifest
from sim.batch.runner import run_experiment
from sim.batch.store import stored_chunks
from sim.errors import IncompleteWarning, InputError
from sim.results import load
from tests.batch.survival import put_part


def _another_experiment(folder: Path, experiment: Experiment) -> Experiment:
    run_experiment(replace(experiment, replicates=1), folder)
    return replace(experiment, seed=2)


def _another_model(folder: Path, experiment: Experiment) -> Experiment:
    run_experiment(replace(experiment, replicates=1), folder)
    write_manifest(folder, replace(read_manifest(folder), model="0" * 16))
    return experiment


def _fewer_tables(folder: Path, experiment: Experiment) -> Experiment:
    run_experiment(replace(experiment, replicates=1, record=("series",)), folder)
    return experiment


def _something_else(folder: Path, experiment: Experiment) -> Experiment:
    folder.mkdir()
    (folder / "thesis.doc").write_text("years of work")
    return experiment


def _a_file(folder: Path, experiment: Experiment) -> Experiment:
    folder.write_text("not a folder")
    return experiment


def _below_a_file(folder: Path, experiment: Experiment) -> Experiment:
    folder.parent.rmdir()
    folder.parent.write_text("not a folder")
    return experiment


def _damaged_manifest(folder: Path, experiment: Experiment) -> Experiment:
    folder.mkdir()
    (folder / MANIFEST).write_text('{"format": 3, "experi')
    return experiment


def _other_scenarios(folder: Path, experiment: Experiment) -> Experiment:
    run_experiment(replace(experiment, replicates=1), folder)
    write_manifest(folder, replace(read_manifest(folder), scenarios=("another",), baseline=None))
    return experiment


def _later_format(folder: Path, experiment: Experiment) -> Experiment:
    folder.mkdir()
    (folder / MANIFEST).write_text('{"format": 99}')
    return experiment


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (_another_experiment, "another experiment"),
        (_another_model, "another version of the model"),
        (_fewer_tables, "without the table ledger"),
        (_something_else, "something else"),
        (_a_file, "is a file"),
        (_below_a_file, "cannot be written"),
        (_damaged_manifest, "damaged"),
        (_later_format, "format 99"),
        (_other_scenarios, "has other scenarios"),
    ],
)
def test_other_folders_are_refused_and_left_alone(
    prepare: Callable[[Path, Experiment], Experiment], words: str, experiment: Experiment, tmp_path: Path
) -> None:
    folder = tmp_path / "below" / "results"
    folder.parent.mkdir()
    asked = prepare(folder, experiment)
    before = _content(tmp_path)
    with pytest.raises(InputError, match=words) as error:
        run_experiment(asked, folder)
    assert str(folder) in str(error.value) and "\n" not in str(error.value)
    assert _content(tmp_path) == before


@pytest.mark.parametrize("name", ["run:1", "run 1%20", "実行", "run#1?x"])
def test_folders_may_have_any_name(
    name: str, experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_experiment(replace(experiment, replicates=1), Path(name))
    assert len(load(name).series)


def test_a_name_that_is_not_utf_8_is_refused_before_anything_is_run(
    experiment: Experiment, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"\x95\x5c")
    for refused in (lambda: run_experiment(experiment, folder), lambda: load(folder)):
        with pytest.raises(InputError, match="has a name that is not UTF-8"):
            refused()
    assert not folder.exists()


def _content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


#: What somebody may keep in a results folder; names like those of our parts and temporary files.
STRANGERS = (
    "my_analysis/part-0.parquet",
    "my_analysis/part-p0000000-0000000-r0000000-0000000.parquet",
    "notes/.draft.tmp",
    ".mine.tmp",
    ".lockfile",
    "series_backup/part-p0000000-0000000-r0000000-0000023.parquet",
    "series/part-0.parquet",
    "series/.draft.tmp",
    "series/notes.txt",
)


def test_what_is_not_ours_is_left_alone(experiment: Experiment, tmp_path: Path) -> None:
    asked = replace(experiment, replicates=1, record=("series",))
    run_experiment(asked, tmp_path)
    for name in STRANGERS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"years of work")
    run_experiment(replace(asked, replicates=2), tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in STRANGERS} == dict.fromkeys(
        STRANGERS, b"years of work"
    )
    assert len(load(tmp_path).series) == 2 * 2 * 8


def test_leftovers_of_killed_workers_go(experiment: Experiment, tmp_path: Path) -> None:
    asked = replace(experiment, replicates=1, record=("series",))
    run_experiment(asked, tmp_path)
    (chunk,) = stored_chunks(tmp_path, ("series",))
    leftovers = [f"series/.{chunk.part}.host-7-8.tmp", ".manifest.json.a.b-7-8.tmp"]
    for name in leftovers:
        (tmp_path / name).write_bytes(b"half")
    run_experiment(asked, tmp_path)
    assert not [name for name in leftovers if (tmp_path / name).exists()]


def test_leftovers_of_workers_that_die_late_go(experiment: Experiment, tmp_path: Path) -> None:
    """A worker of a killed command may leave its half part after the next command has looked for them."""
    asked = replace(experiment, replicates=30, record=("series",))
    late = tmp_path / "series/.part-p0000000-0000000-r0000000-0000023.parquet.host-7-8.tmp"
    run_experiment(asked, tmp_path, progress=lambda done, _, __: done and late.write_bytes(b"half"))
    assert not late.exists()


def test_links_to_other_folders_are_not_written_to(experiment: Experiment, tmp_path: Path) -> None:
    asked = replace(experiment, replicates=1, record=("series",))
    run_experiment(asked, tmp_path / "results")
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "results/series").rename(elsewhere)
    (elsewhere / "part-p0000009-0000009-r0000000-0000000.parquet").write_bytes(b"years of work")
    (tmp_path / "results/series").symlink_to(elsewhere)
    before = _content(elsewhere)
    with pytest.raises(InputError, match="series: is a link to another folder"):
        run_experiment(replace(asked, replicates=2), tmp_path / "results")
    assert _content(elsewhere) == before


@pytest.mark.parametrize("below", ["chance_alone", "frontier/final"])
def test_links_within_a_results_folder_are_not_written_to(
    below: str, experiment: Experiment, tmp_path: Path
) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "results"
    elsewhere.mkdir()
    run_experiment(replace(experiment, replicates=1), folder)
    (folder / below.partition("/")[0]).symlink_to(elsewhere)
    with pytest.raises(InputError, match="is a link to another folder"):
        run_experiment(replace(experiment, replicates=1), folder / below)
    assert not list(elsewhere.iterdir())


def test_a_folder_of_results_may_be_a_link_of_ones_own(experiment: Experiment, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "results").symlink_to("disk")
    run_experiment(replace(experiment, replicates=1), tmp_path / "results" / "mine")
    assert (tmp_path / "disk/mine" / MANIFEST).exists()


def test_hidden_files_make_a_folder_somebodys(experiment: Experiment, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(InputError, match="holds something else than results"):
        run_experiment(replace(experiment, replicates=1), tmp_path)
    (tmp_path / ".git").rmdir()
    (tmp_path / ".lock").touch()
    (tmp_path / ".manifest.json.host-7-8.tmp").touch()
    run_experiment(replace(experiment, replicates=1), tmp_path)


def designed(experiment: Experiment, *values: float) -> Experiment:
    factor = Factor("subsidy", "lever", values=values)
    points = tuple((value,) for value in values)
    return replace(experiment, replicates=1, record=("series",), design=Design("table", (factor,), points))


def test_a_lost_design_is_not_made_up(experiment: Experiment, tmp_path: Path) -> None:
    run_experiment(designed(experiment, 0.0, 3000.0), tmp_path)
    (tmp_path / POINTS).unlink()
    for ask in (
        lambda: run_experiment(designed(experiment, 0.0, 1500.0, 3000.0), tmp_path),
        lambda: load(tmp_path),
    ):
        with pytest.raises(
            InputError, match=r"design.parquet: is missing, though the stored runs are numbered"
        ) as error:
            ask()
        assert "\n" not in str(error.value)
    assert not (tmp_path / POINTS).exists()


def test_points_of_another_design_are_not_taken(experiment: Experiment, tmp_path: Path) -> None:
    """Two designs of one experiment may number the same points differently."""
    for name, values in (("one", (0.0, 1500.0)), ("other", (0.0, 3000.0))):
        run_experiment(designed(experiment, *values), tmp_path / name)
    (chunk,) = stored_chunks(tmp_path / "one", ("series",))
    whole = (tmp_path / "one/series" / chunk.part).read_bytes()
    put_part(tmp_path / "one/series" / chunk.part, (tmp_path / "other/series" / chunk.part).read_bytes())
    with pytest.warns(
        IncompleteWarning, match=f"0 of 4 runs are stored .*{chunk.part}: is of another points"
    ):
        assert load(tmp_path / "one").series.empty
    run_experiment(designed(experiment, 0.0, 1500.0), tmp_path / "one")
    assert (tmp_path / "one/series" / chunk.part).read_bytes() == whole
    (tmp_path / "one" / POINTS).write_bytes((tmp_path / "other" / POINTS).read_bytes())
    with pytest.raises(InputError, match=r"does not hold the points of manifest.json"):
        load(tmp_path / "one")

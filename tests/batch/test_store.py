from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.batch import store
from sim.batch.experiment import Experiment
from sim.batch.files import write_text, write_whole
from sim.batch.runner import run_experiment
from sim.batch.store import Blocks, Chunk, Shard, parse_part, plan_chunks
from sim.errors import InputError
from sim.provenance import model_digest


@given(st.tuples(*[st.integers(0, 10**8)] * 4))
def test_a_part_is_named_by_what_it_holds(spans: tuple[int, int, int, int]) -> None:
    chunk = Chunk(*spans)
    assert parse_part(chunk.part) == chunk


@pytest.mark.parametrize(
    "name", ["part-0.parquet", "part-p0-0-r0-0.parquet", "x.parquet", "part-p-r.parquet", ""]
)
def test_other_names_are_no_parts(name: str) -> None:
    assert parse_part(name) is None


ASKED = st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), min_size=1, max_size=4)
BLOCKS = st.builds(Blocks, st.integers(1, 7), st.integers(1, 7))


@given(ASKED, BLOCKS, st.data())
def test_growing_runs_each_cell_once(
    asked: list[tuple[int, int]], blocks: Blocks, data: st.DataObject
) -> None:
    """However points and replicates change and wherever a run is interrupted."""
    stored: list[Chunk] = []
    points, replicates = (max(pair[axis] for pair in asked) for axis in (0, 1))
    for _, grown in enumerate(asked):
        planned = plan_chunks(
            *(max(a, b) for a, b in zip(grown, _extent(stored), strict=True)), blocks, stored
        )
        stored += data.draw(st.lists(st.sampled_from(planned), unique=True)) if planned else []
    stored += plan_chunks(points, replicates, blocks, stored)
    cells = sorted((p, r) for chunk in stored for p in chunk.points for r in chunk.replicates)
    assert cells == [(p, r) for p in range(points) for r in range(replicates)]
    for chunk in stored:
        assert chunk.first_replicate // blocks.replicates == chunk.last_replicate // blocks.replicates
        assert chunk.first_point // blocks.points == chunk.last_point // blocks.points


def _extent(stored: list[Chunk]) -> tuple[int, int]:
    most = max((chunk.last_point + 1 for chunk in stored), default=1)
    return most, max((chunk.last_replicate + 1 for chunk in stored), default=1)


@given(st.integers(1, 40), st.integers(1, 20), BLOCKS, st.integers(1, 5))
def test_shards_divide_the_runs(points: int, replicates: int, blocks: Blocks, total: int) -> None:
    shards = [
        plan_chunks(points, replicates, blocks, shard=Shard(number, total)) for number in range(1, total + 1)
    ]
    together = sorted(chunk for shard in shards for chunk in shard)
    assert together == sorted(plan_chunks(points, replicates, blocks))
    sizes = [len(shard) for shard in shards]
    assert max(sizes) - min(sizes) <= 1


def test_what_is_stored_is_not_planned_again() -> None:
    blocks = Blocks(1, 4)
    stored = plan_chunks(1, 10, blocks)
    assert [chunk.replicates for chunk in stored] == [range(4), range(4, 8), range(8, 10)]
    assert plan_chunks(1, 10, blocks, stored) == []
    assert [c.replicates for c in plan_chunks(1, 13, blocks, stored)] == [range(10, 12), range(12, 13)]


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_text(path, "before")
    with pytest.raises(RuntimeError, match="power"):
        write_whole(path, lambda file: (file.write(b"half"), (_ for _ in ()).throw(RuntimeError("power"))))
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.parquet"]
    assert path.read_text(encoding="utf-8") == "before"


def test_truncated_and_missing_parts_are_not_done(finished: Path, tmp_path: Path) -> None:
    chunk = store.stored_chunks(finished)[0]
    for table in store.TABLES:
        (tmp_path / table).mkdir()
        (tmp_path / table / chunk.part).write_bytes((finished / table / chunk.part).read_bytes())
    assert store.stored_chunks(tmp_path) == [chunk]
    deals = tmp_path / "deals" / chunk.part
    whole = deals.read_bytes()
    deals.write_bytes(whole[: len(whole) // 2])
    assert store.stored_chunks(tmp_path) == []
    deals.unlink()
    assert store.stored_chunks(tmp_path) == []
    assert store.stored_chunks(tmp_path, ("ledger", "series")) == [chunk]


def _another_experiment(folder: Path, experiment: Experiment) -> Experiment:
    run_experiment(replace(experiment, replicates=1), folder)
    return replace(experiment, seed=2)


def _another_model(folder: Path, experiment: Experiment) -> Experiment:
    run_experiment(replace(experiment, replicates=1), folder)
    manifest = json.loads((folder / store.MANIFEST).read_text())
    (folder / store.MANIFEST).write_text(json.dumps({**manifest, "model": "0" * 16}))
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
    (folder / store.MANIFEST).write_text('{"format": 2, "experi')
    return experiment


def _later_format(folder: Path, experiment: Experiment) -> Experiment:
    folder.mkdir()
    (folder / store.MANIFEST).write_text('{"format": 99}')
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


def _content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_commands_cannot_write_to_one_folder(experiment: Experiment, tmp_path: Path) -> None:
    with store.locked(tmp_path), pytest.raises(InputError, match="another command"):
        run_experiment(experiment, tmp_path)
    with store.locked(tmp_path):  # free again
        pass


def test_the_manifest_says_what_is_expected(experiment: Experiment, finished: Path) -> None:
    manifest = store.read_manifest(finished)
    assert manifest.experiment == experiment.digest()
    assert manifest.model == model_digest()
    assert manifest.scenarios == ("baseline", "subsidy_first")
    assert manifest.runs == 60 and manifest.block == 24


def test_parts_have_checksums_and_no_loss(tmp_path: Path) -> None:
    import numpy as np

    from sim.batch.tables import numbers

    values = np.array([2.0**24 + 1, 0.1, -1e300])
    store.write_part(tmp_path / "part.parquet", pa.table({"value": numbers(values)}))
    read = store.pq.read_table(tmp_path / "part.parquet", page_checksum_verification=True)
    assert read["value"].to_pylist() == values.tolist()

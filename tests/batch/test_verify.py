from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from sim.batch import store
from sim.batch.experiment_file import load_experiment
from sim.batch.manifest import read_manifest, write_manifest
from sim.batch.runner import run_experiment
from sim.batch.verify import Verdict, verify
from sim.cli import main
from sim.errors import InputError
from tests.batch.survival import put_part


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "results"))


def changed(folder: Path, table: str, column: str, factor: float) -> None:
    """Multiply a column of every part of a table, as a program would that wrote them so."""
    for path in sorted((folder / table).glob("part-*.parquet")):
        rows = pq.read_table(path)
        number = rows.column_names.index(column)
        content = store.encoded(rows.set_column(number, column, pc.multiply(rows[column], factor)))
        put_part(path, content)


def test_what_was_stored_is_found_again(folder: Path) -> None:
    found = verify(folder, sample=7)
    assert len(found.runs) == 7 and found.stored.runs == 60
    assert {run.verdict for run in found.runs} == {Verdict.IDENTICAL}
    assert found.passed and found.same_model and found.same_platform
    assert len({(run.scenario, run.replicate) for run in found.runs}) == 7
    other = verify(folder, sample=7, sample_seed=1)
    assert [run.replicate for run in other.runs] != [run.replicate for run in found.runs]


def test_every_table_is_compared(folder: Path) -> None:
    for table, column in (("ledger", "spent"), ("deals", "cost"), ("municipalities", "awareness")):
        changed(folder, table, column, 1.01)
        found = verify(folder, sample=3)
        assert not found.passed
        assert any(run.where.startswith(f"{table}, {column}, row") for run in found.runs)
        changed(folder, table, column, 1 / 1.01)


def test_small_differences_count_where_the_platform_is_the_same_only(folder: Path) -> None:
    changed(folder, "series", "awareness_mean", 1.0 + 1e-9)
    here = verify(folder, sample=2)
    assert {run.verdict for run in here.runs} == {Verdict.EQUAL}
    assert not here.passed
    provenance = folder / "provenance.json"
    content = json.loads(provenance.read_text())
    content["sessions"][0]["versions"]["numba"] = "0.1"
    provenance.write_text(json.dumps(content))
    elsewhere = verify(folder, sample=2)
    assert elsewhere.passed and not elsewhere.same_platform
    changed(folder, "series", "awareness_mean", 1.001)
    assert not verify(folder, sample=2).passed


@pytest.mark.parametrize(
    "sessions", [None, [], [{"id": "a", "versions": {"numba": None}, "commit": None}], "[" * 100_000]
)
def test_sessions_that_say_nothing_are_one_clear_line(folder: Path, sessions: object) -> None:
    content = sessions if isinstance(sessions, str) else json.dumps({"sessions": sessions})
    (folder / "provenance.json").write_text(content)
    with pytest.raises(InputError, match=r"provenance\.json: (damaged|names no session)"):
        verify(folder, sample=1)


def test_a_folder_made_without_a_word_on_numba_is_verified(folder: Path) -> None:
    content = json.loads((folder / "provenance.json").read_text())
    del content["sessions"][0]["versions"]["numba"]
    (folder / "provenance.json").write_text(json.dumps(content))
    assert main(["verify", str(folder), "--sample", "1"]) == 0


def test_designed_runs_are_found_again(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "name: a\nworld: synthetic:20\nquarters: 6\nreplicates: 3\nscenarios: [baseline, no_policy]\n"
        "design: {method: sobol, samples: 8}\n"
        "factors: {posting_rate: {kind: uncertainty, low: 0.2, high: 4}}\n"
        "record: {outcomes: [deals_signed], quarters: [2019Q3]}\n",
        encoding="utf-8",
    )
    run_experiment(load_experiment(file), tmp_path / "results")
    found = verify(tmp_path / "results", sample=48)
    assert len(found.runs) == 48 and found.passed
    assert np.unique([run.point for run in found.runs]).tolist() == list(range(8))


def test_the_command_says_what_it_found(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["verify", str(folder), "--sample", "2", "--quiet"]) == 0
    said = capsys.readouterr().out
    assert "2 of 60 stored runs run again: 2 identical" in said
    assert "root seed 1" in said and "numba" in said and "Linux" in said
    changed(folder, "series", "meetings", 1.5)
    assert main(["verify", str(folder), "--quiet"]) == 1
    assert "series, meetings, row" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "nothing"), "--quiet"]) == 2


def test_another_model_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_manifest(folder, replace(read_manifest(folder), model="0" * 16))
    assert main(["verify", str(folder), "--sample", "2", "--quiet"]) == 0
    assert "same model version" in capsys.readouterr().out


def test_a_changed_experiment_is_refused(folder: Path) -> None:
    path = folder / "experiment.yaml"
    path.write_text(path.read_text().replace("quarters: 8", "quarters: 9"))
    with pytest.raises(InputError, match=r"is not the experiment of manifest.json"):
        verify(folder)


def test_a_damaged_part_is_named(folder: Path) -> None:
    part = sorted((folder / "series").glob("part-*.parquet"))[0]
    content = bytearray(part.read_bytes())
    column = pq.read_metadata(part).row_group(0).column(9)
    content[column.data_page_offset + column.total_compressed_size - 5] ^= 0xFF
    part.write_bytes(content)
    with pytest.raises(InputError, match=r"part-p.*damaged .*remove it and run again"):
        verify(folder, sample=60)

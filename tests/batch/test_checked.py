from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.batch import store
from sim.batch.checked import CHECKED, read_checked
from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.batch.store import stored_chunks

RECORD = ("ledger", "series")


@pytest.fixture
def folder(experiment: Experiment, tmp_path: Path) -> Path:
    run_experiment(replace(experiment, record=RECORD), tmp_path / "results")
    return tmp_path / "results"


def test_parts_that_a_session_wrote_are_known(folder: Path) -> None:
    known = read_checked(folder)
    chunks = stored_chunks(folder, RECORD)
    assert len(chunks) == 2 and [known.failed(chunk) for chunk in chunks] == [0, 0]


@pytest.mark.parametrize("how", ["written again", "copied over", "lost", "failures added"])
def test_parts_that_changed_in_any_way_are_not_known(how: str, folder: Path) -> None:
    first, second = stored_chunks(folder, RECORD)
    part = folder / "ledger" / first.part
    before = part.stat()
    content = part.read_bytes()
    part.unlink()
    if how == "written again":
        part.write_bytes(content)
    if how == "copied over":
        (folder / "copy").write_bytes(content)
        os.utime(folder / "copy", ns=(before.st_atime_ns, before.st_mtime_ns))
        shutil.copy2(folder / "copy", part)
        assert part.stat().st_mtime_ns == before.st_mtime_ns
    if how == "failures added":
        part.write_bytes(content)
        known = read_checked(folder)
        known.add(first, store.look(folder, first, RECORD))
        known.write([first, second])
        (folder / "failures").mkdir()
        (folder / "failures" / first.part).write_bytes(b"")
    known = read_checked(folder)
    assert known.failed(first) is None and known.failed(second) == 0


def test_a_clock_that_was_set_back_makes_no_part_look_known(folder: Path) -> None:
    """Times are compared for being the same, not for being later."""
    record = json.loads((folder / CHECKED).read_text())
    for entry in record.values():
        for stamp in entry["parts"].values():
            stamp[1] += 3_600 * 10**9
    (folder / CHECKED).write_text(json.dumps(record))
    known = read_checked(folder)
    assert [known.failed(chunk) for chunk in stored_chunks(folder, RECORD)] == [None, None]


def flipped(part: Path) -> None:
    """One byte of a page turned over, at the size and with the times that it had."""
    column = pq.read_metadata(part).row_group(0).column(20)
    place = column.data_page_offset + column.total_compressed_size - 5
    content = part.read_bytes()
    part.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])


@pytest.mark.parametrize("record", ["kept", "lost", "nonsense"])
def test_a_damaged_part_is_found_whatever_the_record_says(
    record: str, experiment: Experiment, folder: Path
) -> None:
    first = stored_chunks(folder, RECORD)[0]
    part = folder / "series" / first.part
    whole = part.read_bytes()
    flipped(part)
    if record != "kept":
        (folder / CHECKED).unlink()
    if record == "nonsense":
        (folder / CHECKED).write_text(f'{{"{first.part}": {{"parts": 3}}}}')
    assert run_experiment(replace(experiment, record=RECORD), folder).stored == 12
    assert part.read_bytes() == whole

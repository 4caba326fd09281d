from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa

from sim.batch import store
from sim.batch.digests import SUMS


def test_truncated_and_missing_parts_are_not_done(finished: Path, tmp_path: Path) -> None:
    chunk = store.stored_chunks(finished)[0]
    shutil.copy(finished / SUMS, tmp_path)
    for table in store.USUAL_TABLES:
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


def test_parts_have_checksums_and_no_loss() -> None:
    import numpy as np

    from sim.batch.tables import numbers

    values = np.array([2.0**24 + 1, 0.1, -1e300])
    part = pa.BufferReader(store.encoded(pa.table({"value": numbers(values)})))
    read = store.pq.read_table(part, page_checksum_verification=True)
    assert read["value"].to_pylist() == values.tolist()

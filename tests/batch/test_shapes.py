from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.batch.shapes import COLUMNS, columns_of, objection_to_size
from sim.batch.store import encoded, stored_chunks
from sim.batch.stored import completeness
from tests.batch.survival import put_part


def test_parts_have_the_columns_of_their_table(finished: Path) -> None:
    """And no others, but for outcomes."""
    for table in ("series", "ledger", "deals", "municipalities"):
        metadata = pq.read_metadata(next((finished / table).iterdir()))
        assert columns_of(table, metadata).odd is None and objection_to_size(metadata) is None
        if table != "series":
            keys = {"scenario", "point", "replicate"}
            assert set(metadata.schema.to_arrow_schema().names) == keys | set(COLUMNS[table])


def without(table: pa.Table) -> pa.Table:
    return table.drop_columns(["deals_signed"])


def of_text(table: pa.Table) -> pa.Table:
    number = table.column_names.index("deals_signed")
    return table.set_column(number, "deals_signed", pa.array(["x"] * len(table)))


def with_lists(table: pa.Table) -> pa.Table:
    return table.append_column("more\x1b[2J", pa.array([[1.0]] * len(table)))


def of_other_keys(table: pa.Table) -> pa.Table:
    return table.set_column(1, "point", pa.array(["0"] * len(table)))


@pytest.mark.parametrize("change", [without, of_text, with_lists, of_other_keys])
def test_parts_of_other_columns_are_not_read(
    change: Callable[[pa.Table], pa.Table], finished: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(finished, tmp_path / "results")
    part = folder / "series" / stored_chunks(folder)[0].part
    table = pq.read_table(part)
    put_part(part, encoded(change(table).replace_schema_metadata(table.schema.metadata)))
    (fault,) = completeness(folder).faults
    assert fault.path == part and " column " in fault.reason and fault.reason.isprintable()


def test_a_part_that_claims_too_many_rows_is_not_read(finished: Path) -> None:
    metadata = pq.read_metadata(next((finished / "series").iterdir()))
    held = metadata.num_rows * metadata.num_columns
    assert objection_to_size(metadata, most=held) is None
    claims = f"claims {metadata.num_rows:,} rows of {metadata.num_columns} columns"
    assert claims in str(objection_to_size(metadata, most=held - 1))

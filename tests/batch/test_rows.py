from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.batch.chunks import Failure, failures_table
from sim.batch.digests import SUMS
from sim.batch.limits import MOST_BYTES_OF_A_FILE, MOST_OF_A_MESSAGE
from sim.batch.store import encoded
from sim.batch.stored import completeness
from sim.batch.tables import Key
from sim.errors import IncompleteWarning, InputError
from sim.results import load
from sim.text.mistakes import told, translated
from tests.batch.survival import put_part
from tests.hostile import rows


def spoilt(folder: Path, table: str, change: Callable[[pa.Table], pa.Table]) -> Path:
    """The first part of a table, its rows changed and its digest right."""
    path = min((folder / table).glob("part-*"))
    part = pq.read_table(path)
    put_part(path, encoded(change(part).replace_schema_metadata(part.schema.metadata)))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(rows.whole()[1], tmp_path / "results")


def with_first(name: str, value: object) -> Callable[[pa.Table], pa.Table]:
    """Another value in the first row of a column."""

    def change(part: pa.Table) -> pa.Table:
        column, values = part.schema.field(name).type, part[name].to_pylist()
        values[0] = value
        text = pa.types.is_dictionary(column)
        found = pa.array(values, pa.string()).dictionary_encode() if text else pa.array(values, column)
        return part.set_column(part.column_names.index(name), name, found)

    return change


NOT_ONCE, OTHERS = "does not hold each row of its runs once", "holds rows of other runs than its name says"
COUNTED = ("series", "panel", "ledger", "municipalities")


@pytest.mark.parametrize("table", COUNTED)
@pytest.mark.parametrize(
    "change",
    [
        lambda part: part.slice(1),
        lambda part: part.slice(0, 0),
        lambda part: pa.concat_tables([part, part]),
        lambda part: pa.concat_tables([part.slice(1), part.slice(1, 1)]),
        lambda part: pa.concat_tables([part.slice(0, len(part) - 1), part.slice(0, 1)]),
        with_first("scenario", "balanced"),
        with_first("replicate", 1),
    ],
)
def test_each_row_is_there_once(table: str, change: Callable[[pa.Table], pa.Table], folder: Path) -> None:
    part = spoilt(folder, table, change)
    stored = completeness(folder)
    assert [(fault.path, fault.reason) for fault in stored.faults] == [(part, NOT_ONCE)]
    assert stored.runs == stored.expected - 4


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("scenario", "nope", OTHERS),
        ("scenario", None, "holds nothing in its column scenario"),
        ("point", -1, OTHERS),
        ("replicate", 2**62, OTHERS),
        ("replicate", None, OTHERS),
        ("quarter", "2030Q4", "holds 2030Q4 in its column quarter"),
        ("quarter", "x" * 1_000, "holds words in its column quarter that are none"),
        ("fiscal_year", 1066, OTHERS),
        ("verdict", "guilty", "holds guilty in its column verdict"),
        ("adopted_quarter", "soon", "holds soon in its column adopted_quarter"),
    ],
)
def test_values_that_name_a_row_are_those_of_the_experiment(
    name: str, value: object, said: str, folder: Path
) -> None:
    tables = {path.parent.name: pq.read_schema(path).names for path in sorted(folder.glob("*/part-*"))}
    for table in (table for table, names in tables.items() if name in names):
        copy = shutil.copytree(folder, folder.parent / table)
        part = max((copy / table).glob("part-*"), key=lambda path: pq.read_metadata(path).num_rows)
        if not pq.read_metadata(part).num_rows:
            continue
        whole = pq.read_table(part)
        put_part(part, encoded(with_first(name, value)(whole).replace_schema_metadata(whole.schema.metadata)))
        (fault,) = completeness(copy).faults
        assert fault.path == part and fault.reason == said, table


def test_runs_that_failed_are_runs_of_the_chunk_without_rows(folder: Path) -> None:
    chance = random.Random(1)
    for _ in range(8):
        copy = shutil.copytree(folder, folder.parent / f"{chance.random()}")
        rows.failures(chance, copy)
        (fault,) = completeness(copy).faults
        assert fault.path.parent.name in ("failures", "series"), fault


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e200])
def test_numbers_that_are_none_are_found_by_whoever_reads_them(value: float, folder: Path) -> None:
    part = spoilt(folder, "ledger", with_first("spent", value))
    said = f"{part}: holds a number in its column spent that is none"
    results = load(folder)
    whole = len(results.series)
    with pytest.warns(IncompleteWarning, match="2 of 6 runs are stored") as warned:
        assert np.isfinite(results.ledger["spent"]).all()
    assert said in str(warned[0].message)
    assert len(results.series) < whole
    with pytest.warns(IncompleteWarning):
        assert sum(len(one) for one in load(folder).parts("ledger", ["spent"])) < len(pq.read_table(part))
    assert [str(fault) for fault in completeness(folder, numbers=True).faults] == [said]


def test_a_large_file_is_measured_before_it_is_read(folder: Path) -> None:
    for name in ("experiment.yaml", SUMS, "manifest.json"):
        copy = shutil.copytree(folder, folder.parent / name)
        with (copy / name).open("r+b") as file:
            file.truncate(MOST_BYTES_OF_A_FILE + 1)
        with pytest.raises(InputError, match=f"{copy / name}: .*has 268,435,457 bytes, more than "):
            completeness(copy)


_LOOK = """
import resource, sys
from pathlib import Path
from sim.batch.stored import completeness
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(completeness(Path(sys.argv[1])).faults))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


def test_a_large_part_is_never_held(folder: Path) -> None:
    part = min((folder / "series").glob("part-*"))
    with part.open("r+b") as file:
        file.truncate(600 << 20)
    found = subprocess.run(
        [sys.executable, "-c", _LOOK, folder], capture_output=True, text=True, timeout=120, check=True
    )
    faults, megabytes = map(int, found.stdout.split())
    assert faults == 1
    assert megabytes < 150


def test_a_large_part_is_read_like_any_other(folder: Path) -> None:
    part = min((folder / "series").glob("part-*"))
    table = pq.read_table(part)
    padded = table.replace_schema_metadata({**table.schema.metadata, b"padding": b"x" * (20 << 20)})
    put_part(part, encoded(padded))
    assert part.stat().st_size > 20 << 20
    assert completeness(folder).faults == ()
    assert load(folder).series.equals(load(rows.whole()[1]).series)
    with part.open("r+b") as file:
        file.seek(5 << 20)
        file.write(b"y")
    assert [fault.path for fault in completeness(folder).faults] == [part]


def test_errors_of_any_length_are_kept_shortened() -> None:
    experiment = rows.whole()[0]
    text = "a" * 10_000 + "z" * 10_000
    kept = failures_table(experiment, [Failure(Key(0, 0, 0), text, "short", text)]).to_pylist()[0]
    assert kept["message"] == "short"
    for name in ("error", "details"):
        assert len(kept[name]) < MOST_OF_A_MESSAGE + 10
        assert kept[name].startswith("aaa") and kept[name].endswith("zzz")


def test_what_is_wrong_with_a_part_is_said_in_japanese_too(folder: Path) -> None:
    chance = random.Random(2)
    for number, (write, may_be) in enumerate(rows.SPOILED.values()):
        copy = shutil.copytree(folder, folder.parent / str(number))
        write(chance, copy)
        with suppress(InputError):  # of a file beside the parts
            for fault in completeness(copy, numbers=True).faults:
                again = f"{fault}; remove it and run again"
                for line in (again, f"{again} (3 more are not as they should be)"):
                    words = told(line, "ja").removeprefix(f"{fault.path}: ")
                    assert (
                        "もう一度実行してください" in words and " is " not in words and "run" not in words
                    ), words
                assert translated(fault.reason, "ja") != fault.reason
            assert may_be or completeness(copy, numbers=True).faults

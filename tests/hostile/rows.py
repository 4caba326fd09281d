"""Parts of strangers: the columns, the origin and the digest that they should have, and any rows."""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.batch.stored import completeness
from sim.errors import InputError
from sim.page.folders import Folders
from sim.results import load
from sim.scenarios.scenario import load_scenarios
from tests.batch.survival import put_part
from tests.hostile.trials import SAID, SAME, Trial, one_line, said_by

TABLES = ("series", "panel", "ledger", "deals", "municipalities")
#: Those whose rows are known without a run: a run may have any number of deals.
_COUNTED = tuple(name for name in TABLES if name != "deals")
_place = tempfile.TemporaryDirectory(prefix="rows-")


@cache
def whole() -> tuple[Experiment, Path]:
    """Two chunks with every table, made once for a process: the second has a replicate more."""
    scenarios = tuple(load_scenarios(["baseline", "balanced"]))
    experiment = Experiment(
        "rows",
        scenarios,
        "synthetic:60",
        12,
        replicates=3,
        baseline="baseline",
        record=TABLES,
        by="prefecture",
    )
    folder = Path(_place.name) / "results"
    run_experiment(replace(experiment, replicates=2), folder)
    run_experiment(experiment, folder)
    return experiment, folder


type Change = Callable[[random.Random, pa.Table], pa.Table]


def lost(chance: random.Random, rows: pa.Table) -> pa.Table:
    """Some rows left out: of one run, of the end, or all."""
    start = chance.randrange(len(rows))
    return pa.concat_tables([rows.slice(0, start), rows.slice(start + chance.randint(1, len(rows)))])


def doubled(chance: random.Random, rows: pa.Table) -> pa.Table:
    """Some rows there twice."""
    start = chance.randrange(len(rows))
    return pa.concat_tables([rows, rows.slice(start, chance.randint(1, len(rows)))])


def of_others(chance: random.Random, rows: pa.Table) -> pa.Table:
    """A row that another run, quarter, year or place has, too, or that is of none."""
    keys = [
        name
        for name in ("scenario", "point", "replicate", "quarter", "fiscal_year")
        if name in rows.schema.names
    ]
    return _changed(chance, rows, chance.choice(keys), rare=True)


def endless(chance: random.Random, rows: pa.Table) -> pa.Table:
    """A number that is none, or that no sum can be made of."""
    names = [field.name for field in rows.schema if pa.types.is_floating(field.type)]
    name = chance.choice(names)
    values = rows[name].to_numpy().copy()
    values[chance.randrange(len(values)) :] = chance.choice((np.inf, -np.inf, 1e308, -1e200))
    return _with(rows, name, pa.array(values))


def of_any_value(chance: random.Random, rows: pa.Table) -> pa.Table:
    """A column in which some values, or all, are others that it may hold."""
    return _changed(chance, rows, chance.choice(rows.column_names))


_WORDS = (
    None, "", "nope", "\x1b[2J", "=1+1", "9999Q9", "2018Q2", "2030Q4", "0", "<script>alert(1)</script>",
    "x" * 100_000, "nan", "-1", "99999", "balanced", "signed", "active",
)  # fmt: skip
_WHOLE = (None, -1, 2**62, -(2**63), 10**6, 17, 18, 0, 1, 99, 2019)
_NUMBERS = (None, float("nan"), -0.0, -5.0, 1e-320, 1e49, -1e49, 5e-324)


def _changed(chance: random.Random, rows: pa.Table, name: str, rare: bool = False) -> pa.Table:
    kind, values = rows.schema.field(name).type, rows[name].to_pylist()
    text = pa.types.is_dictionary(kind)
    odd: tuple[object, ...] = _NUMBERS
    if text:
        odd = _WORDS
    elif pa.types.is_integer(kind):
        odd = _WHOLE
    elif pa.types.is_boolean(kind):
        odd = (None, True, False)
    hits = (
        [chance.randrange(len(values))] if rare else range(0, len(values), chance.choice((1, 3, len(values))))
    )
    other = chance.choice([one for one in odd if one != values[hits[0]]])
    for row in hits:
        values[row] = other
    column = pa.array(values, kind.value_type).dictionary_encode() if text else pa.array(values, kind)
    return _with(rows, name, column)


def _with(rows: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, column)


def _rewrite(path: Path, rows: pa.Table, metadata: dict[bytes, bytes]) -> None:
    into = pa.BufferOutputStream()
    pq.write_table(rows.replace_schema_metadata(metadata), into, compression="zstd", write_page_checksum=True)
    put_part(path, into.getvalue().to_pybytes())


def spoil(change: Change, tables: Sequence[str], chance: random.Random, folder: Path) -> None:
    """Change the rows of a part of any of these tables."""
    rows = pa.table({})
    while not len(rows):
        path = chance.choice(sorted((folder / chance.choice(tables)).glob("part-*")))
        rows = pq.read_table(path)
    _rewrite(path, change(chance, rows), rows.schema.metadata)


def deep(chance: random.Random, folder: Path) -> None:
    """A part that says of itself what no reader of JSON can follow."""
    path = chance.choice(sorted(folder.glob("*/part-*")))
    said = chance.choice(("[", '{"a":')) * chance.choice((1_000, 200_000))
    _rewrite(path, pq.read_table(path), {b"sim.part": said.encode()})


def failures(chance: random.Random, folder: Path) -> None:
    """Failed runs that are none, or more than there are, or with messages that fill the memory."""
    series = chance.choice(sorted((folder / "series").glob("part-*")))
    origin = json.loads(pq.read_metadata(series).metadata[b"sim.part"]) | {"table": "failures"}
    count, name = chance.choice(((1, "nope"), (1, "baseline"), (600, "baseline"), (1, None)))
    word, times = chance.choice((("x", 1), ("A" * 5_000_000, 30)))
    one = {"scenario": pa.array([name] * count, pa.string()).dictionary_encode()}
    one |= {
        key: pa.array([chance.choice((0, 0, 2, 2**62))] * count, pa.int64()) for key in ("point", "replicate")
    }
    for column in ("world", "seed", "quarters", "scenario_digest", "error", "message", "details"):
        one[column] = pa.array(["x" if column != "message" else word] * (count if times == 1 else 1))
    one |= {} if times == 1 else {key: one[key].slice(0, 1) for key in ("scenario", "point", "replicate")}
    rows = pa.table(one).replace_schema_metadata({b"sim.part": json.dumps(origin)})
    (folder / "failures").mkdir()
    into = pa.BufferOutputStream()
    with pq.ParquetWriter(into, rows.schema, compression="zstd", write_page_checksum=True) as writer:
        for _ in range(times):
            writer.write_table(rows)
    put_part(folder / "failures" / series.name, into.getvalue().to_pybytes())


def swollen(chance: random.Random, folder: Path) -> None:
    """A file beside the parts that is said to have gigabytes, and takes none on disk."""
    os.truncate(folder / chance.choice(("experiment.yaml", "manifest.json", "SHA256SUMS")), 50 << 30)


#: What is done, and whether it may be taken for what it says it is.
SPOILED: dict[str, tuple[Callable[[random.Random, Path], None], bool]] = {
    "rows left out": (partial(spoil, lost, _COUNTED), False),
    "rows doubled": (partial(spoil, doubled, _COUNTED), False),
    "a row of another run": (partial(spoil, of_others, _COUNTED), False),
    "numbers without end": (partial(spoil, endless, TABLES), False),
    "other values": (partial(spoil, of_any_value, TABLES), True),
    "deep JSON in a part": (deep, False),
    "failed runs of a stranger": (failures, False),
    "a file of 50 GB": (swollen, False),
}


def by_load(folder: Path) -> str:
    """Open the folder, read every table, and compare."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            results = load(folder)
            for _ in range(2):  # numbers are looked at where they are read: by then all of them were
                frames = [getattr(results, name) for name in (*TABLES, "failures")]
            _ = results.summary, results.comparison
    except InputError as error:
        return one_line(error)
    assert all(issubclass(one.category, UserWarning) for one in caught), [str(one.message) for one in caught]
    kept = {len(frame.drop_duplicates(["scenario", "replicate"])) for frame in frames[:3]}
    assert len(kept) == 1, f"tables of other runs: {kept}"
    return SAID if caught else SAME


def _by(command: str, *options: str) -> Callable[[Path], str]:
    def read(folder: Path) -> str:
        said = said_by(command, str(folder), *options)
        lines = said.err.strip().splitlines()
        assert said.code in (0, 1) or (said.code == 2 and str(folder) in lines[-1]), said
        assert "Warning" not in said.err, said.err
        return SAID if lines or said.code == 1 else SAME

    return read


def by_page(folder: Path) -> str:
    """The list of folders of `sim page`."""
    listed = Folders(folder.parent).listed("en")
    return SAME if all(one["shown"] and not one["lines"] for one in listed) else SAID


def by_resume(folder: Path) -> str:
    """The same command again: a part that is not as it should be is run again."""
    try:
        run_experiment(whole()[0], folder)
    except InputError as error:
        return one_line(error)
    assert completeness(folder, numbers=True).faults == ()
    return SAME


READERS: dict[str, tuple[int, int, Callable[[Path], str]]] = {
    "load": (2, 100, by_load),
    "`sim verify`": (1, 50, _by("verify", "--sample", "1", "--quiet")),
    "page": (1, 50, by_page),
    "the same command again": (1, 20, by_resume),
    "`sim report`": (0, 3, _by("report", "--quiet")),
    "`sim export --network`": (0, 10, _by("export", "--network")),
}


def _attempt(
    write: Callable[[random.Random, Path], None],
    may_be: bool,
    reader: str,
    chance: random.Random,
    folder: Path,
) -> str:
    copy = folder / "results"
    shutil.copytree(whole()[1], copy)
    write(chance, copy)
    found = READERS[reader][2](copy)
    assert may_be or found == SAID or reader not in ("load", "`sim verify`"), "taken without a word"
    return found


TRIALS = [
    Trial(f"{what}: {reader}", few, many, partial(_attempt, write, may_be, reader))
    for what, (write, may_be) in SPOILED.items()
    for reader, (few, many, _) in READERS.items()
]

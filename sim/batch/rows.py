"""Whether the rows of a part are those of its runs: each there once, and none of anything else.

A part of a stranger's folder may have the columns of its table and any rows. So what names a row is read
before anything else is: whoever reads a table may look up whatever stands in it, and count on all of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.batch.limits import LARGEST_NUMBER, MOST_BYTES_OF_MESSAGES
from sim.batch.parts import Chunk
from sim.batch.shapes import Columns
from sim.calendar import fiscal_years, quarter_label
from sim.kernel.state import PROJECT_STATES, VERDICTS
from sim.scenarios.yaml_file import printable
from sim.worlds.groups import GROUPINGS

Integers = npt.NDArray[np.int64]

#: Columns that name a place.
_PLACES = tuple(GROUPINGS.values())
#: Columns that name a run.
KEYS = ("scenario", "point", "replicate")
#: No runs.
NONE: Integers = np.empty(0, np.int64)
#: Characters of a word that a table codes: a name of a programme, of a municipality.
_LONGEST_WORD = 500
#: Columns of whole numbers that name a row.
_NUMBERED = frozenset({"point", "replicate", "fiscal_year", *_PLACES})
_QUARTER = re.compile(r"\d{4}Q[1-4]")
#: Words that a column of ``deals`` may hold.
_WORDS: dict[str, Sequence[str]] = {"verdict": VERDICTS, "state": PROJECT_STATES}
_NOT_ONCE = "does not hold each row of its runs once"
_OTHERS = "holds rows of other runs than its name says"


class RowsError(ValueError):
    """The rows of a part are not those of its runs."""


@dataclass(frozen=True)
class Layout:
    """What the rows of an experiment are named by.

    Attributes:
        scenarios: their names, in their order.
        quarters: horizon.
        recorded: quarters that ``series`` and ``panel`` keep; None = all.
        outcomes: columns that ``series`` has besides those that name a row.
    """

    scenarios: tuple[str, ...]
    quarters: int
    recorded: tuple[int, ...] | None
    outcomes: tuple[str, ...]

    @cached_property
    def labels(self) -> list[str]:
        """Labels of all quarters."""
        return [quarter_label(t) for t in range(self.quarters)]

    @cached_property
    def kept(self) -> list[str]:
        """Labels of the quarters that are kept."""
        return self.labels if self.recorded is None else [quarter_label(t) for t in self.recorded]

    @cached_property
    def years(self) -> range:
        """Fiscal years."""
        return fiscal_years(self.quarters)

    def runs(self, chunk: Chunk) -> int:
        """Runs of a chunk."""
        return len(self.scenarios) * chunk.cells


def failed_runs(part: pq.ParquetFile, chunk: Chunk, layout: Layout) -> Integers:
    """The runs that a part of ``failures`` names, as their numbers within the chunk.

    Raises:
        RowsError: they are no runs of the chunk, one is there twice, or their messages are too long.
    """
    most = layout.runs(chunk)
    if part.metadata.num_rows > most:
        raise RowsError(f"names {part.metadata.num_rows:,} runs that failed, of {most:,}")
    rows = part.read(KEYS, use_threads=False)
    runs = _runs({"scenario": _labels("scenario", rows)}, rows, chunk, layout)
    if len(np.unique(runs)) < len(runs):
        raise RowsError(_NOT_ONCE)
    _refuse_long_messages(part)
    return runs


def _refuse_long_messages(part: pq.ParquetFile) -> None:
    """Refuse texts that are longer than they can be, of a part whose texts are read as they are stored."""
    texts = [field.name for field in part.schema_arrow if pa.types.is_dictionary(field.type)]
    there = 0
    for name in texts:
        for coded in part.read([name], use_threads=False)[name].chunks:
            lengths = pc.take(pc.binary_length(coded.dictionary), coded.indices)
            there += pc.sum(lengths).as_py() or 0
            if there > MOST_BYTES_OF_MESSAGES:
                raise RowsError(f"holds messages of more than {MOST_BYTES_OF_MESSAGES:,} bytes")
            coded.dictionary.validate(full=True)


def check_rows(
    part: pq.ParquetFile, columns: Columns, chunk: Chunk, layout: Layout, failed: Integers
) -> None:
    """Check what names the rows of a part, and every word in it.

    Args:
        part: of any table but ``failures``.
        columns: of the part, which are those of its table.
        chunk: of the part.
        layout: of the experiment.
        failed: runs of the chunk that failed, as their numbers within it: they have no rows.

    Raises:
        RowsError: a row of a run is missing or there twice, or a row is of no run of the chunk.
    """
    table = columns.table
    if table != "deals" and part.metadata.num_rows < layout.runs(chunk) - len(failed):
        raise RowsError(_NOT_ONCE)
    numbers = _NUMBERED.intersection(columns.whole)
    rows = part.read([*columns.texts, *numbers], use_threads=False)
    labels = {name: _labels(name, rows) for name in columns.texts}
    for name in columns.texts:
        _refuse_unknown(name, labels[name], layout)
    runs = _runs(labels, rows, chunk, layout)
    if table == "deals":
        if np.isin(runs, failed).any():
            raise RowsError(_OTHERS)
    else:
        _refuse_gaps(runs, _within(table, labels, rows, layout), layout.runs(chunk), failed)


class _Labels(NamedTuple):
    """A column of words: the words, each once, and the place of each row's among them; -1 = none."""

    words: list[str]
    places: Integers

    def among(self, known: Sequence[str]) -> Integers:
        """Place of each row's word among others; -1 where it is none of them."""
        place = {word: number for number, word in enumerate(known)}
        found = np.array([*(place.get(word, -1) for word in self.words), -1], np.int64)
        return found[self.places]


def _labels(name: str, rows: pa.Table) -> _Labels:
    column = rows[name]
    if column.num_chunks != 1:
        column = column.unify_dictionaries().combine_chunks()
    coded = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    words = coded.dictionary.to_pylist()
    if len(set(words)) < len(words) or not all(word and len(word) <= _LONGEST_WORD for word in words):
        raise RowsError(f"holds words in its column {printable(name)} that are none")
    places = coded.indices.fill_null(-1) if coded.null_count else coded.indices
    return _Labels(words, places.to_numpy().astype(np.int64))


def _refuse_unknown(name: str, labels: _Labels, layout: Layout) -> None:
    """Refuse quarters that are none, or beyond the horizon, and verdicts and states that are none."""
    if name.endswith("_quarter"):  # of what may not come to pass, or end beyond the horizon
        odd = [word for word in labels.words if not _QUARTER.fullmatch(word)]
    else:
        known = layout.labels if name == "quarter" else _WORDS.get(name, labels.words)
        odd = [word for word in labels.words if word not in known]
        odd += ["nothing"] if len(labels.places) and labels.places.min() < 0 else []
    if odd:
        raise RowsError(f"holds {printable(odd[0])} in its column {printable(name)}")


def _runs(labels: Mapping[str, _Labels], rows: pa.Table, chunk: Chunk, layout: Layout) -> Integers:
    """Number of each row's run within its chunk."""
    codes = labels["scenario"].among(layout.scenarios)
    _refuse_outside(codes, len(layout.scenarios))
    for name, span in (("point", chunk.points), ("replicate", chunk.replicates)):
        places = _whole_numbers(rows[name]) - span.start
        _refuse_outside(places, len(span))
        codes = codes * len(span) + places
    return codes


def _whole_numbers(column: pa.ChunkedArray) -> Integers:
    if column.null_count:
        raise RowsError(_OTHERS)
    numbers: Integers = column.to_numpy()
    return numbers


def _refuse_outside(places: Integers, count: int) -> None:
    if len(places) and (places.min() < 0 or places.max() >= count):
        raise RowsError(_OTHERS)


class _Within(NamedTuple):
    """Where each row stands within its run: in which series of rows, and at which of its places."""

    place: Integers
    places: int
    series: Integers | None = None


def _within(table: str, labels: Mapping[str, _Labels], rows: pa.Table, layout: Layout) -> _Within:
    """Quarters, places or both of a run, or the fiscal years of each of its programmes."""
    if table == "ledger":
        years = _whole_numbers(rows["fiscal_year"]) - layout.years.start
        return _Within(years, len(layout.years), labels["programme"].places)
    if table == "series":
        return _Within(labels["quarter"].among(layout.kept), len(layout.kept))
    column = next((name for name in _PLACES if name in rows.column_names), None)
    if column is None:
        raise RowsError("has no column that names a place")
    named = labels[column].places if column in labels else _whole_numbers(rows[column])
    place, places = _dense(named)
    if table == "municipalities":
        return _Within(place, places)
    quarter = labels["quarter"].among(layout.kept)
    _refuse_outside(quarter, len(layout.kept))
    return _Within(quarter * places + place, places * len(layout.kept))


def _refuse_gaps(runs: Integers, within: _Within, expected: int, failed: Integers) -> None:
    """Refuse rows unless every run that did not fail has each of its rows once."""
    _refuse_outside(within.place, within.places)
    there = np.zeros(expected, bool)
    there[runs] = True
    if there.sum() != expected - len(failed) or there[failed].any():
        raise RowsError(_NOT_ONCE)
    groups, count = (np.cumsum(there) - 1)[runs], expected - len(failed)
    if within.series is not None:
        groups, count = _dense(groups * (within.series.max(initial=0) + 1) + within.series)
    if count * within.places != len(runs):
        raise RowsError(_NOT_ONCE)
    once = np.zeros(len(runs), bool)
    once[groups * within.places + within.place] = True
    if not once.all():
        raise RowsError(_NOT_ONCE)


def _dense(values: Integers) -> tuple[Integers, int]:
    """The same, numbered from 0 in the order in which they come, and how many there are."""
    coded = pa.array(values).dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), len(coded.dictionary)


def check_numbers(part: pq.ParquetFile) -> None:
    """Check the numbers of a part, a column at a time.

    Raises:
        RowsError: one is larger than any can be.
    """
    for field in part.schema_arrow:
        if pa.types.is_floating(field.type):
            refuse_large(part.read([field.name], use_threads=False))


def refuse_large(rows: pa.Table) -> None:
    """Refuse numbers of a table that are larger than any can be; NaN and null stand for what is not there.

    Raises:
        RowsError: there is one.
    """
    for field in rows.schema:
        if pa.types.is_floating(field.type) and len(rows):
            values = rows[field.name].to_numpy()
            if max(np.fmax.reduce(values), -np.fmin.reduce(values)) > LARGEST_NUMBER:
                raise RowsError(f"holds a number in its column {printable(field.name)} that is none")

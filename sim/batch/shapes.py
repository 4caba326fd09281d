"""What columns the parts of a table have, so that no other table is taken for one.

A part of a stranger's folder may have any columns, or claim any number of rows: it is looked at before its
rows are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.batch.limits import MOST_BYTES_OF_MESSAGES, MOST_NUMBERS_OF_A_PART
from sim.batch.methods import MOST_VALUES
from sim.errors import InputError
from sim.scenarios.yaml_file import printable

#: Bytes that a number or the code of a word takes at most, with all that Parquet stores of it.
_BYTES_OF_A_NUMBER = 16
#: Bytes of a word of a factor.
_LONGEST_WORD = 200
_TEXT = pa.dictionary(pa.int32(), pa.string())
_KEYS = {"scenario": _TEXT, "point": pa.int64(), "replicate": pa.int64()}
_NUMBERS, _WHOLE, _QUARTERS = pa.float64(), pa.int64(), _TEXT


def _all(names: str, kind: pa.DataType) -> dict[str, pa.DataType]:
    return dict.fromkeys(names.split(), kind)


#: Columns of each table behind those that name the run; in series and panel outcomes follow.
COLUMNS: Mapping[str, Mapping[str, pa.DataType]] = {
    "series": _all("quarter", _QUARTERS),
    "panel": _all("quarter", _QUARTERS),
    "ledger": _all("fiscal_year", _WHOLE)
    | _all("programme lever payer", _TEXT)
    | _all("appropriated spent lapsed", _NUMBERS),
    "deals": _all("quarter end_quarter", _QUARTERS)
    | _all("municipality verdict state", _TEXT)
    | _all(
        "company institution insurer goal grant_fund tenor guarantee_fund interest_fund renewed_from", _WHOLE
    )
    | _all(
        "cost equity municipal grant debt rate margin success_probability ordinary_guarantee guarantee "
        "reserve interest_subsidy premium loss_to_capacity loss_to_awareness loss_to_distance",
        _NUMBERS,
    ),
    "municipalities": _all("adopted_quarter member_quarter designated_quarter donation_quarter", _QUARTERS)
    | _all("jis_code", _TEXT)
    | _all("model_project network", pa.bool_())
    | _all("projects_signed projects_completed projects_failed agreements", _WHOLE)
    | _all("awareness capacity sdg_index sdg_progress", _NUMBERS),
    "failures": _all("world seed quarters scenario_digest error message details", pa.string()),
}


class Columns(NamedTuple):
    """The columns of a part.

    Attributes:
        table: that the part is of.
        schema: their names and kinds.
        outcomes: columns that ``series`` has besides.
        texts: names of those of coded words.
        whole: names of those of whole numbers.
        odd: why they cannot be those of the table; None where they can.
    """

    table: str
    schema: pa.Schema
    outcomes: tuple[str, ...]
    texts: tuple[str, ...]
    whole: tuple[str, ...]
    odd: str | None


#: Those of the part of each table that was looked at last: the parts of a folder have the same.
_last: dict[str, Columns] = {}


def columns_of(table: str, part: pq.FileMetaData, outcomes: tuple[str, ...] = ()) -> Columns:
    """The columns of a part.

    Args:
        table: name of the table.
        part: what the file says of itself.
        outcomes: columns that ``series`` has besides.
    """
    schema, last = part.schema.to_arrow_schema(), _last.get(table)
    if last is not None and last.outcomes == outcomes and last.schema.equals(schema):
        return last
    kinds: dict[str, list[str]] = {}
    for field in schema:
        kinds.setdefault(field.name, []).append(str(field.type))
    texts, whole = (
        tuple(name for name, found in kinds.items() if found == [str(kind)]) for kind in (_TEXT, _WHOLE)
    )
    odd = _objection_to_columns(table, kinds, outcomes)
    _last[table] = Columns(table, schema, outcomes, texts, whole, odd)
    return _last[table]


def _objection_to_columns(table: str, kinds: dict[str, list[str]], outcomes: tuple[str, ...]) -> str | None:
    wanted = _KEYS | dict(COLUMNS[table]) | (dict.fromkeys(outcomes, _NUMBERS) if table == "series" else {})
    for name, kind in wanted.items():
        if kinds.get(name) != [str(kind)]:
            return f"has no one column {name} of {kind}"
    others = {str(kind) for kind in (_NUMBERS, _WHOLE, _TEXT)}
    more = ((name, found) for name, found in kinds.items() if name not in wanted)
    odd = [(name, found) for name, found in more if len(found) > 1 or found[0] not in others]
    return f"has a column {printable(odd[0][0])} of {', '.join(odd[0][1])}" if odd else None


def objection_to_size(part: pq.FileMetaData, most: int = MOST_NUMBERS_OF_A_PART) -> str | None:
    """Why a part cannot be as large as it claims; None where it can.

    Args:
        part: what the file says of itself.
        most: rows times columns that it may hold; a few bytes may claim any number.
    """
    numbers = part.num_rows * part.num_columns
    if numbers > most:
        return f"claims {part.num_rows:,} rows of {part.num_columns:,} columns, more than a part can hold"
    claimed = sum(part.row_group(number).total_byte_size for number in range(part.num_row_groups))
    if claimed > _BYTES_OF_A_NUMBER * numbers + MOST_BYTES_OF_MESSAGES:
        return f"claims {claimed:,} bytes in {part.num_rows:,} rows, more than they can hold"
    return None


def table_of_points(content: pa.BufferReader, columns: Iterable[str] | None = None) -> pa.Table:
    """The points of a design, a row each, from Parquet that anybody may have written.

    Texts are read as they are stored, each of them once: a few bytes may repeat a long one without end.

    Args:
        content: of the file.
        columns: wanted; all by default.

    Raises:
        InputError: it claims more points than there can be, or its columns are no numbers and words.
        pa.ArrowException: it is damaged.
    """
    part = pq.read_metadata(content)
    schema = part.schema.to_arrow_schema()
    names = schema.names if columns is None else list(columns)
    if len(set(names)) < len(names) or part.num_rows * max(1, len(names)) > MOST_VALUES:
        raise InputError(f"claims {part.num_rows:,} points of {len(names):,} columns, more than there can be")
    kinds = {field.name: field.type for field in schema if field.name in names}
    texts = [name for name, kind in kinds.items() if pa.types.is_string(kind) or pa.types.is_dictionary(kind)]
    for name, kind in kinds.items():
        plain = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
        if name not in texts and not plain and not pa.types.is_null(kind):
            raise InputError(f"has a column {printable(name)} of {kind}, neither numbers nor words")
    table = pq.ParquetFile(content, read_dictionary=texts).read(columns=names, use_threads=False)
    for name in texts:
        lengths = (pc.max(pc.binary_length(chunk.dictionary)).as_py() for chunk in table[name].chunks)
        if max((length or 0 for length in lengths), default=0) > _LONGEST_WORD:
            raise InputError(f"has longer words in its column {printable(name)} than a factor may have")
    return table

"""Points from a user's table, a column per factor, as a spreadsheet saves it or as Parquet.

A blank cell means as in the scenario itself, and rows without anything are passed over. Everything else must
be what its factor allows: words of a spreadsheet such as ``#N/A`` are not.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sim.batch.factors import Factor, Point, Value
from sim.batch.methods import MOST_POINTS, MOST_VALUES
from sim.batch.shapes import table_of_points
from sim.errors import InputError
from sim.files import read_regular
from sim.scenarios.yaml_file import Document
from sim.shortage import blaming_no_file
from sim.worlds.lines import first_of, lines_of

#: Bytes of a table: what ``MOST_VALUES`` take at a dozen characters each.
MOST_BYTES = 256 * 1024 * 1024
#: Mistakes of one table that are told, and columns of one name; what follows is mostly more of the same.
MOST_MISTAKES, _SHOWN = 10, 10
DELIMITERS = ",\t"
_NUMBER = re.compile(r"[+-]?(\d++\.?\d*+|\.\d++|\d{1,3}(,\d{3})+(\.\d*)?)(e[+-]?\d+)?", re.IGNORECASE)
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Row(NamedTuple):
    """A row of a table.

    Attributes:
        number: as a spreadsheet counts, so that the header is row 1.
        cells: what is in the columns of the factors.
    """

    number: int
    cells: Sequence[object]


class Sheet(NamedTuple):
    """The columns of a table that are factors.

    Attributes:
        columns: position of each factor's column in the table.
        rows: its rows below the header; those that cannot be read are told as mistakes.
    """

    columns: Sequence[int]
    rows: Iterator[Row | str]


def read_table(document: Document, name: str, factors: tuple[Factor, ...]) -> tuple[Point, ...]:
    """The points of a table.

    Args:
        document: the experiment file, beside which the table lies.
        name: of the table, ``.parquet`` or text with commas or tabs.
        factors: what is varied.

    Raises:
        InputError: the table cannot be read, or values are not what their factors allow: each with its cell.
    """
    path = document.path.parent / name
    place = ("design", "file")
    names = [factor.name for factor in factors]
    try:
        sheet = (_parquet if path.suffix == ".parquet" else _text)(path, names)
        points, mistakes = _points(sheet, factors)
    except InputError as error:
        raise document.error(place, f"{path}: {error}") from None
    except OSError as error:
        raise document.error(place, f"{path}: cannot be read ({error.strerror or error})") from None
    if mistakes:
        raise InputError(*(str(document.error(place, f"{path}: {mistake}")) for mistake in mistakes))
    if not points:
        raise document.error(place, f"{path}: has no rows")
    return tuple(points)


def _points(sheet: Sheet, factors: Sequence[Factor]) -> tuple[list[Point], list[str]]:
    """The points, and what is wrong with the first rows that are wrong."""
    points: list[Point] = []
    mistakes: list[str] = []
    more = 0
    most = min(MOST_POINTS, MOST_VALUES // max(1, len(factors)))
    for row in sheet.rows:
        told = [row] if isinstance(row, str) else _mistakes(row, sheet.columns, factors)
        more += max(0, len(mistakes) + len(told) - MOST_MISTAKES)
        mistakes += told[: MOST_MISTAKES - len(mistakes)]
        if not isinstance(row, str) and not mistakes:
            points.append(
                tuple(_value(factor, cell) for factor, cell in zip(factors, row.cells, strict=True))
            )
        if len(points) > most:
            raise InputError(
                f"has more than the {most:,} points of {len(factors):,} factors that a design may have"
            )
    if more:
        mistakes.append(f"and {more:,} more mistakes")
    return points, mistakes


def _mistakes(row: Row, columns: Sequence[int], factors: Sequence[Factor]) -> list[str]:
    return [
        f"cell {_letters(column)}{row.number} ({factor.name}): {_shown(cell)} is not what the factor allows "
        f"({_allowed(factor)}); leave it empty for what the scenario says"
        for column, factor, cell in zip(columns, factors, row.cells, strict=True)
        if not _is_blank(cell) and _value(factor, cell) is None
    ]


def _value(factor: Factor, cell: object) -> Value:
    """The factor's value that a cell holds; None if it is blank or none of them."""
    candidates = _readings(cell) if isinstance(cell, str) else [cell]
    for candidate in candidates:
        if isinstance(candidate, int) and not isinstance(candidate, bool):
            candidate = float(candidate)
        if isinstance(candidate, float | str | bool) and factor.allows(candidate):
            return candidate
    return None


def _readings(cell: str) -> list[Value]:
    """What a cell of text may mean: a word, a truth value or a number, full-width characters included."""
    text = unicodedata.normalize("NFKC", cell).strip().replace("\N{MINUS SIGN}", "-")
    readings: list[Value] = [cell, text]
    if text.lower() in ("true", "false"):
        readings.append(text.lower() == "true")
    if _NUMBER.fullmatch(text):
        readings.append(float(text.replace(",", "")))
    return readings


def _is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _shown(cell: object) -> str:
    shown = repr(cell)
    return shown if len(shown) <= 40 else shown[:37] + "..."


def _allowed(factor: Factor) -> str:
    if factor.values is None:
        return f"a number from {factor.low:,.10g} to {factor.high:,.10g}"
    some = [str(value).lower() if isinstance(value, bool) else f"{value}" for value in factor.values[:6]]
    return ", ".join([*some, "..."] if len(factor.values) > len(some) else some)


def _letters(column: int) -> str:
    """Name of a column in a spreadsheet: A to Z, AA and so on."""
    left, letter = divmod(column, 26)
    return (_letters(left - 1) if left else "") + chr(ord("A") + letter)


def _columns(header: Sequence[str], names: Sequence[str]) -> list[int]:
    """Positions of the factors' columns.

    Raises:
        InputError: a factor has none, or several.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(header):
        places[name].append(number)
    for name in names:
        if not places[name]:
            raise InputError(f"has no column {name}")
        if len(places[name]) > 1:
            shown = ", ".join(map(_letters, places[name][:_SHOWN]))
            more = " ..." * (len(places[name]) > _SHOWN)
            raise InputError(f"has {len(places[name])} columns {name} ({shown}{more}); keep one")
    return [places[name][0] for name in names]


def _text(path: Path, names: Sequence[str]) -> Sheet:
    """A table as a spreadsheet saves it.

    Raises:
        InputError: it is no text, or not such a table.
    """
    text = _decoded(read_regular(path, MOST_BYTES))
    delimiter = max(DELIMITERS, key=first_of(text).count)
    rows = _rows(csv.reader(lines_of(text, MOST_POINTS), delimiter=delimiter, strict=True))
    _, header = next(rows, (1, [""]))
    header = [unicodedata.normalize("NFKC", cell).strip() for cell in header]
    columns = _columns(header, names)
    return Sheet(columns, (_row(number, cells, header, columns) for number, cells in rows))


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, numbered as a spreadsheet does."""
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InputError(f"row {number} cannot be read ({error})") from None
        if cells is None:
            return
        if any(not _is_blank(cell) for cell in cells):
            yield number, cells


def _row(number: int, cells: Sequence[str], header: Sequence[str], columns: Sequence[int]) -> Row | str:
    beyond = [cell for cell in cells[len(header) :] if not _is_blank(cell)]
    if beyond or len(cells) < len(header):
        return f"row {number} has {len(cells)} cells, and the header has {len(header)}"
    return Row(number, [cells[column] for column in columns])


def _decoded(content: bytes) -> str:
    """Text in UTF-8, UTF-16 or CP932, which is what spreadsheets in Japan save.

    Raises:
        InputError: it is in none of them.
    """
    for encoding in _encodings(content):
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\0" not in text:
                return text
    raise InputError("is neither UTF-8, UTF-16 nor CP932 (Shift_JIS) text; save it as CSV in UTF-8")


def _encodings(content: bytes) -> list[str]:
    """Encodings to try: the one whose mark comes first, else UTF-16 where every other byte is zero."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return [encoding]
    some = content[:1000]
    if b"\0" in some:
        return ["utf-16-le" if some[1::2].count(0) > some[::2].count(0) else "utf-16-be"]
    return ["utf-8", "cp932"]


def _parquet(path: Path, names: Sequence[str]) -> Sheet:
    """A table in Parquet.

    Raises:
        InputError: it is damaged, or lacks a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with blaming_no_file():
            content = pa.BufferReader(read_regular(path, MOST_BYTES))
            columns = _columns(pq.read_schema(content).names, names)
            table = table_of_points(content, names)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({' '.join(str(error).split())})") from None
    values = [table[name].to_pylist() for name in names]
    rows = zip(*values, strict=True) if names else iter([()] * table.num_rows)
    return Sheet(columns, (Row(number + 2, list(cells)) for number, cells in enumerate(rows)))

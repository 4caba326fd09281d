"""A user's CSV table: read, its columns found by name, its cells checked, every mistake with its place."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np

from sim.errors import InputError
from sim.kernel.world import Floats
from sim.text.meant import Hinted, nearest
from sim.worlds.cells import heading, is_blank, number, plain, without_year
from sim.worlds.columns import Column, Holds, Table
from sim.worlds.lines import first_of, lines_of

#: Mistakes of a world that are told, and held until it is known which are first; signs of a cell shown.
MOST_MISTAKES, _HELD, _SHOWN = 20, 1_000, 40
#: Money, areas and people are fewer; squares of larger numbers would add up to infinity.
_LARGEST = 1e15
_MOST_COLUMNS, _LONGEST = 500, 200
#: Cells of a table, blank ones included.
_MOST_CELLS = 5_000_000
_DELIMITERS = (",", "\t", ";")
_CLOSE = 0.75
_FORBIDDEN = tuple(chr(code) for code in (*range(9), *range(14, 32), 127))


class Mistake(NamedTuple):
    """A mistake in a table: its file, line and column (0 and empty where it has none), and what is wrong."""

    path: str
    line: int
    column: str
    message: str | Hinted

    def __str__(self) -> str:
        """One line that an editor can jump to."""
        parts = (self.path, str(self.line) if self.line else "", self.column)
        return f"{':'.join(part for part in parts if part)}: {self.message}"


@dataclass
class Mistakes:
    """What is wrong with a world's tables, to be raised all at once; ``path`` is the world's."""

    path: str
    found: list[Mistake] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def note(self, path: str, message: str | Hinted, line: int = 0, column: str = "") -> None:
        """Count a mistake, and remember it as long as it may be told."""
        self.count += 1
        self.files.setdefault(path, len(self.files))
        self.found.append(Mistake(path, line, column, message))
        if len(self.found) > _HELD:
            self.found = self._told()

    def _told(self) -> list[Mistake]:
        """Those that are told, in the order of files and lines."""
        ordered = sorted(self.found, key=lambda mistake: (self.files[mistake.path], mistake.line))
        return ordered[:MOST_MISTAKES]

    def refuse(self) -> None:
        """Raise what has been noted: the first mistakes, and how many more there are.

        Raises:
            InputError: something has.
        """
        if self.found:
            more = self.count - MOST_MISTAKES
            rest = [f"{self.path}: {more:,} more mistakes"] if more > 0 else []
            raise InputError(*map(str, self._told()), *rest)


@dataclass
class Sheet:
    """A table as read.

    Attributes:
        path: as it is shown.
        table: what it should be.
        cells: plain cells by the name of the column, a row each.
        heads: how the file itself writes the names of its columns.
        lines: line of each row.
        unused: columns that are not known.
        mistakes: all that is found wrong goes here.
    """

    path: str
    table: Table
    cells: dict[str, list[str]]
    heads: dict[str, str]
    lines: list[int]
    unused: list[str]
    mistakes: Mistakes

    def __len__(self) -> int:
        return len(self.lines)

    def note(self, row: int, name: str, message: str | Hinted) -> None:
        """Remember a mistake in a cell."""
        self.mistakes.note(self.path, message, self.lines[row], self.heads.get(name, name))

    def column(self, name: str) -> Column:
        """The declared column of that name."""
        return next(column for column in self.table.columns if column.name == name)

    def texts(self, name: str) -> list[str]:
        """A column of text, blank where the table does not have it."""
        return self.cells.get(name, [""] * len(self))

    def numbers(self, name: str) -> Floats | None:
        """A column of numbers, NaN where a cell is blank; None where there is no such column."""
        if name not in self.cells:
            return None
        column = self.column(name)
        return np.array([self._number(row, column, text) for row, text in self._each(name)], np.float64)

    def choices(self, name: str) -> list[int]:
        """Numbers of the choices of a column, -1 where blank."""
        column = self.column(name)
        return [self._choice(row, column, text) for row, text in self._each(name)]

    def goals(self, name: str) -> list[tuple[int, ...]]:
        """SDG numbers of each cell of a column, such as ``7 11 13``."""
        column = self.column(name)
        return [self._goals(row, column, text) for row, text in self._each(name)]

    def _each(self, name: str) -> Iterator[tuple[int, str]]:
        return enumerate(self.texts(name))

    def _number(self, row: int, column: Column, text: str) -> float:
        if is_blank(text):
            return float("nan")  # a required cell that is blank is told of when the table is read
        value = number(text)
        if value is None:
            self.note(row, column.name, f"{shown(text)} is no number")
            return float("nan")
        whole = column.holds in (Holds.WHOLE, Holds.FLAG)
        if whole and not value.is_integer():
            self.note(row, column.name, f"{shown(text)} is no whole number")
        elif column.holds is Holds.FLAG and value not in (0.0, 1.0):
            self.note(row, column.name, f"{shown(text)} must be 1 (yes), 0 or blank")
        elif not column.low <= value <= column.high or (column.above and value <= column.low):
            self.note(row, column.name, f"{shown(text)} must be {column.range}{_hint(column, value)}")
        elif abs(value) > _LARGEST:
            self.note(row, column.name, f"{shown(text)} is larger than anything there is to count")
        else:
            return value
        return float("nan")

    def _choice(self, row: int, column: Column, text: str) -> int:
        word = text.casefold().replace(" ", "_")
        if is_blank(text):
            return -1
        if word in column.choices:
            return column.choices.index(word)

        def near() -> str:
            return did_you_mean(word, column.choices) or f"; give one of {', '.join(column.choices)}"

        self.note(row, column.name, Hinted(f"{shown(text)} is not known", near))
        return -1

    def _goals(self, row: int, column: Column, text: str) -> tuple[int, ...]:
        if is_blank(text):
            return ()
        words = text.replace(";", " ").replace(",", " ").replace("、", " ").split()
        goals = tuple(
            int(word) if word.isascii() and word.isdigit() and len(word) < 3 else 0 for word in words
        )
        if not all(1 <= goal <= column.high for goal in goals):
            message = f"must be numbers of goals from 1 to {column.high:g}, such as 7 11 13"
            self.note(row, column.name, f"{shown(text)} {message}")
            return ()
        return goals


def _hint(column: Column, value: float) -> str:
    if column.name == "share65plus" and 1.0 < value <= 100.0:
        return f"; write {value:g}% or {value / 100:g}"
    if column.name == "latitude" and abs(value) <= 180.0:
        return "; are latitude and longitude exchanged?"
    return ""


def shown(text: str) -> str:
    """A cell as a message shows it."""
    return repr(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}...")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``, did you mean X?`` for the closest known word, or an empty string."""
    near = nearest(word, known, _CLOSE)
    return "" if near is None else f", did you mean {near}?"


def decoded(path: str, content: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark, or in CP932 (Shift_JIS).

    Raises:
        InputError: it is neither, or no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path}: is in UTF-16; save it as CSV UTF-8")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            continue
        if any(sign in text for sign in _FORBIDDEN):
            raise InputError(f"{path}: holds control characters and is no CSV text; save it as CSV UTF-8")
        return text
    raise InputError(f"{path}:{line}: is neither UTF-8 nor CP932 (Shift_JIS); save it as CSV UTF-8")


def read_sheet(path: str, content: bytes, table: Table, mistakes: Mistakes) -> Sheet:
    """Read a table and find its columns.

    Args:
        path: as it is shown.
        content: of the file.
        table: what it should be.
        mistakes: where mistakes in cells go.

    Raises:
        InputError: it is no CSV, lacks required columns, or has too many rows.
    """
    records = _records(path, decoded(path, content), table.most)
    if not records:
        raise InputError(f"{path}:1: is empty; the first line names the columns: {_required(table)}")
    (line, head), *rows = records
    found, unused = _found(path, line, head, table)
    sheet = Sheet(path, table, {}, {}, [at for at, _ in rows], unused, mistakes)
    for at, row in rows:
        if any(row[len(head) :]):
            mistakes.note(path, f"has {len(row)} cells, but the first line names {len(head)} columns", at)
    for name, index in found.items():
        sheet.heads[name] = head[index]
        sheet.cells[name] = [row[index] if index < len(row) else "" for _, row in rows]
    _check_cells(sheet)
    return sheet


def _records(path: str, text: str, most: int) -> list[tuple[int, list[str]]]:
    """Rows that are not blank, with the line on which each begins; cells plain."""
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(lines_of(text, most, f"{path}: "), delimiter=_delimiter(text), strict=True)
    line, cells = 1, 0
    try:
        for row in reader:
            cells += len(row)
            if any(row) and any(plainly := [plain(cell) for cell in row]):
                found.append((line, plainly))
            if cells > _MOST_CELLS:
                raise InputError(f"{path}:{line}: has more than {_MOST_CELLS:,} cells in {line:,} lines")
            if len(found) > most + 1:
                raise InputError(
                    f"{path}:{line}: has more than {most:,} rows, the most that such a table may have"
                )
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path}:{line}: is no CSV ({error})") from None
    return found


def _delimiter(text: str) -> str:
    return max(_DELIMITERS, key=first_of(text).count)


def _required(table: Table) -> str:
    return ", ".join(column.name for column in table.columns if column.required)


def _found(path: str, line: int, head: list[str], table: Table) -> tuple[dict[str, int], list[str]]:
    """Which column stands where, and the columns that are not known.

    Raises:
        InputError: a required column is missing, one is there twice, or a name is nearly that of a known one.
    """
    if len(head) > _MOST_COLUMNS:
        raise InputError(f"{path}:{line}: has {len(head):,} columns; at most {_MOST_COLUMNS} are read")
    names = {heading(name): column.name for column in table.columns for name in (column.name, *column.also)}
    wrong: list[str] = []
    found: dict[str, int] = {}
    unused: dict[int, str] = {}
    for index, text in enumerate(head):
        said = heading(text)
        name = names.get(said) or names.get(without_year(said))
        if name is None:
            if said and said not in table.aside:
                unused[index] = text
        elif name in found:
            wrong.append(f"{path}:{line}:{text}: names the column {name} again, after {head[found[name]]}")
        else:
            found[name] = index
    missing = [column.name for column in table.columns if column.required and column.name not in found]
    known = [name for name in names if names[name] not in found]
    for text in list(unused.values()):
        meant = did_you_mean(without_year(heading(text)), known)
        if meant:
            wrong.append(f"{path}:{line}:{text[:_SHOWN]}: no such column{meant}")
    if missing:
        wrong.append(f"{path}:{line}: has no column {', '.join(missing)}; it needs {_required(table)}")
    if wrong:
        raise InputError(*wrong)
    return found, list(unused.values())


def _check_cells(sheet: Sheet) -> None:
    """Note required cells that are blank, and texts that are too long."""
    for column in sheet.table.columns:
        for row, text in enumerate(sheet.cells.get(column.name, ())):
            blank = not text if column.holds is Holds.TEXT else is_blank(text)
            if column.required and blank:
                sheet.note(row, column.name, "is blank, but every row needs it")
            elif len(text) > _LONGEST:
                sheet.note(row, column.name, f"is longer than {_LONGEST} signs")


def check_unique(sheet: Sheet, name: str, same: Callable[[str], str] = str) -> None:
    """Note values of a column that stand in several rows."""
    first: dict[str, int] = {}
    for row, text in enumerate(sheet.texts(name)):
        before = first.setdefault(same(text), row)
        if before != row and text:
            sheet.note(
                row, name, f"{shown(text)} stands in line {sheet.lines[before]}, too; give each its own"
            )


def check_one_way(sheet: Sheet, name: str) -> None:
    """Note values that differ from an earlier one in capitals, spaces or hyphens only."""
    first: dict[str, tuple[str, int]] = {}
    for row, text in enumerate(sheet.texts(name)):
        key = "".join(sign for sign in text.casefold() if sign.isalnum()) or text
        before, line = first.setdefault(key, (text, sheet.lines[row]))
        if before != text:
            sheet.note(row, name, f"{shown(text)} is written {before!r} in line {line}; write it one way")


def number_of(sheet: Sheet, row: int, name: str, text: str, known: Mapping[str, int]) -> int:
    """Number of what a cell names; -1 where it is blank or, with a mistake noted, names nothing."""
    if not text:
        return -1
    if text in known:
        return known[text]
    said = f"{shown(text)} is not in the table that it refers to"
    sheet.note(row, name, Hinted(said, partial(did_you_mean, text, known)))
    return -1

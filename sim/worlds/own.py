"""A world of one's own: a CSV table of places, or a folder of such tables, read and checked."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from sim.errors import InputError
from sim.kernel.world import Flags, Floats
from sim.text.harmless import STEERING, for_terminal
from sim.worlds import columns
from sim.worlds.actors import companies_of, institutions_of
from sim.worlds.given import (
    SELECTIONS,
    Given,
    Places,
    Regions,
    industries,
    no_goals,
    regions_of,
)
from sim.worlds.goals import goal_column
from sim.worlds.sheet import (
    MOST_MISTAKES,
    Mistakes,
    Sheet,
    check_one_way,
    check_unique,
    did_you_mean,
    number_of,
    read_sheet,
)

#: A file that is larger is not read.
MOST_BYTES = 64_000_000
PLACES = "municipalities"


@dataclass(frozen=True)
class TableFile:
    """A table as it lies on disk: which one it is, the name of its file, and its bytes."""

    table: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Source:
    """The files of a world of one's own, in memory, so that runs do not hang on what becomes of them.

    Attributes:
        path: as the user named it.
        label: last part of the path, for people.
        folder: whether that is a folder; a single file holds the municipalities.
        files: its tables.
        unread: CSV files of the folder that are none of them.
    """

    path: str
    label: str
    folder: bool
    files: tuple[TableFile, ...]
    unread: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of the tables (16 hex digits), wherever they lie and whatever they are called."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(f"{file.table} {len(file.content)} ".encode())
            digest.update(file.content)
        return digest.hexdigest()[:16]

    @property
    def municipalities(self) -> int:
        """Number of municipalities."""
        return len(given_by(self).places.ids)

    def copies(self) -> dict[str, bytes]:
        """Content of its files by where a copy of them goes, the same for a file and for a folder."""
        return {
            f"{self.label}/{file.name}" if self.folder else file.name: file.content for file in self.files
        }


def read_source(path: str) -> Source:
    """Read the files of a world into memory.

    Raises:
        InputError: there is no such file or folder, or one cannot be read, is too large, or leads elsewhere.
    """
    try:
        where = Path(path)
        if where.is_dir():
            return _read_folder(path, where)
        return Source(path, _label(where), False, (TableFile(PLACES, where.name, _content(path, where)),))
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path[:200]}: cannot be read ({reason})") from None


def _read_folder(path: str, folder: Path) -> Source:
    names = {name: table.name for table in columns.tables() for name in (table.name, *table.also)}
    there = sorted(for_terminal(entry.name) for entry in folder.iterdir() if entry.suffix.lower() == ".csv")
    files: list[TableFile] = []
    unread = []
    for entry in there:
        table = names.get(entry[:-4].lower())
        if table is None:
            meant = did_you_mean(entry[:-4].lower(), names)
            if meant:
                raise InputError(f"{path}/{entry}: no such table{meant}")
            unread.append(entry)
            continue
        before = next((file.name for file in files if file.table == table), None)
        if before is not None:
            raise InputError(f"{path}/{entry}: is the table {table} again, after {before}; keep one")
        files.append(TableFile(table, entry, _content(f"{path}/{entry}", folder / entry, folder)))
    if PLACES not in [file.table for file in files]:
        raise InputError(f"{path}: is a folder without {PLACES}.csv, which every world needs")
    order = [table.name for table in columns.tables()]
    files.sort(key=lambda file: order.index(file.table))
    return Source(path, _label(folder), True, tuple(files), tuple(unread))


def _label(path: Path) -> str:
    label = path.absolute().name or path.resolve().name or PLACES
    if "\\" in label or STEERING.search(label) or "\n" in label:
        raise InputError(
            f"{for_terminal(str(path))[:200]}: has in its name a backslash or what cannot be seen; rename it"
        )
    return label


def _content(shown: str, path: Path, within: Path | None = None) -> bytes:
    """The bytes of a regular file that is not too large and, where it is named by a folder, lies in it."""
    if within is not None and not path.resolve().is_relative_to(within.resolve()):
        raise InputError(f"{shown}: is a link that leads out of the folder; put the file itself there")
    if not path.exists():
        raise InputError(f"{shown}: no such file or folder")
    if not stat.S_ISREG(path.stat().st_mode):
        raise InputError(f"{shown}: is no file")
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1) if path.stat().st_size <= MOST_BYTES else b""
    if len(content) > MOST_BYTES or path.stat().st_size > MOST_BYTES:
        raise InputError(
            f"{shown}: is larger than {MOST_BYTES // 1_000_000} MB, the most that a table may be"
        )
    return content


@lru_cache(maxsize=4)
def given_by(source: Source) -> Given:
    """What the tables of a source give.

    Raises:
        InputError: a table is wrong; a line with file, line and column for each mistake.
    """
    mistakes = Mistakes(source.path)
    sheets = dict(_sheets(source, mistakes))
    municipalities = sheets[PLACES]
    regions = _regions(sheets.get("regions"), municipalities)
    places = _places(municipalities, regions)
    mistakes.refuse()  # what follows counts on sound places
    companies = companies_of(sheets.get("companies"), municipalities, places)
    institutions = institutions_of(sheets.get("institutions"), places, regions)
    mistakes.refuse()
    unused = [f"{sheet.path}: {name}" for sheet in sheets.values() for name in sheet.unused]
    left = {
        "companies": "companies" not in {*sheets, *municipalities.cells},
        "institutions": institutions is None,
    }
    return Given(
        name=source.path,
        places=places,
        regions=regions,
        companies=companies,
        institutions=institutions,
        unused=(*(f"{source.path}/{name}" for name in source.unread), *unused),
        defaults=tuple(name for name, missing in left.items() if missing),
    )


def _sheets(source: Source, mistakes: Mistakes) -> Iterator[tuple[str, Sheet]]:
    tables = {table.name: table for table in columns.tables()}
    wrong: list[InputError] = []
    for file in source.files:
        path = f"{source.path.rstrip('/')}/{file.name}" if source.folder else source.path
        try:
            yield file.table, read_sheet(path, file.content, tables[file.table], mistakes)
        except InputError as error:
            wrong.append(error)
    if wrong:
        raise InputError(*InputError.of(wrong).lines[:MOST_MISTAKES])


def _regions(sheet: Sheet | None, municipalities: Sheet) -> Regions:
    """The regions as their own table lists them, or in the order in which places name them."""
    if sheet is None:
        check_one_way(municipalities, "region")
        names, _ = regions_of(municipalities.texts("region"))
        none = np.zeros(len(names), np.uint8)
        return Regions(names, names, none, none.copy())
    check_unique(sheet, "name")
    names, named = sheet.texts("name"), set(municipalities.texts("region"))
    for row, name in enumerate(names):
        if name not in named:
            sheet.note(row, "name", f"{name[:40]!r} is the region of no municipality")
    flags = {name: _flags(sheet, name) for name in ("cohort_2018", "model_2018")}
    _check_models(sheet, flags)
    return Regions(names, _romaji(sheet, names), **flags)


def _romaji(sheet: Sheet, names: list[str]) -> list[str]:
    return [romaji or name for romaji, name in zip(sheet.texts("name_romaji"), names, strict=True)]


def _flags(sheet: Sheet, name: str) -> Flags:
    values = sheet.numbers(name)
    return np.zeros(len(sheet), np.uint8) if values is None else (np.nan_to_num(values) > 0).astype(np.uint8)


def _check_models(sheet: Sheet, flags: dict[str, Flags]) -> None:
    if "model_2018" in sheet.cells:
        for row in np.flatnonzero(flags["model_2018"] > flags["cohort_2018"]):
            sheet.note(
                int(row), "model_2018", "is a model project that cohort_2018 does not list as selected"
            )


def _places(sheet: Sheet, regions: Regions) -> Places:
    if not len(sheet):
        sheet.mistakes.note(sheet.path, "has no municipality; give a row for each")
    check_unique(sheet, "id")
    known = {name: number for number, name in enumerate(regions.names)}
    region = [number_of(sheet, row, "region", text, known) for row, text in enumerate(sheet.texts("region"))]
    required = [sheet.numbers(name) for name in ("latitude", "longitude", "population")]
    latitude, longitude, population = (np.empty(0) if values is None else values for values in required)
    if len(sheet) and not np.nansum(population) > 0 and not np.isnan(population).any():
        sheet.note(0, "population", "nobody lives in any municipality")
    flags = {name: _flags(sheet, name) for name in SELECTIONS}
    _check_models(sheet, flags)
    return Places(
        ids=sheet.texts("id"),
        names=sheet.texts("name"),
        romaji=_romaji(sheet, sheet.texts("name")),
        region=np.array(region, np.int64),
        latitude=latitude,
        longitude=longitude,
        population=population,
        numbers=dict(_optional(sheet)),
        employees=_employees(sheet),
        selected={name: values for name, values in flags.items() if name in sheet.cells},
    )


def _optional(sheet: Sheet) -> Iterator[tuple[str, Floats]]:
    names = (
        *("share65plus", "area_km2", "habitable_area_km2", "fiscal_capability", "establishments"),
        *(goal_column(goal) for goal in range(no_goals(0).shape[1])),
    )
    for name in names:
        values = sheet.numbers(name)
        if values is not None and not np.isnan(values).all():
            yield name, values


def _employees(sheet: Sheet) -> Floats | None:
    """(M, 18) employees by industry; industries and cells that are not given have none."""
    names = [f"emp_{branch}" for branch in industries()]
    found = [sheet.numbers(name) for name in names]
    if all(values is None for values in found):
        return None
    none = np.zeros(len(sheet))
    return np.column_stack([none if values is None else np.nan_to_num(values) for values in found])

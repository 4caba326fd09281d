"""A world of one's own: a CSV table of places, or a folder of such tables, read and checked."""

from __future__ import annotations

import hashlib
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from sim.errors import InputError
from sim.kernel.world import Flags, Floats, Integers
from sim.worlds import columns
from sim.worlds.from_tables import business_by_region, goal_column, regions_of, usual_companies
from sim.worlds.given import (
    SELECTIONS,
    Companies,
    Given,
    InstitutionGroup,
    Places,
    Regions,
    anywhere,
    industries,
    no_goals,
)
from sim.worlds.institutions import NATIONAL, head_offices
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
from sim.worlds.synthetic import CAPITAL_SPREAD

#: A file that is larger is not read.
MOST_BYTES = 64_000_000
PLACES = "municipalities"
#: Share with themes and chance of a theme of institutions that give none, as in ``synthetic``.
_MANDATE = {False: (0.4, 0.3), True: (0.9, 0.5)}


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
    there = sorted(entry.name for entry in folder.iterdir() if entry.suffix.lower() == ".csv")
    files: list[TableFile] = []
    unread = []
    for entry in there:
        table = names.get(entry[:-4].lower())
        if table is None:
            meant = did_you_mean(entry[:-4].lower(), list(names))
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
    return path.absolute().name or path.resolve().name or PLACES


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
    companies = _companies(sheets.get("companies"), municipalities, places)
    institutions = _institutions(sheets.get("institutions"), places, regions)
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
    names = sheet.texts("name")
    for row, name in enumerate(names):
        if name not in municipalities.texts("region"):
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


def _companies(sheet: Sheet | None, municipalities: Sheet, places: Places) -> Companies:
    """A row per company: those of their own table, or as many in each place as the places say."""
    counts = municipalities.numbers("companies")
    if sheet is None and counts is None:
        return anywhere(usual_companies(len(places.ids)))
    if sheet is None:
        assert counts is not None
        home = np.repeat(np.arange(len(counts)), np.nan_to_num(counts).astype(np.int64))
        _refuse_too_many(municipalities, "companies", len(home), columns.MOST_COMPANIES)
        return anywhere(len(home))._replace(home=home)
    if counts is not None:
        municipalities.mistakes.note(
            municipalities.path, f"has a column companies, but {sheet.path} lists them; keep one of the two"
        )
    short, known = _short_ids(places.ids), _numbers(places.ids)
    homes = [
        number_of(sheet, row, "municipality", short.get(text.lstrip("0"), text), known)
        for row, text in enumerate(sheet.texts("municipality"))
    ]
    slots, counted = sheet.numbers("slots"), _counts(sheet)
    goals = no_goals(len(sheet))
    for row, given in enumerate(sheet.goals("goals")):
        goals[row, [goal - 1 for goal in given]] = 1
    _refuse_too_many(sheet, "count", int(counted.sum()), columns.MOST_COMPANIES)
    rows = Companies(
        home=np.array(homes, np.int64),
        slots=np.zeros(len(sheet), np.int64) if slots is None else np.nan_to_num(slots).astype(np.int64),
        industry=np.array(sheet.choices("industry"), np.int64),
        goals=goals,
    )
    return Companies(
        home=np.repeat(rows.home, counted),
        slots=np.repeat(rows.slots, counted),
        industry=np.repeat(rows.industry, counted),
        goals=np.repeat(rows.goals, counted, axis=0),
    )


def _short_ids(ids: list[str]) -> dict[str, str]:
    """Ids by what is left of them without leading zeros, which spreadsheets drop; unique ones only."""
    count = Counter(id.lstrip("0") for id in ids)
    return {short: id for id in ids if count[short := id.lstrip("0")] == 1}


def _numbers(names: list[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _counts(sheet: Sheet) -> Integers:
    counts = sheet.numbers("count")
    return (
        np.ones(len(sheet), np.int64) if counts is None else np.nan_to_num(counts, nan=1.0).astype(np.int64)
    )


def _refuse_too_many(sheet: Sheet, what: str, number: int, most: int) -> None:
    if number > most:
        message = f"{number:,} in all are more than {most:,}, the most that may be"
        sheet.mistakes.note(sheet.path, message, column=sheet.heads[what])
        sheet.mistakes.refuse()


def _institutions(sheet: Sheet | None, places: Places, regions: Regions) -> list[InstitutionGroup] | None:
    if sheet is None:
        return None
    check_unique(sheet, "name")
    counts, known = _counts(sheet), _numbers(regions.names)
    _refuse_too_many(sheet, "count", int(counts.sum()), columns.MOST_INSTITUTIONS)
    weight = business_by_region(places, len(regions.names))
    capital = sheet.numbers("capital")
    drawn = np.full(len(sheet), np.nan)
    capital = drawn if capital is None else capital
    usual = {
        name: sheet.numbers(name) for name in ("capital_spread", "share_with_themes", "theme_chance", "skill")
    }
    given = {name: drawn if values is None else values for name, values in usual.items()}
    kinds, scopes, themes = sheet.choices("kind"), sheet.choices("scope"), sheet.goals("themes")
    groups = []
    for row, name in enumerate(sheet.texts("name")):
        region = number_of(sheet, row, "region", sheet.texts("region")[row], known)
        regional = scopes[row] == 0 or (scopes[row] < 0 and bool(sheet.texts("region")[row]))
        if not regional and region >= 0:
            sheet.note(row, "scope", "is national, but the row names a region; leave one of them blank")
        offices = _offices(int(counts[row]), region, regional, weight)
        mandate = _MANDATE[not regional]
        spread = CAPITAL_SPREAD if np.isnan(capital[row]) else 0.0
        groups.append(
            InstitutionGroup(
                name=name,
                kind=max(kinds[row], 0),
                offices=offices,
                capital=float(capital[row]),
                spread=_or(given["capital_spread"][row], spread),
                share_with_themes=_or(given["share_with_themes"][row], mandate[0]),
                theme_chance=_or(given["theme_chance"][row], mandate[1]),
                themes=themes[row],
                skill=float(given["skill"][row]),
            )
        )
    return groups


def _offices(count: int, region: int, regional: bool, weight: Floats) -> Integers:
    """Regions of the head offices of a group, or -1 for national scope."""
    if not regional:
        return np.full(count, NATIONAL)
    return np.full(count, region) if region >= 0 else head_offices(count, weight)


def _or(value: float, usual: float) -> float:
    return usual if np.isnan(value) else float(value)

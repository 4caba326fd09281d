"""Write the tables of a world, to start one's own from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from sim.errors import InputError
from sim.files import write_text
from sim.kernel.world import INSTITUTION_KINDS, Floats
from sim.text.harmless import for_spreadsheet
from sim.worlds.given import SELECTIONS, Companies, Given, Places, Regions, industries
from sim.worlds.institutions import NATIONAL

_BOM = "\ufeff"  # Excel needs it to read Japanese

type Table = tuple[Sequence[str], list[Sequence[object]]]


def write_tables(given: Given, folder: Path) -> list[Path]:
    """Write what is given of a world as the tables of a world of one's own.

    Args:
        given: content of the tables.
        folder: new or empty.

    Returns:
        The files. A world of them has the same columns as the one that they were written from.

    Raises:
        InputError: the folder holds something, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(f"{folder}: holds something already; give a new or empty folder")
        paths = []
        for name, (heads, rows) in _tables(given):
            paths.append(folder / f"{name}.csv")
            write_text(paths[-1], _BOM + _as_csv([heads, *rows]))
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror or error})") from None
    return paths


def _as_csv(rows: list[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([for_spreadsheet(cell) for cell in row] for row in rows)
    return text.getvalue()


def _tables(given: Given) -> Iterator[tuple[str, Table]]:
    yield "municipalities", _municipalities(given.places, given.regions)
    yield "regions", _regions(given.regions)
    yield "companies", _companies(given.companies, given.places)
    if given.institutions is not None:
        yield "institutions", _institutions(given)


def _municipalities(places: Places, regions: Regions) -> Table:
    columns: dict[str, Sequence[object]] = {
        "id": places.ids,
        "name": places.names,
        "name_romaji": places.romaji,
        "region": [regions.names[region] for region in places.region],
        "latitude": _cells(places.latitude),
        "longitude": _cells(places.longitude),
        "population": _cells(places.population),
        **{name: _cells(values) for name, values in places.numbers.items()},
        **{name: places.selected[name].tolist() for name in SELECTIONS if name in places.selected},
    }
    if places.employees is not None:
        columns |= {
            f"emp_{branch}": _cells(column)
            for branch, column in zip(industries(), places.employees.T, strict=True)
        }
    return list(columns), [*zip(*columns.values(), strict=True)]


def _cells(values: Floats) -> list[str]:
    return [_cell(value) for value in values.tolist()]


def _cell(value: float) -> str:
    """A number as short as it can be read back to the bit; blank where it is not known."""
    if np.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _regions(regions: Regions) -> Table:
    flags = regions.cohort_2018.tolist(), regions.model_2018.tolist()
    rows = zip(regions.names, regions.romaji, *flags, strict=True)
    return ("name", "name_romaji", "cohort_2018", "model_2018"), [*rows]


def _companies(companies: Companies, places: Places) -> Table:
    """A row for companies of one sort that stand together."""
    heads = ("municipality", "count", "slots", "industry", "goals")
    rows: list[list[object]] = []
    for home, slots, industry, goals in zip(*companies, strict=True):
        row = [
            places.ids[home] if home >= 0 else "",
            1,
            int(slots) or "",
            industries_of(int(industry)),
            " ".join(str(goal + 1) for goal in np.flatnonzero(goals)),
        ]
        if rows and rows[-1][:1] + rows[-1][2:] == row[:1] + row[2:]:
            rows[-1][1] = int(str(rows[-1][1])) + 1
        else:
            rows.append(row)
    return heads, [*rows]


def industries_of(industry: int) -> str:
    """Id of an industry; blank where it is not known."""
    return industries()[industry] if industry >= 0 else ""


def _institutions(given: Given) -> Table:
    heads = (
        *("name", "kind", "count", "scope", "region", "capital", "capital_spread"),
        *("share_with_themes", "theme_chance", "themes", "skill"),
    )
    rows: list[Sequence[object]] = []
    for group in given.institutions or ():
        offices = sorted(set(group.offices.tolist()))
        national = offices == [NATIONAL]
        rows.append(
            [
                group.name,
                INSTITUTION_KINDS[group.kind],
                len(group.offices),
                "national" if national else "regional",
                given.regions.names[offices[0]] if len(offices) == 1 and not national else "",
                *(_cell(value) for value in (group.capital, group.spread, group.share_with_themes)),
                _cell(group.theme_chance),
                " ".join(map(str, group.themes)),
                _cell(group.skill),
            ]
        )
    return heads, rows

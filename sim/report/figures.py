"""Every figure by name: its data, its sheet, and all of them at once for a results folder.

For each figure there is ``X_data(results)``, a tidy table that can be had without drawing,
``draw_X(axes, data, names)``, which draws one panel into the Axes it is given, and ``X_sheet(data, names)``,
the words around it.
``style.framed`` puts them together. Nothing of matplotlib's settings is left changed, from any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.errors import InputError
from sim.files import own_folder
from sim.report.effects import effects_data, effects_sheet
from sim.report.funnel import funnel_data, funnel_sheet
from sim.report.goals import goals_data, goals_sheet
from sim.report.maps import change, map_data, map_sheet
from sim.report.money import absorbed_data, absorbed_sheet, money_data, money_sheet
from sim.report.over_time import adoption_data, adoption_sheet, partnerships_data, partnerships_sheet
from sim.report.places import left_behind_data, left_behind_sheet
from sim.report.prefectures import Marked, places_data, places_sheet
from sim.report.relevance import Reading
from sim.report.style import Sheet, framed, save
from sim.report.words import Names
from sim.results import Results
from sim.text import say, saying_regions, says_regions

#: Figure -> where its data come from; ``map_change`` shows what ``map`` does.
DATA: Mapping[str, Callable[[Results], pd.DataFrame]] = {
    "effects": effects_data,
    "partnerships": partnerships_data,
    "adoption": adoption_data,
    "goals": goals_data,
    "money": money_data,
    "absorbed": absorbed_data,
    "funnel": funnel_data,
    "left_behind": left_behind_data,
    "places": places_data,
    "map": map_data,
}
#: Seconds to wait for a figure of another process.
_PATIENCE = 60.0
_NEEDS = {
    "places": "panel",
    "money": "ledger",
    "absorbed": "ledger",
    "left_behind": "municipalities",
    "map": "municipalities",
}


def figure_data(results: Results, name: str) -> pd.DataFrame:
    """The tidy table behind a figure.

    Raises:
        InputError: there is no such figure, or the folder does not keep what it shows.
    """
    if name not in DATA:
        raise InputError(f"{name}: no such figure; there are {', '.join(DATA)}")
    return DATA[name](results)


def all_data(results: Results) -> dict[str, pd.DataFrame]:
    """The tables behind all figures that the folder has tables for."""
    names = [name for name in DATA if _NEEDS.get(name, "series") in results.manifest.record]
    tables = {name: DATA[name](results) for name in names}
    return {name: table for name, table in tables.items() if name not in ("effects", "places") or len(table)}


@dataclass(frozen=True)
class Request:
    """What the figures of a results folder are drawn from.

    Attributes:
        data: as of ``all_data``.
        names: titles of the scenarios and language.
        baseline: scenario that the others are compared with, if there is one.
        best: scenario whose change the map shows (or else the first); None for the next in line.
        marked: prefecture that the figure of places marks, if any.
    """

    data: dict[str, pd.DataFrame]
    names: Names
    baseline: str | None
    best: str | None
    marked: Marked | None = None

    @property
    def pair(self) -> list[str]:
        """The scenarios of figures that show only two."""
        first = self.baseline or next(iter(self.names.titles))
        others = [name for name in self.names.titles if name != first]
        return [first, *([self.best] if self.best else others[:1])]


def sheets(request: Request) -> dict[str, Sheet]:
    """The sheet of every figure, in the order of the report."""
    data, names = request.data, request.names
    made = {name: make(data[name], names) for name, make in _PLAIN.items() if name in data}
    made["adoption"] = adoption_sheet(data["adoption"], names, _indistinct(data))
    if "absorbed" in data and (data["absorbed"]["appropriated"] > 0).any():
        made["absorbed"] = absorbed_sheet(data["absorbed"], names, request.baseline)
    if "places" in data and request.baseline is not None:
        made["places"] = places_sheet(data["places"], names, request.baseline, request.marked)
    if "map" in data:
        made |= _map_sheets(request)
    order = [*DATA, "map_change"]
    return {name: made[name] for name in order if name in made}


_PLAIN: Mapping[str, Callable[[pd.DataFrame, Names], Sheet]] = {
    "effects": effects_sheet,
    "partnerships": partnerships_sheet,
    "goals": goals_sheet,
    "money": money_sheet,
    "funnel": funnel_sheet,
    "left_behind": left_behind_sheet,
}


def _indistinct(data: Mapping[str, pd.DataFrame]) -> bool:
    """True if no scenario changes adoption by as much as matters."""
    if "effects" not in data:
        return False
    table = data["effects"]
    readings = table.loc[table["outcome"] == "adoption_share", "reading"]
    return len(readings) > 0 and bool(readings.isin([Reading.SMALL, Reading.NONE]).all())


def _map_sheets(request: Request) -> dict[str, Sheet]:
    table, names = request.data["map"], request.names
    first, *others = request.pair
    made = {"map": map_sheet(table[table["scenario"] == first], names, names.of(first))}
    if others and request.baseline is not None:
        subject = say(
            "figures.map.against", names.lang, scenario=names.of(others[0]), baseline=names.of(first)
        )
        made["map_change"] = map_sheet(change(table, others[0], first), names, subject, difference=True)
    return made


def draw_figures(request: Request, folder: Path, apart: bool = False) -> list[Path]:
    """Draw all figures into a folder as SVG and PNG; returns the SVG files, in order.

    Args:
        request: what they are drawn from.
        folder: where they go.
        apart: draw some of them in a second process; a script that asks for it needs a main guard.
    """
    made, lang = sheets(request), request.names.lang
    own_folder(folder)
    drawn = _shared_out(request, folder, made) if apart else {}
    return [drawn.get(name) or _draw(sheet, folder, name, lang) for name, sheet in made.items()]


def _shared_out(request: Request, folder: Path, made: Mapping[str, Sheet]) -> dict[str, Path]:
    """Share figures with a process apart: it begins with the first of them, this one with the last.

    What it could not draw is left out, be it that it was not started, was killed or took too long.
    """
    from sim.batch.workers import OwnProcess

    drawn: dict[str, Path] = {}
    with suppress(Exception), OwnProcess(kernel=False) as process:
        asked = {name: process.submit(_draw_apart, request, folder, name, says_regions()) for name in made}
        for name in reversed(list(made)):
            if asked[name].cancel():
                drawn[name] = _draw(made[name], folder, name, request.names.lang)
        for name in asked.keys() - drawn.keys():
            drawn[name] = asked[name].result(_PATIENCE)
    return drawn


def _draw_apart(request: Request, folder: Path, name: str, regions: bool) -> Path:
    with saying_regions(regions):
        return _draw(sheets(request)[name], folder, name, request.names.lang)


def _draw(sheet: Sheet, folder: Path, name: str, lang: str) -> Path:
    return save(framed(sheet, lang), folder, name, lang)[0]

"""``sim sensitivity``: what drives an outcome, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.table import Table

from sim.analysis.sensitivity import Sensitivity, sensitivity_of
from sim.cli.output import note, plain, standard_output
from sim.cli.running import say_left_out
from sim.cli.terminal import of_files
from sim.files import own_folder, write_texts
from sim.report.foundations import titles
from sim.report.sensitivity import called, quantities, sensitivity_sheet
from sim.report.style import Sheet, framed, save, usable_language
from sim.report.words import Names, percent
from sim.results import Results
from sim.statistics.sobol import size_for
from sim.text import Language, say, short
from sim.text.harmless import csv_of
from sim.text.mistakes import where_known
from sim.text.numbers import number

#: Folder of the tables and the figure in a results folder.
FOLDER = "sensitivity"
#: What analyses of any kind, and searches for conditions, leave in a folder of theirs.
_LEFT = re.compile(
    r"(indices|chance|convergence|boxes|limits|tree)\.csv|(sensitivity|box_\d+)(\.ja)?\.(svg|png)"
)
#: Factors that the terminal shows; the table in the folder holds all.
MOST_ROWS = 20
#: The half-width for which the size needed is told.
_WANTED = 0.05
#: Excel needs it to read UTF-8.
_BOM = "\ufeff"


def analyse(
    folder: Path,
    outcome: str | None,
    at: str | None,
    of: str | None,
    when: str | None,
    language: Language,
    quiet: bool,
) -> int:
    """Print a sensitivity analysis, and write its tables and figure into the results folder.

    Args:
        folder: of results.
        outcome, at, of, when: as of ``sim.analysis.sensitivity.sensitivity_of``.
        language: of the words.
        quiet: print nothing on standard error.

    Raises:
        InputError: the folder varies nothing or too little, or an expression is wrong.
    """
    results = Results(folder)
    note(say("sensitivity.analysing", language), quiet)
    say_left_out(folder, results.stored, language)
    found = sensitivity_of(results, outcome, at, of, when)
    names = names_of(results, language)
    console = standard_output()
    for rows in quantities(found.indices):
        console.print(_table(found, rows, names, folder))
        for line in _sentences(found, rows, language):
            print(line)
        print()
    for reason in found.notes:
        note(plain(say("sensitivity.note", language, reason=where_known(reason, language))), quiet=False)
    out = folder / FOLDER
    write_tables(out, found.tables)
    draw(out, "sensitivity", sensitivity_sheet(found, names_of(results, usable(language))), language)
    note(say("sensitivity.written", language, folder=out), quiet)
    return 0


def names_of(results: Results, language: Language) -> Names:
    """Titles of the scenarios of a folder."""
    return Names(titles(results.experiment, language), language)


def usable(language: Language) -> Language:
    """The language that a figure can be lettered in."""
    return "ja" if usable_language(of_files(language)) == "ja" else "en"


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables as CSV that spreadsheets open; what another analysis left there, figures too, goes."""
    own_folder(folder)
    texts = {folder / f"{name}.csv": _BOM + csv_of(table) for name, table in tables.items()}
    if all(path.is_file() and path.read_bytes() == text.encode() for path, text in texts.items()):
        return
    write_texts(texts, instead_of=[path for path in folder.iterdir() if _LEFT.fullmatch(path.name)])


def draw(folder: Path, name: str, sheet: Sheet, language: Language) -> None:
    """Draw a sheet as SVG and PNG, in Japanese under a name of its own."""
    lang = usable(language)
    save(framed(sheet, lang), folder, name if lang == "en" else f"{name}.ja", lang)


#: Columns of the table in the terminal by kind: measure, and whether it has an interval.
_COLUMNS: dict[str, tuple[tuple[str, bool], ...]] = {
    "sobol": (("total", True), ("first", True)),
    "morris": (("mu_star", True), ("rank", True), ("mu", False), ("sigma", False), ("noise", False)),
    "given_data": (("pawn", True), ("first", True)),
    "regional": (("distance", False), ("toward", False), ("p_adjusted", False)),
}


def _table(found: Sensitivity, rows: pd.DataFrame, names: Names, folder: Path) -> Table:
    lang = names.lang
    title = say(f"sensitivity.title_{found.kind}", lang, what=_what(found, rows, names))
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column(say("sensitivity.factor", lang))
    for measure, _ in _COLUMNS[found.kind]:
        table.add_column(say(f"sensitivity.{measure}", lang), justify="right", no_wrap=True)
    for row in rows.head(MOST_ROWS).to_dict("records"):
        table.add_row(
            short(str(row["factor"]), lang),
            *(_cell(row, measure, spread) for measure, spread in _COLUMNS[found.kind]),
        )
    if len(rows) > MOST_ROWS:
        path = folder / FOLDER / "indices.csv"
        table.caption = say("sensitivity.more", lang, count=len(rows) - MOST_ROWS, path=path)
    return table


def _what(found: Sensitivity, rows: pd.DataFrame, names: Names) -> str:
    return str(rows["what"].iloc[0]) if found.kind == "regional" else called(rows.iloc[0], names)


def _cell(row: Mapping[Any, Any], measure: str, spread: bool) -> str:
    value = _shown(measure, row[measure])
    if not spread:
        return value
    return f"{value} ({_shown(measure, row[f'{measure}_low'])} – {_shown(measure, row[f'{measure}_high'])})"


def _shown(measure: str, value: float) -> str:
    if measure in ("total", "first", "pawn", "distance", "toward"):
        return f"{value:.2f}".replace("-", "−")
    return f"{value:.3f}" if measure == "p_adjusted" else number(value)


def _sentences(found: Sensitivity, rows: pd.DataFrame, language: Language) -> list[str]:
    """What the indices are of, and what chance has in it."""
    first = rows.iloc[0]
    facts = {str(name): first[name] for name in first.index}
    facts |= {
        name: int(facts[name])
        for name in ("samples", "replicates", "trajectories", "points")
        if name in facts
    }
    facts["factors"] = len(rows)
    if found.kind == "given_data":
        facts["null"] = f"{facts['null']:.2f}"
    if found.kind == "regional":
        facts["share"] = percent(float(facts["share"]))
    lines = [say(f"sensitivity.basis_{found.kind}", language, **facts)]
    if found.kind == "sobol":
        lines += _of_sobol(found, rows, language)
    own = _same(found.chance, rows)
    return lines + (_of_chance(own, language) if len(own) else [])


def _of_sobol(found: Sensitivity, rows: pd.DataFrame, language: Language) -> list[str]:
    first = rows.iloc[0]
    ends = {name: percent(float(first[f"interactions{end}"])) for name, end in _ENDS.items()}
    lines = [say("sensitivity.interactions", language, **ends)]
    steps = _same(found.convergence, rows)
    sizes = sorted({int(size) for size in steps["samples"]})
    if len(sizes) > 1:
        half, before = (_widest(steps[steps["samples"] == size]) for size in (sizes[-1], sizes[-2]))
        needed = size_for(sizes[-1], half, _WANTED)
        facts = {"half": f"{half:.2f}", "half_before": f"{before:.2f}", "before": sizes[-2], "needed": needed}
        runs = needed * (len(rows) + 2) * found.replicates
        lines.append(say("sensitivity.settled", language, runs=runs, **facts))
    return lines


_ENDS = {"value": "", "low": "_low", "high": "_high"}


def _widest(rows: pd.DataFrame) -> float:
    """Largest half-width of the intervals of these indices."""
    widths = [(rows[f"{name}_high"] - rows[f"{name}_low"]).max() for name in ("first", "total")]
    return float(max(widths)) / 2.0


def _same(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that are of the same quantity."""
    if not len(table):
        return table
    first = rows.iloc[0]
    same = (table["scenario"] == first["scenario"]) & (table["what"] == first["what"])
    found: pd.DataFrame = table.loc[same]
    return found


def _of_chance(rows: pd.DataFrame, language: Language) -> list[str]:
    by_source = {str(row["source"]): row for row in rows.to_dict("records")}
    facts: dict[str, Any] = {}
    for name, source in _SOURCES.items():
        for end, column in (("", "share"), ("_low", "low"), ("_high", "high")):
            facts[name + end] = percent(by_source[source][column])
    facts |= {name: int(rows[name].iloc[0]) for name in ("points", "replicates")}
    facts["left"] = percent(float(rows["left_in_means"].iloc[0]))
    return [say("sensitivity.split", language, **facts), say("sensitivity.seed", language, **facts)]


#: What a sentence calls a source of variance.
_SOURCES = {
    "parameters": "parameters",
    "chance": "chance",
    "alone": "seed_alone",
    "gap": "seed_with_parameters",
}

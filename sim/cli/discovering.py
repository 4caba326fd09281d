"""``sim discover``: where a condition holds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich import box
from rich.table import Table

from sim.analysis.discovery import Discovery, box_words, discovery_of
from sim.cli.output import note, plain, standard_output
from sim.cli.running import say_left_out
from sim.cli.sensitivity import draw, names_of, usable, write_tables
from sim.report.discovery import discovery_sheet, sentences
from sim.report.words import percent
from sim.results import Results
from sim.text import Language, say, short
from sim.text.numbers import quarter

#: Folder of the tables and figures in a results folder.
FOLDER = "discovery"


def discover(
    folder: Path,
    when: str,
    outcome: str | None,
    at: str | None,
    boxes: int,
    language: Language,
    quiet: bool,
) -> int:
    """Print where a condition holds, and write tables and figures into the results folder.

    Args:
        folder: of results.
        when, outcome, at, boxes: as of ``sim.analysis.discovery.discovery_of``.
        language: of the words.
        quiet: print nothing on standard error.

    Raises:
        InputError: the condition is wrong or holds too seldom or too often, or the folder varies nothing.
    """
    results = Results(folder)
    note(say("discovery.analysing", language), quiet)
    say_left_out(folder, results.stored, language)
    found = discovery_of(results, when, outcome, at, boxes)
    facts = {"runs": found.runs, "points": found.points, "blocks": found.blocks}
    when_asked = quarter(found.quarter, language)
    print(
        say("discovery.setting", language, what=found.condition, quarter=when_asked,
            share=percent(found.share), **facts)
    )  # fmt: skip
    console = standard_output()
    limits = found.tables.get("limits", pd.DataFrame())
    for number in range(1, len(found.found) + 1):
        print()
        print(*sentences(found, number, language), sep="\n")
        own = limits[limits["box"] == number] if len(limits) else limits
        if len(own):
            console.print(_limits(own, language))
    if found.leaves:
        console.print(_tree(found, language))
    for reason in found.notes:
        note(plain(say("sensitivity.note", language, reason=reason)), quiet=False)
    out = folder / FOLDER
    write_tables(out, found.tables)
    names = names_of(results, usable(language))
    for number in range(1, len(found.found) + 1):
        draw(out, f"box_{number}", discovery_sheet(found, names, number), language)
    note(say("discovery.written", language, folder=out), quiet)
    return 0


def _limits(rows: pd.DataFrame, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(say("sensitivity.factor", language))
    for column in ("limit", "quasi_p", "found_again"):
        table.add_column(say(f"discovery.{column}", language), justify="right", no_wrap=True)
    for row in rows.to_dict("records"):
        sign = "≥" if row["side"] == "lower" else "≤"
        again = percent(float(row["found_again"]))
        table.add_row(
            short(str(row["factor"]), language), f"{sign} {row['value']}", f"{row['quasi_p']:.2g}", again
        )
    return table


def _tree(found: Discovery, language: Language) -> Table:
    table = Table(title=say("discovery.tree", language), box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column(say("discovery.leaf", language), overflow="fold")
    for column in ("density", "coverage", "n", "grown"):
        table.add_column(say(f"discovery.{column}", language), justify="right", no_wrap=True)
    for leaf in found.leaves:
        table.add_row(
            box_words(leaf.box, found.factors, language),
            percent(leaf.density),
            percent(leaf.coverage),
            f"{leaf.n:,}",
            percent(leaf.grown_density),
        )
    return table

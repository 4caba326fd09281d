"""Rewrite the tables of the documentation that come from the code.

A table stands between ``<!-- table: parameters awareness -->`` and ``<!-- end -->`` in a
Markdown file of this folder; the words after ``table:`` say which one it is.

``python docs/tables.py`` rewrites them, ``python docs/tables.py --check`` only says which
files are stale, and fails if there is one.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sim.acts.abroad import EXPORTABLE
from sim.acts.deals import TENOR_YEARS
from sim.acts.futurecity import DIMENSION
from sim.calendar import EVENTS
from sim.kernel.outcomes import BY_NAME, BY_PLACE, OUTCOMES
from sim.kernel.parameters import declared
from sim.scenarios.inheritance import value_at
from sim.scenarios.levers import LEVERS, SETTINGS, Lever
from sim.scenarios.needs import MARKET_SIZE, PILLAR_GOALS, SALIENCE
from sim.scenarios.scenario import load_scenario
from sim.text import Language, meaning, say
from sim.text.catalogue import texts_of
from sim.worlds.columns import Column, Holds
from sim.worlds.columns import tables as tables_of_worlds

DOCS = Path(__file__).parent
SHOWN_YEAR = 2019
PRICES = {parameter.name: parameter.default for parameter in declared().values()} | {
    setting.name: setting.default for setting in SETTINGS
}
DIMENSIONS = ("economy", "society", "environment", "")  # by code; goal 17 has -1
MARKED = re.compile(r"(<!-- table: (?P<words>[^>]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def parameter_table(group: str) -> str:
    """Parameters of one group, in the order of declaration."""
    rows = [
        (
            f"`{parameter.name}`",
            parameter.symbol,
            f"{parameter.default:g}",
            f"{parameter.low:g} to {parameter.high:g}",
            parameter.unit,
            meaning(parameter.name, "en"),
            source(parameter.source),
        )
        for parameter in declared().values()
        if parameter.group == group
    ]
    return table(("Parameter", "Symbol", "Default", "Range", "Unit", "Meaning", "Source"), rows)


def source(id: str, language: Language = "en") -> str:
    """Where a value comes from, with the reference if there is one."""
    reference = texts_of("sources", language).get(f"sources.{id}.reference")
    return say(f"sources.{id}.label", language) + (f" ({reference})" if reference else "")


def said(lever: Lever, what: str, language: Language = "en") -> str:
    """What the catalogue says of a lever."""
    return say(f"levers.{lever.name}.{what}", language)


def lever_table() -> str:
    """Levers in the order of the ledger."""
    rows = [
        (
            str(int(lever.fund)),
            f"`{lever.name}`",
            meaning(lever.name, "en"),
            said(lever, "unit_cost"),
            said(lever, "programme"),
        )
        for lever in LEVERS
    ]
    return table(("Fund", "Lever", "Acts on", "Unit cost", "Stands for"), rows)


def unit_table() -> str:
    """What a lever's money buys, and which numbers set the price."""
    rows = [
        (
            f"`{lever.name}`",
            meaning(lever.name, "en"),
            said(lever, "buys"),
            said(lever, "unit_cost"),
            ", ".join(f"`{name}` = {PRICES[name]:g}" for name in lever.cost_set_by),
        )
        for lever in LEVERS
    ]
    return table(("Lever", "Acts on", "Unit", "Unit cost", "Set by"), rows)


def programme_table() -> str:
    """The real programme and budget line of each lever, and its money in the baseline."""
    baseline = load_scenario("baseline")
    rows = [
        (
            f"`{lever.name}`",
            f"{said(lever, 'programme')} ({said(lever, 'programme', 'ja')})",
            said(lever, "budget_line"),
            f"{value_at(baseline.levers[lever.name], SHOWN_YEAR):g}",
            said(lever, "source"),
        )
        for lever in LEVERS
    ]
    return table(("Lever", "Stands for", "Budget line", f"Baseline FY{SHOWN_YEAR}", "Source"), rows)


def setting_table() -> str:
    """Settings that go with the levers."""
    rows = [
        (
            f"`{setting.name}`",
            f"{setting.default:g}",
            f"{setting.low:g} to {setting.high:g}",
            setting.unit,
            meaning(setting.name, "en"),
        )
        for setting in SETTINGS
    ]
    return table(("Setting", "Default", "Range", "Unit", "Meaning"), rows)


def event_table() -> str:
    """Dated events of the calendar."""
    rows = [(quarter, "; ".join(say(f"events.{id}", "en") for id in ids)) for quarter, ids in EVENTS.items()]
    return table(("Quarter", "Events"), rows)


def goal_table() -> str:
    """What the model knows of each goal apart from the worlds."""
    rows = [
        (
            str(goal),
            say(f"goals.{goal:02d}", "en"),
            f"{SALIENCE[goal - 1]:g}",
            f"{TENOR_YEARS[goal - 1]:g}",
            f"{MARKET_SIZE[goal - 1]:.3f}",
            DIMENSIONS[DIMENSION[goal - 1]],
            "yes" if EXPORTABLE[goal - 1] else "",
            ", ".join(f"`{pillar}`" for pillar, goals in PILLAR_GOALS.items() if goal in goals),
        )
        for goal in range(1, len(SALIENCE) + 1)
    ]
    return table(
        (
            "SDG",
            "Name",
            "Salience",
            "Tenor (years)",
            "Market / mean",
            "Dimension",
            "Exportable",
            "Pillar",
        ),
        rows,
    )


def outcome_table() -> str:
    """Outcomes in the order of the columns of the series."""
    rows = [
        (f"`{outcome.name}`", outcome.kind, outcome.unit, outcome.denominator, meaning(outcome.name, "en"))
        for outcome in OUTCOMES
    ]
    return table(("Outcome", "Kind", "Unit", "Over", "Meaning"), rows)


def place_table() -> str:
    """Outcomes that are kept by place, and how they come from municipalities."""
    rows = [(f"`{name}`", BY_NAME[name].unit, reduction) for name, reduction in BY_PLACE.items()]
    return table(("Outcome", "Unit", "Of a place"), rows)


def experiment_table(language: Language = "en") -> str:
    """Experiment files that come with the package, what they are for and how many runs they are."""
    from sim.batch.experiment_file import load_experiment

    rows = []
    for file in sorted((DOCS.parent / "experiments").glob("*.yaml")):
        experiment = load_experiment(file)
        link = f"[`{file.name}`](../experiments/{file.name})"
        rows.append((link, getattr(experiment.purpose, language), f"{experiment.runs:,}"))
    return table(("file", "purpose", "runs") if language == "en" else ("ファイル", "目的", "試行"), rows)


#: Columns that stand for a group of them, by the first: what they are called together, and their text.
GROUPED = {"goal_01": ("goal_01 ... goal_17", "goal"), "emp_agri_forestry": ("emp_...", "emp")}


def column_table(name: str) -> str:
    """Columns of a table of a world of one's own."""
    rows = []
    for column in next(one for one in tables_of_worlds() if one.name == name).columns:
        if re.match(r"goal_|emp_", column.name) and column.name not in GROUPED:
            continue
        shown, id = GROUPED.get(column.name, (column.name, column.name))
        meant = say(f"world_columns.{name}.{id}", "en")
        needed = "yes" if column.required else ""
        rows.append((f"`{shown}`", needed, may_be(column), meant, ", ".join(column.also)))
    return table(("Column", "Needed", "Cells", "Meaning", "Also called"), rows)


def may_be(column: Column) -> str:
    """What the cells of a column may hold."""
    if column.holds in (Holds.NUMBER, Holds.WHOLE):
        return f"{column.holds}, {column.range}"
    return ", ".join(column.choices) if column.holds is Holds.CHOICE else str(column.holds)


TABLES: dict[str, Callable[..., str]] = {
    "parameters": parameter_table,
    "levers": lever_table,
    "units": unit_table,
    "programmes": programme_table,
    "settings": setting_table,
    "events": event_table,
    "goals": goal_table,
    "outcomes": outcome_table,
    "places": place_table,
    "experiments": experiment_table,
    "columns": column_table,
}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def rewritten(text: str) -> str:
    """The text with every marked table made anew."""

    def made(found: re.Match[str]) -> str:
        name, *words = found["words"].split()
        return f"{found[1]}{TABLES[name](*words)}{found[3]}"

    return MARKED.sub(made, text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the stale tables of the documents; 1 when a check found one."""
    parser = argparse.ArgumentParser(prog="python docs/tables.py", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="name the files that are stale, and leave them")
    check = parser.parse_args(arguments).check
    stale = [path for path in sorted(DOCS.glob("*.md")) if rewritten(path.read_text()) != path.read_text()]
    for path in stale:
        if check:
            print(f"docs/{path.name}: a table is stale; run python docs/tables.py", file=sys.stderr)
        else:
            path.write_text(rewritten(path.read_text()))
    return int(bool(stale) and check)


if __name__ == "__main__":
    raise SystemExit(main())

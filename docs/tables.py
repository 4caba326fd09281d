"""Rewrite the tables of the documentation that come from the code.

A table stands between ``<!-- table: parameters awareness -->`` and ``<!-- end -->`` in a
Markdown file of this folder; the words after ``table:`` say which one it is.

``python docs/tables.py`` rewrites them, ``python docs/tables.py --check`` only says which
files are stale, and fails if there is one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sim.acts.deals import TENOR_YEARS
from sim.calendar import EVENTS
from sim.outcomes import GOAL_NAMES_EN, OUTCOMES
from sim.parameters import declared
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.needs import PILLAR_GOALS, SALIENCE

DOCS = Path(__file__).parent
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
            parameter.en,
            parameter.source,
        )
        for parameter in declared().values()
        if parameter.group == group
    ]
    return table(("Parameter", "Symbol", "Default", "Range", "Unit", "Meaning", "Source"), rows)


def lever_table() -> str:
    """Levers in the order of the ledger."""
    rows = [
        (str(int(lever.fund)), f"`{lever.name}`", lever.acts_on, lever.unit_cost, lever.programme)
        for lever in LEVERS
    ]
    return table(("Fund", "Lever", "Acts on", "Unit cost", "Stands for"), rows)


def setting_table() -> str:
    """Settings that go with the levers."""
    rows = [
        (f"`{setting.name}`", f"{setting.default:g}", f"{setting.low:g} to {setting.high:g}", setting.unit,
         setting.meaning)
        for setting in SETTINGS
    ]  # fmt: skip
    return table(("Setting", "Default", "Range", "Unit", "Meaning"), rows)


def event_table() -> str:
    """Dated events of the calendar."""
    return table(("Quarter", "Events"), [(label, "; ".join(names)) for label, names in EVENTS.items()])


def goal_table() -> str:
    """What the model knows of each goal apart from the worlds."""
    rows = [
        (
            str(goal),
            GOAL_NAMES_EN[goal - 1],
            f"{SALIENCE[goal - 1]:g}",
            f"{TENOR_YEARS[goal - 1]:g}",
            ", ".join(f"`{pillar}`" for pillar, goals in PILLAR_GOALS.items() if goal in goals),
        )
        for goal in range(1, len(SALIENCE) + 1)
    ]
    return table(("SDG", "Name", "Salience", "Tenor (years)", "Pillar"), rows)


def outcome_table() -> str:
    """Outcomes in the order of the columns of the series."""
    rows = [
        (f"`{outcome.name}`", outcome.kind, outcome.unit, outcome.denominator, outcome.en)
        for outcome in OUTCOMES
    ]
    return table(("Outcome", "Kind", "Unit", "Over", "Meaning"), rows)


TABLES: dict[str, Callable[..., str]] = {
    "parameters": parameter_table,
    "levers": lever_table,
    "settings": setting_table,
    "events": event_table,
    "goals": goal_table,
    "outcomes": outcome_table,
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


def main(arguments: Sequence[str]) -> int:
    """Rewrite the stale files, or with ``--check`` name them; 1 when a check found one."""
    stale = [path for path in sorted(DOCS.glob("*.md")) if rewritten(path.read_text()) != path.read_text()]
    for path in stale:
        if "--check" in arguments:
            print(f"docs/{path.name}: a table is stale; run python docs/tables.py", file=sys.stderr)
        else:
            path.write_text(rewritten(path.read_text()))
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

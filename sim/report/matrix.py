"""What stands open below the answer: effects as one matrix, and what money buys."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from sim.calendar import QUARTERS_PER_YEAR, parse_quarter
from sim.report import words
from sim.report.budget import beyond_baseline
from sim.report.findings import Findings
from sim.report.outcomes import MAIN_OUTCOMES
from sim.report.relevance import Reading
from sim.report.sections import Group, Table
from sim.report.words import MONEY, amount, in_unit, number, percent, short, unit
from sim.results.money import PER
from sim.text import Language, say
from sim.text.numbers import money

#: Scenarios that stand side by side; more are a row each.
MOST_COLUMNS = 5
_QUIET = (Reading.SMALL, Reading.OPEN, Reading.NONE, Reading.UNKNOWN)


class Record(Protocol):
    """A row of a table: a series, or a mapping."""

    def __getitem__(self, name: str, /) -> Any: ...


def effect_cell(row: Record, outcome: str, lang: Language) -> str:
    """An effect, and below it in small type its interval and what it says where that is not plain."""
    lines, reading = [words.effect(outcome, float(row["effect"]))], str(row["reading"])
    low, high = (float(row[name]) for name in ("ci_low", "ci_high"))
    if np.isfinite(low) and low != high:
        ends = [words.effect(outcome, end) for end in (low, high)]
        lines.append(say("report.to", lang, low=ends[0], high=ends[1]))
    if reading in _QUIET:
        lines.append(say(f"report.marks.{reading}", lang))
    return "\n".join(lines)


def effects_matrix(findings: Findings, quarter: str) -> Table:
    """Outcome x scenario; scenario x outcome where there are many scenarios."""
    lang, effects = findings.names.lang, findings.effects
    own = [name for name in dict.fromkeys(effects["outcome"]) if name not in MAIN_OUTCOMES]
    outcomes = [name for name in (*MAIN_OUTCOMES, *own) if (effects["outcome"] == name).any()]
    outcomes = [name for name in outcomes if name not in MONEY]  # money is told of by itself
    cells = {
        (str(row["scenario"]), str(row["outcome"])): effect_cell(row, str(row["outcome"]), lang)
        for _, row in effects.iterrows()
    }
    heads = [_head(effects, name, lang) for name in outcomes]
    n = say("report.notes.matrix", lang, quarter=quarter, n=int(effects["replicates"].max()))
    scenarios = findings.others
    if len(scenarios) <= MOST_COLUMNS:
        rows = [[head, *(cells.get((name, outcome), "–") for name in scenarios)]
                for head, outcome in zip(heads, outcomes, strict=True)]  # fmt: skip
        columns = [say("report.columns.outcome", lang), *map(findings.names.of, scenarios)]
        return Table(columns, [Group("", rows)], note=n)
    rows = [[findings.names.of(name), *(cells.get((name, outcome), "–") for outcome in outcomes)]
            for name in scenarios]  # fmt: skip
    columns = [say("report.columns.scenario", lang), *(head.partition("\n")[0] for head in heads)]
    return Table(columns, [Group("", rows)], note=n, small=True)


def _head(effects: pd.DataFrame, outcome: str, lang: Language) -> str:
    """An outcome with its unit; below it its level in the baseline."""
    level = float(effects.loc[effects["outcome"] == outcome, "level"].iloc[0])
    name = in_unit(short(outcome, lang), unit(outcome, lang), lang)
    shown = words.level(outcome, level) + "%" * words.is_share(outcome)
    return f"{name}\n{say('report.baseline_at', lang, level=shown)}"


def per_yen_table(findings: Findings) -> Table:
    """What JPY 100 million spent buy beyond the baseline, by scenario; which comparison of money it is."""
    lang, table = findings.names.lang, findings.per_yen
    if table.empty:
        return Table([])
    bought, rows = list(dict.fromkeys(table["outcome"])), []
    extra = beyond_baseline(findings)
    years = (parse_quarter(findings.quarter) + 1) / QUARTERS_PER_YEAR
    for name in _dearest_last(table, findings.others):
        own = table[table["scenario"].astype(str) == name]
        by = {str(row["outcome"]): _units(row, lang) for _, row in own.iterrows()}
        cells = [by.get(outcome, "–") for outcome in bought]
        given, spent = extra.loc[[name], ["appropriated", "spent"]].to_numpy(float)[0]
        absorbed = percent(spent / given) if given > 0 else "–"
        rows.append([findings.names.of(name), amount(spent / years), absorbed, *cells])
    columns = [say(f"report.columns.{name}", lang) for name in ("scenario", "spent_a_year", "absorbed")]
    heads = [*columns, *(say(f"designs.bought.{name}", lang) for name in bought)]
    facts = {"n": int(table["replicates"].max()), "per": money(PER, lang)}
    remarks = [say(f"report.fair.{_comparison(findings)}", lang)]
    note = say("report.notes.per_yen", lang, **facts)
    return Table(heads, [Group("", rows)], note=note, remarks=remarks)


def _comparison(findings: Findings) -> str:
    """Which comparison of money it is."""
    if findings.equal_spending is not None:
        return "equal_spending"
    if len(findings.others) < 2:
        return "one"
    return "equal_appropriation" if findings.equal_budget else "unequal"


def _dearest_last(table: pd.DataFrame, scenarios: list[str]) -> list[str]:
    """Scenarios by what their money buys first of all, those of which it is not known last."""
    first = table[(table["outcome"] == table["outcome"].iloc[0]) & table["units"].notna()]
    units = {str(row["scenario"]): float(row["units"]) for _, row in first.iterrows()}
    return sorted(scenarios, key=lambda name: -units.get(name, -np.inf))


def _units(row: pd.Series, lang: Language) -> str:
    middle, low, high = (float(row[name]) for name in ("units", "ci_low", "ci_high"))
    if not np.isfinite(middle):
        return "–"
    if not np.isfinite(low):
        return number(middle, 2)
    return f"{number(middle, 2)}\n{say('report.to', lang, low=number(low, 2), high=number(high, 2))}"

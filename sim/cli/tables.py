"""The tables that ``sim run`` and ``sim compare`` end with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table

from sim.kernel.outcomes import BY_NAME
from sim.report.words import effect, level, number, short, signed, unit
from sim.text import Language, say

#: Outcomes that are shown; the results folder holds them all.
SHOWN = (
    "adoption_share",
    "deals_signed",
    "deals_additional",
    "projects_completed",
    "municipalities_without_project_share",
    "sdg_progress",
    "sdg_progress_bottom_quartile",
    "private_investment",
    "public_spending",
)
RATED = "deals_signed"  # the outcome whose cost per unit is shown


def effects(comparison: pd.DataFrame, language: Language) -> Table:
    """Effect of each scenario at the end of the horizon, outcome by outcome.

    Args:
        comparison: as ``sim.analysis.compare.compare_results`` gives it.
        language: of the words.
    """
    last = _at_the_end(comparison)
    facts = {"baseline": last["baseline"].iloc[0], "quarter": last["quarter"].iloc[0]}
    title = say("cli.effects", language, replicates=int(last["replicates"].max()), **facts)
    table = _table(title, ["outcome", "scenario"], ["effect", "interval", "needed"], language)
    for outcome, rows in last.groupby("outcome", sort=False):
        cells = []
        for row in _records(rows):
            middle, low, high = (effect(str(outcome), row[name]) for name in ("effect", "ci_low", "ci_high"))
            cells.append([middle, f"{low} … {high}", _count(row["replicates_needed"])])
        _add_outcome(table, _label(str(outcome), language), rows["scenario"], cells)
    return table


def summary(summarised: pd.DataFrame, language: Language) -> Table:
    """Mean and band of each scenario at the end of the horizon, outcome by outcome.

    Args:
        summarised: as ``sim.analysis.summary.summarise`` gives it.
        language: of the words.
    """
    last = _at_the_end(summarised)
    quarter, replicates = last["quarter"].iloc[0], int(last["replicates"].max())
    title = say("cli.summary", language, quarter=quarter, replicates=replicates)
    table = _table(title, ["outcome", "scenario"], ["mean", "band"], language)
    for outcome, rows in last.groupby("outcome", sort=False):
        cells = []
        for row in _records(rows):
            mean, low, high = (level(str(outcome), row[name]) for name in ("mean", "q05", "q95"))
            cells.append([mean, f"{low} … {high}"])
        label = _label(str(outcome), language, difference=False)
        _add_outcome(table, label, rows["scenario"], cells)
    return table


def money(ledger: pd.DataFrame, costs: pd.DataFrame | None, language: Language) -> Table:
    """Appropriated, spent and lapsed by scenario and, where there is a baseline, the cost of one more deal.

    Args:
        ledger: as ``sim.analysis.compare.ledger_summary`` gives it.
        costs: as ``sim.analysis.compare.cost_effectiveness`` gives it, or None.
        language: of the words.
    """
    columns = ["appropriated", "spent", "lapsed"]
    totals = ledger.groupby("scenario", observed=True, sort=False)[columns].sum()
    title = say("cli.money", language, replicates=int(ledger["replicates"].max()) if len(ledger) else 0)
    compared = ["extra_deals", "cost_per_deal"] if costs is not None else []
    table = _table(title, ["scenario"], [*columns, *compared], language)
    every = [] if costs is None else _records(costs)
    rated = {row["scenario"]: row for row in every if row["outcome"] == RATED}
    for scenario, *amounts in totals.itertuples(name=None):
        cost = rated.get(scenario)
        extra = ["–", "–"] if cost is None else [signed(cost["extra_units"]), _cost(cost)]
        table.add_row(str(scenario), *map(number, amounts), *extra[: len(compared)])
    return table


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _at_the_end(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the last quarter and of the outcomes that are shown, in their order; users' own come last."""
    own = [name for name in table["outcome"].unique() if name not in BY_NAME]
    shown = [*SHOWN, *own]
    last = table[(table["quarter"] == table["quarter"].max()) & table["outcome"].isin(shown)]
    order = np.argsort([shown.index(outcome) for outcome in last["outcome"]], kind="stable")
    ordered: pd.DataFrame = last.iloc[order]
    return ordered


def _table(title: str, words: Sequence[str], numbers: Sequence[str], language: Language) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE)
    for word in words:
        table.add_column(say(f"cli.{word}", language), no_wrap=word == "scenario")
    for word in numbers:
        table.add_column(
            say(f"cli.{word}", language), justify="right", no_wrap=word in ("effect", "interval", "band")
        )
    return table


def _label(outcome: str, language: Language, difference: bool = True) -> str:
    shown = unit(outcome, language, difference=difference)
    return f"{short(outcome, language)} ({shown})" if shown else short(outcome, language)


def _add_outcome(table: Table, label: str, scenarios: Iterable[str], cells: Sequence[Sequence[str]]) -> None:
    """Rows of one outcome: its label in the first alone, a line below the last of several."""
    for place, (scenario, row) in enumerate(zip(scenarios, cells, strict=True)):
        last = place == len(cells) - 1 > 0
        table.add_row(label if place == 0 else "", scenario, *row, end_section=last)


def _count(value: Any) -> str:
    return "–" if pd.isna(value) else f"{int(value):,}"


def _cost(row: Mapping[str, Any]) -> str:
    """Cost of one more unit with its interval; a dash where units are not gained beyond doubt."""
    if pd.isna(row["cost_per_unit"]):
        return "–"
    return f"{number(row['cost_per_unit'])} ({number(row['ci_low'])} … {number(row['ci_high'])})"

"""Spreadsheets of a design: tidy tables with titles, units and names of the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.report import words
from sim.report.designs.found import Found
from sim.report.designs.names import factor_name, factor_unit, point_name
from sim.report.designs.tables import bought_name, side_name
from sim.report.spreadsheets import digits, in_points
from sim.text import Language, label, say


def design_sheets(found: Sequence[Found], titles: dict[str, str], lang: Language) -> dict[str, pd.DataFrame]:
    """``changes``, ``interactions``, ``points`` and ``budgets`` of all scenarios, as far as there are any."""
    made = {"changes": _changes, "interactions": _interactions, "points": _points, "budgets": _budgets}
    tables = {}
    for name, make in made.items():
        parts = [make(one, titles, lang) for one in found]
        parts = [part for part in parts if len(part)]
        if parts:
            tables[name] = headed(pd.concat(parts, ignore_index=True), lang)
    return tables


def headed(table: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """The table with its heads in words."""
    return table.rename(columns={name: say(f"report.sheets.{name}", lang) for name in table})


def outcome_columns(table: pd.DataFrame, values: Sequence[str], lang: Language) -> dict[str, list[Any]]:
    """Outcome, unit, and numbers of it; shares in points."""
    outcomes = table["outcome"].astype(str)
    columns: dict[str, list[Any]] = {
        "outcome": [label(name, lang) for name in outcomes],
        "unit": [words.unit(name, lang) for name in outcomes],
    }
    for value in values:
        columns[value] = [
            in_points(name, number) for name, number in zip(outcomes, table[value], strict=True)
        ]
    return columns


def _changes(found: Found, titles: dict[str, str], lang: Language) -> pd.DataFrame:
    table = found.changes
    if table.empty:
        return table
    factors = [found.runs.factors[number] for number in table["factor"]]
    values = ["effect", "ci_low", "ci_high"]
    values += [name for name in ("mean", "mean_low", "mean_high") if name in table]
    rows = table[["value", "start", "end"]].to_dict("records")
    value = [side_name(factor, row, lang) for factor, row in zip(factors, rows, strict=True)]
    return pd.DataFrame(
        {
            "scenario": titles[found.runs.scenario],
            "factor": [factor_name(factor, lang) for factor in factors],
            "factor_unit": [factor_unit(factor, lang) for factor in factors],
            "value": value,
            **outcome_columns(table, values, lang),
            "reading": [say(f"report.readings.{reading}", lang) for reading in table["reading"]],
            "n": table["n"].to_list(),
            "outcome_id": table["outcome"].to_list(),
            "factor_id": [factor.name for factor in factors],
        }
    )


def _interactions(found: Found, titles: dict[str, str], lang: Language) -> pd.DataFrame:
    table = found.interactions
    if table.empty:
        return table
    one, two = ([found.runs.factors[number] for number in table[side]] for side in ("one", "two"))
    return pd.DataFrame(
        {
            "scenario": titles[found.runs.scenario],
            "one": [factor_name(factor, lang) for factor in one],
            "two": [factor_name(factor, lang) for factor in two],
            **outcome_columns(table, ["effect", "ci_low", "ci_high"], lang),
            "p_holm": table["p_adjusted"].round(4).to_list(),
            "n": table["n"].to_list(),
            "outcome_id": table["outcome"].to_list(),
        }
    )


def _points(found: Found, titles: dict[str, str], lang: Language) -> pd.DataFrame:
    table = found.points
    if table.empty:
        return table
    runs = found.runs
    called = {
        int(number): point_name(runs.factors, point, lang)
        for number, point in zip(runs.numbers, runs.points, strict=True)
    }
    return pd.DataFrame(
        {
            "scenario": titles[runs.scenario],
            "point": table["point"].to_list(),
            "value": [called[int(number)] for number in table["point"]],
            **outcome_columns(table, ["effect", "ci_low", "ci_high"], lang),
            "n": table["n"].to_list(),
            "outcome_id": table["outcome"].to_list(),
        }
    )


def _budgets(found: Found, titles: dict[str, str], lang: Language) -> pd.DataFrame:
    table = found.budgets
    if table.empty:
        return table
    factors = [found.runs.factors[number] for number in table["factor"]]
    numbers = {
        "given": "given", "spent_a_year": "spent", "units": "units", "units_low": "units_low",
        "units_high": "units_high", "per_yen": "yield", "per_yen_low": "yield_low",
        "per_yen_high": "yield_high", "next_spent": "next_spent", "next": "next", "next_low": "next_low",
        "next_high": "next_high",
    }  # fmt: skip
    return pd.DataFrame(
        {
            "scenario": titles[found.runs.scenario],
            "lever": [factor_name(factor, lang) for factor in factors],
            "budget": table["budget"].astype(float).to_list(),
            "bought": [bought_name(name, lang) for name in table["outcome"]],
            **{name: [digits(value) for value in table[column]] for name, column in numbers.items()},
            "absorbed": (100 * table["absorbed"]).round(1).to_list(),
            "n": table["n"].to_list(),
            "outcome_id": table["outcome"].to_list(),
            "factor_id": [factor.name for factor in factors],
        }
    )

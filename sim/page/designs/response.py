"""The first outcome over each factor: mean with its interval, and 5-95% of runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.page.designs.told import DesignView, Row, Told, shown
from sim.page.views.look import Spec, chart, in_language, told
from sim.page.views.view import number
from sim.report import words
from sim.report.designs.effects import strongest
from sim.report.designs.figures import MOST_PANELS, response_caption
from sim.report.designs.found import Found
from sim.report.designs.names import named
from sim.report.designs.tables import side_name
from sim.report.sections import Group, Table
from sim.text import Language, say, short

#: Scenarios up to which the response is drawn for each, as in a report.
_MOST_SCENARIOS = 3


def is_there(told: Told) -> bool:
    """Whether levels are known at the values of factors."""
    return 0 < len(told.found) <= _MOST_SCENARIOS and all("mean" in one.changes for one in told.found)


def data(told: Told, lang: Language) -> Row:
    """A panel for each factor, the one that moves the outcome most first."""
    outcome = told.first.runs.outcomes[0]
    rows, panels, groups, least, fewest = [], [], [], [], []
    for one in told.found:
        table = one.changes[one.changes["outcome"] == outcome]
        least.append(int(table["n"].min()))
        fewest.append(int(table["runs"].min()))
        for which in strongest(one.changes, outcome)["factor"].head(MOST_PANELS).tolist():
            name, factor = f"{one.runs.scenario}/{which}", one.runs.factors[which]
            found = list(_rows(one, which, table[table["factor"] == which], outcome, name, lang))
            title = told.under(one, named(factor, lang), lang)
            panels.append(
                {"name": name, "title": title, "unit": "", "encoding": _across(found, factor.scale)}
            )
            rows += found
            groups.append(Group(title, [row.pop("cells") for row in found]))
    heads = ("side", "mean", "mean_low", "mean_high", "run_low", "run_high")
    columns = [say(f"page.views.heads.{name}", lang) for name in heads]
    title = words.in_unit(short(outcome, lang), words.unit(outcome, lang, difference=False), lang)
    caption = response_caption(min(least), min(fewest), len(told.first.runs.factors), lang)
    return shown(told, title, caption, [Table(columns, groups)], rows, panels)


def _rows(one: Found, which: int, table: Any, outcome: str, panel: str, lang: Language) -> Iterator[Row]:
    scale = 100.0 if words.is_share(outcome) else 1.0
    for order, row in enumerate(table.to_dict("records")):
        value = row["value"]
        numeric = isinstance(value, int | float) and not isinstance(value, bool) and value == value
        side = side_name(one.runs.factors[which], row, lang)
        ends = {name: number(scale * row[key]) for name, key in _ENDS.items()}
        level = [words.level(outcome, float(row[key])) for key in _ENDS.values()]
        yield {
            "panel": panel, "side": side, "order": order, "n": int(row["n"]),
            "at": float(value) if numeric else None, "line": ends["value"] if numeric else None,
            **ends, "cells": [side, *level],
        }  # fmt: skip


_ENDS = {"value": "mean", "low": "mean_low", "high": "mean_high", "run_low": "low", "run_high": "high"}


def _across(rows: list[Row], scale: str) -> Spec:
    """How a panel goes across: numbers by their size, words and the scenario itself one after the other."""
    if any(row["at"] is None for row in rows):
        for row in rows:
            row["line"] = None
        axis: Spec = {"labelAngle": 0, "labelOverlap": True, "labelLimit": 110}
        return {
            "x": {"field": "side", "type": "ordinal", "title": None, "sort": {"field": "order"}, "axis": axis}
        }
    log = scale == "log" and all(row["at"] > 0 for row in rows)
    kind: Spec = {"type": "log", "nice": False} if log else {"zero": False, "nice": False}
    return {"x": {"field": "at", "type": "quantitative", "title": None, "scale": {**kind, "padding": 14},
                  "axis": {"tickCount": 4, "grid": False, "format": "~s" if log else ",.6~g"}}}  # fmt: skip


def spec(lang: Language) -> Spec:
    """Mean, its interval and the spread of runs; what goes across is with each panel."""
    y: Spec = {"type": "quantitative", "title": None, "scale": {"zero": False}, "axis": {"tickCount": 4}}
    heads = {"side": "side", "value": "mean", "low": "mean_low", "high": "mean_high", "run_low": "run_low",
             "run_high": "run_high", "n": "n"}  # fmt: skip
    tip = told(lang, heads, ",.4~r")
    colour: Spec = {
        "color": {"datum": 1, "type": "nominal", "scale": {"domain": list(range(7))}, "legend": None}
    }
    layers: list[Spec] = [
        {"mark": {"type": "rule", "strokeWidth": 7, "opacity": 0.22},
         "encoding": {"y": {**y, "field": "run_low"}, "y2": {"field": "run_high"}, **colour, "tooltip": tip}},
        {"mark": {"type": "line"}, "encoding": {"y": {**y, "field": "line"}, **colour}},
        {"mark": {"type": "rule", "strokeWidth": 2},
         "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}, **colour, "tooltip": tip}},
        {"mark": {"type": "point", "filled": True, "size": 55},
         "encoding": {"y": {**y, "field": "value"}, **colour, "tooltip": tip}},
    ]  # fmt: skip
    x: Spec = {"x": {"field": "at", "type": "quantitative"}}
    return in_language(chart(190, layers, x), lang)


VIEW = DesignView("response", is_there, data, spec)

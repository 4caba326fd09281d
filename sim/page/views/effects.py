"""Effects against the baseline: paired differences with 95% intervals of the mean."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.page.views.ledger import of_money
from sim.page.views.look import Spec, by_place, chart, in_language, told
from sim.page.views.pairs import Pairs
from sim.page.views.view import Asked, Row, View, against, effects_caption, framed, heads, number, when
from sim.report import words
from sim.report.outcomes import MAIN_OUTCOMES
from sim.report.relevance import read, smallest
from sim.report.words import MONEY
from sim.statistics.contrasts import paired
from sim.text import Language, say, short

NAME = "effects"
_ENDS = ("effect", "ci_low", "ci_high")


def outcomes_at(pairs: Pairs, quarter: int) -> list[str]:
    """Main outcomes; money by fiscal year is told at the end of the runs, before it what was spent so far."""
    end = quarter == pairs.quarters - 1 and pairs.has("ledger")
    shown = [name for name in MAIN_OUTCOMES if end or name not in MONEY]
    return [*shown, *([] if end else ["public_spending"]), *(pairs.own or ())]


def effects(pairs: Pairs, quarter: int) -> Iterator[Row]:
    """Effect, interval, level of the baseline and reading, a row for each scenario and outcome."""
    outcomes = outcomes_at(pairs, quarter)
    stored = [name for name in outcomes if name not in MONEY]
    for name in pairs.others:
        contrast = against(pairs, name, stored, quarter)
        low, high = contrast.interval()
        found = {o: (contrast.effect[i], low[i], high[i]) for i, o in enumerate(stored)}
        for outcome in (o for o in outcomes if o in MONEY):
            sides = (of_money(pairs, each, outcome)[:, None] for each in (name, pairs.baseline))
            money = paired(*sides)
            ends = money.interval()
            found[outcome] = (money.effect[0], ends[0][0], ends[1][0])
        for outcome in outcomes:
            yield _row(pairs, name, outcome, found[outcome], quarter)


def _row(pairs: Pairs, name: str, outcome: str, found: tuple[Any, ...], quarter: int) -> Row:
    base = (
        of_money(pairs, pairs.baseline, outcome)
        if outcome in MONEY
        else pairs.values(pairs.baseline, outcome)[:, quarter]
    )
    level = float(base.mean())
    effect, low, high = map(float, found)
    least = smallest(outcome, level)
    return {"scenario": name, "outcome": outcome, "effect": effect, "ci_low": low, "ci_high": high,
            "n": pairs.replicates, "level": level, "least": least,
            "reading": str(read(low, high, least))}  # fmt: skip


def data(pairs: Pairs, at: Asked) -> Row:
    """Effects on the main outcomes at the quarter looked at."""
    quarter, lang = pairs.quarter(at.year), at.lang
    found = list(effects(pairs, quarter))
    places = {name: place for place, name in enumerate(pairs.names)}
    rows = rows_of(found, {name: pairs.title(name, lang) for name in pairs.names}, places, lang)
    cells = [
        [short(row["panel"], lang), words.unit(row["panel"], lang), row["scenario"],
         words.level(row["panel"], effect["level"]), *_told(effect), row["n"], row["says"]]
        for row, effect in zip(rows, found, strict=True)
    ]  # fmt: skip
    panels = panels_of([row["outcome"] for row in found], lang)
    columns = heads(
        at, "outcome", "unit", "scenario", "baseline", "difference", "mean_low", "mean_high", "n", "reading"
    )
    title = say(
        "page.views.effects.title", lang, quarter=when(pairs, at), baseline=pairs.title(pairs.baseline, lang)
    )
    caption = f"{effects_caption(pairs, at)} {say('page.views.effects.small', lang)}"
    return framed(pairs, at, title, caption, rows, columns, cells, panels)


def rows_of(
    found: Iterable[Row], titles: Mapping[str, str], places: Mapping[str, int], lang: Language
) -> list[Row]:
    """Rows of the chart.

    Args:
        found: rows as of ``effects``.
        titles, places: what scenarios are called, and their places in the order of colours, by name.
        lang: of the words.
    """
    rows = []
    for row in found:
        outcome, name = row["outcome"], str(row["scenario"])
        factor = 100.0 if words.is_share(outcome) else 1.0
        value, low, high = (number(factor * row[key]) for key in _ENDS)
        reading = str(row["reading"])
        rows.append(
            {"panel": outcome, "scenario": titles[name], "place": places[name], "value": value, "low": low,
             "high": high, "n": row["n"], "label": _told(row)[0], "reading": reading,
             "least": number(factor * row.get("least", math.nan)),
             "says": say(f"page.views.readings.{reading}", lang)}
        )  # fmt: skip
    return rows


def panels_of(outcomes: Iterable[str], lang: Language) -> list[Row]:
    """A panel for each outcome."""
    return [
        {"name": outcome, "title": short(outcome, lang), "unit": words.unit(outcome, lang)}
        for outcome in dict.fromkeys(outcomes)
    ]


def _told(row: Row) -> list[str]:
    return [words.effect(row["outcome"], float(row[key])) for key in _ENDS]


def spec(lang: Language) -> Spec:
    """A mark with its interval for each scenario, in its colour."""
    return marks(lang, by_place())


def marks(lang: Language, colour: Spec) -> Spec:
    """A mark with its interval for each scenario, beside nothing."""
    y: Spec = {"field": "scenario", "type": "nominal", "title": None, "sort": {"field": "place", "op": "min"},
               "axis": {"labelLimit": 160, "ticks": False, "domain": False}}  # fmt: skip
    # room for the numbers above the marks that stand farthest out
    x: Spec = {"type": "quantitative", "title": None, "scale": {"padding": 28}, "axis": {"tickCount": 4}}
    means = {"value": "difference", "low": "mean_low", "high": "mean_high"}
    tip = told(lang, {"scenario": "scenario", **means, "n": "n", "says": "reading"}, "+,.4~r")
    colours: Spec = {"color": colour, "tooltip": tip}
    least: Spec = {"aggregate": [{"op": "max", "field": "least", "as": "most"}]}
    text: Spec = {"y": y, "x": {**x, "field": "value"}, "text": {"field": "label", "type": "nominal"}}
    layers: list[Spec] = [
        # what lies in it is too small to matter, however far the axis is stretched
        {"transform": [least, {"filter": "datum.most > 0"}, {"calculate": "-datum.most", "as": "least"}],
         "mark": {"type": "rect", "style": "small"},
         "encoding": {"x": {**x, "field": "least"}, "x2": {"field": "most"}}},
        {"mark": {"type": "rule"}, "encoding": {"x": {"datum": 0, "type": "quantitative"}}},
        {"mark": {"type": "rule", "strokeWidth": 3},
         "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, **colours}},
        {"mark": {"type": "point", "filled": True, "size": 90},
         "encoding": {"y": y, "x": {**x, "field": "value"}, **colours}},
        {"mark": {"type": "text", "dy": -11, "fontSize": 11, "style": "halo"}, "encoding": text},
        {"mark": {"type": "text", "dy": -11, "fontSize": 11}, "encoding": text},
    ]  # fmt: skip
    return in_language(chart({"step": 38}, layers), lang)


VIEW = View(NAME, data, spec)

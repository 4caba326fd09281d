"""The 17 goals: how much of each goal's remaining gap projects close, and what scenarios change in it."""

from __future__ import annotations

import numpy as np

from sim.page.views.look import Spec, by_scenario, chart, in_language, told
from sim.page.views.pairs import Pairs
from sim.page.views.view import (
    Asked,
    Row,
    View,
    against,
    band,
    effects_caption,
    framed,
    heads,
    levels_caption,
    number,
    panels,
    when,
)
from sim.report import words
from sim.report.goals import PROGRESS_BY_GOAL
from sim.text import Language, say

NAME = "goals"


def data(pairs: Pairs, at: Asked) -> Row:
    """Levels with bands of runs, and differences with intervals of the mean, goal by goal."""
    lang, quarter = at.lang, pairs.quarter(at.year)
    rows, cells = [], []
    for place, name in enumerate(pairs.names):
        title, base = pairs.title(name, lang), name == pairs.baseline
        values = np.stack([pairs.values(name, outcome)[:, quarter] for outcome in PROGRESS_BY_GOAL], axis=1)
        levels = band(values)
        contrast = against(pairs, name, PROGRESS_BY_GOAL, quarter)
        effects = (contrast.effect, *contrast.interval())
        for i, outcome in enumerate(PROGRESS_BY_GOAL):
            called = words.goal(i + 1, lang)
            same = {"scenario": title, "place": place, "goal": i + 1, "name": called, "n": pairs.replicates}
            for panel, ends in (("difference", effects), ("level", levels)):
                if panel == "difference" and base:  # in the legend, so that colours stay with their scenarios
                    ends = (np.full(len(PROGRESS_BY_GOAL), np.nan),) * 3
                value, low, high = (number(each[i]) for each in ends)
                rows.append(same | {"panel": panel, "value": value, "low": low, "high": high})
            told = [words.level(outcome, float(each[i])) for each in levels]
            changed = ["", "", ""] if base else [words.effect(outcome, float(each[i])) for each in effects]
            cells.append([called, title, *told, *changed, pairs.replicates])
    unit = words.unit(PROGRESS_BY_GOAL[0], lang)
    shown = ["difference", "level"] if pairs.others else ["level"]
    columns = heads(
        at, "goal", "scenario", "median", "run_low", "run_high", "difference", "mean_low", "mean_high", "n"
    )
    title = say("page.views.goals.title", lang, quarter=when(pairs, at))
    caption = f"{effects_caption(pairs, at)} {levels_caption(pairs, at)}"
    return framed(pairs, at, title, caption, rows, columns, cells, panels(at, NAME, shown, unit))


def spec(lang: Language) -> Spec:
    """A mark with its interval for each goal and scenario."""
    y: Spec = {
        "field": "name", "type": "nominal", "title": None, "sort": {"field": "goal", "op": "min"},
        "axis": {"labelLimit": 190, "ticks": False, "domain": False},
    }  # fmt: skip
    offset: Spec = {"yOffset": {"field": "place", "type": "nominal"}, "color": by_scenario("color")}
    x: Spec = {"type": "quantitative", "title": None, "axis": {"tickCount": 5}}
    names = {"name": "goal", "scenario": "scenario", **{f: f"goals.{f}" for f in ("value", "low", "high")}}
    tip = told(lang, names, ",.3~r")
    layers: list[Spec] = [
        {"mark": {"type": "rule"}, "encoding": {"x": {"datum": 0, "type": "quantitative"}}},
        {"mark": {"type": "rule", "strokeWidth": 2},
         "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, **offset, "tooltip": tip}},
        {"mark": {"type": "point", "filled": True, "size": 45},
         "encoding": {"y": y, "x": {**x, "field": "value"}, **offset, "tooltip": tip}},
    ]  # fmt: skip
    return in_language(chart({"step": 13, "for": "offset"}, layers), lang)


VIEW = View(NAME, data, spec)

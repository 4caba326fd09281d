"""Who is left behind: municipalities without a project, by size, fiscal strength and prefecture."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from sim.kernel.world import World
from sim.page.views.look import Spec, by_scenario, chart, in_language, told
from sim.page.views.pairs import Floats, Integers, OneRun, Pairs
from sim.page.views.reduced import first_project
from sim.page.views.view import (
    Asked,
    Row,
    View,
    band,
    effects_caption,
    framed,
    heads,
    levels_caption,
    number,
    panels,
    when,
)
from sim.report.municipalities import places_of
from sim.report.prefectures import prefecture_name
from sim.statistics.contrasts import paired
from sim.text import Language, say
from sim.text.numbers import number as numeral

NAME = "left_behind"
GROUPINGS = ("size", "strength", "prefecture")


@lru_cache(maxsize=4)
def groups(world: World) -> dict[str, Integers]:
    """Grouping -> group of each municipality, counted from 0: quarters, lowest first, or prefectures."""
    table = places_of(world)
    found = {name: table[name].to_numpy(np.int64) - 1 for name in ("size", "strength")}
    return found | {"prefecture": np.asarray(world.municipalities.prefecture, np.int64)}


def without(pairs: Pairs, name: str, grouping: str, quarter: int) -> Floats:
    """(replicates, groups) share of a group's municipalities that never signed a project by a quarter."""
    of = groups(pairs.world)[grouping]
    members = np.maximum(np.bincount(of), 1)

    def make(run: OneRun) -> Floats:
        return np.bincount(of, first_project(run, pairs.world) > quarter, len(members)) / members

    return np.stack([run.keep(f"without:{grouping}:{quarter}", make) for run in pairs.runs[name]])


def data(pairs: Pairs, at: Asked) -> Row:
    """Shares by group and scenario with bands of runs, and differences with intervals of the mean."""
    lang, quarter = at.lang, pairs.quarter(at.year)
    rows: list[Row] = []
    cells: list[list[Any]] = []
    for grouping in GROUPINGS:
        labels = _labels(pairs.world, grouping, lang)
        base = without(pairs, pairs.baseline, grouping, quarter)
        for place, name in enumerate(pairs.names):
            own = without(pairs, name, grouping, quarter)
            contrast = paired(own, base)
            ends = (*band(own), contrast.effect, *contrast.interval())
            for group in np.unique(groups(pairs.world)[grouping]):
                same = {"panel": grouping, "scenario": pairs.title(name, lang), "place": place}
                numbers = [number(100 * each[group]) for each in ends]
                if not place:
                    numbers[3:] = [None] * 3
                keys = ("value", "low", "high", "difference", "difference_low", "difference_high")
                row = same | {"group": labels[group], "order": int(group), "n": pairs.replicates}
                if grouping != "prefecture":
                    rows.append(row | dict(zip(keys, numbers, strict=True)))
                told = [None if each is None else round(each, 1) for each in numbers]
                what = say(f"page.views.left_behind.{grouping}", lang)
                cells.append([what, labels[group], same["scenario"], *told, pairs.replicates])
    columns = heads(
        at, "grouping", "group", "scenario", "median", "run_low", "run_high", "difference", "mean_low",
        "mean_high", "n",
    )  # fmt: skip
    title = say("page.views.left_behind.title", lang, quarter=when(pairs, at))
    caption = f"{levels_caption(pairs, at)} {effects_caption(pairs, at)}"
    shown = panels(at, NAME, GROUPINGS[:2], "%")
    return framed(pairs, at, title, caption, rows, columns, cells, shown)


@lru_cache(maxsize=32)
def _labels(world: World, grouping: str, lang: Language) -> list[str]:
    """What groups are called: where quarters begin and end, or names of prefectures."""
    if grouping == "prefecture":
        return [prefecture_name(world, p, lang) for p in range(len(world.labels.prefecture))]
    traits = world.municipalities
    of = groups(world)[grouping]
    values = np.asarray(traits.population if grouping == "size" else traits.fiscal_strength, np.float64)
    found = []
    for group in range(int(of.max()) + 1):
        inside = values[of == group]
        ends = (inside.min(), inside.max()) if len(inside) else (0.0, 0.0)
        low, high = (numeral(float(f"{e:.3g}")) if grouping == "size" else f"{e:.2f}" for e in ends)
        found.append(say("report.to", lang, low=low, high=high))
    return found


def spec(lang: Language) -> Spec:
    """A mark with its band for each group and scenario."""
    y: Spec = {
        "field": "group", "type": "nominal", "title": None, "sort": {"field": "order", "op": "min"},
        "axis": {"labelLimit": 190, "ticks": False, "domain": False},
    }  # fmt: skip
    offset: Spec = {"yOffset": {"field": "place", "type": "nominal"}, "color": by_scenario("color")}
    x: Spec = {"type": "quantitative", "title": None, "scale": {"domain": [0, 100]}, "axis": {"tickCount": 5}}
    bands = {"value": "median", "low": "run_low", "high": "run_high"}
    tip = told(lang, {"group": "group", "scenario": "scenario", **bands}, ".1f")
    layers: list[Spec] = [
        {"mark": {"type": "rule", "strokeWidth": 2},
         "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, **offset, "tooltip": tip}},
        {"mark": {"type": "point", "filled": True, "size": 60},
         "encoding": {"y": y, "x": {**x, "field": "value"}, **offset, "tooltip": tip}},
    ]  # fmt: skip
    return in_language(chart({"step": 16, "for": "offset"}, layers), lang)


VIEW = View(NAME, data, spec, ("series", "deals"))

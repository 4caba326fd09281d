"""Over time: adoption, partnerships, projects and progress, with bands."""

from __future__ import annotations

import numpy as np

from sim.page.views.look import LEVEL, TIME, Spec, band_layer, chart, in_language, line_layer, told
from sim.page.views.pairs import Pairs, label
from sim.page.views.view import Asked, Row, View, band, framed, heads, levels_caption
from sim.report import words
from sim.text import Language, say, short
from sim.text.numbers import quarter as quarter_words

NAME = "over_time"
#: Panels; a world that is not Japan has no surveys of it.
OUTCOMES = ("adoption_share", "active_partnerships", "deals_signed", "projects_completed", "sdg_progress",
            "public_spending")  # fmt: skip


def data(pairs: Pairs, at: Asked) -> Row:
    """Median and 5-95% of runs of every panel's outcome by scenario and quarter."""
    rows: list[Row] = []
    cells = []
    quarter = pairs.quarter(at.year)
    for outcome in OUTCOMES:
        factor = 100.0 if words.is_share(outcome) else 1.0
        for place, name in enumerate(pairs.names):
            title = pairs.title(name, at.lang)
            middle, low, high = (factor * ends for ends in band(pairs.values(name, outcome)))
            same = {"panel": outcome, "scenario": title, "place": place, "n": pairs.replicates}
            rows += [
                same | {"time": time(t), "quarter": label(t), "value": v, "low": lo, "high": hi}
                for t, (v, lo, hi) in enumerate(
                    zip(middle.tolist(), low.tolist(), high.tolist(), strict=True)
                )
            ]
            ends = (words.level(outcome, float(e[quarter]) / factor) for e in (middle, low, high))
            cells.append([short(outcome, at.lang), _unit(outcome, at.lang), title, *ends, pairs.replicates])
    panels = [
        {"name": outcome, "title": short(outcome, at.lang), "unit": _unit(outcome, at.lang)}
        for outcome in OUTCOMES
    ]
    first, last = (quarter_words(label(t), at.lang) for t in (0, pairs.quarters - 1))
    title = say("page.views.over_time.title", at.lang, first=first, last=last)
    columns = heads(at, "outcome", "unit", "scenario", "median", "run_low", "run_high", "n")
    return framed(pairs, at, title, levels_caption(pairs, at), rows, columns, cells, panels)


def _unit(outcome: str, lang: Language) -> str:
    return words.unit(outcome, lang, difference=False)


def time(quarter: int) -> float:
    """Middle of a quarter as a calendar year: 2018Q2 is 2018.375."""
    return float(np.floor((quarter + 1) / 4) + 2018 + ((quarter + 1) % 4 + 0.5) / 4)


def spec(lang: Language) -> Spec:
    """A line and a band for each scenario."""
    bands = {"value": "median", "low": "run_low", "high": "run_high"}
    tip = told(lang, {"quarter": "quarter", "scenario": "scenario", **bands}, ",.4~r")
    layers: list[Spec] = [
        band_layer(),
        line_layer(),
        {"mark": {"type": "point", "opacity": 0, "size": 60},
         "encoding": {"y": {**LEVEL, "field": "value"}, "tooltip": tip}},
    ]  # fmt: skip
    return in_language(chart(200, layers, {"x": TIME}), lang)


VIEW = View(NAME, data, spec)

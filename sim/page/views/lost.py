"""Where deals die: the way from a need to a completed project, and what is lost at each step."""

from __future__ import annotations

import math

import numpy as np

from sim.page.views.look import Spec, chart, in_language, room, told
from sim.page.views.pairs import Floats, OneRun, Pairs
from sim.page.views.reduced import projects
from sim.page.views.view import HIGH, LOW, Asked, Row, View, framed, heads, number, when
from sim.report.outcomes import STEPS
from sim.report.words import count, percent
from sim.text import Language, say

NAME = "lost"
_ENDS = ("failed", "active", "completed")
#: Pixels at the right for the number beside the longest bar, such as −10,704 (50%).
ROOM = 84
#: Kinds of steps and their colours.
COLOURS = {"stage": "#0072B2", "loss": "#D55E00", "running": "#56B4E9", "total": "#8C8C8C"}


def steps(pairs: Pairs, name: str, quarter: int) -> dict[str, Floats]:
    """(replicates,) of every step (``sim.report.outcomes.STEPS``), from 2018Q2 to a quarter."""
    kept = pairs.has("deals")
    ends = np.array([_ends(pairs, run, quarter) for run in pairs.runs[name]]) if kept else None
    found: dict[str, Floats] = {}
    for step in STEPS:
        if step in _ENDS:
            if ends is not None:
                found[step] = ends[:, _ENDS.index(step)].astype(np.float64)
        elif step == "unserved":
            met = pairs.values(name, "meetings")[:, quarter]
            found[step] = pairs.values(name, "needs_posted")[:, quarter] - met
        elif kept or STEPS[step] != "total":
            found[step] = pairs.values(name, step)[:, quarter]
    return found


def _ends(pairs: Pairs, run: OneRun, quarter: int) -> tuple[int, int, int]:
    """First projects of partnerships that failed, still run and were completed by the end of a quarter."""

    def make(run: OneRun) -> tuple[int, int, int]:
        made = projects(run, pairs.world)
        first = ~made.renewal & (made.start <= quarter)
        ended = first & (made.end <= quarter)
        completed = int((ended & made.completed).sum())
        return int(ended.sum()) - completed, int((first & ~ended).sum()), completed

    return run.keep(f"ends:{quarter}", make)


def data(pairs: Pairs, at: Asked) -> Row:
    """Steps of every scenario with their mean, band of runs and share of the stage before."""
    lang, quarter = at.lang, pairs.quarter(at.year)
    rows, cells, panels = [], [], []
    for place, name in enumerate(pairs.names):
        title, before, edge = pairs.title(name, lang), math.nan, 0.0
        panels.append({"name": name, "title": title, "unit": say("page.views.lost.unit", lang)})
        for order, (step, values) in enumerate(steps(pairs, name, quarter).items()):
            kind, mean = STEPS[step], float(values.mean())
            low, high = (float(end) for end in np.quantile(values, [LOW, HIGH]))
            share = mean / before if before and kind != "total" else math.nan
            what = say(f"figures.funnel.{kind}", lang)
            start = 0.0 if kind in ("stage", "total") else edge - mean
            edge = mean if kind == "stage" else start
            before = mean if kind == "stage" else before
            called, told_ = say(f"figures.funnel.{step}", lang), count(mean)
            part = f" ({percent(share)})" if math.isfinite(share) else ""
            rows.append(
                {"panel": name, "scenario": title, "place": place, "step": called, "order": order,
                 "kind": kind,
                 "what": what, "value": mean, "low": low, "high": high,
                 "share": number(share), "start": start, "end": start + mean, "from": start + low,
                 "to": start + high,
                 "label": f"{'−' if kind == 'loss' else ''}{told_}{part}",
                 "n": pairs.replicates}
            )  # fmt: skip
            ends = count(low), count(high)
            cells.append([title, called, what, told_, *ends, percent(share), pairs.replicates])
    columns = heads(at, "scenario", "step", "kind", "mean", "run_low", "run_high", "share", "n")
    title = say("page.views.lost.title", lang, quarter=when(pairs, at))
    caption = say("page.views.lost.caption", lang, n=pairs.replicates)
    kinds = {kind: say(f"figures.funnel.{kind}", lang) for kind in COLOURS}
    keys = [{"title": kinds[kind], "colour": colour} for kind, colour in COLOURS.items()]
    return framed(pairs, at, title, caption, rows, columns, cells, panels) | {"keys": keys}


def spec(lang: Language) -> Spec:
    """A waterfall."""
    y: Spec = {
        "field": "step", "type": "nominal", "title": None, "sort": {"field": "order", "op": "min"},
        "axis": {"labelLimit": 190, "ticks": False, "domain": False},
    }  # fmt: skip
    x: Spec = {"type": "quantitative", "title": None, "axis": {"tickCount": 4, "format": ",d"},
               "scale": {"nice": False, "range": [0, {"expr": "width - room"}]}}  # fmt: skip
    colour: Spec = {
        "field": "kind", "type": "nominal", "legend": None,
        "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())},
    }  # fmt: skip
    tip = told(lang, {"step": "step", "value": "mean", "low": "run_low", "high": "run_high"}, ",.0f")
    layers: list[Spec] = [
        {"mark": {"type": "bar", "height": {"band": 0.68}},
         "encoding": {"y": y, "x": {**x, "field": "start"}, "x2": {"field": "end"}, "color": colour,
                      "tooltip": tip}},
        {"mark": {"type": "rule", "strokeWidth": 1.5},
         "encoding": {"y": y, "x": {**x, "field": "from"}, "x2": {"field": "to"}}},
        {"mark": {"type": "text", "align": "left", "dx": 5},
         "encoding": {"y": y, "x": {**x, "field": "to"}, "text": {"field": "label", "type": "nominal"}}},
    ]  # fmt: skip
    return in_language(chart({"step": 22}, layers, params=[room(ROOM)]), lang)


VIEW = View(NAME, data, spec)

"""The map: by municipality and quarter, and by prefecture with bands, how far adoption and projects reach.

Municipalities come as whole numbers, runs added up: for each measure and scenario a text in base 64 that
holds, deflated, how much each municipality's number changes from quarter to quarter. Most of it does not,
so that it is small.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np

from sim.calendar import parse_quarter
from sim.page.views.look import Spec
from sim.page.views.pairs import Integers, Pairs, label
from sim.page.views.reduced import adopted, by_prefecture, first_project, projects, reached_by, running
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
)
from sim.report.prefectures import prefecture_name
from sim.statistics.contrasts import paired
from sim.text import Language, say
from sim.text.numbers import quarter as quarter_words
from sim.worlds.groups import prefecture_numbers

NAME = "map"
MEASURES = ("adopted", "project", "under_way")
#: Fast: a frame is read at once, and once only.
_EFFORT = 1


def data(pairs: Pairs, at: Asked) -> Row:
    """Numbers of every municipality and quarter, and a table by prefecture at the quarters looked at."""
    lang, steps = at.lang, quarters(pairs, at)
    cells = [cell for step in steps for cell in _cells(pairs, at, step)]
    columns = heads(
        at, "measure", "prefecture", "quarter", "scenario", "median", "run_low", "run_high", "difference",
        "mean_low", "mean_high", "n",
    )  # fmt: skip
    caption = say("page.views.map.caption", lang, n=pairs.replicates)
    listed = f"{say('page.views.map.listed', lang)} {levels_caption(pairs, at)} {effects_caption(pairs, at)}"
    between = say("page.views.map.and", lang)
    title = say("page.views.map.title", lang, quarter=between.join(_words(step, lang) for step in steps))
    found = framed(pairs, at, title, f"{caption} {listed}", [], columns, cells, panels(at, NAME, MEASURES))
    for panel in found["panels"]:
        panel["listed"] = _listed(panel["name"], lang)
    return found | municipalities(pairs) | {"shown": steps} | _positions(pairs, lang)


def quarters(pairs: Pairs, at: Asked) -> list[int]:
    """The quarters looked at: the dates that are asked for, else the end of the year."""
    last = pairs.quarters - 1
    return [min(parse_quarter(date), last) for date in at.dates] or [pairs.quarter(at.year)]


def municipalities(pairs: Pairs) -> Row:
    """The numbers of every measure and scenario, and how they are read.

    Returns:
        ``values`` by measure and scenario, of ``bytes`` bytes a number, each municipality's quarters in turn;
        ``steps``, the quarters; ``scenarios``; ``most``, the largest value by measure, a run.
    """
    counts = [_counts(pairs, name) for name in pairs.names]
    changes = {
        measure: [np.diff(each[measure], axis=0, prepend=0).T for each in counts] for measure in MEASURES
    }
    small = all(each.min() >= -128 and each.max() < 128 for every in changes.values() for each in every)
    kind = np.dtype("i1" if small else "<i2")
    busiest = max(1, *(int(each["under_way"].max(initial=0)) for each in counts))
    return {
        "steps": [label(t) for t in range(pairs.quarters)],
        "scenarios": pairs.names,
        "values": {measure: [_packed(each.astype(kind)) for each in of] for measure, of in changes.items()},
        "bytes": kind.itemsize,
        "most": {"adopted": 1, "project": 1, "under_way": busiest / pairs.replicates},
    }


def _packed(numbers: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(zlib.compress(numbers.tobytes(), _EFFORT)).decode()


def _counts(pairs: Pairs, name: str) -> dict[str, Integers]:
    """(quarters, municipalities) of each measure, runs added up."""
    world, runs, count = pairs.world, pairs.runs[name], pairs.quarters
    return {
        "adopted": reached_by([adopted(run, world) for run in runs], count),
        "project": reached_by([first_project(run, world) for run in runs], count),
        "under_way": running([projects(run, world) for run in runs], count, len(world.labels.jis_code)),
    }


def _cells(pairs: Pairs, at: Asked, step: int) -> list[list[Any]]:
    """Rows of the table at a quarter: levels with bands of runs, differences with intervals of the mean."""
    lang, cells = at.lang, []
    names = [prefecture_name(pairs.world, p, lang) for p in range(len(prefecture_numbers(pairs.world)))]
    for measure in MEASURES:
        factor = 1 if measure == "under_way" else 100
        base = by_prefecture(pairs, pairs.baseline, measure, step)
        for place, scenario in enumerate(pairs.names):
            own = by_prefecture(pairs, scenario, measure, step)
            contrast = paired(own, base)
            levels, ends = band(own), (contrast.effect, *contrast.interval())
            title = pairs.title(scenario, lang)
            for p, name in enumerate(names):
                level = [number(factor * each[p]) for each in levels]
                difference = [number(factor * each[p]) if place else None for each in ends]
                told = [None if each is None else round(each, 1) for each in (*level, *difference)]
                cells.append(
                    [_listed(measure, lang), name, _words(step, lang), title, *told, pairs.replicates]
                )
    return cells


def _listed(measure: str, lang: Language) -> str:
    """What a measure is called in the table, where shares are percentages."""
    title = say(f"page.views.map.{measure}", lang)
    return title if measure == "under_way" else f"{title} (%)"


def _words(step: int, lang: Language) -> str:
    return quarter_words(label(step), lang)


def _positions(pairs: Pairs, lang: Language) -> Row:
    """Where municipalities of a world that is not Japan lie; Japan's are in the specification."""
    if pairs.kind == "japan":
        return {"japan": True}
    labels = pairs.world.labels
    names = labels.municipality if lang == "ja" else labels.municipality_romaji
    return {
        "japan": False,
        "codes": list(labels.jis_code),
        "x": [round(float(x), 5) for x in labels.longitude],
        "y": [round(-float(y), 5) for y in labels.latitude],
        "names": list(names),
    }


def spec(lang: Language) -> Spec:
    """What the page draws by itself: ``geometry`` as of ``sim.page.cells.geometry``; no Vega-Lite."""
    from sim.page.cells import geometry

    found = geometry()
    islands = [island | {"title": say(f"figures.map.{island['name']}", lang)} for island in found["islands"]]
    return {"geometry": found | {"islands": islands}, "usermeta": {"lang": lang}}


VIEW = View(NAME, data, spec, ("series", "municipalities", "deals"))

"""The map: by municipality and quarter, and by prefecture with bands, how far adoption and projects reach.

Municipalities come as bytes: for each measure and scenario a text in base 64 that holds, quarter after
quarter, one byte a municipality in the order of ``codes``; a byte times ``scale`` is the value.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

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
    when,
)
from sim.report.prefectures import prefecture_name
from sim.statistics.contrasts import paired
from sim.text import Language, say
from sim.worlds.groups import prefecture_numbers

NAME = "map"
MEASURES = ("adopted", "project", "under_way")
_BYTE = 255


def data(pairs: Pairs, at: Asked) -> Row:
    """Bytes by municipality and quarter, and rows by prefecture at the quarter looked at."""
    lang, quarter = at.lang, pairs.quarter(at.year)
    rows, cells = _prefectures(pairs, at, quarter)
    panels = [
        {
            "name": name,
            "title": say(f"page.views.map.{name}", lang),
            "unit": say(f"page.views.map.unit_{name}", lang),
        }
        for name in MEASURES
    ]
    columns = heads(
        at, "measure", "prefecture", "scenario", "median", "run_low", "run_high", "difference", "mean_low",
        "mean_high", "n",
    )  # fmt: skip
    caption = say("page.views.map.caption", lang, n=pairs.replicates)
    told = f"{caption} {levels_caption(pairs, at)} {effects_caption(pairs, at)}"
    title = say("page.views.map.title", lang, quarter=when(pairs, at))
    found = framed(pairs, at, title, told, rows, columns, cells, panels)
    return found | municipalities(pairs) | {"step": quarter} | _positions(pairs, lang)


def municipalities(pairs: Pairs) -> Row:
    """Bytes of every measure and scenario, quarter by quarter, and what a byte stands for."""
    values: dict[str, list[str]] = {name: [] for name in MEASURES}
    counts = {name: _counts(pairs, name) for name in pairs.names}
    n = pairs.replicates
    most = max(1, *(int(each["under_way"].max(initial=0)) for each in counts.values()))
    unit = {"adopted": n, "project": n, "under_way": most}
    for each in counts.values():
        for measure in MEASURES:
            whole = unit[measure]
            shown = each[measure] if whole <= _BYTE else np.rint(each[measure] * (_BYTE / whole))
            values[measure].append(base64.b64encode(shown.astype(np.uint8).tobytes()).decode())
    return {
        "codes": list(pairs.world.labels.jis_code),
        "steps": [label(t) for t in range(pairs.quarters)],
        "scenarios": pairs.names,
        "values": values,
        "scale": {measure: whole / min(whole, _BYTE) / n for measure, whole in unit.items()},
        "most": {measure: whole / n for measure, whole in unit.items()},
    }


def _counts(pairs: Pairs, name: str) -> dict[str, Integers]:
    """(quarters, municipalities) of each measure, runs added up."""
    world, runs, count = pairs.world, pairs.runs[name], pairs.quarters
    return {
        "adopted": reached_by([adopted(run, world) for run in runs], count),
        "project": reached_by([first_project(run, world) for run in runs], count),
        "under_way": running([projects(run, world) for run in runs], count, len(world.labels.jis_code)),
    }


def _prefectures(pairs: Pairs, at: Asked, quarter: int) -> tuple[list[Row], list[list[Any]]]:
    """Rows and cells of the table: levels with bands of runs, differences with intervals of the mean."""
    lang, rows, cells = at.lang, [], []
    codes = prefecture_numbers(pairs.world).tolist()
    names = [prefecture_name(pairs.world, p, lang) for p in range(len(codes))]
    for measure in MEASURES:
        called, digits = say(f"page.views.map.{measure}", lang), 1 if measure == "under_way" else 3
        base = by_prefecture(pairs, pairs.baseline, measure, quarter)
        for place, scenario in enumerate(pairs.names):
            own = by_prefecture(pairs, scenario, measure, quarter)
            contrast = paired(own, base)
            levels, ends = band(own), (contrast.effect, *contrast.interval())
            title = pairs.title(scenario, lang)
            for p, code in enumerate(codes):
                level = [number(each[p]) for each in levels]
                difference = [None if not place else number(each[p]) for each in ends]
                rows.append(
                    {"panel": measure, "scenario": title, "place": place, "code": code, "name": names[p],
                     "value": level[0], "low": level[1], "high": level[2], "difference": difference[0],
                     "difference_low": difference[1], "difference_high": difference[2], "n": pairs.replicates}
                )  # fmt: skip
                told = [None if each is None else round(each, digits) for each in (*level, *difference)]
                cells.append([called, names[p], title, *told, pairs.replicates])
    return rows, cells


def _positions(pairs: Pairs, lang: Language) -> Row:
    """Where municipalities of a world that is not Japan lie; Japan's are in the specification."""
    if pairs.kind == "japan":
        return {"japan": True}
    labels = pairs.world.labels
    names = labels.municipality if lang == "ja" else labels.municipality_romaji
    return {
        "japan": False,
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

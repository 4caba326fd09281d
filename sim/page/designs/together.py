"""What two factors do together: beyond the sum of each alone, or the outcome at every pair of values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex

from sim.page.designs.told import DesignView, Row, Told, shown
from sim.page.views.look import Spec, chart, in_language, told
from sim.page.views.view import number
from sim.report import words
from sim.report.designs.found import Found
from sim.report.designs.names import factor_name, named, value_name
from sim.report.designs.page import alike_notes
from sim.report.designs.tables import interactions_table, two_way_table
from sim.report.style import CHANGE_COLOURS, INK, MAP_COLOURS
from sim.text import Language, say, short

_DARK = 0.5
_AXIS: Spec = {"ticks": False, "domain": False, "labelLimit": 130}
_DOWN: Spec = {"field": "down", "type": "nominal", "title": None, "axis": _AXIS,
               "sort": {"field": "down_at", "op": "min"}}  # fmt: skip
_ACROSS: Spec = {"field": "across", "type": "nominal", "title": None, "axis": {**_AXIS, "labelAngle": -35},
                 "sort": {"field": "across_at", "op": "min"}}  # fmt: skip


def is_there(told: Told) -> bool:
    """Whether factors were varied together."""
    return any(_crossed(one) or len(one.two_way) for one in told.found)


def _crossed(one: Found) -> bool:
    return len(one.interactions) > 0 and len(one.runs.factors) > 2


def data(told: Told, lang: Language) -> Row:
    """A matrix of the first outcome for each scenario."""
    first = told.first
    outcome = first.runs.outcomes[0]
    rows, panels, tables = [], [], []
    for one in told.found:
        name = one.runs.scenario
        rows += list((_pairs if _crossed(one) else _grid)(one, outcome, name, lang))
        panels.append({"name": name, "title": told.under(one, short(outcome, lang), lang),
                       "unit": words.unit(outcome, lang, difference=_crossed(one)),
                       "encoding": {} if _crossed(one) else _titled(one, lang)})  # fmt: skip
        tables += (
            [interactions_table(one.runs, one.interactions, lang)]
            if _crossed(one)
            else [two_way_table(one.runs, one.two_way, lang)]
        )
    caption = say("report.sentence_break", lang).join([*(tables[0].note,), *alike_notes(first, lang)])
    kind = "interactions" if _crossed(first) else "two_way"
    heading = say(f"designs.headings.{kind}", lang, outcome=short(outcome, lang))
    return shown(told, heading, caption, tables, rows, panels)


def _pairs(one: Found, outcome: str, panel: str, lang: Language) -> Iterator[Row]:
    """What each pair of factors changes beyond the sum of its parts."""
    own = one.interactions[one.interactions["outcome"] == outcome].to_dict("records")
    most = max(abs(row["effect"]) for row in own) or 1.0
    shades = _shades([0.5 + row["effect"] / most / 2 for row in own], CHANGE_COLOURS)
    for row, shade in zip(own, shades, strict=True):
        names = [factor_name(one.runs.factors[int(row[side])], lang) for side in ("one", "two")]
        settled = "*" if row["p_adjusted"] < 0.05 else ""
        yield {
            "panel": panel, "down": names[0], "down_at": int(row["one"]), "across": names[1],
            "across_at": int(row["two"]), "label": words.effect(outcome, row["effect"]) + settled,
            "low": number(_scale(outcome) * row["ci_low"]), "high": number(_scale(outcome) * row["ci_high"]),
            "n": int(row["n"]), **shade,
        }  # fmt: skip


def _grid(one: Found, outcome: str, panel: str, lang: Language) -> Iterator[Row]:
    """The outcome at every pair of values of two factors."""
    own = one.two_way[one.two_way["outcome"] == outcome]
    means = own["mean"].to_numpy(float)
    low, high = np.nanmin(means), np.nanmax(means)
    shades = _shades((means - low) / ((high - low) or 1.0), MAP_COLOURS)
    levels = [one.runs.levels(which) for which in (0, 1)]
    names = [
        [value_name(one.runs.factors[which], value, lang) for value in levels[which]] for which in (0, 1)
    ]
    for row, shade in zip(own.to_dict("records"), shades, strict=True):
        at = [levels[which].index(row[side]) for which, side in enumerate(("one", "two"))]
        yield {
            "panel": panel, "down": names[0][at[0]], "down_at": -at[0],
            "across": names[1][at[1]], "across_at": at[1],
            "label": words.level(outcome, row["mean"]), "low": number(_scale(outcome) * row["ci_low"]),
            "high": number(_scale(outcome) * row["ci_high"]), "n": int(row["n"]), **shade,
        }  # fmt: skip


def _titled(one: Found, lang: Language) -> Spec:
    """Axes of values, with the names of their factors."""
    down, across = (named(factor, lang) for factor in one.runs.factors)
    axis = {**_ACROSS["axis"], "labelAngle": 0}
    return {"y": {**_DOWN, "title": down}, "x": {**_ACROSS, "title": across, "axis": axis}}


def _scale(outcome: str) -> float:
    return 100.0 if words.is_share(outcome) else 1.0


def _shades(places: Sequence[float] | np.ndarray, colours: str) -> list[Row]:
    """Colours of the report's figures at places of 0 to 1, and of the letters on them."""
    found = []
    for red, green, blue, _ in colormaps[colours](np.asarray(places, float)):
        bright = 0.3 * red + 0.59 * green + 0.11 * blue > _DARK
        found.append({"shade": to_hex((red, green, blue)), "ink": INK if bright else "#ffffff"})
    return found


def spec(lang: Language) -> Spec:
    """A matrix with its numbers."""
    plain: Spec = {"type": "nominal", "scale": None, "legend": None}
    heads = {
        "down": "down",
        "across": "across",
        "label": "value",
        "low": "mean_low",
        "high": "mean_high",
        "n": "n",
    }
    encoding: Spec = {"y": _DOWN, "x": _ACROSS, "tooltip": told(lang, heads, "+,.4~r")}
    layers: list[Spec] = [
        {"mark": {"type": "rect"}, "encoding": {"fill": {"field": "shade", **plain}}},
        {"mark": {"type": "text"}, "encoding": {"text": {"field": "label", "type": "nominal"},
                                                "color": {"field": "ink", **plain}}},
    ]  # fmt: skip
    return in_language(chart({"step": 34}, layers, encoding), lang)


VIEW = DesignView("together", is_there, data, spec)

"""One look for the page's charts: colours, dashes and shapes of the report's figures, light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sim.report.palette import INK, MUTED, marks
from sim.text import Language, say

type Theme = Literal["light", "dark"]
type Spec = dict[str, Any]

#: Fields of rows that hold numbers.
NUMBERS = frozenset({"value", "low", "high", "given", "lapsed", "year", "n"})
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_PLACES = [str(place) for place in range(7)]
_MARKS = list(marks(_PLACES).values())
#: Dash patterns in the order of scenarios, the baseline solid.
DASHES = [list(mark.dash[1]) if mark.dash[1] else [1, 0] for mark in _MARKS]
_SHAPES = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond", "v": "triangle-down",
           "P": "cross", "X": "triangle-right"}  # fmt: skip
SHAPES = [_SHAPES[mark.marker] for mark in _MARKS]
#: Black and dark blue are not seen on a dark ground: Okabe and Ito's lighter ones take their places.
_ON_DARK = {
    "#000000": "#F2F2F2",
    "#0072B2": "#56B4E9",
    "#56B4E9": "#9AD0F5",
    "#009E73": "#2BD3A4",
    "#D55E00": "#FF8A3D",
}
COLOURS: dict[Theme, list[str]] = {
    "light": [mark.colour for mark in _MARKS],
    "dark": [_ON_DARK.get(mark.colour, mark.colour) for mark in _MARKS],
}
#: Ink, muted ink, grid, and the paper of the page's views (`--paper` of style.css).
_GROUND: dict[Theme, tuple[str, str, str, str]] = {
    "light": (INK, MUTED, "#e6e6e6", "#ffffff"),
    "dark": ("#f2f2f2", "#b8b8b8", "#3d3d3d", "#1d2024"),
}
#: Axes of charts over the years: calendar time along, an outcome's level or an amount up.
TIME: Spec = {
    "field": "time", "type": "quantitative", "title": None,
    "scale": {"zero": False, "nice": False}, "axis": {"format": "d", "tickCount": 6, "grid": False},
}  # fmt: skip
LEVEL: Spec = {"type": "quantitative", "title": None, "axis": {"tickCount": 5}}
FONT = 'system-ui, "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", Meiryo, sans-serif'


def config(theme: Theme = "light") -> Spec:
    """The configuration of all charts in a theme; the ground is the page's own."""
    ink, muted, grid, ground = _GROUND[theme]
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "range": {"category": COLOURS[theme], "symbol": SHAPES, "heatmap": {"scheme": "cividis"}},
        "axis": {
            "labelColor": ink, "titleColor": ink, "tickColor": muted, "domainColor": muted, "gridColor": grid,
            "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 220,
            "labelSeparation": 8,
        },
        "legend": {"labelColor": ink, "titleColor": ink, "labelFontSize": 12, "labelLimit": 260,
                   "symbolStrokeWidth": 2, "orient": "bottom", "columns": 2},
        "title": {"color": ink, "fontSize": 14, "anchor": "start"},
        "rule": {"color": muted},
        "text": {"color": ink, "fontSize": 11},
        "line": {"strokeWidth": 2},
        "style": {
            "small": {"color": grid, "opacity": 0.6},
            # below numbers that a line may cross
            "halo": {"fill": ground, "stroke": ground, "strokeWidth": 4},
        },
    }  # fmt: skip


def chart(height: int | Spec, layers: list[Spec], encoding: Spec | None = None, **more: Any) -> Spec:
    """A specification of one panel: data by the name ``rows``, as wide as where it stands.

    ``usermeta.dark`` is the configuration for a dark ground.
    """
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"name": "rows"},
        "encoding": encoding or {},
        "layer": layers,
        "config": config(),
        "usermeta": {"dark": config("dark")},
        **more,
    }


def room(pixels: int) -> Spec:
    """Room beside marks for their words, in expressions by the name ``room``; a projector's is larger."""
    return {"name": "room", "value": pixels}


def by_scenario(channel: str, legend: bool = True) -> Spec:
    """The encoding that tells scenarios apart by ``color``, ``strokeDash`` or ``shape``."""
    found: Spec = {
        "field": "scenario",
        "type": "nominal",
        "sort": {"field": "place", "op": "min"},
        "title": None,
    }
    if channel == "strokeDash":
        found["scale"] = {"range": DASHES}
    if channel == "shape":
        found["scale"] = {"range": SHAPES}
    if not legend:
        found["legend"] = None
    return found


def by_place(place: int | None = None) -> Spec:
    """The same colours where the baseline is not shown: its black stays with it; or that of one place."""
    domain = list(range(len(_MARKS)))
    of: Spec = {"field": "place"} if place is None else {"datum": place}
    return {**of, "type": "nominal", "scale": {"domain": domain}, "legend": None}


def told(lang: Language, names: Mapping[str, str], format: str) -> list[Spec]:
    """What a pointer over a mark tells: fields and their heads; numbers in a format of d3."""
    return [
        {
            "field": field,
            "type": "quantitative" if field in NUMBERS else "nominal",
            "title": say(f"page.views.{head if '.' in head else f'heads.{head}'}", lang),
            **({"format": format} if field in NUMBERS - {"n", "year"} else {}),
        }
        for field, head in names.items()
    ]


def in_language(spec: Spec, lang: Language) -> Spec:
    """A specification that writes large numbers as the language does."""
    return {**spec, "usermeta": {**spec.get("usermeta", {}), "lang": lang}}


def band_layer() -> Spec:
    """A band from `low` to `high` for each scenario, filled by place so that lines keep their legend."""
    return {
        "mark": {"type": "area", "opacity": 0.16},
        "encoding": {"y": {**LEVEL, "field": "low"}, "y2": {"field": "high"}, "fill": by_place()},
    }


def line_layer() -> Spec:
    """A line through `value` for each scenario, in its colour and dash."""
    by = {channel: by_scenario(channel) for channel in ("color", "strokeDash")}
    return {"mark": {"type": "line"}, "encoding": {"y": {**LEVEL, "field": "value"}, **by}}

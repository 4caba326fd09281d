"""What each factor changes: a row per factor, a mark with its interval for every value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.page.designs.told import DesignView, Row, Told, shown
from sim.page.views.look import Spec, by_place, chart, in_language, told
from sim.page.views.view import number
from sim.report import words
from sim.report.designs.effects import SPACE, STEPS, strongest
from sim.report.designs.figures import MOST_BARS
from sim.report.designs.found import Found
from sim.report.designs.names import factor_name
from sim.report.designs.tables import changes_tables, side_name
from sim.text import Language, say, short

_UP, _DOWN = 1, 2


def is_there(told: Told) -> bool:
    """Whether values of factors can be compared."""
    return any(len(one.changes) and (~one.changes["first"]).any() for one in told.found)


def data(told: Told, lang: Language) -> Row:
    """The changes of all outcomes, or of the first one where there are several scenarios."""
    first = told.first
    outcome = first.runs.outcomes[0]
    several = len(told.found) > 1
    rows, panels, tables = [], [], []
    for one in told.found:
        for each in one.runs.outcomes[:1] if several else one.runs.shown:
            name = f"{one.runs.scenario}/{each}"
            rows += list(_rows(one, each, name, lang))
            title = told.under(one, short(each, lang), lang)
            panels.append({"name": name, "title": title, "unit": words.unit(each, lang)})
        tables += changes_tables(one.runs, one.changes, "", lang)[-1:]
    against, n = say(f"designs.beside.{first.shape}", lang), int(first.changes["n"].min())
    notes = [say("designs.figures.tornado.subtitle", lang, against=against, n=n)]
    if first.shape in (SPACE, STEPS):
        notes.append(say("designs.notes.no_sensitivity", lang))
    title = say("designs.figures.tornado.title", lang, outcome=short(outcome, lang))
    caption = say("report.sentence_break", lang).join(notes)
    return shown(told, title, caption, tables, rows, panels)


def _rows(one: Found, outcome: str, panel: str, lang: Language) -> Iterator[Row]:
    table = one.changes
    order = strongest(table, outcome)["factor"].head(MOST_BARS).tolist()
    own = table[(table["outcome"] == outcome) & ~table["first"]]
    factor = 100.0 if words.is_share(outcome) else 1.0
    for place, which in enumerate(order):
        rows = own[own["factor"] == which].to_dict("records")
        farthest = max(range(len(rows)), key=lambda at: abs(rows[at]["effect"]))
        reach = [factor * end for end in (*(row["effect"] for row in rows), 0.0)]
        for at, row in enumerate(rows):
            span = (min(reach), max(reach)) if at == 0 else (None, None)
            yield {
                "from": span[0], "to": span[1],
                "panel": panel, "factor": factor_name(one.runs.factors[which], lang), "order": place,
                "side": _side(one, which, row, lang), "place": _UP if row["effect"] >= 0 else _DOWN,
                "value": number(factor * row["effect"]), "low": number(factor * row["ci_low"]),
                "high": number(factor * row["ci_high"]), "n": int(row["n"]),
                "label": words.effect(outcome, float(row["effect"])) if at == farthest else "",
                "says": say(f"report.readings.{row['reading']}", lang),
            }  # fmt: skip


def _side(one: Found, factor: int, row: dict[Any, Any], lang: Language) -> str:
    if row["value"] is None and row["start"] != row["start"]:
        return say("designs.step", lang)
    return side_name(one.runs.factors[factor], row, lang)


def spec(lang: Language) -> Spec:
    """A mark with its interval for each value of each factor, the factor that moves most on top."""
    y: Spec = {"field": "factor", "type": "nominal", "title": None, "sort": {"field": "order", "op": "min"},
               "axis": {"ticks": False, "domain": False}}  # fmt: skip
    x: Spec = {"type": "quantitative", "title": None, "scale": {"padding": 34}, "axis": {"tickCount": 4}}
    heads = {"factor": "factor", "side": "side", "value": "difference", "low": "mean_low",
             "high": "mean_high", "n": "n", "says": "reading"}  # fmt: skip
    marked: Spec = {"color": by_place(), "tooltip": told(lang, heads, "+,.4~r")}
    layers: list[Spec] = [
        {"mark": {"type": "bar", "height": 12, "opacity": 0.18},
         "encoding": {"y": y, "x": {**x, "field": "from"}, "x2": {"field": "to"}}},
        {"mark": {"type": "rule"}, "encoding": {"x": {"datum": 0, "type": "quantitative"}}},
        {"mark": {"type": "rule", "strokeWidth": 2},
         "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, **marked}},
        {"mark": {"type": "point", "filled": True, "size": 55},
         "encoding": {"y": y, "x": {**x, "field": "value"}, **marked}},
        {"mark": {"type": "text", "dy": -9, "fontSize": 10},
         "encoding": {"y": y, "x": {**x, "field": "value"}, "text": {"field": "label", "type": "nominal"}}},
    ]  # fmt: skip
    return in_language(chart({"step": 30}, layers), lang)


VIEW = DesignView("changes", is_there, data, spec)

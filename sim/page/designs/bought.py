"""What each budget of each lever buys beyond the lowest one."""

from __future__ import annotations

from collections.abc import Iterator

from sim.page.designs.told import DesignView, Row, Told, shown
from sim.page.views.look import LEVEL, SHAPES, Spec, chart, in_language, told
from sim.page.views.view import number
from sim.report.designs.found import Found
from sim.report.designs.names import factor_name
from sim.report.designs.tables import bought_name, yields_table
from sim.text import Language, say
from sim.text.numbers import money

#: Colours return after seven levers, with other shapes.
_SHAPES = [*SHAPES, *SHAPES[1:], SHAPES[0]]


def is_there(told: Told) -> bool:
    """Whether levers stand at several budgets, with a ledger."""
    return any(len(one.budgets) for one in told.found)


def data(told: Told, lang: Language) -> Row:
    """A panel for each thing bought, a line for each lever."""
    rows, panels = [], []
    for one in told.found:
        for outcome in dict.fromkeys(one.budgets["outcome"]) if len(one.budgets) else ():
            name = f"{one.runs.scenario}/{outcome}"
            panels.append(
                {"name": name, "title": told.under(one, bought_name(outcome, lang), lang), "unit": ""}
            )
            rows += list(_rows(one, outcome, name, lang))
    tables = [yields_table(one.runs, one.budgets, lang) for one in told.found]
    n = max(int(one.budgets["n"].max()) for one in told.found if len(one.budgets))
    caption = say("designs.figures.curves.subtitle", lang, n=n)
    return shown(told, say("designs.figures.curves.title", lang), caption, tables, rows, panels)


def _rows(one: Found, outcome: str, panel: str, lang: Language) -> Iterator[Row]:
    own = one.budgets[one.budgets["outcome"] == outcome]
    for order, which in enumerate(dict.fromkeys(own["factor"])):
        name = factor_name(one.runs.factors[which], lang)
        common = {"panel": panel, "lever": name, "order": order}
        yield {**common, "spent": 0.0, "value": 0.0, "low": None, "high": None, "n": None, "budget": ""}
        for row in own[own["factor"] == which].to_dict("records"):
            ends = {"value": row["units"], "low": row["units_low"], "high": row["units_high"]}
            yield {
                **common, "spent": number(row["spent"]), **{key: number(end) for key, end in ends.items()},
                "n": int(row["n"]), "budget": money(float(row["budget"]), lang),
            }  # fmt: skip


def spec(lang: Language) -> Spec:
    """Units bought over money spent, a line for each lever."""
    by: Spec = {"field": "lever", "type": "nominal", "sort": {"field": "order", "op": "min"}, "title": None}
    x: Spec = {"field": "spent", "type": "quantitative", "title": say("designs.figures.curves.axis", lang),
               "scale": {"padding": 14}, "axis": {"tickCount": 5, "grid": False}}  # fmt: skip
    shape: Spec = {"shape": {**by, "scale": {"range": _SHAPES}}}
    heads = {"lever": "fund", "budget": "budget", "spent": "spent", "value": "value", "low": "mean_low",
             "high": "mean_high", "n": "n"}  # fmt: skip
    tip = told(lang, heads, ",.4~r")
    line: Spec = {"color": {**by, "legend": None}}
    layers: list[Spec] = [
        {"mark": {"type": "line"}, "encoding": {"y": {**LEVEL, "field": "value"}, **line}},
        {"mark": {"type": "rule"},
         "encoding": {"y": {**LEVEL, "field": "low"}, "y2": {"field": "high"}, **line}},
        {"mark": {"type": "point", "filled": True, "size": 50},
         "encoding": {"y": {**LEVEL, "field": "value"}, "color": by, **shape, "tooltip": tip}},
    ]  # fmt: skip
    # scales of their own, or a legend of colours stands beside one of shapes
    apart: Spec = {"scale": {"color": "independent", "shape": "independent"}}
    return in_language(chart(260, layers, {"x": x}, resolve=apart), lang)


VIEW = DesignView("bought", is_there, data, spec)

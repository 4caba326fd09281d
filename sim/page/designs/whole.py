"""Scenarios as a whole: against the baseline, point by point, and where each ends."""

from __future__ import annotations

from sim.page.designs.told import DesignView, Row, Told, shown
from sim.page.views import effects
from sim.page.views.look import Spec
from sim.report.designs import scenarios
from sim.report.designs.tables import points_table
from sim.text import Language, say, short


def _scenarios(told: Told, lang: Language) -> Row:
    """Every scenario against the baseline, averaged over the points of a design."""
    titles = told.titles(lang)
    baseline = str(told.effects["baseline"].iloc[0])
    order = [baseline, *(name for name in told.results.scenarios if name != baseline)]
    table = scenarios.effects_table(told.results, told.effects, titles, lang)
    found: list[Row] = [{**row} for _, row in told.effects.iterrows()]
    rows = effects.rows_of(found, titles, {name: place for place, name in enumerate(order)}, lang)
    panels = effects.panels_of([row["outcome"] for row in found], lang)
    title = say("designs.headings.scenarios", lang)
    return shown(told, title, table.note, [table], rows, panels)


def _points(told: Told, lang: Language) -> Row:
    """Every point against the first one."""
    tables = [points_table(one.runs, one.points, lang) for one in told.found]
    outcome = short(told.first.runs.outcomes[0], lang)
    title = say("designs.headings.points", lang, outcome=outcome)
    return shown(told, title, next(table.note for table in tables if table), tables, [], [])


def _levels(told: Told, lang: Language) -> Row:
    """Where each scenario ends."""
    table = scenarios.levels_table(told.results, told.titles(lang), lang)
    return shown(told, say("designs.headings.levels", lang), table.note, [table], [], [])


def _no_chart(_: Language) -> Spec | None:
    return None


SCENARIOS = DesignView("scenarios", lambda told: len(told.effects) > 0, _scenarios, effects.spec)
POINTS = DesignView("points", lambda told: any(len(one.points) for one in told.found), _points, _no_chart)
LEVELS = DesignView("levels", lambda _: True, _levels, _no_chart)

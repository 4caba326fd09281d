"""Every figure, and all of them at once for a results folder.

A figure function takes a tidy table and gives a ``matplotlib.figure.Figure``; it leaves no setting
of matplotlib changed and may be called from any thread. ``draw_figures`` writes all that a folder
has tables for, as SVG and PNG.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sim.report.effects import MAIN_OUTCOMES, effect_of_scenarios, progress_by_goal, public_money
from sim.report.funnel import where_deals_die
from sim.report.over_time import adoption_over_time, partnerships_over_time
from sim.report.places import left_behind_by_size, map_of_municipalities
from sim.report.style import save
from sim.report.tables import money_effects, observed_adoption, runs_of, with_project
from sim.report.words import say, title_of
from sim.results import Results
from sim.worlds import World, load_world

__all__ = [
    "adoption_over_time", "draw_figures", "effect_of_scenarios", "left_behind_by_size",
    "map_of_municipalities", "partnerships_over_time", "progress_by_goal", "public_money", "where_deals_die",
]  # fmt: skip

type Drawings = dict[str, Callable[[], Figure]]

_PROJECTS = ("scenario", "point", "replicate", "jis_code", "projects_signed")
_ENDS = ("scenario", "point", "replicate", "verdict", "state")


@dataclass(frozen=True)
class Request:
    """What the figures of a results folder need.

    Attributes:
        results: the folder.
        titles: scenario -> title, in the language of the figures.
        baseline: scenario that the others are compared with, if there is one.
        best: scenario to show next to the baseline (or else the first); None for the next in line.
        effects: as of ``main_effects``; empty without a baseline.
        lang: ``en`` or ``ja``.
    """

    results: Results
    titles: dict[str, str]
    baseline: str | None
    best: str | None
    effects: pd.DataFrame
    lang: str

    @property
    def pair(self) -> list[str]:
        """The scenarios of figures that show only two."""
        first = self.baseline or self.results.scenarios[0]
        others = [name for name in self.results.scenarios if name != first]
        return [first, *([self.best] if self.best else others[:1])]

    def recorded(self, table: str) -> bool:
        """True if the folder keeps this table."""
        return table in self.results.manifest.record


def main_effects(results: Results, comparison: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Effects at the end of the horizon on the main outcomes and, with a ledger, on public money."""
    last = comparison[comparison["quarter"].astype(str) == results.quarters[-1]]
    chosen = last[last["outcome"].isin(MAIN_OUTCOMES)]
    if "ledger" not in results.manifest.record:
        return chosen.reset_index(drop=True)
    return pd.concat([chosen, money_effects(results.ledger, baseline)], ignore_index=True)


def draw_figures(request: Request) -> list[Path]:
    """Draw all figures into the folder ``figures`` of the results; returns the SVG files, in order."""
    folder = request.results.folder / "figures"
    drawings = _lines_and_effects(request) | _ways_and_places(request)
    return [save(draw(), folder, name)[0] for name, draw in drawings.items()]


def _lines_and_effects(request: Request) -> Drawings:
    results = request.results
    titles, lang = request.titles, request.lang
    observed = observed_adoption() if results.manifest.world == "japan" else None
    drawings: Drawings = {}
    if len(request.effects):
        drawings["effects"] = partial(effect_of_scenarios, request.effects, titles=titles, lang=lang)
    drawings["partnerships"] = partial(partnerships_over_time, results.series, titles=titles, lang=lang)
    drawings["adoption"] = partial(
        adoption_over_time, results.series, observed=observed, titles=titles, lang=lang
    )
    drawings["goals"] = partial(progress_by_goal, results.series, titles=titles, lang=lang)
    if request.recorded("ledger"):
        drawings["money"] = partial(public_money, results.ledger, titles=titles, lang=lang)
    return drawings


def _ways_and_places(request: Request) -> Drawings:
    results = request.results
    titles, lang = request.titles, request.lang
    deals = results.table("deals", _ENDS) if request.recorded("deals") else None
    drawings: Drawings = {
        "funnel": partial(
            where_deals_die, results.series, deals, scenarios=request.pair, titles=titles, lang=lang
        )
    }
    if not request.recorded("municipalities"):
        return drawings
    ends = results.table("municipalities", _PROJECTS)
    places = places_of(load_world(results.manifest.world, results.manifest.seed))
    drawings["left_behind"] = partial(left_behind_by_size, ends, places, titles=titles, lang=lang)
    return drawings | _maps(request, with_project(ends, places), runs_of(ends))


def _maps(request: Request, table: pd.DataFrame, runs: int) -> Drawings:
    first, *others = request.pair
    names = [title_of(name, request.titles) for name in request.pair]
    draw = partial(map_of_municipalities, runs=runs, lang=request.lang)
    base = table[table["scenario"] == first]
    drawings: Drawings = {"map": partial(draw, base, subject=names[0])}
    if others and request.baseline is not None:
        other = table.loc[table["scenario"] == others[0], ["jis_code", "probability"]]
        both = base.merge(other, on="jis_code", suffixes=("", "_other"))
        change = both.assign(probability=both["probability_other"] - both["probability"])
        subject = say(request.lang, "{1} against {0}", "{1}（{0}との差）").format(*names)
        drawings["map_change"] = partial(draw, change, difference=True, subject=subject)
    return drawings


def places_of(world: World) -> pd.DataFrame:
    """``jis_code``, ``latitude``, ``longitude`` and ``population`` of a world's municipalities."""
    return pd.DataFrame(
        {
            "jis_code": world.labels.jis_code,
            "latitude": world.labels.latitude,
            "longitude": world.labels.longitude,
            "population": world.municipalities.population,
        }
    )

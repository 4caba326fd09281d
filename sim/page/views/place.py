"""One municipality or prefecture: its own path with bands, and its deals."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.errors import InputError
from sim.kernel.world import World
from sim.page.views.look import Spec
from sim.page.views.over_time import spec as lines
from sim.page.views.over_time import time
from sim.page.views.pairs import Floats, Integers, OneRun, Pairs, label
from sim.page.views.reduced import adopted, projects
from sim.page.views.view import HIGH, LOW, Asked, Row, View, effects_caption, framed, heads, panels, when
from sim.report import words
from sim.report.municipalities import prefecture_name, town_name
from sim.statistics.contrasts import paired
from sim.text import Language, say
from sim.worlds.focus import Place, find_place

NAME = "place"
MEASURES = ("adopted", "signed", "under_way")
#: Deals that are listed.
MOST = 40


def asked_place(pairs: Pairs, at: Asked) -> Place | None:
    """The place that is meant; None where none is chosen, or the world has none of that name."""
    if not at.place:
        return None
    try:
        return find_place(at.place, pairs.world)
    except InputError:
        return None


def called(world: World, place: Place, lang: Language) -> str:
    """What a place is called."""
    if place.municipality is None:
        return prefecture_name(world, place.prefecture, lang)
    return town_name(world, place.municipality, lang)


def _told(world: World, place: Place, lang: Language) -> str:
    """A municipality with its prefecture, as several are called the same."""
    name = called(world, place, lang)
    if place.municipality is None:
        return name
    prefecture = prefecture_name(world, int(world.municipalities.prefecture[place.municipality]), lang)
    return f"{prefecture}{name}" if lang == "ja" else f"{name}, {prefecture}"


def members(world: World, place: Place) -> Integers:
    """Places in the world of its municipalities."""
    if place.municipality is not None:
        return np.array([place.municipality])
    return np.flatnonzero(np.asarray(world.municipalities.prefecture) == place.prefecture)


def paths(pairs: Pairs, name: str, place: Place) -> dict[str, Floats]:
    """(replicates, quarters) of each measure of a scenario in a place."""
    inside = np.zeros(len(pairs.world.labels.jis_code), bool)
    inside[members(pairs.world, place)] = True
    each = [_path(run, pairs, inside) for run in pairs.runs[name]]
    return {measure: np.stack([one[measure] for one in each]) for measure in MEASURES}


def _path(run: OneRun, pairs: Pairs, inside: np.ndarray[Any, Any]) -> dict[str, Floats]:
    count, made = pairs.quarters, projects(run, pairs.world)
    here = inside[made.municipality]
    start, end = made.start[here], made.end[here]
    when = adopted(run, pairs.world)[inside]
    found = {
        "adopted": 100 * _until(when, count) / inside.sum(),
        "signed": _until(start[~made.renewal[here]], count),
        "under_way": _until(start, count) - _until(end, count),
    }
    return {name: np.asarray(values, np.float64) for name, values in found.items()}


def _until(quarters: Integers, count: int) -> Floats:
    """(quarters,) how many have come by the end of each."""
    return np.asarray(np.bincount(quarters[quarters < count], minlength=count).cumsum(), np.float64)


def data(pairs: Pairs, at: Asked) -> Row:
    """Mean and 5-95% of runs over time; levels and differences at the quarter; deals of one run."""
    lang, quarter = at.lang, pairs.quarter(at.year)
    place = asked_place(pairs, at)
    if place is None:
        none = say("page.views.place.none", lang)
        return framed(pairs, at, say("page.views.place.choose", lang), none, [], [], []) | {"chosen": False}
    own = {name: paths(pairs, name, place) for name in pairs.names}
    rows: list[Row] = []
    cells: list[list[Any]] = []
    for measure in MEASURES:
        what = say(f"page.views.place.{measure}", lang)
        for number_, name in enumerate(pairs.names):
            values, title = own[name][measure], pairs.title(name, lang)
            same = {"panel": measure, "scenario": title, "place": number_, "n": pairs.replicates}
            rows += [same | row for row in _rows(values)]
            contrast = paired(values[:, [quarter]], own[pairs.baseline][measure][:, [quarter]])
            ends = [float(each[0]) for each in (contrast.effect, *contrast.interval())]
            low, high = (float(each) for each in np.quantile(values[:, quarter], [LOW, HIGH]))
            mean = float(values[:, quarter].mean())
            levels = [words.number(round(each, 2)) for each in (mean, low, high)]
            changed = [words.signed(round(each, 2)) for each in ends] if number_ else [""] * 3
            cells.append([what, title, *levels, *changed, pairs.replicates])
    columns = heads(
        at, "measure", "scenario", "mean", "run_low", "run_high", "difference", "mean_low", "mean_high", "n"
    )
    name = called(pairs.world, place, lang)
    title = say("page.views.place.title", lang, name=_told(pairs.world, place, lang), quarter=when(pairs, at))
    caption = f"{say('page.views.place.caption', lang, n=pairs.replicates)} {effects_caption(pairs, at)}"
    found = framed(pairs, at, title, caption, rows, columns, cells, panels(at, NAME, MEASURES))
    return found | {"chosen": True, "name": name, "deals": _deals(pairs, at, place, quarter)}


def _rows(values: Floats) -> list[Row]:
    low, high = np.quantile(values, [LOW, HIGH], axis=0)
    ends = zip(values.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True)
    return [
        {"time": time(t), "quarter": label(t), "value": v, "low": lo, "high": hi}
        for t, (v, lo, hi) in enumerate(ends)
    ]


def _deals(pairs: Pairs, at: Asked, place: Place, quarter: int) -> Row:
    """The newest deals of the first run of each scenario, as a table."""
    lang, rows = at.lang, []
    codes = pairs.world.labels.jis_code
    wanted = {codes[i] for i in members(pairs.world, place)}
    for name in pairs.names:
        run = pairs.runs[name][0]
        table = run.tables["deals"]
        towns, states = run.words("deals", "municipality"), run.words("deals", "state")
        inside = np.array([*(code in wanted for code in towns), False])[run.codes("deals", "municipality")]
        signed = np.array([*(state != "not_signed" for state in states), False])[run.codes("deals", "state")]
        when_ = run.quarters("deals", "quarter")
        here = np.flatnonzero(inside & signed & (when_ <= quarter))
        newest = here[np.argsort(-when_[here], kind="stable")][: MOST // len(pairs.names)]
        for row in table.take(newest).to_pylist():
            town = town_name(pairs.world, codes.index(row["municipality"]), lang)
            ended = row["end_quarter"] if row["end_quarter"] and row["end_quarter"] <= label(quarter) else ""
            state = row["state"] if ended else "active"
            cost, tied = round(float(row["cost"]), 1), words.goal(int(row["goal"]), lang)
            told = say(f"page.views.states.{state}", lang)
            rows.append([pairs.title(name, lang), row["quarter"], town, tied, cost, told, ended])
    columns = heads(at, "scenario", "signed", "municipality", "goal", "cost", "state", "ended")
    return {"title": say("page.views.place.deals", lang), "heads": columns, "rows": rows}


def spec(lang: Language) -> Spec:
    """Lines with bands, as over time."""
    return lines(lang)


VIEW = View(NAME, data, spec, ("series", "municipalities", "deals"))

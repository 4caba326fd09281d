"""What maps and places need of a run: who adopted when, which projects ran where and when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.kernel.world import World
from sim.page.views.pairs import NEVER, Floats, Integers, OneRun, Pairs

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Projects:
    """Projects signed in a run, renewals of partnerships included; one place an array for each.

    Attributes:
        municipality: its place in the world.
        start, end: quarters; ``NEVER`` where it still runs.
        renewal: whether it goes on with an earlier one.
        completed: whether it ended well, where it ended.
    """

    municipality: Integers
    start: Integers
    end: Integers
    renewal: Flags
    completed: Flags


@lru_cache(maxsize=8)
def _places(codes: tuple[str, ...]) -> dict[str, int]:
    return {code: place for place, code in enumerate(codes)}


def _rows(run: OneRun, table: str, column: str, world: World) -> Integers:
    """Place in the world of each row's municipality."""
    words, codes = run.words(table, column), run.codes(table, column)
    if words == world.labels.jis_code:
        return codes
    places = _places(tuple(world.labels.jis_code))
    return np.array([places[word] for word in words], np.int64)[codes]


def adopted(run: OneRun, world: World) -> Integers:
    """(municipalities,) quarter from which each promotes the SDGs; ``NEVER`` where it does not."""

    def make(run: OneRun) -> Integers:
        found = np.full(len(world.labels.jis_code), NEVER, np.int64)
        rows = _rows(run, "municipalities", "jis_code", world)
        found[rows] = run.quarters("municipalities", "adopted_quarter")
        return found

    return run.keep("adopted", make)


def projects(run: OneRun, world: World) -> Projects:
    """The projects of a run."""

    def make(run: OneRun) -> Projects:
        words = [*run.words("deals", "state"), ""]
        state = run.codes("deals", "state")
        signed = np.array([word not in ("not_signed", "") for word in words], bool)[state]
        return Projects(
            _rows(run, "deals", "municipality", world)[signed],
            run.quarters("deals", "quarter")[signed],
            run.quarters("deals", "end_quarter")[signed],
            ~np.asarray(run.tables["deals"]["renewed_from"].is_null())[signed],
            np.array([word == "completed" for word in words], bool)[state][signed],
        )

    return run.keep("projects", make)


def first_project(run: OneRun, world: World) -> Integers:
    """(municipalities,) quarter of the first signature; ``NEVER`` where there was none."""

    def make(run: OneRun) -> Integers:
        found = np.full(len(world.labels.jis_code), NEVER, np.int64)
        made = projects(run, world)
        np.minimum.at(found, made.municipality, made.start)
        return found

    return run.keep("first_project", make)


def reached_by(quarters: list[Integers], count: int) -> Integers:
    """(quarters, municipalities) runs in which it has happened by the end of each quarter."""
    places = len(quarters[0])
    every = np.concatenate([np.arange(places)] * len(quarters))
    when = np.concatenate(quarters)
    there = when < count
    changes = np.bincount(when[there] * places + every[there], minlength=count * places)
    return np.asarray(changes.reshape(count, places).cumsum(axis=0), np.int64)


def running(made: list[Projects], count: int, places: int) -> Integers:
    """(quarters, municipalities) projects under way at the end of each quarter, runs added up."""
    change = np.zeros(count * places, np.int64)
    for quarters, sign in (("start", 1), ("end", -1)):
        when = np.concatenate([getattr(one, quarters) for one in made])
        where = np.concatenate([one.municipality for one in made])
        there = when < count
        change += sign * np.bincount(when[there] * places + where[there], minlength=count * places)
    return np.asarray(change.reshape(count, places).cumsum(axis=0), np.int64)


def under_way(made: Projects, quarter: int, places: int) -> Integers:
    """(municipalities,) projects of a run that are under way at the end of a quarter."""
    now = (made.start <= quarter) & (made.end > quarter)
    return np.bincount(made.municipality[now], minlength=places)


def by_prefecture(pairs: Pairs, name: str, measure: str, quarter: int) -> Floats:
    """(replicates, prefectures) share of municipalities, or projects under way, at a quarter."""
    world = pairs.world
    home = np.asarray(world.municipalities.prefecture)
    count = len(world.labels.prefecture)
    members = np.maximum(np.bincount(home, minlength=count), 1)

    def of(run: OneRun) -> Floats:
        if measure == "under_way":
            values = under_way(projects(run, world), quarter, len(home))
            return np.bincount(home, values, count)
        first = adopted(run, world) if measure == "adopted" else first_project(run, world)
        return np.bincount(home, first <= quarter, count) / members

    return np.stack([run.keep(f"prefecture:{measure}:{quarter}", of) for run in pairs.runs[name]])

"""What a user must know of a world of one's own: what its tables do not give, and where Japan comes in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.errors import InputError
from sim.kernel.world import GOALS
from sim.text import Language, say
from sim.worlds.build import MUNICIPALITIES_OF_JAPAN
from sim.worlds.from_tables import usual_institutions
from sim.worlds.given import SELECTIONS, Given
from sim.worlds.goals import goal_column, share_of_the_old, shifted_by_proxies
from sim.worlds.places import find_prefecture

#: Columns that are drawn where they are not given, and by which every municipality has a trait.
DRAWN = ("share65plus", "area_km2", "fiscal_capability")
_MOST_NAMED = 12


def notes_of(given: Given, language: Language) -> list[str]:
    """A line for each thing that the tables of a world do not give, or that is not read."""
    places, total = given.places, len(given.places.ids)
    lines = []
    missing = [name for name in DRAWN if name not in places.numbers]
    goals = [goal_column(goal) for goal in range(GOALS) if goal_column(goal) not in places.numbers]
    if missing:
        lines.append(say("world_notes.drawn", language, names=listed(missing)))
    for name, blank in _blanks(given).items():
        lines.append(say("world_notes.blank", language, name=name, count=blank))
    if goals:
        key = "world_notes.goals_shifted" if shifted_by_proxies(places) else "world_notes.goals_drawn"
        lines.append(say(key, language, names=goals_named(goals)))
    nobody = [name for name in SELECTIONS if name not in places.selected]
    if nobody:
        lines.append(say("world_notes.nobody", language, names=listed(nobody)))
    if strangers := _strangers(given.regions.names):
        lines.append(say("world_notes.strangers", language, names=listed(strangers)))
    for name in given.defaults:
        count = len(given.companies.home) if name == "companies" else usual_institutions(total)
        lines.append(say(f"world_notes.{name}", language, count=count))
    if given.unused:
        lines.append(say("world_notes.unused", language, names=listed(given.unused)))
    facts = {"count": total, "japan": MUNICIPALITIES_OF_JAPAN}
    lines.append(say("world_notes.scale", language, share=100 * total / MUNICIPALITIES_OF_JAPAN, **facts))
    return lines


def _strangers(regions: Sequence[str]) -> list[str]:
    """Regions that are no prefectures of Japan where others are: mistyped, as like as not."""
    strange = []
    for name in regions:
        try:
            find_prefecture(name)
        except InputError:
            strange.append(name)
    return strange if len(strange) < len(regions) else []


def _blanks(given: Given) -> dict[str, int]:
    """Blank cells of columns that are given, but for shares of the old where hardly anybody lives."""
    values = dict(given.places.numbers)
    if "share65plus" in values:
        values["share65plus"] = share_of_the_old(given.places)
    return {name: int(blank) for name, column in values.items() if (blank := np.isnan(column).sum())}


def listed(names: list[str] | tuple[str, ...]) -> str:
    """Names on a line, cut where they are many."""
    rest = f" ... ({len(names)})" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + rest


def goals_named(names: list[str]) -> str:
    """Columns of goals, all of them as a range."""
    return f"{names[0]} - {names[-1]}" if len(names) == GOALS else listed(names)

"""Goal states at the start: as given, else by figures of the municipalities, else drawn."""

from __future__ import annotations

import numpy as np

from sim.kernel.world import GOALS, Floats
from sim.worlds.build import standard_score
from sim.worlds.given import Places
from sim.worlds.synthetic import draw_goals
from sim.worlds.tables import read_table

INHABITED = 100  # below this many residents (evacuated) the share of the old says nothing
#: Columns of places by which the goals at the start are shifted, where all of them are given.
PROXIES = ("share65plus", "area_km2", "habitable_area_km2", "fiscal_capability", "establishments")
LOWEST_GOAL, HIGHEST_GOAL = 0.02, 0.98


def goals_at_start(places: Places, fiscal_strength: Floats, ageing: Floats, seed: int) -> Floats:
    """Goal states as given; the others by municipal figures or, where these are not known, drawn."""
    if shifted_by_proxies(places):
        goals = shifted_goals(places, fiscal_strength, ageing)
    else:
        goals = draw_goals(seed, places.region)
    for goal in range(GOALS):
        given = places.numbers.get(goal_column(goal))
        if given is not None:
            goals[:, goal] = np.where(np.isnan(given), goals[:, goal], given)
    return np.clip(goals, LOWEST_GOAL, HIGHEST_GOAL)


def goal_column(goal: int) -> str:
    """Name of the column of a goal, which is numbered from 0."""
    return f"goal_{goal + 1:02d}"


def shifted_by_proxies(places: Places) -> bool:
    """Whether all figures are known by which goals are shifted."""
    known = [places.known(name) is not None for name in PROXIES if name != "share65plus"]
    return all(known) and not np.isnan(share_of_the_old(places)).any()


def shifted_goals(places: Places, fiscal_strength: Floats, ageing: Floats) -> Floats:
    """Japan's score of 2018 by goal / 100, shifted by municipal proxies, clipped to [.02, .98]."""
    people = np.maximum(places.population, 200.0)
    area, habitable = places.numbers["area_km2"], places.numbers["habitable_area_km2"]
    proxies = {
        "ageing": ageing,
        "fiscal": standard_score(np.log(fiscal_strength)),
        "forest": standard_score(1.0 - habitable / area),
        "density": standard_score(np.log(people / habitable)),
        "farmland": standard_score(np.log(habitable / people)),
        "business": standard_score(places.numbers["establishments"] / people),
    }
    goals = np.tile(national_goals(), (len(people), 1))
    for rule in read_table("goal_proxies"):
        goals[:, int(rule["goal"]) - 1] += float(rule["shift"]) * np.clip(proxies[rule["proxy"]], -3.0, 3.0)
    return np.clip(goals, LOWEST_GOAL, HIGHEST_GOAL)


def national_goals() -> Floats:
    """Japan's score of 2018 on each of the 17 goals, from 0 to 1 (Sustainable Development Report 2023)."""
    rows = [row for row in read_table("sdg_index_japan") if row["year"] == "2018"]
    scores = {row["item"]: float(row["value"]) for row in rows}
    return np.array([scores[f"goal {goal}"] / 100.0 for goal in range(1, GOALS + 1)])


def share_of_the_old(places: Places) -> Floats:
    """Share aged 65 or more; the region's share where fewer than 100 people live; NaN where not known."""
    share = places.numbers.get("share65plus")
    if share is None:
        return np.full(len(places.ids), np.nan)
    people = np.where(places.population < INHABITED, 0.0, places.population)
    old = np.where(people > 0, share, 0.0) * people
    with np.errstate(invalid="ignore"):
        of_region = np.bincount(places.region, old) / np.bincount(places.region, people)
    return np.where(people > 0, share, of_region[places.region])

"""From the tables of a world to the world: what is not given is drawn as in ``synthetic``.

What is real in ``japan`` and what is drawn, with sources, is written in docs/data.md.
"""

from __future__ import annotations

import numpy as np

from sim.kernel.world import (
    GOALS,
    Flags,
    Floats,
    InstitutionTraits,
    Integers,
    Labels,
    MunicipalityTraits,
    PrefectureTraits,
    World,
)
from sim.worlds import synthetic
from sim.worlds.build import (
    Point,
    Traits,
    assemble,
    municipality_traits,
    prefecture_centres,
    size_score,
    standard_score,
)
from sim.worlds.chance import Column
from sim.worlds.companies import draw_companies
from sim.worlds.given import Given, Places, Regions
from sim.worlds.institutions import draw_institutions, institution_names
from sim.worlds.tables import read_table

EARTH_RADIUS = 6_371.0
INHABITED = 100  # below this many residents (evacuated) the share of the old says nothing
#: Columns of places by which the goals at the start are shifted, where all of them are given.
PROXIES = ("share65plus", "area_km2", "habitable_area_km2", "fiscal_capability", "establishments")
LOWEST_GOAL, HIGHEST_GOAL = 0.02, 0.98


def build(given: Given, seed: int) -> World:
    """The world of these tables; what they do not give is drawn with the seed.

    Args:
        given: content of the tables.
        seed: 0 to 2**64 - 1.
    """
    places, regions = given.places, given.regions
    municipalities = municipality_traits(seed, municipal_traits(places, seed))
    institutions, names = _institutions(given, seed)
    return assemble(
        given.name,
        seed,
        municipalities,
        draw_companies(seed, given.companies, municipalities, places),
        institutions,
        prefecture_columns(municipalities, regions),
        Labels(
            jis_code=places.ids,
            municipality=places.names,
            municipality_romaji=places.romaji,
            latitude=places.latitude,
            longitude=places.longitude,
            prefecture=regions.names,
            prefecture_romaji=regions.romaji,
            institution=names,
        ),
    )


def _institutions(given: Given, seed: int) -> tuple[InstitutionTraits, list[str]]:
    if given.institutions is not None:
        return draw_institutions(seed, given.institutions), institution_names(given.institutions)
    count = usual_institutions(len(given.places.ids))
    drawn = synthetic.draw_institutions(seed, count, len(given.regions.names))
    return drawn, [f"Institution {number}" for number in range(1, count + 1)]


def usual_companies(municipalities: int) -> int:
    """Companies of a world that does not give them."""
    return max(1, round(synthetic.COMPANIES_EACH * municipalities))


def usual_institutions(municipalities: int) -> int:
    """Institutions of a world that does not give them."""
    return max(1, round(synthetic.INSTITUTIONS_EACH * municipalities))


def municipal_traits(places: Places, seed: int) -> Traits:
    """Traits of the municipalities, given or drawn."""
    size = size_score(places.population)
    fiscal_strength = _fiscal_strength(places, size, seed)
    share = share_of_the_old(places)
    ageing = scored(share, synthetic.correlated(seed, Column.AGEING, size, synthetic.AGEING_BY_SIZE))
    area = places.numbers.get("area_km2", np.full(len(size), np.nan))
    land = scored(np.log(area), synthetic.correlated(seed, Column.LAND, size, synthetic.LAND_BY_SIZE))
    return Traits(
        population=places.population,
        fiscal_strength=fiscal_strength,
        prefecture=places.region,
        position=on_the_sphere(places.latitude, places.longitude),
        ageing=ageing,
        land=land,
        goals=goals_at_start(places, fiscal_strength, ageing, seed),
        legacy=places.selections("legacy"),
        cohort_2018=places.selections("cohort_2018"),
        model_2018=places.selections("model_2018"),
        network_2018=places.selections("network_2018"),
    )


def _fiscal_strength(places: Places, size: Floats, seed: int) -> Floats:
    index = places.numbers.get("fiscal_capability", np.full(len(size), np.nan))
    drawn = synthetic.draw_fiscal_strength(seed, size)
    return np.where(np.isnan(index), drawn, np.clip(index, 0.05, 2.5))


def scored(values: Floats, drawn: Floats) -> Floats:
    """Standard scores of the values; the drawn score where a value is not known."""
    known = ~np.isnan(values)
    if known.all():
        return standard_score(values)
    scores = drawn.copy()
    if known.any():
        scores[known] = standard_score(values[known])
    return scores


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


def on_the_sphere(latitude: Floats, longitude: Floats) -> Point:
    """Positions in km in three dimensions, so that chords stand for distances."""
    north, east = np.radians(latitude), np.radians(longitude)
    return Point(
        EARTH_RADIUS * np.cos(north) * np.cos(east),
        EARTH_RADIUS * np.cos(north) * np.sin(east),
        EARTH_RADIUS * np.sin(north),
    )


def goals_at_start(places: Places, fiscal_strength: Floats, ageing: Floats, seed: int) -> Floats:
    """Goal states as given; the others by municipal figures or, where these are not known, drawn."""
    if shifted_by_proxies(places):
        goals = shifted_goals(places, fiscal_strength, ageing)
    else:
        goals = synthetic.draw_goals(seed, places.region)
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


def business_by_region(places: Places, regions: int) -> Floats:
    """Establishments of each region, or its people where these are not known."""
    establishments = places.known("establishments")
    if establishments is None or not establishments.any():
        establishments = places.population
    business: Floats = np.bincount(places.region, establishments, regions)
    return business


def prefecture_columns(municipalities: MunicipalityTraits, regions: Regions) -> PrefectureTraits:
    """Regions at their centres, with the selections of FY2018."""
    centre = prefecture_centres(municipalities, len(regions.names))
    return PrefectureTraits(centre.x, centre.y, centre.z, regions.cohort_2018, regions.model_2018)


def listed(codes: list[str], wanted: list[str]) -> Flags:
    """1 where the code is among the wanted ones."""
    return np.isin(np.array(codes), np.array(wanted)).astype(np.uint8)


def regions_of(names: list[str]) -> tuple[list[str], Integers]:
    """The regions in the order in which they are first named, and the number of that of each place."""
    known = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return list(known), np.array([known[name] for name in names], np.int64)

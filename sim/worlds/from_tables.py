"""From the tables of a world to the world: what is not given is drawn as in ``synthetic``.

What is real in ``japan`` and what is drawn, with sources, is written in docs/data.md.
"""

from __future__ import annotations

import numpy as np

from sim.kernel.world import (
    Floats,
    InstitutionTraits,
    Labels,
    World,
)
from sim.worlds import synthetic
from sim.worlds.build import (
    Point,
    Traits,
    assemble,
    municipality_traits,
    prefecture_traits,
    size_score,
    standard_score,
)
from sim.worlds.chance import Column
from sim.worlds.companies import draw_companies
from sim.worlds.given import Given, Places
from sim.worlds.goals import goals_at_start, share_of_the_old
from sim.worlds.institutions import draw_institutions, institution_names

EARTH_RADIUS = 6_371.0


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
        prefecture_traits(municipalities, regions.cohort_2018, regions.model_2018),
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


def on_the_sphere(latitude: Floats, longitude: Floats) -> Point:
    """Positions in km in three dimensions, so that chords stand for distances."""
    north, east = np.radians(latitude), np.radians(longitude)
    return Point(
        EARTH_RADIUS * np.cos(north) * np.cos(east),
        EARTH_RADIUS * np.cos(north) * np.sin(east),
        EARTH_RADIUS * np.sin(north),
    )

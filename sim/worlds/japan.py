"""The world ``japan``: 1,741 real municipalities, their companies, institutions and prefectures.

What is real and what is drawn, with sources, is written in docs/data.md.
"""

from __future__ import annotations

import numpy as np

from sim.kernel.world import Flags, World
from sim.worlds import from_tables
from sim.worlds.chance import at_least
from sim.worlds.given import Given, Places, Regions, anywhere, business_by_region, industries, listed
from sim.worlds.institutions import institutions_of_japan
from sim.worlds.tables import numbers, read_table, texts

NAME = "japan"
COMPANIES = 9_000
LEGACY = ("Eco-Model City", "Environment FutureCity")
COHORT = ("SDGs FutureCity",)


def build(seed: int, companies: int = COMPANIES) -> World:
    """Real municipalities; companies, institutions' skills, capacities and elections drawn with the seed.

    Args:
        seed: 0 to 2**64 - 1.
        companies: companies that could ever join a partnership (5,000-30,000 are plausible).
    """
    return from_tables.build(given(companies), seed)


def given(companies: int = COMPANIES) -> Given:
    """What the packaged tables give."""
    companies = at_least(0, companies, "companies")
    rows = read_table("prefectures")
    names, codes = texts(rows, "name_ja"), texts(rows, "code")
    cohort, model = designated(codes, COHORT)
    places = municipalities()
    business = business_by_region(places, len(names))
    return Given(
        name=NAME,
        places=places,
        regions=Regions(names, texts(rows, "name_romaji"), cohort, model),
        companies=anywhere(companies),
        institutions=institutions_of_japan(names, business),
    )


def municipalities() -> Places:
    """The real municipalities, in the order of their codes."""
    rows, industry = read_table("municipalities"), read_table("municipality_industry")
    codes = texts(rows, "jis_code")
    cohort, model = designated(codes, COHORT)
    return Places(
        ids=codes,
        names=texts(rows, "name_ja"),
        romaji=texts(rows, "name_romaji"),
        region=np.array([int(code[:2]) - 1 for code in codes], np.int64),
        latitude=numbers(rows, "latitude"),
        longitude=numbers(rows, "longitude"),
        population=numbers(rows, "population_2015"),
        numbers={
            "share65plus": numbers(rows, "share65plus_2015"),
            "area_km2": numbers(rows, "area_km2"),
            "habitable_area_km2": numbers(rows, "habitable_area_km2"),
            "fiscal_capability": numbers(rows, "fiscal_capability_fy2018"),
            "establishments": numbers(rows, "establishments_2016"),
        },
        employees=numbers(industry, *(f"emp_{branch}" for branch in industries())),
        selected={
            "legacy": designated(codes, LEGACY)[0],
            "cohort_2018": cohort,
            "model_2018": model,
            "network_2018": listed(codes, texts(read_table("network_2018"), "jis_code")),
        },
    )


def designated(codes: list[str], programmes: tuple[str, ...]) -> tuple[Flags, Flags]:
    """Who was selected in the programmes, and whose plan was also a model project."""
    rows = [row for row in read_table("futurecity_selections") if row["programme"] in programmes]
    models = [row["jis_code"] for row in rows if row["model_project"] == "1"]
    return listed(codes, texts(rows, "jis_code")), listed(codes, models)

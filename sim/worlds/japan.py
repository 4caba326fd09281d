"""The world ``japan``: 1,741 real municipalities, their companies, institutions and prefectures.

What is real and what is drawn, with sources, is written in docs/data.md.
"""

from __future__ import annotations

import numpy as np

from sim.kernel.world import (
    GOALS,
    CompanyTraits,
    Flags,
    Floats,
    Integers,
    Labels,
    MunicipalityTraits,
    PrefectureTraits,
    World,
)
from sim.worlds.build import (
    NATIONAL_SLOTS,
    Point,
    Traits,
    assemble,
    company_traits,
    municipality_traits,
    prefecture_centres,
    standard_score,
)
from sim.worlds.chance import (
    Column,
    at_least,
    company_capability,
    company_slots,
    generator,
    pick,
    pick_distinct,
)
from sim.worlds.institutions import draw_institutions, institution_groups, institution_names
from sim.worlds.tables import Row, numbers, read_table, texts

COMPANIES = 9_000
EARTH_RADIUS = 6_371.0
INHABITED = 100  # below this many residents (evacuated) the share of the old says nothing
ACTIVE_SHARE = 0.2
OFFICE_BRANCHES = ("ict", "finance_insurance", "professional_technical")
LEGACY = ("Eco-Model City", "Environment FutureCity")


def build(seed: int, companies: int = COMPANIES) -> World:
    """Real municipalities; companies, institutions' skills, capacities and elections drawn with the seed.

    Args:
        seed: 0 to 2**64 - 1.
        companies: companies that could ever join a partnership (5,000-30,000 are plausible).
    """
    companies = at_least(0, companies, "companies")
    rows = read_table("municipalities")
    industry = read_table("municipality_industry")
    prefecture_rows = read_table("prefectures")
    municipalities = municipality_traits(seed, municipal_traits(rows))
    prefectures = texts(prefecture_rows, "name_ja")
    business = np.bincount(municipalities.prefecture, numbers(rows, "establishments_2016"), len(prefectures))
    groups = institution_groups(prefectures, business)
    return assemble(
        "japan",
        seed,
        municipalities,
        draw_companies(seed, companies, municipalities, rows, industry),
        draw_institutions(seed, groups),
        prefecture_columns(municipalities, texts(prefecture_rows, "code")),
        Labels(
            jis_code=texts(rows, "jis_code"),
            municipality=texts(rows, "name_ja"),
            municipality_romaji=texts(rows, "name_romaji"),
            latitude=numbers(rows, "latitude"),
            longitude=numbers(rows, "longitude"),
            prefecture=prefectures,
            prefecture_romaji=texts(prefecture_rows, "name_romaji"),
            institution=institution_names(groups),
        ),
    )


def municipal_traits(rows: list[Row]) -> Traits:
    """Real traits of the municipalities."""
    codes = texts(rows, "jis_code")
    prefecture = np.array([int(code[:2]) - 1 for code in codes], np.int64)
    population = numbers(rows, "population_2015")
    fiscal_strength = np.clip(numbers(rows, "fiscal_capability_fy2018"), 0.05, 2.5)
    ageing = standard_score(share_of_the_old(rows, population, prefecture))
    land = standard_score(np.log(numbers(rows, "area_km2")))
    cohort, model = designated(codes, ("SDGs FutureCity",))
    return Traits(
        population=population,
        fiscal_strength=fiscal_strength,
        prefecture=prefecture,
        position=on_the_sphere(numbers(rows, "latitude"), numbers(rows, "longitude")),
        ageing=ageing,
        land=land,
        goals=goals_at_start(rows, population, fiscal_strength, ageing),
        legacy=designated(codes, LEGACY)[0],
        cohort_2018=cohort,
        model_2018=model,
        network_2018=listed(codes, texts(read_table("network_2018"), "jis_code")),
    )


def share_of_the_old(rows: list[Row], population: Floats, prefecture: Integers) -> Floats:
    """Share aged 65 or more in 2015; the prefecture's share where fewer than 100 people lived."""
    share = numbers(rows, "share65plus_2015")
    people = np.where(population < INHABITED, 0.0, population)
    old = np.where(people > 0, share, 0.0) * people
    of_prefecture = np.bincount(prefecture, old) / np.bincount(prefecture, people)
    return np.where(people > 0, share, of_prefecture[prefecture])


def on_the_sphere(latitude: Floats, longitude: Floats) -> Point:
    """Positions in km in three dimensions, so that chords stand for distances."""
    north, east = np.radians(latitude), np.radians(longitude)
    return Point(
        EARTH_RADIUS * np.cos(north) * np.cos(east),
        EARTH_RADIUS * np.cos(north) * np.sin(east),
        EARTH_RADIUS * np.sin(north),
    )


def designated(codes: list[str], programmes: tuple[str, ...]) -> tuple[Flags, Flags]:
    """Who was selected in the programmes, and whose plan was also a model project."""
    rows = [row for row in read_table("futurecity_selections") if row["programme"] in programmes]
    models = [row["jis_code"] for row in rows if row["model_project"] == "1"]
    return listed(codes, texts(rows, "jis_code")), listed(codes, models)


def listed(codes: list[str], wanted: list[str]) -> Flags:
    """1 where the code is among the wanted ones."""
    return np.isin(np.array(codes), np.array(wanted)).astype(np.uint8)


def goals_at_start(rows: list[Row], population: Floats, fiscal_strength: Floats, ageing: Floats) -> Floats:
    """Japan's score of 2018 by goal / 100, shifted by municipal proxies, clipped to [.02, .98]."""
    people = np.maximum(population, 200.0)
    area, habitable = numbers(rows, "area_km2"), numbers(rows, "habitable_area_km2")
    proxies = {
        "ageing": ageing,
        "fiscal": standard_score(np.log(fiscal_strength)),
        "forest": standard_score(1.0 - habitable / area),
        "density": standard_score(np.log(people / habitable)),
        "farmland": standard_score(np.log(habitable / people)),
        "business": standard_score(numbers(rows, "establishments_2016") / people),
    }
    goals = np.tile(national_goals(), (len(rows), 1))
    for rule in read_table("goal_proxies"):
        goals[:, int(rule["goal"]) - 1] += float(rule["shift"]) * np.clip(proxies[rule["proxy"]], -3.0, 3.0)
    return np.clip(goals, 0.02, 0.98)


def national_goals() -> Floats:
    """Japan's score of 2018 on each of the 17 goals, from 0 to 1 (Sustainable Development Report 2023)."""
    rows = [row for row in read_table("sdg_index_japan") if row["year"] == "2018"]
    scores = {row["item"]: float(row["value"]) for row in rows}
    return np.array([scores[f"goal {goal}"] / 100.0 for goal in range(1, GOALS + 1)])


def draw_companies(
    seed: int, companies: int, municipalities: MunicipalityTraits, rows: list[Row], industry: list[Row]
) -> CompanyTraits:
    """Platform-capable companies, placed and made able by the real establishments and industries.

    Homes are drawn in proportion to sqrt(establishments x employees), which leans towards
    municipalities of larger establishments; companies of national scope in proportion to office staff.
    """
    branches = [column.removeprefix("emp_") for column in industry[0] if column.startswith("emp_")]
    employees = numbers(industry, *(f"emp_{branch}" for branch in branches))
    weight = np.sqrt(numbers(rows, "establishments_2016") * employees.sum(axis=1))
    home = pick(generator(seed, Column.COMPANY_HOME), weight, companies)
    office_staff = employees[:, [branches.index(branch) for branch in OFFICE_BRANCHES]].sum(axis=1)
    slots = deal_slots(seed, company_slots(seed, companies), (office_staff[home] + 1.0) / weight[home])
    capability = company_capability(seed, goal_chances(branches)[draw_industries(seed, employees[home])])
    return company_traits(municipalities, home, slots, capability, seed)


def draw_industries(seed: int, employees: Floats) -> Integers:
    """Industry of each company (C), in proportion to the employees (C, 18) of its home."""
    cumulative = np.cumsum(employees, axis=1)
    draw = generator(seed, Column.COMPANY_INDUSTRY).random((len(employees), 1)) * cumulative[:, -1:]
    return (cumulative <= draw).sum(axis=1)


def goal_chances(branches: list[str]) -> Floats:
    """Chance that a company of an industry is active on a goal (18, 17), a fifth of the goals on average.

    In proportion to the industry's row of the industry-to-goal table, never above .95.
    """
    table = {row["industry"]: row for row in read_table("industry_to_goal")}
    columns = [f"goal_{goal:02d}" for goal in range(1, GOALS + 1)]
    weight = numbers([table[branch] for branch in branches], *columns)
    return np.minimum(ACTIVE_SHARE * GOALS * weight / weight.sum(axis=1, keepdims=True), 0.95)


def deal_slots(seed: int, slots: Integers, chance: Floats) -> Integers:
    """Hand the slots of national companies to companies drawn in proportion to ``chance`` (C)."""
    large = slots > NATIONAL_SLOTS
    national = pick_distinct(generator(seed, Column.COMPANY_NATIONAL), chance, int(large.sum()))
    local = np.ones(len(slots), bool)
    local[national] = False
    dealt = np.empty_like(slots)
    dealt[national] = slots[large]
    dealt[local] = slots[~large]
    return dealt


def prefecture_columns(municipalities: MunicipalityTraits, codes: list[str]) -> PrefectureTraits:
    """Prefectures in the order of their codes, with the selections of FY2018."""
    centre = prefecture_centres(municipalities, len(codes))
    cohort, model = designated(codes, ("SDGs FutureCity",))
    return PrefectureTraits(centre.x, centre.y, centre.z, cohort, model)

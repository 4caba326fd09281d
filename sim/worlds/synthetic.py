"""The world ``synthetic:N``: drawn from distributions at any size, for teaching, scaling and tests."""

from __future__ import annotations

import numpy as np

from sim.kernel.world import (
    BANK,
    GOALS,
    CompanyTraits,
    Flags,
    Floats,
    InstitutionTraits,
    Integers,
    Labels,
    MunicipalityTraits,
    PrefectureTraits,
    World,
)
from sim.worlds.build import (
    Point,
    Traits,
    assemble,
    company_traits,
    municipality_traits,
    prefecture_traits,
    size_score,
    standard_score,
)
from sim.worlds.chance import (
    Column,
    at_least,
    chosen,
    company_capability,
    company_slots,
    generator,
    mandates,
    pick,
)

MUNICIPALITIES = 300
SIDE = 600.0  # km; the unit square's .15 is then 90 km, so distances mean the same in both worlds
COMPANIES_EACH = 1_000 / 300
INSTITUTIONS_EACH = 40 / 300
MUNICIPALITIES_OF_A_PREFECTURE = 37
PREFECTURES = 47
ACTIVE_SHARE = 0.2
GOAL_MEANS = (
    *(0.95, 0.75, 0.90, 0.90, 0.60, 0.85, 0.72, 0.88, 0.90),
    *(0.80, 0.83, 0.61, 0.73, 0.53, 0.64, 0.87, 0.70),
)  # near Japan's scores of 2018
GOAL_CONCENTRATION, GOAL_REGION_SPREAD = 20.0, 0.05
LEGACY_SHARE, COHORT_SHARE = 0.02, 0.017
AGEING_BY_SIZE, LAND_BY_SIZE = -0.55, 0.1  # correlations with size, near those of Japan
KIND_SHARES = (0.70, 0.05, 0.05, 0.10, 0.10)  # bank, trust bank, securities, life, casualty
NATIONAL_BANKS = 0.15
CAPITAL_REGIONAL, CAPITAL_NATIONAL, CAPITAL_SPREAD = 50_000.0, 1_000_000.0, 1.2


def build(
    n_municipalities: int, seed: int, companies: int | None = None, institutions: int | None = None
) -> World:
    """A drawn world; companies and institutions in the proportion 300 : 1,000 : 40 unless given.

    Args:
        n_municipalities: at least 1.
        seed: 0 to 2**64 - 1.
        companies, institutions: numbers, 0 or more.
    """
    n_municipalities = at_least(1, n_municipalities, "municipalities")
    municipalities = municipality_traits(seed, draw_traits(seed, n_municipalities))
    if companies is None:
        companies = max(1, round(COMPANIES_EACH * n_municipalities))
    if institutions is None:
        institutions = max(1, round(INSTITUTIONS_EACH * n_municipalities))
    companies = at_least(0, companies, "companies")
    institutions = at_least(0, institutions, "institutions")
    prefectures = prefecture_count(n_municipalities)
    return assemble(
        f"synthetic:{n_municipalities}",
        seed,
        municipalities,
        draw_companies(seed, companies, municipalities),
        draw_institutions(seed, institutions, prefectures),
        prefecture_columns(municipalities, prefectures),
        labels(municipalities, prefectures, institutions),
    )


def prefecture_count(municipalities: int) -> int:
    """One prefecture for every 37 municipalities, from 1 to 47."""
    return min(max(round(municipalities / MUNICIPALITIES_OF_A_PREFECTURE), 1), PREFECTURES)


def draw_traits(seed: int, count: int) -> Traits:
    """Traits of the municipalities by the distributions of the specification."""
    normal = generator(seed, Column.POPULATION).standard_normal(count)
    population = np.clip(np.exp(np.log(23_600.0) + 1.41 * normal), 200.0, 3_700_000.0)
    size = size_score(population)
    position = draw_position(seed, count)
    prefecture = by_position(position, prefecture_count(count))
    cohort = chosen(generator(seed, Column.COHORT), np.exp(size), round(COHORT_SHARE * count))
    model = first_of(cohort, size, round(COHORT_SHARE * count / 3))
    return Traits(
        population=population,
        fiscal_strength=draw_fiscal_strength(seed, size),
        prefecture=prefecture,
        position=position,
        ageing=correlated(seed, Column.AGEING, size, AGEING_BY_SIZE),
        land=correlated(seed, Column.LAND, size, LAND_BY_SIZE),
        goals=draw_goals(seed, prefecture),
        legacy=chosen(generator(seed, Column.LEGACY), np.exp(size), round(LEGACY_SHARE * count)),
        cohort_2018=cohort,
        model_2018=model,
        network_2018=model,
    )


def draw_fiscal_strength(seed: int, size: Floats) -> Floats:
    """Lognormal about .45, larger in larger municipalities, clipped to [.05, 2.5]."""
    noise = generator(seed, Column.FISCAL_STRENGTH).standard_normal(len(size))
    drawn: Floats = np.clip(np.exp(np.log(0.45) + 0.30 * size + 0.45 * noise), 0.05, 2.5)
    return drawn


def draw_position(seed: int, count: int) -> Point:
    """Uniform in a square of 600 km."""
    x, y = SIDE * generator(seed, Column.POSITION).random((count, 2)).T
    return Point(x, y, np.zeros(count))


def by_position(position: Point, prefectures: int) -> Integers:
    """Compact prefectures of equal numbers: the square cut into strips, and the strips into cells."""
    count = len(position.x)
    rank = np.empty(count, np.int64)
    rank[np.lexsort((position.y, position.x))] = np.arange(count)
    strip = (rank * prefectures // count) * round(prefectures**0.5) // prefectures
    prefecture = np.empty(count, np.int64)
    prefecture[np.lexsort((position.y, strip))] = np.arange(count) * prefectures // count
    return prefecture


def correlated(seed: int, column: Column, size: Floats, correlation: float) -> Floats:
    """Standard score that goes with size by the given correlation."""
    noise = generator(seed, column).standard_normal(len(size))
    return standard_score(correlation * standard_score(size) + (1.0 - correlation**2) ** 0.5 * noise)


def first_of(flags: Flags, size: Floats, count: int) -> Flags:
    """The ``count`` largest of those flagged."""
    first = np.zeros_like(flags)
    first[np.argsort(np.where(flags, -size, np.inf), kind="stable")[:count]] = 1
    return first


def draw_goals(seed: int, prefecture: Integers) -> Floats:
    """Beta around the prefecture's mean, itself drawn around a national mean for each goal."""
    number = int(prefecture.max()) + 1
    shift = generator(seed, Column.GOAL_REGION).normal(0.0, GOAL_REGION_SPREAD, (number, GOALS))
    mean = np.clip(np.array(GOAL_MEANS) + shift, 0.05, 0.95)[prefecture]
    states = generator(seed, Column.GOAL_STATE).beta(
        GOAL_CONCENTRATION * mean, GOAL_CONCENTRATION * (1.0 - mean)
    )
    return np.clip(states, 0.02, 0.98)


def draw_companies(seed: int, count: int, municipalities: MunicipalityTraits) -> CompanyTraits:
    """Companies at home where people live; a fifth of the goals active."""
    home = pick(generator(seed, Column.COMPANY_HOME), municipalities.population, count)
    chances = np.full((count, GOALS), ACTIVE_SHARE)
    return company_traits(
        municipalities, home, company_slots(seed, count), company_capability(seed, chances), seed
    )


def draw_institutions(seed: int, count: int, prefectures: int) -> InstitutionTraits:
    """Kinds by fixed shares; banks regional but for some, all others of national scope."""
    quota = (np.arange(count) + 0.5) / max(count, 1)
    kind = np.searchsorted(np.cumsum(KIND_SHARES[:-1]), quota, side="right")
    bank = kind == BANK
    national = ~bank | (quota > KIND_SHARES[BANK] * (1.0 - NATIONAL_BANKS))
    office = np.where(national, -1, np.arange(count) % prefectures)
    noise = generator(seed, Column.INSTITUTION_CAPITAL).standard_normal(count)
    centre = np.where(national, CAPITAL_NATIONAL, CAPITAL_REGIONAL)
    return InstitutionTraits(
        kind=kind,
        prefecture=office,
        capital=centre * np.exp(CAPITAL_SPREAD * noise),
        skill=generator(seed, Column.INSTITUTION_SKILL).uniform(0.2, 0.6, count),
        mandate=mandates(seed, np.where(national, 0.9, 0.4), np.where(national, 0.5, 0.3)),
    )


def prefecture_columns(municipalities: MunicipalityTraits, prefectures: int) -> PrefectureTraits:
    """Prefectures at their centres; none was selected in FY2018."""
    none = np.zeros(prefectures, np.uint8)
    return prefecture_traits(municipalities, none, none.copy())


def labels(municipalities: MunicipalityTraits, prefectures: int, institutions: int) -> Labels:
    """Numbered names; latitude and longitude are the position in the unit square."""
    numbers = range(1, len(municipalities.x) + 1)
    own = [f"Municipality {number}" for number in numbers]
    names = [f"Prefecture {number}" for number in range(1, prefectures + 1)]
    return Labels(
        jis_code=[f"{number:05d}" for number in numbers],
        municipality=own,
        municipality_romaji=own,
        latitude=municipalities.y / SIDE,
        longitude=municipalities.x / SIDE,
        prefecture=names,
        prefecture_romaji=names,
        institution=[f"Institution {number}" for number in range(1, institutions + 1)],
    )

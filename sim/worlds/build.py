"""What both worlds share: derived traits, neighbours, the directory, and the freezing of columns."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.kernel.world import (
    CASUALTY_INSURER,
    FOREIGN_FUND,
    GOALS,
    NEIGHBOURS,
    SIZE_CLASSES,
    CompanyTraits,
    Directory,
    Flags,
    Floats,
    Ids,
    InstitutionTraits,
    Integers,
    Labels,
    MunicipalityTraits,
    PrefectureTraits,
    World,
)
from sim.worlds.chance import Column, generator

MUNICIPALITIES_OF_JAPAN = 1741
MEDIAN_POPULATION = 23_600.0
SIZE_SPREAD = 1.41
NEIGHBOUR_DISTANCE = 30.0
NATIONAL_SLOTS = 8
FOREIGN_THEMES = (7, 9, 11, 13)
FOREIGN_SKILL = 0.5
_CHUNK = 100_000


class Point(NamedTuple):
    """Positions in km, one entry per municipality."""

    x: Floats
    y: Floats
    z: Floats


class Traits(NamedTuple):
    """What a world knows of its municipalities before anything is derived, as in ``MunicipalityTraits``."""

    population: Floats
    fiscal_strength: Floats
    prefecture: Integers
    position: Point
    ageing: Floats
    land: Floats
    goals: Floats
    legacy: Flags
    cohort_2018: Flags
    model_2018: Flags
    network_2018: Flags


def size_score(population: Floats) -> Floats:
    """Size z = (ln max(population, 200) - ln 23,600) / 1.41."""
    size: Floats = (np.log(np.maximum(population, 200.0)) - np.log(MEDIAN_POPULATION)) / SIZE_SPREAD
    return size


def standard_score(values: Floats) -> Floats:
    """Deviation from the mean in standard deviations; zero where all are alike."""
    spread = values.std()
    deviation = values - values.mean()
    return deviation / spread if spread > 0 else np.zeros_like(values)


def logistic(values: Floats) -> Floats:
    """1 / (1 + exp(-values))."""
    return 1.0 / (1.0 + np.exp(-values))


def municipality_traits(seed: int, traits: Traits) -> MunicipalityTraits:
    """All columns of the municipalities: the given traits, the derived and the drawn ones."""
    size = size_score(traits.population)
    noise = generator(seed, Column.CAPACITY).standard_normal(len(size))
    capacity = logistic(-1.0 + 0.8 * size + 0.4 * np.log(traits.fiscal_strength / 0.45) + 0.5 * noise)
    neighbours, weight = nearest(traits.position)
    return MunicipalityTraits(
        population=traits.population,
        size=size,
        size_class=np.clip(np.floor((size + 3.0) / 0.5), 0, SIZE_CLASSES - 1).astype(np.int64),
        fiscal_strength=traits.fiscal_strength,
        capacity=capacity,
        slots=municipal_slots(traits.population),
        prefecture=traits.prefecture,
        x=traits.position.x,
        y=traits.position.y,
        z=traits.position.z,
        ageing=traits.ageing,
        land=traits.land,
        legacy=traits.legacy,
        cohort_2018=traits.cohort_2018,
        model_2018=traits.model_2018,
        network_2018=traits.network_2018,
        election_phase=generator(seed, Column.ELECTION).integers(0, 16, len(size)),
        goals=traits.goals,
        bottom_quartile=lowest_quarter(traits.goals.mean(axis=1)),
        neighbours=neighbours,
        neighbour_weight=weight,
        size_order=np.argsort(size, kind="stable").astype(np.int64),
    )


def municipal_slots(population: Floats) -> Integers:
    """Projects that can run at once: max(1, round(1.5 (population / 23,600)**0.5))."""
    return np.maximum(1, np.rint(1.5 * np.sqrt(population / MEDIAN_POPULATION))).astype(np.int64)


def lowest_quarter(values: Floats) -> Flags:
    """1 for the lowest quarter (rounded down, but at least one), ties by id."""
    flags = np.zeros(len(values), np.uint8)
    flags[np.argsort(values, kind="stable")[: max(1, len(values) // 4)]] = 1
    return flags


def nearest(position: Point) -> tuple[Ids, Floats]:
    """The 30 nearest others (M, 30) and their weights exp(-distance / 30 km), rows summing to one.

    A world of fewer than 31 municipalities fills the row with the own id at weight zero;
    a single one has no neighbours, so its weights are all zero.
    """
    from scipy.spatial import cKDTree

    points = np.column_stack(position)
    total = len(points)
    others = min(NEIGHBOURS, total - 1)
    neighbours = np.repeat(np.arange(total, dtype=np.int32)[:, None], NEIGHBOURS, axis=1)
    weight = np.zeros((total, NEIGHBOURS))
    if others == 0:
        return neighbours, weight
    tree = cKDTree(points)
    for first in range(0, total, _CHUNK):
        own = np.arange(first, min(first + _CHUNK, total))
        distance, found = tree.query(points[own], k=others + 1)
        order = np.lexsort((found, distance, found == own[:, None]))[:, :others]
        near = np.take_along_axis(distance, order, axis=1)
        # From the nearest one, so that far-off ones do not underflow to a row of zeros.
        share = np.exp(-(near - near[:, :1]) / NEIGHBOUR_DISTANCE)
        neighbours[own, :others] = np.take_along_axis(found, order, axis=1)
        weight[own, :others] = share / share.sum(axis=1, keepdims=True)
    return neighbours, weight


def company_traits(
    municipalities: MunicipalityTraits, home: Integers, slots: Integers, capability: Floats, seed: int
) -> CompanyTraits:
    """All columns of the companies; the social weight is drawn U(0, .3)."""
    return CompanyTraits(
        municipality=home,
        prefecture=municipalities.prefecture[home],
        national=(slots > NATIONAL_SLOTS).astype(np.uint8),
        slots=slots,
        capability=capability,
        social_weight=generator(seed, Column.COMPANY_SOCIAL_WEIGHT).uniform(0.0, 0.3, len(home)),
        x=municipalities.x[home],
        y=municipalities.y[home],
        z=municipalities.z[home],
    )


def prefecture_centres(municipalities: MunicipalityTraits, count: int) -> Point:
    """Population-weighted centres of the prefectures; plain centres where nobody lives."""
    people = np.bincount(municipalities.prefecture, municipalities.population, count)
    weight = np.where(people[municipalities.prefecture] > 0, municipalities.population, 1.0)
    total = np.bincount(municipalities.prefecture, weight, count)
    return Point(
        *(
            np.bincount(municipalities.prefecture, weight * axis, count) / total
            for axis in (municipalities.x, municipalities.y, municipalities.z)
        )
    )


def prefecture_traits(municipalities: MunicipalityTraits, cohort: Flags, model: Flags) -> PrefectureTraits:
    """Prefectures at their centres, with those whose governments were selected in FY2018."""
    return PrefectureTraits(*prefecture_centres(municipalities, len(cohort)), cohort, model)


def directory(companies: CompanyTraits, institutions: InstitutionTraits, prefectures: int) -> Directory:
    """Who is to be found where, in id order (within a prefecture)."""
    order = np.argsort(companies.prefecture, kind="stable")
    lends = institutions.kind < CASUALTY_INSURER
    regional = np.flatnonzero(lends & (institutions.prefecture >= 0))
    by_prefecture = regional[np.argsort(institutions.prefecture[regional], kind="stable")]
    national = np.flatnonzero(companies.national)
    return Directory(
        company_start=starts(np.repeat(companies.prefecture, companies.slots), prefectures),
        companies=np.repeat(order, companies.slots[order]),
        national_companies=np.repeat(national, companies.slots[national]),
        national_by_slots=national[np.argsort(-companies.slots[national], kind="stable")],
        institution_start=starts(institutions.prefecture[regional], prefectures),
        institutions=by_prefecture,
        national_institutions=every_kind_alike(
            institutions, np.flatnonzero(lends & (institutions.prefecture < 0))
        ),
        insurers=np.flatnonzero(institutions.kind == CASUALTY_INSURER),
        foreign_fund=np.flatnonzero(institutions.kind == FOREIGN_FUND),
    )


def every_kind_alike(institutions: InstitutionTraits, lenders: Integers) -> Integers:
    """Ids of lenders, each repeated so that a draw from the list meets every kind about equally often."""
    kinds = institutions.kind[lenders]
    members = np.bincount(kinds, minlength=1)
    return np.repeat(lenders, members.max(initial=1) // np.maximum(members[kinds], 1))


def with_foreign_fund(institutions: InstitutionTraits) -> InstitutionTraits:
    """The institutions and a row without capital yet, in which foreign impact capital gathers."""
    if len(institutions.kind) == 0:
        return institutions
    mandate = np.zeros((1, GOALS), np.uint8)
    mandate[0, [goal - 1 for goal in FOREIGN_THEMES]] = 1
    return InstitutionTraits(
        kind=np.append(institutions.kind, FOREIGN_FUND),
        prefecture=np.append(institutions.prefecture, -1),
        capital=np.append(institutions.capital, 0.0),
        skill=np.append(institutions.skill, FOREIGN_SKILL),
        mandate=np.concatenate([institutions.mandate, mandate]),
    )


def starts(prefecture: Integers, prefectures: int) -> Integers:
    """Offsets (P + 1) of a list sorted by prefecture."""
    return np.concatenate([[0], np.cumsum(np.bincount(prefecture, minlength=prefectures))]).astype(np.int64)


def assemble(
    name: str,
    seed: int,
    municipalities: MunicipalityTraits,
    companies: CompanyTraits,
    institutions: InstitutionTraits,
    prefectures: PrefectureTraits,
    labels: Labels,
) -> World:
    """The world with its directory, every column contiguous and read-only."""
    institutions = with_foreign_fund(institutions)
    if len(institutions.kind) > len(labels.institution):
        labels = replace(labels, institution=[*labels.institution, "Foreign impact capital"])
    found = directory(companies, institutions, len(prefectures.x))
    scale = len(municipalities.population) / MUNICIPALITIES_OF_JAPAN
    return World(name, seed, scale, municipalities, companies, institutions, prefectures, found, labels)

"""What is given of a world before anything is drawn: the content of its tables, checked and typed.

The packaged tables of ``japan`` and a user's own tables both become this; ``from_tables`` makes the world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim.kernel.world import GOALS, Flags, Floats, Integers
from sim.worlds.tables import Row, read_table

#: Selections before and in FY2018 that a table of places may tell, as flags.
SELECTIONS = ("legacy", "cohort_2018", "model_2018", "network_2018")


@dataclass(frozen=True)
class Places:
    """The table of municipalities, in the order of their ids in the model.

    Attributes:
        ids, names, romaji: as text; ids are unique.
        region: number of the region of each.
        latitude, longitude: degrees.
        population: persons.
        numbers: further columns by name, NaN where a cell is blank; a column that is not given has no entry.
        employees: (M, 18) by industry, or None.
        selected: flags of ``SELECTIONS`` that are given.
    """

    ids: list[str]
    names: list[str]
    romaji: list[str]
    region: Integers
    latitude: Floats
    longitude: Floats
    population: Floats
    numbers: Mapping[str, Floats]
    employees: Floats | None
    selected: Mapping[str, Flags]

    def known(self, name: str) -> Floats | None:
        """A column of which every cell is given; None otherwise."""
        values = self.numbers.get(name)
        return None if values is None or np.isnan(values).any() else values

    def selections(self, name: str) -> Flags:
        """Who was selected; nobody where that is not given."""
        return self.selected.get(name, np.zeros(len(self.ids), np.uint8))


@dataclass(frozen=True)
class Regions:
    """The regions, which play the part of prefectures; whose governments were selected in FY2018."""

    names: list[str]
    romaji: list[str]
    cohort_2018: Flags
    model_2018: Flags


class Companies(NamedTuple):
    """What is given of C companies."""

    home: Integers  # municipality, or -1 = drawn where business is
    slots: Integers  # partnerships that it can run at once, or 0 = drawn
    industry: Integers  # or -1 = drawn by the employees of the home
    goals: Flags  # (C, 17) goals that it works on; none = drawn by the industry


class InstitutionGroup(NamedTuple):
    """Institutions of one sort; one known by name is a group of one."""

    name: str
    kind: int
    offices: Integers  # region of each head office, or -1 = national scope
    capital: float  # JPY M, of all together; NaN = drawn
    spread: float  # standard deviation of the logarithm of capital
    share_with_themes: float
    theme_chance: float
    themes: tuple[int, ...] = ()  # SDG numbers inside the mandate; none = drawn by the two chances
    skill: float = float("nan")  # NaN = drawn


@dataclass(frozen=True)
class Given:
    """All that is given of a world.

    Attributes:
        name: what the user asked for.
        places, regions: the tables.
        companies: a row per company.
        institutions: groups; None = as in ``synthetic``.
        unused: files and columns that were not read, as ``file: column``.
        defaults: tables (``companies``, ``institutions``) that are not given at all.
    """

    name: str
    places: Places
    regions: Regions
    companies: Companies
    institutions: Sequence[InstitutionGroup] | None
    unused: tuple[str, ...] = ()
    defaults: tuple[str, ...] = field(default=())


def anywhere(companies: int) -> Companies:
    """So many companies of which nothing is given."""
    return Companies(
        np.full(companies, -1), np.zeros(companies, np.int64), np.full(companies, -1), no_goals(companies)
    )


def no_goals(rows: int) -> Flags:
    """(rows, 17) flags, none set."""
    return np.zeros((rows, GOALS), np.uint8)


def industries() -> list[str]:
    """Ids of the 18 industries, in the order of the table ``industry_to_goal``."""
    return [row["industry"] for row in _industry_rows()]


def _industry_rows() -> list[Row]:
    return read_table("industry_to_goal")


def business_by_region(places: Places, regions: int) -> Floats:
    """Establishments of each region, or its people where these are not known."""
    establishments = places.known("establishments")
    if establishments is None or not establishments.any():
        establishments = places.population
    business: Floats = np.bincount(places.region, establishments, regions)
    return business


def listed(codes: list[str], wanted: list[str]) -> Flags:
    """1 where the code is among the wanted ones."""
    return np.isin(np.array(codes), np.array(wanted)).astype(np.uint8)


def regions_of(names: list[str]) -> tuple[list[str], Integers]:
    """The regions in the order in which they are first named, and the number of that of each place."""
    known = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return list(known), np.array([known[name] for name in names], np.int64)

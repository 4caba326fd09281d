"""World: the fixed traits of every actor, drawn or read once and shared by all runs.

Traits never change during a run; what does change lives in ``sim.kernel.state``. All arrays are
contiguous and read-only, so that replicates on threads and processes may share them.
Money is in million JPY (JPY M), distance in km, goals are numbered 0-16 for SDG 1-17.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, NamedTuple, get_type_hints

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
#: Ids of which there are many per actor: at half the width they take half as long to read.
Ids = npt.NDArray[np.int32]
Flags = npt.NDArray[np.uint8]

GOALS = 17
NEIGHBOURS = 30
SIZE_CLASSES = 12

#: Kinds of financial institution, in the order of their codes.
BANK, TRUST_BANK, SECURITIES, LIFE_INSURER, CASUALTY_INSURER, FOREIGN_FUND = range(6)
INSTITUTION_KINDS = ("bank", "trust_bank", "securities", "life_insurer", "casualty_insurer", "foreign_fund")


class MunicipalityTraits(NamedTuple):
    """Traits of M municipalities. One row each; every array has length M unless it says otherwise."""

    population: Floats  # persons; 0 where all were evacuated
    size: Floats  # z = (ln max(population, 200) - ln 23,600) / 1.41
    size_class: Integers  # 0..SIZE_CLASSES-1, width 0.5 in z: clip(floor((z + 3) / 0.5), 0, 11)
    fiscal_strength: Floats  # fiscal capability index, clipped to [0.05, 2.5]
    capacity: Floats  # base administrative capacity c0 in [0, 1]
    slots: Integers  # projects that can run at once: max(1, round(1.5 (population / 23,600)**0.5))
    prefecture: Integers  # 0..P-1
    x: Floats  # km; (x, y, z) on a sphere of radius 6,371 km, or the scaled unit square with z = 0
    y: Floats
    z: Floats
    ageing: Floats  # standard score of the share aged 65 or more
    land: Floats  # standard score of ln(area)
    legacy: Flags  # 1 = Eco-Model City or Environment FutureCity before 2018
    cohort_2018: Flags  # 1 = SDGs FutureCity of FY2018
    model_2018: Flags  # 1 = SDGs model project of FY2018
    network_2018: Flags  # 1 = among the local governments named in the briefing as active abroad
    election_phase: Integers  # 0..15: quarter of the four-year cycle in which the mayor is elected
    goals: Floats  # (M, 17) goal states in [0, 1] at the start
    bottom_quartile: Flags  # 1 = mean goal state at the start among the lowest quarter
    neighbours: Ids  # (M, 30) nearest others; padded with the own id in worlds of 30 or fewer
    neighbour_weight: Floats  # (M, 30) exp(-distance / 30 km), rows sum to one; padding 0 (M = 1: all 0)
    size_order: Integers  # municipalities sorted by (size, id)


class CompanyTraits(NamedTuple):
    """Traits of C companies, every array of length C unless it says otherwise."""

    municipality: Integers  # home, 0..M-1
    prefecture: Integers  # of the home
    national: Flags  # 1 = national scope (slots > 8)
    slots: Integers  # partnerships that can run at once, min(floor(Pareto(1.1)), 200)
    capability: Floats  # (C, 17) in [0, 1], sparse
    social_weight: Floats  # weight w of social return, in [0, 0.3]
    x: Floats  # km, position of the home
    y: Floats
    z: Floats


class InstitutionTraits(NamedTuple):
    """Traits of F financial institutions, every array of length F unless it says otherwise."""

    kind: Integers  # 0..5, see INSTITUTION_KINDS
    prefecture: Integers  # head office, or -1 = national scope
    capital: Floats  # JPY M at the start
    skill: Floats  # appraisal skill e in [0, 1] at the start
    mandate: Flags  # (F, 17) 1 = the theme is inside the institution's ESG mandate


class PrefectureTraits(NamedTuple):
    """Traits of P prefectures; as governments they adopt, join the platform and apply, without projects."""

    x: Floats  # km, population-weighted centre of the prefecture's municipalities
    y: Floats
    z: Floats
    cohort_2018: Flags
    model_2018: Flags


class Directory(NamedTuple):
    """Who is to be found where: compressed lists, in id order. ``a[start[p]:start[p + 1]]`` belongs to p."""

    company_start: Integers  # (P + 1)
    companies: Ids  # ids by prefecture of the home, each repeated once per slot
    national_companies: Ids  # ids of companies of national scope, each repeated once per slot
    national_by_slots: Integers  # ids of companies of national scope, each once, by falling slots, then id
    institution_start: Integers  # (P + 1)
    institutions: Integers  # ids of regional institutions that lend, by prefecture
    national_institutions: (
        Integers  # ids of those of national scope, repeated so that every kind is drawn alike
    )
    insurers: Integers  # ids of casualty insurers
    foreign_fund: (
        Integers  # id of the row that holds foreign impact capital; empty in a world without institutions
    )


class Traits(NamedTuple):
    """A world as acts are handed it: the traits of every kind of actor, and who is to be found where."""

    municipalities: MunicipalityTraits
    companies: CompanyTraits
    institutions: InstitutionTraits
    prefectures: PrefectureTraits
    directory: Directory


@dataclass(frozen=True)
class Labels:
    """Names for people: never read by the model."""

    jis_code: list[str]  # five digits, one per municipality
    municipality: list[str]  # in Japanese where there is such a name
    municipality_romaji: list[str]
    latitude: Floats  # degrees, or the unit square's second coordinate
    longitude: Floats
    prefecture: list[str]
    prefecture_romaji: list[str]
    institution: list[str]


@dataclass(frozen=True, eq=False)
class World:
    """All fixed traits. The same name and seed give the same world.

    Attributes:
        name: what the user asked for, ``japan`` or ``synthetic:N``.
        seed: seed of what is drawn (companies, skills, elections ...).
        scale: municipalities / 1,741, by which national budgets and quotas are scaled.
        municipalities, companies, institutions, prefectures, directory: columns for the kernel.
        labels: names for tables and figures.
    """

    name: str
    seed: int
    scale: float
    municipalities: MunicipalityTraits
    companies: CompanyTraits
    institutions: InstitutionTraits
    prefectures: PrefectureTraits
    directory: Directory
    labels: Labels

    def __post_init__(self) -> None:
        """Make every column C-contiguous, of its declared type and read-only: what acts are compiled for."""
        for field in fields(self):
            group = getattr(self, field.name)
            if isinstance(group, tuple):
                columns = zip(group, get_type_hints(type(group)).values(), strict=True)
                frozen = type(group)(*(_frozen(column, hint) for column, hint in columns))
                object.__setattr__(self, field.name, frozen)

    @property
    def traits(self) -> Traits:
        """What acts are handed."""
        return Traits(
            self.municipalities, self.companies, self.institutions, self.prefectures, self.directory
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpickle. Arrays come back writable, which would be another type to the compiled acts."""
        self.__dict__.update(state)
        self.__post_init__()


def _frozen(column: npt.NDArray[Any], hint: Any) -> npt.NDArray[Any]:
    kind = {Floats: np.float64, Integers: np.int64, Ids: np.int32, Flags: np.uint8}[hint]
    frozen = np.ascontiguousarray(column, dtype=kind).view()  # whoever made the column may write on
    frozen.setflags(write=False)
    return frozen

"""The places, who was chosen among them, and what might tell who is chosen."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from sim.kernel.world import Floats, Integers, World
from sim.worlds.tables import Row, numbers, read_table, texts

COHORT = 2018
_LATER = Path(__file__).with_name("later_figures.csv")
_EXTREME = (0.005, 0.995)  # beyond which evacuated towns lie
#: Seats of prefectural governments that do not have the lowest city code of their prefecture.
_SEATS = {"13": "13104", "35": "35203", "40": "40130"}


@dataclass(frozen=True)
class Mechanism:
    """Something that might tell who is chosen.

    Attributes:
        key: short name.
        words: what it is, in a table.
        columns: names of its columns in ``Places.columns``.
        figures: of when they are.
        clean: known before the selection of FY2018.
    """

    key: str
    words: str
    columns: tuple[str, ...]
    figures: str
    clean: bool = True


MECHANISMS = (
    Mechanism("curve", "population, curved", ("size_squared",), "2015"),
    Mechanism("earlier", "earlier plans: either programme of 2008-2013", ("earlier",), "2008-2013"),
    Mechanism("eco", "earlier plans: Eco-Model City alone", ("eco",), "2008-2013"),
    Mechanism("environment", "earlier plans: Environment FutureCity alone", ("environment",), "2011"),
    Mechanism("ambition", "ambition: number of earlier selections, 0 to 2", ("selections",), "2008-2013"),
    Mechanism("wears_off", "earlier plans that wear off", ("earlier", "years_since"), "2008-2013"),
    Mechanism("near", "neighbours chosen earlier (weights of the model)", ("near",), "2008-2013"),
    Mechanism("fiscal", "fiscal strength", ("fiscal",), "FY2018"),
    Mechanism("ageing", "ageing", ("ageing",), "2015"),
    Mechanism("land", "land (area)", ("land",), "2015"),
    Mechanism("density", "density (people per habitable area)", ("density",), "2015"),
    Mechanism("forest", "share of land not habitable", ("forest",), "2015"),
    Mechanism("business", "businesses per head", ("business",), "2016"),
    Mechanism("seat", "seat of the prefecture", ("seat",), "law"),
    Mechanism("designated", "city designated by ordinance", ("designated",), "law"),
    Mechanism("village", "town or village", ("village",), "law"),
    Mechanism("prefecture", "own prefecture chosen in FY2018", ("prefecture_chosen",), "the same day", False),
    Mechanism("staff", "administrative staff per head", ("staff",), "2024", False),
    Mechanism("growth", "population growth 2015-20", ("growth",), "2020", False),
    Mechanism("migration", "net migration per head", ("migration",), "2024", False),
    Mechanism("budget", "ordinary balance ratio", ("budget",), "FY2021", False),
    Mechanism("primary", "jobs in farming, forestry, fishery", ("primary",), "2021", False),
    Mechanism("industry", "jobs in manufacturing", ("manufacturing",), "2021", False),
    Mechanism("tourism", "jobs in hotels and restaurants", ("tourism",), "2021", False),
    Mechanism("knowledge", "jobs in information and professions", ("knowledge",), "2021", False),
)  # fmt: skip

#: What a mechanism is added to. The third was chosen after a look at the others.
BASES = {
    "population": ("size",),
    "population and earlier plans": ("size", "earlier"),
    "population, earlier plans and land": ("size", "earlier", "land"),
}
#: What the logistic benchmark of a forecast rests on: what the model's score does, too.
BENCHMARK = ("size", "earlier", "land", "ageing")


@dataclass(frozen=True)
class Places:
    """M municipalities.

    Attributes:
        codes: JIS codes.
        prefecture: (M,) 0 to 46.
        chosen: (M,) 1 for the municipalities of FY2018.
        columns: (M,) by name, not standardised.
        first: (M,) fiscal year of the first earlier selection, 0 where none.
    """

    codes: Sequence[str]
    prefecture: Integers
    chosen: Floats
    columns: dict[str, Floats]
    first: Integers

    @cached_property
    def earlier(self) -> Floats:
        """(M,) 1 where selected in 2008-2013."""
        return (self.first > 0).astype(np.float64)

    def of(self, names: Iterable[str]) -> Floats:
        """(M, K) columns, each name once."""
        return np.column_stack([self.columns[name] for name in dict.fromkeys(names)])

    def selected_in(self, *years: int) -> Floats:
        """(M,) 1 where selected in an earlier programme in one of the years."""
        return _selected(self.codes, [row for row in _earlier_rows() if int(row["fiscal_year"]) in years])


def read_places(world: World) -> Places:
    """What the tables say of every municipality.

    Args:
        world: ``japan``, for neighbours and the traits that the model uses.
    """
    rows, traits = read_table("municipalities"), world.municipalities
    codes = texts(rows, "jis_code")
    earlier = _earlier_rows()
    years = np.array([_years(code, earlier) for code in codes])
    cohort = [row for row in read_table("futurecity_selections") if row["programme"] == "SDGs FutureCity"]
    people = np.maximum(traits.population, 200.0)
    chosen_prefectures = {row["jis_code"][:2] for row in cohort if row["level"] == "prefecture"}
    columns = {
        "size": traits.size,
        "size_squared": traits.size**2,
        "earlier": traits.legacy.astype(np.float64),
        "eco": _selected(codes, [row for row in earlier if row["programme"] == "Eco-Model City"]),
        "environment": _selected(codes, [row for row in earlier if row["programme"] != "Eco-Model City"]),
        "years_since": np.where(years[:, 1] > 0, COHORT - years[:, 1], 0).astype(np.float64),
        "near": (traits.neighbour_weight * traits.legacy[traits.neighbours]).sum(axis=1),
        "fiscal": np.log(traits.fiscal_strength),
        "ageing": traits.ageing,
        "land": traits.land,
        "prefecture_chosen": _flags(code[:2] in chosen_prefectures for code in codes),
        **_from_tables(rows, people),
        **_later(people),
    }
    columns["selections"] = columns["eco"] + columns["environment"]
    columns = {name: _filled(column) for name, column in columns.items()}
    return Places(codes, traits.prefecture, _selected(codes, cohort), columns, years[:, 0])


def _from_tables(rows: Sequence[Row], people: Floats) -> dict[str, Floats]:
    """Columns of the packaged tables that the worlds do not use as they are."""
    habitable, area = numbers(rows, "habitable_area_km2"), numbers(rows, "area_km2")
    industry = read_table("municipality_industry")
    jobs = numbers(industry, *(name for name in industry[0] if name.startswith("emp_")))
    branch = dict(
        zip((n for n in industry[0] if n.startswith("emp_")), jobs.T / (jobs.sum(axis=1) + 1.0), strict=True)
    )
    codes, kinds = texts(rows, "jis_code"), texts(rows, "type")
    return {
        "density": np.log(people / np.maximum(habitable, 0.1)),
        "forest": 1.0 - habitable / area,
        "business": np.log((numbers(rows, "establishments_2016") + 1.0) / people),
        "seat": _flags(code in _seats(codes) for code in codes),
        "designated": _flags(kind == "designated_city" for kind in kinds),
        "village": _flags(kind in ("town", "village") for kind in kinds),
        "primary": branch["emp_agri_forestry"] + branch["emp_fishery"],
        "manufacturing": branch["emp_manufacturing"],
        "tourism": branch["emp_accommodation_food"],
        "knowledge": branch["emp_ict"] + branch["emp_professional_technical"],
    }  # fmt: skip


def _later(people: Floats) -> dict[str, Floats]:
    """Columns from figures later than 2018 (SSDSE-A; main fiscal indices FY2021)."""
    with _LATER.open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    now = np.maximum(numbers(rows, "population_2020"), 200.0)
    moved = numbers(rows, "inmigrants_2024") - numbers(rows, "outmigrants_2024")
    found = {
        "staff": np.log((numbers(rows, "general_admin_staff_2024") + 1.0) / now),
        "growth": np.log(now / people),
        "migration": moved / now,
        "budget": numbers(rows, "ordinary_balance_ratio_pct_fy2021"),
    }
    return {name: column.clip(*np.quantile(column, _EXTREME)) for name, column in found.items()}


def _filled(column: Floats) -> Floats:
    """A column whose blanks (evacuated towns) are its median."""
    return np.where(np.isfinite(column), column, np.nanmedian(column))


def _earlier_rows() -> list[Row]:
    return [row for row in read_table("futurecity_selections") if row["programme"] != "SDGs FutureCity"]


def _selected(codes: Sequence[str], rows: Sequence[Row]) -> Floats:
    chosen = {row["jis_code"] for row in rows}
    return _flags(code in chosen for code in codes)


def _flags(truths: Iterable[bool]) -> Floats:
    return np.array(list(truths), np.float64)


def _years(code: str, rows: Sequence[Row]) -> tuple[int, int]:
    """First and last fiscal year in which a place was selected, 0 where never."""
    years = [int(row["fiscal_year"]) for row in rows if row["jis_code"] == code]
    return (min(years), max(years)) if years else (0, 0)


def _seats(codes: Sequence[str]) -> set[str]:
    """Codes of the municipalities that are seats of prefectural governments."""
    lowest = {code[:2]: code for code in sorted(codes, reverse=True)}
    return set((lowest | _SEATS).values())

"""Quarters and fiscal years. Quarter 0 is 2018Q2, the first of fiscal year 2018 (April to March)."""

from __future__ import annotations

import re

from sim.errors import InputError

FIRST_YEAR = 2018
LAST_YEAR = 2100  # later years are taken for slips of the pen
QUARTERS_PER_YEAR = 4
DEFAULT_QUARTERS = 51  # to 2030Q4
DISCOUNT_RATE = 0.04  # a year: the social discount rate of Japan's cost-benefit analyses of public works
PLATFORM_OPENS = 1  # 2018Q3: founding general meeting of 31 August 2018
PLATFORM_SURGE = 9  # 2020Q3: private membership surged between May 2020 and January 2021


def quarter_label(t: int) -> str:
    """Calendar label of quarter ``t``: 0 is ``2018Q2``."""
    year, quarter = divmod(t + 1, QUARTERS_PER_YEAR)
    return f"{FIRST_YEAR + year}Q{quarter + 1}"


def parse_quarter(label: str) -> int:
    """Quarter number of a label such as ``2024Q2``.

    Raises:
        InputError: the label is not a quarter, or lies before 2018Q2.
    """
    match = re.fullmatch(r"(\d{4})Q([1-4])", str(label))
    if match is None:
        raise InputError(f"{label!r} is not a quarter; write it like 2018Q2")
    t = (int(match[1]) - FIRST_YEAR) * QUARTERS_PER_YEAR + int(match[2]) - 2
    if t < 0:
        raise InputError(f"quarter {label} lies before 2018Q2, the first quarter of the model")
    return t


def fiscal_year(t: int) -> int:
    """Fiscal year in which quarter ``t`` lies."""
    return FIRST_YEAR + t // QUARTERS_PER_YEAR


def fiscal_years(quarters: int) -> range:
    """Fiscal years touched by a horizon of ``quarters`` quarters."""
    return range(FIRST_YEAR, fiscal_year(quarters - 1) + 1)


def year_end(year: int, quarters: int) -> int:
    """The last quarter of a fiscal year that lies inside the horizon."""
    return min((year - FIRST_YEAR + 1) * QUARTERS_PER_YEAR, quarters) - 1


def year_fraction(year: int, quarters: int) -> float:
    """Share of a fiscal year that lies inside the horizon; an appropriation is cut pro rata."""
    inside = quarters - (year - FIRST_YEAR) * QUARTERS_PER_YEAR
    return min(max(inside, 0), QUARTERS_PER_YEAR) / QUARTERS_PER_YEAR


#: Dated events that raise awareness: quarter -> what happened, by ids of ``sim.text``, section ``events``.
#: Dates are facts, weights are assumed (1 each).
EVENTS: dict[str, tuple[str, ...]] = {
    "2018Q3": ("hlpf_2018",),
    "2019Q2": ("g20_osaka",),
    "2019Q3": ("sdg_summit_2019", "ticad7"),
    "2021Q3": ("tokyo_2020",),
    "2025Q2": ("expo_2025",),
}


def event_weight(t: int) -> float:
    """Number of dated events in quarter ``t``."""
    return float(len(EVENTS.get(quarter_label(t), ())))

"""What is forecast from each origin: later targets of the calibration, and what was known of their series."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

import numpy as np

from sim.analysis.calibration.targets import Target, Use, quarters_at, targets
from sim.analysis.validation.backtest import Case
from sim.analysis.validation.benchmarks import Known
from sim.analysis.validation.discrepancy import LATELY
from sim.calendar import parse_quarter
from sim.worlds.tables import read_table

ORIGINS = (2018, 2019, 2020)
LAST = "2022Q1"  # end of FY2021
_GOVERNMENTS = 1_788.0
_YEAR = 4
#: Counts of local governments, which are at most all of them.
_OF_GOVERNMENTS = ("adoption_share_surveyed", "platform_municipalities")
_SIDES = ("platform_municipalities",), ("platform_companies",)
_MEMBERS = ("platform_members",)
_ADOPTION = ("adoption_share_surveyed",)

type _Point = tuple[float, float]  # years, value


def end_of(origin: int) -> int:
    """The last quarter whose data belong to an origin, a fiscal year."""
    return parse_quarter(f"{origin + 1}Q1")


def later(origin: int) -> tuple[Target, ...]:
    """Targets that are observed after an origin and until the end of FY2021."""
    return tuple(
        target
        for target in targets()
        if target.use is not Use.UNMATCHED and end_of(origin) < target.last_quarter <= parse_quarter(LAST)
    )


def last_known(origin: int, target: Target) -> Target | None:
    """The last observation of a target's series before an origin ends, if there is one of its last year."""
    end = end_of(origin)
    before = [one for one in targets() if _same(one, target) and quarters_at(one.date) <= end]
    last = max(before, key=_years, default=None)
    return last if last is not None and end / _YEAR - _years(last) <= LATELY else None


def cases(origins: Iterable[int] = ORIGINS) -> list[Case]:
    """Every later target of each origin as a case."""
    return [_case(origin, target) for origin in origins for target in later(origin)]


def _case(origin: int, target: Target) -> Case:
    end = end_of(origin) / _YEAR
    known = [point for point in _series(target) if point[0] <= end]
    times, values = np.array(known).reshape(-1, 2).T
    ceiling = _GOVERNMENTS if target.numerator[0] in _OF_GOVERNMENTS else inf
    series = Known(times, values, 1.0 if target.scale == "logit" else ceiling)
    return Case(origin, target.name, target.date, _years(target), target.value, series)


def _years(target: Target) -> float:
    return quarters_at(target.date) / _YEAR


def _series(target: Target) -> list[_Point]:
    """Everything observed of a target's series, in the order of time."""
    points = [(_years(one), one.value) for one in targets() if _same(one, target)]
    if target.numerator == _MEMBERS:
        points += _sums_of_sides()
    if target.numerator == _ADOPTION and not target.denominator:
        points.append(_first_adopters())
    return sorted(points)


def _same(one: Target, other: Target) -> bool:
    """Whether two targets are the same figure at different dates."""
    kinds = ("numerator", "denominator", "times", "period", "scale")
    return bool(one.numerator) and all(getattr(one, kind) == getattr(other, kind) for kind in kinds)


def _sums_of_sides() -> list[_Point]:
    """Members in total on days on which both sides were counted."""
    local, private = (
        {_years(one): one.value for one in targets() if one.numerator == side} for side in _SIDES
    )
    return [(when, value + private[when]) for when, value in local.items() if when in private]


def _first_adopters() -> _Point:
    """Local governments that worked on the SDGs in October 2017, before the model begins."""
    row = next(row for row in read_table("sdgs_adoption") if row["indicator"] == "working_on_sdgs")
    return (quarters_at(f"{row['fiscal_year']}-10-31") / _YEAR, float(row["value"]) / 100.0 * _GOVERNMENTS)

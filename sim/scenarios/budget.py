"""Equal public budget: the factors that make scenarios appropriate the same in each fiscal year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.errors import InputError
from sim.scenarios.scenario import Scenario

#: Appropriations that differ by less than this, relative to the larger, are equal.
TOLERANCE = 1e-9


class Rescaling(NamedTuple):
    """A factor that makes a scenario's appropriation of one fiscal year equal to the reference's."""

    scenario: str
    fiscal_year: int
    appropriated: float  # JPY M a full fiscal year, before
    factor: float


def rescalings(scenarios: Sequence[Scenario], fiscal_years: Sequence[int]) -> list[Rescaling]:
    """What it takes to make every scenario appropriate what the first one does; empty if they do already.

    Raises:
        InputError: a scenario appropriates nothing in a year in which the first one does.
    """
    wanted = _totals(scenarios[0], fiscal_years)
    found = []
    for scenario in scenarios[1:]:
        for year, target, total in zip(fiscal_years, wanted, _totals(scenario, fiscal_years), strict=True):
            if abs(target - total) <= TOLERANCE * max(target, total):
                continue
            if total == 0.0:
                raise InputError(
                    f"equal budget: {scenario.name} appropriates nothing in FY{year}, {scenarios[0].name} "
                    f"JPY {target:,.10g} M; no factor makes them equal, change the scenario"
                )
            found.append(Rescaling(scenario.name, year, float(total), float(target / total)))
    return found


def listed(factors: Sequence[Rescaling]) -> str:
    """The factors in words; years that follow on one another with the same factor are taken together."""
    spans: list[tuple[Rescaling, int]] = []
    for item in factors:
        if spans and _goes_on(*spans[-1], item):
            spans[-1] = (spans[-1][0], item.fiscal_year)
        else:
            spans.append((item, item.fiscal_year))
    return ", ".join(
        f"{item.scenario} FY{item.fiscal_year}{f'-{last}' * (last > item.fiscal_year)} x {item.factor:.6g}"
        for item, last in spans
    )


def _goes_on(first: Rescaling, last: int, item: Rescaling) -> bool:
    return (item.scenario, item.fiscal_year) == (first.scenario, last + 1) and (
        abs(item.factor - first.factor) <= TOLERANCE * first.factor
    )


def rescaled(scenario: Scenario, factors: Sequence[Rescaling], fiscal_years: Sequence[int]) -> Scenario:
    """The scenario with every lever of the years named multiplied by the year's factor."""
    by_year = {item.fiscal_year: item.factor for item in factors if item.scenario == scenario.name}
    if not by_year:
        return scenario
    return scenario.with_appropriations(
        fiscal_years,
        scenario.appropriations(fiscal_years) * [by_year.get(year, 1.0) for year in fiscal_years],
    )


def _totals(scenario: Scenario, fiscal_years: Sequence[int]) -> npt.NDArray[np.float64]:
    return scenario.appropriations(fiscal_years).sum(axis=0)

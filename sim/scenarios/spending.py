"""Equal spending: what scenarios add to a baseline is scaled until they all spend the same beyond it.

What is appropriated is no measure of what a policy costs: a lever returns what it cannot use. So scenarios
are compared where the money that they absorb is equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from sim.calendar import year_fraction
from sim.kernel.world import Floats
from sim.scenarios.inheritance import value_at
from sim.scenarios.scenario import Scenario
from sim.scenarios.section import Section

#: How near to the sum is near enough, as a share of it.
TOLERANCE = 0.01

type Verdict = Literal["equal", "at_most", "nearest"]
type _Amount = Annotated[float, Field(allow_inf_nan=False)]


class Absorbed(Section):
    """What one scenario was given so that it absorbs the sum.

    Attributes:
        factor: by which all that it appropriates beyond the baseline was multiplied.
        appropriated: beyond the baseline, JPY M a fiscal year, national.
        spent: likewise, of all levers together: mean over the replicates of the search.
        verdict: ``equal`` (``spent`` is the sum, within the tolerance), ``at_most`` (it absorbs no more,
            whatever it is given, so it stands at the least appropriation at which it absorbs that),
            ``nearest`` (money is spent in units so large that nothing nearer was found).
    """

    factor: _Amount
    appropriated: _Amount
    spent: _Amount
    verdict: Verdict


class EqualSpending(Section):
    """At which sum scenarios are compared, and what each was given for it.

    Attributes:
        sum: JPY M a fiscal year spent beyond the baseline, national, on average from ``since`` on.
        since: the first fiscal year in which a scenario appropriates more than the baseline.
        replicates: replicates on which it was found.
        tolerance: share of the sum within which spending counts as equal.
        scenarios: by name.
    """

    sum: _Amount
    since: int
    replicates: int
    tolerance: _Amount
    scenarios: dict[str, Absorbed]

    def names(self, verdict: Verdict) -> list[str]:
        """Scenarios of that verdict."""
        return [name for name, found in self.scenarios.items() if found.verdict == verdict]


def beyond(scenario: Scenario, baseline: Scenario, fiscal_years: Sequence[int]) -> Floats:
    """What is appropriated beyond the baseline, and 0 where it is less: JPY M (funds, fiscal years).

    Levers, those of extensions, and programmes; one that the baseline does not have is all beyond it.
    """
    nothing = {fiscal_years[0]: 0.0}
    paths = [baseline.money.get(fund, nothing) for fund in scenario.funds]
    there = np.array([[value_at(path, year) for year in fiscal_years] for path in paths])
    more: Floats = np.maximum(scenario.appropriations(fiscal_years) - there, 0.0)
    return more


def scaled(scenario: Scenario, baseline: Scenario, factor: float, fiscal_years: Sequence[int]) -> Scenario:
    """The scenario with all that it appropriates beyond the baseline multiplied by a factor."""
    if factor == 1.0:
        return scenario
    more = beyond(scenario, baseline, fiscal_years)
    amounts = np.maximum(scenario.appropriations(fiscal_years) + (factor - 1.0) * more, 0.0)
    return scenario.with_appropriations(fiscal_years, amounts)


def first_year(scenarios: Iterable[Scenario], baseline: Scenario, fiscal_years: Sequence[int]) -> int | None:
    """The first fiscal year in which a scenario appropriates more than the baseline; None if none does."""
    more = [beyond(scenario, baseline, fiscal_years).sum(axis=0) > 0.0 for scenario in scenarios]
    there = np.logical_or.reduce(more)
    return fiscal_years[int(there.argmax())] if there.any() else None


def years_from(since: int, fiscal_years: Sequence[int], quarters: int) -> float:
    """Fiscal years from ``since`` to the horizon; one that the horizon cuts counts in part."""
    return sum(year_fraction(year, quarters) for year in fiscal_years if year >= since)


def extra(
    scenario: Scenario, baseline: Scenario, fiscal_years: Sequence[int], since: int, quarters: int
) -> float:
    """What is appropriated beyond the baseline, JPY M a fiscal year on average from ``since`` on."""
    fractions = [year_fraction(year, quarters) for year in fiscal_years]
    total = float((beyond(scenario, baseline, fiscal_years) * fractions).sum())
    return total / years_from(since, fiscal_years, quarters)

"""Levers that are given so little more that not one unit more can be bought for a year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.calendar import fiscal_years
from sim.kernel.parameters import declared
from sim.kernel.world import Floats
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import Scenario
from sim.scenarios.spending import beyond
from sim.text import Language, say, short
from sim.text.numbers import money

#: Costs of a year of what is bought whole (groups, cities advised, staff sent), and of a mission.
WHOLE = {"study_group_cost", "subcommittee_cost", "advice_cost", "adviser_cost", "mission_cost"}


class Small(NamedTuple):
    """A lever that is given too little for one unit more.

    Attributes:
        scenario: its name.
        lever: what is bought.
        given: beyond the baseline, JPY M a fiscal year at most, in the world that is run.
        cost: of one unit, JPY M a year.
        nationwide: the same as ``given`` as the scenario says it, before it is scaled to a smaller world.
    """

    scenario: str
    lever: str
    given: float
    cost: float
    nationwide: float

    def told(self, lang: Language) -> dict[str, str]:
        """What a sentence about it names besides the scenario."""
        given = money(self.given, lang)
        if self.nationwide != self.given:
            given = say(
                "scenario_warnings.given_here", lang, given=given, nationwide=money(self.nationwide, lang)
            )
        return {"lever": short(self.lever, lang), "given": given, "cost": money(self.cost, lang)}


def below_a_unit(
    scenarios: Sequence[Scenario], baseline: Scenario, quarters: int, share: float
) -> Iterator[Small]:
    """Levers that are given more than in the baseline, but too little for one unit more in any year.

    Args:
        scenarios: those that are compared.
        baseline: what they are compared with.
        quarters: horizon.
        share: of the nation's money that levers get in the world that is run; programmes get all of theirs.
    """
    years = fiscal_years(quarters)
    for scenario in scenarios:
        more, whole = beyond(scenario, baseline, years), scenario.appropriations(years)
        for number, fund in enumerate(scenario.funds):
            programme = scenario.programmes.get(fund)
            lever = fund if programme is None else programme.lever
            cost, given = unit_cost(scenario, lever), float(more[number].max())
            part = share if programme is None else 1.0
            if cost is None or given <= 0.0:
                continue
            units = _whole(part * whole[number] / cost) - _whole(part * (whole[number] - more[number]) / cost)
            if not units.any():
                yield Small(scenario.name, lever, part * given, cost, given)


def _whole(units: Floats) -> Floats:
    """Units without the part of one; what is a hair below a whole one is one."""
    whole: Floats = np.floor(units + 1e-9)
    return whole


def part_of_japan(total: float, share: float, lang: Language) -> dict[str, str]:
    """What a sentence names that says how much of a sum of all Japan (JPY M) is that of a world."""
    return {"sum": money(total, lang), "here": money(share * total, lang), "share": f"{100 * share:.2g}%"}


def unit_cost(scenario: Scenario, lever: str) -> float | None:
    """What one unit of a lever costs a year, JPY M, at the start; None where it is bought in any amount."""
    set_by = next((known.cost_set_by for known in LEVERS if known.name == lever), ())
    for name in WHOLE & set(set_by):
        path = scenario.parameters.get(name, {0: declared()[name].default})
        return path[min(path)]
    return None

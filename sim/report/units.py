"""Levers that are given so little that hardly a unit of them can be bought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sim.calendar import fiscal_years
from sim.kernel.parameters import declared
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import Scenario
from sim.scenarios.spending import beyond
from sim.text import Language, say, short
from sim.text.numbers import money

#: Costs of a year of what is bought whole (groups, cities advised, staff sent), and of a mission.
WHOLE = {"study_group_cost", "subcommittee_cost", "advice_cost", "adviser_cost", "mission_cost"}


class Small(NamedTuple):
    """A lever that is given less than a unit of it costs.

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
    """Levers that are given more than in the baseline, but less than one unit of them costs.

    Args:
        scenarios: those that are compared.
        baseline: what they are compared with.
        quarters: horizon.
        share: of the nation's money that levers get in the world that is run; programmes get all of theirs.
    """
    for scenario in scenarios:
        most = beyond(scenario, baseline, fiscal_years(quarters)).max(axis=1)
        for fund, given in zip(scenario.funds, most, strict=True):
            programme = scenario.programmes.get(fund)
            lever = fund if programme is None else programme.lever
            cost = unit_cost(scenario, lever)
            here = float(given) * (share if programme is None else 1.0)
            if cost is not None and 0.0 < here < cost:
                yield Small(scenario.name, lever, here, cost, float(given))


def unit_cost(scenario: Scenario, lever: str) -> float | None:
    """What one unit of a lever costs a year, JPY M, at the start; None where it is bought in any amount."""
    set_by = next((known.cost_set_by for known in LEVERS if known.name == lever), ())
    for name in WHOLE & set(set_by):
        path = scenario.parameters.get(name, {0: declared()[name].default})
        return path[min(path)]
    return None

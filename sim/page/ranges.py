"""How far the settings of several scenarios lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import Scenario
from sim.text import Language, say

#: Fiscal years over which money is averaged, as in the budget of the page.
YEARS = range(2019, 2031)
#: The row of all programmes together, which are no levers of the nation for everybody.
PROGRAMMES = "programmes"
#: JPY M a fiscal year below which settings are the same.
SAME = 0.05
#: Groups that are named; of more their number is told.
_MOST_NAMED = 2


class Range(NamedTuple):
    """What groups give a lever.

    Attributes:
        name: of the lever, or ``PROGRAMMES``.
        baseline: JPY M a fiscal year, mean of ``YEARS``.
        values: the same of each group.
    """

    name: str
    baseline: float
    values: tuple[float, ...]

    @property
    def low(self) -> float:
        """What the group gives that gives least."""
        return min(self.values)

    @property
    def high(self) -> float:
        """What the group gives that gives most."""
        return max(self.values)

    @property
    def middle(self) -> float:
        """The median group's."""
        return float(median(self.values))

    @property
    def differs(self) -> bool:
        """Whether groups give it different sums."""
        return self.high - self.low > SAME

    @property
    def moved(self) -> bool:
        """Whether any group gives it another sum than the baseline."""
        return any(abs(value - self.baseline) > SAME for value in self.values)

    @property
    def more_by_all(self) -> bool:
        """Whether every group gives it more than the baseline."""
        return self.low > self.baseline + SAME

    def who(self, value: float, titles: Sequence[str], lang: Language) -> str:
        """The groups that give so much, by name where they are few."""
        named = [title for title, own in zip(titles, self.values, strict=True) if abs(own - value) <= SAME]
        if len(named) > _MOST_NAMED:
            return say("page.groups.several", lang, count=len(named))
        return say("page.groups.between", lang).join(named)


def ranges(baseline: Scenario, groups: Sequence[Scenario]) -> list[Range]:
    """What groups give each lever, in the order of the ledger, then all programmes together."""
    before, *given = (_given(one) for one in (baseline, *groups))
    return [Range(name, before[name], tuple(one[name] for one in given)) for name in before]


def beyond(baseline: Scenario, group: Scenario) -> float:
    """JPY M a fiscal year that a group gives beyond the baseline, mean of ``YEARS``."""
    return sum(_given(group).values()) - sum(_given(baseline).values())


def _given(scenario: Scenario) -> dict[str, float]:
    means = dict(zip(scenario.funds, scenario.appropriations(YEARS).mean(axis=1).tolist(), strict=True))
    levers = {lever.name: means.pop(lever.name) for lever in LEVERS}
    return {**levers, PROGRAMMES: sum(means.values())}

"""Factors: what an experiment varies, which values it may take, and how they are laid over a scenario."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sim.calendar import FIRST_YEAR, QUARTERS_PER_YEAR, parse_quarter, quarter_label
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.inheritance import path_over
from sim.scenarios.levers import SETTINGS
from sim.scenarios.programmes import Programme
from sim.scenarios.scenario import Calendar, Scenario

type Value = float | str | bool | None
type Point = tuple[Value, ...]

#: What a factor is. Uncertainties are what policy does not know; all the rest is what it chooses.
KINDS = ("lever", "rule", "module", "event", "uncertainty", "emphasis")
SCALES = ("linear", "log")
DISTRIBUTIONS = ("uniform", "triangular", "normal")
_DIGITS = (
    12  # of levels between the ends of a range: three fewer than are exact, so that rounding shows in none
)
_MONEY_OF = re.compile(r"programmes\.(\w+)\.money")
_NORMAL_EDGE = 1.959963984540054  # standard deviations on either side that hold the central 95%


@dataclass(frozen=True)
class Factor:
    """Something that is varied.

    Attributes:
        name: dotted, as in a scenario file (``matching_support``, ``esg_finance.guarantee_cover``,
            ``programmes.nagano_coordinators.money``).
        kind: one of ``KINDS``.
        low, high: range of a number; None where ``values`` are given.
        scale: ``log`` spreads points evenly over orders of magnitude.
        distribution: ``uniform``; ``triangular`` peaks in the middle of the range; ``normal`` has the range
            as its central 95% and is cut there. On a log scale they hold for the logarithm.
        values: values to choose from; None where a range is given. Those of an event are labels of quarters
            or ``never``.
        start: fiscal year (levers) or quarter number (uncertainties) from which the value holds; None =
            from the beginning, and of a programme from the first year in which it has money.
    """

    name: str
    kind: str
    low: float | None = None
    high: float | None = None
    scale: str = "linear"
    distribution: str = "uniform"
    values: tuple[Value, ...] | None = None
    start: int | None = None

    @property
    def programme(self) -> str | None:
        """The programme whose money it is; None where it is something else."""
        found = _MONEY_OF.fullmatch(self.name)
        return None if found is None else found[1]

    def at(self, u: float) -> Value:
        """Value at a coordinate in [0, 1]: its quantile of the distribution, or one of the values.

        The coordinates 0 and 1 give ``low`` and ``high`` to the last bit, and none gives a value beyond them.
        """
        if self.values is not None:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        low, high = self._ends
        if u <= 0.0 or u >= 1.0:
            return low if u <= 0.0 else high
        return min(max(self._between(_quantile(self.distribution, u)), low), high)

    @property
    def _ends(self) -> tuple[float, float]:
        assert self.low is not None and self.high is not None
        return float(self.low), float(self.high)

    def _between(self, share: float) -> float:
        """The number that lies so far between the ends of the range."""
        low, high = self._ends
        if self.scale == "log":
            return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        return low + share * (high - low)

    def _share(self, number: float) -> float:
        """How far a number lies between the ends of the range: the inverse of ``_between``."""
        low, high = self._ends
        if self.scale == "log":
            low, high, number = math.log(low), math.log(high), math.log(number)
        return min(max((number - low) / (high - low), 0.0), 1.0)

    def levels(self, number: int) -> tuple[Value, ...]:
        """The values to choose from, or so many (2 or more) spread evenly over the range, ends included."""
        if self.values is not None:
            return self.values
        inner = (_rounded(self._between(n / (number - 1))) for n in range(1, number - 1))
        low, high = self._ends
        return (low, *(min(max(value, low), high) for value in inner), high)

    def allows(self, value: Value) -> bool:
        """Whether the factor can take a value; None, as in the scenario itself, is always allowed."""
        if value is None:
            return True
        if self.values is not None:
            return _place(value, self.values) is not None
        low, high = self._ends
        return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high

    def coordinate(self, value: Value) -> float:
        """Coordinate in [0, 1] of a value, which ``at`` takes back to it (a number but for rounding).

        A number of a range has the probability of less; one of k ``values`` has the middle of its share of
        1 / k, whatever the method of the design; None, as in the scenario itself, has NaN.

        Raises:
            InputError: the factor cannot take this value.
        """
        if value is None:
            return math.nan
        if not self.allows(value):
            raise InputError(f"{self.name}: {value!r} is not what the factor allows")
        if self.values is not None:
            return ((_place(value, self.values) or 0) + 0.5) / len(self.values)
        return _probability(self.distribution, self._share(float(value)))


def _rounded(number: float) -> float:
    """A number as somebody would write it to pick its points: 0.3, not 0.30000000000000004."""
    return float(f"{number:.{_DIGITS}g}")


def _place(value: Value, values: Sequence[Value]) -> int | None:
    """Where a value stands among others; true is not 1."""
    for number, other in enumerate(values):
        if value == other and isinstance(value, bool) == isinstance(other, bool):
            return number
    return None


def applied(scenario: Scenario, factors: Sequence[Factor], point: Point) -> Scenario:
    """The scenario with a point's values laid over it; the values have been checked before.

    Money of a programme that the scenario has not changes nothing in it.
    """
    changed: dict[str, Any] = {}
    for factor, value in zip(factors, point, strict=True):
        if value is not None:
            section = section_of(factor, scenario)
            inside = changed.get(section) or getattr(scenario, section)
            changed[section] = _SET[section](inside, factor, value)
    return scenario.model_copy(update=changed) if changed else scenario


def section_of(factor: Factor, scenario: Scenario) -> str:
    """Section of a scenario (its attribute) in which a factor is set."""
    if factor.programme is not None:
        return "programmes"
    return "settings" if factor.name in scenario.settings else SECTION[factor.kind]


def suits(factor: Factor, scenario: Scenario) -> bool:
    """Whether a scenario has what the factor varies: all but the money of a programme, they have alike."""
    return factor.programme is None or factor.programme in scenario.programmes


def first_year(factor: Factor, money: Mapping[int, float]) -> int:
    """Fiscal year from which a factor holds of a lever, or of a programme with that money."""
    if factor.start is not None:
        return factor.start
    given = [year for year, amount in money.items() if amount > 0.0]
    return min(given, default=FIRST_YEAR) if factor.programme else FIRST_YEAR


def first_quarter(factor: Factor) -> int:
    """Quarter before which a factor leaves all points alike; 0 where it names no beginning."""
    if factor.start is None or factor.name in {setting.name for setting in SETTINGS}:
        return 0
    return factor.start if factor.kind == "uncertainty" else QUARTERS_PER_YEAR * (factor.start - FIRST_YEAR)


def _set_money(inside: Mapping[str, Programme], factor: Factor, value: float) -> dict[str, Programme]:
    programme = inside.get(factor.programme or "")
    if programme is None:
        return dict(inside)
    path = path_over(programme.money, {first_year(factor, programme.money): float(value)})
    return {**inside, str(factor.programme): programme.model_copy(update={"money": path})}


def _set_lever(inside: Mapping[str, Any], factor: Factor, value: float) -> dict[str, Any]:
    start = FIRST_YEAR if factor.start is None else factor.start
    return {**inside, factor.name: path_over(inside[factor.name], {start: float(value)})}


def _set_parameter(inside: Mapping[str, Any], factor: Factor, value: float) -> dict[str, Any]:
    before = inside.get(factor.name) or {0: declared()[factor.name].default}
    return {**inside, factor.name: path_over(before, {factor.start or 0: float(value)})}


def _set_value(inside: Mapping[str, Any], factor: Factor, value: Value) -> dict[str, Any]:
    return {**inside, factor.name: value}


def _set_event(inside: Calendar, factor: Factor, value: str) -> Calendar:
    return inside.model_copy(update={factor.name: None if value == "never" else parse_quarter(value)})


#: Section of a scenario file in which a kind of factor is set.
SECTION = {
    "lever": "levers",
    "rule": "rules",
    "module": "modules",
    "event": "calendar",
    "uncertainty": "parameters",
    "emphasis": "emphasis",
}
_SET: dict[str, Callable[..., Any]] = {
    "levers": _set_lever,
    "programmes": _set_money,
    "parameters": _set_parameter,
    "settings": _set_value,
    "rules": _set_value,
    "modules": _set_value,
    "emphasis": _set_value,
    "calendar": _set_event,
}


def _quantile(distribution: str, u: float) -> float:
    """Share of the range below which the distribution has probability ``u``."""
    if distribution == "triangular":
        return math.sqrt(u / 2.0) if u < 0.5 else 1.0 - math.sqrt((1.0 - u) / 2.0)
    if distribution == "normal":
        from scipy.special import ndtr, ndtri

        below = float(ndtr(-_NORMAL_EDGE))
        return float(0.5 + 0.5 * ndtri(below + u * (1.0 - 2.0 * below)) / _NORMAL_EDGE)
    return u


def _probability(distribution: str, share: float) -> float:
    """Probability below a share of the range: the inverse of ``_quantile``."""
    if distribution == "triangular":
        return 2.0 * share * share if share < 0.5 else 1.0 - 2.0 * (1.0 - share) * (1.0 - share)
    if distribution == "normal":
        from scipy.special import ndtr

        below = float(ndtr(-_NORMAL_EDGE))
        return float((ndtr((2.0 * share - 1.0) * _NORMAL_EDGE) - below) / (1.0 - 2.0 * below))
    return share


def written(factor: Factor) -> dict[str, Any]:
    """A factor in the words of an experiment file."""
    usual = Factor(factor.name, factor.kind)
    stated: dict[str, Any] = {
        name: list(value) if name == "values" else value
        for name, value in asdict(factor).items()
        if name == "kind" or value != getattr(usual, name)
    }
    if factor.start is not None:
        del stated["start"]
        stated["from"] = quarter_label(factor.start) if factor.kind == "uncertainty" else factor.start
    return stated

"""Factors: what an experiment varies, which values it may take, and how they are laid over a scenario."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sim.calendar import FIRST_YEAR, parse_quarter, quarter_label
from sim.kernel.parameters import declared
from sim.scenarios.scenario import Calendar, Scenario, path_over

type Value = float | str | bool | None
type Point = tuple[Value, ...]

#: What a factor is. Uncertainties are what policy does not know; all the rest is what it chooses.
KINDS = ("lever", "rule", "module", "event", "uncertainty", "emphasis")
SCALES = ("linear", "log")
DISTRIBUTIONS = ("uniform", "triangular", "normal")


@dataclass(frozen=True)
class Factor:
    """Something that is varied.

    Attributes:
        name: dotted, as in a scenario file (``matching_support``, ``esg_finance.guarantee_cover``).
        kind: one of ``KINDS``.
        low, high: range of a number; None where ``values`` are given.
        scale: ``log`` spreads points evenly over orders of magnitude.
        distribution: ``uniform``; ``triangular`` peaks in the middle of the range; ``normal`` has the range
            as its central 95% and is cut there. On a log scale they hold for the logarithm.
        values: values to choose from; None where a range is given. Those of an event are labels of quarters
            or ``never``.
        start: fiscal year (levers) or quarter number (uncertainties) from which the value holds; None =
            from the beginning.
    """

    name: str
    kind: str
    low: float | None = None
    high: float | None = None
    scale: str = "linear"
    distribution: str = "uniform"
    values: tuple[Value, ...] | None = None
    start: int | None = None

    def at(self, u: float) -> Value:
        """Value at a coordinate in [0, 1]: its quantile of the distribution, or one of the values."""
        if self.values is not None:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        assert self.low is not None and self.high is not None
        share = _quantile(self.distribution, min(max(u, 0.0), 1.0))
        if self.scale == "log":
            return float(math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low))))
        return float(self.low + share * (self.high - self.low))

    def levels(self, number: int) -> tuple[Value, ...]:
        """The values to choose from, or so many spread evenly over the range, ends included."""
        if self.values is not None:
            return self.values
        flat = Factor(self.name, self.kind, self.low, self.high, self.scale)
        return tuple(flat.at(n / (number - 1)) for n in range(number))


def applied(scenario: Scenario, factors: Sequence[Factor], point: Point) -> Scenario:
    """The scenario with a point's values laid over it; the values have been checked before."""
    changed: dict[str, Any] = {}
    for factor, value in zip(factors, point, strict=True):
        if value is not None:
            section = "settings" if factor.name in scenario.settings else _SECTION[factor.kind]
            inside = changed.get(section) or getattr(scenario, section)
            changed[section] = _SET[section](inside, factor, value)
    return scenario.model_copy(update=changed) if changed else scenario


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


_SECTION = {
    "lever": "levers",
    "rule": "rules",
    "module": "modules",
    "event": "calendar",
    "uncertainty": "parameters",
    "emphasis": "emphasis",
}
_SET: dict[str, Callable[..., Any]] = {
    "levers": _set_lever,
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

        edge = 1.959963984540054
        inside = float(ndtr(edge) - ndtr(-edge))
        return float(0.5 + 0.5 * ndtri(float(ndtr(-edge)) + u * inside) / edge)
    return u


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

"""Designs of experiments: which values of which factors make up the points that are run.

A design is a table of points, one value per factor. Methods draw points in the unit cube with kept
libraries (SciPy's ``qmc``, SALib); a factor turns its coordinate into a value.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.calendar import FIRST_YEAR, parse_quarter, quarter_label
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.scenario import Calendar, Scenario, path_over

Floats = npt.NDArray[np.float64]

type Value = float | str | bool | None
type Point = tuple[Value, ...]

#: What a factor is. Uncertainties are what policy does not know; all the rest is what it chooses.
KINDS = ("lever", "rule", "module", "event", "uncertainty", "emphasis")
SCALES = ("linear", "log")
DISTRIBUTIONS = ("uniform", "triangular", "normal")
METHODS = ("grid", "fractional", "lhs", "sobol", "saltelli", "morris", "oat", "table")
#: Methods whose designs may grow: points are added, and what is there stays.
NESTED = ("grid", "sobol", "saltelli", "table")
MOST_POINTS = 10_000_000
#: Table of the points in a results folder.
POINTS = "design.parquet"


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


@dataclass(frozen=True)
class Design:
    """Points of an experiment.

    Attributes:
        method: one of ``METHODS``.
        factors: what is varied.
        points: one value per factor each; None = as in the scenario itself.
        options: what the method was asked for, besides its name.
        first: number of the first point, above 0 in a part of a design.
    """

    method: str
    factors: tuple[Factor, ...]
    points: tuple[Point, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    first: int = 0

    def applied(self, scenario: Scenario, point: int) -> Scenario:
        """The scenario with the values of a point laid over it."""
        return applied(scenario, self.factors, self.points[point - self.first])

    def part(self, points: range) -> Design:
        """The design with these points alone, numbered as before."""
        return replace(self, points=self.points[points.start : points.stop], first=points.start)

    def to_mapping(self) -> dict[str, Any]:
        """Plain values for ``experiment.yaml``: the method as it was asked for, and the factors.

        A table of one's own is the one that lies beside ``experiment.yaml``.
        """
        options = {"file": POINTS} if self.method == "table" else self.options
        return {
            "design": {"method": self.method, **options},
            "factors": {factor.name: _stated(factor) for factor in self.factors},
        }

    def table(self) -> dict[str, list[Any]]:
        """Columns of the table of points: ``point``, then one per factor."""
        columns: dict[str, list[Any]] = {"point": list(range(len(self.points)))}
        for number, factor in enumerate(self.factors):
            columns[factor.name] = [point[number] for point in self.points]
        return columns

    def grown_from(self, before: Sequence[Point]) -> Design:
        """This design with the points of an earlier one first, in their order.

        Raises:
            InputError: the method does not nest, or a point of before is missing.
        """
        if tuple(before) == self.points:
            return self
        if self.method not in NESTED:
            raise InputError(
                f"design: a {self.method} design cannot grow or change once it has begun; "
                f"give another folder with --out (designs that grow: {', '.join(NESTED)})"
            )
        wanted = dict.fromkeys(self.points)
        known = dict.fromkeys(before)
        if known.keys() <= wanted.keys():
            points = (*before, *(point for point in wanted if point not in known))
        elif wanted.keys() <= known.keys():  # asked for less than there is: nothing is taken away
            points = tuple(before)
        else:
            raise InputError(
                "design: it lacks points that the folder holds, so it is another design; "
                "give another folder with --out"
            )
        return replace(self, points=points)


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


def points_of(method: str, factors: Sequence[Factor], seed: int, options: Mapping[str, Any]) -> list[Point]:
    """Points of a design.

    Args:
        method: one of ``METHODS`` but ``table``.
        factors: what is varied.
        seed: of what is drawn.
        options: ``samples`` (lhs, sobol: points; saltelli: base samples), ``trajectories`` and ``levels``
            (morris), ``levels`` (grid: of a range).

    Raises:
        InputError: an option does not suit the method.
    """
    if method == "grid":
        return list(itertools.product(*(factor.levels(options.get("levels", 3)) for factor in factors)))
    if method == "oat":
        return _one_at_a_time(factors)
    cube = _CUBE[method](len(factors), seed, options)
    return [tuple(factor.at(float(u)) for factor, u in zip(factors, row, strict=True)) for row in cube]


def _one_at_a_time(factors: Sequence[Factor]) -> list[Point]:
    """The scenario itself, then each factor alone at each of its values or at both ends of its range."""
    points: list[Point] = [(None,) * len(factors)]
    for number, factor in enumerate(factors):
        points += [
            tuple(value if n == number else None for n in range(len(factors))) for value in factor.levels(2)
        ]
    return points


def _latin_hypercube(dimensions: int, seed: int, options: Mapping[str, Any]) -> Floats:
    """McKay, Beckman and Conover 1979."""
    from scipy.stats import qmc

    points: Floats = qmc.LatinHypercube(dimensions, rng=seed).random(options["samples"])
    return points


def _sobol(dimensions: int, seed: int, options: Mapping[str, Any]) -> Floats:
    """Scrambled Sobol' points (Owen 1998); a longer sequence begins with the shorter one."""
    from scipy.stats import qmc

    samples = options["samples"]
    if samples & (samples - 1):
        raise InputError(f"design.samples: Sobol' points are balanced in powers of 2 only, not {samples:,}")
    points: Floats = qmc.Sobol(dimensions, rng=seed).random(samples)
    return points


def _saltelli(dimensions: int, seed: int, options: Mapping[str, Any]) -> Floats:
    """Points for Sobol' indices of first order and in total (Saltelli 2010), base sample by base sample."""
    from SALib.sample import sobol

    samples = options["samples"]
    if samples & (samples - 1):
        raise InputError(f"design.samples: give a power of 2, not {samples:,}")
    points: Floats = sobol.sample(_problem(dimensions), samples, calc_second_order=False, seed=seed)
    return points


def _morris(dimensions: int, seed: int, options: Mapping[str, Any]) -> Floats:
    """Trajectories of elementary effects (Morris 1991)."""
    from SALib.sample import morris

    points: Floats = morris.sample(
        _problem(dimensions), options["trajectories"], num_levels=options.get("levels", 4), seed=seed
    )
    return points


def _fractional(dimensions: int, _: int, __: Mapping[str, Any]) -> Floats:
    """Two-level fractional factorial from a Hadamard matrix, folded over (Saltelli et al. 2008, 2.2.4)."""
    from SALib.sample import ff

    points: Floats = ff.sample(_problem(dimensions))[:, :dimensions]
    return points


def _problem(dimensions: int) -> dict[str, Any]:
    """The unit cube in the words of SALib."""
    names = [f"x{number}" for number in range(dimensions)]
    return {"num_vars": dimensions, "names": names, "bounds": [[0.0, 1.0]] * dimensions}


_CUBE: dict[str, Callable[[int, int, Mapping[str, Any]], Floats]] = {
    "lhs": _latin_hypercube,
    "sobol": _sobol,
    "saltelli": _saltelli,
    "morris": _morris,
    "fractional": _fractional,
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


def _stated(factor: Factor) -> dict[str, Any]:
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

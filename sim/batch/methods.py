"""Methods of designs: how the points are drawn.

They are drawn in the unit cube with kept libraries (SciPy's ``qmc``, SALib); a factor turns its coordinate
into a value.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.batch.factors import Factor, Point
from sim.errors import InputError

if TYPE_CHECKING:  # checking a file needs no arrays
    import numpy as np
    import numpy.typing as npt

    type Floats = npt.NDArray[np.float64]

METHODS = ("grid", "fractional", "lhs", "sobol", "saltelli", "morris", "oat", "table")
#: Methods whose designs may grow: points are added, and what is there stays.
NESTED = ("grid", "sobol", "saltelli", "table")
#: Options of each method.
OPTIONS = {
    "grid": {"levels"},
    "fractional": set[str](),
    "lhs": {"samples"},
    "sobol": {"samples"},
    "saltelli": {"samples", "groups"},
    "morris": {"trajectories", "levels"},
    "oat": set[str](),
    "table": {"file"},
}
NEEDED = {
    "lhs": "samples",
    "sobol": "samples",
    "saltelli": "samples",
    "morris": "trajectories",
    "table": "file",
}
MOST_POINTS = 10_000_000
#: Points times factors; they are Python objects of about 50 bytes each, so these take about 1 GB.
MOST_VALUES = 20_000_000
GRID_LEVELS = 3
MORRIS_LEVELS = 4


def points_of(method: str, factors: Sequence[Factor], seed: int, options: Mapping[str, Any]) -> list[Point]:
    """Points of a design.

    Args:
        method: one of ``METHODS`` but ``table``.
        factors: what is varied.
        seed: of what is drawn.
        options: ``samples`` (lhs, sobol: points; saltelli: base samples), ``trajectories`` and ``levels``
            (morris), ``levels`` (grid: of a range), ``groups`` (saltelli: lists of factors by name of group).

    Raises:
        InputError: the factors or the options do not suit the method, or it would be too many points.
    """
    check_design(method, factors, options)
    if method == "grid":
        return list(itertools.product(*_levels(factors, options)))
    if method == "oat":
        return _one_at_a_time(factors)
    if method == "saltelli":
        cube = _saltelli(_labels(factors, options), seed, options)
    else:
        cube = _CUBE[method](len(factors), seed, options)
    return [tuple(factor.at(float(u)) for factor, u in zip(factors, row, strict=True)) for row in cube]


def check_design(method: str, factors: Sequence[Factor], options: Mapping[str, Any]) -> None:
    """Whether a method can be had with these factors and options, before any point is drawn.

    Raises:
        InputError: it cannot; arguments as of ``points_of``.
    """
    if method in ("sobol", "saltelli") and options["samples"] & (options["samples"] - 1):
        raise InputError(
            f"design.samples: Sobol' points are balanced in powers of 2 only, not {options['samples']:,}"
        )
    if method == "saltelli":
        _check_groups(factors, options)
    if method == "fractional":
        _check_two_levels(factors)
    if method == "morris":
        _check_equal_steps(factors, options.get("levels", MORRIS_LEVELS))
    points = size_of(method, factors, options)
    if points > MOST_POINTS:
        raise InputError(
            f"design: {points:,} points are more than the {MOST_POINTS:,} that a design may have"
        )
    if points * len(factors) > MOST_VALUES:
        raise InputError(
            f"design: {points:,} points of {len(factors):,} factors are {points * len(factors):,} values, "
            f"more than the {MOST_VALUES:,} that a design may have"
        )


def groups_of(factors: Sequence[Factor], options: Mapping[str, Any]) -> tuple[str, ...]:
    """What a design changes together: its groups and the factors that are in none, as they first come.

    Args:
        factors: what is varied.
        options: of the design, ``groups`` among them where there are any.
    """
    return tuple(dict.fromkeys(_labels(factors, options)))


def rows_together(method: str, factors: Sequence[Factor], options: Mapping[str, Any]) -> int:
    """Points of a design that hang together: of a base sample or a trajectory; 1 where each is by itself."""
    if method == "saltelli":
        together = groups_of(factors, options) if options.get("groups") else factors
        return len(together) + 2
    return len(factors) + 1 if method == "morris" else 1


def _labels(factors: Sequence[Factor], options: Mapping[str, Any]) -> list[str]:
    """The group of each factor, or its own name."""
    inside = {name: group for group, names in options.get("groups", {}).items() for name in names}
    return [inside.get(factor.name, factor.name) for factor in factors]


def _check_groups(factors: Sequence[Factor], options: Mapping[str, Any]) -> None:
    names = {factor.name for factor in factors}
    seen: dict[str, str] = {}
    for group, members in options.get("groups", {}).items():
        if group in names:
            raise InputError(f"design.groups: {group} is a factor; call the group something else")
        for member in members:
            if member not in names:
                raise InputError(f"design.groups: {group} holds {member}, which is no factor of the file")
            if member in seen:
                raise InputError(f"design.groups: {member} is in two groups, {seen[member]} and {group}")
            seen[member] = group


def _check_two_levels(factors: Sequence[Factor]) -> None:
    for factor in factors:
        if factor.values is not None and len(factor.values) != 2:
            raise InputError(
                f"design: a fractional design runs two values of a factor, and {factor.name} has "
                f"{len(factor.values)}; give two, or take a grid"
            )


def _check_equal_steps(factors: Sequence[Factor], levels: int) -> None:
    """Steps of Morris go over half of the levels: equal ones only if each of an even number has as many."""
    if levels % 2:
        raise InputError(f"design.levels: a morris design has an even number of levels, not {levels}")
    for factor in factors:
        number = levels if factor.values is None else len(factor.values)
        if number % 2 or levels % number:
            raise InputError(
                f"design: a morris design of {levels} levels steps over half of a factor's values, so their "
                f"number must be even and divide {levels}, and {factor.name} has {number}; change levels or "
                "the values"
            )


def size_of(method: str, factors: Sequence[Factor], options: Mapping[str, Any]) -> int:
    """Number of points of a design, without drawing them; arguments as of ``points_of``."""
    dimensions = len(factors)
    if method == "grid":
        return math.prod(_number_of_levels(factor, options.get("levels", GRID_LEVELS)) for factor in factors)
    if method == "oat":
        return 1 + sum(_number_of_levels(factor, 2) for factor in factors)
    if method == "fractional":
        return 2 << (dimensions - 1).bit_length()
    number = "trajectories" if method == "morris" else "samples"
    return int(options[number]) * rows_together(method, factors, options)


def _number_of_levels(factor: Factor, of_a_range: int) -> int:
    return of_a_range if factor.values is None else len(factor.values)


def _levels(factors: Sequence[Factor], options: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return [factor.levels(options.get("levels", GRID_LEVELS)) for factor in factors]


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

    points: Floats = qmc.Sobol(dimensions, rng=seed).random(options["samples"])
    return points


def _saltelli(labels: list[str], seed: int, options: Mapping[str, Any]) -> Floats:
    """Points for Sobol' indices of first order and in total (Saltelli 2010), base sample by base sample.

    Factors with the same label are changed together and have one index (Jacques, Lavergne and Devictor 2006).
    Sobol' points lie below them, so a longer design begins with the shorter one.
    """
    from SALib.sample import sobol

    samples = options["samples"]
    problem = _problem(len(labels))
    if options.get("groups"):
        problem["groups"] = labels
    points: Floats = sobol.sample(problem, samples, calc_second_order=False, seed=seed)
    return points


def _morris(dimensions: int, seed: int, options: Mapping[str, Any]) -> Floats:
    """Trajectories of elementary effects (Morris 1991), each coordinate one of the levels to the last bit."""
    from SALib.sample import morris

    levels = options.get("levels", MORRIS_LEVELS)
    points = morris.sample(_problem(dimensions), options["trajectories"], num_levels=levels, seed=seed)
    on_levels: Floats = (points * (levels - 1)).round() / (levels - 1)
    return on_levels


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
    "morris": _morris,
    "fractional": _fractional,
}

"""Methods of designs: how the points are drawn.

They are drawn in the unit cube with kept libraries (SciPy's ``qmc``, SALib); a factor turns its coordinate
into a value.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.batch.factors import Factor, Point
from sim.errors import InputError

Floats = npt.NDArray[np.float64]

METHODS = ("grid", "fractional", "lhs", "sobol", "saltelli", "morris", "oat", "table")
#: Methods whose designs may grow: points are added, and what is there stays.
NESTED = ("grid", "sobol", "saltelli", "table")
#: Options of each method.
OPTIONS = {
    "grid": {"levels"},
    "fractional": set[str](),
    "lhs": {"samples"},
    "sobol": {"samples"},
    "saltelli": {"samples"},
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

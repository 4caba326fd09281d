"""Functions whose indices are known, at points of this project's own designs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.batch.factors import Factor
from sim.batch.methods import points_of

Floats = npt.NDArray[np.float64]

ISHIGAMI_FIRST = np.array([0.3139, 0.4424, 0.0])
ISHIGAMI_TOTAL = np.array([0.5576, 0.4424, 0.2437])
ISHIGAMI_VARIANCE = 13.845


def cube(method: str, factors: int, seed: int = 1, **options: int) -> Floats:
    """Points in the unit cube: (points, factors)."""
    made = [Factor(f"x{number}", "uncertainty", 0.0, 1.0) for number in range(factors)]
    return np.array(points_of(method, made, seed, options), np.float64)


def ishigami(u: Floats) -> Floats:
    """Ishigami and Homma 1990, a = 7, b = 0.1, at points of the unit cube."""
    x = np.pi * (2.0 * u - 1.0)
    sines = np.sin(x)
    return np.asarray(sines[..., 0] + 7.0 * sines[..., 1] ** 2 + 0.1 * x[..., 2] ** 4 * sines[..., 0])


def g_function(u: Floats, a: Floats) -> Floats:
    """Sobol's g function."""
    return np.asarray(np.prod((np.abs(4.0 * u - 2.0) + a) / (1.0 + a), axis=-1))


def g_indices(a: Floats) -> tuple[Floats, Floats]:
    """Its indices of first order and in total."""
    parts = 1.0 / (3.0 * (1.0 + a) ** 2)
    whole = np.prod(1.0 + parts) - 1.0
    others = np.prod(1.0 + parts) / (1.0 + parts)
    return parts / whole, parts * others / whole

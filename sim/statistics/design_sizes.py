"""How large a design has to be for indices of a stated precision, before anything is known of the model.

Half-widths of 95% intervals at worst, for outcomes that are about normal:

- Sobol' indices by Jansen's estimators: 1.96 sqrt(3 / N) with N base samples, reached by a first-order index
  near 0 (a mean square of differences, 2 / N, against a variance from 2 N points, 1 / N; total indices need
  fewer);
- first-order indices from given data: that of a coefficient of determination, 1.96 sqrt(16 / 27 / n) with n
  points, reached at 1/3 (Olkin and Finn 1995, Psychological Bulletin 118:155);
- mu* of Morris as a share of itself: 1.96 sqrt((pi / 2 - 1) / T) with T trajectories, where effects are
  about normal around 0.

Chance adds little to them where all points have the same seeds. ``sim sensitivity`` tells what an analysis
reached, and what it would need.
"""

from __future__ import annotations

import math

from sim.statistics.given_data import FEWEST_POINTS

_Z = 1.959963984540054
_SOBOL = _Z * math.sqrt(3.0)
_GIVEN = _Z * math.sqrt(16.0 / 27.0)
_MORRIS = _Z * math.sqrt(math.pi / 2.0 - 1.0)


def base_samples_for(half_width: float) -> int:
    """Base samples, a power of 2, for Sobol' indices within a half-width."""
    return int(2 ** math.ceil(math.log2((_SOBOL / half_width) ** 2)))


def points_for(half_width: float) -> int:
    """Points for first-order indices from given data within a half-width."""
    return max(math.ceil((_GIVEN / half_width) ** 2), FEWEST_POINTS)


def trajectories_for(share: float) -> int:
    """Trajectories for mu* within a share of itself."""
    return math.ceil((_MORRIS / share) ** 2)


def half_width_of(method: str, size: int) -> float:
    """What a design of that size reaches, at worst.

    Args:
        method: ``saltelli`` (size: base samples), ``morris`` (trajectories), or any other (points).
        size: how large it is.
    """
    return {"saltelli": _SOBOL, "morris": _MORRIS}.get(method, _GIVEN) / math.sqrt(size)

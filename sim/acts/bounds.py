"""Upper bounds of what a ranking weighs, each far cheaper than the number that it bounds.

Who looks for the highest of many scores need not know those whose bound is below one that is known. A bound
holds for the number as the computer rounds it, and rounding keeps order, so that a sum of products of bounds
and weights of 0 or more bounds the same sum of the numbers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.kernel.compiled import rule
from sim.kernel.draws import Word
from sim.kernel.world import Floats

#: The least number that ``unit`` gives.
LEAST_UNIT = 2.0**-53
_BITS = 6
_CELLS = 1 << _BITS
_SHIFT, _ROW = np.uint64(64 - _BITS), np.uint64(_BITS)
#: Far more than elementary functions err, which differs by machine, and far less than matters to a bound.
_SLACK = 1e-9


def _highest_normals() -> Floats:
    """Upper bound of a normal draw by the leading bits of its two words: the radius', then the angle's.

    Within a cell the radius is highest at its lower end and the cosine at one of its ends, and where the
    cosine is below zero throughout, the product is highest at the least radius.
    """
    steps = np.arange(_CELLS + 1) / _CELLS
    radius = np.sqrt(-2.0 * np.log(np.maximum(steps, LEAST_UNIT)))
    ends = np.cos(2.0 * math.pi * steps)
    cosine = np.maximum(ends[:-1], ends[1:])
    return (np.maximum(np.outer(radius[:-1], cosine), np.outer(radius[1:], cosine)) + _SLACK).ravel()


_HIGHEST_NORMALS = _highest_normals()


@rule
def normal_at_most(radial: Word, angular: Word) -> float:
    """Number at or above the first of ``normals_of``, by a tenth on average."""
    cell: Any = np.uint64(radial) >> _SHIFT << _ROW | np.uint64(angular) >> _SHIFT
    return _HIGHEST_NORMALS[cell]


@rule
def nearness_at_most(km: float, scale: float, national: int, national_least: float) -> float:
    """Number at or above ``nearness``: e^x is never below the first terms of its series."""
    x = km / scale
    near = (1.0 + _SLACK) / (1.0 + x * (1.0 + x * (1.0 / 2.0 + x * (1.0 / 6.0))))
    if national == 1 and near < national_least:
        return national_least
    return near

"""Boxes in words and natural units."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.batch.factors import Factor
from sim.statistics.prim import Box
from sim.text import Language, say, short
from sim.text.numbers import number


def box_words(box: Box, factors: Sequence[Factor], language: Language) -> str:
    """A box as people say it: each factor that it limits, between which values.

    Args:
        box: in the unit cube.
        factors: in its order.
        language: of the words.
    """
    limits = [
        limit_words(factor, float(box.low[place]), float(box.high[place]), language)
        for place, factor in enumerate(factors)
        if box.restricted[place].any()
    ]
    return say("discovery.and", language).join(limits) or say("discovery.everywhere", language)


def limit_words(factor: Factor, low: float, high: float, language: Language) -> str:
    """The limits of one factor, in its unit; of one with few values, the values that are left."""
    name = short(factor.name, language)
    if factor.values is not None:
        values = ", ".join(_value(value) for value in values_inside(factor, low, high))
        return say("discovery.one_of", language, factor=name, values=values)
    ends = {"low": natural(factor, low), "high": natural(factor, high)}
    if math.isinf(low) or math.isinf(high):
        key = "below" if math.isinf(low) else "above"
        return say(f"discovery.{key}", language, factor=name, **ends)
    return say("discovery.between", language, factor=name, **ends)


def values_inside(factor: Factor, low: float, high: float) -> list[object]:
    """The values of a factor that lie between two coordinates."""
    count = len(factor.values or ())
    return [value for place, value in enumerate(factor.values or ()) if low <= (place + 0.5) / count <= high]


def natural(factor: Factor, coordinate: float) -> str:
    """A coordinate in the unit of its factor; empty where there is no limit."""
    if math.isinf(coordinate):
        return ""
    return _value(factor.at(min(max(coordinate, 0.0), 1.0)))


def _value(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return number(float(value))

"""Groups of municipalities by which results are kept: prefectures, single municipalities, classes of size."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.errors import InputError
from sim.kernel.world import Integers, World
from sim.worlds.places import find_prefecture

#: What municipalities can be grouped by -> the column that names the group in tables.
GROUPINGS = {"prefecture": "prefecture", "municipality": "jis_code", "size_class": "size_class"}


class Groups(NamedTuple):
    """Which group each municipality belongs to."""

    by: str  # a key of GROUPINGS
    labels: tuple[str, ...] | tuple[int, ...]  # number of the prefecture (from 1), code, or class of size
    of: Integers  # group of each municipality, a place in ``labels``

    @property
    def column(self) -> str:
        """Column that names the group in tables."""
        return GROUPINGS[self.by]


def prefecture_numbers(world: World) -> Integers:
    """Number of each prefecture or region of a world, by which scenarios and tables name it.

    The code in Japan where all are named like prefectures of Japan, and its place in order from 1 elsewhere.
    """
    return np.array(_numbers(tuple(world.labels.prefecture)), np.int64)


def _numbers(names: tuple[str, ...]) -> tuple[int, ...]:
    return _codes(names) or tuple(range(1, len(names) + 1))


def is_japanese(world: World) -> bool:
    """Whether all of a world's regions are prefectures of Japan, so that they go by Japan's codes."""
    return bool(_codes(tuple(world.labels.prefecture)))


@lru_cache(maxsize=16)
def _codes(names: tuple[str, ...]) -> tuple[int, ...]:
    """Codes in Japan of regions that are all prefectures of Japan; nothing otherwise."""
    try:
        codes = tuple(find_prefecture(name) for name in names)
    except InputError:
        return ()
    return codes if len(set(codes)) == len(names) else ()


def groups_of(world: World, by: str) -> Groups:
    """The groups of a world's municipalities; those without any municipality are left out."""
    traits = world.municipalities
    if by == "municipality":
        return Groups(by, tuple(world.labels.jis_code), np.arange(len(traits.population), dtype=np.int64))
    numbers = prefecture_numbers(world)[traits.prefecture] if by == "prefecture" else traits.size_class
    labels, of = np.unique(numbers, return_inverse=True)
    return Groups(by, tuple(labels.tolist()), of.astype(np.int64))

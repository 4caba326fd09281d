"""Groups of municipalities by which results are kept: prefectures, single municipalities, classes of size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.kernel.world import Integers, World

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


def groups_of(world: World, by: str) -> Groups:
    """The groups of a world's municipalities; those without any municipality are left out."""
    traits = world.municipalities
    if by == "municipality":
        return Groups(by, tuple(world.labels.jis_code), np.arange(len(traits.population), dtype=np.int64))
    numbers = traits.prefecture + 1 if by == "prefecture" else traits.size_class
    labels, of = np.unique(numbers, return_inverse=True)
    return Groups(by, tuple(labels.tolist()), of.astype(np.int64))

"""Whom a programme may serve in a world."""

from __future__ import annotations

import numpy as np

from sim.kernel.world import Flags, World
from sim.scenarios.programmes import Target


def served_by(target: Target, world: World, adopted: Flags | None) -> Flags:
    """1 for every municipality that a target holds.

    Args:
        target: what must hold of them.
        world: the municipalities.
        adopted: who promotes the SDGs now; nobody by default.
    """
    traits = world.municipalities
    flags = np.ones(len(traits.population), bool)
    if target.prefecture:
        flags &= np.isin(traits.prefecture, np.array(target.prefecture) - 1)
    if target.size_class:
        flags &= np.isin(traits.size_class, target.size_class)
    if target.municipalities:
        flags &= np.isin(world.labels.jis_code, target.municipalities)
    if target.need == "bottom_quartile":
        flags &= traits.bottom_quartile == 1
    if target.adopters is not None:
        flags &= (0 if adopted is None else adopted) == target.adopters
    return flags.astype(np.uint8)

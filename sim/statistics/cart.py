"""A classification tree (Breiman et al. 1984) of a yes/no answer, as boxes whose shares of yes are honest.

The tree is grown on one half of the points, and the share of yes in its leaves is that of the other half
(Athey and Imbens 2016, PNAS 113:7353), so that no search flatters it.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sim.errors import InputError
from sim.shortage import blaming_no_file
from sim.statistics.contrasts import Flags, Floats
from sim.statistics.discovery import Integers, check_enough, halves
from sim.statistics.prim import Box, everything
from sim.statistics.resampling import SEED

MOST_LEAVES = 8
#: Smallest share of the runs that it is grown on that a leaf holds.
_SMALLEST = 0.05


class Leaf(NamedTuple):
    """A leaf of the tree.

    Attributes:
        box: its limits.
        grown_density: share of yes among the runs that it was grown on.
        density, coverage, mass: in the other half: share of yes; share of all yes; share of all runs.
        n: runs of the other half that it holds.
    """

    box: Box
    grown_density: float
    density: float
    coverage: float
    mass: float
    n: int


def leaves_of(points: Floats, yes: Flags, blocks: Integers, seed: int = SEED) -> list[Leaf]:
    """Leaves of a tree, those with the largest share of yes (in the other half) first.

    Args:
        points: (runs, factors), in the unit cube.
        yes: (runs,).
        blocks: (runs,), number of the block of each run; blocks are not split.
        seed: of the half that it is grown on.

    Raises:
        InputError: too few runs, or scikit-learn is not installed.
    """
    try:
        with blaming_no_file():
            from sklearn.tree import DecisionTreeClassifier
    except ImportError:
        raise InputError(
            "a classification tree needs scikit-learn: install the package with its extra, "
            "pip install 'sdgs-partnership-sim[analysis]'"
        ) from None
    check_enough(yes, blocks)
    half = next(halves(blocks, 1, np.random.default_rng(seed)))
    smallest = max(5, math.ceil(_SMALLEST * int(half.sum())))
    tree = DecisionTreeClassifier(max_leaf_nodes=MOST_LEAVES, min_samples_leaf=smallest, random_state=0)
    tree.fit(points[half], yes[half])
    grown, other = tree.apply(points[half]), tree.apply(points[~half])
    found = [
        _leaf(box, grown == leaf, yes[half], other == leaf, yes[~half])
        for leaf, box in _boxes(tree.tree_, points.shape[1])
    ]
    return sorted(found, key=lambda leaf: -math.inf if math.isnan(leaf.density) else -leaf.density)


def _leaf(box: Box, grown: Flags, grown_yes: Flags, other: Flags, other_yes: Flags) -> Leaf:
    hits, n = int(other_yes[other].sum()), int(other.sum())
    return Leaf(
        box,
        float(grown_yes[grown].mean()),
        hits / n if n else math.nan,
        hits / int(other_yes.sum()) if other_yes.any() else math.nan,
        n / len(other),
        n,
    )


def _boxes(tree: Any, factors: int) -> list[tuple[int, Box]]:
    """Leaves of scikit-learn's tree, with their limits."""
    found: list[tuple[int, Box]] = []
    ahead = [(0, everything(factors))]
    while ahead:
        node, box = ahead.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left == right:
            found.append((node, box))
            continue
        factor, cut = int(tree.feature[node]), float(tree.threshold[node])
        below, above = Box(box.low.copy(), box.high.copy()), Box(box.low.copy(), box.high.copy())
        below.high[factor] = cut
        above.low[factor] = cut
        ahead += [(left, below), (right, above)]
    return found

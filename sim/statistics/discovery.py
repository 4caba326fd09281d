"""Scenario discovery: boxes of factors in which a condition holds, and what chance alone would have found.

PRIM finds boxes in pure noise, too. So beside every box stands what it would be worth elsewhere:

- **held out**: boxes found in a random half of the points, judged on the other half;
- **frequency**: in how many of these halves each limit of the box is found again;
- **null**: what the same search finds where the answers are handed round among the points at random.

Points that hang together (replicates of a point, points of one base sample or trajectory) are a block, which
is never split into halves nor relabelled in parts, so that runs are not taken for more than they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.errors import InputError
from sim.statistics.contrasts import Flags, Floats
from sim.statistics.prim import (
    Box,
    Quality,
    best_box,
    found_box,
    quality_of,
    quasi_p,
    through_workbench,
)
from sim.statistics.resampling import SEED

type Integers = npt.NDArray[np.int64]

HALVES = 50
RELABELLED = 199
MOST_BOXES = 3
#: A further box is looked for only where the one before is rarer than this in relabelled points.
_CHANCE = 0.05
#: Fewest blocks, and runs of the rarer answer, from which anything is looked for.
_FEWEST_BLOCKS, _FEWEST_OF_EACH = 20, 10


class Band(NamedTuple):
    """Mean, and what 90% of the cases lie between; NaN where there is none."""

    mean: float
    low: float
    high: float


class Found(NamedTuple):
    """A box, and how much it is worth.

    Attributes:
        box: its limits.
        quality: in the runs that it was found in; coverage and mass are shares of all runs.
        quasi_p: (factors, 2), how well the box does without each limit; NaN where there is none.
        frequency: (factors, 2), share of halves in which each limit was found.
        held_density, held_coverage, held_youden: of boxes of one half, in the other half.
        null_density, null_youden: of boxes of relabelled points.
        p: how often boxes of relabelled points tell yes from no as well.
        runs, blocks: that it was looked for in.
        share: of yes among these runs.
    """

    box: Box
    quality: Quality
    quasi_p: Floats
    frequency: Floats
    held_density: Band
    held_coverage: Band
    held_youden: Band
    null_density: Band
    null_youden: Band
    p: float
    runs: int
    blocks: int
    share: float


def boxes_of(
    points: Floats,
    yes: Flags,
    blocks: Integers,
    peeled: Callable[[Floats, Flags], list[Box]] = through_workbench,
    most: int = MOST_BOXES,
    relabellings: int = RELABELLED,
    seed: int = SEED,
) -> list[Found]:
    """Boxes in which the answer is yes more often, each looked for in what the ones before left.

    Args:
        points: (runs, factors), in the unit cube.
        yes: (runs,).
        blocks: (runs,), number of the block of each run.
        peeled: makes the boxes on the way (``through_workbench`` or ``peel``).
        most: boxes that are looked for; further ones only after one that chance hardly finds.
        relabellings: how often the answers are handed round.
        seed: of halves and relabelling.

    Returns:
        At least one; the first may have no limits, and the last may be no better than chance.

    Raises:
        InputError: too few blocks, or hardly any run says yes (or no).
    """
    check_enough(yes, blocks)
    left = np.ones(len(yes), bool)
    found: list[Found] = []
    for number in range(most):
        if number and (left.mean() < 0.1 or min(yes[left].sum(), (~yes[left]).sum()) < _FEWEST_OF_EACH):
            break
        one = _one_box(points[left], yes[left], blocks[left], peeled, relabellings, seed + number)
        if number and (one.p > _CHANCE or not one.box.restricted.any()):
            break
        found.append(_of_all(one, int(yes.sum()), len(yes)))
        if one.p > _CHANCE or not one.box.restricted.any():
            break
        left &= ~one.box.holds(points)
    return found


def check_enough(yes: Flags, blocks: Integers) -> None:
    """Refuse what nothing can be learned from.

    Raises:
        InputError: too few blocks, or runs of either answer.
    """
    independent = len(np.unique(blocks))
    if independent < _FEWEST_BLOCKS:
        raise InputError(
            f"scenario discovery needs {_FEWEST_BLOCKS} points (base samples, trajectories) or more that are "
            f"drawn independently, and there are {independent}"
        )
    hits = int(yes.sum())
    if min(hits, len(yes) - hits) < _FEWEST_OF_EACH:
        raise InputError(
            f"the condition holds in {hits:,} of {len(yes):,} runs; scenario discovery needs "
            f"{_FEWEST_OF_EACH} or more in which it holds, and as many in which it does not"
        )


def _one_box(
    points: Floats,
    yes: Flags,
    blocks: Integers,
    peeled: Callable[[Floats, Flags], list[Box]],
    relabellings: int,
    seed: int,
) -> Found:
    box = best_box(peeled(points, yes), points, yes)
    own = quality_of(box, points, yes)
    rng = np.random.default_rng(seed)
    frequency, held = _halved(points, yes, blocks, rng)
    null = [
        quality_of(found_box(points, labels), points, labels)
        for labels in relabelled(yes, blocks, relabellings, rng)
    ]
    as_good = sum(quality.youden >= own.youden - 1e-12 for quality in null)
    return Found(
        box,
        own,
        quasi_p(box, points, yes),
        frequency,
        _band([quality.density for quality in held]),
        _band([quality.coverage for quality in held]),
        _band([quality.youden for quality in held]),
        _band([quality.density for quality in null]),
        _band([quality.youden for quality in null]),
        (1 + as_good) / (1 + len(null)),
        len(yes),
        len(np.unique(blocks)),
        float(yes.mean()),
    )


def _of_all(found: Found, hits: int, runs: int) -> Found:
    """Coverage and mass as shares of all runs, not of those that earlier boxes left."""
    inside = round(found.quality.density * found.quality.n) if found.quality.n else 0
    quality = found.quality._replace(coverage=inside / hits, mass=found.quality.n / runs)
    return found._replace(quality=quality)


def _halved(
    points: Floats, yes: Flags, blocks: Integers, rng: np.random.Generator
) -> tuple[Floats, list[Quality]]:
    """How often each limit is found in random halves, and what their boxes are worth in the other half."""
    limits = np.zeros((points.shape[1], 2))
    held = []
    for half in halves(blocks, HALVES, rng):
        box = found_box(points[half], yes[half])
        limits += box.restricted
        held.append(quality_of(box, points[~half], yes[~half]))
    return limits / HALVES, held


def halves(blocks: Integers, number: int, rng: np.random.Generator) -> Iterator[Flags]:
    """Random halves of the runs, blocks whole."""
    names, places = np.unique(blocks, return_inverse=True)
    for _ in range(number):
        chosen = np.zeros(len(names), bool)
        chosen[rng.permutation(len(names))[: len(names) // 2]] = True
        yield chosen[places]


def relabelled(yes: Flags, blocks: Integers, number: int, rng: np.random.Generator) -> Iterator[Flags]:
    """Answers handed round among blocks of the same size, in their order within the block."""
    order = np.argsort(blocks, kind="stable")
    sizes = np.unique(blocks, return_counts=True)[1]
    ends = np.cumsum(sizes)
    rows = [np.stack([order[end - size : end] for end in ends[sizes == size]]) for size in np.unique(sizes)]
    for _ in range(number):
        labels = yes.copy()
        for places in rows:
            labels[places] = yes[places[rng.permutation(len(places))]]
        yield labels


def _band(values: list[float]) -> Band:
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return Band(math.nan, math.nan, math.nan)
    low, high = np.quantile(known, [0.05, 0.95])
    return Band(float(np.mean(known)), float(low), float(high))

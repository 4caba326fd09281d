"""Tables of scenario discovery: boxes, their limits, and the leaves of a tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.asked import Quantity, condition_asked
from sim.analysis.discovery.words import box_words, natural, values_inside
from sim.analysis.varied import Varied, varied_in
from sim.batch.factors import Factor
from sim.errors import InputError
from sim.statistics.cart import Leaf, leaves_of
from sim.statistics.discovery import HALVES, MOST_BOXES, Found, boxes_of

if TYPE_CHECKING:
    from sim.results.folder import Folder

_SIDES = ("lower", "upper")


@dataclass(frozen=True)
class Discovery:
    """Where a condition holds.

    Attributes:
        condition: as it was written.
        quarter: label.
        factors: that were varied.
        found: boxes, in the order in which they were found.
        leaves: of a tree; none where scikit-learn is not installed.
        share: of the runs in which it holds.
        runs, points, blocks: that it was looked for in; blocks are drawn independently of each other.
        notes: what could not be had, and why.
    """

    condition: str
    quarter: str
    factors: tuple[Factor, ...]
    found: list[Found]
    leaves: list[Leaf]
    share: float
    runs: int
    points: int
    blocks: int
    notes: tuple[str, ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tidy tables by the name of their file."""
        named = {"boxes": _boxes(self), "limits": _limits(self), "tree": _tree(self)}
        return {name: table for name, table in named.items() if len(table)}


def discovery_of(
    folder: Folder,
    when: str,
    outcome: str | None = None,
    at: str | None = None,
    boxes: int = MOST_BOXES,
) -> Discovery:
    """Where a condition holds, in the runs of a folder.

    Args:
        folder: results of a design, or of scenarios with parameter sets.
        when: an expression over scenarios, outcomes and factors that says yes or no.
        outcome: that a scenario's name alone means; deals signed by default.
        at: label of a quarter; the last one kept by default.
        boxes: that are looked for at most.

    Raises:
        InputError: the condition is wrong, holds in hardly any run or in nearly all, or the folder varies
            nothing or too little.
    """
    varied = varied_in(folder)
    return discovery_in(varied, condition_asked(folder, varied, when, outcome, at), boxes)


def discovery_in(varied: Varied, asked: Quantity, boxes: int = MOST_BOXES) -> Discovery:
    """Where a condition holds, by the points and the answers of their replicates.

    Raises:
        InputError: as of ``discovery_of``.
    """
    known = ~np.isnan(asked.values)
    row = np.nonzero(known)[0]
    points, blocks, yes = varied.points[row], varied.blocks[row], asked.values[known] > 0.5
    notes: list[str] = []
    found = boxes_of(points, yes, blocks, most=boxes)
    try:
        leaves = leaves_of(points, yes, blocks)
    except InputError as error:
        leaves = []
        notes.append(str(error))
    return Discovery(
        asked.what,
        asked.quarter,
        varied.factors,
        found,
        leaves,
        float(yes.mean()),
        len(yes),
        len(np.unique(row)),
        len(np.unique(blocks)),
        tuple(notes),
    )


def _boxes(discovery: Discovery) -> pd.DataFrame:
    """A row per box."""
    rows: list[dict[str, Any]] = []
    for number, found in enumerate(discovery.found, start=1):
        row: dict[str, Any] = {
            "box": number,
            "condition": discovery.condition,
            "quarter": discovery.quarter,
            "words": box_words(found.box, discovery.factors, "en"),
            "words_ja": box_words(found.box, discovery.factors, "ja"),
            "density": found.quality.density,
            "coverage": found.quality.coverage,
            "mass": found.quality.mass,
            "runs_inside": found.quality.n,
        }
        for name in ("held_density", "held_coverage", "held_youden", "null_density", "null_youden"):
            band = getattr(found, name)
            row |= {name: band.mean, f"{name}_low": band.low, f"{name}_high": band.high}
        row |= {"p": found.p, "share": found.share, "runs": found.runs, "blocks": found.blocks}
        rows.append(row | {"halves": HALVES})
    return pd.DataFrame(rows)


def _limits(discovery: Discovery) -> pd.DataFrame:
    """A row per limit of a box, in natural units, with how well the box does without it."""
    rows = []
    for number, found in enumerate(discovery.found, start=1):
        for place, side in np.argwhere(found.box.restricted).tolist():
            factor, coordinate = discovery.factors[place], (found.box.low, found.box.high)[side][place]
            rows.append(
                {
                    "box": number,
                    "factor": factor.name,
                    "side": _SIDES[side],
                    "value": _limit(factor, found, place, side),
                    "coordinate": float(coordinate),
                    "quasi_p": float(found.quasi_p[place, side]),
                    "found_again": float(found.frequency[place, side]),
                }
            )
    return pd.DataFrame(rows)


def _limit(factor: Factor, found: Found, place: int, side: int) -> str:
    """The value of a limit: of a factor with few values the last one that is inside."""
    low, high = float(found.box.low[place]), float(found.box.high[place])
    if factor.values is None:
        return natural(factor, (low, high)[side])
    inside: Sequence[object] = values_inside(factor, low, high)
    return str(inside[0 if side == 0 else -1]) if inside else ""


def _tree(discovery: Discovery) -> pd.DataFrame:
    """A row per leaf of the tree."""
    return pd.DataFrame(
        [
            {
                "leaf": number,
                "words": box_words(leaf.box, discovery.factors, "en"),
                "words_ja": box_words(leaf.box, discovery.factors, "ja"),
                "grown_density": leaf.grown_density,
                "density": leaf.density,
                "coverage": leaf.coverage,
                "mass": leaf.mass,
                "runs": leaf.n,
            }
            for number, leaf in enumerate(discovery.leaves, start=1)
        ]
    )

"""Colours that survive colour blindness and grey, for figures and the page.

They are those of Okabe and Ito (2008, Color Universal Design), each tied to a dash pattern and a marker, so
that a line is known by any of the three.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

INK = "#1a1a1a"
MUTED = "#595959"
MAP_COLOURS = "cividis"
CHANGE_COLOURS = "PuOr"  # light in the middle, and told apart by the colour-blind


class Mark(NamedTuple):
    """How one scenario is drawn: colour, dash pattern and marker."""

    colour: str
    dash: tuple[float, tuple[float, ...]]
    marker: str


_MARKS = (
    Mark("#000000", (0, ()), "o"),
    Mark("#0072B2", (0, (6, 1.6)), "s"),
    Mark("#D55E00", (0, (1.4, 1.2)), "^"),
    Mark("#009E73", (0, (7, 1.5, 1.5, 1.5)), "D"),
    Mark("#CC79A7", (0, (3, 1.2)), "v"),
    Mark("#E69F00", (0, (7, 1.5, 1.5, 1.5, 1.5, 1.5)), "P"),
    Mark("#56B4E9", (0, (10, 2.5)), "X"),
)


def marks(names: Sequence[str]) -> dict[str, Mark]:
    """A mark for each scenario, in order; the first one (the baseline) is black and solid.

    After seven scenarios colours return with another dash pattern and marker.
    """
    size = len(_MARKS)
    shapes = [_MARKS[(i + i // size) % size] for i in range(len(names))]
    return {
        name: Mark(_MARKS[i % size].colour, shapes[i].dash, shapes[i].marker) for i, name in enumerate(names)
    }

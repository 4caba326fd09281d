"""Draw the house: parts of the package from top to bottom, and which part imports which, from the sources.

``python -m docs.house`` writes ``docs/images/house.svg``, which carries the data that it was drawn from.
"""

from __future__ import annotations

import argparse
import html
import json
import re
from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tests.test_structure import LAYERS, graph

PICTURE = Path(__file__).parent / "images" / "house.svg"
COLOUR = "#0072B2"


def house() -> dict[str, list[str]]:
    """The parts that each part imports; both in the order from top to bottom."""
    found: dict[str, set[str]] = {part: set() for part in LAYERS}
    for module, targets in graph().items():
        part = module.split(".")[1]
        found[part] |= {target.split(".")[1] for target in targets if target != "sim"} - {part}
    return {part: [other for other in LAYERS if other in found[part]] for part in LAYERS}


def drawn(found: dict[str, list[str]]) -> Figure:
    """A row for every part, with a mark in the column of each part that it imports."""
    figure = Figure(figsize=(8.4, 7.6))
    axes = figure.add_axes((0.13, 0.02, 0.83, 0.8))
    parts = list(found)
    for row, part in enumerate(parts):
        axes.add_patch(Rectangle((row - 0.5, row - 0.5), 1, 1, color=COLOUR))
        columns = [parts.index(other) for other in found[part]]
        axes.plot(columns, [row] * len(columns), "o", color=COLOUR, markersize=7)
    axes.set_yticks(range(len(parts)), parts)
    axes.set_xticks(range(len(parts)), parts, rotation=60, ha="left")
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(color="#e6e6e6")
    axes.set_axisbelow(True)
    axes.set_xlim(-0.5, len(parts) - 0.5)
    axes.set_ylim(len(parts) - 0.5, -0.5)
    axes.spines[:].set_visible(False)
    figure.suptitle("Each part of sim (row) imports the parts with a mark (column)", y=0.98)
    return figure


def stored(picture: Path = PICTURE) -> dict[str, list[str]]:
    """The data that a picture was drawn from.

    Raises:
        ValueError: it carries none.
    """
    text = picture.read_text(encoding="utf-8")
    found = re.search(r"<dc:description>(.*?)</dc:description>", text, re.DOTALL)
    if found is None:
        raise ValueError(f"{picture}: carries no data; run python -m docs.house")
    content: dict[str, list[str]] = json.loads(html.unescape(found[1]))
    return content


def write(picture: Path = PICTURE) -> None:
    """Draw the house; the same sources give the same bytes."""
    found = house()
    metadata = {"Description": json.dumps(found), "Date": None, "Creator": None}
    with rc_context({"svg.hashsalt": "house", "svg.fonttype": "none", "font.family": "sans-serif"}):
        drawn(found).savefig(picture, format="svg", metadata=metadata)
    lines = picture.read_text(encoding="utf-8").splitlines()
    picture.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the picture of the house."""
    argparse.ArgumentParser(prog="python -m docs.house", description=main.__doc__).parse_args(arguments)
    write()


if __name__ == "__main__":
    main()

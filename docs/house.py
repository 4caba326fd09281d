"""Draw the house: parts of the package as layers, and which part imports which, from the sources.

``python -m docs.house`` writes ``docs/images/house.svg``, which carries the data that it was drawn from.
"""

from __future__ import annotations

import argparse
import html
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tests.test_structure import LAYERS, graph, modules

PICTURE = Path(__file__).parent / "images" / "house.svg"

type House = dict[str, dict[str, int]]


def house() -> dict[str, House]:
    """Of every part, from top to bottom, its number of modules and the parts that it imports.

    Returns:
        Part -> ``modules`` and ``imports``: part -> number of imports.
    """
    sizes = Counter(name.split(".")[1] for name in modules() if name != "sim")
    arrows: Counter[tuple[str, str]] = Counter()
    for module, targets in graph().items():
        parts = [target.split(".")[1] for target in targets if target != "sim"]
        arrows.update((module.split(".")[1], part) for part in parts)
    return {
        part: {
            "modules": {"all": sizes[part]},
            "imports": {
                lower: arrows[part, lower] for lower in LAYERS if lower != part and arrows[part, lower]
            },
        }
        for part in LAYERS
    }


def drawn(found: dict[str, House]) -> Figure:
    """A row for every part, with the number of its imports from each part in the columns."""
    figure = Figure(figsize=(9.0, 7.6))
    axes = figure.add_axes((0.17, 0.03, 0.81, 0.79))
    parts = list(found)
    for row, part in enumerate(parts):
        axes.add_patch(Rectangle((row - 0.5, row - 0.5), 1, 1, color="#0072B2"))
        for lower, count in found[part]["imports"].items():
            column = parts.index(lower)
            shade = 0.12 + 0.5 * min(count, 60) / 60
            axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, color="#0072B2", alpha=shade, lw=0))
            axes.text(column, row, str(count), ha="center", va="center", fontsize=8)
    labels = [f"{part} ({found[part]['modules']['all']})" for part in parts]
    axes.set_yticks(range(len(parts)), labels)
    axes.set_xticks(range(len(parts)), parts, rotation=60, ha="left")
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(-0.5, len(parts) - 0.5)
    axes.set_ylim(len(parts) - 0.5, -0.5)
    axes.spines[:].set_visible(False)
    figure.suptitle(
        "Parts of sim with their number of modules, and how often each row imports each column", y=0.98
    )
    return figure


def stored(picture: Path = PICTURE) -> dict[str, House]:
    """The data that a picture was drawn from."""
    text = picture.read_text(encoding="utf-8")
    found = re.search(r"<dc:description>(.*?)</dc:description>", text, re.DOTALL)
    if found is None:
        raise ValueError(f"{picture}: carries no data; run python -m docs.house")
    content: dict[str, House] = json.loads(html.unescape(found[1]))
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

"""Halve and double what is fixed by design: ``python -m tests.fixed [--write docs/fixed_by_design.md]``.

Prints the effects, one line each; ``--write`` makes the page of them besides, ``--only`` leaves out rows.
"""

from __future__ import annotations

import argparse

from sim.analysis.command import MOST_WORKERS, file_to_write, within
from tests.fixed.effects import effects
from tests.fixed.page import beginning, page, shown
from tests.fixed.table import DESIGN, ELSEWHERE


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=file_to_write, metavar="PAGE", help="make this page of the effects")
    parser.add_argument("--only", metavar="WORDS", help="measure rows that say this alone")
    parser.add_argument(
        "--workers", type=within(1, MOST_WORKERS), default=2, help="copies of the model that are run at once"
    )
    chosen = parser.parse_args(arguments)
    rows = tuple(fixed for fixed in (*DESIGN, *ELSEWHERE) if (chosen.only or "") in beginning(fixed))
    found = {}
    for what, half, double in effects(rows, chosen.workers):
        found[what] = half, double
        print(f"{what}: {', '.join(shown(effect) for effect in (*half, *double))}", flush=True)
    if chosen.write:
        chosen.write.write_text(page(found))


if __name__ == "__main__":
    main()

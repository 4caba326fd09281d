"""Halve and double what is fixed by design: ``python -m tests.fixed [--write docs/fixed_by_design.md]``.

Prints the effects, one line each; ``--write`` makes the page of them besides, ``--only`` leaves out rows.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.fixed.effects import effects
from tests.fixed.page import beginning, page, shown
from tests.fixed.table import DESIGN, ELSEWHERE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, metavar="PAGE", help="make this page of the effects")
    parser.add_argument("--only", metavar="WORDS", help="measure rows that say this alone")
    parser.add_argument("--workers", type=int, default=2, help="copies of the model that are run at once")
    arguments = parser.parse_args()
    rows = tuple(fixed for fixed in (*DESIGN, *ELSEWHERE) if (arguments.only or "") in beginning(fixed))
    found = {}
    for what, half, double in effects(rows, arguments.workers):
        found[what] = half, double
        print(f"{what}: {', '.join(shown(effect) for effect in (*half, *double))}", flush=True)
    if arguments.write:
        arguments.write.write_text(page(found))


if __name__ == "__main__":
    main()

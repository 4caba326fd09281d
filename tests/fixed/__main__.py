"""Halve and double what is fixed by design: ``python -m tests.fixed [--write docs/fixed_by_design.md]``.

Prints the effects, one line each; ``--write`` makes the page of them besides.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.fixed.effects import effects
from tests.fixed.page import page, shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, metavar="PAGE", help="make this page of the effects")
    arguments = parser.parse_args()
    found = {}
    for what, half, double in effects():
        found[what] = half, double
        print(f"{what}: {', '.join(shown(effect) for effect in (*half, *double))}", flush=True)
    if arguments.write:
        arguments.write.write_text(page(found))


if __name__ == "__main__":
    main()

"""Make the page of patterns."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.analysis.patterns.evidence import gather
from sim.analysis.patterns.page import page
from sim.files import write_text


def main(arguments: list[str] | None = None) -> None:
    """Run, measure, and write or print the page."""
    parser = argparse.ArgumentParser(prog="python -m sim.analysis.patterns", description=main.__doc__)
    parser.add_argument("--replicates", type=int, default=20, help="runs of each scenario (20)")
    parser.add_argument("--seed", type=int, default=1, help="root seed (1)")
    parser.add_argument("--write", type=Path, help="file to write; without it the page is printed")
    chosen = parser.parse_args(arguments)
    if chosen.replicates < 1 or chosen.seed < 0:
        parser.error("--replicates must be at least 1 and --seed at least 0")
    text = page(
        gather(chosen.replicates, chosen.seed, lambda line: print(line, file=sys.stderr)), chosen.seed
    )
    if chosen.write:
        write_text(chosen.write, text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()

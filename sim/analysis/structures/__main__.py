"""Calibrate, score and ask every structural alternative; about 17 minutes of a processor."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.analysis.command import (
    MOST_SEED,
    MOST_WORKERS,
    clock,
    file_to_write,
    folder_to_write,
    told_in_a_line,
    two_or_more,
    within,
)
from sim.analysis.standing import at_equal_spending
from sim.analysis.structures.figure import write as write_figure
from sim.analysis.structures.runs import Work, asked
from sim.analysis.structures.table import STRUCTURES
from sim.analysis.structures.tables import summary, write
from sim.simulation.warmup import compile_kernel

FOLDER = Path("docs") / "validation"
FIGURE = Path("docs") / "images" / "structures.png"


def main(arguments: list[str] | None = None) -> None:
    """Calibrate each structure, score it on what it has not seen, and ask it which lever is cheapest."""
    parser = argparse.ArgumentParser(prog="python -m sim.analysis.structures", description=main.__doc__)
    parser.add_argument(
        "--structures", nargs="+", choices=STRUCTURES, default=list(STRUCTURES), metavar="NAME"
    )
    parser.add_argument("--draws", type=two_or_more, default=Work().asked, help="asked for the levers (32)")
    parser.add_argument("--seed", type=within(0, MOST_SEED), default=1, help="of runs and draws (1)")
    parser.add_argument("--workers", type=within(1, MOST_WORKERS), default=2, help="threads (2)")
    parser.add_argument(
        "--write", type=folder_to_write, default=str(FOLDER), help=f"folder of the tables ({FOLDER})"
    )
    parser.add_argument("--figure", type=file_to_write, default=str(FIGURE), help=f"figure ({FIGURE})")
    chosen = parser.parse_args(arguments)
    with told_in_a_line(parser):
        _write(chosen)


def _write(chosen: argparse.Namespace) -> None:
    say = clock()
    compile_kernel(say)
    work = Work(draws=max(Work().draws, chosen.draws), asked=chosen.draws)
    structures = [STRUCTURES[name] for name in chosen.structures]
    ranks, scores = asked(structures, at_equal_spending(chosen.workers), chosen.seed, work, say)
    write(ranks, scores, work, chosen.write)
    write_figure(ranks, chosen.figure)
    print(summary(scores).to_string(index=False))


if __name__ == "__main__":
    main()

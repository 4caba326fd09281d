"""Make the page on who becomes a FutureCity; about 3 minutes of one core."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.analysis.command import clock, file_to_write, told_in_a_line, two_or_more
from sim.analysis.futurecity.figure import draw
from sim.analysis.futurecity.page import page
from sim.analysis.futurecity.study import Effort, study
from sim.files import write_text
from sim.simulation.warmup import compile_kernel

FIGURE = Path("images") / "futurecity.png"


def main(arguments: list[str] | None = None) -> None:
    """Find out which mechanism tells who becomes a FutureCity; write the page and its figure, or print it."""
    usual = Effort()
    parser = argparse.ArgumentParser(prog="python -m sim.analysis.futurecity", description=main.__doc__)
    for name, words in (
        ("draws", "most made-up cohorts behind a p value"), ("planted", "cohorts for each planted effect"),
        ("worlds", "worlds drawn"), ("replicates", "runs in each world"),
    ):  # fmt: skip
        default = getattr(usual, name)
        parser.add_argument(f"--{name}", type=two_or_more, default=default, help=f"{words} ({default})")
    parser.add_argument(
        "--write", type=file_to_write, help="page, the figure in images beside it; without it it is printed"
    )
    chosen = parser.parse_args(arguments)
    with told_in_a_line(parser):
        _write(chosen)


def _write(chosen: argparse.Namespace) -> None:
    say = clock()
    compile_kernel(say)
    found = study(Effort(chosen.draws, chosen.planted, chosen.worlds, chosen.replicates), say)
    if chosen.write is None:
        print(page(found), end="")
        return
    (chosen.write.parent / FIGURE).parent.mkdir(exist_ok=True)
    draw(found, chosen.write.parent / FIGURE)
    write_text(chosen.write, page(found))
    say(f"written to {chosen.write}")


if __name__ == "__main__":
    main()

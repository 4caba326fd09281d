"""Write docs/levers_compared.md; about 5 minutes on two cores."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.analysis.command import clock, file_to_write, money, parser_of, told_in_a_line, two_or_more
from sim.analysis.futures import stored
from sim.analysis.futures.runs import SUMS, Setting
from sim.analysis.levers_compared.compare import REPLICATES, compare, table
from sim.analysis.levers_compared.page import page
from sim.files import write_text
from sim.simulation.warmup import compile_kernel

PAGE = Path("docs") / "levers_compared.md"


def main(arguments: list[str] | None = None) -> None:
    """Compare every lever alone, and the mixes, at equal spending; write the page and its numbers as CSV."""
    parser = parser_of("levers_compared", main.__doc__)
    parser.add_argument("--sums", type=money, nargs="+", default=SUMS, help="JPY M a year (100 200 1000)")
    parser.add_argument("--scenarios", nargs="+", help="built-in scenarios (all that add to the baseline)")
    parser.add_argument(
        "--replicates", type=two_or_more, default=REPLICATES, help=f"runs of each ({REPLICATES})"
    )
    parser.add_argument("--write", type=file_to_write, default=PAGE, help="page, a CSV beside it")
    chosen = parser.parse_args(arguments)
    with told_in_a_line(parser):
        _write(chosen)


def _write(chosen: argparse.Namespace) -> None:
    say = clock()
    compile_kernel(say)
    futures = stored()
    setting = Setting(chosen.world, chosen.quarters, workers=chosen.workers)
    rows = compare(tuple(chosen.sums), chosen.scenarios, chosen.replicates, setting, say, futures)
    write_text(chosen.write, page(rows, chosen.replicates, futures))
    numbers = table(rows).to_csv(index=False, float_format="%.5g", lineterminator="\n")
    write_text(chosen.write.with_suffix(".csv"), numbers)
    say(f"written to {chosen.write}")


if __name__ == "__main__":
    main()

"""Write docs/robustness.md; about a minute of a processor."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from sim.analysis.command import bare_parser_of, clock, file_to_write, told_in_a_line, two_or_more, within
from sim.analysis.futures import stored
from sim.analysis.futures.stored import OUTCOMES, Futures
from sim.analysis.robustness.figure import ranks
from sim.analysis.robustness.judged import Judged, judged, of_futures
from sim.analysis.robustness.page import page
from sim.analysis.robustness.unit_costs import REPLICATES, combined, gather, nominal
from sim.errors import InputError
from sim.files import write_figure, write_text
from sim.simulation.warmup import compile_kernel

PAGE = Path("docs") / "robustness.md"
#: Sums compared, JPY M a fiscal year.
SUMS = (200.0, 1_000.0)


def main(arguments: list[str] | None = None) -> None:
    """Judge the levers by six criteria over plausible futures and over unit costs; write the page."""
    parser = bare_parser_of("robustness", main.__doc__)
    parser.add_argument("--workers", type=within(1, 1024), default=2, help="threads (2)")
    parser.add_argument(
        "--replicates", type=two_or_more, default=REPLICATES, help=f"runs of each unit cost ({REPLICATES})"
    )
    parser.add_argument("--write", type=file_to_write, default=PAGE, help="page; CSV and images beside it")
    chosen = parser.parse_args(arguments)
    with told_in_a_line(parser):
        _write(chosen)


def _write(chosen: argparse.Namespace) -> None:
    say = clock()
    futures = stored()
    if futures is None:
        raise InputError("there are no stored futures; make them with python -m sim.analysis.futures")
    compile_kernel(say)
    sums = [amount for amount in futures.sums if amount in SUMS] or futures.sums
    costs = gather(futures, sums, chosen.replicates, chosen.workers, say)
    panels = {title: one for amount in sums for title, one in panels_of(futures, costs, amount).items()}
    write_text(chosen.write, page(panels, futures, chosen.replicates))
    numbers = pd.concat([one.table().assign(over=title) for title, one in panels.items()])
    text = numbers.to_csv(index=False, float_format="%.5g", lineterminator="\n")
    write_text(chosen.write.with_suffix(".csv"), text)
    pictures = chosen.write.parent / "images"
    pictures.mkdir(exist_ok=True)
    write_figure(pictures / "robustness.png", ranks(panels), dpi=110)
    say(f"written to {chosen.write}")


def panels_of(futures: Futures, costs: pd.DataFrame, amount: float) -> dict[str, Judged]:
    """The levers at one sum over plausible futures, and over unit costs halved and doubled, by title."""
    known = nominal(costs, amount, OUTCOMES[0])
    first = of_futures(futures, amount, known)
    values = combined(costs, amount, OUTCOMES[0], first.options)
    told = f"JPY {amount:,.0f} M a year"
    return {
        f"{told}, {futures.samples:,} plausible futures": first,
        f"{told}, unit costs halved and doubled": judged(first.options, values, first.nominal, resamples=0),
    }


if __name__ == "__main__":
    main()

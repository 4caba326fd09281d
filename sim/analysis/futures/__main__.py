"""Draw futures and store what each lever costs in them; about 4 seconds a future on two cores."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from sim.analysis.command import clock, file_to_write, money, parser_of, told_in_a_line, two_or_more
from sim.analysis.futures.runs import SAMPLES, SUMS, Setting, confirmed, gather
from sim.analysis.futures.stored import STORED, Futures, read
from sim.errors import InputError
from sim.simulation.warmup import compile_kernel


def main(arguments: list[str] | None = None) -> None:
    """Draw futures, run every lever alone and the mixes in each, and store what a unit gained costs."""
    parser = parser_of("futures", main.__doc__)
    parser.add_argument("--samples", type=two_or_more, default=SAMPLES, help=f"futures ({SAMPLES})")
    parser.add_argument("--sums", type=money, nargs="+", default=SUMS, help="JPY M a year (100 200 1000)")
    parser.add_argument("--scenarios", nargs="+", help="built-in scenarios (all that add to the baseline)")
    parser.add_argument(
        "--confirm",
        type=two_or_more,
        metavar="N",
        help="run N stored futures again; where all are the same, they hold for this version, too",
    )
    parser.add_argument(
        "--write", type=file_to_write, default=STORED, help="file to write (that of the package)"
    )
    chosen = parser.parse_args(arguments)
    with told_in_a_line(parser):
        _store(chosen)


def _store(chosen: argparse.Namespace) -> None:
    say = clock()
    compile_kernel(say)
    if chosen.confirm:
        found = _confirmed(chosen.write, chosen.confirm, chosen.workers, say)
    else:
        setting = Setting(chosen.world, chosen.quarters, workers=chosen.workers)
        found = gather(chosen.samples, tuple(chosen.sums), chosen.scenarios, setting, say)
    found.write(chosen.write)
    for amount in found.sums:
        say(_told(found, amount))
    say(f"written to {chosen.write}")


def _confirmed(path: Path, number: int, workers: int, say: Callable[[str], None]) -> Futures:
    stored = read(path)
    try:
        return confirmed(stored, number, workers, say)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _told(found: Futures, amount: float) -> str:
    """What the futures say at one sum, in a line."""
    standing = found.standing(amount)
    if standing is None:
        return f"JPY {amount:,.0f} M a year: fewer than two scenarios can absorb it"
    shares = ", ".join(f"{name} {one.share:.0%}" for name, one in list(standing.shares.items())[:4])
    turns = ", ".join(f"{turn.assumption} (p = {turn.p:.2g})" for turn in standing.turns[:2])
    return f"JPY {amount:,.0f} M a year: cheapest per deal in so many futures: {shares}; turned by {turns}"


if __name__ == "__main__":
    main()

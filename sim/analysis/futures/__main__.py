"""Draw futures and store what each lever costs in them; about 6 minutes on two cores."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from sim.analysis.futures.runs import SAMPLES, SUMS, Setting, gather
from sim.analysis.futures.stored import STORED
from sim.simulation.warmup import compile_kernel


def main(arguments: list[str] | None = None) -> None:
    """Draw futures, run every lever alone and the mixes in each, and store what a unit gained costs."""
    parser = argparse.ArgumentParser(prog="python -m sim.analysis.futures", description=main.__doc__)
    parser.add_argument("--samples", type=int, default=SAMPLES, help=f"futures ({SAMPLES})")
    parser.add_argument(
        "--sums", type=float, nargs="+", default=SUMS, help="JPY M a fiscal year (100 200 1000)"
    )
    parser.add_argument("--scenarios", nargs="+", help="built-in scenarios (all that add to the baseline)")
    parser.add_argument("--world", default="japan", help="japan or synthetic:N (japan)")
    parser.add_argument("--quarters", type=int, default=Setting().quarters, help="horizon (to 2030Q4)")
    parser.add_argument("--workers", type=int, default=2, help="threads (2)")
    parser.add_argument("--write", type=Path, default=STORED, help="file to write (that of the package)")
    chosen = parser.parse_args(arguments)
    if chosen.samples < 2 or min(chosen.sums) <= 0:
        parser.error("--samples must be at least 2 and --sums above 0")
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {line}", file=sys.stderr, flush=True)

    compile_kernel(say)
    setting = Setting(chosen.world, chosen.quarters, workers=chosen.workers)
    found = gather(chosen.samples, tuple(chosen.sums), chosen.scenarios, setting, say)
    found.write(chosen.write)
    for amount in found.sums:
        standing = found.standing(amount)
        if standing is None:
            say(f"JPY {amount:,.0f} M a year: fewer than two scenarios can absorb it")
            continue
        shares = ", ".join(f"{name} {one.share:.0%}" for name, one in list(standing.shares.items())[:4])
        turns = ", ".join(turn.parameter for turn in standing.turns[:2])
        say(f"JPY {amount:,.0f} M a year: cheapest per deal in so many futures: {shares}; turned by {turns}")
    say(f"written to {chosen.write}")


if __name__ == "__main__":
    main()

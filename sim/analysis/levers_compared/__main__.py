"""Write docs/levers_compared.md; about 5 minutes on two cores."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from sim.analysis.futures import stored
from sim.analysis.futures.runs import SUMS, Setting
from sim.analysis.levers_compared.compare import REPLICATES, compare, table
from sim.analysis.levers_compared.page import page
from sim.files import write_text
from sim.simulation.warmup import compile_kernel

PAGE = Path("docs") / "levers_compared.md"


def main(arguments: list[str] | None = None) -> None:
    """Compare every lever alone, and the mixes, at equal spending; write the page and its numbers as CSV."""
    parser = argparse.ArgumentParser(prog="python -m sim.analysis.levers_compared", description=main.__doc__)
    parser.add_argument("--sums", type=float, nargs="+", default=SUMS, help="JPY M a year (100 200 1000)")
    parser.add_argument("--scenarios", nargs="+", help="built-in scenarios (all that add to the baseline)")
    parser.add_argument("--replicates", type=int, default=REPLICATES, help=f"runs of each ({REPLICATES})")
    parser.add_argument("--world", default="japan", help="japan or synthetic:N (japan)")
    parser.add_argument("--quarters", type=int, default=Setting().quarters, help="horizon (to 2030Q4)")
    parser.add_argument("--workers", type=int, default=2, help="threads (2)")
    parser.add_argument("--write", type=Path, default=PAGE, help="page, a CSV beside it")
    chosen = parser.parse_args(arguments)
    if chosen.replicates < 2 or min(chosen.sums) <= 0:
        parser.error("--replicates must be at least 2 and --sums above 0")
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {line}", file=sys.stderr, flush=True)

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

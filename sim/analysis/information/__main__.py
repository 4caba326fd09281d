"""What calibration changes about the choice of a lever; about 20 minutes of a processor."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from sim.analysis.calibration.tables import write_csv
from sim.analysis.command import (
    MOST_SEED,
    MOST_WORKERS,
    clock,
    folder_to_write,
    told_in_a_line,
    two_or_more,
    within,
)
from sim.analysis.information.runs import ALL_UNKNOWN, knowledge
from sim.analysis.information.value import value
from sim.analysis.standing import at_equal_spending, costs, standing
from sim.batch.parameter_sets import POSTERIOR, read_parameter_sets
from sim.simulation.warmup import compile_kernel

_FOLDER = Path("docs") / "validation"
_SHOWN = 20


def main(arguments: list[str] | None = None) -> None:
    """Ask draws from priors and posterior which lever is cheapest, and what knowing a parameter is worth."""
    parser = argparse.ArgumentParser(prog="python -m sim.analysis.information", description=main.__doc__)
    parser.add_argument("--draws", type=two_or_more, default=200, help="from each (200)")
    parser.add_argument(
        "--seed", type=within(0, MOST_SEED), default=2018, help="of the draws from priors (2018)"
    )
    parser.add_argument("--workers", type=within(1, MOST_WORKERS), default=2, help="threads (2)")
    parser.add_argument(
        "--write", type=folder_to_write, default=str(_FOLDER), help=f"folder of the tables ({_FOLDER})"
    )
    chosen = parser.parse_args(arguments)
    with told_in_a_line(parser):
        _write(chosen)


def _write(chosen: argparse.Namespace) -> None:
    say = clock()
    compile_kernel(say)
    levers, tables = at_equal_spending(chosen.workers), []
    for known in knowledge(read_parameter_sets(POSTERIOR), chosen.draws, chosen.seed):
        found = costs(known.future, chosen.draws, levers)
        tables.append(standing(found))
        tables[-1].insert(0, "knowledge", known.name)
        say(f"{known.name}: {chosen.draws} draws")
        if known.name == ALL_UNKNOWN:
            worth = value(known, found)
            write_csv(
                worth[worth["gain"] > 0.0].groupby("sum").head(_SHOWN), chosen.write / "information.csv"
            )
    write_csv(pd.concat(tables), chosen.write / "levers.csv")


if __name__ == "__main__":
    main()

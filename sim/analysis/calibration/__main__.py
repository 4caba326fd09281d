"""Recover known parameters on a small world, and write how well that went."""

from __future__ import annotations

import argparse
import sys
import time

from sim.analysis.calibration.recovery import draw_ranks, in_full, known_world, on_last_wave
from sim.analysis.calibration.running import Runs
from sim.analysis.calibration.space import CALIBRATED
from sim.analysis.calibration.tables import write_csv
from sim.analysis.calibration.waves import Request, calibrate
from sim.analysis.command import MOST_WORKERS, file_to_write, folder_to_write, told_in_a_line, within
from sim.batch.parameter_sets import MOST_SETS
from sim.files import write_figure
from sim.simulation.warmup import compile_kernel

_WORLD = "synthetic:300"
_LEAST_RUNS = 2 * len(CALIBRATED)


def main(arguments: list[str] | None = None) -> None:
    """Recover known parameters: on the last wave of a small world, and in full."""
    parser = argparse.ArgumentParser(prog="python -m sim.analysis.calibration", description=main.__doc__)
    parser.add_argument("--world", default=_WORLD, help=f"small world ({_WORLD})")
    parser.add_argument(
        "--repetitions", type=within(1, MOST_SETS), default=100, help="truths of the last wave (100)"
    )
    parser.add_argument(
        "--full", type=within(0, MOST_SETS), default=20, help="full recoveries, 0 for none (20)"
    )
    parser.add_argument(
        "--runs", type=within(_LEAST_RUNS, MOST_SETS), default=2_000, help="runs of each wave (2,000)"
    )
    parser.add_argument("--workers", type=within(1, MOST_WORKERS), default=2, help="threads (2)")
    parser.add_argument(
        "--write", type=folder_to_write, default="docs/validation", help="folder of the tables"
    )
    parser.add_argument("--figure", type=file_to_write, default="docs/images/recovery.png", help="picture")
    chosen = parser.parse_args(arguments)
    if chosen.repetitions >= chosen.runs:
        parser.error("argument --repetitions: must be fewer than the runs of a wave")
    with told_in_a_line(parser):
        _write(chosen)


def _write(chosen: argparse.Namespace) -> None:
    started = time.monotonic()

    def tell(step: str, /, **facts: object) -> None:
        told = ", ".join(f"{name} {value}" for name, value in facts.items())
        print(f"{time.monotonic() - started:6.0f} s  {step}: {told}", file=sys.stderr, flush=True)

    compile_kernel(lambda line: tell(line))
    plain = Request(world=chosen.world, runs=chosen.runs, draws=100)
    request = known_world(plain, Runs(plain, workers=chosen.workers))
    run = Runs(request, workers=chosen.workers)
    ranks = on_last_wave(calibrate(request, run, tell), chosen.repetitions)
    recovered = {"last_wave": ranks}
    if chosen.full:
        recovered["full"] = in_full(request, chosen.full, run, tell)
    for name, found in recovered.items():
        write_csv(found.coverage(), chosen.write / f"recovery_{name}.csv")
        tell(name, **{column: found.coverage()[column].mean() for column in found.coverage().columns[1:]})
    write_figure(chosen.figure, draw_ranks(ranks), dpi=110)


if __name__ == "__main__":
    main()

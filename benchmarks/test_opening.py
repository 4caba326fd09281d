"""Opening a folder of 2,000 parts: known parts are not read again.

    pytest benchmarks/test_opening.py -s

The seconds are those of the machine; what is asked for is their ratio.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from sim.batch.checked import CHECKED
from sim.batch.chunks import Job
from sim.batch.experiment import Experiment
from sim.batch.parts import Chunk
from sim.batch.runner import run_experiment
from sim.batch.store import store
from sim.batch.tables import TABLE_OF_RUN, Key
from sim.scenarios.scenario import load_scenarios
from sim.simulation import simulate
from sim.worlds import load_world

CHUNKS = 1_000  # of two tables each
#: At least so many times faster than reading every part.
FACTOR = 5.0


def filled(folder: Path, experiment: Experiment, block: int) -> None:
    """The parts of all chunks, with the tables of one run in each: what counts here is their number."""
    job = Job(experiment, folder)
    run = simulate(load_world(experiment.world, 1), experiment.scenarios[0], quarters=experiment.quarters)
    tables = {name: TABLE_OF_RUN[name](run, Key(0, 0, 0), experiment) for name in experiment.record}
    for first in range(0, CHUNKS * block, block):
        store(folder, Chunk(0, 0, first, first + block - 1), tables, None, job.origin)


def opened(experiment: Experiment, folder: Path) -> float:
    """Seconds that a command takes in a folder where nothing is missing."""
    started = time.perf_counter()
    assert run_experiment(experiment, folder).stored == experiment.runs
    return time.perf_counter() - started


def test_known_parts_are_not_read_again(tmp_path: Path) -> None:
    scenarios = tuple(load_scenarios(["baseline"]))
    small = Experiment("opening", scenarios, "synthetic:20", 8, replicates=48, record=("ledger", "series"))
    run_experiment(small, tmp_path)
    experiment = replace(small, replicates=48 * CHUNKS)
    filled(tmp_path, experiment, 48)
    (tmp_path / CHECKED).unlink()
    read = opened(experiment, tmp_path)
    known = min(opened(experiment, tmp_path) for _ in range(3))
    print(f"\n{2 * CHUNKS:,} parts: {read:.2f} s where all are read, {known:.2f} s where they are known")
    assert read > FACTOR * known

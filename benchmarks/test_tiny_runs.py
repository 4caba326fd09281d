"""What an experiment of very many very small runs costs beyond the runs themselves."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.measuring import seconds
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.methods import points_of
from sim.batch.runner import run_experiment
from sim.results import load
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.simulation.warmup import compile_kernel
from sim.worlds import load_world

RUNS = int(os.environ.get("BENCH_TINY", "100_000"))
REPLICATES, QUARTERS, WORLD, WORKERS = 8, 4, "synthetic:10", 2
FACTORS = (
    Factor("subsidy", "lever", 0.0, 3_000.0, start=2019),
    Factor("posting_rate", "uncertainty", 0.2, 1.6),
)
OUTCOMES = ("deals_signed", "adoption_share", "public_spending")


class Memory:
    """Resident memory of this process and of the largest worker below it, over time."""

    def __init__(self) -> None:
        self.ours: list[float] = []
        self.workers: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.5):
            sizes = [0]
            for process in me.children(recursive=True):
                try:
                    sizes.append(process.memory_info().rss)
                except psutil.Error:
                    continue
            self.ours.append(me.memory_info().rss / 1e6)
            self.workers.append(max(sizes) / 1e6)

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()


def thirds(sizes: list[float]) -> str:
    """The largest in the first and in the last third of the time."""
    third = max(1, len(sizes) // 3)
    return f"{max(sizes[:third]):,.0f}, {max(sizes[-third:]):,.0f}"


def alone_and_stored(experiment: Experiment, folder: Path) -> tuple[float, float]:
    """Processor seconds of a run in this very process, alone and in a batch; the least of rounds in turn."""
    world, design = load_world(WORLD, 1), experiment.design
    assert design is not None
    part = replace(experiment, design=design.part(range(min(120, experiment.points))))
    scenarios = [part.scenario_at(0, point) for point in range(part.points)]
    alone, stored = [], []
    for number in range(5):
        started = time.process_time()
        for scenario in scenarios:
            for replicate in range(REPLICATES):
                simulate(world, scenario, replicate=replicate, quarters=QUARTERS)
        alone.append((time.process_time() - started) / part.runs)
        started = time.process_time()
        run_experiment(part, folder / str(number))
        stored.append((time.process_time() - started) / part.runs)
    return min(alone), min(stored)


@pytest.mark.benchmark(group="8 tiny runs")
@pytest.mark.parametrize("kept", [("series",), ("series", "ledger")], ids=["series", "series and ledger"])
def test_tiny_runs(benchmark: Any, kept: tuple[str, ...], tmp_path: Path) -> None:
    compile_kernel(print)
    points = points_of("lhs", FACTORS, 1, {"samples": max(1, RUNS // REPLICATES)})
    experiment = Experiment(
        "tiny",
        (load_scenario("balanced"),),
        world=WORLD,
        quarters=QUARTERS,
        replicates=REPLICATES,
        record=kept,
        design=Design("lhs", FACTORS, tuple(points)),
        outcomes=OUTCOMES,
    )
    folder = tmp_path / "results"

    def measure() -> tuple[float, Memory]:
        memory = Memory()
        took = seconds(lambda: run_experiment(experiment, folder, WORKERS))
        memory.stop()
        return took, memory

    alone, stored = alone_and_stored(experiment, tmp_path)
    took, memory = benchmark.pedantic(measure, rounds=1)
    parts = list(folder.rglob("part-*.parquet"))
    again = seconds(lambda: run_experiment(experiment, folder, WORKERS))
    benchmark.extra_info["row"] = {
        "runs": experiment.runs,
        "kept": " and ".join(kept),
        "runs/s on two processes": experiment.runs / took,
        "ms of a run alone": alone * 1e3,
        "ms in a batch": stored * 1e3,
        "overhead, ms": (stored - alone) * 1e3,
        "MB of the command, first and last third": thirds(memory.ours),
        "MB of the largest worker": thirds(memory.workers),
        "bytes stored a run": sum(path.stat().st_size for path in parts) / experiment.runs,
        "parts": len(parts),
        "s to find that all is there": again,
        **reading(folder),
    }


def reading(folder: Path) -> dict[str, float]:
    """Seconds to read the whole series in three ways."""
    import duckdb
    import pyarrow.dataset as ds

    series = folder / "series"
    count = f"SELECT count(*), avg(deals_signed) FROM read_parquet('{series}/part-*.parquet')"
    return {
        "s to read series with sim.load": seconds(lambda: load(folder).series),
        "pyarrow": seconds(lambda: ds.dataset(series).to_table()),
        "an average with DuckDB": seconds(lambda: duckdb.sql(count).fetchall()),
    }

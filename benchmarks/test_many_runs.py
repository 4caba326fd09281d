"""What a batch on processes keeps of the machine, and how soon a worker is at work."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numba
import psutil
import pytest

from benchmarks.measuring import in_a_process, in_turn, seconds
from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.simulation.warmup import compile_kernel
from sim.worlds import load_world

RUNS = int(os.environ.get("BENCH_RUNS", "1000"))
WORKERS = 2


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    compile_kernel(print)


def plain_runs(first: int, last: int) -> None:
    """Nothing but replicates, in a process of its own."""
    world, baseline = load_world("japan", 1), load_scenario("baseline")
    for replicate in range(first, last):
        simulate(world, baseline, replicate=replicate)


def on_plain_processes(runs: int) -> float:
    """Seconds that two processes take together, their start and the making of the world included."""
    context = multiprocessing.get_context("spawn")
    each = runs // WORKERS
    crew = [context.Process(target=plain_runs, args=(n * each, (n + 1) * each)) for n in range(WORKERS)]
    started = time.perf_counter()
    for process in crew:
        process.start()
    for process in crew:
        process.join()
    return time.perf_counter() - started


class Memory:
    """Largest resident memory of the processes below this one, looked at ten times a second."""

    def __init__(self) -> None:
        self.over_time: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            sizes = [0]
            for process in psutil.Process().children(recursive=True):
                try:
                    sizes.append(process.memory_info().rss)
                except psutil.Error:
                    continue
            self.over_time.append(max(sizes) / 1e6)

    def stop(self) -> list[float]:
        """MB over time."""
        self._stop.set()
        self._thread.join()
        return self.over_time


@pytest.mark.benchmark(group="4 many runs")
def test_a_thousand_replicates(benchmark: Any, tmp_path: Path) -> None:
    """Plain processes before and after, so that a slower machine in between would show."""
    folder = tmp_path / "results"
    many = Experiment("many", (load_scenario("baseline"),), replicates=RUNS, record=("series", "ledger"))

    def measure() -> tuple[float, float, list[float]]:
        before = on_plain_processes(RUNS // 2)
        memory = Memory()
        stored = seconds(lambda: run_experiment(many, folder, WORKERS))
        sizes = memory.stop()
        return stored, before + on_plain_processes(RUNS // 2), sizes

    stored, plain, sizes = benchmark.pedantic(measure, rounds=1)
    third = len(sizes) // 3
    size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
    benchmark.extra_info["row"] = {
        "runs": RUNS,
        "runs/s, batch": RUNS / stored,
        "runs/s, two plain processes": RUNS / plain,
        "kept": f"{plain / stored:.0%}",
        "MB of the largest worker, first third": max(sizes[:third]),
        "last third": max(sizes[-third:]),
        "kB stored a run": size / 1e3 / RUNS,
    }


FIRST_RUN = """
import sys, time
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.worlds import load_world
imported = time.perf_counter()
world = load_world(sys.argv[1], 1)
built = time.perf_counter()
simulate(world, load_scenario("baseline"))
assert not {"mesa", "pandas", "matplotlib"} & set(sys.modules)
ended = time.perf_counter()
from benchmarks.measuring import bytecode
print(built - imported, ended - built, bytecode())
"""


@pytest.mark.benchmark(group="4 start")
@pytest.mark.parametrize("world", ["synthetic:300", "japan"])
def test_start_of_a_worker(benchmark: Any, world: str) -> None:
    nothing, first = benchmark.pedantic(
        in_turn, (5, lambda: in_a_process("pass"), lambda: in_a_process(FIRST_RUN, world)), rounds=1
    )
    building, running, bytecode = in_a_process(FIRST_RUN, world).split()
    benchmark.extra_info["row"] = {
        "world": world,
        "modules with bytecode": bytecode,
        "empty Python, s": nothing,
        "to the end of the first run, s": first,
        "of which building the world, s": float(building),
        "loading compiled code and running, s": float(running),
    }


@numba.njit(nogil=True)
def spin(n: int) -> float:
    """Arithmetic that touches no memory."""
    x = 0.5
    for _ in range(n):
        x = 3.7 * x * (1.0 - x)
    return x


@pytest.mark.benchmark(group="7 threads")
@pytest.mark.parametrize("name", ["synthetic:300", "japan"])
def test_threads(benchmark: Any, name: str) -> None:
    world, baseline = load_world(name, 1), load_scenario("baseline")
    runs, loops = (8, 30_000_000) if name == "japan" else (64, 30_000_000)

    def replicates(numbers: range) -> None:
        for replicate in numbers:
            simulate(world, baseline, replicate=replicate)

    def two(work: Any, halves: list[Any]) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, halves))

    spin(10)
    replicates(range(1))
    one_run, two_runs, one_spin, two_spins = benchmark.pedantic(
        in_turn,
        (
            7,
            lambda: replicates(range(runs)),
            lambda: two(replicates, [range(runs // 2), range(runs // 2, runs)]),
            lambda: spin(2 * loops),
            lambda: two(spin, [loops, loops]),
        ),
        rounds=1,
    )
    benchmark.extra_info["row"] = {
        "world": name,
        "replicates": runs,
        "one thread, ms a run": one_run / runs * 1e3,
        "two threads, ms a run": two_runs / runs * 1e3,
        "speed-up": one_run / two_runs,
        "speed-up of plain loops": one_spin / two_spins,
        "kept": f"{one_run / two_runs / (one_spin / two_spins):.0%}",
    }

"""How fast the kernel is. Absolute times of a shared machine mean little: compare within one run."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.simulation.warmup import compile_kernel
from sim.worlds import load_world


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Compile before anything is timed."""
    compile_kernel(print)


@pytest.mark.benchmark(group="one replicate of 51 quarters")
@pytest.mark.parametrize("name", ["japan", "synthetic:300", "synthetic:1741", "synthetic:17410"])
def test_replicate(benchmark: Any, name: str) -> None:
    """One replicate, its world already built."""
    world, scenario = load_world(name, 1), load_scenario("baseline")
    run = benchmark.pedantic(simulate, (world, scenario), rounds=7, warmup_rounds=1)
    assert run.series[-1].any()


@pytest.mark.benchmark(group="one replicate of 51 quarters, by scenario")
@pytest.mark.parametrize("name", ["no_policy", "subsidy_first", "matching_first", "esg_first"])
def test_scenario(benchmark: Any, name: str) -> None:
    """What a lever costs in time: more meetings and deals take longer."""
    world, scenario = load_world("japan", 1), load_scenario(name)
    benchmark.pedantic(simulate, (world, scenario), rounds=7, warmup_rounds=1)


@pytest.mark.benchmark(group="building a world")
@pytest.mark.parametrize("name", ["japan", "synthetic:300"])
def test_world(benchmark: Any, name: str) -> None:
    """Building a world in a process that has built one before."""
    benchmark.pedantic(load_world, (name, 2), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="a new process")
@pytest.mark.parametrize("what", ["pass", "import sim", "import sim.simulation", "import mesa"])
def test_import(benchmark: Any, what: str) -> None:
    """Starting Python and importing; the difference from ``pass`` is the import."""
    benchmark.pedantic(
        subprocess.run, ([sys.executable, "-c", what],), {"check": True}, rounds=5, warmup_rounds=1
    )

"""Does the cost of a run grow in proportion to its agents?"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
import pytest

from benchmarks.measuring import in_a_process
from sim.simulation.warmup import compile_kernel

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
#: A smaller horizon where runs are long; what grows is the agents, and every quarter has all acts.
ONE_SIZE = """
import json, resource, sys, time
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.worlds import load_world
size, quarters, rounds = map(int, sys.argv[1:])
baseline = load_scenario("baseline")
simulate(load_world("synthetic:5", 1), baseline, quarters=1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.perf_counter()
world = load_world(f"synthetic:{size}", 1)
building = time.perf_counter() - started
times = []
for _ in range(rounds):
    started = time.perf_counter()
    simulate(world, baseline, quarters=quarters)
    times.append(time.perf_counter() - started)
agents = size + len(world.companies.slots) + len(world.institutions.kind)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({"agents": agents, "building": building, "run": min(times), "memory": memory}))
"""
QUARTERS = 51


@pytest.mark.benchmark(group="3 growth")
def test_growth(benchmark: Any) -> None:
    compile_kernel(print)
    sizes = [size for size in SIZES if size <= int(os.environ.get("BENCH_LARGEST", max(SIZES)))]

    def measure() -> list[dict[str, float]]:
        rounds = [max(1, min(9, 100_000 // size)) for size in sizes]
        return [
            json.loads(in_a_process(ONE_SIZE, str(size), str(QUARTERS), str(n)))
            for size, n in zip(sizes, rounds, strict=True)
        ]

    found = benchmark.pedantic(measure, rounds=1)
    agents, times = (np.array([row[name] for row in found]) for name in ("agents", "run"))
    unit = times / agents / QUARTERS * 1e9
    exponent = float(np.polyfit(np.log(agents), np.log(times), 1)[0])
    benchmark.extra_info["rows"] = [
        {
            "municipalities": size,
            "agents": int(row["agents"]),
            "building the world, s": row["building"],
            "run, s": row["run"],
            "ns per agent-quarter": float(per_agent),
            "times the best": float(per_agent / unit.min()),
            "kB per agent": row["memory"] / row["agents"],
        }
        for size, row, per_agent in zip(sizes, found, unit, strict=True)
    ] + [{"municipalities": f"fitted exponent of time: {exponent:.3f}"}]

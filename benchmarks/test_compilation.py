"""First use: how long compilation takes, how long a later process takes to load, how much there is of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.extensions import ACTS

#: Compiles or loads the kernel and says what it took.
PROBE = """
import json, resource, time
started = time.perf_counter()
from sim.kernel.compiled import cache_folder
from sim.simulation.warmup import compile_kernel
new = compile_kernel()
if not new:
    from sim.scenarios.scenario import load_scenario
    from sim.simulation import simulate
    from sim.worlds import load_world
    simulate(load_world("synthetic:5", 1), load_scenario("no_policy"), quarters=1)
spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
wall, cpu = time.perf_counter() - started, sum(one.ru_utime + one.ru_stime for one in spent)
files = list(cache_folder().rglob("*.nb?"))
kept = sum(file.stat().st_size for file in files)
indexes = sum(file.suffix == ".nbi" for file in files)
found = {"new": new, "wall": wall, "cpu": cpu, "functions": indexes}
print(json.dumps(found | {"signatures": len(files) - indexes, "bytes": kept}))
"""


def probe(cache: Path) -> dict[str, Any]:
    """What a fresh process says that uses this cache folder."""
    environment = os.environ | {"SIM_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROBE],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.benchmark(group="5 compilation")
def test_first_use(benchmark: Any, tmp_path: Path) -> None:
    """Compile into an empty folder, then load from it in fresh processes."""
    cold = benchmark.pedantic(probe, (tmp_path,), rounds=1)
    assert cold["new"]
    warm = [probe(tmp_path) for _ in range(5)]
    assert not any(found["new"] for found in warm)
    first, later = "first process (compiles)", "later process (loads)"
    benchmark.extra_info["rows"] = [
        {"what": f"{first}, seconds", "value": round(cold["wall"], 1)},
        {"what": f"{first}, seconds of CPU", "value": round(cold["cpu"], 1)},
        {"what": f"{later}, seconds", "value": round(min(found["wall"] for found in warm), 2)},
        {"what": "acts", "value": len(ACTS)},
        {"what": "compiled functions", "value": cold["functions"]},
        {"what": "signatures", "value": cold["signatures"]},
        {"what": "MB on disk", "value": round(cold["bytes"] / 1e6, 1)},
    ]

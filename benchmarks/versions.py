"""Two versions of the code in one run: what a run, a start and the first compilation take before and after.

``python -m benchmarks.versions OLD > .benchmarks/versions.json``, where OLD is a folder with the code of the
other version (a clone at its commit), before ``make bench``. The two are tried in turn in fresh processes,
and the shortest time of processor of each counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NEW = Path(__file__).parents[1]
ROUNDS = 3

RUNS = """
import json, sys, time
from sim.scenarios.scenario import load_scenario
from sim.scenarios.schema import MODULES
from sim.simulation import simulate
from sim.worlds import load_world
scenario = load_scenario(sys.argv[2])
if sys.argv[3] == "all":
    scenario = scenario.overlaid("busy", modules=dict.fromkeys(MODULES, True))
world = load_world(sys.argv[1], 1)
times = []
for _ in range(int(sys.argv[4]) + 1):
    started = time.thread_time()
    simulate(world, scenario)
    times.append(time.thread_time() - started)
print(json.dumps(min(times[1:])))
"""
START = """
import json, time
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.worlds import load_world
simulate(load_world("japan", 1), load_scenario("baseline"))
print(json.dumps(time.process_time()))
"""
COMPILE = """
import json, resource, time
started = time.perf_counter()
from sim.simulation.warmup import compile_kernel
compile_kernel()
spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([sum(one.ru_utime + one.ru_stime for one in spent), time.perf_counter() - started]))
"""
#: What is run: label, program, its arguments.
TRIED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("national run, baseline, ms", RUNS, ("japan", "baseline", "own", "7")),
    ("national run, balanced, ms", RUNS, ("japan", "balanced", "own", "7")),
    ("national run, balanced with all modules, ms", RUNS, ("japan", "balanced", "all", "7")),
    ("run of 1,000 municipalities, ms", RUNS, ("synthetic:1000", "baseline", "own", "9")),
    ("run of 10,000 municipalities, ms", RUNS, ("synthetic:10000", "baseline", "own", "3")),
    ("start of a process to the end of its first national run, ms", START, ()),
)


def measured(folder: Path, program: str, *arguments: str, **environment: str) -> Any:
    """What a fresh process with that version of the code says."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *arguments],
        env=os.environ | {"PYTHONPATH": str(folder)} | environment,
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no word"]
        raise SystemExit(f"benchmarks.versions: {folder} cannot be measured: {said[-1]}")
    return json.loads(done.stdout)


def compiled(folder: Path) -> tuple[float, float]:
    """Seconds of processor and of wall time to compile into an empty folder."""
    with tempfile.TemporaryDirectory() as cache:
        processor, wall = measured(folder, COMPILE, SIM_CACHE_DIR=cache)
    return processor, wall


def row(what: str, before: float, after: float) -> dict[str, float | str]:
    """A row of the table."""
    return {"what": what, "before": before, "after": after, "after / before": round(after / before, 2)}


def compare(old: Path) -> list[dict[str, float | str]]:
    """Rows of the table of the two versions."""
    rows = []
    for what, program, arguments in TRIED:
        pairs = [[measured(folder, program, *arguments) for folder in (old, NEW)] for _ in range(ROUNDS + 1)][
            1:
        ]
        rows.append(row(what, *(1e3 * min(column) for column in zip(*pairs, strict=True))))
    (cpu_before, wall_before), (cpu_after, wall_after) = compiled(old), compiled(NEW)
    rows.append(row("first compilation, s of processor", cpu_before, cpu_after))
    rows.append(row("first compilation, s", wall_before, wall_after))
    return rows


def code_folder(text: str) -> Path:
    """A folder that holds a version of the code.

    Raises:
        argparse.ArgumentTypeError: it holds none.
    """
    if not (Path(text) / "sim" / "__init__.py").is_file():
        raise argparse.ArgumentTypeError(f"must be a folder with the code of another version, not {text}")
    return Path(text).resolve()


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare another version of the code with this one, and print the table as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.versions", description=main.__doc__)
    parser.add_argument("old", type=code_folder, help="folder with the code of the other version")
    chosen = parser.parse_args(arguments)
    benchmark = {"group": "0 versions", "extra_info": {"rows": compare(chosen.old)}}
    print(json.dumps({"benchmarks": [benchmark]}))


if __name__ == "__main__":
    main()

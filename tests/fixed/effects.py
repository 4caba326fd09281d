"""Runs copies of the package in which one number is another: what becomes of the headline."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from typing import NamedTuple

from sim.kernel.sources import PACKAGE
from tests.fixed.table import Change, Fixed

REPLICATES = 8
HEADLINE = ("deals_signed", "sdg_progress")
#: What a copy runs: the baseline of the real Japan, paired with the original by seed and replicate.
RUN = f"""
import json
from sim.kernel.outcomes import COLUMN
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.worlds import load_world
world, scenario = load_world("japan", 1), load_scenario("baseline")
found = []
for replicate in range({REPLICATES}):
    series = simulate(world, scenario, replicate=replicate).series
    found.append((series[:, COLUMN["deals_signed"]].sum(), series[-1, COLUMN["sdg_progress"]]))
print(json.dumps(found))
"""


class Effect(NamedTuple):
    """Change of one headline outcome, in percent of the baseline, and the half width of its 95% interval."""

    percent: float
    margin: float


#: Quantile of Student's distribution for the interval of a mean of ``REPLICATES`` differences.
T_95 = 2.365


def effects(rows: tuple[Fixed, ...], workers: int = 1) -> Iterator[tuple[str, list[Effect], list[Effect]]]:
    """What is halved and doubled, and the effects of both on the headline."""
    variants = [(), *(changes for fixed in rows for changes in (fixed.half, fixed.double))]
    with ThreadPoolExecutor(workers) as pool:
        usual, *changed = pool.map(outcomes, variants)
        for fixed, half, double in zip(rows, changed[::2], changed[1::2], strict=True):
            yield fixed.what, compared(half, usual), compared(double, usual)


def compared(changed: list[list[float]], usual: list[list[float]]) -> list[Effect]:
    """Paired differences of every outcome, in percent of its mean."""
    found = []
    for one, other in zip(zip(*changed, strict=True), zip(*usual, strict=True), strict=True):
        differences = [100.0 * (a - b) / mean(other) for a, b in zip(one, other, strict=True)]
        found.append(Effect(mean(differences), T_95 * stdev(differences) / sqrt(REPLICATES)))
    return found


def outcomes(changes: tuple[Change, ...]) -> list[list[float]]:
    """Headline of every replicate, run by a copy of the package with these changes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "sim"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        for change in changes:
            apply(change, copy)
        environment = os.environ | {"PYTHONPATH": folder}
        if not all(change.file.startswith("worlds/") for change in changes):
            environment["SIM_CACHE_DIR"] = folder  # another kernel: its compiled code goes with the folder
        command = [sys.executable, "-W", "ignore", "-c", RUN]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise RuntimeError(f"{changes}: {done.stderr[-2_000:]}")
    found: list[list[float]] = json.loads(done.stdout)
    return found


def apply(change: Change, package: Path) -> None:
    """Make one change in a copy of the package."""
    path = package / change.file
    text = path.read_text()
    if text.count(change.old) != 1:
        raise ValueError(f"{change.old!r} stands {text.count(change.old)} times in {change.file}")
    path.write_text(text.replace(change.old, change.new))

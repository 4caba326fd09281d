"""``python -m benchmarks.under_load benchmarks/under_load.json``: a quarter of an hour of much at once.

Many tiny runs, a folder of thousands of parts, and the page under eight users while a results folder that it
shows is being written: what memory does, how long it takes to open, and what goes wrong. The file is in the
form of pytest-benchmark's, so that ``benchmarks.page`` takes it together with those.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import seconds
from benchmarks.sim_page.server import PAGE, ROOT, Memory, Server, serving
from benchmarks.sim_page.users import dragging
from benchmarks.test_tiny_runs import FACTORS, QUARTERS, WORLD, thirds
from benchmarks.test_tiny_runs import Memory as OfAll
from sim.batch.checked import CHECKED
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.methods import points_of
from sim.batch.runner import run_experiment
from sim.batch.stored import completeness
from sim.results import load
from sim.scenarios.scenario import load_scenario
from sim.simulation.warmup import compile_kernel

TINY, PARTS, USERS, SECONDS, WORKERS = 20_000, 2_000, 8, 600.0, 2
#: Runs of a part where there is no design.
RUNS_OF_A_PART = 48
#: Seconds between two looks at the folder that is written.
EVERY = 2.0
GROWING = """
name: growing
world: synthetic:60
quarters: 20
replicates: 4000
scenarios: [baseline, matching_first]
record: {tables: [series, ledger]}
"""

type Row = dict[str, Any]


def _tiny(points: int = 0, replicates: int = 1) -> Experiment:
    """Runs of ten municipalities over four quarters, at that many points or of one scenario."""
    design = None
    if points:
        design = Design("lhs", FACTORS, tuple(points_of("lhs", FACTORS, 1, {"samples": points})))
    return Experiment(
        "tiny", (load_scenario("balanced"),), world=WORLD, quarters=QUARTERS, replicates=replicates,
        record=("series",), design=design, outcomes=("deals_signed", "adoption_share"),
    )  # fmt: skip


def tiny_runs(folder: Path) -> Row:
    """Many tiny runs on two processes."""
    experiment = _tiny(points=TINY // 8, replicates=8)
    memory = OfAll()
    took = seconds(lambda: run_experiment(experiment, folder, WORKERS))
    memory.stop()
    return {
        "what": f"{experiment.runs:,} tiny runs",
        "s": took,
        "MB of the command, most in the first and in the last third": thirds(memory.ours),
        "MB of the largest worker, likewise": thirds(memory.workers),
    }


def many_parts(folder: Path) -> list[Row]:
    """A folder of so many parts: made, and opened in several ways."""
    experiment = _tiny(replicates=PARTS * RUNS_OF_A_PART)
    memory = OfAll()
    took = seconds(lambda: run_experiment(experiment, folder, WORKERS))
    memory.stop()
    parts = len(list((folder / "series").iterdir()))
    rows = [
        {
            "what": f"{experiment.runs:,} tiny runs in {parts:,} parts",
            "s": took,
            "MB of the command, most in the first and in the last third": thirds(memory.ours),
            "MB of the largest worker, likewise": thirds(memory.workers),
        },
        {"what": f"{parts:,} parts: see that all are there", "s": seconds(lambda: completeness(folder))},
    ]
    (folder / CHECKED).unlink()
    rows += [
        {"what": f"{parts:,} parts: the same of a copied folder", "s": seconds(lambda: completeness(folder))},
        {"what": f"{parts:,} parts: read the whole series", "s": seconds(lambda: load(folder).series)},
        {
            "what": f"{parts:,} parts: the same command again",
            "s": seconds(lambda: run_experiment(replace(experiment), folder, WORKERS)),
        },
    ]
    return rows


class Writer:
    """Commands that fill results folders below a folder, one after the other, until it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.finished, self._stop = folder, 0, False
        (folder / "growing.yaml").write_text(GROWING, encoding="utf-8")
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def _write(self) -> None:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        while not self._stop:
            out = self.folder / f"growing-{self.finished}"
            command = [sys.executable, "-m", "sim.cli", "batch", str(self.folder / "growing.yaml")]
            options = ["--out", str(out), "--workers", "1", "--quiet"]
            self._process = subprocess.Popen([*command, *options], env=environment)
            if self._process.wait() == 0:
                self.finished += 1

    def stop(self) -> None:
        """End the command that is at work."""
        self._stop = True
        self._process.terminate()
        self._thread.join(60)


class Browser:
    """Somebody who looks at the results folders again and again while they are written."""

    def __init__(self, port: int) -> None:
        self.waits: list[float] = []
        self.errors: list[str] = []
        self._port, self._stop = port, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(EVERY):
            began = time.perf_counter()
            try:
                for folder in json.loads(self._got("/api/results"))["folders"]:
                    self._got(f"/api/results/{folder['id']}/views?views=effects&lang=en")
            except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
                self.errors.append(repr(error))
            self.waits.append(time.perf_counter() - began)

    def _got(self, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            content = response.read()
            if response.status >= 500:
                self.errors.append(f"{response.status} {content[:200]!r}")
            return content
        finally:
            connection.close()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join(120)


def users_while_written(server: Server, folder: Path, duration: float) -> list[Row]:
    """Eight users who drag, somebody who browses, and a command that writes what is browsed."""
    server.since(lambda: server.health()["ready"])
    memory, writer, browser = Memory(server.process.pid), Writer(folder), Browser(server.port)
    users = dragging(server.port, USERS, duration)
    browser.stop()
    writer.stop()
    memory.stop()
    errors = [error for user in users for error in user.errors]
    for error in [*errors, *browser.errors][:8]:
        print(error)
    waits = 1e3 * np.asarray([wait for user in users for wait in user.waits])
    looks = 1e3 * np.asarray(browser.waits)
    quarters = ", ".join(f"{max(part):,.0f}" for part in np.array_split(memory.sizes, 4))
    return [
        {"what": what, "tries": len(times), "p50, ms": float(np.percentile(times, 50)),
         "p95, ms": float(np.percentile(times, 95)), "errors": failed,
         "MB of the server, the most in each quarter of the time": quarters,
         "folders finished meanwhile": writer.finished}
        for what, times, failed in (
            (f"{USERS} users drag for {duration:.0f} s: move to its first frame", waits, len(errors)),
            ("all results folders listed and looked at, one being written", looks, len(browser.errors)),
        )
    ]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure under load, and write what was found as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.under_load", description=main.__doc__)
    parser.add_argument("target", type=Path, help="the file that is written")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="that users drag")
    chosen = parser.parse_args(arguments)
    compile_kernel(print)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        stored = [tiny_runs(folder / "tiny"), *many_parts(folder / "parts")]
        (folder / "shown").mkdir()
        with serving((*PAGE, "--results", str(folder / "shown"))) as server:
            users = users_while_written(server, folder / "shown", chosen.seconds)
        with suppress(OSError):
            print(f"load of the machine: {os.getloadavg()}")
    groups = {"14 load": stored, "14 page": users}
    found = [{"group": group, "extra_info": {"rows": rows}} for group, rows in groups.items()]
    chosen.target.write_text(json.dumps({"benchmarks": found}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

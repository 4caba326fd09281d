"""Compile the kernel before it is needed, on two cores where there are two."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numba import config

from sim.acts.quarter import QUARTER, compile_alone
from sim.errors import InMemoryWarning
from sim.kernel import compiled
from sim.kernel.sources import PACKAGE
from sim.provenance import cores
from sim.scenarios.scenario import load_scenario
from sim.simulation.policy import clock_at
from sim.simulation.run import Simulation, simulate
from sim.trust import surroundings
from sim.worlds import load_world

#: What takes longest to compile stands first, so that two processes end at about the same time;
#: the name of what runs the acts is empty.
HEAVY = ("hold_meetings", "test_and_sign", "record", "select_futurecities", "")
QUEUE = (*HEAVY, *(act.__name__ for act in QUARTER if act.__name__ not in HEAVY))

#: Said where no folder of compiled code can be trusted.
IN_MEMORY = (
    "the model is compiled in memory, for a minute or two by each command and again for its workers, as "
    "compiled code cannot be kept ({path}: {why}); let nobody else write there, or name a folder of yours in "
    "SIM_CACHE_DIR"
)


def compile_kernel(announce: Callable[[str], None] | None = None) -> bool:
    """Compile every act once and keep the result on disk; True when something had to be compiled.

    Where no folder is ours alone it stays in memory, which is warned of. Call it before workers start:
    processes that compile at the same time only slow each other down.

    Args:
        announce: called with one line before a compilation begins.
    """
    if compiled.is_compiled():
        return False
    if announce is not None:
        announce("compiling the model (once per version; up to a minute)")
    folder = compiled.cache_folder()
    if folder is None:
        refused = compiled.refused()
        assert refused is not None
        message = IN_MEMORY.format(path=refused.path, why=refused.why)
        warnings.warn(message, InMemoryWarning, skip_file_prefixes=(str(PACKAGE),))
    elif cores() > 1 and not config.DISABLE_JIT:
        _compile_together(folder)
    tiny_run()
    compiled.mark_compiled()
    return True


def tiny_run() -> None:
    """One quarter of a tiny world: it loads, or compiles, all of the kernel."""
    simulate(load_world("synthetic:5", 1), load_scenario("no_policy"), quarters=1)


def compile_from(queue: int, parent: int | None = None) -> None:
    """Compile what is named in a pipe, a byte each (a place in ``QUEUE``), until nothing is left in it.

    Args:
        queue: what can be read of the pipe.
        parent: number of the process without which this one ends.
    """
    world, scenario = load_world("synthetic:5", 1), load_scenario("no_policy")
    run = Simulation(world, scenario, quarters=1)
    clock = clock_at(scenario, run.parameters, world.scale, run.key, 0, 1)
    while parent in (None, os.getppid()) and (place := os.read(queue, 1)):
        compile_alone(QUEUE[place[0]], clock, run.parameters, run.policy, world.traits, run.state.columns)


def _compile_together(folder: Path) -> None:
    """Compile in two processes, each of which takes the next act when it is done with one.

    What the other one fails at is compiled by whoever needs it.
    """
    queue, end = os.pipe()
    try:
        os.write(end, bytes(range(len(QUEUE))))
        os.close(end)
        with _helper(queue, folder):
            compile_from(queue)
    finally:
        os.close(queue)


@contextmanager
def _helper(queue: int, folder: Path) -> Iterator[None]:
    """Another process that compiles from the queue; it ends with this one, at the latest after an act."""
    program = f"from sim.simulation.warmup import compile_from; compile_from(0, {os.getpid()})"
    environment = surroundings() | {"SIM_CACHE_DIR": str(folder.parent)}
    silent: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        helper = subprocess.Popen([sys.executable, "-c", program], stdin=queue, env=environment, **silent)
    except OSError:  # no second interpreter to be had
        yield
        return
    try:
        yield
        helper.wait()
    finally:
        helper.kill()
        helper.wait()

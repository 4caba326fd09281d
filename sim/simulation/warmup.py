"""Compile the kernel before it is needed: a run of a tiny world calls every act."""

from __future__ import annotations

from collections.abc import Callable

from sim.kernel import compiled
from sim.scenarios.scenario import load_scenario
from sim.simulation.run import simulate
from sim.worlds import load_world


def compile_kernel(announce: Callable[[str], None] | None = None) -> bool:
    """Compile every act once and keep the result on disk; True when something had to be compiled.

    Call it before workers start: processes that compile at the same time only slow each other down.

    Args:
        announce: called with one line before a compilation begins.
    """
    if compiled.is_compiled():
        return False
    if announce is not None:
        announce("compiling the model (once per version; about a minute)")
    tiny_run()
    compiled.mark_compiled()
    return True


def tiny_run() -> None:
    """One quarter of a tiny world: it loads, or compiles, all of the kernel."""
    simulate(load_world("synthetic:5", 1), load_scenario("no_policy"), quarters=1)

"""Compile the kernel before it is needed: a run of a tiny world calls every act."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.extensions import ACTS, Extension
from sim.kernel import compiled
from sim.scenarios.scenario import load_scenario
from sim.simulation.run import simulate
from sim.worlds import load_world

#: What only runs with extensions need: acts that can be called from Python.
EXTENDED = "extended"


def compile_kernel(announce: Callable[[str], None] | None = None, extended: bool = False) -> bool:
    """Compile every act once and keep the result on disk; True when something had to be compiled.

    Call it before workers start: processes that compile at the same time only slow each other down.

    Args:
        announce: called with one line before a compilation begins.
        extended: compile what runs with extensions need, too.
    """
    missing = not compiled.is_compiled(), extended and not compiled.is_compiled(EXTENDED)
    if any(missing) and announce is not None:
        announce("compiling the model (once per version; about a minute)")
    if missing[0]:
        tiny_run()
        compiled.mark_compiled()
    if missing[1]:
        tiny_run([Extension("nothing", lambda _: None, ACTS[1], "before")])
        compiled.mark_compiled(EXTENDED)
    return any(missing)


def tiny_run(extensions: Sequence[Extension] = ()) -> None:
    """One quarter of a tiny world: it loads, or compiles, all of the kernel."""
    simulate(load_world("synthetic:5", 1), load_scenario("no_policy"), quarters=1, extensions=extensions)

"""A world, a scenario and a key give a run, which can stop, be saved, go on and branch.

What runs loads on first use, by name, and brings the compiler with it; modules beside it do not need that.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.simulation.run import Run, Simulation, simulate

__all__ = ["Run", "Simulation", "simulate"]


def __getattr__(name: str) -> Any:
    """Load a public name from ``sim.simulation.run``."""
    if name not in __all__:
        raise AttributeError(f"module 'sim.simulation' has no attribute {name!r}")
    return getattr(import_module("sim.simulation.run"), name)

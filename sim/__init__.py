"""Partnerships for regional revitalization and the SDGs: an agent-based policy simulator.

The public names load on first use, so that ``import sim`` stays light.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.kernel.outcomes import OUTCOMES
    from sim.mesa.model import PartnershipModel
    from sim.results import Arm, Results, load
    from sim.scenarios.scenario import Scenario, load_scenario
    from sim.simulation import Run, Simulation, simulate
    from sim.simulation.resuming import resume
    from sim.studies import compare, run
    from sim.worlds import World, load_world

if os.environ.get("SIM_CACHE_DIR", "").startswith("~"):  # a shell leaves it as it is in some places
    os.environ["SIM_CACHE_DIR"] = os.path.expanduser(os.environ["SIM_CACHE_DIR"])  # noqa: PTH111 - as text

_HOMES = {
    "Arm": "sim.results",
    "OUTCOMES": "sim.kernel.outcomes",
    "PartnershipModel": "sim.mesa.model",
    "Results": "sim.results",
    "Run": "sim.simulation",
    "Scenario": "sim.scenarios.scenario",
    "Simulation": "sim.simulation",
    "World": "sim.worlds",
    "compare": "sim.studies",
    "load": "sim.results",
    "load_scenario": "sim.scenarios.scenario",
    "load_world": "sim.worlds",
    "resume": "sim.simulation.resuming",
    "run": "sim.studies",
    "simulate": "sim.simulation",
}

__all__ = [
    "OUTCOMES",
    "Arm",
    "PartnershipModel",
    "Results",
    "Run",
    "Scenario",
    "Simulation",
    "World",
    "compare",
    "load",
    "load_scenario",
    "load_world",
    "resume",
    "run",
    "simulate",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return list(__all__)

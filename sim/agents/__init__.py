"""What each kind of agent decides: pure rules, compiled into the acts.

For Mesa users the classes of single actors (``sim.mesa.agents``) can be had from here, where they look for
them. They load on first use, by name, and bring Mesa with them: the rules know nothing of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["Company", "FinancialInstitution", "Municipality"]


def __getattr__(name: str) -> Any:
    """Load a class of agents for Mesa users."""
    if name not in __all__:
        raise AttributeError(f"module 'sim.agents' has no attribute {name!r}")
    return getattr(import_module("sim.mesa.agents"), name)

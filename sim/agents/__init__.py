"""What each kind of agent decides: pure rules, compiled into the acts.

For Mesa users there are views of single actors besides, which load on first use and bring Mesa with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.mesa.agents import Company, FinancialInstitution, Municipality

__all__ = ["Company", "FinancialInstitution", "Municipality"]


def __getattr__(name: str) -> Any:
    """Load a class of agents for Mesa users."""
    if name not in __all__:
        raise AttributeError(f"module 'sim.agents' has no attribute {name!r}")
    from sim.mesa import agents

    return getattr(agents, name)

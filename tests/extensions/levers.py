"""What every lever must do, whoever wrote it."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.extensions import Extension
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario
from sim.simulation import Run, simulate


def check_lever(lever: Extension, world: World, scenario: Scenario, quarters: int = 24) -> Run:
    """Check that a lever keeps its books, and that it does nothing without money; its run, to look further.

    Args:
        lever: with its appropriation.
        world, scenario: what it is added to.
        quarters: horizon.
    """
    plain = simulate(world, scenario, quarters=quarters)
    funded = simulate(world, scenario, quarters=quarters, extensions=[lever])
    idle = simulate(world, scenario, quarters=quarters, extensions=[lever.appropriating(0.0)])
    assert idle.series.tobytes() == plain.series.tobytes(), "without money it changes something"
    row = funded.scenario.funds.index(lever.name)
    appropriated, spent, lapsed = (
        funded.ledger[column][row] for column in ("appropriated", "spent", "lapsed")
    )
    national = funded.scenario.appropriations(sim.calendar.fiscal_years(quarters))[row]
    assert appropriated == pytest.approx(national * world.scale), "it gets the share of the world"
    assert spent + lapsed == pytest.approx(appropriated), "what is not spent lapses"
    assert spent.sum() > 0.0, "it spends nothing"
    assert (spent >= 0.0).all() and (lapsed >= -1e-9).all()
    outlays = funded.series[:, funded.outcomes.index("public_spending")].sum()
    assert outlays == pytest.approx(funded.ledger["spent"].sum()), "public spending counts it"
    assert np.isfinite(funded.series).all()
    return funded

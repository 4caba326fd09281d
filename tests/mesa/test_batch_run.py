from __future__ import annotations

from typing import Any

import mesa
import pytest

from sim.kernel.outcomes import COLUMN
from sim.mesa.model import PartnershipModel
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.worlds import load_world

pytestmark = pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has no batch_run")
PARAMETERS = {"scenario": ["baseline", "no_policy"], "world": "synthetic:50", "quarters": 16}


def batch(**options: Any) -> list[dict[str, Any]]:
    rows = mesa.batch_run(PartnershipModel, parameters=PARAMETERS, display_progress=False, **options)
    return sorted(rows, key=lambda row: (row["RunId"], row["Step"]))


@pytest.mark.parametrize("processes", [1, 2])
def test_a_batch_gives_the_numbers_of_simulate(processes: int) -> None:
    rows = batch(rng=[1, 2], number_processes=processes)
    assert len(rows) == 4
    for row in rows:
        world = load_world("synthetic:50", row["rng"])
        run = simulate(world, load_scenario(row["scenario"]), row["rng"], quarters=16)
        assert row["quarter"] == "2022Q1"
        assert {name: row[name] for name in COLUMN} == dict(zip(COLUMN, run.series[-1], strict=True))
    assert len({row["awareness_mean"] for row in rows}) == 4


def test_every_quarter_can_be_kept() -> None:
    rows = batch(rng=1, data_collection_period=1)
    assert [row["quarter"] for row in rows[:3]] == ["2018Q2", "2018Q3", "2018Q4"]
    assert len(rows) == 2 * 16


def test_without_seeds_iterations_differ() -> None:
    rows = batch(rng=[None, None])
    shares = [row["sdg_index"] for row in rows if row["scenario"] == "baseline"]
    assert shares[0] != shares[1]

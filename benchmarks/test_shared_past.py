"""What is saved where scenarios, or points of a design, share the quarters in which they do not differ."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import process_time
from typing import Any

import pyarrow as pa
import pytest

from benchmarks.measuring import in_turn
from sim.batch.chunks import blocks_of, carried_out, checked_run, keys_of
from sim.batch.design import Design
from sim.batch.estimate import estimate
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.methods import points_of
from sim.batch.parts import plan_chunks
from sim.batch.tables import Key, series_table
from sim.scenarios.scenario import load_scenario
from sim.simulation.warmup import compile_kernel

ROUNDS, FIRST_YEARS = 5, (2018, 2022, 2024, 2026)
LEVERS = ("subsidy", "matching_support", "advisers")
MONEY = 5_000.0


def scenarios_from(year: int, world: str) -> Experiment:
    """The baseline and three levers that have more money from a fiscal year on."""
    base = load_scenario("baseline")
    levers = (base.overlaid(f"more_{name}", levers={name: {year: MONEY}}) for name in LEVERS)
    return Experiment("levers", (base, *levers), world=world, replicates=3, record=("series",))


def points_from(year: int, world: str) -> Experiment:
    """Six points of three levers from a fiscal year on."""
    factors = tuple(Factor(name, "lever", 0.0, MONEY, start=year) for name in LEVERS)
    points = tuple(points_of("lhs", factors, 1, {"samples": 6}))
    design = Design("lhs", factors, points)
    return Experiment(
        "points", (load_scenario("balanced"),), world=world, replicates=2, record=("series",), design=design
    )


def chunks_of(experiment: Experiment) -> list[list[Key]]:
    """The runs of every chunk."""
    blocks = blocks_of(experiment, experiment.municipalities)
    chunks = plan_chunks(experiment.points, experiment.replicates, blocks)
    return [keys_of(experiment, chunk) for chunk in chunks]


def together(experiment: Experiment) -> list[pa.Table]:
    """Series of all runs as a batch makes them, a chunk at a time."""
    return [table for keys in chunks_of(experiment) for table in carried_out(experiment, keys)[0]["series"]]


def apart(experiment: Experiment) -> list[pa.Table]:
    """The same of runs each from its beginning."""
    return [
        series_table(checked_run(experiment, key), key, experiment)
        for keys in chunks_of(experiment)
        for key in keys
    ]


@pytest.mark.benchmark(group="9 shared past")
@pytest.mark.parametrize("world", ["synthetic:30", "synthetic:300", "japan"])
@pytest.mark.parametrize("asked", [scenarios_from, points_from])
def test_shared_past(benchmark: Any, asked: Callable[[int, str], Experiment], world: str) -> None:
    compile_kernel(print)
    experiments = [asked(year, world) for year in FIRST_YEARS]
    assert together(experiments[1]) == apart(experiments[1])

    def measure() -> list[list[float]]:
        return [
            in_turn(ROUNDS, partial(apart, one), partial(together, one), clock=process_time)
            for one in experiments
        ]

    benchmark.extra_info["rows"] = [
        {
            "world": world,
            "what differs": f"{one.points} points" if one.design else f"{len(one.scenarios)} scenarios",
            "from": f"FY{year}",
            "ms a run apart": alone / one.runs * 1e3,
            "sharing": shared / one.runs * 1e3,
            "time saved": f"{1.0 - shared / alone:.0%}",
            "quarters spared": f"{estimate(one, 1).spared:.0%}",
        }
        for one, year, (alone, shared) in zip(
            experiments, FIRST_YEARS, benchmark.pedantic(measure, rounds=1), strict=True
        )
    ]

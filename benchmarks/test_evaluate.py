"""What asking for points batch after batch costs beyond one batch of all of them."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.measuring import in_turn
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.scenarios.scenario import load_scenario
from sim.simulation.warmup import compile_kernel
from sim.studies import Evaluator, Study

FACTORS = (
    Factor("subsidy", "lever", 0.0, 3_000.0, start=2019),
    Factor("matching_support", "lever", 0.0, 3_000.0, start=2019),
)
OUTCOMES = ["deals_signed", "public_spending"]


@pytest.mark.benchmark(group="10 evaluate")
@pytest.mark.parametrize(
    ("world", "points", "batch"), [("synthetic:60", 80, 40), ("synthetic:60", 80, 8), ("japan", 8, 4)]
)
def test_evaluate(benchmark: Any, tmp_path: Path, world: str, points: int, batch: int) -> None:
    compile_kernel(print)
    replicates, quarters = 4, 51 if world == "japan" else 12
    asked = np.random.default_rng(1).uniform(0.0, 3_000.0, (points, len(FACTORS)))
    rows = [dict(zip((factor.name for factor in FACTORS), map(float, row), strict=True)) for row in asked]
    experiment = Experiment(
        "evaluate", (load_scenario("baseline"),), world, quarters, replicates=replicates,
        record=("series", "ledger"), design=Design("table", FACTORS, ()),
    )  # fmt: skip
    folders = (tmp_path / f"{number}" for number in range(100))

    def at_once() -> None:
        design = Design("table", FACTORS, tuple(tuple(row.values()) for row in rows))
        Study(replace(experiment, design=design), next(folders)).run().runs(OUTCOMES)

    def in_batches() -> None:
        with Evaluator(experiment, next(folders)) as evaluator:
            for start in range(0, points, batch):
                evaluator.evaluate(rows[start : start + batch], OUTCOMES)

    whole, parts = benchmark.pedantic(
        in_turn, (3, at_once, in_batches), {"clock": time.process_time}, rounds=1
    )
    runs = points * replicates
    benchmark.extra_info["row"] = {
        "world": world,
        "runs": runs,
        "points a call": batch,
        "one batch, ms a run": whole / runs * 1e3,
        "evaluate, ms a run": parts / runs * 1e3,
        "more, ms a run": (parts - whole) / runs * 1e3,
        "more, ms a call": (parts - whole) / (points / batch) * 1e3,
        "evaluate / batch": parts / whole,
    }

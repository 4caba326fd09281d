"""Outcomes of real runs whose sensitivity is known: Ishigami's function and a planted box, with chance."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.methods import points_of
from sim.extensions import outcome
from sim.scenarios.scenario import load_scenario

FACTORS = (
    Factor("posting_rate", "uncertainty", 0.2, 1.6),
    Factor("matching_efficiency", "uncertainty", 0.2, 1.0),
    Factor("friction_capacity", "uncertainty", 0.0, 2.0),
)
CHANCE = 2.0
EDGES = (0.6, 0.5)


def cube_of(now: Any) -> list[float]:
    """Where a run lies in the unit cube of the factors."""
    values = {}
    for group in now.parameters:
        values |= {name: getattr(group, name) for name in group._fields}
    return [(values[one.name] - one.low) / (one.high - one.low) for one in FACTORS]


@outcome(unit="score", kind="stock")
def ishigami(now: Any) -> float:
    """Ishigami's function of three parameters, and chance of sd 2 that is alike at all points."""
    x = [math.pi * (2.0 * u - 1.0) for u in cube_of(now)]
    value = math.sin(x[0]) + 7.0 * math.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * math.sin(x[0])
    first, second = now.uniforms(2)
    return value + CHANCE * math.sqrt(-2.0 * math.log(1.0 - first)) * math.cos(2.0 * math.pi * second)


@outcome(unit="score", kind="stock")
def planted(now: Any) -> float:
    """1 in the upper 40% of the first factor and the lower half of the second, else 0; 5% by chance."""
    u = cube_of(now)
    place = int(1e6 * (u[0] + 10.0 * u[1] + 100.0 * u[2])) % 997
    inside = u[0] > EDGES[0] and u[1] < EDGES[1]
    return float(inside != (now.uniforms(997)[place] < 0.05))


FILE = """
name: made
extends: baseline
extensions: ["tests.analysis.known_answers:ishigami", "tests.analysis.known_answers:planted"]
"""


def experiment(folder: Path, method: str, replicates: int, **options: Any) -> Experiment:
    """One quarter of a few places at the points of a design; its scenario is written into the folder."""
    file = folder / "made.yaml"
    file.write_text(FILE)
    return Experiment(
        "known",
        (load_scenario(file, allow_extensions="tests.analysis.known_answers"),),
        world="synthetic:5",
        quarters=1,
        replicates=replicates,
        record=("series",),
        design=Design(method, FACTORS, tuple(points_of(method, FACTORS, 1, options)), options),
    )

"""Made-up runs of designs whose effects are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from sim.batch.factors import Factor, Point
from sim.batch.methods import rows_together
from sim.report.designs.runs import PointRuns

#: Chance that all points of a replicate share: it is in no difference.
SHARED = np.random.default_rng(3).normal(0.0, 50.0, 6)


def made(
    method: str,
    factors: Sequence[Factor],
    points: Sequence[Point],
    outcome: Callable[..., float],
    noise: float = 0.0,
    replicates: int = 6,
    options: Mapping[str, Any] | None = None,
) -> PointRuns:
    """Runs whose deals are what ``outcome`` says of a point, with chance of the replicate and of the run."""
    chance = np.random.default_rng(4).normal(0.0, noise or 1.0, (len(points), replicates)) * bool(noise)
    means = np.array([outcome(*point) for point in points])
    values = means[:, None] + SHARED[:replicates] + chance
    return PointRuns(
        "baseline", method, tuple(factors), np.arange(len(points)), tuple(points), ("deals_signed",),
        values[:, :, None], rows_together(method, factors, options or {}),
    )  # fmt: skip


def switches(*names: str) -> tuple[list[Factor], list[Point]]:
    """Factors of two values, and all combinations of them."""
    factors = [Factor(name, "lever", values=(0.0, 100.0)) for name in names]
    return factors, list(product((0.0, 100.0), repeat=len(names)))

from __future__ import annotations

import numpy as np
import pytest

from sim.statistics.prim import (
    Box,
    everything,
    found_box,
    peel,
    quality_of,
    quasi_p,
    through_workbench,
)
from tests.statistics.functions import Floats


def planted(n: int, seed: int = 0, noise: float = 0.05) -> tuple[Floats, np.ndarray]:
    """Yes in 95% of the box x0 > 0.6, x1 < 0.5, in 5% elsewhere; x2 takes three values, x3 two."""
    rng = np.random.default_rng(seed)
    points = rng.random((n, 5))
    points[:, 2] = (np.floor(points[:, 2] * 3) + 0.5) / 3
    points[:, 3] = (np.floor(points[:, 3] * 2) + 0.5) / 2
    inside = (points[:, 0] > 0.6) & (points[:, 1] < 0.5)
    return points, inside ^ (rng.random(n) < noise)


@pytest.mark.parametrize("kind", ["planted", "noise", "of few values"])
def test_peeling_takes_the_steps_of_ema_workbench(kind: str) -> None:
    points, yes = planted(400)
    if kind == "noise":
        yes = np.random.default_rng(1).random(400) < 0.3
    if kind == "of few values":
        points = np.round(points * 4) / 4
    own, theirs = peel(points, yes), through_workbench(points, yes)
    assert len(own) == len(theirs) > 5
    for mine, other in zip(own, theirs, strict=True):
        np.testing.assert_array_equal(mine.low, other.low)
        np.testing.assert_array_equal(mine.high, other.high)


def test_quasi_p_is_that_of_ema_workbench() -> None:
    import pandas as pd
    from ema_workbench.analysis import prim

    points, yes = planted(400)
    frame = pd.DataFrame(points, columns=[f"x{number}" for number in range(5)])
    theirs = prim.Prim(frame, yes).find_box().p_values
    for step in (3, 10):
        box = peel(points, yes)[step]
        own = quasi_p(box, points, yes)
        for name, values in theirs[step].items():
            wanted = [np.nan if value == -1 else value for value in values]
            np.testing.assert_allclose(own[int(name[1:])], wanted, atol=1e-12)


def test_a_planted_box_is_found() -> None:
    points, yes = planted(1_000)
    box = found_box(points, yes)
    assert box.restricted.tolist() == [[True, False], [False, True], *[[False, False]] * 3]
    assert box.low[0] == pytest.approx(0.6, abs=0.03)
    assert box.high[1] == pytest.approx(0.5, abs=0.03)
    quality = quality_of(box, points, yes)
    assert quality.density > 0.85 and quality.coverage > 0.75
    assert quality.mass == pytest.approx(0.2, abs=0.03)


def test_quality_counts_right() -> None:
    points = np.array([[0.1], [0.4], [0.6], [0.9]])
    yes = np.array([False, True, True, False])
    found = quality_of(Box(np.array([0.3]), np.array([np.inf])), points, yes)
    assert found == (1.0, 2 / 3, 0.75, 0.5, 3)
    assert quality_of(everything(1), points, yes).youden == 0.0
    nothing = quality_of(Box(np.array([0.95]), np.array([np.inf])), points, yes)
    assert nothing.n == 0 and np.isnan(nothing.density)

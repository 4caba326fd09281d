from __future__ import annotations

import numpy as np
import pytest

from sim.statistics.design_sizes import base_samples_for, half_width_of, points_for, trajectories_for
from sim.statistics.given_data import given_data_indices
from sim.statistics.sobol import Sampled, sobol_indices
from tests.statistics.functions import cube, ishigami


@pytest.mark.parametrize("samples", [128, 512])
def test_sobol_designs_reach_what_is_foretold(samples: int) -> None:
    """At worst: so intervals are no wider than that, and not many times narrower."""
    points = cube("saltelli", 3, samples=samples).reshape(samples, 5, 3)
    found = sobol_indices(Sampled.of_rows(ishigami(points)[..., None]))
    widest = max((found.first_high - found.first_low).max(), (found.total_high - found.total_low).max())
    foretold = half_width_of("saltelli", samples)
    assert 0.5 * foretold < widest / 2.0 < 1.25 * foretold


def test_given_data_reaches_what_is_foretold() -> None:
    points = cube("lhs", 3, samples=400)
    values = ishigami(points) + np.random.default_rng(1).standard_normal(400)
    found = given_data_indices(points, values)
    widest = float((found.first_high - found.first_low).max()) / 2.0
    assert 0.4 < widest / half_width_of("lhs", 400) < 1.3


def test_sizes_are_the_inverse_of_half_widths() -> None:
    assert half_width_of("saltelli", base_samples_for(0.1)) <= 0.1
    assert half_width_of("saltelli", base_samples_for(0.1) // 2) > 0.1
    assert half_width_of("lhs", points_for(0.05)) <= 0.05 < half_width_of("lhs", points_for(0.05) - 1)
    assert half_width_of("morris", trajectories_for(0.2)) <= 0.2

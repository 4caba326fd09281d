from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.statistics.total_variance import split
from tests.statistics.functions import ISHIGAMI_VARIANCE, cube, ishigami


def test_noise_of_seeds_of_their_own() -> None:
    values = ishigami(cube("lhs", 3, samples=1024))
    noise = 3.0 * np.random.default_rng(0).standard_normal((1024, 2))
    found = split(values[:, None] + noise, independent=True)
    truth = 9.0 / (9.0 + ISHIGAMI_VARIANCE)
    assert found.chance.low <= truth <= found.chance.high
    assert found.chance.value == pytest.approx(truth, abs=0.03)
    assert found.parameters.value + found.chance.value == pytest.approx(1.0)
    assert found.variance == pytest.approx(9.0 + ISHIGAMI_VARIANCE, rel=0.05)
    assert found.alike is None and found.gap is None


def test_the_seed_is_a_group_of_factors() -> None:
    """Chance alike at all points (sd 2) and its interaction with parameters (sd 1.5) are told apart."""
    rng = np.random.default_rng(3)
    values = ishigami(cube("lhs", 3, samples=256))
    runs = values[:, None] + 2.0 * rng.standard_normal(40) + 1.5 * rng.standard_normal((256, 40))
    found = split(runs)
    whole = ISHIGAMI_VARIANCE + 4.0 + 2.25
    assert found.alike is not None and found.gap is not None
    for share, truth in ((found.parameters, ISHIGAMI_VARIANCE), (found.alike, 4.0), (found.gap, 2.25)):
        assert share.low <= truth / whole <= share.high
    assert found.gap.value == pytest.approx(2.25 / whole, abs=0.03)
    assert found.chance.value == pytest.approx(found.alike.value + found.gap.value)
    assert found.left_in_means == pytest.approx(2.25 / 40 / (ISHIGAMI_VARIANCE + 2.25 / 40), rel=0.2)


def test_intervals_hold_the_truth_with_few_replicates() -> None:
    whole = 1.0 / 12.0 + 0.04 + 0.02
    held = np.zeros(3)
    trials = 200
    for seed in range(trials):
        rng = np.random.default_rng(seed)
        chance = np.sqrt(0.04) * rng.standard_normal(4) + np.sqrt(0.02) * rng.standard_normal((64, 4))
        found = split(rng.random(64)[:, None] + chance)
        assert found.alike is not None and found.gap is not None
        truths = (1.0 / 12.0 / whole, 0.04 / whole, 0.02 / whole)
        shares = (found.parameters, found.alike, found.gap)
        held += [share.low <= truth <= share.high for share, truth in zip(shares, truths, strict=True)]
    assert (held / trials > 0.9).all(), held / trials


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (np.ones((50, 1)), "cannot be told apart with 1 replicate of each point; run 2 or more"),
        (np.ones((5, 2)), "from 5 points"),
        (np.ones((50, 2)), "never varies"),
    ],
)
def test_what_cannot_be_split_is_refused(values: np.ndarray, line: str) -> None:
    with pytest.raises(InputError, match=line):
        split(values)

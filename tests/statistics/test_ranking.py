"""The best of simulated arms with known means, at the rate that is stated."""

from __future__ import annotations

import numpy as np
import pytest

from sim.statistics.contrasts import paired
from sim.statistics.multiplicity import holm, simultaneous_level
from sim.statistics.ranking import best_of, chance_of_best, corrected, may_be_best, order_of, ranks_of

RNG = np.random.default_rng(20180402)
REPETITIONS = 1_000
BAND = 4 * (0.95 * 0.05 / REPETITIONS) ** 0.5


def arms(means: list[float], replicates: int, points: int = 1) -> np.ndarray:
    """(points, replicates, arms) that share the chance of their replicate."""
    shared = RNG.normal(0, 3, (1, replicates, 1)) + (points > 1) * RNG.normal(0, 1, (points, 1, 1))
    return np.array(means) + shared + RNG.normal(0, 1, (points, replicates, len(means)))


@pytest.mark.parametrize(
    ("means", "replicates"),
    [
        ([0.0, 0.0], 10),
        ([0.0, 0.0, 0.0, 0.0], 10),
        ([0.5, 0.0, -0.5], 5),
        ([1.0, 0.9, 0.0], 30),
    ],
)
def test_the_arms_that_may_be_best_hold_the_best_at_the_stated_rate(
    means: list[float], replicates: int
) -> None:
    held = sum(may_be_best(arms(means, replicates))[0] for _ in range(REPETITIONS))
    assert held / REPETITIONS >= 0.95 - BAND


def test_an_arm_that_is_shown_to_be_best_is_not_the_wrong_one() -> None:
    wrong = right = 0
    for _ in range(REPETITIONS):
        shown = may_be_best(arms([0.6, 0.3, 0.0], 20))
        wrong += shown.sum() == 1 and not shown[0]
        right += shown.sum() == 1 and bool(shown[0])
    assert wrong / REPETITIONS <= 0.05
    assert right / REPETITIONS > 0.1


def test_of_a_design_points_are_no_replicates() -> None:
    """Arms whose difference depends on the point: the best on average is not sure from a few of them."""
    held = 0
    for _ in range(300):
        values = arms([0.0, 0.0], 4, points=8)
        values[:, :, 1] += RNG.normal(0, 2, (8, 1))
        held += may_be_best(values)[0]
    assert held / 300 >= 0.95 - 4 * (0.95 * 0.05 / 300) ** 0.5


def test_an_arm_given_a_chance_of_ninety_in_a_hundred_is_the_best_about_as_often() -> None:
    said, true = 0, 0
    for _ in range(REPETITIONS):
        means = RNG.normal(0, 0.5, 4)
        chance = chance_of_best(arms(list(means), 12), resamples=500)
        if 0.85 <= chance.max() <= 0.95:
            said += 1
            true += chance.argmax() == means.argmax()
    assert said > 50
    assert true / said == pytest.approx(0.9, abs=4 * (0.9 * 0.1 / said) ** 0.5)


def test_chances_add_up_and_twins_share_them() -> None:
    values = arms([0.0, 0.5], 10)
    chance = chance_of_best(np.concatenate([values, values[:, :, :1]], axis=2))
    assert chance.sum() == pytest.approx(1) and chance[0] == chance[2]


def test_picking_the_winner_flatters_and_the_correction_takes_it_back() -> None:
    """Five arms that are all the same, so whatever the winner shows beyond 0 is luck."""
    plain, mended = [], []
    for _ in range(REPETITIONS):
        values = RNG.normal(0, 1, (1, 10, 5))
        plain.append(values.mean(axis=(0, 1)).max())
        mended.append(corrected(values))
    error = np.std(mended) / REPETITIONS**0.5
    assert np.mean(plain) > 0.3
    assert np.mean(mended) == pytest.approx(0, abs=4 * error)


def test_a_clear_winner_needs_no_correction() -> None:
    values = arms([9.0, 0.0], 6)
    assert corrected(values) == pytest.approx(values[:, :, 0].mean())
    assert np.isnan(corrected(values[:, :1]))
    assert best_of(values).decided


def test_the_contrast_decides_the_order_where_intervals_overlap() -> None:
    values = arms([0.0, 0.8], 30)[0]
    ends = [paired(values[:, [arm]], np.zeros((30, 1))).interval() for arm in (0, 1)]
    assert ends[0][1] > ends[1][0]  # the arms' own intervals overlap
    assert order_of(paired(values[:, [1]], values[:, [0]])) == "first"
    assert order_of(paired(values[:, [0]], values[:, [1]])) == "second"
    assert order_of(paired(values[:, [0]], values[:, [0]])) == "open"


def test_holm_makes_a_false_finding_among_many_one_time_in_twenty() -> None:
    values = RNG.normal(0, 1, (12, 20, REPETITIONS)) + RNG.normal(0, 1, (12, 1, REPETITIONS))
    p = paired(values, np.zeros_like(values)).p  # (20, repetitions), correlated
    adjusted = np.apply_along_axis(holm, 0, p)
    assert (p < 0.05).any(axis=0).mean() > 0.2
    assert (adjusted < 0.05).any(axis=0).mean() <= 0.05 + BAND


def test_holm_by_hand() -> None:
    p = np.array([[0.01, 0.04], [0.03, np.nan]])
    np.testing.assert_allclose(holm(p), [[0.03, 0.06], [0.06, np.nan]])


def test_simultaneous_intervals_hold_together_at_the_stated_rate() -> None:
    values = RNG.normal(0, 1, (12, 20, REPETITIONS))
    low, high = paired(values, np.zeros_like(values)).interval(simultaneous_level(20))
    assert ((low <= 0) & (high >= 0)).all(axis=0).mean() >= 0.95 - BAND


def test_rank_intervals_hold_the_true_ranks_at_the_stated_rate() -> None:
    """Five arms with true means 4, 3, 2, 1 and 0 that share much of their noise."""
    truth = np.arange(5.0)[::-1]
    inside = np.zeros(5)
    for _ in range(300):
        found = ranks_of((truth + RNG.normal(0, 2, (12, 1)) + RNG.normal(0, 1, (12, 5)))[None])
        inside += (found.low <= np.arange(1, 6)) & (np.arange(1, 6) <= found.high)
        assert (found.low <= found.rank).all() and (found.rank <= found.high).all()
    assert (inside / 300 >= 0.95 - BAND).all()


def test_ranks_of_known_cases() -> None:
    clear = ranks_of(np.array([[[1.0, 5.0, 3.0], [1.1, 5.2, 3.1], [0.9, 4.9, 3.0], [1.0, 5.1, 2.9]]]))
    assert clear.rank.tolist() == clear.low.tolist() == clear.high.tolist() == [3, 1, 2]
    same = ranks_of(np.full((1, 6, 3), 2.0))
    assert same.rank.tolist() == same.low.tolist() == [1, 1, 1] and same.high.tolist() == [3, 3, 3]
    one = ranks_of(np.array([[[1.0, 5.0, 3.0]]]))
    assert one.rank.tolist() == [3, 1, 2] and one.low.tolist() == [1, 1, 1] and one.high.tolist() == [3] * 3
    assert ranks_of(np.ones((1, 4, 1))).high.tolist() == [1]


def test_one_replicate_gives_no_chance_of_being_best() -> None:
    found = best_of(np.array([[[1.0, 5.0, 2.0]]]))
    assert found.picked == 1 and np.isnan(found.chance).all() and found.may_be.all()
    assert best_of(np.array([[[1.0]]])).chance.tolist() == [1.0]

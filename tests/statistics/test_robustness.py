"""Robustness criteria on tables whose answers can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.statistics.robustness import (
    CRITERIA,
    agreement,
    disagreeing,
    regret,
    robustness_of,
    scores,
    share_of_chance,
)

#: Four futures of three options: a steady one, a bold one, and one that is nowhere best.
VALUES = np.array([[5.0, 9.0, 4.0], [5.0, 8.0, 4.0], [5.0, 7.0, 4.0], [5.0, 1.0, 4.5]])


def test_each_criterion_is_what_its_name_says() -> None:
    found = dict(zip(CRITERIA, scores(VALUES, threshold=5.0), strict=True))
    assert regret(VALUES).tolist() == [[4, 0, 5], [3, 0, 4], [2, 0, 3], [0, 4, 0.5]]
    assert found["mean"].tolist() == [5.0, 6.25, 4.125]
    assert found["mean_variance"][0] == 5.0  # no spread, nothing off
    assert found["mean_variance"][1] == pytest.approx(6.25 - np.std([9, 8, 7, 1], ddof=1))
    assert found["domain"].tolist() == [1.0, 0.75, 0.0]
    assert found["regret_90"].tolist() == pytest.approx([3.7, 2.8, 4.7])
    assert found["minimax_regret"].tolist() == [4.0, 4.0, 5.0]
    assert found["maximin"].tolist() == [5.0, 1.0, 4.0]


def test_criteria_disagree_where_the_bold_option_wins_on_average_and_loses_at_worst() -> None:
    found = robustness_of(VALUES, threshold=5.0, resamples=200)
    rank = dict(zip(CRITERIA, found.rank.tolist(), strict=True))
    assert rank["mean"] == [2, 1, 3] and rank["maximin"] == [1, 3, 2]
    assert rank["minimax_regret"] == [1, 1, 3]  # a tie shares the better rank
    apart = dict(zip(CRITERIA, disagreeing(found), strict=True))
    assert apart["maximin"] and apart["domain"] and not apart["regret_90"] and not apart["minimax_regret"]
    assert (found.low <= found.rank).all() and (found.rank <= found.high).all()
    assert found.first.sum(axis=1) == pytest.approx(np.ones(len(CRITERIA)))


def test_rankings_that_are_each_others_reverse_agree_not_at_all() -> None:
    score = np.tile(np.arange(4.0), (len(CRITERIA), 1))
    found = agreement(score)
    names = list(CRITERIA)
    assert found[names.index("mean"), names.index("maximin")] == pytest.approx(1)
    assert found[names.index("mean"), names.index("regret_90")] == pytest.approx(-1)  # there, less is better


def test_an_option_better_in_every_future_is_first_by_every_criterion_and_surely() -> None:
    rng = np.random.default_rng(1)
    base = rng.normal(0, 3, (100, 1))
    values = base + np.array([0.0, -1.0, -2.0]) + rng.normal(0, 0.1, (100, 3))
    found = robustness_of(values, threshold=0.0, resamples=300)
    assert (found.rank[:, 0] == 1).all() and (found.high[:, 0] == 1).all()
    assert not disagreeing(found).any()
    assert found.agreement == pytest.approx(np.ones_like(found.agreement))


def test_twins_share_the_first_place() -> None:
    values = np.random.default_rng(2).normal(size=(50, 1)).repeat(2, axis=1)
    found = robustness_of(values, threshold=0.0, resamples=50)
    assert (found.rank == 1).all() and found.first == pytest.approx(np.full((len(CRITERIA), 2), 0.5))


def test_the_part_of_chance_is_found_again() -> None:
    """Futures of sd 2 and runs of sd 1 with four replicates: 0.25 of 4.25."""
    rng = np.random.default_rng(3)
    values = rng.normal(0, 2, (20_000, 1, 1)) + rng.normal(0, 1, (20_000, 4, 1))
    assert share_of_chance(values)[0] == pytest.approx(0.25 / 4.25, rel=0.05)


def test_what_cannot_be_judged_is_refused() -> None:
    with pytest.raises(InputError, match="two futures and two options"):
        robustness_of(VALUES[:1], 0.0)
    with pytest.raises(InputError, match="two futures and two options"):
        robustness_of(VALUES[:, :1], 0.0)
    with pytest.raises(InputError, match="missing or not finite"):
        robustness_of(np.where(VALUES == 1.0, np.nan, VALUES), 0.0)
    with pytest.raises(InputError, match="two replicates"):
        share_of_chance(np.zeros((4, 1, 2)))

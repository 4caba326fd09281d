"""Inequality over places: known answers, and parts that add up."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.statistics.inequality import gini, lorenz, theil


def test_all_equal_and_one_has_all() -> None:
    equal, one = np.ones(10), np.eye(10)[3]
    assert gini(equal) == pytest.approx(0.0)
    assert gini(one) == pytest.approx(0.9)
    assert theil(equal, np.arange(10) % 2).total == pytest.approx(0.0)
    assert theil(one, np.arange(10) % 2).total == pytest.approx(np.log(10))
    assert gini(np.zeros(4)) == 0.0
    assert theil(np.zeros(4), [0, 0, 1, 1]).total == 0.0


def test_a_known_curve() -> None:
    people, held = lorenz([1.0, 3.0, 0.0, 4.0])
    assert people.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert held.tolist() == [0, 0, 0.125, 0.5, 1]
    area = ((held[1:] + held[:-1]) / 2 * np.diff(people)).sum()
    assert gini([1.0, 3.0, 0.0, 4.0]) == pytest.approx(1 - 2 * area)


def test_the_gini_of_a_pareto_distribution() -> None:
    shape = 3.0
    u = (np.arange(200_000) + 0.5) / 200_000
    assert gini((1 - u) ** (-1 / shape)) == pytest.approx(1 / (2 * shape - 1), rel=1e-3)


def test_theil_splits_into_two_parts() -> None:
    groups = np.repeat([0, 1], [2, 6])
    between_only = np.repeat([6.0, 1.0], [2, 6])
    found = theil(between_only, groups)
    assert found.within == pytest.approx(0.0)
    share = np.array([12 / 18, 6 / 18])
    assert found.between == pytest.approx((share * np.log(share / np.array([0.25, 0.75]))).sum())
    within_only = np.array([0.0, 2.0, 0, 2, 0, 2, 0, 2])
    assert theil(within_only, groups).between == pytest.approx(0.0)
    assert theil(within_only, groups).within == pytest.approx(np.log(2))


def test_replicates_are_treated_one_by_one() -> None:
    values = np.random.default_rng(1).exponential(size=(5, 30))
    groups = np.arange(30) % 4
    whole = theil(values, groups)
    assert whole.between + whole.within == pytest.approx(whole.total)
    for row, total, coefficient in zip(values, whole.total, gini(values), strict=True):
        assert theil(row, groups).total == pytest.approx(total)
        assert gini(row) == pytest.approx(coefficient)


def test_by_inhabitant_places_stand_in_order_of_what_each_holds() -> None:
    people, held = lorenz([10.0, 9.0], [100.0, 10.0])
    assert people == pytest.approx([0, 100 / 110, 1])
    assert held == pytest.approx([0, 10 / 19, 1])


def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(InputError, match="0 or more"):
        gini([1.0, -1.0])
    with pytest.raises(InputError, match="3 groups for 2 places"):
        theil([1.0, 1.0], [0, 0, 1])
    with pytest.raises(InputError, match="no places"):
        gini([])
    with pytest.raises(InputError, match="weights are all 0"):
        lorenz([1.0], [0.0])

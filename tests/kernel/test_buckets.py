"""The order by intervals is that of a stable sort, whatever the values."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.kernel.buckets import uniform_order

NEXT_TO_ONE = float(np.nextafter(1.0, 0.0))

draws = st.floats(0.0, NEXT_TO_ONE)
edges = st.sampled_from((0.0, 2.0**-53, 0.25, 0.5, NEXT_TO_ONE))
beyond = st.sampled_from((1.0, 1.5, 40.0))


@given(st.lists(draws | edges | beyond, max_size=60))
def test_order_is_that_of_a_stable_sort(values: list[float]) -> None:
    given_values = np.array(values, np.float64)
    expected = np.argsort(given_values, kind="stable")
    assert uniform_order(given_values).tolist() == expected.tolist()


def test_many_uniform_draws_are_sorted() -> None:
    values = np.random.default_rng(1).random(20_000)
    assert uniform_order(values).tolist() == np.argsort(values).tolist()
    values[:10_000] = values[10_000:]  # every value twice
    assert uniform_order(values).tolist() == np.argsort(values, kind="stable").tolist()


def test_values_in_one_interval_are_sorted() -> None:
    values = 0.5 + np.random.default_rng(2).random(300) * 1e-9
    assert uniform_order(values).tolist() == np.argsort(values).tolist()

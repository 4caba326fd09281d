"""Columns lent to compiled code: the same arrays, and nobody counts who holds them."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from sim.kernel.lent import lent

needs_compiler = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")


class Inner(NamedTuple):
    ids: Any
    share: Any


class Outer(NamedTuple):
    number: int
    inner: Inner


def outer() -> Outer:
    return Outer(3, Inner(np.arange(4, dtype=np.int32), np.zeros((2, 3))))


@needs_compiler
def test_what_is_written_to_lent_columns_stays_and_the_caller_keeps_them() -> None:
    @numba.njit
    def write(columns: Any) -> int:
        columns = lent(columns)
        part = columns.inner.share[1]
        part[:] = columns.number
        columns.inner.ids[-1] = 9
        return len(columns.inner.ids)

    columns = outer()
    held = sys.getrefcount(columns.inner.share)
    for _ in range(3):
        assert write(columns) == 4
    holds = sys.getrefcount(columns.inner.share)  # an assertion would hold it once more
    assert holds == held
    assert columns.inner.share.tolist() == [[0.0, 0.0, 0.0], [3.0, 3.0, 3.0]]
    assert columns.inner.ids.tolist() == [0, 1, 2, 9]

"""Sorting of uniform draws in linear time."""

from __future__ import annotations

import numpy as np

from sim.kernel.compiled import entry
from sim.kernel.world import Floats, Integers


@entry
def uniform_order(values: Floats) -> Integers:
    """Indices that sort ``values``, draws from [0, 1], by rising value; equal ones keep their order.

    Uniform draws fall into as many equal intervals as there are draws about one by one, so that putting
    them there nearly sorts them. Other values of 0 or more are sorted as well, if more slowly.
    """
    n = len(values)
    interval, start = np.empty(n, np.int64), np.zeros(n + 1, np.int64)
    for v in range(n):
        interval[v] = min(int(values[v] * n), n - 1)
        start[interval[v] + 1] += 1
    for b in range(n):
        start[b + 1] += start[b]
    order = np.empty(n, np.int64)
    for v in range(n):
        order[start[interval[v]]] = v
        start[interval[v]] += 1
    for right in range(1, n):
        item = order[right]
        left = right - 1
        while left >= 0 and values[order[left]] > values[item]:
            order[left + 1] = order[left]
            left -= 1
        order[left + 1] = item
    return order

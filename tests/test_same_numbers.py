"""The same numbers as before: runs leave, bit for bit, what they left before the code was rearranged.

The digests were made by ``digests`` below with the code before issue 10 (commit 907a49a, November 2026):
every column of series, deals, ledger and municipalities, by name, of three scenarios and three replicates
with seed 1. A change of the model changes them, and says so; a change of the code does not. To make them
anew after a change of the model: ``python -m tests.test_same_numbers``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest

import sim

SCENARIOS = ("baseline", "matching_first", "balanced")
REPLICATES = 3
BEFORE = {
    "synthetic:60": {
        "series": "6ad447083744c1bf406a90392feffa21",
        "deals": "36b58725eccb2037f4d503d635f187e4",
        "ledger": "f2906988c4069ad1599d60126cf57662",
        "municipalities": "68c05fd5a73dc1f1d8353d6faa1d8436",
    },
    "japan": {
        "series": "e3673221a200c31539f6ec82218d2f0a",
        "deals": "0142b2454bae4552945c87a152eeaa93",
        "ledger": "18e32ccb238fae78a307ac1793e743a5",
        "municipalities": "359ac2943fb3718116a6b01f709e8814",
    },
}


def digests(world: str) -> dict[str, str]:
    """Table -> digest of what all runs left in it."""
    found = {name: hashlib.sha256() for name in ("series", "deals", "ledger", "municipalities")}
    where = sim.load_world(world, 1)
    for scenario in map(sim.load_scenario, SCENARIOS):
        for replicate in range(REPLICATES):
            run = sim.simulate(where, scenario, 1, replicate)
            series = dict(zip(run.outcomes, run.series.T, strict=True))
            tables = (series, run.deals(), run.ledger, run.municipalities())
            for digest, columns in zip(found.values(), tables, strict=True):
                digest.update(b"".join(_bytes(columns)))
    return {name: digest.hexdigest()[:32] for name, digest in found.items()}


def _bytes(columns: Mapping[str, Any]) -> Iterable[bytes]:
    for name, column in columns.items():
        yield name.encode()
        yield np.ascontiguousarray(column).tobytes()


@pytest.mark.parametrize("world", BEFORE)
def test_runs_leave_what_they_left_before(world: str) -> None:
    assert digests(world) == BEFORE[world]


if __name__ == "__main__":
    print({world: digests(world) for world in BEFORE})

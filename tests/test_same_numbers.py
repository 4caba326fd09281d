"""The same numbers as before: runs leave, bit for bit, what they left before the code was rearranged.

The digests were made by ``digests`` below when programmes, agreements and the survey model had come in
(November 2026): every column of series, deals, ledger and municipalities, by name, of three scenarios and
three replicates with seed 1. A change of the model changes them, and says so; a change of the code does not.
To make them anew after a change of the model: ``python -m tests.test_same_numbers``.
"""

from __future__ import annotations

import argparse
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
        "series": "7359f567d33226fd4f60e677379c1555",
        "deals": "ae589bbef5faa7f1b5c6d0d67a966cb5",
        "ledger": "4b97aca1c4c9c6e7b030f9f35a6cac20",
        "municipalities": "ee692aaf2237550248882f966895c71b",
    },
    "japan": {
        "series": "670d29293000e7004130c92d83766ecd",
        "deals": "ab4e74adda4bf86ac151bdef4314d01d",
        "ledger": "3be7686b324be9800dd6d8921d65f3a8",
        "municipalities": "95cc08346d42267642e0a3db4795645a",
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
    argparse.ArgumentParser(description=__doc__).parse_args()
    print({world: digests(world) for world in BEFORE})

"""How long an experiment will take and how much it will store, from one of its runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from sim.batch.chunks import blocks_of, checked_run, sharing, world_of
from sim.batch.experiment import Experiment
from sim.batch.parts import Blocks
from sim.batch.store import encoded
from sim.batch.tables import TABLE_OF_RUN, Key
from sim.kernel import compiled
from sim.simulation.shared import quarters_run
from sim.worlds import load_world

#: Seconds and bytes of a run where the kernel is not compiled yet and none can be tried: per
#: municipality and quarter, and per quarter (series and ledger of Japan).
_SECONDS = 1.2e-6
_BYTES = 260.0
#: A larger world is not built to try a run on it: that of Japan takes a second, and this one ten.
MOST_TRIED = 20_000
#: Of so many chunks, at most, it is found out how much of their past the runs share.
_CHUNKS_LOOKED_AT = 8


class Estimate(NamedTuple):
    """What to expect of an experiment.

    Attributes:
        seconds: on so many processes as asked for, all alike and otherwise idle.
        bytes: on disk.
        tried: whether a run was tried for it.
        spared: share of the quarters that need not be run, since scenarios and points share their past,
            which the seconds allow for; 0 where the world is too large to be built for this.
    """

    seconds: float
    bytes: float
    tried: bool
    spared: float = 0.0


def estimate(experiment: Experiment, workers: int) -> Estimate:
    """Try one run, where the kernel is compiled, and reckon from there.

    Args:
        experiment: what is to be run.
        workers: processes.
    """
    municipalities = experiment.municipalities
    blocks = blocks_of(experiment, municipalities)
    spared = 0.0 if municipalities > MOST_TRIED else _spared(experiment, blocks)
    if municipalities > MOST_TRIED or not compiled.is_compiled():
        quarters = experiment.runs * experiment.quarters
        seconds = quarters * (1.0 - spared) * municipalities * _SECONDS / workers
        return Estimate(seconds, quarters * _BYTES, tried=False, spared=spared)
    key = Key(0, 0, 0)
    checked_run(experiment, key)
    started = time.perf_counter()
    run = checked_run(experiment, key, world_of(experiment))
    tables = {name: TABLE_OF_RUN[name](run, key, experiment) for name in experiment.record}
    seconds = time.perf_counter() - started
    together = min(blocks.points * blocks.replicates * len(experiment.scenarios), experiment.runs)
    size = sum(_stored(table, together) for table in tables.values()) / together
    seconds *= experiment.runs * (1.0 - spared)
    if experiment.worlds == "many":
        seconds += _building(experiment) * experiment.replicates * -(-experiment.points // blocks.points)
    seconds /= workers
    return Estimate(seconds, experiment.runs * size, tried=True, spared=spared)


def _building(experiment: Experiment) -> float:
    """Seconds that it takes to build its world."""
    started = time.perf_counter()
    load_world(experiment.source or experiment.world, experiment.seed)
    return time.perf_counter() - started


def _spared(experiment: Experiment, blocks: Blocks) -> float:
    """Share of the quarters that need not be run, by some of the chunks spread over the points."""
    firsts = range(0, experiment.points, blocks.points)
    needed = asked = 0
    for first in firsts[:: -(-len(firsts) // _CHUNKS_LOOKED_AT)]:
        points = range(first, min(first + blocks.points, experiment.points))
        arms = [(scenario, point) for scenario in range(len(experiment.scenarios)) for point in points]
        _, stretches = sharing(experiment, arms)
        asked += len(arms) * experiment.quarters
        needed += quarters_run(stretches) if stretches else len(arms) * experiment.quarters
    return 1.0 - needed / asked


def try_extensions(experiment: Experiment) -> Iterator[tuple[int, str]]:
    """Run every scenario with extensions once, where the kernel is compiled and the world is not too large.

    Yields:
        Number of a scenario whose run fails, and why.
    """
    if experiment.municipalities > MOST_TRIED or not compiled.is_compiled():
        return
    for number, scenario in enumerate(experiment.scenarios):
        if scenario.extensions:
            try:
                checked_run(experiment, Key(number, 0, 0))
            except Exception as error:  # noqa: BLE001 - whatever a user's function raises
                yield number, why(error)


def why(error: Exception) -> str:
    """What a run that failed is said to have failed of."""
    return f"a run of it fails ({type(error).__name__}: {error}); mend the extension"


def _stored(table: pa.Table, copies: int) -> int:
    """Bytes of a part that holds so many runs like this one; equal rows make it a little small."""
    return len(encoded(pa.concat_tables([table] * copies)))

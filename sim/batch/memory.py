"""Run an experiment and keep what it leaves in memory: for answers within a second, on threads.

The kernel lets go of the lock, so threads share one world and need no start. Nothing survives the process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim import provenance
from sim.batch.chunks import Failure, blocks_of, carried_out, failures_table, keys_of
from sim.batch.experiment import Experiment
from sim.batch.manifest import Manifest, manifest_of
from sim.batch.parts import Blocks, Chunk, plan_chunks
from sim.batch.ready import make_ready
from sim.batch.store import FAILURES
from sim.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Kept:
    """What the runs carried out so far have left.

    Attributes:
        experiment: what is run.
        manifest: what will be there in the end.
        tables: per table one part for every run, in the order in which runs ended.
        chunks: chunks that are done, with their failed runs.
    """

    experiment: Experiment
    manifest: Manifest
    tables: defaultdict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    chunks: dict[Chunk, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Runs carried out, failed ones included."""
        return len(self.manifest.scenarios) * sum(chunk.cells for chunk in self.chunks)

    @property
    def failed(self) -> int:
        """Runs of these that failed."""
        return sum(self.chunks.values())

    def snapshot(self) -> Kept:
        """What there is now: later runs do not change it."""
        tables = defaultdict(list, {name: list(parts) for name, parts in self.tables.items()})
        return Kept(self.experiment, self.manifest, tables, dict(self.chunks))

    def add(self, chunk: Chunk, tables: dict[str, list[pa.Table]], failures: list[Failure]) -> None:
        """Add what a chunk left."""
        for name, parts in tables.items():
            self.tables[name] += parts
        if failures:
            self.tables[FAILURES].append(failures_table(self.experiment, failures))
        self.chunks[chunk] = len(failures)


def run_in_memory(
    experiment: Experiment,
    workers: int = 1,
    progress: Callable[[Kept], None] = lambda _: None,
    executor: Executor | None = None,
    announce: Callable[[str], None] | None = None,
) -> Kept:
    """Run an experiment on threads.

    Args:
        experiment: what to run.
        workers: threads.
        progress: called in this thread after every replicate of a few points; what it raises stops the runs.
        executor: threads to use instead; they are not shut down.
        announce: told in words when the kernel has to be compiled first.

    Raises:
        InputError: too few workers.
    """
    if workers < 1:
        raise InputError(f"workers: {workers} is too few; give 1 or more")
    blocks = blocks_of(experiment, experiment.municipalities)
    kept = Kept(experiment, manifest_of(experiment, provenance.model_digest(), blocks))
    make_ready(announce)
    # a replicate at a time, so that there soon is something to show and little to wait for when it is stopped
    chunks = plan_chunks(experiment.points, experiment.replicates, Blocks(blocks.points, 1))
    pool = executor or ThreadPoolExecutor(workers)
    tasks = {pool.submit(carried_out, experiment, keys_of(experiment, chunk)): chunk for chunk in chunks}
    try:
        for task in as_completed(tasks):
            kept.add(tasks[task], *task.result())
            progress(kept)
    finally:
        for task in tasks:
            task.cancel()
        if executor is None:
            pool.shutdown()
    return kept

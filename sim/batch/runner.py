"""Run an experiment over any executor; what exists is done, what is missing is run."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, Self

from sim import provenance
from sim.batch.chunks import (
    ChunkReport,
    Job,
    blocks_of,
    keys_of,
    prepare_worker,
    run_chunk,
    try_run,
    world_of,
)
from sim.batch.experiment import Experiment
from sim.batch.sessions import close_session, open_session
from sim.batch.store import (
    Blocks,
    Chunk,
    Manifest,
    Shard,
    check_folder,
    explained,
    failed_runs,
    in_turn,
    locked,
    manifest_of,
    plan_chunks,
    prepare_folder,
    read_points,
)
from sim.errors import InputError
from sim.simulation.warmup import compile_kernel

#: Called as ``progress(done_runs, failed_runs, total_runs)``; done includes failed and stored runs.
Progress = Callable[[int, int, int], None]

#: A chunk whose worker died this often is looked at alone, and then each of its runs.
ATTEMPTS = 3

KEPT = "what is done is kept, and the same command goes on from there"


@dataclass(frozen=True)
class RunReport:
    """How a call of ``run_experiment`` went.

    Attributes:
        folder: results folder.
        points, replicates: those of the folder: what is asked for, or more where more was stored.
        total: runs that belong to the folder, or to the shard.
        stored: runs of these that were there before.
        failed: runs of the folder that failed, listed in ``failures/part-*.parquet``.
        seconds: wall time of this call.
    """

    folder: Path
    points: int
    replicates: int
    total: int
    stored: int
    failed: int
    seconds: float


class InlineExecutor(Executor):
    """Runs a task at once, in this very process."""

    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """A future that is done already."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
            future.set_exception(error)
        return future


def run_experiment(
    experiment: Experiment,
    out: Path,
    workers: int = 1,
    progress: Progress | None = None,
    executor: Executor | None = None,
    announce: Callable[[str], None] | None = None,
    shard: Shard | None = None,
) -> RunReport:
    """Run what is missing in a results folder.

    The parts do not depend on the workers, the executor or earlier interruptions. On Ctrl-C the
    workers are stopped, finished parts stay, and a later call goes on from them.

    Args:
        experiment: what to run.
        out: results folder, new, empty or one of the same experiment.
        workers: processes; 1 = this one.
        progress: called after every chunk with runs done (failed and stored ones included), failed, total.
        executor: where to run instead of on processes of this machine; it is not shut down.
        announce: told in words when the kernel has to be compiled first.
        shard: run this part of the experiment only; other commands run the others, at the same time or not.

    Raises:
        InputError: the folder is something else, holds another experiment, or cannot be written.
    """
    started = time.perf_counter()
    if workers < 1:
        raise InputError(f"workers: {workers} is too few; give 1 or more")
    model = provenance.model_digest()
    manifest = check_folder(out, experiment, model) or _new_manifest(experiment, model)
    with locked(out, shard) as claim:
        with in_turn(out):
            experiment = _with_what_is_there(experiment, out)
            wanted = replace(
                manifest,
                replicates=experiment.replicates,
                points=experiment.points,
                baseline=experiment.baseline,
            )
            manifest, stored = prepare_folder(out, wanted, experiment.design, shard)
            experiment = replace(experiment, replicates=manifest.replicates, record=manifest.record)
        blocks = Blocks(manifest.point_block, manifest.block)
        chunks = plan_chunks(manifest.points, manifest.replicates, blocks, stored, shard)
        mine = plan_chunks(manifest.points, manifest.replicates, blocks, shard=shard)
        tally = _Tally(progress, manifest, mine, chunks, _count_failures(out, stored))
        if chunks:
            with in_turn(out), explained(out, KEPT):
                session = open_session(out, experiment, workers)
            compile_kernel(announce)
            tally.tell()
            with explained(out, KEPT), _crew(experiment, workers, len(chunks), executor) as crew:
                # a worker elsewhere has another working directory
                _run_chunks(Job(experiment, out.absolute(), claim), chunks, crew, tally)
            with in_turn(out), explained(out, KEPT):
                close_session(out, experiment, session, time.perf_counter() - started)
    return RunReport(
        out,
        manifest.points,
        manifest.replicates,
        tally.total,
        tally.stored,
        tally.failed,
        time.perf_counter() - started,
    )


def _new_manifest(experiment: Experiment, model: str) -> Manifest:
    world = world_of(experiment.world, experiment.seed)
    return manifest_of(experiment, model, blocks_of(experiment, len(world.municipalities.population)))


def _with_what_is_there(experiment: Experiment, folder: Path) -> Experiment:
    """The experiment with the points that the folder holds first, in their order.

    Raises:
        InputError: the design is another one, or may not grow.
    """
    if experiment.design is None:
        return experiment
    there = read_points(folder, experiment.design)
    try:
        return replace(experiment, design=experiment.design.grown_from(there)) if there else experiment
    except InputError as error:
        raise InputError(f"{folder}: {error}") from None


def _count_failures(folder: Path, stored: Iterable[Chunk]) -> int:
    """Failed runs among those that were there before."""
    return sum(failed_runs(folder, chunk) for chunk in stored)


class _Tally:
    """Counts runs and tells the listener."""

    def __init__(
        self,
        progress: Progress | None,
        manifest: Manifest,
        mine: Collection[Chunk],
        missing: Collection[Chunk],
        failed: int,
    ) -> None:
        scenarios = len(manifest.scenarios)
        self.total = scenarios * sum(chunk.cells for chunk in mine)
        self.stored = self.done = self.total - scenarios * sum(chunk.cells for chunk in missing)
        self.failed = failed
        self._progress = progress
        self.tell()

    def add(self, report: ChunkReport) -> None:
        """Count a chunk that is done."""
        self.done += report.runs
        self.failed += report.failed
        self.tell()

    def tell(self) -> None:
        """Tell the listener how many runs are done."""
        if self._progress is not None:
            self._progress(self.done, self.failed, self.total)


class _Workers:
    """The executor, made anew when a killed process has broken it. A context: leaving it stops all."""

    def __init__(self, workers: int, given: Executor | None = None) -> None:
        self.count = workers
        self._given = given
        self._own: Executor | None = None
        self._lifeline: Connection | None = None

    @property
    def at_hand(self) -> int:
        """Tasks to have under way."""
        usual = 1 if self.count == 1 and self._given is None else 2 * self.count
        return int(getattr(self._given, "at_hand", usual))

    def submit(self, task: Callable[..., Any], *args: Any) -> Future[Any]:
        """Start a task. A pool that broke in the meantime gives a future that says so."""
        try:
            return (self._given or self._started()).submit(task, *args)
        except BrokenExecutor as error:
            future: Future[Any] = Future()
            future.set_exception(error)
            return future

    def _started(self) -> Executor:
        if self._own is None:
            self._own = InlineExecutor() if self.count == 1 else self._pool()
        return self._own

    def _pool(self) -> Executor:
        """Processes that end when their lifeline is cut, be it by our own death."""
        context = _processes()
        lifeline, self._lifeline = context.Pipe(duplex=False)
        return ProcessPoolExecutor(self.count, context, prepare_worker, (lifeline,))

    def stop(self) -> None:
        """End all processes at once, whatever they are doing."""
        if self._lifeline is not None:
            self._lifeline.close()
        if self._own is not None:
            self._own.shutdown(cancel_futures=True)
        self._own = self._lifeline = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None and self._own is not None:
            self._own.shutdown()
        self.stop()


def _processes() -> BaseContext:
    """How processes are started: forked from a server that has the kernel, or afresh where there is none."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sim.batch.warm"])
    # the server takes seconds to be ready: wait for it here, where Ctrl-C leaves no worker half started
    ready = context.Process(target=int, daemon=True)
    ready.start()
    ready.join()
    return context


class _OwnProcess(_Workers):
    """One process apart, for tasks that may kill it."""

    def __init__(self) -> None:
        super().__init__(1)

    def _started(self) -> Executor:
        if self._own is None:
            self._own = self._pool()
        return self._own

    def result[T](self, task: Callable[..., T], *args: Any) -> T | None:
        """What the task gives, or None where it kills its process each time it is tried."""
        for _ in range(ATTEMPTS):
            future: Future[T] = self.submit(task, *args)
            if not isinstance(future.exception(), BrokenExecutor):
                return future.result()
            self.stop()
        return None


def _crew(experiment: Experiment, workers: int, chunks: int, given: Executor | None) -> _Workers:
    """Who runs so many chunks.

    One chunk of a few replicates is run here and now, as starting a process takes longer. The points of a
    design are ventures: where a process apart is allowed, a run that kills it must not take the command too.
    """
    if given is None and workers > 1 and chunks == 1 and experiment.design is not None:
        return _OwnProcess()
    return _Workers(min(workers, chunks), given)


def _run_chunks(job: Job, chunks: list[Chunk], workers: _Workers, tally: _Tally) -> None:
    """Run chunks until each is stored; a killed process costs another try of what it had at hand."""
    waiting, running, deaths = deque(chunks), dict[Future[ChunkReport], Chunk](), Counter[Chunk]()
    suspects: list[Chunk] = []
    while waiting or running:
        while waiting and len(running) < workers.at_hand:
            chunk = waiting.popleft()
            running[workers.submit(run_chunk, job.of(chunk), chunk)] = chunk
        for future in _finished(running, workers):
            chunk = running.pop(future)
            if not isinstance(future.exception(), BrokenExecutor):
                tally.add(future.result())
                continue
            deaths[chunk] += 1
            (suspects if deaths[chunk] == ATTEMPTS else waiting).append(chunk)
    with _OwnProcess() as apart:
        for chunk in suspects:
            tally.add(_run_suspect(job, chunk, apart))


def _finished(running: Collection[Future[ChunkReport]], workers: _Workers) -> set[Future[ChunkReport]]:
    """Futures that are done: at least one, and all of them when the pool is broken, which is then dropped."""
    done = wait(running, return_when=FIRST_COMPLETED).done
    if any(isinstance(future.exception(), BrokenExecutor) for future in done):
        done = wait(running).done
        workers.stop()
    return done


def _run_suspect(job: Job, chunk: Chunk, apart: _OwnProcess) -> ChunkReport:
    """Run a chunk that was at hand each time a process died; only the runs that kill are given up."""
    report = apart.result(run_chunk, job, chunk)
    if report is not None:
        return report
    keys = keys_of(job.experiment, chunk)
    reason = f"the process that ran it was killed, {ATTEMPTS} times"
    fatal = {key: reason for key in keys if apart.result(try_run, job.experiment, key) is None}
    return apart.result(run_chunk, job, chunk, fatal) or run_chunk(job, chunk, dict.fromkeys(keys, reason))

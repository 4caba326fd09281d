"""Run an experiment over any executor; what exists is done, what is missing is run."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sim import provenance
from sim.batch.checked import remember
from sim.batch.chunks import ChunkReport, Job, blocks_of, keys_of, run_chunk, try_run
from sim.batch.digests import tidy_sums
from sim.batch.experiment import Experiment
from sim.batch.folder import Prepared, check_folder, prepare_folder, tidy
from sim.batch.locks import explained, in_turn, locked
from sim.batch.manifest import Manifest, manifest_of
from sim.batch.parts import Chunk, Shard, plan_chunks
from sim.batch.ready import make_ready
from sim.batch.retry import with_new_sources
from sim.batch.sessions import close_session, open_session
from sim.batch.stored import read_points
from sim.batch.workers import ATTEMPTS, OwnProcess, Workers, crew_of, leave_imports_alone
from sim.errors import InputError
from sim.shortage import ShortageError, blaming_no_file

#: Called as ``progress(done_runs, failed_runs, total_runs)``; done includes failed and stored runs.
Progress = Callable[[int, int, int], None]

#: What to do where a run, or a process for it, cannot be given what it takes.
FEWER = "give fewer --workers or a smaller world"
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


def run_experiment(
    experiment: Experiment,
    out: Path,
    workers: int = 1,
    progress: Progress | None = None,
    executor: Executor | None = None,
    announce: Callable[[str], None] | None = None,
    shard: Shard | None = None,
    retry_failed: bool = False,
) -> RunReport:
    """Run what is missing in a results folder.

    The parts do not depend on the workers, the executor or earlier interruptions. On Ctrl-C the
    workers are stopped, finished parts stay, and a later call goes on from them.

    Args:
        experiment: what to run.
        out: results folder, new, empty or one of the same experiment.
        workers: processes; 1 = this one. A script that asks for more needs a main guard.
        progress: called after every chunk with runs done (failed and stored ones included), failed, total.
        executor: where to run instead of on processes of this machine; it is not shut down.
        announce: told in words when the kernel has to be compiled first.
        shard: run this part of the experiment only; other commands run the others, at the same time or not.
        retry_failed: run the chunks in which runs failed again, also where the sources of extensions have
            changed since; see ``sim.batch.retry``.

    Raises:
        InputError: the folder is of something else or cannot be written, or workers cannot be started.
    """
    leave_imports_alone()
    started = time.perf_counter()
    if workers < 1:
        raise InputError(f"workers: {workers} is too few; give 1 or more")
    model = provenance.model_digest()
    there = check_folder(out, experiment, model, retry_failed)
    if there is None and retry_failed:
        raise InputError(f"{out}: holds no runs that could be tried again; name their folder with --out")
    manifest = there or _new_manifest(experiment, model)
    with locked(out, shard) as claim:
        with in_turn(out):
            manifest = check_folder(out, experiment, model, retry_failed) or manifest
            experiment, stored = _taken_up(experiment, out, manifest, shard, retry_failed)
        manifest = stored.manifest
        extent = (manifest.points, manifest.replicates, manifest.blocks)
        chunks = plan_chunks(*extent, stored.chunks, shard)
        tally = _Tally(progress, manifest, plan_chunks(*extent, shard=shard), chunks, stored.failed)
        if chunks:
            with in_turn(out), explained(out, KEPT):
                session = open_session(out, experiment, workers)
            make_ready(announce)
            tally.tell()
            crew = crew_of(experiment, workers, len(chunks), executor)
            # a worker elsewhere has another working directory
            _run_all(Job(experiment, out.absolute(), claim), chunks, crew, tally, out)
            with in_turn(out), explained(out, KEPT):
                tidy(out, manifest, shard)
                remember(out, chunks, manifest.record)
                tidy_sums(out)
                close_session(out, experiment, session, time.perf_counter() - started)
    return tally.report(out, manifest, time.perf_counter() - started)


def _run_all(job: Job, chunks: list[Chunk], crew: Workers, tally: _Tally, folder: Path) -> None:
    """Run chunks, and say in a line that names the folder what the machine does not allow."""
    with explained(folder, KEPT), crew, _enough_memory(folder):
        _run_chunks(job, chunks, crew, tally)


@contextmanager
def _enough_memory(folder: Path) -> Iterator[None]:
    """Say so where memory is short, or the like: no run is to blame, so none is recorded as failed."""
    try:
        with blaming_no_file():
            yield
    except ShortageError as error:
        raise InputError(f"{folder}: {error}; {FEWER}; {KEPT}") from None


def _taken_up(
    experiment: Experiment, folder: Path, manifest: Manifest, shard: Shard | None, retry_failed: bool
) -> Prepared:
    """The folder made ready for what is asked for. Call it under the lock and in turn."""
    experiment = _with_what_is_there(experiment, folder)
    if manifest.experiment != experiment.digest():
        manifest = with_new_sources(folder, manifest, experiment)
    return prepare_folder(folder, manifest, experiment, shard, retry_failed)


def _new_manifest(experiment: Experiment, model: str) -> Manifest:
    return manifest_of(experiment, model, blocks_of(experiment, experiment.municipalities))


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

    def report(self, folder: Path, manifest: Manifest, seconds: float) -> RunReport:
        """How it went."""
        facts = (manifest.points, manifest.replicates, self.total, self.stored, self.failed)
        return RunReport(folder, *facts, seconds)


def _run_chunks(job: Job, chunks: list[Chunk], workers: Workers, tally: _Tally) -> None:
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
    with OwnProcess() as apart:
        for chunk in suspects:
            tally.add(_run_suspect(job, chunk, apart))


def _finished(running: Collection[Future[ChunkReport]], workers: Workers) -> set[Future[ChunkReport]]:
    """Futures that are done: at least one, and all of them when the pool is broken, which is then dropped."""
    done = wait(running, return_when=FIRST_COMPLETED).done
    if any(isinstance(future.exception(), BrokenExecutor) for future in done):
        done = wait(running).done
        workers.stop()
    return done


def _run_suspect(job: Job, chunk: Chunk, apart: OwnProcess) -> ChunkReport:
    """Run a chunk that was at hand each time a process died; only the runs that kill are given up."""
    report = apart.result(run_chunk, job, chunk)
    if report is not None:
        return report
    keys = keys_of(job.experiment, chunk)
    reason = f"the process that ran it was killed, {ATTEMPTS} times"
    fatal = {key: reason for key in keys if apart.result(try_run, job.experiment, key) is None}
    report = apart.result(run_chunk, job, chunk, fatal)
    if report is None:  # no run is to blame, so none is recorded as failed
        raise InputError(
            f"{job.folder}: processes die of {chunk.part}, but of none of its runs alone; "
            f"is memory short? {KEPT}"
        )
    return report

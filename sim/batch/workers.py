"""Worker processes: started once the kernel is loaded, replaced when one dies, ended with their command."""

from __future__ import annotations

import errno
import multiprocessing
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, Self

from sim.batch.chunks import prepare_worker
from sim.batch.experiment import Experiment
from sim.errors import InputError
from sim.shortage import need_files, need_threads
from sim.trust import safely_started, searched

#: A chunk whose worker died this often is looked at alone, and then each of its runs.
ATTEMPTS = 3

#: Threads that a process takes: its own, the one that watches its lifeline, and those of libraries.
_THREADS = 4
#: Processes and threads besides: those that are forked from, mind what is shared, and hand tasks out.
_BESIDE = 6
#: Files that are open for a process, and besides: pipes to it, to the server, and to what is shared.
_FILES, _FILES_BESIDE = 2, 14
#: Bytes of a thread that is started to see that it can be.
_STACK = 1 << 16

#: Said where workers cannot be started, be it that they run the script that starts them.
GUARD = (
    "workers: processes import the script that starts them, so it has to be a file that does its work under "
    'if __name__ == "__main__": (nothing was run; one worker, or threads, can do without)'
)


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


class Workers:
    """The executor, made anew when a killed process has broken it. A context: leaving it stops all."""

    def __init__(self, workers: int, given: Executor | None = None) -> None:
        self.count = workers
        self._given = given
        self._own: Executor | None = None
        self._preloaded = ["sim.batch.warm"]
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
        """Processes that end when their lifeline is cut, be it by our own death.

        They have answered before they are given a run, so that what dies later dies of a run.

        Raises:
            InputError: they end before they have anything to do, or there is no room for what they share.
            ShortageError: the machine does not let so many be started.
        """
        need_threads(_THREADS * self.count + _BESIDE, _STACK)
        need_files(_FILES * self.count + _FILES_BESIDE)
        context = _processes(self._preloaded)
        for _ in range(ATTEMPTS):
            lifeline, self._lifeline = context.Pipe(duplex=False)
            # kept before it is waited for: Ctrl-C while it starts must end it, too
            with _room_to_share():
                self._own = pool = ProcessPoolExecutor(
                    self.count, context, prepare_worker, (lifeline, searched())
                )
            if not isinstance(pool.submit(int).exception(), BrokenExecutor):
                return pool
            self.stop()
        raise InputError(GUARD)

    def stop(self) -> None:
        """End all processes at once, whatever they are doing."""
        if self._lifeline is not None:
            self._lifeline.close()
        if self._own is not None:
            with suppress(RuntimeError):  # the thread that hands out its tasks could not be started
                self._own.shutdown(cancel_futures=True)
        self._own = self._lifeline = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None and self._own is not None:
            self._own.shutdown()
        self.stop()


def leave_imports_alone() -> None:
    """End a worker that is about to start runs itself, because its script does so wherever it is imported.

    The command that started it says what is wrong, in one line; this ends without a word.

    Raises:
        SystemExit: this is such a process.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise SystemExit(1)


@contextmanager
def _room_to_share() -> Iterator[None]:
    """Say so where what processes share has no room, which lies in memory and in no folder of results."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise InputError(
            "--workers: there is no room in the memory that processes share (/dev/shm); "
            "free some of it, or give --workers 1"
        ) from None


@contextmanager
def _where_they_meet() -> Iterator[None]:
    """Say so where a socket in the folder of temporary files has too long a name for the system."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:  # that of Python, for the name, has none
            raise
        raise InputError(
            f"--workers: processes cannot meet in the folder of temporary files {tempfile.gettempdir()} "
            f"({error}); name one with a shorter path in TMPDIR, or give --workers 1"
        ) from None


def _processes(preloaded: list[str]) -> BaseContext:
    """How processes are started: forked from a server, which is started with these modules, or afresh.

    Raises:
        InputError: processes cannot import the script that starts them, or cannot meet.
    """
    _check_main()
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(preloaded)
    with safely_started():
        resource_tracker.ensure_running()  # before, because it lets Ctrl-C through again
    with _ctrl_c_held_back(), safely_started(), _where_they_meet():
        forkserver.ensure_running()
    # the server takes seconds to be ready: wait for it here, where Ctrl-C leaves no worker half started
    ready = context.Process(target=int, daemon=True)
    ready.start()
    ready.join()
    if ready.exitcode == 1:  # it ended by itself, before it had anything to do
        raise InputError(GUARD)
    return context


def _check_main() -> None:
    """A script that came through standard input is in no file that a process could import."""
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    if getattr(main, "__spec__", None) is None and file is not None and not Path(file).exists():
        raise InputError(GUARD)


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Start processes that never see Ctrl-C: it is their parent that ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class OwnProcess(Workers):
    """One process apart, for tasks that may kill it.

    Args:
        kernel: whether it is for runs; without the kernel, which might have to be compiled, it starts sooner.
    """

    def __init__(self, kernel: bool = True) -> None:
        super().__init__(1)
        if not kernel:
            self._preloaded = []

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


def crew_of(experiment: Experiment, workers: int, chunks: int, given: Executor | None) -> Workers:
    """Who runs so many chunks.

    One chunk of a few replicates is run here and now, as starting a process takes longer. The points of a
    design may crash: where a process apart is allowed, a run that kills it must not end the command.
    """
    if given is None and workers > 1 and chunks == 1 and experiment.design is not None:
        return OwnProcess()
    return Workers(min(workers, chunks), given)

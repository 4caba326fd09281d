"""Where runs are carried out: processes of this machine, threads, or a Dask cluster."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from sim.errors import InputError

PROCESSES, THREADS = "processes", "threads"
#: Seconds to wait for a Dask scheduler to answer.
PATIENCE = 10
#: Tasks that a cluster is given at once, at least: one that grows on demand has to see that there are many.
_QUEUE = 64

LOST = "the Dask scheduler went away; start it again and repeat the command"


@contextmanager
def executor(
    scheduler: str, workers: int, deserted: Callable[[], None] = lambda: None
) -> Iterator[tuple[Executor | None, int]]:
    """The executor that ``--scheduler`` names, None for processes of this machine, and its workers.

    Args:
        scheduler: ``processes``, ``threads``, or the address of a Dask scheduler (``tcp://host:port``).
        workers: processes or threads; a cluster has those that it has.
        deserted: called when a cluster is seen to have no workers.

    Raises:
        InputError: no such scheduler answers, or Dask is not installed.
    """
    if scheduler == PROCESSES:
        yield None, workers
    elif scheduler == THREADS:
        with threads(workers) as pool:
            yield pool, workers
    elif "://" in scheduler:
        with _dask(scheduler, deserted) as cluster:
            yield cluster, cluster.threads
    else:
        raise InputError(
            f"--scheduler: {scheduler!r} is not known; give processes, threads or the address of a Dask "
            "scheduler such as tcp://localhost:8786"
        )


@contextmanager
def threads(workers: int) -> Iterator[Executor]:
    """Threads of this process, side by side, as the compiled kernel lets go of the interpreter's lock.

    Unlike processes they need no start, and no main guard in the script that asks for them.
    """
    pool = ThreadPoolExecutor(workers)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class DaskExecutor(Executor):
    """A Dask cluster as an executor. A task that keeps killing its workers fails as a broken pool would."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._threads = 1

    @property
    def threads(self) -> int:
        """Threads of all workers together, 1 or more."""
        with suppress(Exception):  # where the scheduler has gone, the tasks under way will say so
            self._threads = max(1, sum(int(threads) for threads in self._client.nthreads().values()))
        return self._threads

    @property
    def at_hand(self) -> int:
        """Tasks to give it at once; workers may come and go."""
        return max(_QUEUE, 2 * self.threads)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start a task; what it gives is told to an ordinary future."""
        ours: Future[Any] = Future()
        ours.set_running_or_notify_cancel()
        try:
            theirs = self._client.submit(fn, *args, **kwargs, pure=False)
            theirs.add_done_callback(lambda future: _hand_over(future, ours))
        except Exception:  # noqa: BLE001 - a client without its scheduler fails in many ways
            ours.set_exception(InputError(LOST))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what it still holds for us is given up."""
        self._client.close()


def _hand_over(theirs: Any, ours: Future[Any]) -> None:
    from distributed import KilledWorker

    try:
        ours.set_result(theirs.result())
    except KilledWorker as error:
        ours.set_exception(BrokenExecutor(str(error)))
    except BaseException as error:  # noqa: BLE001 - whoever asks for the result gets it
        # what did not fail itself was given up, or could not be fetched
        ours.set_exception(error if theirs.status == "error" else InputError(LOST))


@contextmanager
def _dask(address: str, deserted: Callable[[], None]) -> Iterator[DaskExecutor]:
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "--scheduler: Dask is not installed; install sdgs-partnership-sim[cluster]"
        ) from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(f"--scheduler: no Dask scheduler answers at {address} ({error})") from None
    for name in ("distributed", "distributed.client"):  # we say ourselves what goes wrong
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    left = threading.Event()
    threading.Thread(target=_watch, args=(client, left, deserted), daemon=True).start()
    try:
        yield DaskExecutor(client)
    finally:
        left.set()
        client.close(timeout=1)


def _watch(client: Any, left: threading.Event, deserted: Callable[[], None]) -> None:
    """Tell each time that the cluster is seen to have lost its last worker."""
    before = True
    while not left.wait(PATIENCE):
        with suppress(Exception):  # the scheduler has gone, or we have
            now = bool(client.nthreads())
            if before and not now:
                deserted()
            before = now

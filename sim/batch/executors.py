"""Where runs are carried out: processes of this machine, threads, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sim.errors import InputError

PROCESSES, THREADS = "processes", "threads"
#: Seconds to wait for a Dask scheduler to answer.
PATIENCE = 10


@contextmanager
def executor(scheduler: str, workers: int) -> Iterator[tuple[Executor | None, int]]:
    """The executor that ``--scheduler`` names, None for processes of this machine, and its workers.

    Args:
        scheduler: ``processes``, ``threads``, or the address of a Dask scheduler (``tcp://host:port``).
        workers: processes or threads; a cluster has those that it has.

    Raises:
        InputError: no such scheduler answers, or Dask is not installed.
    """
    if scheduler == PROCESSES:
        yield None, workers
    elif scheduler == THREADS:
        with ThreadPoolExecutor(workers) as pool:
            try:
                yield pool, workers
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
    elif "://" in scheduler:
        with _dask(scheduler) as cluster:
            yield cluster, cluster.threads
    else:
        raise InputError(
            f"--scheduler: {scheduler!r} is not known; give processes, threads or the address of a Dask "
            "scheduler such as tcp://localhost:8786"
        )


class DaskExecutor(Executor):
    """A Dask cluster as an executor. A task that keeps killing its workers fails as a broken pool would."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def threads(self) -> int:
        """Threads of all workers together, 1 or more."""
        return max(1, sum(int(threads) for threads in self._client.nthreads().values()))

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start a task; what it gives is told to an ordinary future."""
        ours: Future[Any] = Future()
        ours.set_running_or_notify_cancel()
        theirs = self._client.submit(fn, *args, **kwargs, pure=False)
        theirs.add_done_callback(lambda future: _hand_over(future, ours))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what it still holds for us is given up."""
        self._client.close()


def _hand_over(theirs: Any, ours: Future[Any]) -> None:
    from concurrent.futures import BrokenExecutor

    from distributed import KilledWorker

    if theirs.status == "finished":
        ours.set_result(theirs.result())
    elif theirs.status == "error":
        error = theirs.exception()
        killed = isinstance(error, KilledWorker)
        ours.set_exception(BrokenExecutor(str(error)) if killed else error)
    else:
        ours.set_exception(InputError("the Dask scheduler went away; start it again and repeat the command"))


@contextmanager
def _dask(address: str) -> Iterator[DaskExecutor]:
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
    try:
        yield DaskExecutor(client)
    finally:
        client.close(timeout=1)

"""Where runs are carried out: processes of this machine, threads, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from sim.batch.addresses import Address
from sim.batch.cluster import Tell, cluster

PROCESSES, THREADS = "processes", "threads"


def check_scheduler(scheduler: str) -> None:
    """Refuse what ``--scheduler`` cannot name, before anything is done.

    Raises:
        InputError: it is neither ``processes`` nor ``threads`` nor the address of a scheduler.
    """
    if scheduler not in (PROCESSES, THREADS):
        Address.parsed(scheduler)


@contextmanager
def executor(
    scheduler: str, workers: int, tell: Tell = lambda what: None
) -> Iterator[tuple[Executor | None, int]]:
    """The executor that ``--scheduler`` names, None for processes of this machine, and its workers.

    Args:
        scheduler: ``processes``, ``threads``, or the address of a Dask scheduler (``tcp://host:port``).
        workers: processes or threads; a cluster has those that it has.
        tell: told what a user should know of a cluster.

    Raises:
        InputError: it is none of these, no such scheduler answers, or Dask is not installed.
    """
    if scheduler == PROCESSES:
        yield None, workers
    elif scheduler == THREADS:
        with threads(workers) as pool:
            yield pool, workers
    else:
        with cluster(scheduler, tell) as crew:
            yield crew, crew.threads


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

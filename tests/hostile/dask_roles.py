"""Schedulers, workers and commands as processes forked from one that has imported what they need.

``python -m tests.hostile.dask_roles`` reads a line a process from its input: what it is, and its arguments,
as JSON. It answers with the number of the process.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import distributed

import sim.batch.warm  # noqa: F401 - the kernel
from sim.cli import main


def scheduler(told: str) -> None:
    """A scheduler that tells its address in a file."""

    async def serve() -> None:
        async with distributed.Scheduler(host="127.0.0.1", port=0, dashboard_address=":0") as one:
            Path(told + ".new").write_text(one.address, encoding="ascii")
            Path(told + ".new").rename(told)
            await one.finished()

    asyncio.run(serve())


def worker(address: str, folder: str) -> None:
    """A worker of one thread."""
    _work(distributed.Worker, address, folder)


def nanny(address: str, folder: str) -> None:
    """A process that starts a worker of one thread, and starts it anew when it dies."""
    _work(distributed.Nanny, address, folder)


def _work(kind: Callable[..., distributed.Worker], address: str, folder: str) -> None:
    async def serve() -> None:
        async with kind(address, nthreads=1, host="127.0.0.1", local_directory=folder) as one:
            await one.finished()

    asyncio.run(serve())


def command(ended: str, *arguments: str) -> None:
    """``sim``, which leaves its exit code in a file; it ends as the command itself would."""
    code = main(arguments)
    Path(ended).write_text(str(code), encoding="ascii")
    sys.exit(code)


ROLES: dict[str, Callable[..., None]] = {one.__name__: one for one in (scheduler, worker, nanny, command)}


def _become(role: str, said: str, arguments: list[str]) -> None:
    """Do what a process is for, what it says going to a file."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    ROLES[role](*arguments)


def serve() -> None:
    """Fork what is asked for until nobody asks any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    while line := sys.stdin.readline():
        role, said, *arguments = json.loads(line)
        pid = os.fork()
        if pid == 0:
            return _become(role, said, arguments)
        print(pid, flush=True)
    return None


if __name__ == "__main__":
    serve()

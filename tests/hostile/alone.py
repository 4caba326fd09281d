"""Attempts in a process of their own, which may die, hang or take memory without harm to who tries them."""

from __future__ import annotations

import atexit
import faulthandler
import multiprocessing
import os
import random
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Processor seconds that an attempt may take, seconds by the clock, and bytes of memory above those before.
SECONDS, BY_THE_CLOCK, MEMORY = 10, 120, 2**30


class _Hangs(BaseException):
    """Taken by nothing that is tried."""


class _Pool:
    """The process that attempts are made in; a new one takes the place of one that died."""

    process: ProcessPoolExecutor | None = None

    @classmethod
    def now(cls) -> ProcessPoolExecutor:
        """The process."""
        if cls.process is None:
            # By default Arrow takes a gigabyte at once.
            os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
            context = multiprocessing.get_context("spawn")
            cls.process = ProcessPoolExecutor(1, context, initializer=_prepare)
            atexit.register(cls.end)
        return cls.process

    @classmethod
    def end(cls) -> None:
        """Let it go."""
        if cls.process is not None:
            cls.process.shutdown(cancel_futures=True)
        cls.process = None


def alone(attempt: Callable[..., str], *arguments: Any) -> str:
    """What comes out of an attempt that is made in a process of its own.

    Raises:
        AssertionError: it failed, hung, took more memory than it may, or its process died.
    """
    try:
        failed, said = _Pool.now().submit(_made, attempt, *arguments).result()
    except BrokenProcessPool:
        _Pool.end()
        raise AssertionError("the process died, or hung") from None
    assert not failed, said
    return said


def _prepare() -> None:
    """Let a death say where it was, and what NumPy only warns of fail."""
    faulthandler.enable()
    warnings.simplefilter("error", RuntimeWarning)


def _made(attempt: Callable[..., str], *arguments: Any) -> tuple[bool, str]:
    """Whether an attempt failed, and what came out."""
    try:
        with _confined():
            return False, attempt(*arguments)
    except BaseException:  # noqa: BLE001 - told to who asked
        return True, traceback.format_exc()


@contextmanager
def _confined() -> Iterator[None]:
    """Bounds of processor time, time by the clock and memory, where the machine has them."""
    signal.signal(signal.SIGPROF, _stopped)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    faulthandler.dump_traceback_later(BY_THE_CLOCK, exit=True)
    try:
        with _little_memory():
            yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)


def _stopped(*_: object) -> None:
    raise _Hangs(f"takes more than {SECONDS} s")


@contextmanager
def _little_memory() -> Iterator[None]:
    import resource

    taken = _kilobytes("VmData")
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (taken * 1024 + MEMORY if taken else soft, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _kilobytes(what: str) -> int:
    """What Linux says of this process; 0 elsewhere."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{what}:")), 0)


def attempt_alone(attempt: Callable[[random.Random, Path], str], chance: random.Random, folder: Path) -> str:
    """An attempt of a trial, made in a process of its own."""
    return alone(attempt, chance, folder)

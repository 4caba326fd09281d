"""The kernel made ready for runs; where files of its compiled code are to blame, no run is."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from sim.errors import InputError
from sim.kernel.compiled import cache_folder
from sim.simulation.warmup import compile_kernel, tiny_run

#: How compiled code fails that cannot be written, or read again: a disk is full, a file was cut short.
_OF_FILES = (OSError, EOFError, pickle.UnpicklingError)


class KernelError(InputError):
    """Compiled code that cannot be written or read: no run is to blame."""


def make_ready(announce: Callable[[str], None] | None = None) -> None:
    """Compile the kernel where that is still to be done; see ``compile_kernel``.

    Raises:
        KernelError: its files cannot be written or read.
    """
    try:
        compile_kernel(announce)
    except _OF_FILES as error:
        raise _explained(error) from None


@contextmanager
def blamed_rightly() -> Iterator[None]:
    """Let a run fail in its own way, but where no other could be run either.

    Raises:
        KernelError: files of compiled code are to blame.
    """
    try:
        yield
    except Exception:
        _check_kernel()
        raise


@cache
def _check_kernel() -> None:
    """Refuse compiled code with which nothing runs; once it has run, it is in memory."""
    try:
        tiny_run()
    except _OF_FILES as error:
        raise _explained(error) from None


def _explained(error: Exception) -> Exception:
    folder = cache_folder()
    if folder is None:  # it is in no file
        return error
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return KernelError(
        f"{folder}: compiled code cannot be written or read ({reason}); make room, or remove this "
        "folder, which is made anew, or name another in SIM_CACHE_DIR"
    )

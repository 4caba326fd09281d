"""Memory of the page's server: what runs and folders no longer need goes back to the system.

The C library keeps what is freed for the next who asks, in a share for each of many threads. Answers are made
on dozens of threads, so that a server that is busy for hours would hold several times what it needs.
"""

from __future__ import annotations

import ctypes
import threading

#: Seconds between two times that free memory is given back.
EVERY = 10.0
#: Shares that memory is taken from: threads wait for each other's runs, hardly for each other's memory.
SHARES = 2
#: Bytes from which memory is taken from the system, and goes back as soon as it is freed.
LARGE = 1 << 20
#: Numbers of these settings in glibc's ``malloc.h`` (``M_ARENA_MAX``, ``M_MMAP_THRESHOLD``).
_ARENA_MAX, _MMAP_THRESHOLD = -8, -3


def share_memory() -> None:
    """Take the memory of all threads from few shares, where the C library is glibc; before threads start."""
    if (setting := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        setting(_ARENA_MAX, SHARES)
        setting(_MMAP_THRESHOLD, LARGE)  # else glibc raises it, and large arrays make holes in the shares


def give_back() -> bool:
    """Give memory that is free back to the system, where the C library is glibc; whether any was."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))


class Keeper:
    """Gives free memory back, again and again, on a thread of its own.

    Args:
        every: seconds between two times.
    """

    def __init__(self, every: float = EVERY) -> None:
        self._every, self._closed = every, threading.Event()

    def start(self) -> None:
        """Begin."""
        share_memory()
        threading.Thread(target=self._work, name="memory", daemon=True).start()

    def close(self) -> None:
        """End."""
        self._closed.set()

    def _work(self) -> None:
        while not self._closed.wait(self._every):
            give_back()

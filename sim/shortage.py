"""A machine that is short of something, told apart from what is wrong with a file."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Final

MEMORY: Final = "memory is short"
THREADS: Final = "no thread or process can be started, for want of memory or by a limit of their number"
FILES: Final = "more files are open than may be (ulimit -n)"
_OF_SYSTEM = {errno.ENOMEM: MEMORY, errno.EAGAIN: THREADS, errno.EMFILE: FILES, errno.ENFILE: FILES}
#: What Python, Arrow and the loader of libraries say, in errors of these kinds, where they get nothing.
_OF_ANY_KIND = ("RuntimeError", "ArrowException", "ImportError", "OSError", "SystemError")
_SAID = {
    "start new thread": THREADS,
    "launch worker thread": THREADS,
    "failed to map segment": MEMORY,
    "annot allocate memory": MEMORY,
    "error return without exception set": MEMORY,  # a library that was given no memory while it began
}


class ShortageError(MemoryError):
    """The machine is short of memory, threads or files that may be open; no file is to blame."""


def shortage(error: Exception) -> str | None:
    """What the machine is short of, where that is what an error says; None where something else is wrong."""
    if isinstance(error, MemoryError):  # that of Arrow is one, too
        return str(error) if isinstance(error, ShortageError) else MEMORY
    if isinstance(error, OSError) and error.errno in _OF_SYSTEM:
        return _OF_SYSTEM[error.errno]
    if type(error).__name__ not in _OF_ANY_KIND or getattr(error, "errno", None) is not None:
        return None
    found = next((what for words, what in _SAID.items() if words in str(error)), None)
    before = error.__context__  # a package may say in its own words that a library cannot be loaded
    return shortage(before) if found is None and isinstance(before, (ImportError, OSError)) else found


@contextmanager
def blaming_no_file() -> Iterator[None]:
    """Do what may fail for want of something of the machine: then no file, and no run, is to blame.

    Raises:
        ShortageError: the machine is short of something.
    """
    try:
        yield
    except Exception as error:
        lacking = shortage(error)
        if lacking is None:
            raise
        raise ShortageError(lacking) from error


@cache
def need_threads_of_arrow() -> None:
    """See that Arrow can have the threads that it starts when it first reads: without, it may wait for ever.

    Raises:
        ShortageError: it cannot.
    """
    import pyarrow as pa

    need_threads(pa.cpu_count() + pa.io_thread_count())


def need_threads(count: int, stack: int = 0) -> None:
    """See that so many threads, or processes, can be started.

    Args:
        count: at once.
        stack: bytes of each, which the system reserves; 0 = as many as usual.

    Raises:
        ShortageError: they cannot.
    """
    enough = threading.Event()
    threads = [threading.Thread(target=enough.wait, daemon=True) for _ in range(count)]
    usual = threading.stack_size(stack)
    with blaming_no_file():
        try:
            for thread in threads:
                thread.start()
        finally:
            threading.stack_size(usual)
            enough.set()
    for thread in threads:
        thread.join()


def need_files(count: int) -> None:
    """See that so many files can be open besides those that are.

    Args:
        count: at once.

    Raises:
        ShortageError: they cannot.
    """
    with blaming_no_file(), ExitStack() as opened:
        for _ in range(count):
            opened.enter_context(open(os.devnull, "rb"))  # noqa: PTH123 - it is no path of ours

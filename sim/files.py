"""Atomic, durable writes, and reads that end: after a crash a file is as it was before, or complete."""

from __future__ import annotations

import errno
import os
import platform
import re
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO


@contextmanager
def prepared(path: Path, write: Callable[[BinaryIO], Any]) -> Iterator[Path]:
    """Write under a hidden temporary name beside ``path``, forced to disk; it goes at the end if not put."""
    temporary = path.with_name(f"{_before(path)}{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        with temporary.open("xb") as file:  # never through a link that somebody put there
            write(file)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _before(path: Path) -> str:
    """How the names of a file's temporary ones begin on this machine; process and thread follow."""
    return f".{path.name}.{platform.node()}-"


def sweep(path: Path) -> None:
    """Remove what was left beside a file by processes of this machine that were killed while writing it.

    Raises:
        OSError: the folder cannot be read.
    """
    before = _before(path)
    for beside in path.parent.iterdir():
        process = re.fullmatch(r"(\d{1,9})-\d+\.tmp", beside.name.removeprefix(before))
        if beside.name.startswith(before) and process and _has_ended(int(process[1])):
            with suppress(OSError):
                beside.unlink()


def _has_ended(process: int) -> bool:
    """Whether no process of this machine has that number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # somebody else's
    return False


def put(temporary: Path, path: Path) -> None:
    """Give a prepared file its name and force the folder to disk."""
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_whole(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Write a file atomically."""
    with prepared(path, write) as temporary:
        put(temporary, path)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file atomically."""
    write_whole(path, lambda file: file.write(content))


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 atomically."""
    write_bytes(path, text.encode())


@contextmanager
def open_regular(path: Path) -> Iterator[BufferedReader]:
    """A file to be read that is one: reading a pipe or a device might never end.

    Raises:
        OSError: it cannot be read, or is no regular file; its ``strerror`` says which.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "is no regular file", str(path))
        yield file


def read_regular(path: Path, most: int | None = None) -> bytes:
    """Content of a file that is one.

    Args:
        path: the file, or a link to it.
        most: bytes that it may have; any number by default.

    Raises:
        OSError: it cannot be read, is no regular file, or is larger; its ``strerror`` says which.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if most is not None and size > most:
            raise OSError(errno.EFBIG, f"has {size:,} bytes, more than {most:,}", str(path))
        return file.read()

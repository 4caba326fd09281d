"""Atomic, durable writes: after a crash a file is as it was before, or complete."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO


@contextmanager
def prepared(path: Path, write: Callable[[BinaryIO], Any]) -> Iterator[Path]:
    """Write under a hidden temporary name beside ``path``, forced to disk; it goes at the end if not put."""
    temporary = path.with_name(f".{path.name}.{platform.node()}-{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


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


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 atomically."""
    write_whole(path, lambda file: file.write(text.encode()))

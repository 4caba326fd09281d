"""Atomic, durable writes, and reads that end: after a crash a file is as it was before, or complete.

What is read may come from strangers: whatever a file is, it takes bounded time and memory to say so.
"""

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
from typing import TYPE_CHECKING, Any, BinaryIO

from sim.errors import InputError

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

#: Bytes of JSON that are read: a hundred times what a large results folder has.
MOST_JSON = 64 << 20
_LONGEST = 200


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
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "is no regular file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            yield file
    except OSError as error:
        error.filename = error.filename or str(path)  # reading does not say it
        raise
    finally:
        os.close(handle)


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


def read_json[T](path: Path, schema: TypeAdapter[T], remedy: str) -> T:
    """What a file of JSON holds, when it is what it should be.

    Args:
        path: the file.
        schema: what it should hold.
        remedy: what to do where it does not, for the error.

    Raises:
        InputError: it is missing, cannot be read, is too large or too deep, or holds something else.
    """
    from pydantic import ValidationError

    try:
        return schema.validate_json(read_regular(path, MOST_JSON))
    except FileNotFoundError:
        raise InputError(f"{path}: is missing; {remedy}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); {remedy}") from None
    except ValidationError as error:
        raise InputError(f"{path}: damaged ({first_mistake(error)}); {remedy}") from None


def first_mistake(error: ValidationError) -> str:
    """What is wrong first, and where, in one line of printable signs."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    said = f"{place}: {first['msg']}" if place else first["msg"]
    return "".join(sign if sign.isprintable() else "?" for sign in said)[:_LONGEST]

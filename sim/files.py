"""Atomic, durable writes, and reads that end: after a crash a file is as it was before, or complete.

What is read may come from strangers: whatever a file is, it takes bounded time and memory to say so.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import re
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from sim.errors import InputError
from sim.shortage import blaming_no_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pydantic import TypeAdapter, ValidationError

#: Bytes of JSON that are read: a hundred times what a large results folder has.
MOST_JSON = 64 << 20
_LONGEST = 200


@contextmanager
def prepared(path: Path, write: Callable[[BinaryIO], Any]) -> Iterator[Path]:
    """Write under a hidden temporary name beside ``path``, forced to disk; it goes at the end if not put.

    Raises:
        OSError: it cannot be written; names ``path``.
    """
    temporary = path.with_name(f".{path.name}.{_machine()}-{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with _named(path):
            temporary.unlink(missing_ok=True)
            with temporary.open("xb") as file:  # never through a link that somebody put there
                write(file)
                file.flush()
                os.fsync(file.fileno())
        yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def prepared_bytes(path: Path, content: bytes) -> AbstractContextManager[Path]:
    """Bytes under a temporary name, as of ``prepared``."""
    return prepared(path, lambda file: file.write(content))


def put(temporary: Path, path: Path) -> None:
    """Give a prepared file its name and force the folder to disk."""
    with _named(path):
        temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Let an error name the file that was to be written, whatever step failed."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_whole(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Write a file atomically; what writers that were killed left in its folder goes."""
    remove_left_over(path.parent)
    with prepared(path, write) as temporary:
        put(temporary, path)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file atomically."""
    write_whole(path, lambda file: file.write(content))


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 atomically."""
    write_bytes(path, text.encode())


def write_texts(texts: Mapping[Path, str], instead_of: Iterable[Path] = ()) -> None:
    """Write text files of a folder that belong together, each atomically, none before all are on the disk.

    Args:
        texts: content by path.
        instead_of: files that go for it; a disk that is full keeps them.
    """
    for folder in {path.parent for path in texts}:
        remove_left_over(folder)
    with ExitStack() as written:
        ready = {
            path: written.enter_context(prepared_bytes(path, text.encode())) for path, text in texts.items()
        }
        for path in instead_of:
            path.unlink(missing_ok=True)
        for path, temporary in ready.items():
            put(temporary, path)


@contextmanager
def open_regular(path: Path, most: int | None = None) -> Iterator[BufferedReader]:
    """A file to be read that is one: reading a pipe or a device might never end.

    Args:
        path: the file, or a link to it.
        most: bytes that it may have; any number by default, for those who hold a little of it at a time.

    Raises:
        OSError: it cannot be read, is no regular file, or is larger; its ``strerror`` says which.
        ShortageError: the machine is short of something, and nothing is wrong with the file.
    """
    with blaming_no_file():
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "is no regular file")
        size = os.fstat(handle).st_size
        if most is not None and size > most:
            raise OSError(errno.EFBIG, f"has {size:,} bytes, more than {most:,}")
        with blaming_no_file(), os.fdopen(handle, "rb", closefd=False) as file:
            yield file
    except OSError as error:
        error.filename = error.filename or str(path)  # reading does not say it
        raise
    finally:
        os.close(handle)


#: What Matplotlib leaves out of a file of each format, so that the same figure gives the same bytes.
_UNSAID: dict[str, dict[str, None]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}


def write_figure(path: Path, figure: Figure, dpi: float) -> None:
    """Write a figure atomically, in the format that the name of the file ends with."""
    kind = path.suffix[1:]
    write_whole(path, lambda file: figure.savefig(file, format=kind, dpi=dpi, metadata=_UNSAID.get(kind)))


def read_regular(path: Path, most: int) -> bytes:
    """Content of a file, held whole: it may have so many bytes; otherwise as of ``open_regular``."""
    with open_regular(path, most) as file:
        return file.read()


def sha256_of(path: Path, most: int) -> str:
    """SHA-256 of a file (64 hex digits), a little of it held at a time; otherwise as of ``open_regular``."""
    with open_regular(path, most) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parsed_json(text: str | bytes) -> Any:
    """What JSON says that may come from anybody; NaN and infinity are no JSON.

    Raises:
        ValueError: it is none, or too deep.
    """
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("too deep") from None


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


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


@contextmanager
def own_file(path: Path, append: bool = False) -> Iterator[int]:
    """A file of ours to change where it is, made where it is missing: its handle, for as long as it is open.

    Raises:
        InputError: a link, a second name of another file, a pipe or a folder is in its place.
        OSError: it cannot be written.
    """
    how = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | (os.O_APPEND if append else 0)
    try:
        handle = os.open(path, how, 0o644)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK, errno.EISDIR, errno.ENXIO):
            raise _not_ours(path) from None
        raise
    try:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1:
            raise _not_ours(path)
        yield handle
    finally:
        os.close(handle)


def _not_ours(path: Path) -> InputError:
    return InputError(f"{path}: is no file of ours but a link, a pipe or a folder; remove it")


def own_folder(folder: Path) -> Path:
    """A folder within a folder of results, made where it is missing, never the one around it.

    Raises:
        InputError: it is a link, which somebody may have put there so that we write elsewhere.
    """
    if folder.is_symlink():
        raise InputError(f"{folder}: is a link to another folder, which results are not written to")
    with _named(folder):
        folder.mkdir(exist_ok=True)
    return folder


def remove_left_over(folder: Path) -> None:
    """Remove the temporary files of writers on this machine that are no more."""
    ours = re.compile(rf"\..+\.{re.escape(_machine())}-(\d+)-(\d+)\.tmp")
    with suppress(OSError):
        for path in folder.iterdir():
            found = ours.fullmatch(path.name)
            if found and not _lives(int(found[1]), int(found[2])):
                path.unlink(missing_ok=True)


def _lives(pid: int, thread: int) -> bool:
    """Whether a process of this machine is there, and where it is this one, its thread."""
    if pid == os.getpid():
        return thread in {one.ident for one in threading.enumerate()}
    if os.name != "posix":  # where asking would end it
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


@cache
def _machine() -> str:
    """What process numbers hold for: a machine and, in containers, what they are numbered in."""
    try:
        numbered = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        numbered = 0
    return f"{platform.node()}_{numbered}"

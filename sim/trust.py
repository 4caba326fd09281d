"""Whose files are run: folders that nobody else can change, programs, and what processes of ours import.

Compiled code and the page's drawing library are kept in files that are run when they are read again. Whoever
can write these acts as the user, so a folder is used for them only if it is the user's alone.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from platformdirs import user_cache_path

_NAME = "sdgs-partnership-sim"
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
#: Links that a path may lead through, as in Linux.
_MOST_LINKS = 40
#: What decides where a Python that is started looks for modules, besides its own folders.
_SEARCHED = ("PYTHONPATH", "PYTHONSAFEPATH")
#: Held while these are other than they were given.
_starting = threading.RLock()


class Refused(NamedTuple):
    """A folder or file that is not trusted, or cannot be used, and why."""

    path: str
    why: str


class Kept(NamedTuple):
    """A folder for what can be made again.

    Attributes:
        folder: it is ours alone and can be written; None where there is none such.
        refused: why the usual folder is not used, if so, and then why no other is.
    """

    folder: Path | None
    refused: tuple[Refused, ...]


@cache
def kept(name: str) -> Kept:
    """The folder of that name below ``$SIM_CACHE_DIR`` or the user's cache folder, else the temporary one."""
    refused: list[Refused] = []
    for root in (Path(os.environ.get("SIM_CACHE_DIR") or user_cache_path(_NAME)), temporary_root()):
        try:
            folder = made_ours(root / name)
            with tempfile.TemporaryFile(dir=folder):
                return Kept(folder, tuple(refused))
        except OSError as error:
            refused.append(Refused(str(error.filename or root / name), error.strerror or str(error)))
    return Kept(None, tuple(refused))


def temporary_root() -> Path:
    """Where things are kept if the usual folder cannot be used: of one name for every command of the user."""
    return Path(tempfile.gettempdir()) / f"{_NAME}-{os.geteuid()}"


def made_ours(path: Path) -> Path:
    """A folder that is the user's alone, made where it is not there; without links in its path.

    Nobody but the user and the system may be able to replace it, a folder above it or a link that leads to
    it, nor to write in it, nor own a file in it.

    Raises:
        OSError: it cannot be made, or is not so; says which path and why.
    """
    folder = _reached(path)
    facts = folder.lstat()
    if facts.st_uid != os.geteuid():
        raise _refusal(folder, "belongs to another user")
    if facts.st_mode & _OTHERS_WRITE:
        raise _refusal(folder, "others can write in it")
    if stat.S_IMODE(facts.st_mode) != stat.S_IRWXU:
        with suppress(OSError):  # file systems without modes
            folder.chmod(stat.S_IRWXU)
    for inside in _all_in(folder):
        if inside.stat(follow_symlinks=False).st_uid != facts.st_uid:
            raise _refusal(Path(inside.path), "belongs to another user")
        if inside.is_symlink():
            raise _refusal(Path(inside.path), "is a link")
    return folder


def _reached(path: Path) -> Path:
    """The path without links, folders made where they are not there: step by step, each of them looked at.

    Raises:
        OSError: a folder or link on the way can be changed by others, or cannot be made.
    """
    absolute = path.absolute()
    here, links = Path(absolute.anchor), 0
    waiting = list(absolute.parts[:0:-1])
    _check_step(here)
    while waiting:
        step = waiting.pop()
        here = here.parent if step == ".." else here / step
        if _check_step(here):
            links += 1
            if links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
            target = here.readlink()
            here = Path(target.anchor) if target.is_absolute() else here.parent
            waiting += [part for part in reversed(target.parts) if part != target.anchor]
    return here


def _check_step(here: Path) -> bool:
    """Refuse a folder, or link, that others can change; whether it is a link. One that is not there is made.

    In a folder such as /tmp, whose sticky bit keeps entries for their owners, others can write.
    """
    if not os.path.lexists(here):
        with suppress(FileExistsError):
            here.mkdir(stat.S_IRWXU)
    facts = here.lstat()
    if facts.st_uid not in _who_can_anyway():
        raise _refusal(here, "belongs to another user")
    if stat.S_ISLNK(facts.st_mode):
        return True
    if not stat.S_ISDIR(facts.st_mode):
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(here))
    if facts.st_mode & _OTHERS_WRITE and not facts.st_mode & stat.S_ISVTX:
        raise _refusal(here, "others can write in it")
    return False


@cache
def _who_can_anyway() -> frozenset[int]:
    """Users who can change all that is ours: we and root, whom a sandbox of a single user shows as nobody."""
    users = {os.geteuid(), 0}
    with suppress(OSError, ValueError):
        nobody = int(Path("/proc/sys/kernel/overflowuid").read_text(encoding="utf-8"))
        lines = Path("/proc/self/uid_map").read_text(encoding="utf-8").splitlines()
        ranges = [(int(first), int(count)) for first, _, count in map(str.split, lines)]
        if not any(first <= nobody < first + count for first, count in ranges):
            users.add(nobody)
    return frozenset(users)


def _all_in(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from _all_in(Path(entry.path))


def _refusal(path: Path, why: str) -> OSError:
    return OSError(errno.EPERM, why, str(path))


class _FromSource(SourceFileLoader):
    """Runs what a file says, whatever bytecode of another text lies beside it."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


def spec_of_source(name: str, path: Path) -> ModuleSpec:
    """How to import a file as a module of that name: exactly what can be read in it is run."""
    path = path.absolute()
    inside = [str(path.parent)] if path.name == "__init__.py" else None
    spec = spec_from_file_location(
        name, path, loader=_FromSource(name, str(path)), submodule_search_locations=inside
    )
    assert spec is not None
    return spec


def program(name: str) -> str | None:
    """Where a program lies: in a folder that PATH names from the root, never in the current one."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return shutil.which(name, path=os.pathsep.join(filter(os.path.isabs, folders)))


def surroundings() -> dict[str, str]:
    """The environment for a Python of ours: it imports from where this one does, not from its own folder.

    Without, one that is started with -c or -m looks into the current folder first, whoever filled that.
    """
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONSAFEPATH": "1"}


def searched() -> dict[str, str | None]:
    """What the environment says of where modules are looked for, for ``restore``."""
    with _starting:
        return {name: os.environ.get(name) for name in _SEARCHED}


def restore(before: Mapping[str, str | None]) -> None:
    """Let the environment say again what it said; None where it said nothing."""
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def safely_started() -> Iterator[None]:
    """Processes that a library starts meanwhile have ``surroundings``."""
    with _starting:
        before, meanwhile = searched(), surroundings()
        restore({name: meanwhile[name] for name in _SEARCHED})
        try:
            yield
        finally:
            restore(before)

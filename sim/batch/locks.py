"""Who may write to a results folder: locks of commands, and claims of workers.

Several commands may fill one folder at the same time when each has a shard of its own. A worker may
outlive its command, on a cluster: it holds a claim, which the next command ends.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sim.batch.parts import Shard
from sim.errors import InputError

try:
    import fcntl
except ImportError:  # Windows: results can be read, not written
    fcntl = None  # type: ignore[assignment]

LOCK, TURN = ".lock", ".lock-turn"
#: Names of lock files; others that begin alike are somebody else's.
LOCK_NAME = re.compile(rf"{re.escape(LOCK)}(-turn|-\d+-of-\d+)?")


@dataclass(frozen=True)
class Claim:
    """What allows workers, wherever they run, to write to a folder, until another command takes it over."""

    folder: Path
    name: str
    token: str

    def holds(self) -> bool:
        """Whether it is still this command's turn."""
        try:
            return (self.folder / self.name).read_text(encoding="ascii") == self.token
        except OSError:
            return False


@contextmanager
def locked(folder: Path, shard: Shard | None = None) -> Iterator[Claim]:
    """Hold the folder, so that no second command writes the same parts at the same time.

    A command without a shard wants the folder alone; shards of the same total share it, each of them
    once. The system frees a lock when the process ends, however it ends. Whoever finds nobody here ends
    the claims that were left behind.

    Raises:
        InputError: another process holds it, the folder cannot be written, or the system has no file locks.
    """
    name = LOCK if shard is None else f"{LOCK}-{shard.number}-of-{shard.total}"
    claim = Claim(folder.absolute(), name, uuid.uuid4().hex)
    with ExitStack() as held:
        with in_turn(folder), explained(folder):
            common = held.enter_context(_opened(folder, LOCK))
            shared = "" if shard is None else f"shards of {shard.total}"
            if _taken(common, fcntl.LOCK_EX):
                for path in folder.iterdir():
                    if LOCK_NAME.fullmatch(path.name):
                        path.write_bytes(b"")
                (folder / LOCK).write_text(shared, encoding="ascii")
            elif (folder / LOCK).read_text(encoding="ascii") != shared or not shared:
                raise InputError(f"{folder}: another command is writing to it; wait for it to end")
            if shard is not None:
                fcntl.flock(common, fcntl.LOCK_SH)  # nobody comes between: it is our turn
                if not _taken(held.enter_context(_opened(folder, name)), fcntl.LOCK_EX):
                    raise InputError(f"{folder}: another command is writing shard {shard.number} to it")
            (folder / name).write_text(claim.token, encoding="ascii")
        yield claim


@contextmanager
def in_turn(folder: Path) -> Iterator[None]:
    """Wait until nobody else is preparing the folder or putting parts into it, then hold the others off."""
    if fcntl is None:
        raise InputError(
            "results cannot be written here: file locks are missing; Linux, macOS and, on Windows, WSL are "
            "supported"
        )
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        turn = _opened(folder, TURN)
    with turn as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[int]:
    handle = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield handle
    finally:
        os.close(handle)


def _taken(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def explained(folder: Path, advice: str = "give another folder with --out") -> Iterator[None]:
    """Turn a failure of the file system into an InputError that names the folder and what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{folder}: cannot be written ({reason}); {advice}") from None

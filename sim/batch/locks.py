"""Who may write to a results folder: locks of commands, and claims of workers.

Several commands may fill one folder at the same time when each has a shard of its own. A worker may
outlive its command, on a cluster: it holds a claim, which the next command ends.
"""

from __future__ import annotations

import errno
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sim.batch.parts import Shard
from sim.errors import InputError
from sim.files import own_file, read_regular

try:
    import fcntl
except ImportError:  # Windows: results can be read, not written
    fcntl = None  # type: ignore[assignment]

LOCK, TURN = ".lock", ".lock-turn"
#: What a file system answers that has no locks.
_WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
#: Said of such a folder.
ELSEWHERE = (
    "they keep two commands from writing the same runs; give a folder on a local disk or on a network file "
    "system with locks (NFS from version 4, SMB) with --out"
)
#: Said of a folder that is no longer where it was.
GONE = (
    "was moved or removed while it was written to; what is done is kept where it is now, and the same "
    "command goes on from there with --out"
)
#: A lock file holds a word or two.
_MOST_BYTES = 1_000
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
            return read_regular(self.folder / self.name, _MOST_BYTES) == self.token.encode()
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
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:  # it was not there before, so that it cannot have been moved away
        reason = error.strerror or str(error)
        raise InputError(f"{folder}: cannot be written ({reason}); give another folder with --out") from None
    with ExitStack() as held:
        with in_turn(folder), explained(folder):
            common = held.enter_context(own_file(folder / LOCK))
            shared = "" if shard is None else f"shards of {shard.total}"
            if _taken(common, fcntl.LOCK_EX):
                for path in folder.iterdir():
                    if LOCK_NAME.fullmatch(path.name):
                        with own_file(path) as left:
                            _say(left, "")
                _say(common, shared)
            elif os.pread(common, _MOST_BYTES, 0) != shared.encode() or not shared:
                raise InputError(f"{folder}: another command is writing to it; wait for it to end")
            own = common
            if shard is not None:
                fcntl.flock(common, fcntl.LOCK_SH)  # nobody comes between: it is our turn
                own = held.enter_context(own_file(folder / name))
                if not _taken(own, fcntl.LOCK_EX):
                    raise InputError(
                        f"{folder}: another command is writing shard {shard.number} to it; wait for it to end"
                    )
            _say(own, claim.token)
        yield claim


@contextmanager
def in_turn(folder: Path) -> Iterator[None]:
    """Wait until nobody else is preparing the folder or putting parts into it, then hold the others off.

    Raises:
        InputError: the folder is gone, cannot be written, or the system has no file locks.
    """
    if fcntl is None:
        raise InputError(
            "results cannot be written here: file locks are missing; Linux, macOS and, on Windows, WSL are "
            "supported"
        )
    with ExitStack() as held:
        with explained(folder):
            handle = held.enter_context(own_file(folder / TURN))
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _say(handle: int, text: str) -> None:
    """Let a lock file say this alone."""
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode("ascii"), 0)


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
        if error.errno in _WITHOUT_LOCKS:
            raise InputError(f"{folder}: has no file locks ({reason}); {ELSEWHERE}") from None
        if error.errno in (errno.ENOENT, errno.ESTALE) and not folder.exists():
            raise InputError(f"{folder}: {GONE}") from None
        raise InputError(f"{folder}: cannot be written ({reason}); {advice}") from None

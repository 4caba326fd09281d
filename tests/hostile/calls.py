"""A supervisor of the system calls by which a process changes files: it counts them, and has one go wrong.

Linux asks another process what is to become of a call (seccomp). So any write, rename or force to disk can
fail, or be the moment of a kill, in the very command that users run, whatever library makes it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

#: Numbers of system calls on x86-64 that change files.
_BY_HANDLE = {1: "write", 18: "pwrite64", 20: "writev", 74: "fsync", 75: "fdatasync", 77: "ftruncate"}
_BY_PATH = {
    2: "open", 82: "rename", 83: "mkdir", 87: "unlink", 257: "openat", 258: "mkdirat", 263: "unlinkat",
    264: "renameat", 316: "renameat2",
}  # fmt: skip
#: Those that begin with the handle of a folder, and those that say how a file is opened.
_BELOW_A_HANDLE, _OPENING = {257, 258, 263, 264, 316}, {2: 1, 257: 2}
_FLOCK = 73

_SECCOMP, _SET_FILTER, _NEW_LISTENER = 317, 1, 1 << 3
_NO_NEW_PRIVILEGES, _TRACER = 38, 0x59616D61
_ASK, _ALLOW, _REFUSE = 0x7FC00000, 0x7FFF0000, 0x00050000
_RECEIVE, _SEND, _GO_ON = 0xC0502100, 0xC0182101, 1

#: Whether a process can be supervised here.
POSSIBLE = sys.platform == "linux" and platform.machine() == "x86_64"


class Plan(NamedTuple):
    """What is to happen to a process.

    Attributes:
        folder: files below it count.
        number: of the call that is not to be carried out; 0 for none of them.
        error: with which it fails; 0 = the process is killed instead.
        lasting: all that come after it fail, too, as on a disk that stays full.
    """

    folder: str
    number: int
    error: int = 0
    lasting: bool = False

    def fails(self, number: int) -> bool:
        """Whether the call of that number is to fail."""
        return number == self.number or (self.lasting and number > self.number > 0)


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("yes", ctypes.c_ubyte),
        ("no", ctypes.c_ubyte),
        ("k", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def _filtered(numbers: list[int], answer: int, flags: int) -> int:
    """Have calls of these numbers answered so, in this process and its children; a handle to listen at."""
    steps = [_Step(0x20, 0, 0, 0)]  # the number of the call
    steps += [_Step(0x15, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    steps += [_Step(0x06, 0, 0, _ALLOW), _Step(0x06, 0, 0, answer)]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    handle: int = system.syscall(_SECCOMP, _SET_FILTER, flags, ctypes.byref(program))
    if handle < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return handle


def without_locks(error: int) -> None:
    """Let this process live on a file system that answers so where a lock is asked for."""
    _filtered([_FLOCK], _REFUSE | error, 0)


def supervised(plan: Plan, count: Callable[[int], None]) -> None:
    """Put this process under a supervisor of its own.

    Args:
        plan: what is to happen.
        count: told by the supervisor how many calls there were, when all is over.
    """
    ours, theirs = socket.socketpair()
    process = os.getpid()
    supervisor = os.fork()
    if not supervisor:
        os.setsid()  # it is none of the processes that must not outlive their command
        ours.close()
        (listener,) = socket.recv_fds(theirs, 1, 1)[1]
        count(_watch(listener, process, plan))
        os._exit(0)
    theirs.close()
    ctypes.CDLL(None).prctl(_TRACER, supervisor, 0, 0, 0)
    listener = _filtered([*_BY_HANDLE, *_BY_PATH], _ASK, _NEW_LISTENER)
    socket.send_fds(ours, [b" "], [listener])
    os.close(listener)
    ours.close()


def _watch(listener: int, process: int, plan: Plan) -> int:
    """Answer until the process and all its children are gone; how many calls there were."""
    seen = 0
    ready = select.poll()
    ready.register(listener, select.POLLIN)
    while True:
        if ready.poll()[0][1] & select.POLLHUP:
            return seen
        asked = bytearray(80)
        with suppress(OSError):  # of a process that is gone by now
            fcntl.ioctl(listener, _RECEIVE, asked)
            id, pid, _, number, _, _, *given = struct.unpack("QIIiIQ6Q", asked)
            error = 0
            if _counts(pid, number, given, plan.folder):
                seen += 1
                if seen == plan.number and not plan.error:
                    os.kill(process, signal.SIGKILL)
                error = plan.error if plan.fails(seen) else 0
            answer = (-error, 0) if error else (0, _GO_ON)
            fcntl.ioctl(listener, _SEND, struct.pack("QqiI", id, 0, *answer))


def _counts(pid: int, number: int, given: list[int], folder: str) -> bool:
    """Whether a call changes a file below the folder."""
    with suppress(OSError):
        if number in _BY_HANDLE:
            return _leads(f"/proc/{pid}/fd/{given[0]}").startswith(f"{folder}/")
        if number in _OPENING and not given[_OPENING[number]] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return False
        path = _text(pid, given[number in _BELOW_A_HANDLE])
        return str((Path(_leads(f"/proc/{pid}/cwd")) / path).parent.resolve()).startswith(folder)
    return False


def _leads(link: str) -> str:
    return str(Path(link).readlink())


def _text(pid: int, place: int) -> str:
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 - no file
        memory.seek(place)
        return os.fsdecode(memory.read(512).partition(b"\0")[0])

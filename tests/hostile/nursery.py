"""Commands as processes of their own that start at once: forked from one that has imported all they need.

``python -m tests.hostile.nursery`` reads orders, a line of JSON each, and answers each with a line.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from sim.errors import InputError
from tests.batch.survival import environment, until
from tests.hostile import calls

#: What commands import in time, and what a command is not waited for any longer.
_IMPORTED = (
    "sim.batch.warm", "sim.cli.app", "sim.cli.batch", "sim.cli.running", "sim.cli.tables", "sim.cli.frontier",
    "sim.cli.sensitivity", "sim.report.report", "sim.studies", "sim.analysis.frontier.frontier", "optuna",
)  # fmt: skip
PATIENCE = 240.0
#: Libraries that would start threads, which no fork takes along.
_ALONE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Order:
    """A command to be carried out.

    Attributes:
        arguments: of ``sim``, or of ``task``.
        folder: where.
        task: a function of our tests that is given the arguments, ``module:name``; the command by default.
        number, error, lasting: the call that goes wrong, as of ``calls.Plan``; -1 = nobody counts.
        memory: bytes of address space beyond those that it has when it begins; 0 = no limit.
        no_locks: with which error locks fail.
    """

    arguments: tuple[str, ...]
    folder: str
    task: str = "sim.cli:main"
    number: int = -1
    error: int = 0
    lasting: bool = False
    memory: int = 0
    no_locks: int = 0
    said: str = field(default="")


class Ended(NamedTuple):
    """How a command ended.

    Attributes:
        code: its exit code; negative: the signal that killed it.
        said: on either channel.
        counted: calls that were to change files.
    """

    code: int
    said: str
    counted: int


class Child:
    """A command that goes on."""

    def __init__(self, nursery: Nursery, order: Order) -> None:
        self._nursery, self._order = nursery, order
        self.pid = int(nursery.asked({"start": asdict(order)}))

    @property
    def said(self) -> str:
        """What it has said so far."""
        said = Path(self._order.said)
        return said.read_text(encoding="utf-8") if said.exists() else ""

    def kill(self) -> None:
        """Kill it, as the system does when memory runs out."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> Ended:
        """Wait for its end.

        Raises:
            AssertionError: it goes on for too long, or a child of it outlives it.
        """
        code = self._nursery.asked({"wait": self.pid})
        assert code is not None, f"hangs: {self._order}"
        assert until(lambda: not _of_session(self.pid), 20.0), f"outlived by {_of_session(self.pid)}"
        counted = Path(f"{self._order.said}.calls")
        if self._order.number >= 0:
            assert until(counted.exists, 20.0)
        return Ended(int(code), self.said, int(counted.read_text()) if counted.exists() else 0)


def _of_session(session: int) -> list[str]:
    """Processes that a command started, in words."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getsid(one.pid) == session and one.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(one.cmdline())[:200])
    return found


class Nursery:
    """The process that commands are forked from."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "tests.hostile.nursery"]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**environment(), **_ALONE}
        )
        self.asked({})  # answered when all is imported

    def asked(self, order: dict[str, Any]) -> Any:
        """What it answers."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def start(self, order: Order) -> Child:
        """Begin a command; what it says goes to a file beside its folder."""
        said = f"{order.folder}.said-{time.monotonic_ns()}"
        return Child(self, Order(**{**asdict(order), "said": said}))

    def carried_out(self, order: Order) -> Ended:
        """Run a command to its end."""
        return self.start(order).ended()


@cache
def nursery() -> Nursery:
    """One for a process."""
    return Nursery()


def _serve() -> None:
    """Carry out what is ordered until nobody orders any more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for module in _IMPORTED:
        import_module(module)
    for line in sys.stdin:
        order = json.loads(line)
        answer: int | None = None
        if "start" in order:
            answer = _started(Order(**order["start"]))
        elif "wait" in order:
            answer = _waited(order["wait"])
        print(json.dumps(answer), file=answers, flush=True)


def _waited(pid: int) -> int | None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def _started(order: Order) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        code = _carried_out(order)
    except InputError as error:  # of a task that is no command
        print(*error.lines, sep="\n", file=sys.stderr)
        code = 2
    except OSError as error:  # likewise, as `sim` says it; one that names no file is shown whole
        code = 70 if error.filename is None else 2
        if code == 2:
            print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        else:
            traceback.print_exc()
    except BaseException:  # noqa: BLE001 - it is said, and the process ends
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code)


def _carried_out(order: Order) -> int:
    os.setsid()
    os.chdir(order.folder)
    said = os.open(order.said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for channel in (1, 2):
        os.dup2(said, channel)
    if order.number >= 0:
        counted = Path(f"{order.said}.calls")
        folder = str(Path(order.folder).resolve())
        calls.supervised(
            calls.Plan(folder, order.number, order.error, order.lasting), lambda seen: _tell(counted, seen)
        )
    if order.no_locks:
        calls.without_locks(order.no_locks)
    if order.memory:
        most = psutil.Process().memory_info().vms + order.memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    module, _, name = order.task.partition(":")
    return int(getattr(import_module(module), name)(list(order.arguments)) or 0)


def _tell(counted: Path, seen: int) -> None:
    beside = counted.with_suffix(".begun")
    beside.write_text(str(seen))
    beside.rename(counted)


if __name__ == "__main__":
    _serve()

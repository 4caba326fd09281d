"""Servers as users start them, in processes of their own: how soon they answer, how much memory they hold."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
#: The command that is measured.
PAGE = (sys.executable, "-m", "sim.cli", "page", "--port", "0", "--no-open")


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        process: its process.
        port: where it listens on loopback.
        started: when its process was (``time.perf_counter``).
    """

    process: subprocess.Popen[str]
    port: int
    started: float

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}/"

    def answers(self, path: str = "/") -> bool:
        """Whether it answers there with 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read() is not None
        except OSError:
            return False
        finally:
            connection.close()

    def health(self) -> dict[str, Any]:
        """What ``/api/health`` says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/api/health")
            found: dict[str, Any] = json.loads(connection.getresponse().read())
            return found
        finally:
            connection.close()

    def is_idle(self) -> bool:
        """Whether runs can begin, and nothing is under way: the baseline's are there."""
        health = self.health()
        return bool(health["ready"]) and health["queue"] == 0

    def since(self, condition: Callable[[], object], patience: float = 120.0) -> float:
        """Seconds from the start of the process until a condition holds.

        Raises:
            TimeoutError: it never does.
        """
        while not condition():
            if time.perf_counter() - self.started > patience:
                raise TimeoutError(f"{self.process.args} is not there after {patience:g} s")
            time.sleep(0.01)
        return time.perf_counter() - self.started


@contextmanager
def serving(command: Sequence[str] = PAGE, port: int | None = None) -> Iterator[Server]:
    """A server, interrupted in the end.

    Args:
        command: starts it; it tells its address in the first line where no port is given.
        port: where it will be.
    """
    started = time.perf_counter()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start reads sources, which users' do once
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    try:
        if port is None:
            assert process.stdout is not None
            said = process.stdout.readline()
            told = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
            if told is None:
                raise RuntimeError(f"the server told no address but: {said}")
            port = int(told[1])
        yield Server(process, port, started)
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


class Memory:
    """Resident memory of a process (MB) and its processor time, looked at every half second.

    Attributes:
        sizes: one after the other.
    """

    def __init__(self, process: int) -> None:
        self._process = psutil.Process(process)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.sizes: list[float] = []
        self._thread.start()

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            self.sizes.append(self._process.memory_info().rss / 1e6)

    def processor(self) -> float:
        """Seconds of processor that the process has used so far."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

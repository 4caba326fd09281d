"""What benchmarks share: short rounds one after the other, fresh processes, memory."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def seconds(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    """Time of one call, by default wall time."""
    started = clock()
    work()
    return clock() - started


def in_turn(
    rounds: int, *works: Callable[[], Any], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Shortest time of each piece of work, tried in turn so that all meet the same machine."""
    times = [[seconds(work, clock) for work in works] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


def in_a_process(code: str, *arguments: str) -> str:
    """What a fresh Python prints."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def bytecode() -> str:
    """Share of the modules loaded in this process whose bytecode is on disk, to be read by the next one."""
    specs = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    files = [Path(spec.cached) for spec in specs if spec is not None and spec.cached is not None]
    return f"{sum(file.exists() for file in files) / len(files):.0%}"

"""Schedulers, workers, nannies and commands of a Dask cluster, killed at random moments."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from tests.batch.survival import ROOT, SETTING, Watch, batch_here, environment, experiment_file, parts, until
from tests.hostile.trials import Trial

#: Seconds within which a command ends whose scheduler has gone; a busy machine takes its time to end at all.
_ENDS = 30.0
_GONE = "the Dask scheduler went away; what is done is kept"
_NEVER_THERE = "--scheduler: no Dask scheduler answers at"


@cache
def _undisturbed() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    """A folder that goes with the process, and the results of the experiment where nothing was killed."""
    held = tempfile.TemporaryDirectory()
    results = Path(held.name) / "results"
    assert batch_here(experiment_file(Path(held.name), points=64), results, "--workers", "1")[0] == 0
    return held, results


@cache
def _server() -> subprocess.Popen[str]:
    """What forks the processes; it ends with this one, as its input does."""
    words = [sys.executable, "-m", "tests.hostile.dask_roles"]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=environment())


def _started(folder: Path, role: str, *arguments: str) -> psutil.Process:
    """A process that is a scheduler, a worker, a nanny or a command."""
    server = _server()
    assert server.stdin is not None and server.stdout is not None
    print(json.dumps([role, str(folder / f"{role}.txt"), *arguments]), file=server.stdin, flush=True)
    return psutil.Process(int(server.stdout.readline()))


class _Scene:
    """A cluster of two workers, and a command on it."""

    def __init__(self, folder: Path, nanny: bool) -> None:
        self._folder, self._role, told = folder, "nanny" if nanny else "worker", folder / "address"
        self.results, self._ended = folder / "results", folder / "ended"
        self.scheduler = _started(folder, "scheduler", str(told))
        assert until(told.exists, 60.0), "no scheduler"
        self.address = told.read_text(encoding="ascii")
        self.crew = [self._worker(), self._worker()]
        given = ("batch", str(experiment_file(folder, points=64)), "--out", str(self.results))
        self.command = _started(
            folder, "command", str(self._ended), *given, "--scheduler", self.address, "--quiet"
        )

    def _worker(self) -> psutil.Process:
        return _started(self._folder, self._role, self.address, str(self._folder / "dask"))

    @property
    def said(self) -> str:
        """What the command has said."""
        return SETTING.sub("", (self._folder / "command.txt").read_text(encoding="utf-8"))

    def processes(self) -> list[psutil.Process]:
        """All of the cluster, and what it started."""
        alive = [one for one in (self.scheduler, *self.crew) if _alive(one)]
        return [*alive, *(child for one in alive for child in _children(one))]

    def kill(self, victim: str, chance: random.Random) -> None:
        """Kill one; where a worker dies for good, another one comes."""
        if victim in ("scheduler", "command"):
            {"scheduler": self.scheduler, "command": self.command}[victim].kill()
            return
        one = chance.choice(self.crew)
        workers = _children(one)
        if victim == "worker" and self._role == "nanny":
            one = next(iter(workers), one)
        with suppress(psutil.NoSuchProcess):
            one.kill()
        self.crew.append(self._worker())

    def end(self, within: float) -> int | None:
        """Exit code of the command, None where it was killed."""
        assert until(lambda: not _alive(self.command), within), f"the command goes on: {self.said}"
        return int(self._ended.read_text(encoding="ascii")) if self._ended.exists() else None

    def over(self) -> None:
        """Kill what is left of the cluster."""
        for one in self.processes():
            with suppress(psutil.NoSuchProcess):
                one.kill()


def _attempt(victim: str, chance: random.Random, folder: Path) -> str:
    if find_spec("distributed") is None:
        pytest.skip("Dask is not installed")
    _, undisturbed = _undisturbed()
    scene = _Scene(folder, nanny=victim == "nanny" or chance.random() < 0.1)
    try:
        if chance.random() < 0.3:
            time.sleep(chance.uniform(0.0, 2.0))
        else:
            watch = Watch(scene.results)
            until(lambda: watch.grown() or not _alive(scene.command), 60.0)
            time.sleep(chance.choice([0.0, chance.uniform(0.0, 0.5)]))
        children, crew = _children(scene.command), scene.processes()
        if not _alive(scene.command):
            return "done by then"
        scene.kill(victim, chance)
        outcome = _ended(victim, scene)
        assert until(lambda: not any(map(_alive, children)), 10.0), "a child outlived its command"
        if victim == "nanny":
            assert until(lambda: not any(map(_orphan, crew)), 30.0), "a worker outlived its nanny"
    finally:
        scene.over()
    code, said = batch_here(folder / "survival.yaml", scene.results, "--workers", "1")
    assert code == 0, said
    assert parts(scene.results) == parts(undisturbed), "other bytes"
    assert _files(scene.results) == _files(undisturbed), _files(scene.results) ^ _files(undisturbed)
    return outcome


def _ended(victim: str, scene: _Scene) -> str:
    """How the command ended, in words."""
    code = scene.end(_ENDS if victim == "scheduler" else 120.0)
    assert "Traceback" not in scene.said, scene.said
    if code == 0:
        return "went on without it" if victim in ("worker", "nanny") else "done by then"
    if victim == "command":
        return "killed, and went on when it was repeated"
    (line,) = scene.said.strip().splitlines()
    assert victim == "scheduler" and code == 2 and line.startswith((_GONE, _NEVER_THERE)), scene.said
    return "said in a clear line, and went on when it was repeated"


def _children(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []


def _alive(process: psutil.Process) -> bool:
    """Whether it does anything yet; one that nobody has taken leave of does not."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _orphan(process: psutil.Process) -> bool:
    """Whether a process goes on without the one that started it."""
    with suppress(psutil.NoSuchProcess):
        return _alive(process) and process.ppid() == 1
    return False


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def _trial(victim: str, few: int) -> Trial:
    where = "on a" if victim == "command" else "of a"
    return Trial(
        f"{victim} {where} Dask cluster killed",
        few,
        25,
        lambda chance, folder: _attempt(victim, chance, folder),
    )


TRIALS = [_trial("scheduler", 1), *(_trial(victim, 0) for victim in ("worker", "nanny", "command"))]

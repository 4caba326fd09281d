"""A study: a request to run an experiment, which tells how far it is and can be cancelled.

The command line, Python, and whoever shows results while they come in run experiments through here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from sim.batch.experiment import Experiment
from sim.errors import InputError
from sim.results import Results, load

if TYPE_CHECKING:
    from sim.batch.memory import Kept
    from sim.batch.parts import Shard
    from sim.batch.runner import RunReport


class Stage(StrEnum):
    """What a study is at."""

    BUILDING = "building"  # the world, or taking up the folder
    COMPILING = "compiling"  # the kernel, once per version of the model
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True)
class Event:
    """How far a study is.

    Attributes:
        stage: what it is at.
        done: runs done, failed and stored ones included.
        failed: runs that failed.
        total: runs in all; 0 as long as they are not counted.
        seconds: since the study began.
        report: how it went, once it is done and where there is a folder.
    """

    stage: Stage
    done: int = 0
    failed: int = 0
    total: int = 0
    seconds: float = 0.0
    report: RunReport | None = None
    _read: Callable[[], Results] | None = None

    def results(self) -> Results:
        """What is there by now: partial results while runs are under way.

        Raises:
            InputError: no run is done yet.
        """
        if self._read is None:
            raise InputError("no run is done yet")
        return self._read()


class StudyCancelled(Exception):  # noqa: N818 - it tells what happened; nothing went wrong
    """A study was stopped by its cancel token. What was done is kept where there is a folder.

    Attributes:
        last: the last event before.
    """

    def __init__(self, last: Event) -> None:
        super().__init__(f"cancelled after {last.done:,} of {last.total:,} runs")
        self.last = last


type Listener = Callable[[Event], None]


def unheard(_: Event) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Study:
    """A request to run an experiment.

    Attributes:
        experiment: what to run.
        out: results folder; ``results/<name>-<digest>`` by default. What is there already is not run again.
        in_memory: keep results in memory instead of in a folder, on threads.
        workers: threads in memory; else processes, so that a script needs a main guard. With an executor,
            how many it has.
        executor: where to run instead; it is not shut down.
        shard: run this part of the experiment only.
        retry_failed: run the chunks in which runs failed again.
    """

    experiment: Experiment
    out: Path | None = None
    in_memory: bool = False
    workers: int = 1
    executor: Executor | None = None
    shard: Shard | None = None
    retry_failed: bool = False

    @property
    def folder(self) -> Path:
        """The results folder, where there is one."""
        return self.out if self.out is not None else self.experiment.folder()

    def run(self, listener: Listener = unheard, cancel: threading.Event | None = None) -> Results:
        """Run what is missing.

        Args:
            listener: called in this thread with every event; the last one is ``DONE``.
            cancel: set it, from any thread, to stop after the runs that are under way.

        Returns:
            The results.

        Raises:
            InputError: the experiment or the folder cannot be used.
            StudyCancelled: ``cancel`` was set.
        """
        telling = _Telling(listener, cancel)
        return self._in_memory(telling) if self.in_memory else self._in_folder(telling)

    def events(self, cancel: threading.Event | None = None) -> Iterator[Event]:
        """Run in a thread of its own and give the events as they come; closing the iterator cancels.

        Raises:
            InputError, StudyCancelled: as ``run``, once the events before are given.
        """
        token = _Token(cancel)
        queue: SimpleQueue[Event | BaseException | None] = SimpleQueue()
        thread = threading.Thread(target=self._tell_all, args=(queue, token), daemon=True)
        thread.start()
        try:
            while (event := queue.get()) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event
        finally:
            token.set()
            thread.join()

    def _tell_all(self, queue: SimpleQueue[Event | BaseException | None], cancel: _Token) -> None:
        try:
            self.run(queue.put, cancel)
            queue.put(None)
        except BaseException as error:  # noqa: BLE001 - whoever reads the events gets it
            queue.put(error)

    def _in_folder(self, telling: _Telling) -> Results:
        from sim.batch.runner import run_experiment

        folder = self.folder
        telling.read = lambda: Results(folder, warn=False)  # runs are missing as yet
        telling.tell(Stage.BUILDING)
        report = run_experiment(
            self.experiment,
            folder,
            self.workers,
            progress=telling.runs,
            executor=self.executor,
            announce=lambda _: telling.tell(Stage.COMPILING),
            shard=self.shard,
            retry_failed=self.retry_failed,
        )
        telling.end(report)
        return load(folder)

    def _in_memory(self, telling: _Telling) -> Results:
        from sim.batch.memory import run_in_memory
        from sim.results.memory import ResultsInMemory

        def progress(kept: Kept) -> None:
            snapshot = kept.snapshot()
            telling.read = lambda: ResultsInMemory(snapshot)
            telling.runs(kept.done, kept.failed, kept.manifest.runs)

        telling.tell(Stage.BUILDING)
        kept = run_in_memory(
            self.experiment,
            self.workers,
            progress,
            self.executor,
            announce=lambda _: telling.tell(Stage.COMPILING),
        )
        telling.end(None)
        return ResultsInMemory(kept)


class _Token(threading.Event):
    """Set by itself, or with the token of whoever reads the events, which stays as it is."""

    def __init__(self, given: threading.Event | None) -> None:
        super().__init__()
        self._given = given

    def is_set(self) -> bool:
        """Whether either is set."""
        return super().is_set() or (self._given is not None and self._given.is_set())


class _Telling:
    """Makes events of what the runner says, and looks at the cancel token before each."""

    def __init__(self, listener: Listener, cancel: threading.Event | None) -> None:
        self.read: Callable[[], Results] | None = None
        self._listener = listener
        self._cancel = cancel
        self._started = time.perf_counter()
        self._last = Event(Stage.BUILDING)

    def tell(self, stage: Stage, **facts: Any) -> None:
        """Tell the listener.

        Raises:
            StudyCancelled: the token is set.
        """
        self._last = replace(
            self._last, stage=stage, seconds=time.perf_counter() - self._started, _read=self.read, **facts
        )
        if self._cancel is not None and self._cancel.is_set() and stage is not Stage.DONE:
            raise StudyCancelled(self._last)
        self._listener(self._last)

    def runs(self, done: int, failed: int, total: int) -> None:
        """So many runs are done."""
        self.tell(Stage.RUNNING, done=done, failed=failed, total=total)

    def end(self, report: RunReport | None) -> None:
        """All runs are done."""
        self.tell(Stage.DONE, report=report)

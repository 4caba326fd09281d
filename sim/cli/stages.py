"""The bar that says what a command does and how far it has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from sim.cli.interrupt import EndedByCtrlC
from sim.cli.output import console_on, note
from sim.text import Language, say

#: Seconds between two lines about progress where there is no terminal.
EVERY = 30.0


class Remaining:
    """Time left, from the runs done since the start; runs that were stored before do not count."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None
        self._last = (0.0, 0)

    def update(self, done: int) -> None:
        """Note that so many runs are done by now."""
        now = time.monotonic()
        if self._first is None or done == self._first[1]:  # nothing new yet: time has not begun to count
            self._first = (now, done)
        self._last = (now, done)

    @property
    def rate(self) -> float | None:
        """Runs a second since the start; None before the first new run is done."""
        if self._first is None or self._last[1] <= self._first[1]:
            return None
        return (self._last[1] - self._first[1]) / (self._last[0] - self._first[0])

    def left(self, total: int) -> timedelta | None:
        """Time left for ``total`` runs in all; None before the first new run is done."""
        if self.rate is None:
            return None
        left = (total - self._last[1]) / self.rate - (time.monotonic() - self._last[0])
        return timedelta(seconds=max(round(left), 0))


class Stages:
    """Says how far a command is: by a bar on a terminal, elsewhere by a line about what takes long."""

    def __init__(self, quiet: bool, language: Language = "en") -> None:
        self._quiet = quiet
        self._language = language
        self._said = time.monotonic()
        self._remaining = Remaining()
        self._bar = None if quiet or not sys.stderr.isatty() else _bar(self._remaining, language)
        self._task = self._bar.add_task("", total=None) if self._bar else None

    def stage(self, message: str) -> None:
        """A new stage begins, of unknown length."""
        if self._bar is not None and self._task is not None:
            self._bar.reset(self._task, description=message, total=None)

    def announce(self, message: str) -> None:
        """A stage that takes so long that it is also said where there is no terminal."""
        self.stage(message)
        if self._bar is None:
            note(message, self._quiet)

    def runs(self, message: str, done: int, total: int, failed: int = 0) -> None:
        """So many runs of ``total`` are done, failed ones included."""
        self._remaining.update(done)
        rate = self._remaining.rate
        pace = say("cli.pace", self._language, rate=rate) if rate else ""
        lost = say("cli.lost", self._language, failed=failed) if failed else ""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=f"{message}{lost}{pace}", total=total, completed=done)
        elif rate and time.monotonic() - self._said > EVERY:
            self._said = time.monotonic()
            left = say("cli.left", self._language, time=self._remaining.left(total))
            facts = {
                "message": message,
                "done": done,
                "total": total,
                "lost": lost,
                "pace": pace,
                "left": left,
            }
            note(say("cli.progress", self._language, **facts), self._quiet)

    @contextmanager
    def shown(self) -> Iterator[Stages]:
        """Show the bar while the block runs, which Ctrl-C ends wherever it comes."""
        with self._bar or nullcontext(), EndedByCtrlC():
            yield self


def _bar(remaining: Remaining, language: Language) -> Progress:
    class RemainingColumn(ProgressColumn):
        """Time left, or nothing where it is not known."""

        def render(self, task: Task) -> Text:
            left = remaining.left(int(task.total)) if task.total else None
            return Text("" if left is None else say("cli.left", language, time=left))

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        RemainingColumn(),
        console=console_on(sys.stderr),
        transient=True,
    )

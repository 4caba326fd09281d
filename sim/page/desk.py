"""Who runs what: users take turns, run by run; the newest request of a user replaces the one before.

Threads of the desk carry out one replicate of one request at a time and go on with the user who has waited
longest. So nobody waits for somebody else's thirty replicates, and nobody who stops refining is starved.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.page.runs import STEPS, Cache, RunKey, carried_out, keys_of, pairs_of, tables_of

if TYPE_CHECKING:
    from sim.batch.experiment import Experiment
    from sim.batch.tables import Key
    from sim.page.views.pairs import OneRun, Pairs
    from sim.results import Results
    from sim.studies import Event

#: Requests under way at once; more are told to come back.
MOST_REQUESTS = 64


class CrowdedError(InputError):
    """More is asked for at once than is done at once.

    Attributes:
        most: how much that is.
    """

    def __init__(self, most: int) -> None:
        super().__init__(f"{most:,} requests are under way; come back in a moment")
        self.most = most


class Replaced(Exception):  # noqa: N818 - it tells what happened; nothing went wrong
    """A newer request of the same user has taken the place of this one."""


@dataclass
class _Task:
    future: Future[Any]
    work: Callable[[], Any]


@dataclass
class Ticket:
    """A request under way.

    Attributes:
        user: whose it is.
        cancel: set where it is to end.
        replaced: whether a newer request of the user ended it.
        begun: whether a run of it was begun.
    """

    user: str
    cancel: threading.Event = field(default_factory=threading.Event)
    replaced: bool = False
    begun: bool = False
    _waiting: deque[_Task] = field(default_factory=deque)


class Desk:
    """Runs requests on threads of its own.

    Args:
        workers: threads.
        cache: runs that are held.
    """

    def __init__(self, workers: int, cache: Cache) -> None:
        self.cache = cache
        self.workers = workers
        self._turns: OrderedDict[int, Ticket] = OrderedDict()  # whose turn is next stands first
        self._of: dict[str, Ticket] = {}
        self._changed = threading.Condition()
        self._closed = False
        for number in range(workers):
            threading.Thread(target=self._work, name=f"desk-{number}", daemon=True).start()

    @property
    def queue(self) -> int:
        """Requests under way."""
        return len(self._of)

    def close(self) -> None:
        """End all requests, and the threads after the runs that they are at."""
        with self._changed:
            self._closed = True
            for ticket in self._of.values():
                self._end(ticket)
            self._changed.notify_all()

    def take(self, user: str) -> Ticket:
        """A ticket for a new request of a user; an older one of theirs ends.

        Raises:
            CrowdedError: too many requests are under way.
        """
        with self._changed:
            older = self._of.get(user)
            if older is None and len(self._of) >= MOST_REQUESTS:
                raise CrowdedError(MOST_REQUESTS)
            if older is not None:
                older.replaced = True
                self._end(older)
            ticket = self._of[user] = Ticket(user)
            return ticket

    def leave(self, ticket: Ticket) -> None:
        """The request is done, or nobody waits for it any more."""
        with self._changed:
            self._end(ticket)
            if self._of.get(ticket.user) is ticket:
                del self._of[ticket.user]

    def place(self, ticket: Ticket) -> int:
        """Its place in the queue before its first run begins, from 1; 0 once it has begun."""
        with self._changed:
            if ticket.begun or id(ticket) not in self._turns:
                return 0
            return list(self._turns).index(id(ticket)) + 1

    def pairs(self, ticket: Ticket, wanted: Experiment) -> Iterator[Pairs]:
        """Run an experiment and give the pairs after 1, 2, 4, 8, ... replicates; passed steps are left out.

        Args:
            ticket: of ``take``.
            wanted: baseline and scenarios.

        Yields:
            Pairs of more replicates each time; none where every run failed.

        Raises:
            Replaced: the user has made a newer request.
            CancelledError: the ticket was left.
            InputError: it cannot be run.
        """
        turns = _Turns(self, ticket, wanted)
        steps, shown, pairs = _steps(wanted.replicates), 0, None
        for _ in turns.events():
            done = turns.done()
            if (step := max((step for step in steps if step <= done), default=0)) > shown:
                shown, pairs = step, pairs_of(wanted, turns.made, step)
                if pairs is not None:
                    yield pairs

    def results(self, ticket: Ticket, wanted: Experiment, folder: Path | None = None) -> Results:
        """Run all of an experiment and give it as results; errors are those of ``pairs``.

        Args:
            ticket: of ``take``.
            wanted: baseline and scenarios.
            folder: where the results are written besides; None = they are in memory.
        """
        turns = _Turns(self, ticket, wanted, tables=folder is None)
        last = _last(turns.events())
        return (last if folder is None else _last(turns.events(folder))).results()

    def _submit(self, ticket: Ticket, work: Callable[[], Any]) -> Future[Any]:
        task = _Task(Future(), work)
        with self._changed:
            if self._closed or ticket.cancel.is_set():
                _cancel(task)
                return task.future
            ticket._waiting.append(task)
            self._turns.setdefault(id(ticket), ticket)
            self._changed.notify()
        return task.future

    def _end(self, ticket: Ticket) -> None:
        ticket.cancel.set()
        self._turns.pop(id(ticket), None)
        while ticket._waiting:
            _cancel(ticket._waiting.popleft())

    def _work(self) -> None:
        while (task := self._next()) is not None:
            _carry_out(task)

    def _next(self) -> _Task | None:
        with self._changed:
            while not self._turns:
                if self._closed:
                    return None
                self._changed.wait()
            number, ticket = self._turns.popitem(last=False)
            task = ticket._waiting.popleft()
            ticket.begun = True
            if ticket._waiting:
                self._turns[number] = ticket  # behind all others
            return task


class _Turns(Executor):
    """The desk as the executor of a study: what is held is there at once, the rest waits for its turn.

    Args:
        desk, ticket: where it runs, and for whom.
        wanted: what is run.
        tables: whether the study is to have tables; frames are made of the runs themselves.

    Attributes:
        made: runs that are there.
    """

    def __init__(self, desk: Desk, ticket: Ticket, wanted: Experiment, tables: bool = False) -> None:
        self._desk = desk
        self._ticket = ticket
        self._wanted = wanted
        self._tables = tables
        self._named: Mapping[Key, RunKey] = keys_of(wanted)
        self._ended: set[int] = set()
        self.made: dict[Key, OneRun] = {}

    def events(self, folder: Path | None = None) -> Iterator[Event]:
        """Events of the study, in memory or in a folder.

        Raises:
            Replaced, CancelledError: it was ended.
        """
        from sim.studies import Study, StudyCancelled

        study = Study(
            self._wanted, folder, in_memory=folder is None, workers=self._desk.workers, executor=self
        )
        try:
            yield from study.events(self._ticket.cancel)
        except (StudyCancelled, CancelledError):
            raise (Replaced if self._ticket.replaced else CancelledError) from None

    def done(self) -> int:
        """Replicates that are done, counted from the first without a gap."""
        ended = self._ended.copy()
        return next(number for number in range(len(ended) + 1) if number not in ended)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue a chunk of the study.

        In memory that is ``sim.batch.chunks.carried_out`` of an experiment and its runs; in a folder
        ``run_chunk``, which stores what was run in memory before.
        """
        from sim.batch.chunks import run_chunk

        if fn is run_chunk:
            run = partial(fn, *args, carry_out=lambda _wanted, keys, _fatal: self._named_tables(keys))
            return self._desk._submit(self._ticket, run)
        keys: list[Key] = args[1]
        if all(self._desk.cache.get(self._named[key]) is not None for key in keys):
            task = _Task(Future(), lambda: self._carried_out(keys))
            _carry_out(task)
            return task.future
        return self._desk._submit(self._ticket, lambda: self._carried_out(keys))

    def _carried_out(self, keys: list[Key]) -> tuple[dict[str, Any], list[Any]]:
        made, failures = carried_out(self._desk.cache, self._wanted, self._named, keys)
        self.made |= made
        self._ended |= {key.replicate for key in keys}
        return tables_of(self._wanted, made) if self._tables else {}, failures

    def _named_tables(self, keys: list[Key]) -> tuple[dict[str, Any], list[Any]]:
        """Tables of runs that are there, in the order of their keys; those that failed fail again."""
        missing = [key for key in keys if key not in self.made]
        made, failures = carried_out(self._desk.cache, self._wanted, self._named, missing)
        made |= {key: self.made[key] for key in keys if key in self.made}
        return tables_of(self._wanted, made), failures


def _last(events: Iterator[Event]) -> Event:
    return deque(events, maxlen=1).pop()


def _steps(replicates: int) -> list[int]:
    return [*(step for step in STEPS if step < replicates), replicates]


def _carry_out(task: _Task) -> None:
    if not task.future.set_running_or_notify_cancel():
        return
    try:
        task.future.set_result(task.work())
    except BaseException as error:  # noqa: BLE001 - whoever asked gets it
        task.future.set_exception(error)


def _cancel(task: _Task) -> None:
    if task.future.cancel():
        task.future.set_running_or_notify_cancel()  # else whoever waits for it is not told

"""A Dask cluster as an executor. Its scheduler may go away at any moment: nothing here waits in vain."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from typing import Any

from sim.batch.addresses import ANSWER, Address, within
from sim.batch.badges import Outcome, as_one_of_us, badge
from sim.errors import InputError
from sim.shortage import blaming_no_file

#: Seconds between two looks at the cluster.
_LOOK = 1.0
#: Seconds without any worker after which that is told.
_ALONE = 10.0
#: Seconds after which a scheduler that keeps its connection, but answers nothing, is given up.
SILENCE = 60.0
#: Seconds to take leave of a scheduler.
_LEAVE = 2.0
#: Tasks that a cluster is given at once, at least: one that grows on demand has to see that there are many.
_QUEUE = 64

LOST = "the Dask scheduler went away; what is done is kept: start it again and repeat the command"

#: Told what a user should know: ``no_workers``, ``workers_die`` or ``unencrypted``.
type Tell = Callable[[str], None]


@contextmanager
def cluster(address: str, tell: Tell) -> Iterator[DaskExecutor]:
    """The cluster of the scheduler at an address (``tcp://host:port`` or ``tls://host:port``).

    Raises:
        InputError: it is no address, no scheduler answers there, certificates are missing, or Dask is.
    """
    where = Address.parsed(address)
    stays_here = where.reached()
    executor = DaskExecutor(_client(where), tell)
    try:
        if not where.encrypted and not stays_here:
            tell("unencrypted")
        yield executor
    finally:
        executor.shutdown()


class DaskExecutor(Executor):
    """A Dask cluster as an executor. A task that keeps killing its workers fails as a broken pool would."""

    def __init__(self, client: Any, tell: Tell) -> None:
        self._client, self._tell = client, tell
        self._under_way: set[Future[Any]] = set()
        self._turn = threading.Lock()
        self._ended = threading.Event()
        #: Of all workers together, 1 or more.
        self.threads = max(1, int(client.scheduler_info().get("total_threads", 1)))
        self._heard = self._manned = time.monotonic()
        self._counting = False
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def at_hand(self) -> int:
        """Tasks to give it at once; workers may come and go."""
        return max(_QUEUE, 2 * self.threads)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start a task; what it gives is told to an ordinary future."""
        ours: Future[Any] = Future()
        ours.set_running_or_notify_cancel()
        with self._turn:
            self._under_way.add(ours)
        try:
            if self._ended.is_set() or self._client.status != "running":
                raise InputError(LOST)
            theirs = self._client.submit(as_one_of_us, badge(), fn, *args, **kwargs, pure=False)
            self._client.loop.add_callback(self._follow, theirs, ours)
        except Exception:  # noqa: BLE001 - a client without its scheduler fails in many ways
            self._settle(ours, Outcome(error=InputError(LOST)))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what it still holds for us is given up."""
        self._give_up()
        with suppress(Exception):  # of a scheduler that has gone nobody can take leave
            within(_LEAVE, self._client.close)
        self._client.status = "closed"  # so that its end with the process waits for nothing

    async def _follow(self, theirs: Any, ours: Future[Any]) -> None:
        """Hand over what a task gives; on the client's own loop, as a thread that waits would outlive it."""
        from distributed import KilledWorker

        try:
            outcome = await self._client.gather(theirs, asynchronous=True)
        except KilledWorker as error:
            self._tell("workers_die")
            outcome = Outcome(error=BrokenExecutor(str(error)))
        except BaseException as error:  # noqa: BLE001 - not taken over, given up, or out of reach
            outcome = Outcome(error=_untold(error) if theirs.status == "error" else InputError(LOST))
        self._settle(ours, outcome)

    def _settle(self, ours: Future[Any], outcome: Outcome) -> None:
        """Give a future its result, unless it has one."""
        with self._turn:
            if ours not in self._under_way:
                return
            self._under_way.remove(ours)
        if outcome.error is None:
            ours.set_result(outcome.value)
        else:
            ours.set_exception(outcome.error)

    def _give_up(self) -> None:
        """Let nobody wait any longer for what is under way."""
        self._ended.set()
        for ours in list(self._under_way):
            self._settle(ours, Outcome(error=InputError(LOST)))

    async def _count(self) -> None:
        """Count the threads of all workers, unless the scheduler has gone or is too busy to tell."""
        with suppress(Exception):
            counted = await self._client.scheduler.ncores()
            now = sum(int(threads) for threads in counted.values())
            self.threads, self._heard = max(1, now), time.monotonic()
            if now:
                self._manned = self._heard
        self._counting = False

    def _watch(self) -> None:
        """Have workers counted, tell where none is left for long, and see it when the scheduler has gone."""
        told = 0.0
        while not self._ended.wait(_LOOK):
            if self._client.status != "running" or time.monotonic() - self._heard > SILENCE:
                self._give_up()
                return
            if self._heard - self._manned > _ALONE and told != self._manned:
                self._tell("no_workers")
                told = self._manned  # once, until there are some again
            if not self._counting:
                self._counting = True
                self._client.loop.add_callback(self._count)


def _untold(error: BaseException) -> InputError:
    """What is said of a task that scheduler or workers could not take over."""
    return InputError(
        f"--scheduler: the cluster cannot take over runs ({type(error).__name__}: {error}); its scheduler "
        "and workers need the versions of this command, and its extensions"
    )


def _client(where: Address) -> Any:
    """A client connected to the scheduler there.

    Raises:
        InputError: it does not answer, certificates are missing, or Dask is not installed.
    """
    try:
        with blaming_no_file():
            from distributed import Client
            from distributed.versions import VersionMismatchWarning
    except ImportError:
        raise InputError(
            "--scheduler: Dask is not installed; install sdgs-partnership-sim[cluster]"
        ) from None
    for name in ("distributed", "distributed.client"):  # we say ourselves what goes wrong
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    security = _security(where)
    options = {"timeout": ANSWER, "set_as_default": False, "security": security}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)
            within(ANSWER, lambda: asyncio.run(_greeted(where.text, security)))
            return within(ANSWER, lambda: Client(where.text, **options))
    except Exception as error:  # noqa: BLE001 - what answers may be anything
        raise where.unanswered(error) from None


async def _greeted(address: str, security: Any) -> None:
    """Ask whoever listens at an address who it is; a client would not get away from what is no scheduler.

    Raises:
        Exception: it is no scheduler.
    """
    from distributed.core import rpc

    known = security.get_connection_args("client")
    async with rpc(address, timeout=ANSWER, connection_args=known) as other:
        answer = await asyncio.wait_for(other.identity(n_workers=0), ANSWER)
    if answer.get("type") != "Scheduler":
        raise OSError(f"a {answer.get('type')} answers")


def _security(where: Address) -> Any:
    """The certificates that Dask's configuration names.

    Raises:
        InputError: there are none although the address asks for them, or they cannot be used.
    """
    from distributed.security import Security

    names = ("ca-file", "client.cert", "client.key")
    try:
        security = Security()
        context = security.get_connection_args("client")["ssl_context"]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"--scheduler: the certificates of Dask's configuration cannot be used ({reason}); see "
            f"distributed.comm.tls: {', '.join(names)}"
        ) from None
    if where.encrypted and context is None:
        raise InputError(
            f"--scheduler: {where.text} needs certificates; name them in Dask's configuration, in "
            f"distributed.comm.tls: {', '.join(names)}"
        )
    return security

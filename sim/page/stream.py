"""``POST /api/run``: frames as lines of NDJSON, as long as somebody reads them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.page.desk import CrowdedError, Desk, Replaced, Ticket
from sim.page.wire import line

if TYPE_CHECKING:
    from sim.batch.experiment import Experiment
    from sim.page.ready import Ready
    from sim.page.views import Asked, Pairs

#: Seconds between two looks at the place in the queue.
_LOOK = 0.1

type Line = dict[str, Any]


def views_of(pairs: Pairs, names: Sequence[str], asked: Asked) -> Mapping[str, Any]:
    """Data of the views that are asked for."""
    from sim.page.views import VIEWS

    return {name: VIEWS[name].of(pairs, asked) for name in names}


class Frames:
    """Lines of one request: its place in the queue, frames, and how it ended.

    Args:
        desk: where it runs.
        ready: whether the model is compiled.
        wanted: what is run.
        views: names of the views.
        asked: what they show.
        patience: seconds that it may take.
    """

    def __init__(
        self,
        desk: Desk,
        ready: Ready,
        wanted: Experiment,
        views: Sequence[str],
        asked: Asked,
        patience: float,
    ) -> None:
        self._desk = desk
        self._ready = ready
        self._wanted = wanted
        self._views = views
        self._asked = asked
        self._patience = patience

    async def lines(self, ticket: Ticket) -> AsyncIterator[bytes]:
        """The lines; closing the iterator gives the ticket back."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Line | None] = asyncio.Queue()

        def tell(said: Line | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, said)

        try:
            if not self._ready.compiled:
                yield line({"kind": "compiling"})
                await self._ready.wait(ticket.cancel)
            threading.Thread(target=self._run, args=(ticket, tell), name="frames", daemon=True).start()
            deadline, place = time.monotonic() + self._patience, 0
            while True:
                try:
                    said = await asyncio.wait_for(queue.get(), _LOOK)
                except TimeoutError:
                    now = self._desk.place(ticket)
                    if now and now != place:
                        yield line({"kind": "queued", "place": now})
                    place = now
                    if time.monotonic() > deadline:
                        yield line({"kind": "error", "lines": ["it took too long; try again"]})
                        return
                    continue
                if said is None:
                    return
                yield line(said)
        finally:
            self._desk.leave(ticket)

    def _run(self, ticket: Ticket, tell: Any) -> None:
        try:
            shown = 0
            for pairs in self._desk.pairs(ticket, self._wanted):
                views = views_of(pairs, self._views, self._asked)
                shown = pairs.replicates
                of = self._wanted.replicates
                tell({"kind": "frame", "replicates": shown, "of": of, "views": views})
            tell({"kind": "done", "replicates": shown})
        except Replaced:
            tell({"kind": "replaced"})
        except CancelledError:
            pass
        except InputError as error:
            tell({"kind": "error", "lines": list(error.lines)})
        except Exception as error:  # noqa: BLE001 - the reader is told, and the page goes on
            tell({"kind": "error", "lines": [f"the page failed at this ({type(error).__name__})"]})
        finally:
            tell(None)


__all__ = ["CrowdedError", "Frames", "views_of"]

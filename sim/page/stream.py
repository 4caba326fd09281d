"""``POST /api/run``: frames as lines of NDJSON, as long as somebody reads them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.page.desk import Desk, Replaced, Ticket
from sim.page.failures import line_of_failure, log_failure
from sim.page.wire import line, lines_of
from sim.text import say

if TYPE_CHECKING:
    from sim.batch.experiment import Experiment
    from sim.page.ready import Ready
    from sim.page.views import Asked, Pairs

#: Seconds between two looks at the place in the queue.
_LOOK = 0.1

type Line = dict[str, Any]
type Tell = Callable[[Line | None], None]


@dataclass(frozen=True)
class Frames:
    """Lines of one request: its place in the queue, frames, and how it ended.

    Attributes:
        desk: where it runs.
        ready: whether the model is compiled.
        wanted: what is run.
        views: names of the views.
        asked: what they show.
        patience: seconds that it may take.
    """

    desk: Desk
    ready: Ready
    wanted: Experiment
    views: Sequence[str]
    asked: Asked
    patience: float

    async def lines(self, ticket: Ticket) -> AsyncIterator[bytes]:
        """The lines; closing the iterator gives the ticket back, and with it all that is not begun."""
        try:
            if not self.ready.compiled:
                yield line({"kind": "compiling"})
                await self.ready.wait(ticket.cancel)
            async for said in self._told(ticket):
                yield line(said)
        except InputError as error:
            yield line({"kind": "error", "lines": lines_of(error, self.asked.lang)})
        finally:
            self.desk.leave(ticket)

    async def _told(self, ticket: Ticket) -> AsyncIterator[Line]:
        """What the thread that makes frames tells, and the place in the queue while it tells nothing."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Line | None] = asyncio.Queue()

        def tell(said: Line | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, said)

        threading.Thread(target=self._run, args=(ticket, tell), name="frames", daemon=True).start()
        deadline, place = time.monotonic() + self.patience, 0
        while time.monotonic() < deadline:
            try:
                said = await asyncio.wait_for(queue.get(), _LOOK)
            except TimeoutError:
                if (now := self.desk.place(ticket)) and now != place:
                    place = now
                    yield {"kind": "queued", "place": place}
                continue
            if said is None:
                return
            yield said
        late = say("page.server.late", self.asked.lang, seconds=int(self.patience))
        yield {"kind": "error", "lines": [late]}

    def _run(self, ticket: Ticket, tell: Tell) -> None:
        lang = self.asked.lang
        try:
            shown = 0
            for pairs in self.desk.pairs(ticket, self.wanted):
                shown, of = pairs.replicates, self.wanted.replicates
                tell(
                    {
                        "kind": "frame",
                        "replicates": shown,
                        "of": of,
                        "views": views_of(pairs, self.views, self.asked),
                    }
                )
            if shown:
                tell({"kind": "done", "replicates": shown})
            else:
                tell({"kind": "error", "lines": [say("page.server.all_failed", lang)]})
        except Replaced:
            tell({"kind": "replaced"})
        except CancelledError:
            pass  # nobody reads any more
        except InputError as error:
            tell({"kind": "error", "lines": lines_of(error, lang)})
        except Exception as error:  # noqa: BLE001 - whoever asks is told
            log_failure("a frame failed")
            tell({"kind": "error", "lines": [line_of_failure(error, lang)]})
        finally:
            self.desk.leave(ticket)  # whoever reads slowly, or not at all, takes no place from others
            tell(None)


def views_of(pairs: Pairs, names: Sequence[str], asked: Asked) -> Line:
    """Data of views by name; of one that cannot be shown, why (``lines``)."""
    from sim.page.views import VIEWS

    found: Line = {}
    for name in names:
        try:
            found[name] = VIEWS[name].of(pairs, asked)
        except InputError as error:
            found[name] = {"lines": lines_of(error, asked.lang)}
        except Exception as error:  # noqa: BLE001 - the other views are shown all the same
            log_failure(f"the view {name} failed")
            found[name] = {"lines": [line_of_failure(error, asked.lang)]}
    return found

"""Users who drag a slider at once, each like the page's client: one request in flight, the latest wins."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

#: Seconds between two moves of a hand that drags.
EVERY = 0.1
#: Seconds after which a request without a frame is left for a newer one (``PATIENCE`` in ``client.js``).
PATIENCE = 1.5
#: What the users look at, one each.
VIEWS = ("effects", "over_time", "goals", "lost", "left_behind", "map", "network", "money")


@dataclass
class User:
    """Somebody who drags, and then lets go.

    Attributes:
        port: of the server.
        number: whose sums are not those of others.
        waits: seconds from each move to the first frame of it, or of a newer one.
        rest: seconds from the last move to the last frame.
        errors: what went wrong.
    """

    port: int
    number: int
    waits: list[float] = field(default_factory=list)
    rest: float | None = None
    errors: list[str] = field(default_factory=list)

    def drag(self, seconds: float) -> None:
        """Drag for so long, and wait for all replicates in the end."""
        began, shown, last = time.perf_counter(), 0, int(seconds / EVERY)
        while shown < last:
            moved = min(int((time.perf_counter() - began) / EVERY) + 1, last)
            if moved == shown:
                time.sleep(EVERY / 10)
                continue
            at = self._shown(moved, leave=moved < last)
            if at is not None:
                self.waits += [at - began - (move - 1) * EVERY for move in range(shown + 1, moved + 1)]
                shown = moved
        self.rest = time.perf_counter() - began - (last - 1) * EVERY

    def _shown(self, move: int, leave: bool) -> float | None:
        """When the first frame of a move came; None where it was left for a newer one.

        Args:
            move: which.
            leave: whether to go then, for newer ones; else all frames are waited for.
        """
        sent, first = time.perf_counter(), None
        try:
            for line in self._lines(move):
                if line.startswith(b'{"kind":"error"') or b'"lines":[' in line[:200]:
                    self.errors.append(line.decode()[:200])
                if first is None and line.startswith(b'{"kind":"frame"'):
                    first = time.perf_counter()
                late = first is None and time.perf_counter() - sent > PATIENCE
                if leave and (first is not None or late):
                    return first
        except (OSError, http.client.HTTPException) as error:
            self.errors.append(repr(error))
        if first is None:
            self.errors.append("the stream ended without a frame")
        return first or time.perf_counter()

    def _lines(self, move: int) -> Iterator[bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            body = json.dumps(self._body(move)).encode()
            connection.request("POST", "/api/run", body, {"content-type": "application/json"})
            response = connection.getresponse()
            if response.status != 200:
                self.errors.append(f"{response.status} {response.read()[:200]!r}")
                return
            yield from iter(response.readline, b"")
        finally:
            connection.close()

    def _body(self, move: int) -> dict[str, Any]:
        money = 200.0 + 300 * self.number + move / 4
        overlay = {"extends": "baseline", "levers": {"subsidy": {"2019": money}}}
        view = VIEWS[self.number % len(VIEWS)]
        state = {"v": 1, "scenarios": [{"name": "dragged", "overlay": overlay}], "view": view}
        return {"user": f"user-{self.number}", "state": state, "views": ["answer", view], "year": 2030}


def dragging(port: int, users: int, seconds: float) -> list[User]:
    """What users of a page met who dragged at once."""
    found = [User(port, number) for number in range(users)]
    threads = [threading.Thread(target=user.drag, args=(seconds,), daemon=True) for user in found]
    for thread in threads:
        thread.start()
    for user, thread in zip(found, threads, strict=True):
        thread.join(seconds + 60)
        if thread.is_alive():
            user.errors.append("it hangs")
    return found

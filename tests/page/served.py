"""A page that is really served, on a free port, and somebody who asks it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sim.page.serving import listening, server_of
from sim.page.settings import Settings

#: A small page: forty places, six years.
SMALL = Settings(world="synthetic:40", quarters=24, replicates=8, workers=2, port=0, warm=False, bundle=False)


@dataclass
class Visitor:
    """Asks a page.

    Attributes:
        port: where it is.
        headers: sent with every request.
    """

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, body: Any = None, method: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and content of an answer. A body that is not bytes is sent as JSON."""
        with self.asked(path, body, method, **headers) as response:
            named = {name.lower(): value for name, value in response.getheaders()}
            return response.status, named, response.read()

    def json(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of an answer."""
        status, _, content = self.ask(path, body, **headers)
        return status, json.loads(content)

    @contextmanager
    def asked(
        self, path: str, body: Any = None, method: str | None = None, timeout: float = 60.0, **headers: str
    ) -> Iterator[http.client.HTTPResponse]:
        """An answer that is still coming; leaving the context hangs up."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = (
            {}
            if sent is None or "content-type" in map(str.lower, given)
            else {"content-type": "application/json"}
        )
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            method = method or ("GET" if body is None else "POST")
            connection.request(method, path, sent, self.headers | kind | given)
            yield connection.getresponse()
        finally:
            connection.close()

    def lines(self, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Lines of a run as they come."""
        with self.asked("/api/run", body) as response:
            assert response.status == 200, response.read()
            while line := response.readline():
                yield json.loads(line)


def wanted(user: str = "somebody", money: float = 5_000.0, **more: Any) -> dict[str, Any]:
    """The body of a run: a scenario with so much subsidy a year."""
    entry = {"name": "more", "overlay": {"extends": "baseline", "levers": {"subsidy": {"2018": money}}}}
    state = {"v": 1, "scenarios": [entry]}
    return {"user": user, "state": state, "views": ["answer"], **more}


@contextmanager
def served(settings: Settings = SMALL) -> Iterator[tuple[Visitor, Any]]:
    """A page that is up and ready, with its house."""
    with listening(settings) as door:
        port = door.getsockname()[1]
        server = server_of(replace(settings, port=port), open_browser=False)
        thread = threading.Thread(target=server.run, args=([door],), daemon=True)
        thread.start()
        house = server.config.app.state.house  # type: ignore[union-attr]
        until(lambda: server.started and house.ready.compiled)
        try:
            yield Visitor(port), house
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


def until(true: Any, seconds: float = 60.0) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)

"""Listens, tells the address, opens a browser: what ``sim page`` does once its options are read."""

from __future__ import annotations

import asyncio
import math
import resource
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sim.errors import InputError
from sim.page.app import create_app
from sim.page.failures import line_of_failure
from sim.page.house import House
from sim.page.security import is_loopback
from sim.page.settings import Settings
from sim.shortage import shortage
from sim.text import Language, say

#: Seconds that open streams have to end once the page is stopped.
_GRACE = 1
#: Seconds within which whoever connects, or was answered, has to have asked for something; and within which
#: whoever asked has to take a piece of the answer.
PATIENCE = 10.0
#: Connections at once; more are hung up on.
MOST_CONNECTIONS = 512
#: Seconds between two lines about a machine at its limit.
_SILENCE = 60.0
#: Connections that may wait to be taken up; asyncio takes up as many at one go, whatever handles there are.
_BACKLOG = 128


def serve(settings: Settings, open_browser: bool = True) -> None:
    """Serve a page until it is interrupted.

    Args:
        settings: how; a page that others reach is given a token where it has none.
        open_browser: whether to show it.

    Raises:
        InputError: it cannot listen there.
    """
    if not is_loopback(settings.host) and settings.token is None:
        settings = replace(settings, token=secrets.token_urlsafe(16))
    with closing(listening(settings)) as door:
        server = server_of(replace(settings, port=door.getsockname()[1]), open_browser)
        server.run([door])


def listening(settings: Settings) -> socket.socket:
    """A socket that is bound.

    Raises:
        InputError: it cannot be.
    """
    door = None
    try:
        family, *_, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        # asyncio sends small packets at once only where it is told that this is TCP
        door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
    except (OSError, UnicodeError) as error:
        if door is not None:
            door.close()
        why = getattr(error, "strerror", None) or "no such address"
        raise InputError(
            f"page: cannot listen at {settings.host}:{settings.port} ({why}); "
            "give another --port (0: a free one) or --host"
        ) from None
    return door


def server_of(settings: Settings, open_browser: bool) -> Server:
    """The server of a page, not started yet."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whoever asks would name its own address
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_GRACE,
    )
    return Server(config, app.state.house, settings, open_browser)


class Protocol(H11Protocol):
    """Hangs up on those who ask for nothing, do not read, or are too many: each holds one of few handles.

    So it does where the answer to what is no HTTP cannot be sent: after HEAD, or when another has begun.
    """

    _asking: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has connected."""
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            transport.abort()
        else:
            self._await_request()

    def on_response_complete(self) -> None:
        """An answer is written, if not yet sent."""
        self._await_request()
        super().on_response_complete()

    def _await_request(self) -> None:
        """Begin to wait for a request, or for one more: its whole head, however many bytes of it come."""
        _cancel(self._asking)
        self._asking = self.loop.call_later(PATIENCE, self._hang_up, self.cycle)

    def _hang_up(self, last: object) -> None:
        if self.cycle is last:
            self.transport.abort()  # closing waits until all is sent, which nobody may read

    def pause_writing(self) -> None:
        """More is to be sent than is taken."""
        super().pause_writing()
        self._reading = self.loop.call_later(PATIENCE, self.transport.abort)

    def resume_writing(self) -> None:
        """It is taken."""
        super().resume_writing()
        _cancel(self._reading)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        super().connection_lost(exc)
        _cancel(self._asking)
        _cancel(self._reading)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.close()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def most_connections() -> int:
    """Connections at once: half of the handles that the system gives a process, which needs others, too."""
    given, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MOST_CONNECTIONS, given // 2)


class Shortages:
    """What asyncio tells where it can take up no connection, for want of handles: one line in a while."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._told = -math.inf

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tell of it; of anything else as ever."""
        error = context.get("exception")
        if not isinstance(error, Exception) or shortage(error) is None:
            loop.default_exception_handler(context)
        elif loop.time() > self._told + _SILENCE:
            self._told = loop.time()
            print(line_of_failure(error, self._language), file=sys.stderr, flush=True)


class Server(uvicorn.Server):
    """Tells the address as soon as it answers there."""

    def __init__(self, config: uvicorn.Config, house: House, settings: Settings, open_browser: bool) -> None:
        super().__init__(config)
        self._house = house
        self._settings = settings
        self._open = open_browser

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop to answer; what is under way ends first, since nobody is to wait for it."""
        self._house.desk.close()
        await super().shutdown(sockets)

    async def startup(self, sockets: Sequence[socket.socket] | None = None) -> None:
        """Begin to answer."""
        asyncio.get_running_loop().set_exception_handler(Shortages(self._settings.language))
        await super().startup(list(sockets or []))
        address = address_of(self._settings)
        print(say("page.server.opened", self._settings.language, address=address), flush=True)
        print(say("page.server.stop", self._settings.language), flush=True)
        if self._open:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def address_of(settings: Settings) -> str:
    """Where the page is."""
    everywhere = settings.host in ("0.0.0.0", "::")
    host = socket.gethostname() if everywhere else settings.host
    host = f"[{host}]" if ":" in host else host
    asked = {"token": settings.token, "lang": "ja" if settings.language == "ja" else None}
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value is not None)
    return f"http://{host}:{settings.port}/" + (f"?{query}" if query else "")

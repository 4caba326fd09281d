"""Listens, tells the address, opens a browser: what ``sim page`` does once its options are read."""

from __future__ import annotations

import secrets
import socket
import threading
import webbrowser
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sim.errors import InputError
from sim.page.app import create_app
from sim.page.security import is_loopback
from sim.page.settings import Settings
from sim.text import say

#: Seconds that open streams have to end once the page is stopped.
_GRACE = 1


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
        door = socket.socket(family)
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
        timeout_graceful_shutdown=_GRACE,
    )
    return Server(config, settings, open_browser)


class Protocol(H11Protocol):
    """Hangs up where the answer to what is no HTTP cannot be sent: after HEAD, or when another has begun."""

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.close()


class Server(uvicorn.Server):
    """Tells the address as soon as it answers there."""

    def __init__(self, config: uvicorn.Config, settings: Settings, open_browser: bool) -> None:
        super().__init__(config)
        self._settings = settings
        self._open = open_browser

    async def startup(self, sockets: Sequence[socket.socket] | None = None) -> None:
        """Begin to answer."""
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

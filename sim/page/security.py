"""Who may ask what: the outermost layer of the page's server, which every request and answer passes.

A page that listens on loopback is still reached by any web site that the user has open, so Host (against
names that are made to point here) and Origin are checked there, too. Every answer says that nothing from
elsewhere may run in it.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import socket
import time
from collections import OrderedDict
from collections.abc import Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import ClientDisconnect

from sim.page.failures import line_of_failure, log_failure
from sim.page.wire import refused
from sim.text import say

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sim.page.settings import Settings
    from sim.text import Language

#: Bytes of a body.
MOST_BODY = 256 * 1024
#: Seconds within which a body has to be there.
BODY_PATIENCE = 10.0
#: Requests that an address may save up, in seconds of its rate.
SAVED_UP = 2.0
#: Addresses that are remembered.
MOST_ADDRESSES = 4096
#: Name of the cookie, to which the port is added: browsers hand those of one machine to all of its ports.
COOKIE = "sim_token"

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class RefusedError(Exception):
    """A request is refused.

    Args:
        status: of HTTP.
        id: of the words under ``page.server``.
        values: what they need.
    """

    def __init__(self, status: int, id: str, **values: Any) -> None:
        super().__init__(id)
        self.status = status
        self.id = id
        self.values = values

    def line(self, language: Language) -> str:
        """What is wrong."""
        return say(f"page.server.{self.id}", language, **self.values)


class Guard:
    """Checks requests before ``app`` sees them, and adds to its answers what keeps them safe.

    Args:
        app: what is guarded.
        settings: where it listens, its token and its rate.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._hosts = hosts_of(settings.host)
        self._cookie = f"{COOKIE}_{settings.port}"
        self._rates = Rates(settings.rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no WebSocket is spoken here
        begun = False

        async def guarded(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message = {**message, "headers": _with_headers(message["headers"], scope["path"])}
            await send(message)

        try:
            headers = _headers(scope)
            self._check(scope, headers)
            token = self._settings.token
            if token is not None and not _knows(token, headers, self._cookie):
                await _let_in(token, scope, guarded, self._cookie)
                return
            await self._app(scope, _bounded(receive, headers), guarded)
        except RefusedError as error:
            if begun:
                raise
            await refused(error.status, error.line(language_in(scope, self._settings)))(
                scope, receive, guarded
            )
        except ClientDisconnect:
            pass  # nobody waits for an answer
        except asyncio.CancelledError:
            if begun:
                raise
            line = say("page.server.closing", language_in(scope, self._settings))
            await refused(503, line)(scope, receive, guarded)
        except Exception as error:
            if begun:
                raise
            log_failure(f"the page failed at {scope['path']}")
            line = line_of_failure(error, language_in(scope, self._settings))
            await refused(500, line)(scope, receive, guarded)

    def _check(self, scope: Scope, headers: Mapping[str, str]) -> None:
        """Raise RefusedError where the request may not be answered."""
        host = headers.get("host", "")
        if name_of(host) not in self._hosts and not (self._hosts.any_address and _is_address(name_of(host))):
            raise RefusedError(403, "host")
        if scope["method"] not in ("GET", "HEAD", "POST"):
            raise RefusedError(405, "method")
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2].lower() != host.lower():
            raise RefusedError(403, "origin")
        asks = scope["method"] == "POST" or scope["path"].startswith("/api/")
        if asks and headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise RefusedError(403, "origin")
        if not self._rates.allows((scope.get("client") or ("",))[0]):
            raise RefusedError(429, "rate")
        if scope["method"] != "POST":
            return
        if headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise RefusedError(415, "type")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit() and len(length) < 12) or int(length) > MOST_BODY:
            raise RefusedError(413, "size", most=MOST_BODY)


class Hosts(frozenset[str]):
    """Names under which the page is known.

    Attributes:
        any_address: whether any address of digits is, too. Nobody can make one point elsewhere.
    """

    any_address: bool


def hosts_of(host: str) -> Hosts:
    """Names under which a page that listens there is known."""
    loopback = {"localhost", "127.0.0.1", "::1"}
    if is_loopback(host):
        hosts = Hosts(loopback | {host})
        hosts.any_address = False
        return hosts
    own = socket.gethostname().lower()
    hosts = Hosts(loopback | {host.lower(), own, f"{own.split('.')[0]}.local"})
    hosts.any_address = True
    return hosts


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def language_in(scope: Scope, settings: Settings) -> Language:
    """The language that the address asks for; that of the page where it asks for none."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [settings.language])[-1]
    return "ja" if asked == "ja" else "en" if asked == "en" else settings.language


class Rates:
    """How many requests an address has left.

    Args:
        rate: requests a second that it is given.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Whether one more is allowed, which is then taken off."""
        now, most = time.monotonic(), self._rate * SAVED_UP
        left, before = self._left.pop(address, (most, now))
        left = min(most, left + (now - before) * self._rate)
        allowed = left >= 1.0
        self._left[address] = (left - 1.0 if allowed else left, now)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return allowed


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _headers(scope: Scope) -> dict[str, str]:
    """Headers by name; one that is given twice counts as wrong where only one may be."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1").lower()
        if name in found and name in ("host", "origin", "content-length", "content-type"):
            raise RefusedError(400, "twice", name=name)
        found[name] = value.decode("latin-1")
    return found


def _knows(token: str, headers: Mapping[str, str], name: str) -> bool:
    """Whether a request carries the token, as a cookie of that name or a bearer's."""
    given = headers.get("authorization", "").removeprefix("Bearer ")
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        cookie = None
    return any(_same(token, one) for one in (given, "" if cookie is None else cookie.value))


def _same(token: str, given: str) -> bool:
    return hmac.compare_digest(token.encode(), given.encode("utf-8", "replace"))


async def _let_in(token: str, scope: Scope, send: Any, name: str) -> None:
    """Take the token out of the address into a cookie; the fragment, which holds the state, stays as it is.

    Raises:
        RefusedError: the address holds another, or none.
    """
    from starlette.responses import RedirectResponse

    asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    if scope["path"] != "/" or not _same(token, asked.get("token", [""])[-1]):
        raise RefusedError(401, "token")
    language = asked.get("lang", [""])[-1]
    response = RedirectResponse("/?lang=" + quote(language) if language else "/", 303)
    response.set_cookie(name, token, httponly=True, samesite="lax", max_age=7 * 24 * 3600)
    await response(scope, _nothing, send)


async def _nothing() -> MutableMapping[str, Any]:
    return {"type": "http.disconnect"}


def _bounded(receive: Receive, headers: Mapping[str, str]) -> Receive:
    """The request's body, which has to be small and there in time."""
    size, whole, deadline = 0, False, time.monotonic() + BODY_PATIENCE

    async def bounded() -> MutableMapping[str, Any]:
        nonlocal size, whole
        if whole:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            raise RefusedError(408, "slow", seconds=int(BODY_PATIENCE)) from None
        size += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if size > MOST_BODY:
            raise RefusedError(413, "size", most=MOST_BODY)
        return message

    return bounded


def _with_headers(headers: Any, path: str) -> list[tuple[bytes, bytes]]:
    given = {bytes(name).lower() for name, _ in headers}
    added = {**HEADERS, "cache-control": "no-store" if path.startswith("/api/") else "no-cache"}
    return [
        *((bytes(name), bytes(value)) for name, value in headers),
        *((name.encode(), value.encode()) for name, value in added.items() if name.encode() not in given),
    ]

"""The page's server: what answers where. What it may answer to whom is in ``security.py``."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sim.errors import InputError
from sim.page.desk import CrowdedError, Desk
from sim.page.ready import Ready
from sim.page.runs import Cache, experiment
from sim.page.settings import Settings
from sim.page.stream import Frames
from sim.page.wire import answer, body_of, refused

if TYPE_CHECKING:
    from starlette.requests import Request

    from sim.text import Language

__all__ = ["Settings", "create_app"]

#: What a page may call its user: a random word, of which nothing is kept.
_USER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class House:
    """What the answers need: how the page is served, its desk, and how far it is."""

    settings: Settings
    desk: Desk
    ready: Ready


def create_app(settings: Settings) -> Starlette:
    """The page as an ASGI application.

    Args:
        settings: how it is served.
    """
    desk = Desk(settings.workers, Cache(settings.most_bytes))
    house = House(settings, desk, Ready())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        house.ready.start(settings, desk)
        try:
            yield
        finally:
            desk.close()

    app = Starlette(
        routes=[
            Route("/", index),
            Route("/vega.js", vega),
            Route("/api/health", health),
            Route("/api/setup", setup),
            Route("/api/specs", specs),
            Route("/api/run", run, methods=["POST"]),
            Route("/api/check", check, methods=["POST"]),
            Route("/api/download/{kind}", download, methods=["POST"]),
            Mount("/static", StaticFiles(directory=settings.static, check_dir=False)),
        ],
        exception_handlers={InputError: wrong_input},
        lifespan=lifespan,
    )
    app.state.house = house
    return app


def house_of(request: Request) -> House:
    """The house that answers a request."""
    found: House = request.app.state.house
    return found


async def wrong_input(_: Request, error: Exception) -> Response:
    """What is wrong, a line each."""
    lines = error.lines if isinstance(error, InputError) else (str(error),)
    return refused(429 if isinstance(error, CrowdedError) else 400, *lines)


async def index(request: Request) -> Response:
    """The page itself."""
    return FileResponse(house_of(request).settings.static / "index.html")


async def vega(_: Request) -> Response:
    """The drawing library."""
    return refused(503, "the drawing library is being made", retry_after="2")


async def health(request: Request) -> Response:
    """How far the page is."""
    from sim.provenance import model_digest

    house = house_of(request)
    model = await run_in_threadpool(model_digest) if house.ready.compiled else None
    return answer(
        {
            "ready": house.ready.compiled,
            "compiling": house.ready.compiling,
            "model": model,
            "queue": house.desk.queue,
        }
    )


async def setup(request: Request) -> Response:
    """What the page needs once."""
    language_of(request.query_params, house_of(request))
    raise InputError("setup: not there yet")


async def specs(request: Request) -> Response:
    """How views are drawn: Vega-Lite by name of the view."""
    from sim.page.views import specs as drawn

    return answer(drawn(language_of(request.query_params, house_of(request))))


async def run(request: Request) -> Response:
    """Frames of a state, as they come."""
    body, house = await body_of(request), house_of(request)
    user = body.get("user")
    if not isinstance(user, str) or _USER.fullmatch(user) is None:
        raise InputError("user: give a word of up to 64 letters and digits")
    frames = await run_in_threadpool(_frames, body, house)
    ticket = house.desk.take(user)
    return StreamingResponse(frames.lines(ticket), media_type="application/x-ndjson")


def _frames(body: Mapping[str, Any], house: House) -> Frames:
    from importlib import import_module

    from sim.page.views import VIEWS, Asked

    settings = house.settings
    states: Any = import_module("sim.page.state")
    language = language_of(body, house)
    state = states.state_of(body.get("state"))
    views = body.get("views", [])
    if not isinstance(views, list) or not all(isinstance(name, str) for name in views):
        raise InputError("views: give a list of names")
    unknown = [name for name in views if name not in VIEWS]
    if unknown:
        raise InputError(f"views: {unknown[0]!r} is not among {', '.join(VIEWS)}")
    replicates = _number(body.get("replicates"), "replicates", settings.replicates, 1, settings.replicates)
    year = _number(body.get("year"), "year", None, 2018, 2100)
    place = body.get("place")
    if place is not None and (not isinstance(place, str) or len(place) > 100):
        raise InputError("place: give a code or a name")
    wanted = experiment(
        states.scenarios_of(state),
        settings.world,
        settings.seed,
        settings.quarters,
        replicates or settings.replicates,
    )
    asked = Asked(language, year, place)
    return Frames(house.desk, house.ready, wanted, list(dict.fromkeys(views)), asked, settings.patience)


def _number(value: Any, name: str, default: int | None, low: int, high: int) -> int | None:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{name}: give a whole number from {low} to {high}")
    return value


async def check(request: Request) -> Response:
    """Whether a state, or a scenario file, is right."""
    raise InputError("check: not there yet")


async def download(request: Request) -> Response:
    """A file made of a state."""
    raise InputError("download: not there yet")


def language_of(given: Mapping[str, Any], house: House) -> Language:
    """The language that is asked for; that of the page where none is.

    Raises:
        InputError: it is neither en nor ja.
    """
    found = given.get("lang") or house.settings.language
    if found not in ("en", "ja"):
        raise InputError("lang: give en or ja")
    return "ja" if found == "ja" else "en"

"""The page's server: what answers where. Who may ask what is in ``security.py``."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sim.errors import InputError
from sim.page.bundle import Bundle, bundle_path
from sim.page.desk import CrowdedError, Desk
from sim.page.folders import Folders
from sim.page.ready import Ready
from sim.page.runs import Cache, experiment
from sim.page.security import Guard, language_in
from sim.page.settings import Settings
from sim.page.stream import Frames, views_of
from sim.page.wire import answer, body_of, refused, wrong
from sim.text import say

if TYPE_CHECKING:
    from starlette.requests import Request

    from sim.text import Language

__all__ = ["Settings", "create_app"]

#: What a page may call its user: a random word, of which nothing is kept.
_USER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_USER, _LONGEST_PLACE = 64, 100


@dataclass(frozen=True)
class House:
    """What the answers need: settings, the desk, how far the page is, its drawing library, results."""

    settings: Settings
    desk: Desk
    ready: Ready
    bundle: Bundle
    folders: Folders


def create_app(settings: Settings) -> Starlette:
    """The page as an ASGI application.

    Args:
        settings: how it is served.
    """
    desk = Desk(settings.workers, Cache(settings.most_bytes))
    house = House(settings, desk, Ready(), Bundle(bundle_path()), Folders(settings.results))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        house.ready.start(settings, desk)
        if settings.bundle:
            house.bundle.start()
        try:
            yield
        finally:
            desk.close()
            house.bundle.stop()

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
            Route("/api/results", results),
            Route("/api/results/{id:path}/views", results_views),
            Route("/api/results/{id:path}/report", results_report),
            Mount("/static", StaticFiles(directory=settings.static, check_dir=False)),
        ],
        middleware=[Middleware(Guard, settings=settings)],
        exception_handlers={InputError: _wrong_input, HTTPException: _refused},
        lifespan=lifespan,
    )
    app.state.house = house
    return app


def house_of(request: Request) -> House:
    """The house that answers a request."""
    found: House = request.app.state.house
    return found


def language_of(request: Request, body: Mapping[str, Any] | None = None) -> Language:
    """The language that a body asks for, or its state, or its address; else that of the page."""
    state = (body or {}).get("state")
    for given in ((body or {}).get("lang"), state.get("lang") if isinstance(state, dict) else None):
        if isinstance(given, str) and given in ("en", "ja"):
            return "ja" if given == "ja" else "en"
    return language_in(request.scope, house_of(request).settings)


async def index(request: Request) -> Response:
    """The page itself."""
    path = house_of(request).settings.static / "index.html"
    if not path.is_file():
        raise HTTPException(404)
    return FileResponse(path)


async def vega(request: Request) -> Response:
    """The drawing library; 503 as long as it is being made."""
    bundle, language = house_of(request).bundle, language_of(request)
    if bundle.there:
        return FileResponse(bundle.path, media_type="text/javascript")
    if bundle.failed:
        return refused(404, say("page.server.no_library", language))
    return refused(503, say("page.server.library", language), retry_after="1")


async def health(request: Request) -> Response:
    """How far the page is."""
    house = house_of(request)
    return answer(
        {
            "ready": house.ready.compiled,
            "compiling": house.ready.compiling,
            "model": house.ready.model,
            "queue": house.desk.queue,
            "lines": house.ready.lines,
        }
    )


async def setup(request: Request) -> Response:
    """What the page needs once."""
    raise InputError("setup: not there yet")


async def specs(request: Request) -> Response:
    """How views are drawn: Vega-Lite by name of the view, null where the page draws by itself."""
    return answer(await run_in_threadpool(_specs, language_of(request)))


def _specs(language: Language) -> dict[str, Any]:
    from sim.page.views import specs

    return specs(language)


async def run(request: Request) -> Response:
    """Frames of a state, as they come."""
    house = house_of(request)
    body = await body_of(request, language_of(request))
    language = language_of(request, body)
    user = body.get("user")
    if not isinstance(user, str) or _USER.fullmatch(user) is None:
        raise wrong("user", language, most=_LONGEST_USER)
    frames = await run_in_threadpool(_frames, body, house, language)
    ticket = house.desk.take(user)
    return StreamingResponse(frames.lines(ticket), media_type="application/x-ndjson")


def _frames(body: Mapping[str, Any], house: House, language: Language) -> Frames:
    """What a body asks for.

    Raises:
        InputError: something in it is wrong.
    """
    from sim.batch.chunks import built
    from sim.page.state import scenarios_of, state_of
    from sim.page.views import VIEWS, Asked

    settings = house.settings
    views = body.get("views", [])
    if not isinstance(views, list) or not all(isinstance(name, str) for name in views):
        raise wrong("views", language, known=", ".join(VIEWS))
    most = settings.replicates
    replicates = _number(body, "replicates", (1, most), language) or most
    year = _number(body, "year", (2018, 2100), language)
    place = body.get("place")
    if place is not None and (not isinstance(place, str) or not 0 < len(place) <= _LONGEST_PLACE):
        raise wrong("place", language)
    world = built(settings.world, settings.seed)
    scenarios = scenarios_of(state_of(body.get("state"), language), language, world)
    wanted = experiment(scenarios, settings.world, settings.seed, settings.quarters, replicates)
    # a link of another version may name a view that is none any more
    known = [name for name in dict.fromkeys(views) if name in VIEWS]
    return Frames(house.desk, house.ready, wanted, known, Asked(language, year, place), settings.patience)


def _number(body: Mapping[str, Any], name: str, bounds: tuple[int, int], language: Language) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    low, high = bounds
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise wrong("number", language, name=name, low=low, high=high)
    return value


async def check(request: Request) -> Response:
    """Whether a state, or a scenario file, is right."""
    body = await body_of(request, language_of(request))
    return answer(await run_in_threadpool(_checked, body, house_of(request), language_of(request, body)))


def _checked(body: Mapping[str, Any], house: House, language: Language) -> dict[str, Any]:
    from sim.batch.chunks import built
    from sim.page.state import check

    return check(body, language, built(house.settings.world, house.settings.seed))


async def download(request: Request) -> Response:
    """A file made of a state."""
    raise InputError("download: not there yet")


async def results(request: Request) -> Response:
    """The results folders that may be browsed."""
    folders = house_of(request).folders
    return answer({"folders": await run_in_threadpool(folders.listed, language_of(request))})


async def results_views(request: Request) -> Response:
    """A frame of a results folder: views of all of its runs."""
    return answer(await run_in_threadpool(_frame_of_folder, request))


def _frame_of_folder(request: Request) -> dict[str, Any]:
    from sim.page.views import VIEWS, Asked

    language, asked = language_of(request), request.query_params
    year = asked.get("year", "")
    if year and (len(year) != 4 or not year.isdecimal()):
        raise wrong("number", language, name="year", low=2018, high=2100)
    pairs = house_of(request).folders.pairs(request.path_params["id"], language)
    names = [name for name in asked.get("views", "answer").split(",") if name in VIEWS]
    looked_at = Asked(language, int(year) if year else None, asked.get("place", "")[:_LONGEST_PLACE] or None)
    views = views_of(pairs, list(dict.fromkeys(names)), looked_at)
    return {"kind": "frame", "replicates": pairs.replicates, "of": pairs.replicates, "views": views}


async def results_report(request: Request) -> Response:
    """The report of a results folder, to be kept: its styles are its own, which the page does not allow."""
    folders, language = house_of(request).folders, language_of(request)
    path = await run_in_threadpool(folders.report, request.path_params["id"], language)
    return FileResponse(path, media_type="text/html", filename=path.name)


async def _wrong_input(request: Request, error: Exception) -> Response:
    """What is wrong, a line each."""
    if isinstance(error, CrowdedError):
        line = say("page.server.crowded", language_of(request), most=error.most)
        return refused(429, line, retry_after="2")
    return refused(400, *(error.lines if isinstance(error, InputError) else ()))


async def _refused(request: Request, error: Exception) -> Response:
    """What there is not, or is not asked for in this way."""
    assert isinstance(error, HTTPException)
    id = "method" if error.status_code == 405 else "not_found"
    status = error.status_code if error.status_code in (404, 405) else 400
    return refused(status, say(f"page.server.{id}", language_of(request)))

"""The page's server: what answers where. Who may ask what is in ``security.py``."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sim.errors import InputError
from sim.page import asked
from sim.page.desk import CrowdedError, Replaced, Ticket
from sim.page.house import MOST_DOWNLOADS, House, house_of, language_of
from sim.page.security import Guard
from sim.page.settings import Settings
from sim.page.wire import answer, body_of, lines_of, refused, wrong
from sim.text import say

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["Settings", "create_app"]

#: Seconds between two looks whether somebody still waits for a file.
_LOOK = 0.25
#: Errors of a file system that takes nothing more.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def create_app(settings: Settings) -> Starlette:
    """The page as an ASGI application.

    Args:
        settings: how it is served.
    """
    house = House.of(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        house.open()
        try:
            yield
        finally:
            house.close()

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
            Route("/api/results/{id:path}/answers/{name}/{file}", results_answer),
            Mount("/static", StaticFiles(directory=settings.static, check_dir=False)),
        ],
        middleware=[Middleware(Guard, settings=settings)],
        exception_handlers={InputError: _wrong_input, HTTPException: _refused, OSError: _full},
        lifespan=lifespan,
    )
    app.state.house = house
    return app


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
    ready = house.ready
    return answer(
        {
            "lang": house_of(request).settings.language,
            "ready": ready.compiled,
            "compiling": ready.compiling,
            "model": ready.model,
            "served": house.settings.identity,
            "queue": house.desk.queue,
            "lines": ready.lines,
        }
    )


async def setup(request: Request) -> Response:
    """What the page needs once."""
    return answer(await run_in_threadpool(asked.setup_of, house_of(request), language_of(request)))


async def specs(request: Request) -> Response:
    """How views are drawn."""
    return answer(await run_in_threadpool(asked.specs_of, language_of(request)))


async def run(request: Request) -> Response:
    """Frames of a state, as they come."""
    house = house_of(request)
    body = await body_of(request, language_of(request))
    language = language_of(request, body)
    user = asked.user_of(body, language)
    frames = await run_in_threadpool(asked.frames_of, body, house, language)
    ticket = house.desk.take(user)
    return StreamingResponse(frames.lines(ticket), media_type="application/x-ndjson")


async def check(request: Request) -> Response:
    """Whether a state, or a scenario file, is right."""
    body = await body_of(request, language_of(request))
    return answer(await run_in_threadpool(asked.checked, body, house_of(request), language_of(request, body)))


async def download(request: Request) -> Response:
    """A file made of a state. It is given up when nobody waits for it any more."""
    house, kind = house_of(request), request.path_params["kind"]
    body = await body_of(request, language_of(request))
    language = language_of(request, body)
    user = asked.user_of(body, language)
    if not house.downloads.acquire(blocking=False):
        raise CrowdedError(MOST_DOWNLOADS)
    try:
        ticket = house.desk.take(f"{user}/download")
        watch = asyncio.create_task(_leave_with(request, house, ticket))
        try:
            await house.ready.wait(ticket.cancel)
            made = await run_in_threadpool(asked.downloaded, kind, body, house, language, ticket)
        except (Replaced, CancelledError):
            return refused(409, say("page.server.replaced", language))
        finally:
            watch.cancel()
            house.desk.leave(ticket)
    finally:
        house.downloads.release()
    named = {"content-disposition": f"attachment; filename*=UTF-8''{quote(made.file_name)}"}
    return Response(made.content, headers=named, media_type=made.media_type)


async def _leave_with(request: Request, house: House, ticket: Ticket) -> None:
    """Give a ticket back when whoever asked has gone."""
    while not await request.is_disconnected():
        await asyncio.sleep(_LOOK)
    house.desk.leave(ticket)


async def results(request: Request) -> Response:
    """The results folders that may be browsed."""
    folders = house_of(request).folders
    return answer({"folders": await run_in_threadpool(folders.listed, language_of(request))})


async def results_views(request: Request) -> Response:
    """A frame of a results folder."""
    id, given, language = request.path_params["id"], dict(request.query_params), language_of(request)
    return answer(await run_in_threadpool(asked.frame_of_folder, id, given, house_of(request), language))


async def results_report(request: Request) -> Response:
    """The report of a results folder, to be kept: its styles are its own, which the page does not allow."""
    folders, language = house_of(request).folders, language_of(request)
    path = await run_in_threadpool(folders.report, request.path_params["id"], language)
    return FileResponse(path, media_type="text/html", filename=path.name)


async def results_answer(request: Request) -> Response:
    """A figure or table of an answer."""
    house, language = house_of(request), language_of(request)
    path, media_type = await run_in_threadpool(asked.file_of_answer, request.path_params, house, language)
    return FileResponse(path, media_type=media_type)


async def _wrong_input(request: Request, error: Exception) -> Response:
    """What is wrong, a line each."""
    if isinstance(error, CrowdedError):
        line = wrong("crowded", language_of(request), most=error.most)
        return refused(429, *line.lines, retry_after="2")
    return refused(400, *(lines_of(error, language_of(request)) if isinstance(error, InputError) else ()))


async def _full(request: Request, error: Exception) -> Response:
    """The machine has no room for a file that is made on the way.

    Raises:
        OSError: something else is wrong.
    """
    assert isinstance(error, OSError)
    if error.errno not in _NO_ROOM:
        raise error
    return refused(507, say("page.server.full", language_of(request), why=error.strerror))


async def _refused(request: Request, error: Exception) -> Response:
    """What there is not, or is not asked for in this way."""
    assert isinstance(error, HTTPException)
    id = "method" if error.status_code == 405 else "not_found"
    status = error.status_code if error.status_code in (404, 405) else 400
    return refused(status, say(f"page.server.{id}", language_of(request)))

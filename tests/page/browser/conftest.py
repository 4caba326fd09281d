"""The page's real server on a port of its own, and a real browser in front of it."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip
REPLICATES = 4
PATIENCE = 60.0


class Served:
    """A server in a thread, that can be stopped and started again at the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        """Listen, and wait until runs can begin."""
        import uvicorn

        from sim.page.app import create_app
        from sim.page.settings import Settings

        settings = Settings(world="synthetic:60", port=self.port, replicates=REPLICATES, warm=False)
        self.app = create_app(settings)
        self._server = uvicorn.Server(uvicorn.Config(self.app, port=self.port, log_level="error"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        wait("the server", lambda: self._server.started)

    def stop(self) -> None:
        """Stop answering."""
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(20)


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait[T](what: str, condition: Callable[[], T]) -> T:
    """What the condition gives, as soon as it is something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    pytest.fail(f"waited {PATIENCE:g} s in vain: {what}")


def refined(page: Page, view: str = "") -> bool:
    """Whether the runs of what the page shows now are all in."""
    done = page.evaluate("document.body.dataset.done ?? ''")
    return bool(done.startswith(view) and done.endswith(f" {REPLICATES}"))


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """The page's server."""
    pytest.importorskip("starlette", reason="needs the extra `page`")
    server = Served()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="the page is NOT TESTED, for want of Playwright"
    )
    if CHROMIUM is None:
        pytest.skip("the page is NOT TESTED, for want of a browser: apt install chromium")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield found
        found.close()


type Open = Callable[..., Page]


@pytest.fixture
def visit(served: Served, browser: Browser) -> Iterator[Open]:
    """Opens the page in a browser of its own; afterwards nothing may have gone wrong in it."""
    contexts, faults = [], []

    def visited(link: str = "", lang: str = "en", **options: Any) -> Page:
        context = browser.new_context(
            locale="ja-JP" if lang == "ja" else "en-GB", reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if "Security Policy" in told.text else None)
        page.on("request", lambda asked: faults.append(asked.url) if _leaves(asked.url, served) else None)
        page.goto(served.address + link)
        wait("the first results", lambda: refined(page))
        return page

    yield visited
    for context in contexts:
        context.close()
    assert not faults


def _leaves(url: str, served: Served) -> bool:
    return not url.startswith((served.address, "blob:", "data:"))

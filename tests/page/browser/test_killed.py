"""The real command killed while a page is open: the page says so, finds it again, and keeps its scenario."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.page.browser.conftest import free_port, wait
from tests.page.browser.test_page import give, levers

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[3]


@contextmanager
def command(port: int, cache: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """``sim page`` in a process of its own, once it has told its address."""
    options = ["page", "--port", str(port), "--no-open", "--world", "synthetic:60"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | ({"SIM_CACHE_DIR": str(cache)} if cache else {})
    process = subprocess.Popen(
        [sys.executable, "-m", "sim.cli", *options], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert process.stdout is not None and str(port) in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_server_that_is_killed_is_told_and_found_again(browser: Browser) -> None:
    port = free_port()
    page = browser.new_context(locale="en-GB").new_page()
    with command(port) as process:
        page.goto(f"http://127.0.0.1:{port}/")
        wait("results", lambda: page.evaluate("document.body.dataset.done"))
        give(page, "subsidy", 500)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait("the word", lambda: "does not answer" in page.inner_text("#server"))
        give(page, "subsidy", 700)
        link = page.evaluate("location.hash")
    with command(port):
        wait("the server again", lambda: page.inner_text("#server") == "")
        wait("results", lambda: page.evaluate("document.body.dataset.done"))
        assert levers(page)["subsidy"] == {"2019": 700} and page.evaluate("location.hash") == link
        assert "95%" in page.inner_text("#answer")


@pytest.mark.slow
def test_nothing_outlives_a_page_that_is_killed(tmp_path: Path) -> None:
    """Neither what compiles the model nor what makes the drawing library, both begun in an empty cache."""
    with command(free_port(), tmp_path) as process:
        parent = psutil.Process(process.pid)
        wait("children", lambda: len(parent.children(recursive=True)) >= 2)
        children = parent.children(recursive=True)
        process.kill()
        process.wait()
        # whoever compiles ends after the function that it is at
        wait("their end", lambda: not any(lives(child) for child in children))


def lives(process: psutil.Process) -> bool:
    """Whether a process still does something; a dead one may wait for ever to be asked how it ended."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False

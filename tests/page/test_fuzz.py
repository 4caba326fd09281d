"""Fuzzed requests to a real server, and fuzzed links: no 5xx, no hang, nothing that was not foreseen."""

from __future__ import annotations

import json
import logging
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from sim.page.mistakes import MistakesError
from sim.page.state import scenarios_of, state_of_fragment
from tests.page import fuzz
from tests.page.served import SMALL, Visitor, served, until

#: Seconds within which every answer is whole; a report with figures takes some on a busy machine.
HANGS = 120.0
COUNTS = (500, pytest.param(10_000, marks=pytest.mark.slow))


class Told(logging.Handler):
    """What the server writes where something was not foreseen."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record))


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    """Asks a server that has to be well in the end: nothing under way, no thread left, nothing written."""
    told = Told()
    for name in ("sim.page", "uvicorn", "asyncio"):
        logging.getLogger(name).addHandler(told)
    with served(replace(SMALL, rate=1e6)) as (found, house):
        before = threading.active_count()
        yield found
        until(lambda: house.desk.queue == 0)
        until(lambda: threading.active_count() <= before + 40)  # those of Starlette's pool stay
        assert found.json("/api/health")[1]["ready"]
    assert not told.lines


@pytest.mark.parametrize("count", COUNTS)
def test_fuzzed_bodies(visitor: Visitor, count: int) -> None:
    chance = random.Random(7)
    for _ in range(count // 2):
        path, body = fuzz.target(chance), fuzz.content(chance)
        started = time.monotonic()
        status, headers, content = visitor.ask(path, body)
        assert status < 500 and time.monotonic() - started < HANGS, (path, body, content)
        assert b"Traceback" not in content, body
        if status != 200:
            assert headers["content-type"] == "application/json" and json.loads(content)["lines"], body


@pytest.mark.parametrize("count", COUNTS)
def test_fuzzed_addresses(visitor: Visitor, count: int) -> None:
    chance = random.Random(8)
    for _ in range(count // 10):
        request = f"GET {fuzz.address(chance)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        answer = spoken(visitor.port, request.encode("utf-8", "surrogateescape"))
        assert well(answer), (request, answer[:500])
        assert b"root:" not in answer and b"import annotations" not in answer, request


@pytest.mark.parametrize("count", COUNTS)
def test_fuzzed_requests_byte_for_byte(visitor: Visitor, count: int) -> None:
    chance = random.Random(9)
    for _ in range(count // 5):
        request = fuzz.raw(chance)
        answer = spoken(visitor.port, request)
        assert well(answer), (request[:2_000], answer[:500])


@pytest.mark.parametrize("count", COUNTS)
def test_fuzzed_links(count: int) -> None:
    chance = random.Random(10)
    for _ in range(count // 5):
        link = fuzz.fragment(chance)
        started = time.monotonic()
        with suppress(MistakesError):
            scenarios_of(state_of_fragment(link))
        assert time.monotonic() - started < HANGS, link


def test_a_body_that_is_cut_off_is_nobodys_fault(visitor: Visitor) -> None:
    head = "POST /api/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    assert well(spoken(visitor.port, f"{head}Content-Length: 10\r\n\r\n{{".encode()))


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_chunks_that_are_none_are_hung_up_on(visitor: Visitor, method: str) -> None:
    head = f"{method} /api/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    assert well(spoken(visitor.port, f"{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode()))


def spoken(port: int, request: bytes) -> bytes:
    """All that the server says to some bytes; nothing more is sent."""
    with socket.create_connection(("127.0.0.1", port), HANGS) as line:
        try:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was refused before it was whole
        said = b""
        try:
            while more := line.recv(65_536):
                said += more
        except ConnectionResetError:
            pass
        return said


def well(answer: bytes) -> bool:
    """Whether an answer is none of 5xx, but for the library that is not made here, and tells no code."""
    first = answer.split(b"\r\n", 1)[0]
    return b"Traceback" not in answer and not (b" 50" in first[:14] and b"drawing library" not in answer)

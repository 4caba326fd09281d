"""Who may ask what: real requests, right and wrong, to a real server."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.page import serving
from sim.page.security import MOST_BODY, Guard, Rates
from tests.page.served import SMALL, Visitor, served, until, wanted


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    with served(replace(SMALL, rate=10_000.0)) as (found, _):
        yield found


def refused(answer: tuple[int, dict[str, str], bytes]) -> int:
    """The status of an answer that is a line in JSON."""
    status, headers, content = answer
    assert headers["content-type"] == "application/json"
    lines = json.loads(content)["lines"]
    assert lines and all(line and "\n" not in line and "Traceback" not in line for line in lines)
    assert "script-src 'self'" in headers["content-security-policy"]
    return status


def test_a_host_of_another_name_is_refused(visitor: Visitor) -> None:
    for host in ("evil.example", f"evil.example:{visitor.port}", "127.0.0.1.evil.example", "", "[", "a b"):
        assert refused(visitor.ask("/api/health", Host=host)) == 403
    for host in (f"localhost:{visitor.port}", "127.0.0.1", "[::1]:80", "LOCALHOST"):
        assert visitor.ask("/api/health", Host=host)[0] == 200


def test_another_site_is_refused(visitor: Visitor) -> None:
    own = f"http://127.0.0.1:{visitor.port}"
    for origin in (
        "http://evil.example", "null", f"http://localhost:{visitor.port}", "http://127.0.0.1", "", "://",
        "http://[::1", "http://]", "http://[v1.x]", "http://a\xe2\x84\x80b", f"{own}/", f"http://{own}",
    ):  # fmt: skip
        assert refused(visitor.ask("/api/check", {}, Origin=origin)) == 403
    assert visitor.ask("/api/check", {"state": {"v": 1}}, Origin=own)[0] == 200
    assert refused(visitor.ask("/api/health", Sec_Fetch_Site="cross-site")) == 403
    assert visitor.ask("/api/health", Sec_Fetch_Site="same-origin")[0] == 200


def test_a_page_that_others_reach_asks_for_its_token() -> None:
    with served(replace(SMALL, host="0.0.0.0", token="right")) as (visitor, _):
        assert refused(visitor.ask("/api/health")) == 401
        assert refused(visitor.ask("/")) == 401
        assert refused(visitor.ask("/?token=wrong")) == 401
        assert refused(visitor.ask("/api/health?token=right")) == 401
        assert refused(visitor.ask("/api/health", Authorization="Bearer righ")) == 401
        assert refused(visitor.ask("/api/health", Host="evil.example", Authorization="Bearer right")) == 403
        status, headers, _ = visitor.ask("/?token=right&lang=ja")
        assert (status, headers["location"]) == (303, "/?lang=ja")
        cookie = headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert visitor.ask("/api/health", Cookie=cookie.split(";")[0])[0] == 200
        assert visitor.ask("/api/health", Host="192.0.2.7:80", Authorization="Bearer right")[0] == 200


def test_pages_of_one_machine_keep_their_tokens_apart() -> None:
    """Browsers hand a cookie to all ports of a name."""
    settings = replace(SMALL, host="0.0.0.0", token="same")
    with served(settings) as (one, _), served(settings) as (other, _):
        cookies = [page.ask("/?token=same")[1]["set-cookie"].split("=")[0] for page in (one, other)]
    assert len(set(cookies)) == 2


def test_who_connects_and_asks_for_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.3)
    with served() as (visitor, _):
        silent, slow = (socket.create_connection(("127.0.0.1", visitor.port), 20) for _ in range(2))
        with silent, slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost: loc")
            assert slow.recv(1) == silent.recv(1) == b""


def test_who_was_answered_has_no_longer_to_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever bytes come meanwhile, of a head or of a body that was refused unread."""
    monkeypatch.setattr(serving, "PATIENCE", 0.5)
    get = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    post = get.replace(b"GET", b"POST").replace(b"\r\n\r\n", b"\r\nContent-Length: 999999\r\n\r\n")
    with served() as (visitor, _):
        for first in (get, get * 3, post):
            with socket.create_connection(("127.0.0.1", visitor.port), 20) as line:
                line.sendall(first)
                assert line.recv(65_536).startswith(b"HTTP/1.1 ")
                line.sendall(get[:30])
                assert _trickled(line, b"x", 5.0) < 2.0
        with socket.create_connection(("127.0.0.1", visitor.port), 20) as line:
            for _ in range(4):  # longer than its patience with one request
                line.sendall(get)
                time.sleep(0.25)
                assert line.recv(65_536).startswith(b"HTTP/1.1 200")


def _trickled(line: socket.socket, piece: bytes, most: float) -> float:
    """Seconds until the other side hangs up on one who sends a piece ten times a second."""
    begun = time.monotonic()
    line.settimeout(0.1)
    while time.monotonic() - begun < most:
        try:
            line.sendall(piece)
            if not line.recv(65_536):
                break
        except TimeoutError:
            pass
        except OSError:
            break
    return time.monotonic() - begun


def test_who_does_not_read_an_answer_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.5)
    (tmp_path / "large.js").write_bytes(b" " * 30_000_000)
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 1)
    with served(replace(SMALL, static=tmp_path)) as (visitor, _):
        with visitor.asked("/static/large.js") as response:
            while piece := response.read(1_000_000):  # slowly, but on and on
                assert piece.isspace()
                time.sleep(0.05)
        for path in ("/static/large.js", "/api/health"):
            with visitor.asked(path):
                until(lambda: _answers(visitor), 5.0)


def test_connections_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes one of the handles that a process has: without any left, nobody is answered."""
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 20)
    with served() as (visitor, _):
        held = [socket.create_connection(("127.0.0.1", visitor.port), 20) for _ in range(20)]
        assert not _answers(visitor)
        for line in held:
            line.close()
        until(lambda: _answers(visitor))


def _answers(visitor: Visitor) -> bool:
    try:
        return visitor.ask("/api/health")[0] == 200
    except OSError:
        return False


def test_large_wrong_and_slow_bodies_are_refused(visitor: Visitor) -> None:
    assert refused(visitor.ask("/api/check", b"x" * (MOST_BODY + 1))) == 413
    assert refused(visitor.ask("/api/check", b"{}", Content_Type="text/plain")) == 415
    assert refused(visitor.ask("/api/check", b"{")) == 400
    assert refused(visitor.ask("/api/check", b'{"state": NaN}')) == 400
    assert refused(visitor.ask("/api/check", b'{"a":' * 5_000 + b"1" + b"}" * 5_000)) == 400
    assert refused(visitor.ask("/api/check", b"[" * 200_000)) == 400
    assert refused(visitor.ask("/api/check", b"[1, 2]")) == 400


def test_a_body_in_pieces_is_counted(visitor: Visitor) -> None:
    with socket.create_connection(("127.0.0.1", visitor.port), 20) as line:
        head = "POST /api/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        line.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        piece = b"%x\r\n%s\r\n" % (65_536, b" " * 65_536)
        answered = b""
        try:
            for _ in range(MOST_BODY // 65_536 + 1):
                line.sendall(piece)
            answered = line.recv(4_096)
        except OSError:
            answered = answered or line.recv(4_096)
        assert b" 413 " in answered.splitlines()[0]


def test_nothing_that_is_sent_begins_a_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Any, *_: Any) -> None:
        raise LookupError(f"not found:\n{scope['path']}")

    async def send(_: Any) -> None: ...

    scope = {
        "type": "http", "method": "GET", "path": "/\nFORGED\u2028FORGED" + "x" * 1_000,
        "headers": [(b"host", b"localhost")],
    }  # fmt: skip
    with ThreadPoolExecutor(1) as thread:  # a browser of other tests may have its loop in this one
        thread.submit(lambda: asyncio.run(Guard(broken, SMALL)(scope, broken, send))).result()
    first, *others = caplog.messages[0].splitlines()
    assert first.startswith("the page failed at /\\nFORGED") and len(first) == 200
    assert others and all(line.startswith("  ") for line in others)


def test_what_is_not_there_or_is_not_asked_so_is_a_line(visitor: Visitor) -> None:
    assert refused(visitor.ask("/nothing")) == 404
    assert refused(visitor.ask("/static/nothing.js")) == 404
    assert refused(visitor.ask("/api/run")) == 405
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
        assert refused(visitor.ask("/api/health", method=method)) == 405
    assert refused(visitor.ask("/api/run", wanted("not a user!"))) == 400
    assert refused(visitor.ask("/api/run", wanted(replicates=10_000))) == 400
    assert refused(visitor.ask("/api/run", wanted(year="2030"))) == 400
    japanese = visitor.json("/nothing?lang=ja")[1]["lines"][0]
    assert japanese == "ここには何もありません"


def test_nothing_outside_of_static_is_reached(visitor: Visitor) -> None:
    for path in (
        "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/....//app.py",
        "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/..\\app.py", "/static/%00", "/app.py",
        "/../etc/passwd", "/static/static/../../security.py", "//etc/passwd", "/static/..%c0%afapp.py",
    ):  # fmt: skip
        status, _, content = visitor.ask(path)
        assert status in (400, 404), path
        assert b"import" not in content and b"root:" not in content


def test_every_answer_has_the_policy(visitor: Visitor) -> None:
    for path in ("/", "/vega.js", "/api/health", "/api/specs", "/static/nothing"):
        headers = visitor.ask(path)[1]
        assert headers["content-security-policy"].startswith("default-src 'self'; script-src 'self'"), path
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    with visitor.asked("/api/run", wanted()) as response:
        assert "frame-ancestors 'none'" in str(response.getheader("Content-Security-Policy"))


def test_too_many_requests_are_refused() -> None:
    with served(replace(SMALL, rate=5.0)) as (visitor, _):
        found = [visitor.ask("/api/health") for _ in range(15)]
        assert [answer[0] for answer in found[:5]] == [200] * 5
        assert refused(found[-1]) == 429


def test_rates_are_those_of_each_address() -> None:
    rates = Rates(1.0)
    assert [rates.allows("a") for _ in range(4)] == [True, True, False, False]
    assert rates.allows("b")

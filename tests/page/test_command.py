"""``sim page`` as it is typed."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from sim.cli import main
from tests.page.served import Visitor, until

ROOT = Path(__file__).parents[2]


def test_the_command_tells_its_address_and_ends_with_ctrl_c() -> None:
    command = [sys.executable, "-m", "sim.cli", "page", "--port", "0", "--no-open", "--world", "synthetic:40"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)/$", process.stdout.readline().strip())
        assert found is not None
        visitor = Visitor(int(found[1]))
        status, health = visitor.json("/api/health")
        assert status == 200 and {"ready", "compiling", "model", "queue"} <= set(health)
        until(lambda: visitor.json("/api/health")[1]["ready"])
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert "Traceback" not in process.stdout.read()
    finally:
        process.kill()


def test_more_who_connect_than_there_are_handles_are_told_of_in_a_line() -> None:
    command = [sys.executable, "-m", "sim.cli", "page", "--port", "0", "--no-open", "--world", "synthetic:40"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    few = partial(resource.setrlimit, resource.RLIMIT_NOFILE, (60, 60))
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, preexec_fn=few
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = re.search(r":(\d+)/$", process.stdout.readline().strip())
        assert found is not None
        visitor = Visitor(int(found[1]))
        until(lambda: visitor.json("/api/health")[1]["ready"])
        with ExitStack() as idle:
            for _ in range(100):
                idle.enter_context(socket.create_connection(("127.0.0.1", int(found[1])), 5))
            time.sleep(2)
        until(lambda: visitor.json("/api/health")[0] == 200)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        told = process.stdout.read()
        assert "Traceback" not in told and told.count("more files are open than may be") == 1, told[:2_000]
    finally:
        process.kill()


def test_what_cannot_be_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for options, word in (
            (["--port", port], port),
            (["--world", "jpan"], "japan"),
            (["--results", str(tmp_path / "none")], "--results"),
            (["--host", "no such host"], "--host"),
            (["--workers", "0"], "--workers"),
        ):
            assert main(["page", "--no-open", *options]) == 2
            error = capsys.readouterr().err
            assert word in error and error.count("\n") == 1


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.cli.paging.find_spec", lambda name: None)
    assert main(["page", "--no-open"]) == 2
    assert "sdgs-partnership-sim[page]" in capsys.readouterr().err

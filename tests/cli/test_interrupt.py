"""Ctrl-C is not lost where compiled code calls Python back."""

from __future__ import annotations

import ctypes
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from sim.cli.stages import Stages

#: Seconds; longer than Ctrl-C takes on any machine.
LONG = 10.0


def run(work: Callable[[], None]) -> None:
    """Do the work as a command does, with its stages shown."""
    with Stages(quiet=True).shown():
        work()


def called_back(work: Callable[[], None]) -> None:
    """Do the work as LLVM does: called from C, which has no way to pass an exception on."""
    ctypes.CFUNCTYPE(None)(work)()


def press() -> None:
    """Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is reported of exceptions that Python drops."""
    found: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: found.append(unraisable.exc_type))
    return found


def test_ctrl_c_in_a_callback_ends_the_command(reported: list[Any]) -> None:
    def work() -> None:
        called_back(press)
        time.sleep(LONG)

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(work)
    assert time.monotonic() - begun < LONG / 2
    assert reported == []


@pytest.mark.usefixtures("reported")
def test_what_fails_because_of_ctrl_c_is_no_error() -> None:
    def work() -> None:
        called_back(press)
        raise RuntimeError("no compiled object yet")

    with pytest.raises(KeyboardInterrupt):
        run(work)


@pytest.mark.usefixtures("reported")
def test_a_command_that_ends_at_ctrl_c_is_not_taken_for_done() -> None:
    with pytest.raises(KeyboardInterrupt):
        run(lambda: called_back(press))


def test_what_ctrl_c_cut_short_is_not_reported(reported: list[Any]) -> None:
    class Half:
        def __del__(self) -> None:
            raise AttributeError("_as_parameter_")

    def work() -> None:
        half = Half()
        try:
            press()
        finally:
            del half

    with pytest.raises(KeyboardInterrupt):
        run(work)
    assert reported == []


def test_without_ctrl_c_errors_are_as_they_were(reported: list[Any]) -> None:
    def fail() -> NoReturn:
        raise ValueError("dropped")

    def work() -> None:
        called_back(fail)
        raise RuntimeError("as it is")

    before = (signal.getsignal(signal.SIGINT), sys.unraisablehook)
    with pytest.raises(RuntimeError, match="as it is"):
        run(work)
    assert reported == [ValueError]
    assert (signal.getsignal(signal.SIGINT), sys.unraisablehook) == before


def test_what_else_is_arranged_for_ctrl_c_stays() -> None:
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        run(press)
    finally:
        signal.signal(signal.SIGINT, before)
    assert pressed == [signal.SIGINT]

"""What comes after the runs is imported while they are under way, and nothing depends on it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim.cli import ahead

PROBE = """
import sys
from sim.cli.ahead import LATER, import_ahead
import_ahead().join()
assert {*LATER, "matplotlib", "pandas"} <= set(sys.modules)
"""


def test_all_of_it_is_imported() -> None:
    subprocess.run([sys.executable, "-c", PROBE], check=True, timeout=300)


def test_what_cannot_be_imported_is_left_to_whoever_needs_it(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ahead, "LATER", ("sim.no_such_module",))
    ahead.import_ahead().join()
    assert capfd.readouterr().err == ""

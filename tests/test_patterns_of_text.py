"""No regular expression takes long over a text that was made to make it: all of the package are tried."""

from __future__ import annotations

import re
import time
from importlib import import_module
from pkgutil import walk_packages

import pytest

import sim
from sim.text.mistakes import told

LONG = 20_000
#: What a pattern tries in many ways where two of its parts take the same letters.
RUNS = (
    "1", "1,", "1_", "1.", "111,", ",", ".", "_", "-", "- ", " ", "\t", "a", "a ", "a:1:", ":1:1:",
    "=", "= 1", "(", "[", "日", "年", "x: ", "; ", "'", "1e", "+", "／", "\n", "\r", "a-", "#1.",
    "must be 1 to 2, not 3; ",
)  # fmt: skip
#: These are held against the beginning of a text only.
AT_THE_BEGINNING = ("TEMPORARY", "WIDE", "_CONDITION", "_KEY", "_PLACE")
#: A linear one takes thousandths of a second, one that tries all ways at least some seconds.
MOST_SECONDS = 1.0


def _compiled() -> dict[str, re.Pattern[str]]:
    """Patterns of texts by module and name."""
    found = {}
    for module in walk_packages(sim.__path__, "sim."):
        if not module.name.endswith(("__main__", "sim.mesa.viz")):  # what runs, or needs another package
            for name, value in vars(import_module(module.name)).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    found[f"{module.name}.{name}"] = value
    return found


@pytest.mark.parametrize(("name", "pattern"), list(_compiled().items()), ids=lambda one: str(one)[:80])
def test_no_pattern_takes_long_over_a_text(name: str, pattern: re.Pattern[str]) -> None:
    for run in RUNS:
        for start in ("", "a", "-"):
            text = start + run * (LONG // len(run)) + "!"
            began = time.process_time()
            pattern.fullmatch(text)
            pattern.match(text)
            if not name.endswith(AT_THE_BEGINNING):
                pattern.search(text)
            assert time.process_time() - began < MOST_SECONDS, f"{name}: {start!r} and many {run!r}"


@pytest.mark.parametrize("run", [run for run in RUNS if "\n" not in run and "\r" not in run])
def test_no_mistake_takes_long_to_tell_in_japanese(run: str) -> None:
    began = time.process_time()
    told("e.yaml:1:1: scenarios.0: " + run * (LONG // len(run)), "ja")
    assert time.process_time() - began < MOST_SECONDS

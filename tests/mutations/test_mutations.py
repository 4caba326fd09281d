"""The twin and the checks can fail: each mutation breaks the kernel on purpose, and somebody notices."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim.acts.quarter import QUARTER
from sim.kernel.sources import PACKAGE
from tests.mutations.__main__ import SOUND
from tests.mutations.page import page
from tests.mutations.table import KINDS, MUTATIONS, OUTSIDE
from tests.mutations.verdict import Verdict

ROOT = Path(__file__).parents[2]

PAGE = ROOT / "docs" / "mutations.md"


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    """The verdict on every mutation; a process of its own, in which numba compiles nothing."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.mutations"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    return {line.pop("name"): Verdict(**line) for line in lines}


def test_nobody_complains_of_the_sound_kernel(verdicts: dict[str, Verdict]) -> None:
    assert verdicts[SOUND] == Verdict("", "")


@pytest.mark.parametrize("name", [name for name in MUTATIONS if not MUTATIONS[name].survives])
def test_a_broken_kernel_is_noticed(name: str, verdicts: dict[str, Verdict]) -> None:
    """By the check that is named, if one is; else by the twin or any check."""
    assert verdicts[name].check == MUTATIONS[name].check if MUTATIONS[name].check else any(verdicts[name])


@pytest.mark.parametrize("name", [name for name in MUTATIONS if MUTATIONS[name].survives])
def test_survivors_survive(name: str, verdicts: dict[str, Verdict]) -> None:
    assert verdicts[name] == Verdict("", "")


def test_every_act_is_broken_in_some_way() -> None:
    acts = [act.__name__ for act in QUARTER]
    assert {mutation.act for mutation in MUTATIONS.values()} == {*acts, *OUTSIDE}


def test_every_file_of_rules_and_acts_is_broken_in_some_way() -> None:
    paths = [path for folder in ("agents", "acts") for path in (PACKAGE / folder).glob("*.py")]
    listing = {"__init__", "quarter"}  # which call nothing but acts
    modules = {path.relative_to(PACKAGE).as_posix() for path in paths if path.stem not in listing}
    assert modules <= {mutation.file for mutation in MUTATIONS.values()}


def test_every_kind_of_mistake_is_tried() -> None:
    assert {mutation.kind for mutation in MUTATIONS.values()} == set(KINDS)


def test_the_page_says_what_happens(verdicts: dict[str, Verdict]) -> None:
    found = {name: verdict for name, verdict in verdicts.items() if name != SOUND}
    assert PAGE.read_text() == page(found), "run python -m tests.mutations --write docs/mutations.md"

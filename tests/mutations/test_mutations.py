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
from tests.mutations.page import line, page, row
from tests.mutations.sample import SAMPLE
from tests.mutations.table import KINDS, MUTATIONS, OUTSIDE
from tests.mutations.verdict import Verdict

ROOT = Path(__file__).parents[2]

PAGE = ROOT / "docs" / "mutations.md"


NOTICED = [name for name in MUTATIONS if not MUTATIONS[name].survives]
REST = [name for name in MUTATIONS if name not in SAMPLE]


def tried(names: list[str]) -> dict[str, Verdict]:
    """The verdict on each; a process of its own, in which numba compiles nothing."""
    words = [sys.executable, "-m", "tests.mutations", *names]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    return {line.pop("name"): Verdict(**line) for line in lines}


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    """On the sound kernel, and on mutations that touch every act, file, kind and check."""
    return tried([SOUND, *SAMPLE])


@pytest.fixture(scope="module")
def others() -> dict[str, Verdict]:
    return tried(REST)


def test_nobody_complains_of_the_sound_kernel(verdicts: dict[str, Verdict]) -> None:
    assert verdicts[SOUND] == Verdict("", "")


def noticed(name: str, verdict: Verdict) -> bool:
    """By the check that is named, if one is; else by the twin or any check."""
    return verdict.check == MUTATIONS[name].check if MUTATIONS[name].check else any(verdict)


@pytest.mark.parametrize("name", [name for name in NOTICED if name in SAMPLE])
def test_a_broken_kernel_is_noticed(name: str, verdicts: dict[str, Verdict]) -> None:
    assert noticed(name, verdicts[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NOTICED if name not in SAMPLE])
def test_every_other_broken_kernel_is_noticed(name: str, others: dict[str, Verdict]) -> None:
    assert noticed(name, others[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in MUTATIONS if MUTATIONS[name].survives])
def test_survivors_survive(name: str, others: dict[str, Verdict]) -> None:
    assert others[name] == Verdict("", "")


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


def test_the_sample_touches_every_act_file_kind_and_check() -> None:
    sample = [MUTATIONS[name] for name in SAMPLE]
    for field in ("act", "file", "kind", "check", "shared"):
        everywhere = {getattr(mutation, field) for mutation in MUTATIONS.values()}
        assert {getattr(mutation, field) for mutation in sample} == everywhere, field


def test_the_page_tells_of_every_mutation_and_what_happens_in_the_sample(
    verdicts: dict[str, Verdict],
) -> None:
    said = PAGE.read_text().splitlines()
    for name, mutation in MUTATIONS.items():
        if name in SAMPLE:
            assert line(row(name, mutation, verdicts[name])) in said
        else:
            start = line(row(name, mutation, Verdict("", ""))[:-2])
            assert any(written.startswith(start) for written in said), name


@pytest.mark.slow
def test_the_page_says_what_happens(verdicts: dict[str, Verdict], others: dict[str, Verdict]) -> None:
    found = {name: (verdicts | others)[name] for name in MUTATIONS}
    assert PAGE.read_text() == page(found), "run python -m tests.mutations --write docs/mutations.md"

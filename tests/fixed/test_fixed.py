"""No number that steers the model hides in an act or rule: it is a parameter, or listed with its reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sim.kernel.sources import PACKAGE
from tests.fixed.effects import compared
from tests.fixed.page import beginning
from tests.fixed.scan import numbers, numbers_of
from tests.fixed.table import DESIGN, ELSEWHERE, IDENTITIES, Change

PAGE = PACKAGE.parent / "docs" / "fixed_by_design.md"
LISTED = Counter(number for fixed in (*DESIGN, *IDENTITIES) for number in fixed.numbers)
MEASURED = (*DESIGN, *ELSEWHERE)


def test_every_number_is_a_parameter_or_listed() -> None:
    """If not: make it a parameter or, where it is none, a row of ``tests/fixed/table.py``."""
    assert sorted(numbers() - set(LISTED)) == []


def test_nothing_is_listed_that_is_gone_or_listed_twice() -> None:
    assert sorted(set(LISTED) - numbers()) == []
    assert [number for number, times in LISTED.items() if times > 1] == []


@pytest.mark.parametrize("change", [c for fixed in MEASURED for c in (*fixed.half, *fixed.double)])
def test_what_is_halved_and_doubled_stands_once_in_its_file(change: Change) -> None:
    assert (PACKAGE / change.file).read_text().count(change.old) == 1
    assert change.new != change.old


def test_every_row_says_why_and_sizes_are_halved_and_doubled() -> None:
    assert all(fixed.what and fixed.why for fixed in (*MEASURED, *IDENTITIES))
    assert all(fixed.half and fixed.double for fixed in MEASURED)
    names = [fixed.what for fixed in (*MEASURED, *IDENTITIES)]
    assert len(set(names)) == len(names)


def test_the_page_has_every_row_and_no_other() -> None:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    rows = [line for line in lines if not line.startswith(("| --- ", "| Number |"))]
    wanted = [f"| {beginning(fixed)} |" for fixed in (*MEASURED, *IDENTITIES)]
    assert [line[: len(start)] for line, start in zip(rows, wanted, strict=True)] == wanted


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(a):\n    return 0.3 + 0.7 * a", {0.3, 0.7}),
        ("def f(a):\n    return -0.5 * a", {0.5}),
        ("TRIES = 6", {6.0}),
        ("def f(a):\n    return a * (1.0 - a) - 1 + 0", set()),
        ("def f(x, i):\n    return x[i, 2] + x[3]", set()),
        ("def f(x, i):\n    return x[2 * i]", {2.0}),
        ("def f(x):\n    for i in range(5):\n        x[i] = 0", {5.0}),
        ("A, B, C = range(3)", set()),
        ("A, B = 0.2, 0.4", {0.2, 0.4}),
        ("def f(a=0.45):\n    return a > 1e-3", {0.45, 1e-3}),
    ],
)
def test_numbers_are_found(source: str, found: set[float], tmp_path: Path) -> None:
    path = tmp_path / "rule.py"
    path.write_text(source)
    assert {number.value for number in numbers_of(path)} == found


def test_effects_are_paired_and_in_per_cent() -> None:
    usual = [[100.0, 1.0], [120.0, 3.0]] * 4
    changed = [[one + 11.0, 2.0 * other] for one, other in usual]
    deals, progress = compared(changed, usual)
    assert deals == pytest.approx((10.0, 0.0))
    assert progress.percent == pytest.approx(100.0)
    assert progress.margin > 10.0

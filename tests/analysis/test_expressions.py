from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.expressions import Known, read_expression
from sim.errors import InputError

KNOWN = Known(
    ("matching_first", "subsidy_first", "plan-b"),
    ("deals_signed", "adoption_share"),
    ("posting_rate", "esg_finance.guarantee_cover", "award"),
    "deals_signed",
)
A = np.array([[1.0, 5.0], [3.0, np.nan]])
B = np.array([[2.0, 4.0], [3.0, 1.0]])
VALUES = {
    ("matching_first", "deals_signed"): A,
    ("subsidy_first", "deals_signed"): B,
    ("subsidy_first", "adoption_share"): B / 10.0,
    ("plan-b", "deals_signed"): B + 1.0,
}
FACTORS = {
    "posting_rate": np.array([[0.5], [2.0]]),
    "esg_finance.guarantee_cover": np.array([[0.0], [1.0]]),
    "award": np.array([["lottery"], ["need_weighted"]], object),
}


def held(text: str) -> list[list[float]]:
    found = read_expression(text, KNOWN).condition(VALUES, FACTORS)
    return [[-1.0 if np.isnan(value) else value for value in row] for row in found.tolist()]


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("matching_first < subsidy_first", [[1, 0], [0, -1]]),
        ("subsidy_first.adoption_share >= 0.3", [[0, 1], [1, 0]]),
        ("subsidy_first > 1.5 and posting_rate > 1", [[0, 0], [1, 0]]),
        ("not (subsidy_first > 3) or esg_finance.guarantee_cover == 1", [[1, 0], [1, 1]]),
        ("1 < subsidy_first <= 3", [[1, 0], [1, 0]]),
        ("max(subsidy_first, 'plan-b') - abs(-1) == subsidy_first", [[1, 1], [1, 1]]),
        ("subsidy_first < percentile(subsidy_first, 50)", [[1, 0], [0, 1]]),
        ("award == 'lottery' and subsidy_first > 0", [[1, 1], [0, 0]]),
        ("matching_first / 0 > 1", [[1, 1], [1, -1]]),
        ("(subsidy_first - 3) / (matching_first - 3) < 2", [[1, 1], [-1, -1]]),
        ("not (subsidy_first - 3) / (matching_first - 3) >= 2", [[1, 1], [-1, -1]]),
    ],
)
def test_conditions(text: str, answers: list[list[float]]) -> None:
    assert held(text) == answers


def test_quantities() -> None:
    found = read_expression("matching_first - subsidy_first", KNOWN, "--of").quantity(VALUES, FACTORS)
    np.testing.assert_array_equal(found, [[-1.0, 1.0], [0.0, np.nan]])


def test_one_scenario_needs_no_name() -> None:
    alone = Known(("baseline",), ("deals_signed",), (), "deals_signed")
    values = {("baseline", "deals_signed"): B}
    assert read_expression("deals_signed > 2.5", alone).condition(values, {}).sum() == 2.0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "matchin_first < subsidy_first",
            "matchin_first is no scenario, outcome or factor .*mean matching_first",
        ),
        ("subsidy_first.deals_singed > 1", "no outcome deals_singed is kept, did you mean deals_signed"),
        ("deals_signed > 1", "deals_signed of which scenario.* matching_first.deals_signed"),
        ("matching_first = 1", "cannot be read .*equality is written =="),
        ("matching_first <", "cannot be read"),
        ("matching_first < < 2", "cannot be read at character 18"),
        ("matching_first & subsidy_first", "write and, or instead of &"),
        ("__import__('os').system('true') > matching_first", "is not allowed"),
        ("matching_first.__class__ > 1", "no outcome __class__ is kept"),
        ("[x for x in matching_first]", "is not allowed"),
        ("(lambda: matching_first)() > 1", "is not allowed"),
        ("matching_first ** 9999 > 1", "is not allowed"),
        ("round(matching_first) > 1", "is not allowed"),
        ("posting_rate > 1", "names no outcome of a run"),
        ("1 < 2", "names no outcome of a run"),
        ("matching_first > None", "is not allowed"),
        ("(" * 3000 + "matching_first", "more than 2,000 characters"),
        ("(" * 900 + "matching_first" + ")" * 900 + " > 1", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_what_is_wrong_is_one_clear_line(text: str, line: str) -> None:
    with pytest.raises(InputError, match=f"^--when: .*{line}") as refused:
        read_expression(text, KNOWN)
    assert len(refused.value.lines) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("matching_first - subsidy_first", "is a number where yes or no is wanted; compare it"),
        ("matching_first and subsidy_first > 1", "matching_first is a number where yes or no is wanted"),
        ("award < 'x' and matching_first > 1", "compares words and numbers, or the order of words"),
        ("matching_first == 'x'", "compares words and numbers"),
        ("(matching_first > 1) + 1 > 1", "is no number"),
    ],
)
def test_what_cannot_be_compared_is_one_clear_line(text: str, line: str) -> None:
    with pytest.raises(InputError, match=line):
        read_expression(text, KNOWN).condition(VALUES, FACTORS)

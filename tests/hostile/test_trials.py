from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.hostile.__main__ import FAMILIES
from tests.hostile.trials import Trial, tried

TRIALS = [trial for trials in FAMILIES.values() for trial in trials]
TABLE = Path(__file__).parents[2] / "docs" / "tried.md"


@pytest.mark.parametrize("trial", [trial for trial in TRIALS if trial.few], ids=lambda trial: trial.what)
def test_a_few_attempts_come_out_well(trial: Trial) -> None:
    assert tried(trial, trial.few).outcomes.total() == trial.few


@pytest.mark.slow
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.what)
def test_many_attempts_come_out_well(trial: Trial) -> None:
    assert tried(trial, trial.many - trial.few, first=trial.few).outcomes.total() == trial.many - trial.few


def test_the_table_is_of_these_trials() -> None:
    rows = re.findall(
        r"^\| (?!what \|)(.+?) \| ([\d,]+) \| ", TABLE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [what for what, _ in rows] == [trial.what for trial in TRIALS]
    times = [int(said.replace(",", "")) for _, said in rows]
    assert all(trial.few <= made <= trial.many for trial, made in zip(TRIALS, times, strict=True))

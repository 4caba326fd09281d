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
    made = {what: int(times.replace(",", "")) for what, times in rows}
    most = {trial.what: trial.many for trial in TRIALS}
    assert made
    assert all(0 < times <= most[what] for what, times in made.items())

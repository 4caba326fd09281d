"""What a command says of its progress where there is no terminal, in both languages."""

from __future__ import annotations

import time

import pytest

from sim.cli.stages import Stages
from sim.text import Language, say


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "running: 60 of 100, 3 failed, 1/s, 0:00:40 left"),
        ("ja", "実行中：100回中60回、失敗3回、毎秒1回、残り0:00:40"),
    ],
)
def test_progress_is_said_in_the_language_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: Language, line: str
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    stages = Stages(quiet=False, language=language)
    stages.runs(say("cli.running", language), 0, 100)
    now[0] = 160.0
    stages.runs(say("cli.running", language), 60, 100, failed=3)
    assert capsys.readouterr().err == f"{line}\n"

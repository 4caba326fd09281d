"""The tutorial for Mesa users works as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import mesa
import pytest

TUTORIAL = Path(__file__).parents[2] / "docs" / "mesa.md"


def test_the_code_of_the_tutorial_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 9
    here: dict[str, Any] = {}
    with mpl.rc_context({"backend": "agg"}):
        for block in blocks:
            if "mesa.batch_run" not in block or hasattr(mesa, "batch_run"):
                exec(block, here)
    said = capsys.readouterr().out
    assert said.startswith("12 quarters run, more to come: True\n")
    assert "promote the SDGs; mean awareness 0." in said
    assert "after 51 quarters, subsidies by year: {2018: 2500.0}" in said
    assert "2030Q4" in said
    assert "subsidy_first" in said or not hasattr(mesa, "batch_run")

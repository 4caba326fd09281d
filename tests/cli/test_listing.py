"""``sim check``: what an experiment takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.batch import estimate
from sim.batch.estimate import Estimate
from sim.cli import main

TEXT = "name: a\nworld: synthetic:5\nquarters: 2\nreplicates: 1\nscenarios: [baseline]\n"


@pytest.mark.parametrize(
    ("size", "told"), [(1.56e9, "1,560 MB"), (3.45678e10, "34,568 MB"), (6690.0, "0.00669 MB")]
)
def test_large_sizes_are_told_as_people_write_numbers(
    size: float,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(estimate, "estimate", lambda *_: Estimate(1.0, size, tried=True))
    assert main(["check", str(path)]) == 0
    assert f" and {told} on disk" in capsys.readouterr().out

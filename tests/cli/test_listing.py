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


FRONTIER = """
design: {method: oat}
factors:
  subsidy: {kind: lever, low: 0, high: 20_000}
  promotion: {kind: lever, low: 0, high: 20_000}
frontier:
  budget: 20_000
  objectives: {deals_signed: max, adoption_share: max}
  evaluations: 24
  population: 8
"""


def test_what_a_search_for_mixes_takes_is_told_and_what_does_not_suit_it_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT + FRONTIER, encoding="utf-8")
    monkeypatch.setattr(estimate, "estimate", lambda *_: Estimate(5.0, 1.0, tried=True))
    assert main(["check", str(path)]) == 0
    batch, search = capsys.readouterr().out.splitlines()
    assert " = 5 runs; about 0:00:05" in batch
    assert "sim frontier: 24 mixes x 4 replicates" in search and "about 372 runs; about 0:06:12" in search
    path.write_text(TEXT + FRONTIER.replace("budget: 20_000", "budget: 90_000"), encoding="utf-8")
    assert main(["check", str(path)]) == 2
    assert "frontier.budget: must be from 0 to 40,000" in capsys.readouterr().err

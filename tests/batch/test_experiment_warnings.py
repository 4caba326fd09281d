"""Warnings about an experiment file: those of its scenarios, of its factors' values and of its design."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.batch.experiment_file import load_with_sources
from sim.batch.experiment_warnings import experiment_warnings

EXPERIMENTS = sorted((Path(__file__).parents[2] / "experiments").glob("*.yaml"))

TEXT = """\
name: a
quarters: 8
scenarios: [baseline, {name: late, levers: {promotion: {2031: 5}}}]
design: {method: oat}
factors:
  contagion_neighbours: {kind: uncertainty, low: 0.005, high: 0.5}
  subsidy: {kind: lever, values: [1_000, 2_500_000], from: 2024}
"""


def test_scenarios_factors_and_design_are_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT, encoding="utf-8")
    lines = [line.removeprefix(str(path)) for line in experiment_warnings(load_with_sources(path), "en")]
    assert lines[0].startswith(":3:57: promotion: FY2031 comes after the last quarter (2020Q1)")
    assert (
        lines[1] == ":6:3: factors.contagion_neighbours: 0.5 lies outside the plausible range, 0.005 to 0.15"
    )
    assert lines[2].startswith(":7:3: factors.subsidy: 2,500,000 is JPY 2.5 trillion a fiscal year")
    assert lines[3].startswith(":7:3: factors.subsidy: holds from 2024 on, after the last quarter (2020Q1)")


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_experiments_that_come_with_the_package_warn_of_quotas_at_most(path: Path) -> None:
    """Quotas of FutureCities are varied as a policy, beyond what is plausible as an uncertainty.

    In tipping_points what is swept from FY2024 on differs between the pasts before it on purpose.
    """
    lines = experiment_warnings(load_with_sources(path), "en")
    known = ["futurecity_quota", "case_promotion"]
    known += ["takes the place of"] * path.stem.startswith("tipping_points")
    assert all(any(word in line for word in known) for line in lines)

"""The estimate of interlinkages: known answers, planted links, and the packaged table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis import interlinkages
from sim.analysis.interlinkages import (
    Estimate,
    correlations,
    estimate,
    permutation_p,
    report,
    shrinkage_intensity,
    survivors,
)
from sim.scenarios.interlinkages import interlinkage, national_scores


@pytest.fixture(scope="module")
def japan() -> Estimate:
    return estimate(national_scores(interlinkages.FIRST_YEAR, interlinkages.LAST_YEAR))


def noise(rows: int, columns: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, columns))


def test_correlations_are_those_of_numpy() -> None:
    values = noise(12, 5)
    assert correlations(values, values) == pytest.approx(np.corrcoef(values, rowvar=False))
    values[:, 2] = 7.0
    assert not correlations(values, values)[2].any()


def test_shrinkage_follows_its_formula() -> None:
    x = noise(9, 3)
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    variance = squares = 0.0
    for i in range(3):
        for j in range(3):
            if i != j:
                w = z[:, i] * z[:, j]
                variance += 9 / 8**3 * ((w - w.mean()) ** 2).sum()
                squares += (9 / 8 * w.mean()) ** 2
    assert shrinkage_intensity(x) == pytest.approx(min(1.0, variance / squares))


def test_shrinkage_is_strong_for_noise_and_weak_for_what_moves_together() -> None:
    together = noise(500, 1) + 0.1 * noise(500, 6, seed=2)
    assert shrinkage_intensity(together) < 0.01
    assert shrinkage_intensity(noise(18, 17)) > 0.8
    assert shrinkage_intensity(np.zeros((5, 3))) == 1.0


def test_p_values_count_the_shuffles_that_reach_what_was_seen() -> None:
    rng = np.random.default_rng(3)
    first = noise(30, 3)
    second = np.column_stack([first[:, 0], noise(30, 1, seed=4), np.ones(30)])
    p = permutation_p(first, second, 199, rng)
    assert p[0, 0] == 1 / 200
    assert (p[:, 2] == 1.0).all()
    assert p.min() >= 1 / 200 and p.max() <= 1.0


def test_p_values_of_noise_are_uniform() -> None:
    p = permutation_p(noise(18, 30, seed=5), noise(18, 30, seed=6), 499, np.random.default_rng(7))
    assert np.quantile(p, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.06)


def test_a_planted_link_survives_and_a_planted_lag_too() -> None:
    changes = noise(40, 8, seed=8)
    changes[:, 1] = changes[:, 0] + 0.3 * changes[:, 1]
    changes[1:, 4] = changes[:-1, 3] + 0.3 * changes[1:, 4]
    found = estimate(np.cumsum(changes, axis=0), permutations=5_000)
    assert survivors(found.same_year)[["goal_first", "goal_second"]].to_numpy().tolist() == [[1, 2]]
    assert [4, 5] in survivors(found.year_later)[["goal_first", "goal_second"]].to_numpy().tolist()
    assert [5, 4] not in survivors(found.year_later)[["goal_first", "goal_second"]].to_numpy().tolist()


def test_the_packaged_table_is_the_estimate(japan: Estimate) -> None:
    stored = pd.read_csv(interlinkages.TABLE)
    pd.testing.assert_frame_equal(stored, japan.same_year.round(4), check_dtype=False, atol=2e-4, rtol=0)
    matrix = interlinkage("estimated")
    for row in stored.itertuples():
        assert matrix[row.goal_first - 1, row.goal_second - 1] == row.link


def test_no_link_of_japan_survives(japan: Estimate) -> None:
    assert (len(japan.same_year), len(japan.year_later)) == (136, 272)
    assert survivors(japan.same_year).empty and survivors(japan.year_later).empty
    assert japan.shrinkage == pytest.approx(0.899, abs=5e-4)
    lines = report(japan).splitlines()
    assert lines[2].startswith(
        "same year: 0 of 136 links survive a false discovery rate of 5%; 6 have p < .05"
    )
    assert lines[3].startswith("a year later: 0 of 272 links survive")


def test_the_command_writes_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], japan: Estimate
) -> None:
    monkeypatch.setattr(interlinkages, "TABLE", tmp_path / "table.csv")
    monkeypatch.setattr(interlinkages, "estimate", lambda scores: japan)
    interlinkages.main([])
    written = pd.read_csv(tmp_path / "table.csv")
    pd.testing.assert_frame_equal(written, japan.same_year, check_dtype=False, atol=1e-4, rtol=0)
    assert capsys.readouterr().out.strip() == report(japan)

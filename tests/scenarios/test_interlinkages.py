"""Presets of interlinkages and drift: shapes, signs, known answers, and what they may not change."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from sim.errors import InputError
from sim.kernel.world import GOALS
from sim.scenarios.interlinkages import DRIFTS, INTERLINKAGES, drift, interlinkage, national_scores
from sim.scenarios.needs import MARKET_SIZE


@pytest.mark.parametrize("preset", INTERLINKAGES)
def test_no_goal_is_linked_to_itself(preset: str) -> None:
    matrix = interlinkage(preset)
    assert matrix.shape == (GOALS, GOALS) and matrix.dtype == np.float64
    assert not np.diag(matrix).any()
    assert np.abs(matrix).max() <= 1.0
    assert (matrix == matrix.T).all()


def test_presets_that_are_set_by_hand() -> None:
    assert not interlinkage("none").any()
    assert interlinkage("uniform").sum() == pytest.approx(GOALS * (GOALS - 1) / 3)
    assert not drift("none").any()


def test_the_estimated_preset_has_links_of_both_signs_far_below_uniform_synergy() -> None:
    links = interlinkage("estimated")[np.triu_indices(GOALS, 1)]
    assert (links != 0.0).all()
    assert 0.3 < (links > 0.0).mean() < 0.7
    assert np.abs(links).max() < 0.1


@pytest.mark.parametrize("values", [interlinkage("uniform"), interlinkage("estimated"), drift("trend")])
def test_what_is_shared_cannot_be_changed(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1.0


def test_the_trend_leads_from_2010_to_2018_in_32_quarters() -> None:
    scores = national_scores(2010, 2018) / 100.0
    state, effect = scores[0].copy(), drift("trend")
    for _ in range(32):
        gain = state + (1.0 - state) * (1.0 - np.exp(-np.maximum(effect, 0.0)))
        state = np.where(effect > 0.0, gain, state * np.exp(np.minimum(effect, 0.0)))
    assert state[:-1] == pytest.approx(scores[-1, :-1], abs=1e-12)
    assert effect[-1] == 0.0
    assert (effect < 0.0).sum() == 5  # goals 1, 4, 10, 11 and 14 fell


def test_national_scores_are_those_of_the_table() -> None:
    scores = national_scores(2000, 2018)
    assert scores.shape == (19, GOALS) and np.isfinite(scores).all()
    assert scores[0, 0] == 99.7 and scores[-1, 16] == 70.6


@pytest.mark.parametrize("preset", [*INTERLINKAGES[1:], "expert"])
def test_an_unknown_drift_is_refused(preset: str) -> None:
    with pytest.raises(InputError, match=f"drift: '{preset}' is none of {', '.join(DRIFTS)}"):
        drift(preset)


def test_an_unknown_interlinkage_is_refused() -> None:
    with pytest.raises(InputError, match="'expert' is none of none, uniform, estimated"):
        interlinkage("expert")


def test_presets_load_nothing_heavy() -> None:
    loaded = (
        "import sys, sim.scenarios.interlinkages; print({'pandas', 'scipy', 'pyarrow'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", loaded], text=True).strip() == "set()"


def test_market_size_is_relative_to_the_mean() -> None:
    assert len(MARKET_SIZE) == GOALS
    assert np.mean(MARKET_SIZE) == pytest.approx(1.0)
    assert MARKET_SIZE[16] == 1.0
    assert MARKET_SIZE[6] / MARKET_SIZE[8] == pytest.approx(803 / 426)
    order = np.argsort(MARKET_SIZE)[::-1] + 1
    assert list(order[:5]) == [7, 9, 11, 13, 5] and order[-1] == 4

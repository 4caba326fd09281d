"""Pillars and priority areas: means over the right goals, in the order and with the keys of the series."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.views import PILLARS, PRIORITY_AREAS, View, pillars, priority_areas, weights
from sim.errors import InputError
from sim.text import LANGUAGES, say

GOALS = range(1, 18)


def series(*families: str) -> pd.DataFrame:
    """Two rows in which goal k stands at k and at 10 k."""
    rows = {f"{family}_{goal:02d}": [goal, 10.0 * goal] for family in families for goal in GOALS}
    keys = {"scenario": ["a", "b"], "quarter": ["2018Q2", "2018Q2"], "meetings": [5, 6]}
    return pd.DataFrame(keys | rows, index=[7, 9])


@pytest.mark.parametrize("views", [PILLARS, PRIORITY_AREAS])
def test_weights_of_a_view_sum_to_one(views: tuple[View, ...]) -> None:
    matrix = weights(views)
    assert matrix.shape == (len(views), 17)
    assert matrix.sum(axis=1) == pytest.approx(1.0)
    assert all(say(f"views.{view.name}", language) for view in views for language in LANGUAGES)
    assert len({view.name for view in views}) == len(views)


def test_three_pillars_and_eight_areas_that_cover_every_goal() -> None:
    assert [view.goals for view in PILLARS] == [(9,), (7, 11, 13, 15), (4, 5, 8)]
    assert len(PRIORITY_AREAS) == 8
    assert weights(PRIORITY_AREAS).any(axis=0).all()


def test_pillars_are_means_of_their_goals() -> None:
    seen = pillars(series("sdg_progress"))
    assert list(seen) == [
        "scenario", "quarter", "sdg_progress_society_5_0", "sdg_progress_regional_innovation",
        "sdg_progress_next_generation_women",
    ]  # fmt: skip
    assert list(seen.index) == [7, 9]
    assert seen.iloc[0, 2:].tolist() == pytest.approx([9, 46 / 4, 17 / 3])
    assert seen.iloc[1, 2:].tolist() == pytest.approx([90, 460 / 4, 170 / 3])


def test_areas_of_both_families() -> None:
    seen = priority_areas(series("sdg_progress", "sdg"))
    means = [5.0, 3.0, 7.5, 26 / 3, 32 / 3, 14.5, 16.0, 17.0]
    for family in ("sdg", "sdg_progress"):
        columns = [f"{family}_{view.name}" for view in PRIORITY_AREAS]
        assert seen.loc[7, columns].tolist() == pytest.approx(means)
    assert seen.shape == (2, 2 + 16)


def test_all_goals_alike_give_the_same_in_every_view() -> None:
    alike = pd.DataFrame(np.full((4, 17), 3.5), columns=[f"sdg_{goal:02d}" for goal in GOALS])
    assert np.allclose(priority_areas(alike), 3.5)
    assert np.allclose(pillars(alike), 3.5)


def test_a_series_without_all_goals_is_refused() -> None:
    with pytest.raises(InputError, match="needs sdg_01"):
        pillars(series("sdg").drop(columns="sdg_17"))

"""Outcomes by goal seen through the SDGs Action Plan: its three pillars and its eight priority areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.kernel.outcomes import BY_NAME
from sim.kernel.world import GOALS, Floats
from sim.scenarios.needs import PILLAR_GOALS

_FAMILIES = ("sdg", "sdg_progress")  # outcomes that are recorded for every goal


@dataclass(frozen=True)
class View:
    """A group of goals.

    Attributes:
        name: ending of its column; its title is the text ``views.<name>`` of ``sim.text``.
        goals: numbers of its goals, 1 to 17; a goal may stand in more than one view.
    """

    name: str
    goals: tuple[int, ...]


#: The three pillars; which goals they stand for is assumed (``sim.scenarios.needs.PILLAR_GOALS``).
PILLARS: tuple[View, ...] = tuple(View(name, goals) for name, goals in PILLAR_GOALS.items())

#: The eight priority areas of the SDGs Implementation Guiding Principles (2016), in their order;
#: which goals they stand for is assumed.
PRIORITY_AREAS: tuple[View, ...] = (
    View("people", (1, 4, 5, 10)),
    View("health", (3,)),
    View("growth_regions_innovation", (2, 8, 9, 11)),
    View("land_infrastructure", (6, 9, 11)),
    View("energy_climate_circularity", (7, 12, 13)),
    View("environment", (14, 15)),
    View("peace", (16,)),
    View("means", (17,)),
)


def weights(views: tuple[View, ...]) -> Floats:
    """Weight of each goal in each view, shape (views, 17): equal within a view, rows sum to one."""
    matrix = np.zeros((len(views), GOALS))
    for row, view in zip(matrix, views, strict=True):
        row[[goal - 1 for goal in view.goals]] = 1.0 / len(view.goals)
    return matrix


def pillars(series: pd.DataFrame) -> pd.DataFrame:
    """Means over the goals of each of the three pillars: see ``priority_areas``."""
    return _seen(series, PILLARS)


def priority_areas(series: pd.DataFrame) -> pd.DataFrame:
    """Means over the goals of each of the eight priority areas.

    Args:
        series: outcomes by goal, as in ``Results.series``: ``sdg_01``..``sdg_17`` (0-100),
            ``sdg_progress_01``..``sdg_progress_17`` (basis points of the gap), or both.

    Returns:
        The same rows: the columns of ``series`` that are no outcomes (scenario, quarter, ...), then
        ``sdg_<view>`` and ``sdg_progress_<view>`` for what was given, in the units of the goals.

    Raises:
        InputError: neither set of 17 columns is complete.
    """
    return _seen(series, PRIORITY_AREAS)


def _seen(series: pd.DataFrame, views: tuple[View, ...]) -> pd.DataFrame:
    columns = {family: [f"{family}_{goal:02d}" for goal in range(1, GOALS + 1)] for family in _FAMILIES}
    given = {family: names for family, names in columns.items() if set(names) <= set(series)}
    if not given:
        raise InputError("series: needs sdg_01..sdg_17 or sdg_progress_01..sdg_progress_17")
    means = [
        pd.DataFrame(
            series[names].to_numpy(np.float64) @ weights(views).T,
            index=series.index,
            columns=[f"{family}_{view.name}" for view in views],
        )
        for family, names in given.items()
    ]
    keys = [column for column in series if column not in BY_NAME]
    return pd.concat([series[keys], *means], axis=1)

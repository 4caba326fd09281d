"""How a project on one goal moves the others, and how goals change without projects: named presets."""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.calendar import QUARTERS_PER_YEAR
from sim.errors import InputError
from sim.kernel.world import GOALS, Floats
from sim.scenarios.schema import RULES
from sim.worlds.tables import numbers, read_table

INTERLINKAGES = RULES["interlinkage"]
DRIFTS = RULES["drift"]

TREND_YEARS = (2010, 2018)
_NILSSON_SYNERGY = 1.0 / 3.0  # +1 ("enabling") of -3..+3 (Nilsson, Griggs and Visbeck 2016, Nature 534:320)
_PARTNERSHIPS = 16  # goal 17


@cache
def interlinkage(preset: str) -> Floats:
    """Spillovers between the goals, read-only.

    Args:
        preset: ``none``; ``uniform``, +1 on the scale of Nilsson (-3 to +3) between any two goals;
            ``estimated``, correlations of yearly changes in Japan's SDG Index 2000-2018, shrunken by
            ``sim.analysis.interlinkages``; none of them is significant.

    Returns:
        Shape (17, 17), -1 to 1: row = goal affected, column = goal moved by the project; zero diagonal.

    Raises:
        InputError: no such preset.
    """
    if preset == "none":
        matrix = np.zeros((GOALS, GOALS))
    elif preset == "uniform":
        matrix = np.full((GOALS, GOALS), _NILSSON_SYNERGY)
        np.fill_diagonal(matrix, 0.0)
    elif preset == "estimated":
        matrix = _estimated()
    else:
        raise InputError(f"interlinkage: {preset!r} is none of {', '.join(INTERLINKAGES)}")
    matrix.flags.writeable = False
    return matrix


def _estimated() -> Floats:
    """Symmetric: 18 yearly changes do not tell which goal leads."""
    matrix = np.zeros((GOALS, GOALS))
    first, second, link = numbers(read_table("interlinkage_estimated"), "goal_first", "goal_second", "link").T
    matrix[first.astype(int) - 1, second.astype(int) - 1] = link
    return matrix + matrix.T


@cache
def drift(preset: str) -> Floats:
    """Change of each goal without projects, as an effect per quarter, read-only.

    An effect u moves a state S to S + (1 - S)(1 - e^-u) if u > 0 and to S e^u if u < 0.

    Args:
        preset: ``none``; ``trend``, the steady effect that takes Japan's score of 2010 to that of 2018
            (goal 17 stays zero: it is computed from partnerships).

    Returns:
        Shape (17,).

    Raises:
        InputError: no such preset.
    """
    if preset == "none":
        effect = np.zeros(GOALS)
    elif preset == "trend":
        effect = _trend()
    else:
        raise InputError(f"drift: {preset!r} is none of {', '.join(DRIFTS)}")
    effect.flags.writeable = False
    return effect


def _trend() -> Floats:
    first, last = TREND_YEARS
    before, after = national_scores(first, last)[[0, -1]] / 100.0
    effect = np.where(after >= before, np.log((1.0 - before) / (1.0 - after)), np.log(after / before))
    effect[_PARTNERSHIPS] = 0.0
    return np.asarray(effect / ((last - first) * QUARTERS_PER_YEAR), np.float64)


def national_scores(first: int, last: int) -> Floats:
    """Japan's score of each goal in the years ``first`` to ``last``: shape (years, 17), 0 to 100."""
    scores = np.full((last - first + 1, GOALS), np.nan)
    for row in read_table("sdg_index_japan"):
        year, goal = int(row["year"]) - first, row["item"].removeprefix("goal ")
        if 0 <= year < len(scores) and goal != "overall":
            scores[year, int(goal) - 1] = float(row["value"])
    return scores

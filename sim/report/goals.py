"""Figure of the 17 goals: what projects close of the gap of each."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.report.outcomes import PROGRESS_BY_GOAL
from sim.report.over_time import scenario_handles, shown
from sim.report.palette import MUTED, Mark, marks
from sim.report.style import Sheet
from sim.report.tables import spread
from sim.report.words import Names, band, goal
from sim.results import Results
from sim.text import say


def goals_data(results: Results) -> pd.DataFrame:
    """Share of each goal's gap closed: ``scenario``, ``goal``, ``median``, ``low``, ``high``, ``runs``."""
    return goals_of(results.runs(PROGRESS_BY_GOAL))


def goals_of(runs: pd.DataFrame) -> pd.DataFrame:
    """The data of the figure from a row per run, as of ``Results.runs``."""
    long = runs.melt("scenario", PROGRESS_BY_GOAL, var_name="outcome", value_name="progress")
    table = spread(long.dropna(subset=["progress"]), ["scenario", "outcome"], "progress")
    return table.assign(goal=table["outcome"].str[-2:].astype(int)).drop(columns="outcome")


def draw_goals(axes: Axes, data: pd.DataFrame, names: Names) -> None:
    """A mark with whiskers per goal and scenario."""
    scenarios = shown(data, names)
    step = min(0.16, 0.8 / max(len(scenarios), 1))
    for place, (name, look) in enumerate(marks(scenarios).items()):
        rows = data[data["scenario"] == name]
        _whiskers(axes, rows, rows["goal"].to_numpy() - 1 + (place - (len(scenarios) - 1) / 2) * step, look)
    axes.set_yticks(range(17), [goal(number, names.lang) for number in range(1, 18)])
    axes.set_ylim(16.6, -0.6)
    axes.tick_params(axis="y", length=0)
    for edge in range(16):
        axes.axhline(edge + 0.5, color="#ededed", lw=0.6, zorder=0)
    axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
    axes.grid(axis="x")
    axes.set_xlabel(say("figures.goals.axis", names.lang))


def goals_sheet(data: pd.DataFrame, names: Names) -> Sheet:
    """The figure of the goals."""
    scenarios = shown(data, names)
    runs = int(data["runs"].max()) if len(data) else 0
    return Sheet(
        title=say("figures.goals.title", names.lang),
        subtitle=band(runs, names.lang, "mark") + say("figures.goals.against", names.lang),
        panels=[partial(draw_goals, data=data, names=names)],
        height=0.6 + 17 * max(0.25, 0.12 + 0.055 * len(scenarios)),
        handles=scenario_handles(scenarios, names, lines=False),
    )


def _whiskers(axes: Axes, rows: pd.DataFrame, y: np.ndarray, look: Mark) -> None:
    axes.hlines(y, rows["low"], rows["high"], color=look.colour, lw=1.1, alpha=0.7)
    axes.plot(
        rows["median"], y, linestyle="none", marker=look.marker, markersize=4.6, color=look.colour,
        markeredgecolor="white", markeredgewidth=0.4,
    )  # fmt: skip

"""Drawings of who is left behind: goal by size as a heat map, and Lorenz curves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from sim.analysis.left_behind.reading import QUARTERS
from sim.kernel.world import GOALS
from sim.text import Language, say

_DARK = 0.6  # of the largest value, beyond which letters are white
_SHOWN = 0.05
_ROUNDS_TO_NOUGHT = 0.05


def draw_heat(axes: Axes, table: pd.DataFrame, lang: Language) -> None:
    """Projects a hundred municipalities by goal (down) and quarter of size (across), written into the cells.

    Args:
        axes: drawn into.
        table: as of ``by_goal_and_size``; of a difference, cells that are not shown are left white.
        lang: of the words.
    """
    cells = table.pivot(index="goal", columns="size", values="value").to_numpy(np.float64)
    differs = bool(table["p_adjusted"].notna().any())
    shade = cells
    if differs:
        p = table.pivot(index="goal", columns="size", values="p_adjusted").to_numpy(np.float64)
        shade = np.where(p < _SHOWN, cells, np.nan)
    most = float(np.nanmax(np.abs(cells))) or 1.0
    look = ("PuOr_r", -most) if differs else ("Blues", 0.0)
    axes.imshow(shade, cmap=look[0], vmin=look[1], vmax=most, aspect="auto")
    for (row, column), value in np.ndenumerate(cells):
        dark = abs(value) > _DARK * most and np.isfinite(shade[row, column])
        quiet = differs and np.isnan(shade[row, column])
        ink = "white" if dark else "#8a8a8a" if quiet else "#1a1a1a"
        text = f"{value:+.1f}" if differs and abs(value) >= _ROUNDS_TO_NOUGHT else f"{abs(value):.1f}"
        axes.text(column, row, text, ha="center", va="center", fontsize=6.5, color=ink)
    axes.set_yticks(
        range(GOALS), [f"{goal} {say(f'goals.{goal:02d}', lang)}" for goal in range(1, GOALS + 1)]
    )
    axes.set_xticks(
        range(QUARTERS), [say(f"left_behind.size.{quarter}", lang) for quarter in range(1, QUARTERS + 1)]
    )
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def draw_lorenz(
    axes: Axes, table: pd.DataFrame, looks: Mapping[str, tuple[str, object]], lang: Language
) -> None:
    """Lorenz curves with the band of 90% of runs; the straight line is equality.

    Args:
        axes: drawn into.
        table: as of ``lorenz_curves``.
        looks: colour and dash pattern of each arm.
        lang: of the words.
    """
    axes.plot([0, 1], [0, 1], color="#8a8a8a", lw=0.8)
    for arm, (colour, dash) in looks.items():
        rows = table[table["arm"] == arm]
        (line,) = axes.plot(rows["places"], rows["held"], color=colour)
        line.set_linestyle(dash)  # type: ignore[arg-type]
        axes.fill_between(rows["places"], rows["low"], rows["high"], color=colour, alpha=0.13, lw=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel(say("left_behind.places", lang))
    axes.set_ylabel(say("left_behind.held", lang))
    axes.grid(visible=True)

"""The ranking of levers by structure, in one figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.files import write_figure
from sim.scenarios.scenario import load_scenario
from sim.text import Language, say

_HALF = 0.5  # a darker cell has light ink


def draw(ranks: pd.DataFrame, language: Language = "en") -> Figure:
    """A panel for each sum: structure by lever, the share of draws in which it is cheapest, and its cost."""
    sums = sorted(ranks["sum"].unique())
    levers = [ranks[ranks["sum"] == amount]["scenario"].nunique() for amount in sums]
    structures = list(dict.fromkeys(ranks["structure"]))
    figure = Figure(figsize=(2.6 + 0.78 * sum(levers), 1.9 + 0.42 * len(structures)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(sums), width_ratios=levers, squeeze=False)[0]
    for place, (amount, axes) in enumerate(zip(sums, panels, strict=True)):
        _panel(axes, ranks[ranks["sum"] == amount], structures, language)
        axes.set_title(say("structures.sum", language, sum=amount), loc="left", fontsize=9)
        names = [say(f"structures.{name}.label", language) for name in structures]
        axes.set_yticks(range(len(structures)), names if place == 0 else [], fontsize=8)
    note = say("structures.caption", language, draws=int(ranks["draws"].iloc[0]))
    figure.supxlabel(note, fontsize=7.5, x=0.01, ha="left")
    return figure


def _panel(axes: Axes, ranks: pd.DataFrame, structures: list[str], language: Language) -> None:
    share = ranks.pivot(index="structure", columns="scenario", values="cheapest").loc[structures]
    cost = ranks.pivot(index="structure", columns="scenario", values="cost_q50").loc[structures]
    order = cost.median().sort_values(kind="stable").index
    share, costs = share[order], cost[order].to_numpy(np.float64)
    axes.imshow(share.to_numpy(), vmin=0.0, vmax=1.0, cmap="Blues", aspect="auto")
    for (row, column), value in np.ndenumerate(share.to_numpy()):
        text = f"{value:.0%}\n{_million(float(costs[row, column]))}"
        ink = "white" if value > _HALF else "#1a1a1a"
        axes.text(column, row, text, ha="center", va="center", fontsize=6.5, color=ink)
    titles = [getattr(load_scenario(name).title, language) or name for name in order]
    axes.set_xticks(range(len(order)), titles, rotation=40, ha="right", rotation_mode="anchor", fontsize=7.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _million(cost: float) -> str:
    return f"{cost:,.3g}" if cost < 1_000.0 else (">999" if np.isfinite(cost) else "∞")


def write(ranks: pd.DataFrame, path: Path) -> None:
    """Write the figure as PNG."""
    figure = draw(ranks)
    write_figure(path, figure, dpi=160)

"""Ranks with default parameters beside those by every criterion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.robustness.judged import Judged
from sim.statistics.robustness import CRITERIA

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKERS = "os^DvPX"
_NAMES = {"nominal": "default\nparameters"} | {name: name.replace("_", "\n") for name in CRITERIA}


def draw_ranks(axes: Axes, judged: Judged, title: str, looks: Mapping[str, tuple[str, str]]) -> None:
    """A line for each option over the criteria, from the rank with default parameters on.

    Bars are 95% intervals of ranks, futures resampled.
    """
    ranks = np.vstack([judged.nominal_rank, judged.found.rank])
    for number, option in enumerate(judged.options):
        colour, marker = looks[option]
        across = np.arange(len(ranks)) + 0.14 * (number / max(len(judged.options) - 1, 1) - 0.5)
        axes.plot(across, ranks[:, number], color=colour, marker=marker, ms=5, lw=1.4)
        ends = judged.found.low[:, number], judged.found.high[:, number]
        axes.vlines(across[1:], *ends, color=colour, alpha=0.35, lw=2.0)
    names = [f"{option}  {rank}" for option, rank in zip(judged.options, ranks[0], strict=True)]
    axes.set_yticks(ranks[0].tolist(), names, fontsize=8)
    axes.set_xticks(range(len(ranks)), list(_NAMES.values()), fontsize=8)
    axes.set_ylim(len(judged.options) + 0.5, 0.5)
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e6e6e6", lw=0.6)


def looks_of(options: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Colour and marker of each option."""
    return {
        name: (_COLOURS[n % 7], _MARKERS[(n + n // 7) % 7]) for n, name in enumerate(sorted(set(options)))
    }


def ranks(panels: Mapping[str, Judged]) -> Figure:
    """The figure: a panel for each set of futures, by its title."""
    most = max(len(judged.options) for judged in panels.values())
    figure = Figure(figsize=(9.5, len(panels) * (1.2 + 0.27 * most)), layout="constrained")
    looks = looks_of(name for judged in panels.values() for name in judged.options)
    grid = figure.subplots(len(panels), 1, squeeze=False).flat
    for axes, (title, judged) in zip(grid, panels.items(), strict=True):
        draw_ranks(axes, judged, title, looks)
    return figure

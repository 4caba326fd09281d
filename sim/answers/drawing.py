"""What figures of answers share: estimates with intervals in rows, and responses over a factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.answers.reading import Estimate, Grid
from sim.report.palette import MUTED, marks
from sim.report.words import is_share
from sim.text import Language, say


def rows(
    axes: Axes, labels: Sequence[str], estimates: Sequence[Estimate], outcome: str, title: str = ""
) -> None:
    """Estimates of an outcome with their intervals, a row each, the first on top; a line marks zero."""
    factor = 100.0 if is_share(outcome) else 1.0
    axes.axvline(0.0, color=MUTED, lw=0.8, zorder=0)
    look = marks(["", "shown"])["shown"]
    for place, estimate in enumerate(estimates):
        colour = look.colour if estimate.shown else MUTED
        axes.plot([factor * estimate.value], [place], color=colour, marker=look.marker, markersize=4.6)
        if np.isfinite(estimate.low):
            ends = [factor * estimate.low, factor * estimate.high]
            axes.plot(ends, [place, place], color=colour, lw=1.6)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.tick_params(left=False)
    axes.grid(axis="x")
    axes.set_title(title)


def responses(
    axes: Axes,
    x: Sequence[float],
    series: Mapping[str, Sequence[Estimate]],
    outcome: str,
    labels: tuple[str, str],
    log: bool = False,
) -> None:
    """An outcome over a factor, a line for each series with the interval of its mean as a band.

    Args:
        axes: to draw into.
        x: values of the factor.
        series: estimates at each of them, by what the line is called.
        outcome: what is shown.
        labels: of both axes.
        log: of the horizontal axis.
    """
    factor = 100.0 if is_share(outcome) else 1.0
    looks = marks(["", *series])
    for name, estimates in series.items():
        look, values = looks[name], factor * np.array([estimate[:3] for estimate in estimates])
        (line,) = axes.plot(
            x, values[:, 0], color=look.colour, label=name, marker=look.marker, markersize=3.6
        )
        line.set_linestyle(look.dash)
        axes.fill_between(x, values[:, 1], values[:, 2], color=look.colour, alpha=0.18, lw=0)
    if log:
        axes.set_xscale("log")
        axes.set_xticks(list(x), [f"{value:g}" for value in x])
        axes.minorticks_off()
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    axes.grid(axis="y")


def handles(names: Sequence[str]) -> list[Line2D]:
    """What a legend names, in the looks that ``responses`` gives the lines."""
    looks = marks(["", *names])
    return [
        Line2D([], [], color=looks[name].colour, linestyle=looks[name].dash, marker=looks[name].marker,
               markersize=3.6, label=name)
        for name in names
    ]  # fmt: skip


def band(found: Grid, language: Language) -> str:
    """What bands of paired differences show."""
    return say("answers.band", language, n=found.values.shape[1])

"""Pictures of what calibration found."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import chi2

#: Fall of the log likelihood from its highest that bounds a region of 90% in two dimensions (Wilks 1938).
REGION = float(chi2.ppf(0.90, 2)) / 2.0
_COLOURS = {
    "adoption": "#0072B2", "awareness": "#E69F00", "membership": "#009E73", "partnership": "#CC79A7",
}  # fmt: skip


def identifiability(parameters: pd.DataFrame, profile: pd.DataFrame, sets: pd.DataFrame) -> Figure:
    """What the data inform.

    Args:
        parameters: as ``parameters_table`` gives them.
        profile: as ``identify.profile`` gives it.
        sets: draws from the posterior, a column for each parameter.
    """
    figure = Figure(figsize=(13.0, 5.2), layout="constrained")
    learned, contagion = figure.subplots(1, 2, width_ratios=(1.0, 1.1))
    draw_learned(learned, parameters)
    draw_profile(contagion, profile, sets)
    return figure


def pairs(trade_offs: pd.DataFrame, sets: pd.DataFrame, parameters: pd.DataFrame) -> Figure:
    """The pairs of parameters that data tell apart least, within their priors.

    Args:
        trade_offs: as ``identify.trade_offs`` gives them.
        sets: draws from the posterior, a column for each parameter.
        parameters: as ``parameters_table`` gives them.
    """
    figure = Figure(figsize=(12.0, 6.6), layout="constrained")
    ranges = parameters.set_index("parameter")[["low", "high"]]
    shown = zip(figure.subplots(2, 4).flat, trade_offs.to_dict("records"), strict=False)
    for axes, pair in shown:
        first, second = pair["first"], pair["second"]
        axes.plot(sets[first], sets[second], ".", color=_COLOURS["adoption"], ms=3.0, alpha=0.6)
        axes.set_xlim(*ranges.loc[first])
        axes.set_ylim(*ranges.loc[second])
        axes.set_xlabel(first)
        axes.set_ylabel(second)
        axes.set_title(f"rank correlation {pair['correlation']:.2f}", fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"{len(sets)} draws; axes are the ranges thought possible", fontsize=11)
    return figure


def draw_learned(axes: Axes, parameters: pd.DataFrame) -> None:
    """How far the spread of each parameter shrank from prior to posterior."""
    ordered = parameters.iloc[::-1]
    colours = [_COLOURS.get(block, "0.5") for block in ordered["block"]]
    axes.barh(ordered["parameter"], 100.0 * ordered["shrinkage"], color=colours)
    axes.set_xlabel("Smaller spread than under the prior, % (0: the data say nothing)")
    axes.set_xlim(min(0.0, 100.0 * float(ordered["shrinkage"].min())), 100.0)
    axes.axvline(0.0, color="0.2", lw=0.8)
    axes.spines[["top", "right"]].set_visible(False)


def draw_profile(axes: Axes, profile: pd.DataFrame, sets: pd.DataFrame) -> None:
    """Likelihood over contagion and national push, with the region of 90% and the draws."""
    wide = profile.pivot(index="national_push", columns="contagion", values="log_likelihood")
    levels = [-8.0, -6.0, -4.0, -REGION, -1.0, 0.0]
    filled = axes.contourf(wide.columns, wide.index, wide.clip(lower=-8.0), levels=levels, cmap="cividis")
    axes.contour(wide.columns, wide.index, wide, levels=[-REGION], colors="#D55E00", linewidths=2.0)
    mean = (sets["contagion_neighbours"] + sets["contagion_size"]) / 2.0
    axes.plot(mean, sets["national_push"], ".", color="white", ms=3.0, alpha=0.6)
    axes.set_xlabel("Contagion (neighbours and like size, mean), 1/quarter")
    axes.set_ylabel("National push, 1/quarter")
    bar = axes.figure.colorbar(filled, ax=axes)
    bar.set_label("Log likelihood less its highest")
    axes.set_title(f"Line: region of 90%; dots: {len(sets)} draws", fontsize=10)

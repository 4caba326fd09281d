"""Figure of effects: every scenario against the baseline."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report import words
from sim.report.effect_tables import main_effects
from sim.report.outcomes import MAIN_OUTCOMES
from sim.report.over_time import shown
from sim.report.palette import MUTED, marks
from sim.report.style import Sheet, plain, wrap
from sim.report.words import Names, in_unit, is_share, short, unit
from sim.results import Results
from sim.results.spread import BY_CHANCE, SPREAD
from sim.statistics.contrasts import Floats
from sim.text import say


def effects_data(results: Results) -> pd.DataFrame:
    """Paired effects at the end of the horizon; see ``sim.report.effect_tables.main_effects``."""
    return main_effects(results)


def draw_effects(axes: Axes, data: pd.DataFrame, names: Names, outcome: str) -> None:
    """One panel: an outcome's mean difference of each scenario with its 95% interval.

    Where parameters are drawn, bars are what 90% of single histories lie between: thin with what is not known
    of parameters, thick by chance alone.
    """
    factor = 100 if is_share(outcome) else 1
    scenarios = shown(data, names)
    axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
    looks = marks(["", *scenarios])  # black stays with the baseline
    panel = data[data["outcome"] == outcome]
    for y, name in enumerate(scenarios):
        look, rows = looks[name], panel[panel["scenario"] == name]
        for middle, *ends in rows[["effect", *_ends(rows)]].to_numpy(dtype=np.float64):
            axes.plot([factor * middle], [y], color=look.colour, marker=look.marker, markersize=4.6, zorder=3)
            _bars(axes, y, factor * np.array(ends), look.colour)
            axes.annotate(words.effect(outcome, middle), (1.01, y), xycoords=("axes fraction", "data"),
                          fontsize=7.5, va="center", annotation_clip=False)  # fmt: skip
    _band_of_no_interest(axes, panel, factor)
    axes.set_yticks(range(len(scenarios)), [plain("\n".join(wrap(names.of(n), 26, 3))) for n in scenarios])
    axes.set_ylim(len(scenarios) - 0.4, -0.6)
    axes.set_title(plain("\n".join(wrap(short(outcome, names.lang), 44))))
    difference = in_unit(say("figures.effects.axis", names.lang), unit(outcome, names.lang), names.lang)
    axes.set_xlabel(difference, fontsize=7.5)
    _tidy(axes)


def _ends(rows: pd.DataFrame) -> tuple[str, ...]:
    """Columns that bars reach from and to: the mean's interval, or what single histories lie between."""
    return (*SPREAD, *BY_CHANCE) if (rows["sets"] > 0).any() else ("ci_low", "ci_high")


def _bars(axes: Axes, y: float, ends: Floats, colour: str) -> None:
    """The interval of a mean with caps; or a thin bar without caps, and a thick one over it."""
    if len(ends) == 2:
        half = [[(ends[1] - ends[0]) / 2]] * 2
        axes.errorbar(
            [ends.mean()], [y], xerr=half, color=colour, fmt="none", elinewidth=1.6, capsize=3, capthick=1.2
        )
        return
    for (low, high), width in zip(ends.reshape(2, 2), (1.2, 4.0), strict=True):
        axes.plot([low, high], [y, y], color=colour, lw=width, solid_capstyle="butt", zorder=2)


def _band_of_no_interest(axes: Axes, panel: pd.DataFrame, factor: float) -> None:
    """Grey where effects are too small to matter, as far as the axis reaches anyway."""
    least = factor * float(panel["least"].max()) if len(panel) else float("nan")
    if np.isfinite(least) and least > 0:
        low, high = axes.get_xlim()
        axes.axvspan(-least, least, color="#ececec", lw=0, zorder=-1)
        axes.set_xlim(min(low, -1.2 * least), max(high, 1.2 * least))


def _tidy(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.margins(x=0.12)


def effects_sheet(data: pd.DataFrame, names: Names) -> Sheet:
    """The forest plot: a panel per main outcome, users' own outcomes last."""
    known = set(data["outcome"])
    own = [name for name in dict.fromkeys(data["outcome"]) if name not in MAIN_OUTCOMES]
    outcomes = [name for name in MAIN_OUTCOMES if name in known] + own
    rows = max(1, -(-len(outcomes) // 2))
    baseline = ", ".join(names.of(str(name)) for name in pd.unique(data["baseline"]))
    n = int(data["replicates"].max()) if len(data) else 0
    sets = int(data["sets"].max()) if len(data) else 0
    key = "subtitle_sets" if sets else "subtitle"
    return Sheet(
        title=say("figures.effects.title", names.lang),
        subtitle=say(f"figures.effects.{key}", names.lang, baseline=baseline, n=n, sets=sets),
        panels=[partial(draw_effects, data=data, names=names, outcome=name) for name in outcomes],
        columns=2,
        height=rows * (0.62 + 0.24 * max(data["scenario"].nunique(), 1)),
        share="y",
    )

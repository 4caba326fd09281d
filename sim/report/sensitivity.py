"""Figure of a sensitivity analysis: indices with their intervals, and whether they have settled."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.analysis.sensitivity import Sensitivity
from sim.report import words
from sim.report.palette import MUTED, marks
from sim.report.style import Sheet, plain, wrap
from sim.report.words import Names
from sim.text import Language, label, say, short

MOST_FACTORS = 15
_MOST_PANELS = 4
#: Letters of a line of a panel's title.
_TITLE = 36
#: The measures of each kind, with their interval where they have one: the first orders the factors.
MEASURES = {
    "sobol": (("total", True), ("first", True)),
    "morris": (("mu_star", True), ("sigma", False)),
    "given_data": (("pawn", True), ("first", True)),
    "regional": (("distance", False),),
}


def called(row: Any, names: Names) -> str:
    """What a quantity is called: an outcome with its scenario, or the expression itself."""
    quarter = words.quarter(str(row["quarter"]), names.lang)
    if not row["scenario"]:
        return say("sensitivity.of_expression", names.lang, text=row["what"], quarter=quarter)
    outcome = label(str(row["what"]), names.lang)
    facts = {"outcome": outcome, "scenario": names.of(str(row["scenario"])), "quarter": quarter}
    return say("sensitivity.of_scenario", names.lang, **facts)


def quantities(table: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows of each quantity."""
    return [rows for _, rows in table.groupby(["scenario", "what"], sort=False)]


def sensitivity_data(found: Sensitivity) -> pd.DataFrame:
    """Indices of the most influential factors of each quantity."""
    return pd.concat([rows.head(MOST_FACTORS) for rows in quantities(found.indices)])


def draw_indices(axes: Axes, rows: pd.DataFrame, kind: str, names: Names) -> None:
    """One quantity: a line per factor, its measures with their intervals."""
    looks = list(marks(["", *(name for name, _ in MEASURES[kind])]).values())[1:]
    offsets = np.linspace(-0.16, 0.16, len(looks)) if len(looks) > 1 else [0.0]
    for (measure, spread), look, offset in zip(MEASURES[kind], looks, offsets, strict=True):
        for y, row in enumerate(rows.to_dict("records")):
            filled = kind != "regional" or row["p_adjusted"] < 0.05
            axes.plot(row[measure], y + offset, look.marker, color=look.colour, markersize=4.4,
                      markerfacecolor=look.colour if filled else "white", zorder=3)  # fmt: skip
            if spread:
                ends = [row[f"{measure}_low"], row[f"{measure}_high"]]
                axes.plot(ends, [y + offset] * 2, color=look.colour, lw=1.2, zorder=2)
    if kind == "given_data":
        axes.axvline(float(rows["null"].iloc[0]), color=MUTED, lw=0.9, ls=(0, (3, 2)), zorder=1)
    if kind == "morris":
        axes.plot(rows["noise"], np.arange(len(rows)), "|", color=MUTED, markersize=9, zorder=1)
    axes.axvline(0.0, color=MUTED, lw=0.7, zorder=0)
    axes.set_yticks(range(len(rows)), [plain(_wrapped(name, names.lang)) for name in rows["factor"]])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_title(plain("\n".join(wrap(called(rows.iloc[0], names), _TITLE))))
    axes.set_xlabel(say(f"sensitivity.figure.axis_{kind}", names.lang), fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")


def _wrapped(name: str, lang: Language) -> str:
    return "\n".join(wrap(short(name, lang), 26))


def draw_convergence(axes: Axes, rows: pd.DataFrame, names: Names, factors: list[str]) -> None:
    """Total indices of one quantity over the number of base samples, with their intervals."""
    for name, look in marks(["", *factors]).items():
        own = rows[rows["factor"] == name]
        if len(own):
            axes.plot(
                own["samples"], own["total"], color=look.colour, ls=look.dash, label=short(name, names.lang)
            )
            axes.fill_between(own["samples"], own["total_low"], own["total_high"], color=look.colour,
                              alpha=0.15, lw=0)  # fmt: skip
    axes.set_xscale("log", base=2)
    sizes = sorted(set(rows["samples"]))
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    title = say("sensitivity.figure.convergence", names.lang, what=called(rows.iloc[0], names))
    axes.set_title(plain("\n".join(wrap(title, _TITLE))))
    axes.set_xlabel(say("sensitivity.figure.samples", names.lang), fontsize=7.5)
    axes.set_ylim(bottom=min(0.0, float(rows["total_low"].min())))
    axes.legend(fontsize=6.5, loc="upper right")
    axes.grid(axis="y")


def sensitivity_sheet(found: Sensitivity, names: Names) -> Sheet:
    """Panels of indices, one for each quantity, and of convergence where it is told."""
    shown = quantities(sensitivity_data(found))[:_MOST_PANELS]
    panels = [partial(draw_indices, rows=rows, kind=found.kind, names=names) for rows in shown]
    if len(found.convergence):
        top = [str(name) for name in shown[0]["factor"].head(5)]
        steps = quantities(found.convergence)[0]
        panels.append(partial(draw_convergence, rows=steps, names=names, factors=top))
    columns = 1 if len(panels) == 1 else 2
    tallest = max(len(rows) for rows in shown)
    regional = found.kind == "regional"
    key = "subtitle_regional" if regional else "subtitle"
    facts = {"points": found.points, "replicates": found.replicates, "what": called(shown[0].iloc[0], names)}
    return Sheet(
        title=say(f"sensitivity.figure.title_{found.kind}", names.lang),
        subtitle=say(f"sensitivity.figure.{key}", names.lang, **facts),
        panels=panels,
        height=-(-len(panels) // columns) * max(2.2, 0.8 + 0.27 * tallest),
        columns=columns,
        handles=[] if regional else _handles(found.kind, names.lang),
    )


def _handles(kind: str, lang: Language) -> list[Line2D]:
    """What the marks are."""
    looks = list(marks(["", *(name for name, _ in MEASURES[kind])]).values())[1:]
    found = [
        Line2D([], [], color=look.colour, marker=look.marker, ls="none", markersize=4.4,
               label=say(f"sensitivity.{measure}", lang))
        for (measure, _), look in zip(MEASURES[kind], looks, strict=True)
    ]  # fmt: skip
    if kind == "given_data":
        null = say("sensitivity.figure.no_influence", lang)
        found.append(Line2D([], [], color=MUTED, ls=(0, (3, 2)), lw=0.9, label=null))
    if kind == "morris":
        found.append(Line2D([], [], color=MUTED, marker="|", ls="none", markersize=9,
                            label=say("sensitivity.noise", lang)))  # fmt: skip
    return found

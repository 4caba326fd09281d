"""Figures of a design: tornado, response over a factor, interactions, two factors at once, budget curves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from sim.report import words
from sim.report.designs.effects import strongest
from sim.report.designs.names import factor_name, named, value_name
from sim.report.designs.runs import PointRuns
from sim.report.designs.tables import bought_name, side_name
from sim.report.over_time import scenario_handles
from sim.report.palette import CHANGE_COLOURS, INK, MAP_COLOURS, MUTED, marks
from sim.report.style import Sheet, plain, wrap
from sim.report.words import Names, in_unit, is_share, short, unit
from sim.text import Language, say
from sim.text.numbers import money

#: Bars of a tornado, and panels of responses.
MOST_BARS, MOST_PANELS = 15, 12
#: Where half of the levers spend less than this share of the largest sum, they have panels of their own.
_CROWDED = 0.2
_UP, _DOWN = "#0072B2", "#D55E00"


def draw_tornado(axes: Axes, runs: PointRuns, data: pd.DataFrame, outcome: str, lang: Language) -> None:
    """A row per factor, the one that moves the outcome most on top: a mark and interval for every value."""
    factor_of = 100 if is_share(outcome) else 1
    order = strongest(data, outcome)["factor"].head(MOST_BARS).tolist()
    rows = data[(data["outcome"] == outcome) & ~data["first"]]
    axes.axvline(0, color=INK, lw=0.8, zorder=1)
    for y, number in enumerate(order):
        own = rows[rows["factor"] == number]
        reach = factor_of * np.array([own["effect"].min(), own["effect"].max(), 0.0])
        axes.barh(y, reach.max() - reach.min(), left=reach.min(), height=0.42, color="#d8e6ef", zorder=0)
        for _, row in own.iterrows():
            middle, low, high = (factor_of * float(row[name]) for name in ("effect", "ci_low", "ci_high"))
            colour = _UP if middle >= 0 else _DOWN
            axes.plot([middle], [y], "o", color=colour, markersize=4.2, zorder=3)
            if np.isfinite(low):
                axes.plot([low, high], [y, y], color=colour, lw=1.6, zorder=2)
    _annotate_ends(axes, runs, rows, order, factor_of, lang)
    names = [plain("\n".join(wrap(factor_name(runs.factors[number], lang), 34))) for number in order]
    axes.set_yticks(range(len(order)), names)
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.margins(x=0.2)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    name = say("report.in_unit", lang, name=short(outcome, lang), unit=_of_unit(outcome, lang))
    axes.set_xlabel(plain(name))


def _of_unit(outcome: str, lang: Language) -> str:
    """The unit of a difference, and that it is one."""
    parts = [say("designs.difference", lang), unit(outcome, lang)]
    return say("designs.then", lang).join(filter(None, parts))


def _annotate_ends(
    axes: Axes, runs: PointRuns, rows: pd.DataFrame, order: Sequence[int], scale: float, lang: Language
) -> None:
    """Values at the ends of each bar, where they have names."""
    for y, number in enumerate(order):
        own = rows[rows["factor"] == number].sort_values("effect", kind="stable")
        for side, row in _far_ends(own).items():
            if pd.isna(row["value"]) or pd.notna(row["start"]):
                continue
            middle = scale * float(row["effect"])
            end = "ci_low" if side == "left" else "ci_high"
            reach = scale * float(row[end]) if np.isfinite(row[end]) else middle
            text = side_name(runs.factors[number], row, lang)
            axes.annotate(
                plain(text), (reach, y), (-4 if side == "left" else 4, 0), textcoords="offset points",
                ha="right" if side == "left" else "left", va="center", fontsize=6.8, color=MUTED,
            )  # fmt: skip


def _far_ends(own: pd.DataFrame) -> dict[str, pd.Series]:
    """The changes that reach farthest to either side of zero; ``own`` goes from the lowest to the highest."""
    low, high = own.iloc[0], own.iloc[-1]
    ends = {"left": low, "right": high}
    if low["effect"] < 0 < high["effect"]:
        return ends
    side = "right" if abs(high["effect"]) >= abs(low["effect"]) else "left"
    return {side: ends[side]}


def tornado_sheet(runs: PointRuns, data: pd.DataFrame, outcome: str, against: str, lang: Language) -> Sheet:
    """The figure of what every factor changes."""
    rows = data[(data["outcome"] == outcome) & ~data["first"]]
    bars = min(MOST_BARS, rows["factor"].nunique())
    return Sheet(
        title=say("designs.figures.tornado.title", lang, outcome=short(outcome, lang)),
        subtitle=say("designs.figures.tornado.subtitle", lang, against=against, n=int(rows["n"].min())),
        panels=[partial(draw_tornado, runs=runs, data=data, outcome=outcome, lang=lang)],
        height=0.75 + 0.29 * bars,
    )


def draw_response(
    axes: Axes, runs: PointRuns, data: pd.DataFrame, number: int, outcome: str, lang: Language
) -> None:
    """One panel: an outcome over the values of a factor; mean, its 95% interval, and 5-95% of runs."""
    scale = 100 if is_share(outcome) else 1
    factor = runs.factors[number]
    rows = data[(data["factor"] == number) & (data["outcome"] == outcome)]
    values = list(rows["value"])
    numeric = all(isinstance(v, int | float) and not isinstance(v, bool) and v == v for v in values)
    x = np.array(values, float) if numeric else np.arange(len(rows), dtype=float)
    middle, low, high, least, most = (
        scale * rows[name].to_numpy(float) for name in ("mean", "mean_low", "mean_high", "low", "high")
    )
    if numeric and len(rows) > 1:
        axes.fill_between(x, least, most, color=_UP, alpha=0.14, lw=0)
        axes.plot(x, middle, color=_UP, lw=1.4)
    else:
        axes.vlines(x, least, most, color=_UP, alpha=0.25, lw=6)
    known = np.isfinite(low)
    axes.vlines(x[known], low[known], high[known], color=_UP, lw=1.4)
    axes.plot(x, middle, "o", color=_UP, markersize=3.6)
    axes.set_title(plain("\n".join(wrap(named(factor, lang), 40))), fontsize=8)
    if numeric:
        _scale(axes, factor.scale, x)
    else:
        names = ["\n".join(wrap(side_name(factor, row, lang), 16)) for _, row in rows.iterrows()]
        axes.set_xticks(x, [plain(name) for name in names], fontsize=7)
        axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.grid(axis="y")


def _scale(axes: Axes, scale: str, x: np.ndarray) -> None:
    if scale == "log" and (x > 0).all():
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticks(np.geomspace(x.min(), x.max(), 3))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value)))


def _tick(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:,.3g}"


def response_caption(n: int, runs: int, factors: int, lang: Language) -> str:
    """What is drawn of responses: to n replicates, to so many runs or more, with so many factors."""
    caption = say("designs.figures.response.subtitle", lang, n=n, runs=runs)
    others = [say("designs.figures.response.others", lang)] if factors > 1 else []
    return say("report.sentence_break", lang).join([caption, *others])


def response_sheet(runs: PointRuns, data: pd.DataFrame, outcome: str, lang: Language) -> Sheet:
    """The figure of responses: a panel per factor, the one that moves the outcome most first."""
    order = strongest(data, outcome)["factor"].head(MOST_PANELS).tolist()
    columns = 1 if len(order) == 1 else 2 if len(order) in (2, 4) else 3
    rows = data[data["outcome"] == outcome]
    n, of_each = int(rows["n"].min()), int(rows["runs"].min())
    return Sheet(
        title=in_unit(short(outcome, lang), unit(outcome, lang, difference=False), lang),
        subtitle=response_caption(n, of_each, len(runs.factors), lang),
        panels=[
            partial(draw_response, runs=runs, data=data, number=number, outcome=outcome, lang=lang)
            for number in order
        ],
        columns=columns,
        height=(2.6 if columns == 1 else 1.9) * -(-len(order) // columns),
        share="y",
    )


def draw_interactions(axes: Axes, runs: PointRuns, data: pd.DataFrame, outcome: str, lang: Language) -> None:
    """Factor x factor: what both change together beyond the sum of each alone."""
    own, count = data[data["outcome"] == outcome], len(runs.factors)
    scale = 100 if is_share(outcome) else 1
    grid = np.full((count - 1, count - 1), np.nan)
    for _, row in own.iterrows():
        grid[int(row["one"]), int(row["two"]) - 1] = scale * float(row["effect"])
    most = float(np.nanmax(np.abs(grid))) or 1.0
    axes.imshow(grid, cmap=CHANGE_COLOURS, norm=Normalize(-most, most), aspect="auto")
    for _, row in own.iterrows():
        y, x, shade = int(row["one"]), int(row["two"]) - 1, abs(scale * float(row["effect"])) / most
        settled = row["p_adjusted"] < 0.05
        text = words.effect(outcome, float(row["effect"])) + ("*" if settled else "")
        axes.annotate(plain(text), (x, y), ha="center", va="center", fontsize=8,
                      color="white" if shade > 0.65 else INK)  # fmt: skip
    names = [plain("\n".join(wrap(factor_name(factor, lang), 18))) for factor in runs.factors]
    axes.set_xticks(range(count - 1), names[1:], fontsize=7.5)
    axes.set_yticks(range(count - 1), names[:-1], fontsize=7.5)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def interactions_sheet(runs: PointRuns, data: pd.DataFrame, outcome: str, lang: Language) -> Sheet:
    """The figure of interactions."""
    own = data[data["outcome"] == outcome]
    return Sheet(
        title=say("designs.figures.interactions.title", lang, outcome=short(outcome, lang)),
        subtitle=say("designs.figures.interactions.subtitle", lang, n=int(own["n"].max()), pairs=len(own)),
        panels=[partial(draw_interactions, runs=runs, data=data, outcome=outcome, lang=lang)],
        height=0.8 + 0.42 * (len(runs.factors) - 1),
    )


def draw_two_way(axes: Axes, runs: PointRuns, data: pd.DataFrame, outcome: str, lang: Language) -> None:
    """Mean of an outcome at every point of a grid of two factors."""
    own = data[data["outcome"] == outcome]
    first, second = runs.levels(0), runs.levels(1)
    scale = 100 if is_share(outcome) else 1
    grid = np.full((len(first), len(second)), np.nan)
    for _, row in own.iterrows():
        grid[first.index(row["one"]), second.index(row["two"])] = scale * float(row["mean"])
    axes.imshow(grid, cmap=MAP_COLOURS, aspect="auto", origin="lower")
    low, high = float(np.nanmin(grid)), float(np.nanmax(grid))
    for (y, x), value in np.ndenumerate(grid):
        bright = high > low and (value - low) / (high - low) > 0.55
        axes.annotate(words.level(outcome, value / scale), (x, y), ha="center", va="center", fontsize=7.5,
                      color=INK if bright else "white")  # fmt: skip
    for number, (ticks, values) in enumerate(((axes.set_yticks, first), (axes.set_xticks, second))):
        ticks(range(len(values)), [plain(value_name(runs.factors[number], value, lang)) for value in values])
    axes.set_ylabel(plain(named(runs.factors[0], lang)))
    axes.set_xlabel(plain(named(runs.factors[1], lang)))
    axes.tick_params(length=0)


def two_way_sheet(runs: PointRuns, data: pd.DataFrame, outcome: str, lang: Language) -> Sheet:
    """The figure of two factors at once."""
    own = data[data["outcome"] == outcome]
    return Sheet(
        title=in_unit(short(outcome, lang), unit(outcome, lang, difference=False), lang),
        subtitle=say("designs.figures.two_way.subtitle", lang, n=int(own["n"].min())),
        panels=[partial(draw_two_way, runs=runs, data=data, outcome=outcome, lang=lang)],
        height=0.8 + 0.36 * len(runs.levels(0)),
    )


def draw_curve(
    axes: Axes, runs: PointRuns, data: pd.DataFrame, outcome: str, lang: Language, until: float | None = None
) -> None:
    """One panel: what is bought beyond the lowest budget over what is spent beyond it, a line per lever.

    ``until``: where the axis of money ends, in JPY M a fiscal year; None = where the last mark is.
    """
    numbers = list(dict.fromkeys(data["factor"]))
    axes.axhline(0, color=MUTED, lw=0.8, zorder=0)
    looks, highest, lowest = marks([f"{number}" for number in numbers]), 0.0, 0.0
    for number, look in zip(numbers, looks.values(), strict=True):
        rows = data[(data["factor"] == number) & (data["outcome"] == outcome)]
        x, y, low, high = (
            np.concatenate([[0.0], rows[name].to_numpy(float)])
            for name in ("spent", "units", "units_low", "units_high")
        )
        axes.plot(x, y, color=look.colour, linestyle=look.dash, marker=look.marker, markersize=4,
                  markeredgecolor="white", markeredgewidth=0.4)  # fmt: skip
        known = np.isfinite(low)
        axes.vlines(x[known], low[known], high[known], color=look.colour, lw=1.2)
        inside = x <= (until or np.inf)
        highest, lowest = max(highest, *y[inside]), min(lowest, *y[inside])
    title = bought_name(outcome, lang)
    if until is not None:
        axes.set_xlim(-0.03 * until, until)
        axes.set_ylim(lowest - 0.08 * (highest - lowest or 1.0), highest + 0.15 * (highest - lowest or 1.0))
        title = say("designs.figures.curves.first", lang, bought=title, until=money(until, lang))
    axes.set_title(plain("\n".join(wrap(title, 46))), fontsize=8.5)
    axes.set_xlabel(say("designs.figures.curves.axis", lang), fontsize=7.5)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=4))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.grid(axis="y")


def _first_part(data: pd.DataFrame) -> float | None:
    """Where the levers that spend least crowd at the left: money up to which they are shown by themselves."""
    most = np.sort(data.groupby("factor")["spent"].max().to_numpy(float))
    until = 1.15 * float(most[(len(most) - 1) // 2])
    return until if len(most) > 2 and 0 < until < _CROWDED * most[-1] else None


def curves_sheet(runs: PointRuns, data: pd.DataFrame, lang: Language) -> Sheet:
    """The figure of cost-effectiveness curves: a panel for each thing that is bought."""
    numbers, bought = list(dict.fromkeys(data["factor"])), list(dict.fromkeys(data["outcome"]))
    called = [factor_name(runs.factors[number], lang) for number in numbers]
    until = _first_part(data)
    ends = (None,) if until is None else (None, until)
    columns = 1 if len(bought) * len(ends) == 1 else 2
    return Sheet(
        title=say("designs.figures.curves.title", lang),
        subtitle=say("designs.figures.curves.subtitle", lang, n=int(data["n"].max())),
        panels=[
            partial(draw_curve, runs=runs, data=data, outcome=outcome, lang=lang, until=end)
            for outcome in bought
            for end in ends
        ],
        columns=columns,
        height=2.0 * -(-len(bought) * len(ends) // columns),
        handles=scenario_handles(called, Names(dict(zip(called, called, strict=True)), lang)),
    )

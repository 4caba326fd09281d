"""Figures of places and of the way of a deal: map, who is left behind, where deals die."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, PercentFormatter

from sim.report.over_time import scenario_handles
from sim.report.style import INK, MAP_COLOURS, MUTED, WIDTH, framed, heavy, marks, plain, styled, wrap
from sim.report.tables import HIGH, LOW, runs_of, scenario_order, spread, totals, without_project_by_size
from sim.report.words import band, say, title_of

_STRETCH = math.cos(math.radians(36.5))  # a degree of longitude against one of latitude, mid Japan
_FAR_ISLANDS = (
    # (longitudes, latitudes, shift, name): far islands are moved next to the rest, at the same scale
    ((122.4, 131.8), (23.7, 29.0), (6.4, 15.6), ("Amami and Okinawa", "奄美・沖縄")),
    ((141.2, 143.2), (26.1, 28.1), (1.6, 5.4), ("Ogasawara", "小笠原")),
)


@styled
def map_of_municipalities(
    places: pd.DataFrame,
    *,
    value: str = "probability",
    runs: int,
    difference: bool = False,
    subject: str = "",
    lang: str = "en",
) -> Figure:
    """Each municipality as a dot at its office: size by population, colour by ``value``.

    Args:
        places: ``latitude``, ``longitude`` (degrees, or coordinates in the unit square), ``population``
            and ``value`` in [0, 1], or in [-1, 1] for a difference.
        value: column that gives the colour.
        runs: replicates behind each value.
        difference: colours run from -x to +x, with no change in the middle.
        subject: what the map is of, for the title.
        lang: ``en`` or ``ja``.
    """
    table = places.dropna(subset=["latitude", "longitude"]).sort_values("population", ascending=False)
    japan = bool(len(table)) and bool((table["latitude"] > 2).all())
    figure = Figure(figsize=(WIDTH, 7.0 if japan else 6.2))
    axes, scale = _map_axes(figure)
    x, y = table["longitude"].to_numpy(dtype=float).copy(), table["latitude"].to_numpy(dtype=float).copy()
    if japan:
        _move_far_islands(axes, x, y, lang)
    limit = max(0.05, float(table[value].abs().max())) if difference and table[value].notna().any() else 1.0
    dots = axes.scatter(
        x, y, s=_area(table["population"].to_numpy(), japan), c=table[value], cmap=MAP_COLOURS,
        norm=Normalize(-limit if difference else 0, limit), edgecolors="#404040", linewidths=0.25,
        rasterized=True,
    )  # fmt: skip
    axes.set_aspect(1 / _STRETCH if japan else 1, anchor="SW")
    bar = figure.colorbar(dots, cax=scale, format=PercentFormatter(1, decimals=0))
    bar.outline.set_visible(False)
    bar.set_label(
        say(lang, "Change in the probability of a project (% points)", "事業を持つ確率の変化（%ポイント）")
        if difference
        else say(lang, "Probability of having signed a project by the end", "期末までに事業を1件以上持つ確率")
    )
    _size_legend(axes, japan, lang)
    return framed(
        figure,
        say(lang, "Where partnerships reach", "連携事業の広がり") + (f": {subject}" if subject else ""),
        _map_text(len(table), runs, difference, lang),
        _coordinates(lang) if japan else "",
    )


def _map_axes(figure: Figure) -> tuple[Axes, Axes]:
    """Axes without a frame for the map, and a narrow one for the colours, at fixed places."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0.08 / width, 0.24 / height, 5.9 / width, 1 - 1.02 / height))
    axes.set_axis_off()
    axes.margins(0.015)
    return axes, figure.add_axes((1 - 1.0 / width, 0.5 / height, 0.15 / width, 2.8 / height))


def _coordinates(lang: str) -> str:
    source = "code4fukui/localgovjp (CC0)"
    return say(lang, f"Office coordinates: {source}.", f"庁舎の座標：{source}。")


def _map_text(municipalities: int, runs: int, difference: bool, lang: str) -> str:
    dots = say(
        lang,
        f"One dot per municipality ({municipalities:,}), larger with population. ",
        f"点は市区町村（{municipalities:,}）、大きさは人口。",
    )
    share = say(
        lang,
        f"hare of n = {runs:,} replicates in which it ever signed: the whole spread of runs, hence no band.",
        f"n = {runs:,}回の試行のうち一度でも成約した割合（確率そのもののため帯はない）。",
    )
    if difference:
        return dots + say(lang, f"Colour: change in the s{share}", f"色：変化。{share}")
    return dots + say(lang, f"Colour: s{share}", f"色：{share}")


def _move_far_islands(axes: Axes, x: np.ndarray, y: np.ndarray, lang: str) -> None:
    """Move the far islands, in place, into boxes that are drawn near the rest."""
    for (west, east), (south, north), (right, up), name in _FAR_ISLANDS:
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        x[inside] += right
        y[inside] += up
        box = (west + right, south + up)
        size = (east - west, north - south)
        axes.add_patch(Rectangle(box, *size, fill=False, edgecolor="#bfbfbf", lw=0.7, zorder=0))
        corner = (west + right, north + up)
        axes.annotate(say(lang, *name), corner, (2, 3), textcoords="offset points", fontsize=7.5, color=MUTED)


def _area(population: np.ndarray, japan: bool) -> np.ndarray:
    """Area of a dot in square points: grows with the root of population, so that villages stay visible."""
    largest = 90.0 if japan else 160.0
    return np.asarray(2.5 + largest * np.sqrt(np.clip(population, 0, None) / 3.7e6))


def _size_legend(axes: Axes, japan: bool, lang: str) -> None:
    for size, en, ja in (
        (5_000, "5,000", "5千"),
        (100_000, "100,000", "10万"),
        (1_000_000, "1 million", "100万"),
    ):
        area = _area(np.array([size]), japan)
        axes.scatter([], [], s=area, color="white", edgecolors=INK, linewidths=0.6, label=say(lang, en, ja))
    figure = axes.get_figure(root=True)
    assert figure is not None
    legend = figure.legend(
        *axes.get_legend_handles_labels(), title=say(lang, "Population", "人口"), loc="lower left",
        bbox_to_anchor=(1 - 1.15 / WIDTH, 0.52), labelspacing=0.9, title_fontsize=8, alignment="left",
    )  # fmt: skip
    legend.set_in_layout(False)


@styled
def left_behind_by_size(
    municipalities: pd.DataFrame,
    places: pd.DataFrame,
    *,
    titles: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Share of municipalities that never signed a project, by quartile of population and scenario.

    Args:
        municipalities: frame ``municipalities`` of a results folder.
        places: ``jis_code``, ``population``.
        titles: scenario -> title.
        lang: ``en`` or ``ja``.
    """
    table = spread(without_project_by_size(municipalities, places), ["scenario", "quartile"], "share")
    names = scenario_order(municipalities, titles)
    figure = Figure(figsize=(WIDTH, 3.9))
    axes = figure.add_subplot()
    step = min(0.14, 0.6 / max(len(names), 1))
    for place, (name, look) in enumerate(marks(names).items()):
        rows = table[table["scenario"] == name].sort_values("quartile")
        x = rows["quartile"].to_numpy() + (place - (len(names) - 1) / 2) * step
        axes.vlines(x, rows["low"], rows["high"], color=look.colour, lw=1.3)
        axes.plot(
            x, rows["median"], color=look.colour, linestyle=look.dash, lw=0.9, marker=look.marker,
            markersize=6, markeredgecolor="white", markeredgewidth=0.5,
        )  # fmt: skip
    axes.set_xticks([1, 2, 3, 4], _quartile_labels(places, lang))
    axes.set_xlim(0.5, 4.5)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylabel(say(lang, "Municipalities without a project (%)", "事業のない市町村（%）"))
    axes.set_xlabel(say(lang, "Quartile by population (persons)", "人口の四分位（人）"))
    axes.grid(axis="y")
    return framed(
        figure,
        say(lang, "Who is left behind", "取り残される自治体"),
        say(
            lang,
            "Municipalities that never signed a project by the end. ",
            "期末までに一度も成約のない市町村。",
        )
        + band(runs_of(municipalities), lang, "mark"),
        handles=scenario_handles(names, titles),
    )


def _quartile_labels(places: pd.DataFrame, lang: str) -> list[str]:
    cuts = [f"{round(cut, -2):,.0f}" for cut in places["population"].quantile([0.25, 0.5, 0.75])]
    return [
        say(lang, f"smallest\nup to {cuts[0]}", f"最小\n{cuts[0]}まで"),
        f"{cuts[0]}–{cuts[1]}",
        f"{cuts[1]}–{cuts[2]}",
        say(lang, f"largest\nover {cuts[2]}", f"最大\n{cuts[2]}超"),
    ]


_FLOWS = (
    "needs_posted", "meetings", "lost_to_capacity", "lost_to_awareness", "lost_to_distance", "proposals",
    "refused_by_municipality", "refused_by_company", "refused_by_lenders", "deals_signed", "projects_failed",
    "projects_completed",
)  # fmt: skip
_STEPS = (
    # (name, is a stage, en, ja)
    ("needs_posted", True, "Needs posted", "課題の提示"),
    ("unserved", False, "no company met", "面談に至らず"),
    ("meetings", True, "Meetings", "面談"),
    ("lost_to_capacity", False, "capacity gap", "行政体制の不足"),
    ("lost_to_awareness", False, "awareness gap", "認知不足"),
    ("lost_to_distance", False, "distance", "距離"),
    ("proposals", True, "Proposals", "提案"),
    ("refused_by_municipality", False, "refused by municipality", "自治体が断る"),
    ("refused_by_company", False, "refused by company", "企業が断る"),
    ("refused_by_lenders", False, "refused by lenders", "融資を得られず"),
    ("crowded_out", False, "no slot or money left", "枠・資金の不足"),
    ("deals_signed", True, "Deals signed", "成約"),
    ("unfinished", False, "failed or still running", "失敗・進行中"),
    ("projects_completed", True, "Completed", "完了"),
)


@styled
def where_deals_die(
    series: pd.DataFrame,
    *,
    scenarios: Sequence[str] | None = None,
    titles: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Waterfall from needs to completed projects, with the losses at each step, one panel per scenario.

    Args:
        series: frame ``series`` of a results folder.
        scenarios: which scenarios; the first two unless given.
        titles: scenario -> title.
        lang: ``en`` or ``ja``.
    """
    names = list(scenarios or scenario_order(series, titles)[:2])
    columns = min(2, max(1, len(names)))
    rows = max(1, -(-len(names) // columns))
    figure = Figure(figsize=(WIDTH, 0.9 + 3.4 * rows))
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes, name in zip(grid.flat, names, strict=False):
        _waterfall(axes, funnel(series[series["scenario"] == name]), lang)
        axes.set_title(plain("\n".join(wrap(title_of(name, titles), 44))))
    for axes in grid.flat[len(names) :]:
        axes.set_axis_off()
    handles = [
        Patch(facecolor="#0072B2", label=say(lang, "reaches this stage", "この段階に到達")),
        Patch(label=say(lang, "lost on the way", "途中で失われた件数"), **_LOST),
    ]
    n = runs_of(series)
    return framed(
        figure,
        say(lang, "Where deals die", "成約はどこで失われるか"),
        say(
            lang,
            f"Totals of the horizon: mean of n = {n:,} replicates; line: 5–95% band. %: of the stage before.",
            f"期間合計。棒：n = {n:,}回の試行の平均、線：5〜95%。%：直前の段階に対する割合。",
        ),
        handles=handles,
    )


class Step(NamedTuple):
    """A stage that deals reach, or a loss between two stages: totals of the horizon."""

    name: str
    stage: bool
    mean: float
    low: float
    high: float
    share: float  # of the stage before


def funnel(series: pd.DataFrame) -> list[Step]:
    """Stages and losses of one scenario from needs to completed projects; losses of nothing are left out."""
    runs = totals(series, _FLOWS).reindex(columns=list(_FLOWS)).astype(float)
    runs["unserved"] = runs["needs_posted"] - runs["meetings"]
    refused = runs[["refused_by_municipality", "refused_by_company", "refused_by_lenders"]].sum(axis=1)
    runs["crowded_out"] = runs["proposals"] - refused - runs["deals_signed"]
    runs["unfinished"] = runs["deals_signed"] - runs["projects_completed"]
    steps, before = [], math.nan
    for name, stage, *_ in _STEPS:
        mean, low, high = float(runs[name].mean()), runs[name].quantile(LOW), runs[name].quantile(HIGH)
        if stage or mean > 0:
            steps.append(
                Step(name, stage, mean, float(low), float(high), mean / before if before else math.nan)
            )
        before = mean if stage else before
    return steps


_LOST: dict[str, Any] = {"facecolor": "white", "edgecolor": "#D55E00", "hatch": "/////", "linewidth": 0.6}


def _waterfall(axes: Axes, steps: Sequence[Step], lang: str) -> None:
    names = {step: say(lang, en, ja) for step, _, en, ja in _STEPS}
    order = {step: y for y, (step, *_) in enumerate(_STEPS)}
    left = 0.0
    for step in steps:
        if not math.isfinite(step.mean):
            continue
        y, left = order[step.name], 0.0 if step.stage else left - step.mean
        look = {"color": "#0072B2"} if step.stage else _LOST
        axes.barh(y, step.mean, left=left, height=0.68, **look)
        axes.hlines(y, left + step.low, left + step.high, color=INK, lw=1.2)
        share = f" ({step.share:.0%})" if math.isfinite(step.share) else ""
        axes.annotate(
            f" {'' if step.stage else '−'}{step.mean:,.0f}{share}", (left + max(step.mean, step.high), y),
            va="center", fontsize=7, color=INK if step.stage else MUTED,
        )  # fmt: skip
        left = step.mean if step.stage else left
    axes.set_yticks(range(len(_STEPS)), [names[step] for step, *_ in _STEPS])
    for tick, (step_name, stage, *_) in zip(axes.get_yticklabels(), _STEPS, strict=False):  # none if shared
        tick.set(**(heavy(names[step_name]) if stage else {}))
    axes.set_ylim(len(_STEPS) - 0.4, -0.6)
    widest = max((step.high for step in steps if math.isfinite(step.high)), default=0.0)
    axes.set_xlim(0, 1.45 * widest or 1)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel(say(lang, "Number over the horizon", "期間合計（件）"))
    axes.grid(axis="x")

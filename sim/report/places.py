"""Figures of places: the map of municipalities, and who is left behind."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from sim.report.over_time import scenario_handles
from sim.report.style import INK, MAP_COLOURS, MUTED, WIDTH, framed, marks, styled
from sim.report.tables import (
    runs_of,
    scenario_order,
    spread,
    without_project_by_size,
)
from sim.report.words import band, replicates, say

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
    limit = _limit(table[value]) if difference else 1.0
    dots = axes.scatter(
        x, y, s=_area(table["population"].to_numpy(), japan), c=table[value], cmap=MAP_COLOURS,
        norm=Normalize(-limit if difference else 0, limit), edgecolors="#404040", linewidths=0.25,
        rasterized=True,
    )  # fmt: skip
    axes.set_aspect(1 / _STRETCH if japan else 1, anchor="SW")
    bar = figure.colorbar(
        dots, cax=scale, format=PercentFormatter(1, decimals=0), extend="both" if difference else "neither"
    )
    bar.outline.set_visible(False)
    bar.set_label(
        say(lang, "Change in the probability of a project (% points)", "事業を持つ確率の変化（%ポイント）")
        if difference
        else say(lang, "Probability of having signed a project by the end", "期末までに事業を1件以上持つ確率")
    )
    _size_legend(axes, japan, lang)
    return framed(
        figure,
        say(lang, "Where partnerships reach", "連携事業の広がり")
        + (say(lang, ": ", "：") + subject if subject else ""),
        _map_text(len(table), runs, difference, lang),
        _coordinates(lang) if japan else "",
    )


def _limit(changes: pd.Series) -> float:
    """Where the colours of a change end: 98 in 100 dots lie inside."""
    sizes = changes.abs().dropna()
    return max(0.05, float(sizes.quantile(0.98))) if len(sizes) else 1.0


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
        f"hare of {replicates(runs, lang)} in which it ever signed: the whole spread of runs, hence no band.",
        f"{replicates(runs, lang)}のうち一度でも成約した割合（確率そのもののため帯はない）。",
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
    return np.asarray(3.5 + largest * np.sqrt(np.clip(population, 0, None) / 3.7e6))


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
    corner = (1 - 1.15 / WIDTH, 3.5 / figure.get_size_inches()[1])
    legend = figure.legend(
        *axes.get_legend_handles_labels(), title=say(lang, "Population", "人口"), loc="lower left",
        bbox_to_anchor=corner, labelspacing=0.9, title_fontsize=8, alignment="left",
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
    step = min(0.15, 0.7 / max(len(names), 1))
    for place, (name, look) in enumerate(marks(names).items()):
        rows = table[table["scenario"] == name]
        x = rows["quartile"].to_numpy() + (place - (len(names) - 1) / 2) * step
        axes.vlines(x, rows["low"], rows["high"], color=look.colour, lw=1.3)
        axes.plot(
            x, rows["median"], linestyle="none", color=look.colour, marker=look.marker, markersize=6,
            markeredgecolor="white", markeredgewidth=0.5,
        )  # fmt: skip
    for quartile in (1, 3):
        axes.axvspan(quartile - 0.5, quartile + 0.5, color="#f4f5f6", lw=0, zorder=0)
    axes.set_xticks([1, 2, 3, 4], _quartile_labels(places, lang))
    axes.set_xlim(0.5, 4.5)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylabel(say(lang, "Municipalities without a project (%)", "事業のない市町村（%）"))
    axes.set_xlabel(say(lang, "Quartile by population (persons)", "人口の四分位（人）"))
    axes.tick_params(axis="x", length=0)
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
        handles=scenario_handles(names, titles, lines=False),
    )


def _quartile_labels(places: pd.DataFrame, lang: str) -> list[str]:
    cuts = [f"{round(cut, -2):,.0f}" for cut in places["population"].quantile([0.25, 0.5, 0.75])]
    return [
        say(lang, f"smallest\nup to {cuts[0]}", f"最小\n{cuts[0]}まで"),
        f"{cuts[0]}–{cuts[1]}",
        f"{cuts[1]}–{cuts[2]}",
        say(lang, f"largest\nover {cuts[2]}", f"最大\n{cuts[2]}超"),
    ]

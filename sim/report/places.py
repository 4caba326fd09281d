"""Who is left behind: municipalities without a project by size, fiscal strength and prefecture."""

from __future__ import annotations

import re
from functools import partial
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from sim.report.municipalities import QUARTERS, places_of
from sim.report.over_time import scenario_handles, shown
from sim.report.palette import marks
from sim.report.style import Sheet
from sim.report.tables import RUN, spread, with_point
from sim.report.words import Names, band, number
from sim.results import Results
from sim.text import say

_SUFFIX = re.compile(r" (Ken|Fu|To)$")  # what prefectures are called besides their name
#: By what municipalities are grouped: quarters by population and by fiscal strength, and prefectures.
GROUPINGS = ("size", "strength", "prefecture")
ENDS = ("scenario", "point", "replicate", "jis_code", "projects_signed")


def left_behind_data(results: Results) -> pd.DataFrame:
    """Share of municipalities that never signed a project, by group and scenario; see ``left_behind``."""
    places = places_of(results.world)
    return left_behind(results.table("municipalities", ENDS), places)


def left_behind(ends: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Share of the municipalities of each group that never signed a project by the end.

    Args:
        ends: ``scenario``, ``replicate``, ``jis_code``, ``projects_signed``; a row per run and municipality.
        places: as of ``municipalities.places_of``.

    Returns:
        ``grouping`` (one of ``GROUPINGS``), ``group`` (``1``-``4``, or the prefecture), ``scenario``,
        ``mean``, ``median``, ``low``, ``high`` (5-95% of runs), ``runs``, ``municipalities`` (in the group),
        ``lowest`` and ``highest`` (of what the grouping goes by; null for prefectures).
    """
    table = with_point(ends).assign(
        jis_code=ends["jis_code"].astype(str), share=(ends["projects_signed"] == 0).astype(float)
    )
    table = table.merge(places[["jis_code", *GROUPINGS]], on="jis_code")
    parts = []
    for grouping in GROUPINGS:
        shares = table.groupby([*RUN, grouping], observed=True, sort=False)["share"].mean().reset_index()
        reduced = spread(shares, [grouping, "scenario"], "share")
        means = (
            shares.groupby([grouping, "scenario"], observed=True, sort=False)["share"].mean().rename("mean")
        )
        reduced = reduced.merge(means.reset_index(), on=[grouping, "scenario"])
        reduced = reduced.merge(_bounds(places, grouping), on=grouping)
        reduced = reduced.rename(columns={grouping: "group"}).assign(grouping=grouping)
        parts.append(reduced.astype({"group": str}))
    return pd.concat(parts, ignore_index=True)


def with_names(table: pd.DataFrame, places: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The table of ``left_behind`` with prefectures named in the language."""
    if lang == "ja" or table.empty:
        return table
    romaji = dict(zip(places["prefecture"], places["prefecture_romaji"], strict=True))
    names = {name: _SUFFIX.sub("", shown) for name, shown in romaji.items()}
    return table.assign(group=table["group"].replace(names))


def _bounds(places: pd.DataFrame, grouping: str) -> pd.DataFrame:
    groups = places.groupby(grouping, sort=False)
    size = groups.size().rename("municipalities").reset_index()
    if grouping == "prefecture":
        return size.assign(lowest=float("nan"), highest=float("nan"))
    values = groups["population" if grouping == "size" else "fiscal_strength"]
    return size.assign(lowest=values.min().to_numpy(), highest=values.max().to_numpy())


def draw_left_behind(axes: Axes, data: pd.DataFrame, names: Names, grouping: str) -> None:
    """One panel: share without a project by quarter of municipalities and scenario, with whiskers."""
    panel = data[data["grouping"] == grouping]
    scenarios = shown(panel, names)
    step = min(0.15, 0.7 / max(len(scenarios), 1))
    for place, (name, look) in enumerate(marks(scenarios).items()):
        rows = panel[panel["scenario"] == name]
        x = rows["group"].astype(int).to_numpy() + (place - (len(scenarios) - 1) / 2) * step
        axes.vlines(x, rows["low"], rows["high"], color=look.colour, lw=1.3)
        axes.plot(
            x, rows["median"], linestyle="none", color=look.colour, marker=look.marker, markersize=5,
            markeredgecolor="white", markeredgewidth=0.5,
        )  # fmt: skip
    for quarter in (1, 3):
        axes.axvspan(quarter - 0.5, quarter + 0.5, color="#f4f5f6", lw=0, zorder=0)
    there = sorted(panel["group"].astype(int).unique())  # a world of few municipalities lacks some
    axes.set_xticks(there, quarter_labels(panel, names))
    axes.set_xlim(0.5, QUARTERS + 0.5)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylabel(say("figures.left_behind.axis", names.lang))
    axes.set_xlabel(say(f"figures.left_behind.{grouping}", names.lang))
    axes.tick_params(axis="x", length=0)
    axes.grid(axis="y")


def left_behind_sheet(data: pd.DataFrame, names: Names) -> Sheet:
    """The figure: by size and by fiscal strength."""
    runs = int(data["runs"].max()) if len(data) else 0
    return Sheet(
        title=say("figures.left_behind.title", names.lang),
        subtitle=say("figures.left_behind.subtitle", names.lang) + band(runs, names.lang, "mark"),
        panels=[
            partial(draw_left_behind, data=data, names=names, grouping=grouping)
            for grouping in ("size", "strength")
        ],
        columns=2,
        height=3.0,
        handles=scenario_handles(shown(data, names), names, lines=False),
        share="y",
    )


def quarter_labels(panel: pd.DataFrame, names: Names) -> list[str]:
    """Where the quarters of municipalities end: the highest value of each, rounded."""
    rows = panel.drop_duplicates("group").sort_values("group")
    by_size = bool((panel["grouping"] == "size").all())
    cuts = [number(float(f"{value:.3g}")) if by_size else f"{value:.2f}" for value in rows["highest"]]
    lowest = say("figures.left_behind.up_to", names.lang, most=cuts[0]) if cuts else ""
    middle = [f"{low}–\n{high}" for low, high in pairwise(cuts[:-1])]
    highest = say("figures.left_behind.over", names.lang, least=cuts[-2]) if len(cuts) > 1 else ""
    return [lowest, *middle, highest][: len(cuts)]

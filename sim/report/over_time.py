"""Figures over time: adoption of the SDGs, and partnerships."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from sim.report.palette import INK, marks
from sim.report.style import Sheet, plain, wrap
from sim.report.tables import observed_adoption, over_time, scenario_order, years
from sim.report.words import Names, band
from sim.results import Results
from sim.text import say

MOST_BANDS = 6
#: Letters of a name in a legend.
_LABEL = 90
_FILL = {"all": INK, "responding": "white"}


def adoption_data(results: Results) -> pd.DataFrame:
    """Share of local governments that promote the SDGs, by scenario and quarter, with surveys for ``japan``.

    For ``japan`` the model's lines are what such a survey counts: those who promote and answer, of all.

    Returns:
        ``series``: ``scenario``, ``quarter``, ``year``, ``median``, ``low``, ``high``, ``runs`` and ``base``:
        ``model``, or what a survey point is a share of (``all``, ``responding``), with ``source``.
    """
    real = results.experiment.world_kind == "japan"
    outcome = "adoption_share_surveyed" if real else "adoption_share"
    table = _banded(results, outcome).assign(base="model", source="")
    if not real:
        return table
    points = observed_adoption().rename(columns={"share": "median"})
    return pd.concat([table, points.assign(year=years(points["quarter"]))], ignore_index=True)


def draw_adoption(axes: Axes, data: pd.DataFrame, names: Names) -> None:
    """Lines with bands for scenarios and stars for survey points."""
    draw_bands(axes, data[data["base"] == "model"], names)
    for base, fill in _FILL.items():
        rows = data[data["base"] == base]
        axes.plot(rows["year"], rows["median"], markerfacecolor=fill, **_STAR)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    real = bool((data["base"] != "model").any())
    axes.set_ylabel(say(f"figures.adoption.{'governments' if real else 'municipalities'}", names.lang))
    _year_axis(axes, names)


_STAR: dict[str, Any] = {
    "linestyle": "none", "marker": "*", "markersize": 11, "zorder": 5, "markeredgecolor": INK,
    "markeredgewidth": 0.8,
}  # fmt: skip


def adoption_sheet(data: pd.DataFrame, names: Names, indistinct: bool = False) -> Sheet:
    """The figure of adoption; ``indistinct`` where no scenario makes a difference that matters."""
    bases = [base for base in _FILL if (data["base"] == base).any()]
    stars = [
        Line2D(
            [], [], markerfacecolor=_FILL[base], label=say(f"figures.adoption.{base}", names.lang), **_STAR
        )
        for base in bases
    ]
    subtitle = _what(data[data["base"] == "model"], names)
    if indistinct:
        subtitle = say("figures.adoption.indistinct", names.lang) + subtitle
    return Sheet(
        title=say("figures.adoption.title", names.lang),
        subtitle=subtitle,
        panels=[partial(draw_adoption, data=data, names=names)],
        height=3.4,
        note=_survey_note(data, names) if bases else "",
        handles=[*scenario_handles(shown(data, names), names), *stars],
    )


def _survey_note(data: pd.DataFrame, names: Names) -> str:
    sources = data.loc[data["base"] != "model", "source"]
    hosts = sorted({urlsplit(str(source)).netloc.removeprefix("www.") for source in sources})
    return say("figures.adoption.note", names.lang, hosts=", ".join(hosts))


PANELS = ("deals_signed", "active_partnerships")


def partnerships_data(results: Results) -> pd.DataFrame:
    """Deals signed since the start and partnerships under way by ``outcome``, ``scenario``, ``quarter``."""
    return pd.concat([_banded(results, name).assign(outcome=name) for name in PANELS], ignore_index=True)


def _banded(results: Results, outcome: str) -> pd.DataFrame:
    return over_time(results.runs(outcome, results.quarters), outcome, results.quarters)


def draw_partnerships(axes: Axes, data: pd.DataFrame, names: Names, outcome: str) -> None:
    """One panel: an outcome's line and band by scenario, from zero on."""
    draw_bands(axes, data[data["outcome"] == outcome], names)
    axes.set_title(say(f"figures.partnerships.{outcome}", names.lang))
    axes.set_ylabel(say(f"figures.partnerships.{outcome}_axis", names.lang))
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    _year_axis(axes, names)


def partnerships_sheet(data: pd.DataFrame, names: Names) -> Sheet:
    """The figure of partnerships: two panels over time."""
    return Sheet(
        title=say("figures.partnerships.title", names.lang),
        subtitle=_what(data, names),
        panels=[partial(draw_partnerships, data=data, names=names, outcome=name) for name in PANELS],
        columns=2,
        height=2.9,
        handles=scenario_handles(shown(data, names), names),
    )


def shown(data: pd.DataFrame, names: Names) -> list[str]:
    """The scenarios of a table, in the order of their titles."""
    return scenario_order(data.dropna(subset=["scenario"]), names.titles)


def scenario_handles(scenarios: Sequence[str], names: Names, *, lines: bool = True) -> list[Line2D]:
    """What a legend needs to name the scenarios, with their lines or with markers alone."""
    return [
        Line2D([], [], color=mark.colour, linestyle=mark.dash if lines else "none", marker=mark.marker,
               markersize=5, label=plain("".join(wrap(names.of(name), _LABEL, 1))))
        for name, mark in marks(scenarios).items()
    ]  # fmt: skip


def draw_bands(axes: Axes, data: pd.DataFrame, names: Names) -> None:
    """Median and 5-95% band of each scenario against ``year``."""
    scenarios = shown(data, names)
    for place, (name, mark) in enumerate(marks(scenarios).items()):
        rows = data[data["scenario"] == name].dropna(subset=["median"])
        if rows.empty:
            continue
        if rows["runs"].max() > 1 and (len(scenarios) <= MOST_BANDS or place == 0):
            axes.fill_between(rows["year"], rows["low"], rows["high"], color=mark.colour, alpha=0.16, lw=0)
        axes.plot(
            rows["year"], rows["median"], color=mark.colour, linestyle=mark.dash, marker=mark.marker,
            markersize=4, markevery=((2 * place) % 8, 8), markeredgecolor="white", markeredgewidth=0.5,
        )  # fmt: skip


def _what(data: pd.DataFrame, names: Names) -> str:
    runs = int(data["runs"].max()) if len(data) else 0
    only = (
        say("figures.first_band", names.lang) if data["scenario"].nunique() > MOST_BANDS and runs > 1 else ""
    )
    return band(runs, names.lang) + only


def _year_axis(axes: Axes, names: Names) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True, min_n_ticks=1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    axes.set_xlabel(say("figures.calendar_year", names.lang))
    axes.grid(axis="y")
    axes.margins(x=0.01)

"""Figures over time: adoption of the SDGs, and partnerships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from sim.report.style import INK, WIDTH, framed, marks, plain, styled
from sim.report.tables import over_time, runs_of, scenario_order, years
from sim.report.words import band, say, title_of

MOST_BANDS = 6


@styled
def adoption_over_time(
    series: pd.DataFrame,
    *,
    observed: pd.DataFrame | None = None,
    titles: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Share of local governments that promote the SDGs, with the survey points where they are given.

    Args:
        series: frame ``series`` of a results folder.
        observed: ``quarter``, ``share``, ``base``, ``source`` as of ``tables.observed_adoption``.
        titles: scenario -> title.
        lang: ``en`` or ``ja``.
    """
    outcome = "adoption_share" if observed is None else "adoption_share_governments"
    figure = Figure(figsize=(WIDTH, 4.7))
    axes = figure.add_subplot()
    names = scenario_order(series, titles)
    _draw_bands(axes, over_time(series, outcome), names)
    shown = observed if observed is not None else pd.DataFrame(columns=["quarter", "share", "base", "source"])
    survey = _draw_observed(axes, shown, lang)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylabel(
        say(lang, "Share promoting the SDGs (%)", "SDGsを推進する自治体の割合（%）")
        if observed is not None
        else say(lang, "Municipalities promoting the SDGs (%)", "SDGsを推進する市町村の割合（%）")
    )
    _year_axis(axes, lang)
    return framed(
        figure,
        say(lang, "Adoption of the SDGs by local governments", "自治体におけるSDGsの推進"),
        _what(runs_of(series), names, lang),
        _survey_note(shown, lang),
        [*scenario_handles(names, titles), *survey],
    )


@styled
def partnerships_over_time(
    series: pd.DataFrame, *, titles: Mapping[str, str] | None = None, lang: str = "en"
) -> Figure:
    """Deals signed since the start, and partnerships under way, by scenario with bands.

    Args:
        series: frame ``series`` of a results folder.
        titles: scenario -> title.
        lang: ``en`` or ``ja``.
    """
    figure = Figure(figsize=(WIDTH, 3.9))
    left, right = figure.subplots(1, 2)
    names = scenario_order(series, titles)
    _draw_bands(left, over_time(series, "deals_signed", cumulative=True), names)
    _draw_bands(right, over_time(series, "active_partnerships"), names)
    left.set_title(say(lang, "Signed since 2018Q2", "2018Q2以降の累積成約数"))
    right.set_title(say(lang, "Under way", "進行中"))
    left.set_ylabel(say(lang, "Deals (cumulative number)", "成約数（累積、件）"))
    right.set_ylabel(say(lang, "Projects under way (number)", "進行中の事業（件）"))
    for axes in (left, right):
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        _year_axis(axes, lang)
    return framed(
        figure,
        say(lang, "Partnerships between municipalities and companies", "自治体と企業の連携事業"),
        _what(runs_of(series), names, lang),
        handles=scenario_handles(names, titles),
    )


def scenario_handles(
    names: Sequence[str], titles: Mapping[str, str] | None, *, lines: bool = True
) -> list[Line2D]:
    """What a legend needs to name the scenarios, with their lines or with markers alone."""
    return [
        Line2D([], [], color=mark.colour, linestyle=mark.dash if lines else "none", marker=mark.marker,
               markersize=5, label=plain(title_of(name, titles)))
        for name, mark in marks(names).items()
    ]  # fmt: skip


def _draw_bands(axes: Axes, table: pd.DataFrame, names: Sequence[str]) -> None:
    for place, (name, mark) in enumerate(marks(names).items()):
        rows = table[table["scenario"] == name].dropna(subset=["median"])
        if rows.empty:
            continue
        if rows["runs"].max() > 1 and (len(names) <= MOST_BANDS or place == 0):
            axes.fill_between(rows["year"], rows["low"], rows["high"], color=mark.colour, alpha=0.16, lw=0)
        axes.plot(
            rows["year"], rows["median"], color=mark.colour, linestyle=mark.dash, marker=mark.marker,
            markersize=4, markevery=((2 * place) % 8, 8), markeredgecolor="white", markeredgewidth=0.5,
        )  # fmt: skip


def _draw_observed(axes: Axes, observed: pd.DataFrame, lang: str) -> list[Line2D]:
    """Stars at the survey points; returns what the legend needs."""
    looks = {
        "all": (INK, say(lang, "Observed (all 1,788)", "調査値（全1,788団体）")),
        "responding": ("white", say(lang, "Observed (respondents)", "調査値（回答団体）")),
    }
    drawn: list[Line2D] = []
    for base, (fill, label) in looks.items():
        rows = observed[observed["base"] == base]
        if len(rows):
            drawn += axes.plot(
                years(rows["quarter"]), rows["share"], linestyle="none", marker="*", markersize=11, zorder=5,
                markerfacecolor=fill, markeredgecolor=INK, markeredgewidth=0.8, label=label,
            )  # fmt: skip
    return drawn


def _survey_note(observed: pd.DataFrame, lang: str) -> str:
    if observed.empty:
        return ""
    hosts = ", ".join(sorted({urlsplit(source).netloc.removeprefix("www.") for source in observed["source"]}))
    return say(
        lang,
        "Observed: Cabinet Office survey of all local governments, held each autumn and drawn at Q4 of its "
        f"year; as reported by {hosts}. Those responding lean towards adopters, so their share is too high.",
        "調査値：内閣府の全国自治体アンケート（毎年秋に実施、その年の第4四半期に表示）。"
        f"出典：{hosts}（報道）。回答団体は推進団体に偏るため、その割合は高めに出る。",
    )


def _what(runs: int, names: Sequence[str], lang: str) -> str:
    text = band(runs, lang)
    if len(names) > MOST_BANDS and runs > 1:
        text += say(lang, " Only the first scenario's band is drawn.", "帯は最初のシナリオのみ。")
    return text


def _year_axis(axes: Axes, lang: str) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True, min_n_ticks=1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    axes.set_xlabel(say(lang, "Calendar year (quarterly data)", "暦年（四半期データ）"))
    axes.grid(axis="y")
    axes.margins(x=0.01)

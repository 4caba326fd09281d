"""Figures of public money: spent and lapsed, and what each lever absorbs year by year."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.over_time import scenario_handles, shown
from sim.report.palette import INK, MUTED, marks
from sim.report.style import Sheet, plain, wrap
from sim.report.tables import HIGH, LOW, absorbed_by_year, money
from sim.report.words import Names, amount, fund, replicates
from sim.results import Results
from sim.text import say

#: Panels of the figure of what levers absorb.
MOST_PANELS = 16
_SPENT = "#0072B2"
_LAPSED: dict[str, Any] = {"facecolor": "white", "edgecolor": MUTED, "hatch": "////"}


def money_data(results: Results) -> pd.DataFrame:
    """Public money over the horizon by ``scenario``: mean of runs in JPY M, and a band of what was spent."""
    return money_of(results.ledger)


def money_of(ledger: pd.DataFrame) -> pd.DataFrame:
    """The data of the figure from the frame ``ledger``."""
    groups = money(ledger).groupby("scenario", observed=True, sort=False)
    return pd.DataFrame(
        {
            "spent": groups["spent"].mean(), "lapsed": groups["lapsed"].mean(),
            "low": groups["spent"].quantile(LOW), "high": groups["spent"].quantile(HIGH),
            "runs": groups.size(),
        }
    ).reset_index()  # fmt: skip


def draw_money(axes: Axes, data: pd.DataFrame, names: Names) -> None:
    """A bar per scenario: what was spent, and hatched what lapsed."""
    scenarios = shown(data, names)
    rows = data.set_index(data["scenario"].astype(str))
    for y, name in enumerate(scenarios):
        columns = ["spent", "lapsed", "low", "high"]
        spent, lapsed, low, high = map(float, rows.loc[name, columns].to_numpy(np.float64))
        axes.barh(y, spent, color=_SPENT, height=0.62)
        axes.barh(y, lapsed, left=spent, height=0.62, lw=0.6, **_LAPSED)
        axes.hlines(y, low, high, color=INK, lw=1.4)
        text = say("figures.money.bar", names.lang, spent=amount(spent), lapsed=amount(lapsed))
        axes.annotate(f" {text}", (spent + lapsed, y), va="center", fontsize=7.5)
    axes.set_yticks(range(len(scenarios)), [plain("\n".join(wrap(names.of(n), 30, 3))) for n in scenarios])
    axes.set_ylim(len(scenarios) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1.42 * float((data["spent"] + data["lapsed"]).max() if len(data) else 0) or 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel(say("figures.money.axis", names.lang))
    axes.grid(axis="x")


def money_sheet(data: pd.DataFrame, names: Names) -> Sheet:
    """The figure of public money."""
    runs = int(data["runs"].max()) if len(data) else 0
    return Sheet(
        title=say("figures.money.title", names.lang),
        subtitle=say("figures.money.subtitle", names.lang, runs=replicates(runs, names.lang)),
        panels=[partial(draw_money, data=data, names=names)],
        height=0.7 + 0.36 * max(len(data), 1),
        handles=[
            Patch(facecolor=_SPENT, label=say("figures.money.spent", names.lang)),
            Patch(label=say("figures.money.lapsed", names.lang), **_LAPSED),
        ],
    )


def absorbed_data(results: Results) -> pd.DataFrame:
    """What every lever spent of its appropriation in each fiscal year; see ``tables.absorbed_by_year``."""
    return absorbed_by_year(results.ledger)


def levers_shown(data: pd.DataFrame, baseline: str | None) -> list[str]:
    """Levers on which some scenario spends other money than the baseline; all funded ones without one."""
    sums = data.groupby(["lever", "scenario"], observed=True, sort=False)["appropriated"].sum()
    given = sums.unstack(fill_value=0)  # the baseline has no row of another's programme
    if baseline is None or baseline not in given:
        return [str(name) for name in given.index[given.max(axis=1) > 0]]
    differs = given.sub(given[baseline], axis=0).abs().max(axis=1) > 0
    return [str(name) for name in given.index[differs]]


def _with_most(data: pd.DataFrame, levers: list[str]) -> list[str]:
    """Those that are given most, in their order, and no more than a figure shows."""
    given = data.groupby(data["lever"].astype(str))["appropriated"].sum().reindex(levers)
    most = set(given.nlargest(MOST_PANELS).index)
    return [name for name in levers if name in most]


def _drawn(data: pd.DataFrame, levers: list[str], names: Names) -> list[str]:
    """Scenarios that some panel shows: those with money for one of its levers."""
    funded = data[data["lever"].isin(levers) & (data["appropriated"] > 0)]
    return (
        shown(data, names)
        if funded.empty
        else [name for name in shown(data, names) if name in set(funded["scenario"])]
    )


def draw_absorbed(axes: Axes, data: pd.DataFrame, names: Names, lever: str) -> None:
    """One panel: a lever by fiscal year; a line for what was spent, a thin step for what was given."""
    panel = data[(data["lever"] == lever) & (data["appropriated"] > 0)]
    for name, look in marks(shown(data, names)).items():
        rows = panel[panel["scenario"] == name]
        if len(rows):
            axes.plot(
                rows["fiscal_year"], rows["appropriated"], color=look.colour, lw=0.8, drawstyle="steps-mid"
            )
            axes.fill_between(
                rows["fiscal_year"], rows["low"], rows["high"], color=look.colour, alpha=0.16, lw=0
            )
            axes.plot(
                rows["fiscal_year"], rows["spent"], color=look.colour, linestyle=look.dash,
                marker=look.marker, markersize=4, markeredgecolor="white", markeredgewidth=0.4,
            )  # fmt: skip
    axes.set_ylim(bottom=0)
    pays_for = str(panel["pays_for"].iloc[0]) if len(panel) else lever
    axes.set_title(plain("\n".join(wrap(fund(lever, pays_for, names.lang, names.programmes), 44))))
    axes.set_xlabel(say("figures.fiscal_year", names.lang))
    axes.set_ylabel(say("figures.absorbed.axis", names.lang))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y")


def absorbed_sheet(data: pd.DataFrame, names: Names, baseline: str | None = None) -> Sheet:
    """The figure of what each lever absorbs: a panel per lever that the scenarios fund differently."""
    every = levers_shown(data, baseline) or levers_shown(data, None)
    levers, subtitle = _with_most(data, every), "subtitle" if len(every) <= MOST_PANELS else "subtitle_some"
    columns = 2 if len(levers) > 1 else 1
    runs = replicates(int(data["runs"].max()), names.lang)
    return Sheet(
        title=say("figures.absorbed.title", names.lang),
        subtitle=say(f"figures.absorbed.{subtitle}", names.lang, runs=runs, most=len(levers), all=len(every)),
        panels=[partial(draw_absorbed, data=data, names=names, lever=lever) for lever in levers],
        columns=columns,
        height=2.05 * max(1, -(-len(levers) // columns)),
        handles=scenario_handles(_drawn(data, levers, names), names),
    )

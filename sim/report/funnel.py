"""Figure of the way of a deal: from the need to the completed project, and where it is lost."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from sim.report.outcomes import STEPS
from sim.report.over_time import shown
from sim.report.palette import INK, MUTED
from sim.report.style import Sheet, heavy, plain, wrap
from sim.report.tables import HIGH, LOW, RUN, ends_of_deals
from sim.report.words import Names, percent, replicates
from sim.results import Results
from sim.text import say

#: Outcomes that the waterfall reads.
FLOWS = (
    "needs_posted", "meetings", "lost_to_capacity", "lost_to_awareness", "lost_to_distance", "proposals",
    "refused_by_municipality", "refused_by_company", "refused_by_lenders", "deals_signed",
    "projects_completed", "active_partnerships",
)  # fmt: skip
_BEYOND_SIGNATURE = ("failed", "active", "completed", "projects_completed", "active_partnerships")
_ENDS = ("scenario", "point", "replicate", "verdict", "state")
_LOOKS: dict[str, dict[str, Any]] = {
    "stage": {"color": "#0072B2"},
    "loss": {"facecolor": "white", "edgecolor": "#D55E00", "hatch": "/////", "linewidth": 0.6},
    "running": {"color": "#8ec6e6"},
    "total": {"color": "#b3b3b3"},
}


def funnel_data(results: Results) -> pd.DataFrame:
    """Steps of every scenario; see ``funnel``. The way ends at the signature where deals are not kept."""
    kept = "deals" in results.manifest.record
    return funnel(results.runs(FLOWS), results.table("deals", _ENDS) if kept else None)


def funnel(runs: pd.DataFrame, deals: pd.DataFrame | None) -> pd.DataFrame:
    """Stages and losses from needs to completed projects over the horizon, by scenario.

    Each deal counts once, as its first project ended; renewals come in with the last two rows alone, which
    are the outcomes ``projects_completed`` and ``active_partnerships``.

    Args:
        runs: a row per run with the ``FLOWS``, as of ``Results.runs``.
        deals: frame ``deals``; None where it is not kept.

    Returns:
        ``scenario``, ``step``, ``kind`` (stage, loss, running, total), ``mean``, ``low``, ``high``, ``share``
        (of the stage before; null for totals), ``runs``.
    """
    runs = runs.assign(unserved=runs["needs_posted"] - runs["meetings"])
    if deals is not None:
        runs = runs.merge(ends_of_deals(deals, runs), on=RUN)
    steps = [name for name in STEPS if deals is not None or name not in _BEYOND_SIGNATURE]
    rows = []
    for scenario, group in runs.groupby("scenario", observed=True, sort=False):
        before = math.nan
        for step in steps:
            values, kind = group[step], STEPS[step]
            mean = float(values.mean())
            share = mean / before if before and kind != "total" else math.nan
            row = (mean, float(values.quantile(LOW)), float(values.quantile(HIGH)), share, len(values))
            rows.append((str(scenario), step, kind, *row))
            before = mean if kind == "stage" else before
    columns = ["scenario", "step", "kind", "mean", "low", "high", "share", "runs"]
    return pd.DataFrame(rows, columns=columns)


def draw_funnel(axes: Axes, data: pd.DataFrame, names: Names, scenario: str) -> None:
    """One panel: the waterfall of a scenario."""
    steps = list(dict.fromkeys(data["step"]))
    order = {step: y for y, step in enumerate(steps)}
    left = 0.0
    row: Any
    for row in data[data["scenario"] == scenario].itertuples(index=False):
        if not math.isfinite(row.mean) or (row.kind == "loss" and row.mean == 0):
            continue
        left = 0.0 if row.kind in ("stage", "total") else left - row.mean
        _bar(axes, order[row.step], left, row)
        left = row.mean if row.kind == "stage" else left
    _name_steps(axes, data, steps, names)
    axes.set_title(plain("\n".join(wrap(names.of(scenario), 44))))
    axes.set_xlim(0, 1.45 * float(data["high"].max()) if data["high"].max() > 0 else 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel(say("figures.funnel.axis", names.lang))
    axes.grid(axis="x")


def _bar(axes: Axes, y: int, left: float, row: Any) -> None:
    axes.barh(y, row.mean, left=left, height=0.68, **_LOOKS[row.kind])
    axes.hlines(y, left + row.low, left + row.high, color=INK, lw=1.2)
    share = f" ({percent(row.share)})" if math.isfinite(row.share) else ""
    sign = "−" if row.kind == "loss" else ""
    axes.annotate(
        f" {sign}{row.mean:,.0f}{share}", (left + max(row.mean, row.high), y), va="center", fontsize=7,
        color=INK if row.kind == "stage" else MUTED,
    )  # fmt: skip


def _name_steps(axes: Axes, data: pd.DataFrame, steps: list[str], names: Names) -> None:
    labels = [say(f"figures.funnel.{step}", names.lang) for step in steps]
    axes.set_yticks(range(len(steps)), labels)
    for tick, step, label in zip(axes.get_yticklabels(), steps, labels, strict=False):  # none if shared
        tick.set(**(heavy(label) if STEPS[step] == "stage" else {}))
    axes.set_ylim(len(steps) - 0.4, -0.6)
    if "projects_completed" in steps:
        axes.axhline(steps.index("projects_completed") - 0.5, color="#d9d9d9", lw=0.7)
    axes.tick_params(axis="y", length=0)


def funnel_sheet(data: pd.DataFrame, names: Names) -> Sheet:
    """The waterfall: a panel per scenario."""
    scenarios = shown(data, names)
    columns = min(2, max(1, len(scenarios)))
    runs = int(data["runs"].max()) if len(data) else 0
    steps = data["step"].nunique()
    kinds = [kind for kind in _LOOKS if (data["kind"] == kind).any()]
    return Sheet(
        title=say("figures.funnel.title", names.lang),
        subtitle=say("figures.funnel.subtitle", names.lang, runs=replicates(runs, names.lang)),
        panels=[partial(draw_funnel, data=data, names=names, scenario=name) for name in scenarios],
        columns=columns,
        height=(0.55 + 0.19 * steps) * max(1, -(-len(scenarios) // columns)),
        note=say("figures.funnel.note", names.lang) if "total" in kinds else "",
        handles=[Patch(label=say(f"figures.funnel.{kind}", names.lang), **_LOOKS[kind]) for kind in kinds],
        share="both",
    )

"""Figure of the way of a deal: from the need to the completed project, and where it is lost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from sim.report.style import INK, MUTED, WIDTH, framed, heavy, plain, styled, wrap
from sim.report.tables import HIGH, LOW, RUN, ends_of_deals, runs_of, scenario_order, totals
from sim.report.words import replicates, say, title_of

#: Outcomes that the waterfall reads.
FLOWS = (
    "needs_posted", "meetings", "lost_to_capacity", "lost_to_awareness", "lost_to_distance", "proposals",
    "refused_by_municipality", "refused_by_company", "refused_by_lenders", "deals_signed",
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
    ("deals_signed", True, "Deals signed", "成約"),
    ("failed", False, "failed", "失敗"),
    ("active", False, "still running", "期末に進行中"),
    ("completed", True, "Completed", "完了"),
)


@styled
def where_deals_die(
    series: pd.DataFrame,
    deals: pd.DataFrame | None = None,
    *,
    scenarios: Sequence[str] | None = None,
    titles: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Waterfall from needs to completed projects, with the losses at each step, one panel per scenario.

    Args:
        series: frame ``series`` of a results folder.
        deals: frame ``deals``; without it the way ends at the signature.
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
        _waterfall(axes, funnel(series, deals, name), lang)
        axes.set_title(plain("\n".join(wrap(title_of(name, titles), 44))))
    for axes in grid.flat[len(names) :]:
        axes.set_axis_off()
    handles = [
        Patch(facecolor="#0072B2", label=say(lang, "reaches this stage", "この段階に到達")),
        Patch(label=say(lang, "lost on the way", "途中で失われた件数"), **_LOST),
    ]
    n = replicates(runs_of(series), lang)
    return framed(
        figure,
        say(lang, "Where deals die", "成約はどこで失われるか"),
        say(
            lang,
            f"Totals of the horizon: mean of {n}; line: 5–95% band. %: of the stage before.",
            f"期間合計。棒：{n}の平均、線：5〜95%。%：直前の段階に対する割合。",
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


def funnel(series: pd.DataFrame, deals: pd.DataFrame | None, scenario: str) -> list[Step]:
    """Stages and losses of one scenario from needs to completed projects; losses of nothing are left out.

    Renewals are no part of it: each deal counts once, as its first project ended.
    """
    runs = totals(series[series["scenario"] == scenario], FLOWS)
    runs["unserved"] = runs["needs_posted"] - runs["meetings"]
    if deals is not None:
        runs = runs.merge(ends_of_deals(deals[deals["scenario"] == scenario], runs), on=RUN)
    steps, before = [], math.nan
    for name, stage, *_ in (step for step in _STEPS if step[0] in runs):
        mean, low, high = float(runs[name].mean()), runs[name].quantile(LOW), runs[name].quantile(HIGH)
        if stage or mean > 0:
            steps.append(
                Step(name, stage, mean, float(low), float(high), mean / before if before else math.nan)
            )
        before = mean if stage else before
    return steps


_LOST: dict[str, Any] = {"facecolor": "white", "edgecolor": "#D55E00", "hatch": "/////", "linewidth": 0.6}


def _waterfall(axes: Axes, steps: Sequence[Step], lang: str) -> None:
    shown = _STEPS if any(step.name == "completed" for step in steps) else _STEPS[:-3]
    names = {step: say(lang, en, ja) for step, _, en, ja in shown}
    order = {step: y for y, (step, *_) in enumerate(shown)}
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
    axes.set_yticks(range(len(shown)), [names[step] for step, *_ in shown])
    for tick, (step_name, stage, *_) in zip(axes.get_yticklabels(), shown, strict=False):  # none if shared
        tick.set(**(heavy(names[step_name]) if stage else {}))
    axes.set_ylim(len(shown) - 0.4, -0.6)
    widest = max((step.high for step in steps if math.isfinite(step.high)), default=0.0)
    axes.set_xlim(0, 1.45 * widest or 1)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel(say(lang, "Number over the horizon", "期間合計（件）"))
    axes.grid(axis="x")

"""Figures of effects: scenarios against the baseline, the 17 goals, public money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.over_time import scenario_handles
from sim.report.style import INK, MUTED, WIDTH, Mark, framed, marks, plain, styled, wrap
from sim.report.tables import HIGH, LOW, money, runs_of, scenario_order, spread, totals
from sim.report.words import band, goal, is_share, number, replicates, say, short, signed, title_of, unit

#: Outcomes that the forest plot and the report's table show.
MAIN_OUTCOMES = (
    "deals_signed", "projects_completed", "active_partnerships", "private_investment", "adoption_share",
    "municipalities_without_project_share", "sdg_progress", "sdg_progress_bottom_quartile", "spent", "lapsed",
)  # fmt: skip
PROGRESS_BY_GOAL = tuple(f"sdg_progress_{goal:02d}" for goal in range(1, 18))


@styled
def effect_of_scenarios(
    comparison: pd.DataFrame,
    *,
    outcomes: Sequence[str] = MAIN_OUTCOMES,
    titles: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Forest plot: paired effect of each scenario against the baseline with its 95% interval.

    Args:
        comparison: ``scenario``, ``baseline``, ``outcome``, ``effect``, ``ci_low``, ``ci_high``,
            ``replicates``; one row per scenario and outcome.
        outcomes: which outcomes, in order; those that the table lacks are left out.
        titles: scenario -> title.
        lang: ``en`` or ``ja``.
    """
    shown = [name for name in outcomes if name in set(comparison["outcome"])]
    names = scenario_order(comparison, titles)
    rows = max(1, -(-len(shown) // 2))
    figure = Figure(figsize=(WIDTH, 1.05 + rows * (0.62 + 0.24 * max(len(names), 1))))
    grid = figure.subplots(rows, 2, squeeze=False, sharey=True)
    for axes, outcome in zip(grid.flat, shown, strict=False):
        _forest_panel(axes, comparison[comparison["outcome"] == outcome], outcome, names, titles, lang)
    for axes in grid.flat[len(shown) :]:
        axes.set_axis_off()
    baseline = ", ".join(title_of(str(name), titles) for name in pd.unique(comparison["baseline"]))
    n = int(comparison["replicates"].max()) if len(comparison) else 0
    return framed(
        figure,
        say(lang, "Effect of each scenario against the baseline", "基準シナリオに対する各シナリオの効果"),
        say(
            lang,
            f"Mark: mean difference from “{baseline}”; bar: 95% interval of the mean, from n = {n:,} paired "
            "replicates. Flows and money are totals of the horizon, the rest is the state at its end.",
            f"印：「{baseline}」との差の平均、横棒：平均の95%信頼区間（対応のある試行 n = {n:,}）。"
            "フローと金額は期間合計、その他は期末の値。",
        ),
    )


def _forest_panel(
    axes: Axes,
    rows: pd.DataFrame,
    outcome: str,
    names: Sequence[str],
    titles: Mapping[str, str] | None,
    lang: str,
) -> None:
    factor = 100 if is_share(outcome) else 1
    axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
    looks = marks(["", *names])  # black stays with the baseline
    for y, name in enumerate(names):
        look, values = looks[name], rows.loc[rows["scenario"] == name, ["effect", "ci_low", "ci_high"]]
        for middle, low, high in factor * values.to_numpy(dtype=np.float64):
            axes.errorbar(
                [middle], [y], xerr=[[middle - low], [high - middle]], color=look.colour, marker=look.marker,
                markersize=4.6, elinewidth=1.6, capsize=3, capthick=1.2,
            )  # fmt: skip
            axes.annotate(signed(middle), (1.01, y), xycoords=("axes fraction", "data"), fontsize=7.5,
                          va="center", annotation_clip=False)  # fmt: skip
    axes.set_yticks(range(len(names)), [plain("\n".join(wrap(title_of(name, titles), 26))) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_title(short(outcome, lang))
    in_unit = unit(outcome, lang)
    axes.set_xlabel(say(lang, f"difference ({in_unit})", f"差（{in_unit}）"), fontsize=7.5)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.margins(x=0.12)


@styled
def progress_by_goal(
    series: pd.DataFrame, *, titles: Mapping[str, str] | None = None, lang: str = "en"
) -> Figure:
    """Share of the gap of each of the 17 goals that projects closed by the end, by scenario, with bands.

    Args:
        series: frame ``series`` of a results folder.
        titles: scenario -> title.
        lang: ``en`` or ``ja``.
    """
    names = scenario_order(series, titles)
    last = totals(series, PROGRESS_BY_GOAL)
    long = last.melt(["scenario", "point", "replicate"], var_name="outcome", value_name="progress")
    table = spread(long.dropna(subset=["progress"]), ["scenario", "outcome"], "progress")
    step = min(0.16, 0.8 / max(len(names), 1))
    figure = Figure(figsize=(WIDTH, 1.3 + 17 * max(0.25, 0.12 + 0.055 * len(names))))
    axes = figure.add_subplot()
    for place, (name, look) in enumerate(marks(names).items()):
        rows = table[table["scenario"] == name]
        y = rows["outcome"].str[-2:].astype(int).to_numpy() - 1 + (place - (len(names) - 1) / 2) * step
        _whiskers(axes, rows, y, look)
    axes.set_yticks(range(17), [goal(number, lang) for number in range(1, 18)])
    axes.set_ylim(16.6, -0.6)
    axes.tick_params(axis="y", length=0)
    for edge in range(16):
        axes.axhline(edge + 0.5, color="#ededed", lw=0.6, zorder=0)
    axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
    axes.grid(axis="x")
    axes.set_xlabel(
        say(
            lang,
            "Share of the goal's remaining gap closed by projects (basis points; 100 = 1%)",
            "事業によるゴール未達分の縮小（bp、100 = 1%）",
        )
    )
    return framed(
        figure,
        say(lang, "Progress on the 17 goals", "17ゴールの進捗"),
        band(runs_of(series), lang, "mark")
        + say(lang, " Against the same world without projects.", "事業のない同じ世界との差。"),
        handles=scenario_handles(names, titles, lines=False),
    )


def _whiskers(axes: Axes, rows: pd.DataFrame, y: np.ndarray, look: Mark) -> None:
    axes.hlines(y, rows["low"], rows["high"], color=look.colour, lw=1.1, alpha=0.7)
    axes.plot(
        rows["median"], y, linestyle="none", marker=look.marker, markersize=4.6, color=look.colour,
        markeredgecolor="white", markeredgewidth=0.4,
    )  # fmt: skip


@styled
def public_money(
    ledger: pd.DataFrame, *, titles: Mapping[str, str] | None = None, lang: str = "en"
) -> Figure:
    """Public money appropriated over the horizon by scenario: what was spent and what lapsed.

    Args:
        ledger: frame ``ledger`` of a results folder, in JPY M.
        titles: scenario -> title.
        lang: ``en`` or ``ja``.
    """
    names = scenario_order(ledger, titles)
    runs = money(ledger)
    figure = Figure(figsize=(WIDTH, 1.45 + 0.36 * max(len(names), 1)))
    axes, widest = figure.add_subplot(), 0.0
    for y, name in enumerate(names):
        amounts = runs.loc[runs["scenario"] == name, ["spent", "lapsed"]].to_numpy(dtype=np.float64)
        spent, lapsed = amounts.mean(axis=0)
        axes.barh(y, spent, color="#0072B2", height=0.62)
        axes.barh(
            y, lapsed, left=spent, height=0.62, facecolor="white", edgecolor=MUTED, hatch="////", lw=0.6
        )
        axes.hlines(y, *np.quantile(amounts[:, 0], [LOW, HIGH]), color=INK, lw=1.4)
        text = say(lang, " {} spent, {} lapsed", " 執行 {}、不用 {}").format(number(spent), number(lapsed))
        axes.annotate(text, (spent + lapsed, y), va="center", fontsize=7.5)
        widest = max(widest, spent + lapsed)
    axes.set_yticks(range(len(names)), [plain("\n".join(wrap(title_of(name, titles), 30))) for name in names])
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1.42 * widest or 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel(say(lang, "Public money over the horizon (JPY M)", "期間中の公的資金（百万円）"))
    axes.grid(axis="x")
    handles = [
        Patch(facecolor="#0072B2", label=say(lang, "spent", "執行")),
        Patch(facecolor="white", edgecolor=MUTED, hatch="////", label=say(lang, "lapsed", "不用（返納）")),
    ]
    n = replicates(runs_of(ledger), lang)
    return framed(
        figure,
        say(lang, "Public money: spent and lapsed", "公的資金の執行と不用"),
        say(
            lang,
            f"Bars: mean of {n}; line at the end of the spent part: its 5–95% band.",
            f"棒：{n}の平均、執行額の端の線：5〜95%。",
        ),
        handles=handles,
    )

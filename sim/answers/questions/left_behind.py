"""Who is left behind? By size, region and goal; and do grants that go by need reach others?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.analysis.left_behind import (
    Reached,
    at_random,
    awards,
    by_goal_and_size,
    draw_heat,
    draw_lorenz,
    inequality,
    least_served,
    lorenz_curves,
    read_reached,
)
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Estimate, mean_of, told, told_level, told_ratio
from sim.report.palette import marks
from sim.report.style import Sheet
from sim.text import Language

if TYPE_CHECKING:
    from sim.results import Results

_NOW, _SCORE, _NEED, _LOT = "baseline", "by_score", "by_need", "by_lot"
_RANDOM = "at random"
#: What the Lorenz curves show; those of the other rules cannot be told apart by eye.
_CURVES = {
    _NOW: Words("Actual programme", "現行施策"),
    _NEED: Words("Grants by need", "必要度順の補助金"),
    _RANDOM: Words("As many at random", "同数を無作為に"),
}
_WITHOUT = "municipalities_without_project_share"
#: Between which groups of municipalities inequality is told.
_PARTS = {"size": "size_classes", "finance": "quarters_of_finance", "prefecture": "prefectures"}

_WHO = Words(
    "Under the actual programme {without} of municipalities never sign a project; were as many "
    "projects drawn by lot among all, it would be {chance:.0%}. The smallest quarter of municipalities "
    "holds {smallest} of the projects, the quarter weakest in its finances {weakest}; the fewest are for "
    "goal {goal}: {fewest} a hundred municipalities.",
    "現行施策では{without}の市区町村に事業が一度もない（同数を無作為に割り当てた場合は{chance:.0%}）"
    "。人口の少ない4分の1の市区町村が持つのは全体の{smallest}、財政力の弱い4分の1では{weakest}。最も少ない"
    "のは目標{goal}で、100市区町村あたり{fewest}。",
)
_SPLIT = Words(
    "Of Theil's index of projects, {theil}, {size} lies between classes of size, {finance} between quarters "
    "of fiscal strength and {prefecture} between prefectures. The least served on average is {place}, where "
    "{share} never sign one.",
    "事業の件数のタイル指数は{theil}で、うち人口規模階級の間が{size}、財政力4分位の間が{finance}、都道府県"
    "の間が{prefecture}。平均して最も取り残されるのは{place}で、{share}が一度も締結しない。",
)
_AWARDS = Words(
    "JPY 500 million a year of grants awarded by need instead of by score changes the share without a "
    "project by {need}, and the grants that the smallest quarter gets by {grants}; awarded by lot, the "
    "share changes by {lot}. Of {cells} cells of goal and size need and score differ in {shown} (Holm, "
    "5%).",
    "年5億円の補助金を評点順でなく必要度順に配ると、事業が一度もない割合は{need}、最小4分の1への補助"
    "金は{grants}変わる。抽選なら割合は{lot}変わる。目標と規模の{cells}区分のうち、必要度順と評点順で差"
    "が示されるのは{shown}（Holm、5%）。",
)
_HANGS_ON = Words(
    "A need is weighed by the distance of a goal from its target, and the chance of success and a "
    "bonus for designated cities still count in its score; the envelope binds, as not all who ask are "
    "paid. Few projects are spread unequally whoever gets them: see what chance gives.",
    "必要度は目標までの距離で測り、順位には成功確率と選定都市の加点も入る。予算は申請のすべてには足りな"
    "い。件数が少なければ誰に渡っても偏るので、偶然の場合と比べること。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """Inequality of projects, goals by size, and awards by need, by score and by lot."""
    reached = read_reached(results[0])
    levels, against = inequality(reached, _NOW), inequality(reached, _SCORE)
    heat, change = by_goal_and_size(reached, _NOW), by_goal_and_size(reached, _NEED, _SCORE)
    worst = least_served(reached, _NOW)
    sentences = (
        _who(reached, levels), _split(results[0], levels, worst), _awards(reached, against, change)
    )  # fmt: skip
    curves = {per_inhabitant: _curves(reached, per_inhabitant) for per_inhabitant in (False, True)}
    tables = {
        "goal_by_size": heat, "need_against_score": change, "inequality": against, "awards": awards(reached),
        "prefectures": worst, "lorenz": curves[False],
    }  # fmt: skip
    return Answer(
        sentences, (_HANGS_ON,), tables,
        lambda language: sheet(heat, change, curves, reached.replicates, language),
    )  # fmt: skip


def _curves(reached: Reached, per_inhabitant: bool) -> pd.DataFrame:
    """Lorenz curves of all arms, and of as many projects as under the actual programme at random."""
    random = lorenz_curves(at_random(reached), per_inhabitant)
    random = random[random["arm"] == _NOW].assign(arm=_RANDOM)
    return pd.concat([lorenz_curves(reached, per_inhabitant), random], ignore_index=True)


def _estimate(table: pd.DataFrame, arm: str, measure: str, difference: bool = False) -> Estimate:
    row = table[(table["arm"] == arm) & (table["measure"] == measure)].iloc[0]
    names = (
        ("difference", "difference_low", "difference_high") if difference else ("value", "ci_low", "ci_high")
    )
    value, low, high = (float(row[name]) for name in names)
    return Estimate(value, low, high, int(row["n"]))


def _chance(table: pd.DataFrame, arm: str, measure: str) -> float:
    return float(table[(table["arm"] == arm) & (table["measure"] == measure)]["chance"].iloc[0])


def _who(reached: Reached, levels: pd.DataFrame) -> Words:
    by_goal = 100.0 * reached.projects[reached.arm(_NOW)].mean(axis=1)
    goal = int(by_goal.mean(axis=0).argmin())
    return _WHO.filled(
        without=told_level(_WITHOUT, _estimate(levels, _NOW, "without_project")),
        chance=_chance(levels, _NOW, "without_project"),
        smallest=told_level(_WITHOUT, _estimate(levels, _NOW, "share_of_smallest")),
        weakest=told_level(_WITHOUT, _estimate(levels, _NOW, "share_of_weakest")),
        goal=goal + 1,
        fewest=told_ratio(mean_of(by_goal[:, goal]), "{:.2g}"),
    )


def _split(results: Results, levels: pd.DataFrame, worst: pd.DataFrame) -> Words:
    parts = {
        name: told_level(_WITHOUT, _estimate(levels, _NOW, f"part_between_{of}"))
        for name, of in _PARTS.items()
    }
    total = _estimate(levels, _NOW, "theil")
    first, labels = worst.iloc[0], results.world.labels
    place = int(first["prefecture"])
    value, low, high = (float(first[name]) for name in ("value", "ci_low", "ci_high"))
    share = Estimate(value, low, high, int(first["n"]))
    return _SPLIT.filled(
        theil=told_ratio(total, "{:.2f}"),
        place=Words(labels.prefecture_romaji[place], labels.prefecture[place]),
        share=told_level(_WITHOUT, share),
        **parts,
    )


def _awards(reached: Reached, against: pd.DataFrame, change: pd.DataFrame) -> Words:
    small = reached.size == 1
    own, other = (reached.grants[reached.arm(arm)][:, small].sum(axis=(1, 2)) for arm in (_NEED, _SCORE))
    need, lot = (_estimate(against, arm, "without_project", difference=True) for arm in (_NEED, _LOT))
    return _AWARDS.filled(
        need=told(_WITHOUT, need),
        lot=told(_WITHOUT, lot),
        grants=told("deals_subsidised", mean_of(own - other)),
        cells=len(change),
        shown=int((change["p_adjusted"] < _SHOWN).sum()),
    )


def sheet(
    heat: pd.DataFrame, change: pd.DataFrame, curves: dict[bool, pd.DataFrame], n: int, language: Language
) -> Sheet:
    """Goals by size under the actual programme, need against score, and Lorenz curves."""
    looks = {arm: (mark.colour, mark.dash) for arm, mark in marks(["", *_CURVES]).items() if arm}

    def heat_map(axes: Axes, table: pd.DataFrame, title: Words) -> None:
        draw_heat(axes, table, language)
        axes.set_title(title.said(language))
        if title is _CHANGE:
            axes.set_yticklabels([])

    def lorenz(axes: Axes, per_inhabitant: bool) -> None:
        draw_lorenz(axes, curves[per_inhabitant], looks, language)
        axes.set_title((_PEOPLE if per_inhabitant else _PLACES).said(language))

    return Sheet(
        QUESTION.asked.said(language),
        _SUBTITLE.filled(n=n).said(language),
        [
            partial(heat_map, table=heat, title=_LEVEL),
            partial(heat_map, table=change, title=_CHANGE),
            partial(lorenz, per_inhabitant=False),
            partial(lorenz, per_inhabitant=True),
        ],
        height=7.4,
        columns=2,
        handles=[
            Line2D([], [], color=colour, linestyle=dash, label=_CURVES[arm].said(language))
            for arm, (colour, dash) in looks.items()
        ],
    )


_SHOWN = 0.05
_LEVEL = Words("Projects per 100 municipalities", "100市区町村あたりの事業")
_CHANGE = Words("By need minus by score", "必要度順−評点順")
_PLACES = Words("Over municipalities", "市区町村あたり")
_PEOPLE = Words("Over inhabitants", "住民あたり")
_SUBTITLE = Words(
    "Projects signed by the end, by goal and quarter of municipalities by population; differences in "
    "colour are shown (Holm, 5%); bands: 90% of runs (n = {n} replicates)",
    "期末までに締結した事業（目標×人口4分位）。色つきの差は示されたもの（Holm、5%）。帯は試行の"
    "90%（n = {n}回）",
)

QUESTION = Question(
    name="left_behind",
    number=5,
    asked=Words(
        "Who is left behind, and do grants by need reach them?",
        "取り残されるのは誰か。必要度順の補助金は届くか",
    ),
    experiments=("who_is_left_behind.yaml",),
    analyse=analyse,
)

"""Where do deals die? The way from a need to a completed project, and what each friction costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from sim.answers import drawing
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Grid, estimate_of, grid, mean_of, told, told_ratio
from sim.report.style import Sheet
from sim.report.words import level, unit
from sim.text import Language, short

if TYPE_CHECKING:
    from sim.results import Results

STEPS = ("needs_posted", "meetings", "proposals", "deals_signed", "projects_completed")
_LOST = (
    "lost_to_capacity", "lost_to_awareness", "lost_to_distance", "refused_by_municipality",
    "refused_by_company", "refused_by_lenders", "projects_failed",
)  # fmt: skip
_END = "projects_completed"

_WAY = Words(
    "Of 1,000 needs that are posted {meetings:,.0f} come to a meeting, {proposals:,.0f} to a proposal, "
    "{signed} to a deal and {completed} to a completed project (means over the runs; "
    "projects under way at the end are not counted as completed).",
    "提示された課題1,000件のうち、面談に至るのは{meetings:,.0f}件、提案は{proposals:,.0f}件、連携成立は"
    "{signed}、完了は{completed}である（試行の平均で、終了時に進行中のものは完了に含まない）。",
)
_MOST = Words(
    "Most would be gained by {first}: completed projects change by {effect}; least by {last}: {least}.",
    "最も増えるのは「{first}」の場合で、事業の完了は{effect}変わる。最も小さいのは「{last}」で{least}。",
)
_HANGS_ON = Words(
    "Frictions are assumed; each is removed alone, or eased to the end of its plausible range "
    "(approval, success), so that the figures are not shares of one whole and do not add up.",
    "障害の大きさは仮定である。一つずつ取り除く（承認と成功は妥当な範囲の端まで和らげる）ため、値は全体"
    "の内訳ではなく、足し合わせられない。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """The funnel of the actual programme, and what each ablation gains."""
    found = grid(results[0], (*STEPS, *_LOST))
    table = ablations(found)
    posted = found.of(STEPS[0], 0)
    reached = [mean_of(1_000 * found.of(name, 0) / posted) for name in STEPS[1:]]
    signed, completed = (told_ratio(step, "{:,.0f}") for step in reached[2:])
    own = table[table["outcome"] == _END].sort_values("estimate", ascending=False)
    first, last = (estimate_of(own.iloc[place]) for place in (0, -1))
    names = [_EASED[str(name)] for name in own["factor"]]
    sentences = (
        _WAY.filled(
            meetings=reached[0].value, proposals=reached[1].value, signed=signed, completed=completed
        ),
        _MOST.filled(first=names[0], effect=told(_END, first), last=names[-1], least=told(_END, last)),
    )
    way = pd.DataFrame({"outcome": name, **found.mean(name, 0).columns()} for name in (*STEPS, *_LOST))
    return Answer(
        sentences,
        (_HANGS_ON,),
        {"ablations": table, "way": way},
        lambda language: sheet(found, table, language),
    )


def ablations(found: Grid) -> pd.DataFrame:
    """Effect on every step of easing each factor: factor, value, outcome, estimate and interval."""
    rows = []
    for point, values in enumerate(found.design.to_dict("records")):
        for factor, value in values.items():
            if pd.notna(value):
                rows += [
                    {
                        "factor": factor,
                        "value": value,
                        "outcome": name,
                        **found.effect(name, point, 0).columns(),
                    }
                    for name in STEPS
                ]
    return pd.DataFrame(rows)


def sheet(found: Grid, table: pd.DataFrame, language: Language) -> Sheet:
    """The way as bars, and beside it the completed projects gained by each ablation."""
    own = table[table["outcome"] == _END].sort_values("estimate", ascending=False)

    def way(axes: Axes) -> None:
        means = [found.mean(name, 0).value for name in STEPS]
        axes.barh(range(len(STEPS)), means, color="#56B4E9")
        for place, (name, mean) in enumerate(zip(STEPS, means, strict=True)):
            axes.annotate(f" {level(name, mean)}", (mean, place), va="center", fontsize=7.5)
        axes.set_yticks(range(len(STEPS)), [short(name, language) for name in STEPS])
        axes.invert_yaxis()
        axes.set_xlim(0, 1.22 * max(means))
        axes.set_title(_WAY_TITLE.said(language))

    def gained(axes: Axes) -> None:
        labels = [_EASED[str(name)].said(language) for name in own["factor"]]
        estimates = [estimate_of(row) for _, row in own.iterrows()]
        drawing.rows(axes, labels, estimates, _END, short(_END, language))
        axes.set_xlabel(unit(_END, language))

    n = found.values.shape[1]
    return Sheet(QUESTION.asked.said(language), _SUBTITLE.filled(n=n).said(language), [way, gained], 2.7, 2)


_EASED = {
    "own_channel": Words("every municipality searching for itself", "全市区町村が自ら探す"),
    "matching_efficiency": Words("a platform that matches without loss", "損失のないマッチング"),
    "friction_capacity": Words("no gap in capacity", "行政体制の差なし"),
    "friction_awareness": Words("no gap in awareness", "認知の差なし"),
    "friction_distance": Words("no loss from distance", "距離の損失なし"),
    "approval_constant": Words("readier approval", "承認されやすい"),
    "success_constant": Words("readier success of projects", "成功しやすい"),
}
_WAY_TITLE = Words("The actual programme", "現行施策")
_SUBTITLE = Words(
    "Left: means to the end. Right: paired differences, each friction removed or eased alone, with 95% "
    "intervals (n = {n})",
    "左：期末までの平均。右：障害を一つずつ除いた場合の対応のある差と95%区間（n = {n}）",
)

QUESTION = Question(
    name="where_deals_die",
    number=7,
    asked=Words("Where do deals die?", "連携はどこで失われるか"),
    experiments=("where_deals_die.yaml",),
    analyse=analyse,
)

"""Few showcase cities or many? The quota of FutureCities against how widely their success is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.answers import drawing
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Estimate, Grid, grid, mean_of, told, told_ratio
from sim.report.style import Sheet
from sim.report.words import unit
from sim.text import Language, short

if TYPE_CHECKING:
    from sim.results import Results

OUTCOMES = ("deals_signed", "municipalities_without_project_share", "sdg_progress", "adoption_share")
_FEW, _MANY = 10, 30
_LITTLE, _MUCH = 0.5, 2
_REACHED = "municipalities_without_project_share"

_ANSWER = Words(
    "Thirty FutureCities a year instead of ten change deals signed by {many}; telling of model cases "
    "four times as widely (twice instead of half the default) changes them by {told}. Ten a year told "
    "of widely instead of thirty told of little change them by {few}.",
    "SDGs未来都市を年10でなく30選ぶと連携成立は{many}変わり、モデル事例を4倍広く伝える（既定の半分でなく"
    "2倍）と{told}変わる。年30都市をあまり伝えない代わりに年10都市を広く伝えると{few}変わる。",
)
_REACH = Words(
    "The share of municipalities without a project changes by {many} with thirty instead of ten, by {told} "
    "with wider telling.",
    "事業が一度もない市区町村の割合は、年10でなく30選ぶと{many}、より広く伝えると{told}変わる。",
)
_ELASTICITY = Words(
    "Telling of them 1% more widely changes deals by {value}, in per cent.",
    "伝える範囲を1%広げると、連携成立は{value}（%）変わる。",
)
_HANGS_ON = Words(
    "How far a model case reaches and how fast its effect fades are assumed (P13). Money is the same "
    "at every point: what more designations cost is not counted.",
    "モデル事例がどこまで届き、どれだけ早く薄れるかは仮定である（P13）。各点の予算は同じで、選定の増加"
    "に要する費用は含まない。",
)
_TOLD_OF = Words("told of x {width:g}", "伝える範囲 {width:g}倍")


def analyse(results: Sequence[Results]) -> Answer:
    """The response to both, and what tripling the one and quadrupling the other brings."""
    found = grid(results[0], OUTCOMES)
    table = response(found)
    more = {name: found.effect(name, _at(found, _MANY, 1), _at(found, _FEW, 1)) for name in OUTCOMES}
    little = _at(found, _MANY, _LITTLE)
    wider = {name: found.effect(name, _at(found, _MANY, _MUCH), little) for name in OUTCOMES}
    few = found.effect("deals_signed", _at(found, _FEW, _MUCH), little)
    sentences = (
        _ANSWER.filled(
            many=told("deals_signed", more["deals_signed"]), told=told("deals_signed", wider["deals_signed"]),
            few=told("deals_signed", few),
        ),
        _REACH.filled(many=told(_REACHED, more[_REACHED]), told=told(_REACHED, wider[_REACHED])),
        _ELASTICITY.filled(value=told_ratio(elasticity(found), "{:+.3f}")),
    )  # fmt: skip
    return Answer(sentences, (_HANGS_ON,), {"response": table}, lambda language: sheet(found, language))


def response(found: Grid) -> pd.DataFrame:
    """Every outcome at every point, against the present quota of 30 told of as by default."""
    reference = _at(found, _MANY, 1)
    return pd.DataFrame(
        {**row, "outcome": name, **found.effect(name, point, reference).columns()}
        for point, row in enumerate(found.design.to_dict("records"))
        for name in OUTCOMES
    )


def _at(found: Grid, quota: float, told: float) -> int:
    return found.point(futurecity_quota=quota, case_promotion=told)


def elasticity(found: Grid) -> Estimate:
    """By how many per cent deals rise where cases are told of 1% more widely, between half and double."""
    much, little = (found.of("deals_signed", _at(found, _MANY, width)) for width in (_MUCH, _LITTLE))
    return mean_of(np.log(np.maximum(much, 1.0) / np.maximum(little, 1.0)) / np.log(_MUCH / _LITTLE))


def sheet(found: Grid, language: Language) -> Sheet:
    """Deals and reach over the quota, a line for each width of telling."""
    quotas, told_of = (sorted(set(found.design[name])) for name in ("futurecity_quota", "case_promotion"))

    def panel(axes: Axes, outcome: str) -> None:
        series: dict[str, Sequence[Estimate]] = {
            _TOLD_OF.filled(width=width).said(language): [
                found.effect(outcome, _at(found, quota, width), _at(found, _MANY, 1)) for quota in quotas
            ]
            for width in told_of
        }
        ends = short("futurecity_quota", language), unit(outcome, language)
        drawing.responses(axes, quotas, series, outcome, ends, log=True)
        axes.set_title(short(outcome, language))

    return Sheet(
        QUESTION.asked.said(language),
        drawing.band(found, language),
        [lambda axes: panel(axes, OUTCOMES[0]), lambda axes: panel(axes, OUTCOMES[1])],
        height=3.0,
        columns=2,
        handles=drawing.handles([_TOLD_OF.filled(width=width).said(language) for width in told_of]),
    )


QUESTION = Question(
    name="showcases",
    number=6,
    asked=Words("Few showcase cities or many?", "モデル都市は少数精鋭か、多数か"),
    experiments=("quota_and_case_promotion.yaml",),
    analyse=analyse,
)

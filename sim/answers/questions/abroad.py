"""Is going abroad worth it? The channel abroad closed or open, with more and less concessional money."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from sim.answers import drawing
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Grid, grid, sum_of, told
from sim.report.style import Sheet
from sim.report.words import unit
from sim.text import Language, short

if TYPE_CHECKING:
    from sim.results import Results

OUTCOMES = (
    "overseas_deals", "overseas_concessional", "inbound_capital", "deals_signed", "projects_completed",
    "public_spending",
)  # fmt: skip
_OPEN, _MONEY, _USUAL, _MUCH = "international", "international.concessional", 30, 300

_ANSWER = Words(
    "Opening the channel abroad changes deals abroad by {abroad} and foreign capital at hand by "
    "{capital}; deals at home change by {home}.",
    "海外の経路を開くと、海外案件は{abroad}、手元の海外資金は{capital}、国内の連携成立は{home}変わる。",
)
_CONCESSIONAL = Words(
    "Ten times as much concessional money changes deals abroad by {abroad}, those with a concessional "
    "part (indicator 17.7) by {concessional}, and public spending by {spent}; deals at home change by "
    "{home}.",
    "譲許的資金を10倍にすると、海外案件は{abroad}、うち譲許的部分を含むもの（指標17.7）は{concessional}"
    "、公的支出は{spent}、国内の連携成立は{home}変わる。",
)
_HANGS_ON = Words(
    "Everything abroad is assumed but for two public figures on missions and the size of a deal; its "
    "levels are never forecasts. A shift of deals at home is told apart from chance only where its "
    "interval leaves out zero.",
    "海外に関する数値は、ミッションと案件規模の二つの公表値を除き仮定であり、水準は予測ではない。国内の"
    "連携成立の変化は区間が0を含まない場合のみ偶然と区別できる。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """What opening the channel brings abroad and costs at home, and what concessional money adds."""
    found = grid(results[0], OUTCOMES)
    shut, open_, much = _at(found, False, _USUAL), _at(found, True, _USUAL), _at(found, True, _MUCH)

    def effect(outcome: str, point: int, reference: int) -> Words:
        return told(outcome, found.effect(outcome, point, reference))

    sentences = (
        _ANSWER.filled(
            abroad=effect("overseas_deals", open_, shut), capital=effect("inbound_capital", open_, shut),
            home=effect("deals_signed", open_, shut),
        ),
        _CONCESSIONAL.filled(
            abroad=effect("overseas_deals", much, open_), home=effect("deals_signed", much, open_),
            concessional=effect("overseas_concessional", much, open_),
            spent=effect("public_spending", much, open_),
        ),
    )  # fmt: skip
    return Answer(sentences, (_HANGS_ON,), {"abroad": table(found)}, lambda language: sheet(found, language))


def _at(found: Grid, open_: bool, money: float) -> int:
    return found.point(**{_OPEN: open_, _MONEY: money})


def table(found: Grid) -> pd.DataFrame:
    """Every outcome at every point, against the closed channel with the usual money."""
    reference = _at(found, False, _USUAL)
    return pd.DataFrame(
        {**row, "outcome": name, **found.effect(name, point, reference).columns()}
        for point, row in enumerate(found.design.to_dict("records"))
        for name in OUTCOMES
    )


def sheet(found: Grid, language: Language) -> Sheet:
    """Deals abroad, capital from abroad and deals at home over concessional money, the channel open."""
    reference, sums = _at(found, False, _USUAL), sorted(set(found.design[_MONEY]))

    def panel(axes: Axes, outcome: str) -> None:
        estimates = [found.effect(outcome, _at(found, True, money), reference) for money in sums]
        labels = [_LABEL.filled(money=sum_of(float(money))).said(language) for money in sums]
        drawing.rows(axes, labels, estimates, outcome, short(outcome, language))
        axes.set_xlabel(unit(outcome, language))

    shown = ("overseas_deals", "inbound_capital", "deals_signed")
    return Sheet(
        QUESTION.asked.said(language),
        _SUBTITLE.filled(n=found.values.shape[1]).said(language),
        [partial(panel, outcome=name) for name in shown],
        height=1.7,
        columns=3,
        share="y",
    )


_LABEL = Words("{money} a year", "年{money}")
_SUBTITLE = Words(
    "The channel open, by concessional money, against the channel closed: paired differences with 95% "
    "intervals (n = {n})",
    "海外の経路を開いた場合（譲許的資金別）と閉じた場合の対応のある差と95%区間（n = {n}）",
)

QUESTION = Question(
    name="abroad",
    number=13,
    asked=Words("Is going abroad worth it?", "海外展開は引き合うか"),
    experiments=("abroad.yaml",),
    analyse=analyse,
)

"""What drives results? Elementary effects of every parameter, then Sobol' indices of ten uncertainties."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.sensitivity import sensitivity_of
from sim.answers import drawing
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Estimate, named, told_level, told_ratio
from sim.report.style import Sheet
from sim.report.words import unit
from sim.text import Language, short

if TYPE_CHECKING:
    from sim.results import Results

_DEALS = "deals_signed"
_SHOWN = 10

_SCREENED = Words(
    "Of {factors} parameters screened over their plausible ranges {first} moves deals most (mu* "
    "{most}), then {second} and {third}; the rank of the first lies between {low} and {high} (95%, "
    "bootstrap of trajectories).",
    "妥当な範囲で調べた{factors}のパラメーターのうち、連携成立を最も動かすのは{first}（μ*は{most}）、次いで"
    "{second}、{third}。首位の順位の95%区間は{low}〜{high}位（軌道のブートストラップ）。",
)
_SPLIT = Words(
    "Of ten uncertainties under the balanced policy {top} has the largest part in the spread: total index "
    "{total}, alone {alone}.",
    "均衡型の政策の下での十の不確実性では{top}の寄与が最大で、全次指数{total}、単独{alone}。",
)
_CHANCE = Words(
    "Chance makes up {chance} of the variance of a single run.",
    "1回の試行の分散のうち、偶然が占めるのは{chance}。",
)
_HANGS_ON = Words(
    "Indices are shares of the spread over assumed ranges: a wider range makes a parameter more "
    "important. Which of them turns the choice of a lever is another question (q11, q12).",
    "指数は仮定した範囲の中での割合であり、範囲が広いほど重要に見える。施策の選択を変えるかどうかは別の"
    "問い（q11、q12）。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """The screening's ranking and the indices of ten, with their intervals."""
    screened, split = (sensitivity_of(one, _DEALS) for one in results)
    effects, indices = screened.indices, split.indices
    first, second, third = (effects.iloc[place] for place in range(3))
    top = indices.iloc[0]
    sentences = [
        _SCREENED.filled(
            factors=len(effects), first=named(first["factor"]), most=told_level(_DEALS, _mu(first)),
            second=named(second["factor"]), third=named(third["factor"]), low=int(first["rank_low"]),
            high=int(first["rank_high"]),
        ),
        _SPLIT.filled(
            top=named(top["factor"]), total=told_ratio(_index(top, "total"), "{:.2f}"),
            alone=told_ratio(_index(top, "first"), "{:.2f}"),
        ),
    ]  # fmt: skip
    if len(split.chance):
        row = split.chance.set_index("source").to_dict("index")["chance"]
        chance = Estimate(float(row["share"]), float(row["low"]), float(row["high"]), int(row["points"]))
        sentences.append(_CHANCE.filled(chance=told_ratio(chance, "{:.1%}")))
    tables = {"screening": effects, "indices": indices, "chance": split.chance}
    return Answer(
        tuple(sentences), (_HANGS_ON,), tables,
        lambda language: sheet(effects, indices, language),
    )  # fmt: skip


def _mu(row: pd.Series) -> Estimate:
    return Estimate(row["mu_star"], row["mu_star_low"], row["mu_star_high"], int(row["trajectories"]))


def _index(row: pd.Series, name: str) -> Estimate:
    return Estimate(
        float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"]), int(row["samples"])
    )


def sheet(effects: pd.DataFrame, indices: pd.DataFrame, language: Language) -> Sheet:
    """Elementary effects of the strongest parameters, and total indices of the ten."""

    def screening(axes: Axes) -> None:
        rows = [row for _, row in effects.head(_SHOWN).iterrows()]
        labels = [short(str(row["factor"]), language) for row in rows]
        drawing.rows(axes, labels, [_mu(row) for row in rows], _DEALS, _SCREEN.said(language))
        axes.set_xlabel(unit(_DEALS, language))

    def totals(axes: Axes) -> None:
        rows = [row for _, row in indices.iterrows()]
        labels = [short(str(row["factor"]), language) for row in rows]
        drawing.rows(axes, labels, [_index(row, "total") for row in rows], "", _TOTAL.said(language))

    n = {"trajectories": int(effects["trajectories"].max()), "samples": int(indices["samples"].max())}
    return Sheet(
        QUESTION.asked.said(language),
        _SUBTITLE.filled(**n).said(language),
        [partial(screening), partial(totals)],
        height=3.2,
        columns=2,
    )


_SCREEN = Words("Screening: mu* of deals signed", "スクリーニング：連携成立のμ*")
_TOTAL = Words("Total Sobol' index", "全次ソボル指数")
_SUBTITLE = Words(
    "Elementary effects of a step over the whole range ({trajectories} trajectories) and total indices "
    "({samples} base samples), with 95% bootstrap intervals",
    "範囲全体にわたる一歩の効果（軌道{trajectories}本）と全次指数（基本標本{samples}）、ブートストラッ"
    "プ95%区間",
)

QUESTION = Question(
    name="drivers",
    number=10,
    asked=Words("What drives results?", "結果を左右するのは何か"),
    experiments=("screening.yaml", "sobol_of_ten.yaml"),
    analyse=analyse,
)

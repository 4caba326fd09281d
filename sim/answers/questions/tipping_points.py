"""Are there tipping points? Contagion swept after two pasts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.answers import drawing
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Estimate, Grid, grid, mean_of, quarter_of, told
from sim.report.style import Sheet
from sim.report.words import unit
from sim.text import Language, short

if TYPE_CHECKING:
    from sim.results import Results

OUTCOME = "adoption_share"
PASTS = ("after_low", "after_high")
_FACTOR = "contagion_neighbours"

_STEEPEST = Words(
    "After a past of low contagion adoption rises steepest between {low:g} and {high:g} a quarter "
    "({rise} from the one to the other by {end}), and runs differ most at {widest:g} (standard "
    "deviation {spread:.1f} points).",
    "低い伝播の過去の後では、SDGsを推進する割合は伝播が四半期{low:g}から{high:g}の間で最も急に上がり（"
    "{end}までに{rise}）、試行の差は{widest:g}で最大（標準偏差{spread:.1f}ポイント）。",
)
_MEMORY = Words(
    "{verdict}: the two pasts still differ by {soon} on average over the sweep at {early} and by {late} "
    "at {end}.",
    "{verdict}。二つの過去の差は、調べた伝播の強さの平均で{early}に{soon}、{end}に{late}。",
)
_FADES = Words(
    "No second equilibrium is seen, and the past is forgotten",
    "第二の均衡は見られず、過去の影響は薄れる",
)
_STAYS = Words("The past is still felt at the end", "終了時にも過去の影響が残る")
_HANGS_ON = Words(
    "Adopters lapse here at 2% a quarter, the most that is plausible; by default none does, and then "
    "nothing that rose ever falls. Contagion is linear in the share of adopters; a threshold is "
    "another rule.",
    "ここではSDGsを推進する市区町村が四半期2%（妥当な最大値）でやめる。既定ではやめる市区町村はなく、上"
    "がったものは下がらない。伝播は推進する市区町村の割合に比例する（しきい値は別の規則）。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """Where adoption jumps, where runs differ most, and how far the two pasts stay apart."""
    quarters = results[0].quarters[1:]
    found = {(past, at): grid(results[0], (OUTCOME,), past, at) for past in PASTS for at in quarters}
    early, end = quarters[0], quarters[-1]
    low = found[PASTS[0], end]
    contagion = [float(value) for value in low.design[_FACTOR]]
    steps = [low.effect(OUTCOME, point + 1, point) for point in range(len(contagion) - 1)]
    steepest = int(np.argmax([step.value for step in steps] / np.diff(contagion)))
    spread = 100.0 * low.values[:, :, 0].std(axis=1, ddof=1)
    gaps = {at: gap(found, at) for at in (early, end)}
    sentences = (
        _MEMORY.filled(
            soon=told(OUTCOME, gaps[early]), late=told(OUTCOME, gaps[end]), early=quarter_of(early),
            end=quarter_of(end),
            verdict=_STAYS if gaps[end].shown and gaps[end].value > _FELT else _FADES,
        ),
        _STEEPEST.filled(
            low=contagion[steepest], high=contagion[steepest + 1], rise=told(OUTCOME, steps[steepest]),
            end=quarter_of(end),
            widest=contagion[int(spread.argmax())], spread=float(spread.max()),
        ),
    )  # fmt: skip
    return Answer(
        sentences, (_HANGS_ON,), {"sweep": table(found)},
        lambda language: sheet(found, contagion, (early, end), language),
    )  # fmt: skip


_FELT = 0.01  # a gap of a point and more is felt


def gap(found: dict[tuple[str, str], Grid], at: str) -> Estimate:
    """By how much more there adopt after a past of high contagion, on average over the sweep."""
    low, high = (found[past, at].values[:, :, 0] for past in PASTS)
    return mean_of((high - low).mean(axis=0))


def table(found: dict[tuple[str, str], Grid]) -> pd.DataFrame:
    """Adoption by past, quarter and contagion, with the standard deviation over the runs."""
    return pd.DataFrame(
        {
            "past": past, "quarter": at, "contagion": float(own.design[_FACTOR].iloc[point]),
            **own.mean(OUTCOME, point).columns(),
            "standard_deviation": float(np.std(own.of(OUTCOME, point), ddof=1)),
        }
        for (past, at), own in found.items()
        for point in range(len(own.design))
    )  # fmt: skip


def sheet(
    found: dict[tuple[str, str], Grid], contagion: Sequence[float], at: Sequence[str], language: Language
) -> Sheet:
    """Adoption over contagion after the two pasts, soon after and at the end."""
    names = {past: _PAST[past].said(language) for past in PASTS}

    def panel(axes: Axes, quarter: str) -> None:
        series = {
            name: [found[past, quarter].mean(OUTCOME, point) for point in range(len(contagion))]
            for past, name in names.items()
        }
        labels = (_AXIS.said(language), unit(OUTCOME, language, difference=False))
        drawing.responses(axes, contagion, series, OUTCOME, labels)
        axes.set_title(f"{short(OUTCOME, language)}, {quarter}")

    n = found[PASTS[0], at[0]].values.shape[1]
    return Sheet(
        QUESTION.asked.said(language),
        _SUBTITLE.filled(n=n).said(language),
        [partial(panel, quarter=quarter) for quarter in at],
        height=2.7,
        columns=2,
        share="y",
        handles=drawing.handles(list(names.values())),
    )


_PAST = {
    "after_low": Words("after a past of low contagion", "低い伝播の過去の後"),
    "after_high": Words("after a past of high contagion", "高い伝播の過去の後"),
}
_AXIS = Words("Contagion from 2024Q2 on, 1/quarter", "2024年4〜6月期以降の伝播の強さ（1/四半期）")
_SUBTITLE = Words(
    "Contagion changes for all in 2024Q2; means with 95% intervals, n = {n} replicates",
    "2024年4〜6月期に伝播の強さが変わる。平均と95%区間、n = {n}回",
)

QUESTION = Question(
    name="tipping_points",
    number=9,
    asked=Words("Are there tipping points?", "転換点はあるか"),
    experiments=("tipping_points.yaml",),
    analyse=analyse,
)

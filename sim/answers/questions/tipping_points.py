"""Are there tipping points? Contagion, and what stands in the way of deals, swept after two pasts each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.answers import drawing
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Estimate, Grid, grid, mean_of, named, quarter_of, told
from sim.report.style import Sheet
from sim.report.words import unit
from sim.results.runs import Floats
from sim.text import Language, short

if TYPE_CHECKING:
    from sim.results import Results


class Sweep(NamedTuple):
    """What changes for all in 2024Q2, after two pasts that differ in it.

    Attributes:
        pasts: scenarios, the one at the low end of the outcome first.
        factor: by which the points are told apart.
        outcome: what may jump, and remember.
        felt: share of its level, or of all where it is a share, from which a gap is felt.
    """

    pasts: tuple[str, str]
    factor: str
    outcome: str
    felt: float = 0.01


CONTAGION = Sweep(("after_low", "after_high"), "contagion_neighbours", "adoption_share")
EASE = Sweep(("after_hard", "after_easy"), "posting_rate", "active_partnerships")


@dataclass(frozen=True)
class Swept:
    """The runs of a sweep, by past and quarter; quarters before it begins are left out."""

    sweep: Sweep
    found: dict[tuple[str, str], Grid]
    quarters: tuple[str, ...]

    @property
    def first(self) -> Grid:
        """After the past at the low end, at the last quarter."""
        return self.found[self.sweep.pasts[0], self.quarters[-1]]

    @property
    def values(self) -> list[float]:
        """Of the factor, point by point."""
        return [float(value) for value in self.first.design[self.sweep.factor]]

    @property
    def replicates(self) -> int:
        """Of every point."""
        return int(self.first.values.shape[1])

    def steepest(self) -> tuple[int, Estimate]:
        """The point from which the outcome rises steepest to the next, and by how much."""
        steps = [
            self.first.effect(self.sweep.outcome, point + 1, point) for point in range(len(self.values) - 1)
        ]
        place = int(np.argmax([step.value for step in steps] / np.diff(self.values)))
        return place, steps[place]

    def spread(self) -> Floats:
        """(points,) standard deviation over the runs."""
        found: Floats = self.first.values[:, :, 0].std(axis=1, ddof=1)
        return found

    def gap(self, at: str) -> Estimate:
        """By how much the outcome is higher after the past at the high end, on average over the sweep."""
        low, high = (self.found[past, at].values[:, :, 0] for past in self.sweep.pasts)
        return mean_of((high - low).mean(axis=0))

    def remembers(self) -> bool:
        """Whether the past is still felt at the end."""
        gap, share = self.gap(self.quarters[-1]), self.sweep.outcome.endswith("_share")
        level = 1.0 if share else float(np.nanmean(self.first.values))
        return gap.shown and abs(gap.value) > self.sweep.felt * level


_STEEPEST = Words(
    "After a past of low contagion adoption rises steepest between {low:g} and {high:g} a quarter "
    "({rise} from the one to the other by {end}), and runs differ most at {widest:g} (standard "
    "deviation {spread:.1f} points).",
    "低い伝播の過去の後では、SDGsを推進する割合は伝播が四半期{low:g}から{high:g}の間で最も急に上がり（{end}"
    "までに{rise}）、試行の差は{widest:g}で最大（標準偏差{spread:.1f}ポイント）。",
)
_DEALS = Words(
    "Where needs are posted more often and lacking awareness loses less, step by step, partnerships under "
    "way rise steepest between posting rates of {low:g} and {high:g} a quarter ({rise} by {end}), and runs "
    "differ most at {widest:g} (standard deviation {spread:.1f}).",
    "課題の提示を増やし認知不足による損失を減らすと、進行中の連携は提示の頻度が四半期{low:g}から{high:g}の間"
    "で最も急に増え（{end}までに{rise}）、試行の差は{widest:g}で最大（標準偏差{spread:.1f}）。",
)
_MEMORY = Words(
    "{what}: {verdict}; the two pasts still differ by {soon} on average over the sweep at {early} and by "
    "{late} at {end}.",
    "{what}：{verdict}。二つの過去の差は、調べた値の平均で{early}に{soon}、{end}に{late}。",
)
_FADES = Words(
    "no second equilibrium is seen, and the past is forgotten",
    "第二の均衡は見られず、過去の影響は薄れる",
)
_STAYS = Words("the past is still felt at the end", "終了時にも過去の影響が残る")
_HANGS_ON = Words(
    "Adopters lapse here at 2% a quarter, the most that is plausible; by default none does, and then "
    "nothing that rose ever falls. Contagion is linear in the share of adopters; a threshold is "
    "another rule.",
    "ここではSDGsを推進する市区町村が四半期2%（妥当な最大値）でやめる。既定ではやめる市区町村はなく、上がった"
    "ものは下がらない。伝播は推進する市区町村の割合に比例する（しきい値は別の規則）。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """Where adoption and partnerships jump, where runs differ most, and how far the pasts stay apart."""
    both = [swept(one, sweep) for one, sweep in zip(results, (CONTAGION, EASE), strict=True)]
    sentences = [
        sentence
        for one, steepest, scale in zip(both, (_STEEPEST, _DEALS), (100.0, 1.0), strict=True)
        for sentence in (_memory(one), _jump(one, steepest, scale))
    ]
    return Answer(
        tuple(sentences), (_HANGS_ON,), {"sweep": table(both[0]), "deals": table(both[1])},
        lambda language: sheet(both, language),
    )  # fmt: skip


def swept(results: Results, sweep: Sweep) -> Swept:
    """The runs of a sweep; the first quarter that is kept lies before it."""
    quarters = tuple(results.quarters[1:])
    found = {(past, at): grid(results, (sweep.outcome,), past, at) for past in sweep.pasts for at in quarters}
    return Swept(sweep, found, quarters)


def _jump(one: Swept, said: Words, scale: float) -> Words:
    place, rise = one.steepest()
    spread = scale * one.spread()
    return said.filled(
        low=one.values[place], high=one.values[place + 1], rise=told(one.sweep.outcome, rise),
        end=quarter_of(one.quarters[-1]), widest=one.values[int(spread.argmax())], spread=float(spread.max()),
    )  # fmt: skip


def _memory(one: Swept) -> Words:
    early, end = one.quarters[0], one.quarters[-1]
    soon, late = (told(one.sweep.outcome, one.gap(at)) for at in (early, end))
    verdict = _STAYS if one.remembers() else _FADES
    return _MEMORY.filled(
        what=named(one.sweep.outcome), soon=soon, late=late, early=quarter_of(early), end=quarter_of(end),
        verdict=verdict,
    )  # fmt: skip


def table(one: Swept) -> pd.DataFrame:
    """The outcome by past, quarter and value of the factor, with the standard deviation over the runs."""
    outcome, factor = one.sweep.outcome, one.sweep.factor
    return pd.DataFrame(
        {
            "past": past, "quarter": at, factor: float(own.design[factor].iloc[point]),
            **own.mean(outcome, point).columns(),
            "standard_deviation": float(np.std(own.of(outcome, point), ddof=1)),
        }
        for (past, at), own in one.found.items()
        for point in range(len(own.design))
    )  # fmt: skip


def sheet(both: Sequence[Swept], language: Language) -> Sheet:
    """Adoption and partnerships over what is swept after the two pasts, soon after and at the end."""
    names = [_LOW.said(language), _HIGH.said(language)]

    def panel(axes: Axes, one: Swept, quarter: str, top: float) -> None:
        outcome = one.sweep.outcome
        series = {
            name: [one.found[past, quarter].mean(outcome, point) for point in range(len(one.values))]
            for name, past in zip(names, one.sweep.pasts, strict=True)
        }
        labels = (_AXES[one.sweep.factor].said(language), unit(outcome, language, difference=False))
        drawing.responses(axes, one.values, series, outcome, labels)
        axes.set_ylim(0.0, top)
        axes.set_title(f"{short(outcome, language)}, {quarter}")

    panels = [
        partial(panel, one=one, quarter=quarter, top=_top(one))
        for one in both
        for quarter in (one.quarters[0], one.quarters[-1])
    ]
    subtitle = _SUBTITLE.filled(n=both[0].replicates).said(language)
    return Sheet(
        QUESTION.asked.said(language), subtitle, panels, height=5.4, columns=2, handles=drawing.handles(names)
    )


def _top(one: Swept) -> float:
    """Upper end of the axis, the same at both quarters."""
    if one.sweep.outcome.endswith("_share"):
        return 100.0
    return 1.08 * max(float(np.nanmax(own.values)) for own in one.found.values())


_LOW = Words("after a past at the low end", "低い側の過去の後")
_HIGH = Words("after a past at the high end", "高い側の過去の後")
_AXES = {
    "contagion_neighbours": Words(
        "Contagion from 2024Q2 on, 1/quarter", "2024年4〜6月期以降の伝播の強さ（1/四半期）"
    ),
    "posting_rate": Words(
        "Posting rate from 2024Q2 on, 1/quarter", "2024年4〜6月期以降の課題提示の頻度（1/四半期）"
    ),
}
_SUBTITLE = Words(
    "What is swept changes for all in 2024Q2 (below, lacking awareness loses less as more is posted); means "
    "with 95% intervals, n = {n} replicates",
    "2024年4〜6月期に全体で値が変わる（下段では提示が増えるほど認知不足の損失も減る）。平均と95%区間、"
    "n = {n}回",
)

QUESTION = Question(
    name="tipping_points",
    number=9,
    asked=Words("Are there tipping points?", "転換点はあるか"),
    experiments=("tipping_points.yaml", "tipping_points_of_deals.yaml"),
    analyse=analyse,
)

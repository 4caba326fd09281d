"""Are levers complements? A factorial of six levers: is the whole more than its parts?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Estimate, Grid, grid, named, told, told_ratio, told_share
from sim.report.palette import CHANGE_COLOURS
from sim.report.style import Sheet, heavy
from sim.report.words import effect, unit
from sim.statistics.factorial import (
    Factorial,
    Synergies,
    effects,
    factorial_of,
    synergies,
    synergies_per_yen,
    whole_and_parts,
)
from sim.text import Language, short

if TYPE_CHECKING:
    from sim.results import Results

OUTCOMES = ("deals_signed", "projects_completed", "sdg_progress")
_SPENT = "public_spending"
_DEALS = OUTCOMES[0]

_SHARE = Words(
    "Of {pairs} pairs of levers {above} are shown to bring more deals together than apart and {below} "
    "fewer; their mean is above the sum in {share} of all pairs (intervals that hold together). Per yen "
    "spent {above_yen} are shown above and {below_yen} below, and the share is {share_yen}.",
    "{pairs}組の施策のうち、合わせると単独の合計より連携成立が多いと示されるのは{above}組、少ないと示さ"
    "れるのは{below}組で、平均が合計を上回る組の割合は{share}（同時区間）。支出額あたりでは多いのが"
    "{above_yen}組、少ないのが{below_yen}組、割合は{share_yen}。",
)
_WHOLE = Words(
    "All six together bring {whole} against {parts} for the sum of what each brings alone: {ratio} "
    "times as much.",
    "六つすべてで{whole}、単独の効果の合計は{parts}で、{ratio}倍。",
)
_STRONGEST = Words("{most}, {least}.", "{most}、{least}。")
_MOST = Words("The strongest complements are {pair}", "最も補完的なのは{pair}")
_LEAST = Words("the strongest substitutes {pair}", "最も代替的なのは{pair}")
_NO_MOST = Words("No pair is shown to be complements", "補完的と示される組はなく")
_NO_LEAST = Words("no pair is shown to be substitutes", "代替的と示される組はない")
_PAIR = Words("{one} and {two} ({size})", "{one}と{two}（{size}）")
_HANGS_ON = Words(
    "JPY 1 billion a year of each lever, on top of the actual programme; much of it lapses, so that what is "
    "spent differs between points. Levers that need the same staff of municipalities stand in each "
    "other's way: capacity is assumed.",
    "現行施策に各施策年10億円を加えた場合。使われずに残る分が多く、支出額は各点で異なる。同じ職員を必要"
    "とする施策は互いに妨げ合う（行政体制は仮定）。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """Synergy of every pair, the share that is super-additive, and the whole against its parts."""
    found = grid(results[0], (*OUTCOMES, _SPENT))
    names = [str(name) for name in found.design]
    design = factorial_of(names, [list(found.design[name]) for name in names])
    deals, money = _values(found, _DEALS), _values(found, _SPENT)
    pairs = synergies(design, deals)
    per_yen = synergies_per_yen(design, deals, money)
    whole = whole_and_parts(design, deals)
    low, high = whole.contrast.interval()
    n = pairs.effects.contrast.n
    together, parts = (
        Estimate(float(whole.contrast.effect[k]), float(low[k]), float(high[k]), n) for k in (0, 1)
    )
    sentences = (
        _SHARE.filled(
            pairs=pairs.pairs, above=pairs.shown_above, below=pairs.shown_below,
            above_yen=per_yen.shown_above, below_yen=per_yen.shown_below,
            share=_told_share(pairs), share_yen=_told_share(per_yen),
        ),
        _WHOLE.filled(
            whole=told(_DEALS, together), parts=told(_DEALS, parts),
            ratio=told_ratio(Estimate(*whole.ratio, n), "{:.2f}"),
        ),
        strongest(design, pairs),
    )  # fmt: skip
    tables = {"effects": table(found, design), "synergies": _of_pairs(design, pairs, per_yen)}
    return Answer(sentences, (_HANGS_ON,), tables, lambda language: sheet(design, pairs, language))


def _values(found: Grid, outcome: str) -> np.ndarray:
    return found.values[:, :, found.outcomes.index(outcome)]


def _told_share(pairs: Synergies) -> Words:
    """Pairs with a mean above 0, of those that the design can tell, with the interval of the share."""
    return told_share(Estimate(*pairs.share, pairs.effects.contrast.n))


def strongest(design: Factorial, pairs: Synergies) -> Words:
    """The pairs whose synergy is at least, and at most, the farthest from 0: what is shown goes first."""
    most, least = int(np.argmax(pairs.low)), int(np.argmin(pairs.high))
    return _STRONGEST.filled(
        most=_MOST.filled(pair=_told_pair(design, pairs, most)) if pairs.low[most] > 0 else _NO_MOST,
        least=_LEAST.filled(pair=_told_pair(design, pairs, least)) if pairs.high[least] < 0 else _NO_LEAST,
    )


def _told_pair(design: Factorial, pairs: Synergies, place: int) -> Words:
    """Two levers, and what they bring together beyond the sum of each alone."""
    value = float(pairs.effects.contrast.effect[place])
    ends = float(pairs.low[place]), float(pairs.high[place])
    one, two = (named(design.names[factor]) for factor in pairs.effects.terms[place])
    size = told(_DEALS, Estimate(value, *ends, pairs.effects.contrast.n))
    return _PAIR.filled(one=one, two=two, size=size)


def table(found: Grid, design: Factorial) -> pd.DataFrame:
    """outcome, first, second (blank for a main effect), estimate, interval and n."""
    rows = []
    for outcome in OUTCOMES:
        contrast = effects(design, _values(found, outcome)).contrast
        low, high = contrast.interval()
        for place, term in enumerate(design.terms):
            names = [design.names[factor] for factor in term] + [""] * (2 - len(term))
            ends = float(low[place]), float(high[place])
            estimate = Estimate(float(contrast.effect[place]), *ends, contrast.n)
            rows.append({"outcome": outcome, "first": names[0], "second": names[1], **estimate.columns()})
    return pd.DataFrame(rows)


def _of_pairs(design: Factorial, pairs: Synergies, per_yen: Synergies) -> pd.DataFrame:
    """Pairs with their synergy and simultaneous interval, in deals and in deals per JPY bn."""
    return pd.DataFrame(
        {
            "first": design.names[a], "second": design.names[b],
            "synergy": float(pairs.effects.contrast.effect[place]),
            "low": float(pairs.low[place]), "high": float(pairs.high[place]),
            "per_bn": 1_000.0 * float(per_yen.effects.contrast.effect[place]),
            "per_bn_low": 1_000.0 * float(per_yen.low[place]),
            "per_bn_high": 1_000.0 * float(per_yen.high[place]),
        }
        for place, (a, b) in enumerate(pairs.effects.terms)
    )  # fmt: skip


def sheet(design: Factorial, pairs: Synergies, language: Language) -> Sheet:
    """The synergy of every pair as a matrix; bold where it is shown."""
    names = [short(name, language) for name in design.names]

    def matrix(axes: Axes) -> None:
        values = np.full((len(names), len(names)), np.nan)
        for place, (a, b) in enumerate(pairs.effects.terms):
            values[b, a] = pairs.effects.contrast.effect[place]
        most = float(np.nanmax(np.abs(values))) or 1.0
        axes.imshow(values, cmap=CHANGE_COLOURS, vmin=-most, vmax=most, aspect="auto")
        for place, (a, b) in enumerate(pairs.effects.terms):
            shown = pairs.low[place] > 0.0 or pairs.high[place] < 0.0
            value = float(values[b, a])
            axes.text(
                a, b, effect(_DEALS, value), ha="center", va="center", fontsize=8,
                color="white" if abs(value) > _DARK * most else "black",
                **(heavy(effect(_DEALS, value)) if shown else {}),
            )  # fmt: skip
        axes.set_xticks(range(len(names) - 1), names[:-1], rotation=25, ha="right")
        axes.set_yticks(range(1, len(names)), names[1:])
        axes.set_xlim(-0.5, len(names) - 1.5)
        axes.set_ylim(len(names) - 0.5, 0.5)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)

    subtitle = _SUBTITLE.filled(n=pairs.effects.contrast.n, unit=_UNIT)
    return Sheet(QUESTION.asked.said(language), subtitle.said(language), [matrix], height=3.4)


_DARK = 0.7
_UNIT = Words(unit(_DEALS, "en"), unit(_DEALS, "ja"))
_SUBTITLE = Words(
    "What two levers bring together beyond what each brings alone, {unit}; bold: shown, by intervals "
    "that hold together (95%, n = {n} replicates)",
    "二つの施策が合わせて単独の合計を超える分（{unit}）。太字は同時95%区間で示されるもの（n = {n}回）",
)

QUESTION = Question(
    name="complements",
    number=3,
    asked=Words("Are levers complements?", "施策は互いに補い合うか"),
    experiments=("lever_factorial.yaml",),
    analyse=analyse,
)

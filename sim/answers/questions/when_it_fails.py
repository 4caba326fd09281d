"""When does a policy fail? Futures in which matching support brings fewer deals than another policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from sim.analysis.discovery import Discovery, box_words, discovery_of
from sim.answers.question import Answer, Question, Words
from sim.answers.questions.robust_choice import gains, titles_of, wilson
from sim.answers.reading import Estimate, told_share
from sim.report.discovery import draw_limits, draw_worth
from sim.report.style import Sheet
from sim.report.words import Names
from sim.results.runs import Floats
from sim.statistics.discovery import Found
from sim.text import Language

if TYPE_CHECKING:
    from sim.results import Results

_POLICY = "matching"
_RIVALS = ("balanced_mix", "company_grants", "esg", "promotion", "subsidy")
_WHEN = " or ".join(f"{_POLICY} < {rival}" for rival in _RIVALS)
_CHANCE = 0.05

_SHARE = Words(
    "Matching support brings fewer deals than some other policy of the same money in {share} of the futures.",
    "マッチング支援は、将来の{share}で、同額の他の政策のいずれかより連携成立が少ない。",
)
_BOX = Words(
    "It fails most where {box}: in {density:.0%} of the futures there (held out {held:.0%}, 90% "
    "{held_low:.0%} to {held_high:.0%}; n = {inside:,}), which are {coverage:.0%} of all failures; "
    "where answers are dealt out at random such a box holds {null:.0%} (p = {p:.3f}).",
    "特に失敗するのは{box}の場合で、その将来の{density:.0%}（取り分けた将来では{held:.0%}、90% "
    "{held_low:.0%}〜{held_high:.0%}、n = {inside:,}）、全失敗の{coverage:.0%}にあたる。答えを無作為に"
    "配った場合の箱は{null:.0%}（p = {p:.3f}）。",
)
_NO_BOX = Words(
    "No box of assumptions tells failures better than chance (p = {p:.2f}).",
    "失敗を偶然より良く見分ける前提の組合せは見つからない（p = {p:.2f}）。",
)
_REGRET = Words(
    "When it fails it brings {median:,.0f} deals fewer than the best in the median, and {ninety:,.0f} or "
    "more fewer in one of ten cases (n = {n:,} futures).",
    "失敗した場合、最良の政策より少ない連携成立は中央値で{median:,.0f}件、10回に1回は{ninety:,.0f}件以上"
    "（n = {n:,}の将来）。",
)
_HANGS_ON = Words(
    "One run a future: some failures are chance of the runs, which no box can tell. Ranges weigh alike "
    "over their width. A box found in the same futures flatters itself, which is why the held-out "
    "figure stands beside it.",
    "各将来は1回の試行であり、失敗の一部は偶然で、どの箱でも見分けられない。範囲は幅全体を等しく扱う。"
    "同じ将来で見つけた箱は過大評価されるため、取り分けた将来での値を併記している。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """How often matching support is beaten, where, and by how much."""
    (folder,) = results
    found = discovery_of(folder, _WHEN)
    failed = round(found.share * found.runs)
    lost = regrets(folder)
    sentences = (
        _SHARE.filled(share=told_share(Estimate(found.share, *wilson(failed, found.runs), found.runs))),
        _box(found),
        _REGRET.filled(median=float(np.median(lost)), ninety=float(np.quantile(lost, 0.9)), n=len(lost)),
    )
    tables = dict(found.tables)
    return Answer(sentences, (_HANGS_ON,), tables, lambda language: sheet(folder, found, language))


def _box(found: Discovery) -> Words:
    first = found.found[0]
    if first.p > _CHANCE or not first.box.restricted.any():
        return _NO_BOX.filled(p=first.p)
    words = Words.by(lambda language: box_words(first.box, found.factors, language))
    return _BOX.filled(
        box=words, density=first.quality.density, coverage=first.quality.coverage, inside=first.quality.n,
        held=first.held_density.mean, held_low=first.held_density.low, held_high=first.held_density.high,
        null=first.null_density.mean, p=first.p,
    )  # fmt: skip


def regrets(folder: Results) -> Floats:
    """What matching support loses against the best other policy, in the futures in which it does."""
    values = gains(folder, [_POLICY, *_RIVALS])
    lost = values[:, 1:].max(axis=1) - values[:, 0]
    found: Floats = lost[lost > 0.0]
    return found


def sheet(folder: Results, found: Discovery, language: Language) -> Sheet:
    """Where the first box lies, and what it is worth beside chance."""
    first: Found = found.found[0]
    titles = {name: words.said(language) for name, words in titles_of(folder).items()}
    names = Names(titles, language)

    def limits(axes: Axes) -> None:
        draw_limits(axes, found, first, names)

    def worth(axes: Axes) -> None:
        draw_worth(axes, found, first, names)

    subtitle = _SUBTITLE.filled(n=found.runs).said(language)
    return Sheet(QUESTION.asked.said(language), subtitle, [limits, worth], height=2.8, columns=2)


_SUBTITLE = Words(
    "Left: where in its range each assumption lies where matching support is beaten most. Right: how "
    "often it is, in the box and elsewhere ({n:,} futures)",
    "左：マッチング支援が最も負ける前提の範囲。右：箱の内外で負ける割合（{n:,}の将来）",
)

QUESTION = Question(
    name="when_it_fails",
    number=11,
    asked=Words("When does matching support fail?", "マッチング支援はどのような場合に失敗するか"),
    experiments=("assumed_futures.yaml",),
    analyse=analyse,
)

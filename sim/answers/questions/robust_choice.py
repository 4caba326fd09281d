"""Which choice is robust? Six policies of the same money over futures that cover all that is assumed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.stats import binomtest

from sim.answers import drawing
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Estimate, told_share
from sim.report.palette import marks
from sim.report.style import Sheet
from sim.results.arms import Arm, in_arm
from sim.results.runs import Floats, read_runs
from sim.statistics.robustness import CRITERIA, Robustness, disagreeing, robustness_of
from sim.text import Language

if TYPE_CHECKING:
    from sim.results import Results

_DEALS, _BASE = "deals_signed", "baseline"
_ENOUGH = 100.0  # deals to the end of 2030: at JPY 200 M a year about JPY 24 M each
_COSTS = (0.5, 2.0)
_APART = 0.16

_ROBUST = Words(
    "{winner} is first by {criteria} of six criteria and brings most deals in {share} of the "
    "futures; with default parameters {nominal} is first.",
    "{winner}は六つの基準のうち{criteria}で首位であり、将来の{share}で"
    "連携成立が最も多い。既定のパラメーターでは{nominal}が首位。",
)
_REGRET = Words(
    "Its regret is at most {most:,.0f} deals and in nine of ten futures at most {ninety:,.0f} (the "
    "next best by that: {second}, {second_ninety:,.0f}).",
    "その後悔は最大{most:,.0f}件、10の将来のうち9つでは{ninety:,.0f}件以下（次点は{second}の"
    "{second_ninety:,.0f}件）。",
)
_DISAGREE = Words("Criteria that pick another: {criteria}.", "別の政策を選ぶ基準：{criteria}。")
_PICKED = Words("{criterion} ({policy})", "{criterion}（{policy}）")
_AGREE = Words("All six criteria pick the same.", "六つの基準はすべて同じ政策を選ぶ。")
_COST = Words(
    "If what {winner} buys cost twice as much, {doubled} would be first by the mean; at half the cost "
    "{halved}.",
    "{winner}の単価が2倍なら平均で首位は{doubled}、半分なら{halved}。",
)
_HANGS_ON = Words(
    "Ranges are plausible by judgement and weigh alike over their width; fitted parameters are varied, "
    "too, so that many futures do not fit the past. One run a future: chance is part of regret. n = "
    "{n:,} futures.",
    "範囲は判断によるもので、幅全体を等しく扱う。較正したパラメーターも動かすため、過去に合わない将来も"
    "多い。各将来は1回の試行で、後悔には偶然も含まれる。n = {n:,}の将来。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """Six criteria over the futures, beside the ranking with default parameters."""
    futures, assumed = results
    policies = [name for name in futures.scenarios if name != _BASE]
    values = gains(futures, policies)
    values = values[np.isfinite(values).all(axis=1)]
    nominal = np.nanmean(gains(assumed, policies), axis=0)
    found = robustness_of(values, _ENOUGH)
    titles = titles_of(futures)
    firsts = (found.rank == 1).sum(axis=0)
    winner = int(np.lexsort((found.score[0], firsts))[-1])
    said = {"winner": titles[policies[winner]]}
    first = values == values.max(axis=1, keepdims=True)
    best, ends = first.mean(axis=0), wilson(int(first[:, winner].sum()), len(first))
    rows = list(CRITERIA)
    regret, worst = (found.score[rows.index(name)] for name in ("regret_90", "minimax_regret"))
    second = int(np.argsort(np.where(np.arange(len(policies)) == winner, np.inf, regret))[0])
    others = [
        _PICKED.filled(
            criterion=_NAMES[rows[int(r)]], policy=_listed(picked(found, int(r), policies, titles))
        )
        for r in np.flatnonzero(disagreeing(found))
    ]
    sentences = (
        _ROBUST.filled(
            **said, criteria=int(firsts[winner]),
            share=told_share(Estimate(float(best[winner]), *ends, len(values))),
            nominal=titles[policies[int(nominal.argmax())]],
        ),
        _REGRET.filled(
            most=float(worst[winner]), ninety=float(regret[winner]), second=titles[policies[second]],
            second_ninety=float(regret[second]),
        ),
        _DISAGREE.filled(criteria=_listed(others)) if others else _AGREE,
        _COST.filled(
            **said, **{
                key: titles[policies[_first_at(values, winner, cost)]]
                for key, cost in (("halved", _COSTS[0]), ("doubled", _COSTS[1]))
            },
        ),
    )  # fmt: skip
    table = tidy(found, policies, nominal, best)
    return Answer(
        sentences, (_HANGS_ON.filled(n=len(values)),), {"robustness": table},
        lambda language: sheet(found, policies, nominal, titles, language),
    )  # fmt: skip


def gains(results: Results, policies: Sequence[str]) -> Floats:
    """(futures or replicates, policies) deals signed beyond the baseline of the same future and draws."""
    runs = read_runs(results, _DEALS)

    def of(name: str) -> pd.Series:
        own = runs.where(in_arm(runs, Arm(name), results.scenarios))
        index = pd.MultiIndex.from_arrays([own.point, own.replicate])
        return pd.Series(own.values[:, 0, 0], index=index)

    base = of(_BASE)
    found: Floats = np.column_stack([(of(name) - base).reindex(base.index).to_numpy() for name in policies])
    return found


def wilson(held: int, of: int) -> tuple[float, float]:
    """Ends of the interval (95%, Wilson) of a share."""
    found = binomtest(held, of).proportion_ci(0.95, "wilson")
    return float(found.low), float(found.high)


def titles_of(results: Results) -> dict[str, Words]:
    """What the scenarios are called."""
    return {
        one.name: Words(one.title.en or one.name, one.title.ja or one.name)
        for one in results.experiment.scenarios
    }


def _first_at(values: Floats, policy: int, cost: float) -> int:
    """The first by the mean where a policy's money buys that many times less."""
    scaled = values.copy()
    scaled[:, policy] /= cost
    return int(scaled.mean(axis=0).argmax())


def picked(
    found: Robustness, criterion: int, policies: Sequence[str], titles: dict[str, Words]
) -> list[Words]:
    """Titles of the policies that a criterion has first."""
    return [titles[policies[int(place)]] for place in np.flatnonzero(found.rank[criterion] == 1)]


def _listed(names: Sequence[Words]) -> Words:
    return Words(", ".join(name.en for name in names), "、".join(name.ja for name in names))


def tidy(found: Robustness, policies: Sequence[str], nominal: Floats, best: Floats) -> pd.DataFrame:
    """criterion, policy, score, rank with its interval (95%), first (share of resamples in which it is)."""
    rows = [
        {
            "criterion": criterion, "policy": policy, "score": found.score[r, c],
            "rank": int(found.rank[r, c]),
            "rank_low": int(found.low[r, c]), "rank_high": int(found.high[r, c]),
            "first": found.first[r, c], "best_in": best[c], "nominal": nominal[c], "futures": found.futures,
        }
        for r, criterion in enumerate(CRITERIA)
        for c, policy in enumerate(policies)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def sheet(
    found: Robustness, policies: Sequence[str], nominal: Floats, titles: dict[str, Words], language: Language
) -> Sheet:
    """Ranks with default parameters and by every criterion, a line for each policy."""
    order = np.argsort(np.argsort(-nominal)) + 1
    ranks = np.vstack([order, found.rank])
    names = [_NOMINAL.said(language), *(_NAMES[name].said(language) for name in CRITERIA)]
    looks = marks(["", *policies])

    def panel(axes: Axes) -> None:
        apart = np.linspace(-_APART, _APART, len(policies))  # so that ties and bars do not lie on each other
        for column, policy in enumerate(policies):
            look, at = looks[policy], np.arange(len(names)) + apart[column]
            (line,) = axes.plot(at, ranks[:, column], color=look.colour, marker=look.marker, markersize=5)
            line.set_linestyle(look.dash)
            for row, (low, high) in enumerate(zip(found.low[:, column], found.high[:, column], strict=True)):
                axes.plot([at[row + 1]] * 2, [low, high], color=look.colour, alpha=0.5, lw=1.6)
        axes.set_xticks(range(len(names)), names, rotation=20, ha="right")
        axes.set_yticks(range(1, len(policies) + 1))
        axes.set_ylim(len(policies) + 0.4, 0.6)
        axes.set_ylabel(_RANK.said(language))

    subtitle = _SUBTITLE.filled(n=found.futures).said(language)
    called = {policy: titles[policy].said(language) for policy in policies}
    handles = drawing.handles(list(called.values()))
    return Sheet(QUESTION.asked.said(language), subtitle, [panel], height=3.0, handles=handles)


_NAMES = {
    "mean": Words("mean", "平均"),
    "mean_variance": Words("mean less one s.d.", "平均－標準偏差"),
    "domain": Words("enough deals (Starr)", "十分な連携成立の割合（Starr）"),
    "regret_90": Words("90% regret", "後悔の90%点"),
    "minimax_regret": Words("largest regret", "最大後悔"),
    "maximin": Words("worst future", "最悪の将来"),
}
_NOMINAL = Words("as assumed", "既定値")
_RANK = Words("rank", "順位")
_SUBTITLE = Words(
    "Rank with default parameters and by six criteria over {n:,} futures; bars: 95% intervals of ranks "
    "by resampling futures",
    "既定のパラメーターでの順位と、{n:,}の将来に対する六つの基準での順位。縦棒は将来の再抽出による順位"
    "の95%区間",
)

QUESTION = Question(
    name="robust_choice",
    number=12,
    asked=Words("Which choice is robust?", "頑健な選択はどれか"),
    experiments=("assumed_futures.yaml", "policies_as_assumed.yaml"),
    analyse=analyse,
)

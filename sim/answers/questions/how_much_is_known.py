"""How much do we know? What the sets that calibration left say of past, future and a policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.stats import pearsonr, rankdata

from sim.answers.question import Answer, Number, Question, Words
from sim.answers.reading import Estimate, quarter_of, told_ratio
from sim.errors import InputError
from sim.report.palette import MAP_COLOURS
from sim.report.style import Sheet
from sim.report.words import effect, level, unit
from sim.results.arms import Arm, in_arm
from sim.results.runs import Floats, read_runs
from sim.text import Language, short

if TYPE_CHECKING:
    from sim.results import Results

_CONTAGION, _PUSH = ("contagion_neighbours", "contagion_size"), "national_push"
_PAST, _FUTURE = "2021Q4", "2030Q4"
_ENDS = (0.05, 0.5, 0.95)
_POLICY = "matching_first"

_EQUAL = Words(
    "Contagion and national push stand in for each other among sets that fit alike (rank correlation "
    "{correlation}). By {past} 90% of them say {then:.0f}% to {then_high:.0f}% promote the SDGs, by "
    "{future} {later:.0f}% to {later_high:.0f}%.",
    "データに同程度に合う組の間で、伝播と国の後押しは互いに代替する（順位相関{correlation}）。{past}に"
    "SDGsを推進する割合はその90%で{then:.0f}%〜{then_high:.0f}%、{future}には{later:.0f}%〜"
    "{later_high:.0f}%。",
)
_FIRST = Words(
    "Adoption by {future} goes with contagion (rank correlation {contagion}) and with push ({push}).",
    "{future}のSDGsを推進する割合との順位相関は、伝播が{contagion}、後押しが{push}。",
)
_POLICY_SAID = Words(
    "Matching support brings {middle} deals in the median history (90% of n = {n}: {low} to {high}), "
    "with parameters, companies and chance drawn together.",
    "マッチング支援による連携成立の増加は、歴史の中央値で{middle}件（n = {n}組の90%：{low}〜{high}）。"
    "パラメーター・企業・偶然をともに引いている。",
)
_HANGS_ON = Words(
    "Twenty-one parameters were calibrated; what a lever brings hangs on others that no public figure "
    "informs and that stay at their defaults here (docs/validation.md).",
    "較正したのは21のパラメーターで、施策の効果は公表値のない他のパラメーターによる（ここでは既定値のま"
    "ま。docs/validation.md）。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """Quantiles over the sets, and how contagion and push go together and tell the future."""
    folder = results[0]
    sets = folder.sets
    if sets is None:
        raise InputError(f"{folder.folder}: has no parameter sets, which this question needs")
    adoption = _values(folder, "baseline", "adoption_share")
    chosen = np.array([[sets.of(r)[name] for name in (*_CONTAGION, _PUSH)] for r in adoption["replicate"]])
    contagion, push = chosen[:, :2].mean(axis=1), chosen[:, 2]
    gained = _gained(folder)
    then, later = (np.quantile(100 * adoption[at], _ENDS) for at in (_PAST, _FUTURE))
    low, middle, high = np.quantile(gained, _ENDS)
    said = {end: _deals(value) for end, value in (("low", low), ("middle", middle), ("high", high))}
    sentences = (
        _EQUAL.filled(
            correlation=told_ratio(rank_correlation(contagion, push), "{:+.2f}"), past=quarter_of(_PAST),
            future=quarter_of(_FUTURE),
            then=then[0], then_high=then[2], later=later[0], later_high=later[2],
        ),
        _FIRST.filled(
            future=quarter_of(_FUTURE),
            contagion=told_ratio(rank_correlation(contagion, adoption[_FUTURE].to_numpy()), "{:+.2f}"),
            push=told_ratio(rank_correlation(push, adoption[_FUTURE].to_numpy()), "{:+.2f}"),
        ),
        _POLICY_SAID.filled(**said, n=len(gained)),
    )  # fmt: skip
    draws = pd.DataFrame({
        "replicate": adoption["replicate"], "contagion": contagion, "national_push": push,
        f"adoption_share@{_PAST}": adoption[_PAST], f"adoption_share@{_FUTURE}": adoption[_FUTURE],
    })  # fmt: skip
    return Answer(
        sentences, (_HANGS_ON,), {"draws": draws, "quantiles": quantiles(folder)},
        lambda language: sheet(draws, gained, language),
    )  # fmt: skip


def _deals(value: float) -> Words:
    text = effect("deals_signed", value)
    return Words(text, text, numbers=(Number("", value, unit="deals"),))


def _values(folder: Results, scenario: str, outcome: str) -> pd.DataFrame:
    """replicate, and an outcome at every quarter that is kept."""
    runs = read_runs(folder, outcome, folder.quarters)
    own = runs.where(in_arm(runs, Arm(scenario), folder.scenarios))
    return pd.DataFrame(own.values[:, :, 0], columns=list(own.quarters)).assign(replicate=own.replicate)


def _gained(folder: Results) -> Floats:
    """(pairs,) deals signed that matching support adds, by replicate."""
    both = [
        _values(folder, name, "deals_signed").set_index("replicate")[_FUTURE]
        for name in ("baseline", _POLICY)
    ]
    gained: Floats = (both[1] - both[0]).dropna().to_numpy(np.float64)
    return gained


def rank_correlation(first: Floats, second: Floats) -> Estimate:
    """Spearman's rank correlation with its interval (95%, Fisher's transformation of the ranks')."""
    found = pearsonr(rankdata(first), rankdata(second))
    interval = found.confidence_interval(0.95)
    return Estimate(float(found.statistic), float(interval.low), float(interval.high), len(first))


def quantiles(folder: Results) -> pd.DataFrame:
    """scenario, outcome, quarter and the 5%, 50% and 95% quantiles over the sets, with n."""
    runs = read_runs(folder, at=folder.quarters)
    rows = []
    for scenario in folder.scenarios:
        own = runs.where(in_arm(runs, Arm(scenario), folder.scenarios))
        for place, quarter in enumerate(own.quarters):
            for column, outcome in enumerate(own.outcomes):
                low, middle, high = np.quantile(own.values[:, place, column], _ENDS)
                rows.append((scenario, outcome, quarter, low, middle, high, len(own)))
    return pd.DataFrame(rows, columns=["scenario", "outcome", "quarter", "q05", "q50", "q95", "n"])


def sheet(draws: pd.DataFrame, gained: Floats, language: Language) -> Sheet:
    """Sets that fit alike by contagion and push, coloured by adoption; and what a policy may bring."""

    def equifinality(axes: Axes) -> None:
        colour = 100 * draws[f"adoption_share@{_FUTURE}"]
        dots = axes.scatter(draws["contagion"], draws["national_push"], c=colour, s=9, cmap=MAP_COLOURS)
        place = axes.inset_axes((1.02, 0.0, 0.04, 1.0))
        bar = axes.figure.colorbar(dots, cax=place)
        bar.set_label(_COLOUR.filled(at=_FUTURE).said(language))
        axes.set_xlabel(_X.said(language))
        axes.set_ylabel(short(_PUSH, language))

    def policy(axes: Axes) -> None:
        axes.hist(gained, bins=24, color="#0072B2", alpha=0.8)
        for end in np.quantile(gained, _ENDS):
            axes.axvline(end, color="#D55E00", lw=1.2)
            axes.annotate(
                level("deals_signed", end), (end, 1.0), xycoords=("data", "axes fraction"), fontsize=7.5
            )
        axes.set_xlabel(f"{short('deals_signed', language)} ({unit('deals_signed', language)})")
        axes.set_ylabel(_COUNT.said(language))

    n = len(draws)
    return Sheet(
        QUESTION.asked.said(language), _SUBTITLE.filled(n=n).said(language), [equifinality, policy], 2.9, 2
    )


_COLOUR = Words("Municipalities that adopt, {at}, %", "SDGsを推進する割合（{at}、%）")
_X = Words("Contagion (mean of both), 1/quarter", "伝播（二種の平均、1/四半期）")
_COUNT = Words("histories", "歴史の数")
_SUBTITLE = Words(
    "Left: parameter sets that fit the data alike. Right: deals that matching support adds in one "
    "history, lines at 5, 50 and 95% (n = {n})",
    "左：データに同程度に合うパラメーター。右：一つの歴史でマッチング支援が増やす連携成立（線は5・50・95%、"
    "n = {n}）",
)

QUESTION = Question(
    name="how_much_is_known",
    number=14,
    asked=Words("How much do we know?", "どこまで分かっているか"),
    experiments=("how_much_is_known.yaml",),
    analyse=analyse,
)

"""How soon do 60% promote the SDGs, and what if the national target came earlier, later or never?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.answers import drawing
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Estimate, quarter_of, told_ratio, told_share
from sim.calendar import parse_quarter, quarter_label
from sim.report.palette import marks
from sim.report.style import Sheet
from sim.results.runs import Floats, read_runs
from sim.statistics.survival import (
    Span,
    Times,
    curve,
    earlier,
    first_reached,
    hazard,
    logrank,
    quantile,
    restricted_difference,
    restricted_mean,
    share_reached,
)
from sim.text import Language

if TYPE_CHECKING:
    from sim.results import Results

OUTCOME, THRESHOLD = "adoption_share", 0.6
_TARGET, _MONEY = "national_target", "promotion"
_ACTUAL, _USUAL, _MUCH = "2020Q1", 50, 2_000

_WHEN = Words(
    "With the target as it was (2020Q1) half of the runs reach 60% by {actual}; with it a year and "
    "more earlier (2018Q4) by {early}, two years later (2022Q1) by {late}, four years later by "
    "{latest}.",
    "目標が実際どおり（2020年1〜3月期）なら、試行の半数が{actual}までに60%に達する。早い場合（2018年10〜12月期）は{early}"
    "、2年遅い場合（2022年1〜3月期）は{late}、4年遅い場合は{latest}。",
)
_NEVER = Words(
    "Without a target half of the runs reach it by {never}, and {share} by {end}.",
    "目標がない場合、試行の半数が{never}までに、{share}が{end}までに達する。",
)
_PROMOTION = Words(
    "JPY 2 billion a year of promotion instead of 50 million shifts the time to 60% by {shift} "
    "quarters, where the target is as it was; without a target by {without}.",
    "普及促進を年5千万円でなく20億円にすると、60%到達までの時間は、目標が実際どおりの場合{shift}四半期"
    "、目標がない場合{without}四半期変わる。",
)
_HANGS_ON = Words(
    "How much of the jump of FY2020 was the target and how much contagion is known only roughly "
    "(docs/validation.md): the more of it was contagion, the less the date matters. Runs that have not "
    "reached 60% by the end count as later, not as never.",
    "2020年度の急増のうち目標と伝播の割合は大まかにしか分からない（docs/validation.md）。伝播が大きいほ"
    "ど目標の時期は効かない。期末までに達しない試行は「未到達」でなく「期末より後」として扱う。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """Times to 60% at every point, medians with intervals, and what promotion shifts."""
    found = times_of(results[0])
    end = results[0].quarters[-1]
    horizon = float(parse_quarter(end))
    never = share_reached(found["never", _USUAL])
    n = len(found["never", _USUAL])
    shifts = [_shift(found[target, _MUCH], found[target, _USUAL], horizon) for target in (_ACTUAL, "never")]
    sentences = (
        _WHEN.filled(
            actual=_told(found[_ACTUAL, _USUAL]), early=_told(found["2018Q4", _USUAL]),
            late=_told(found["2022Q1", _USUAL]), latest=_told(found["2024Q1", _USUAL]),
        ),
        _NEVER.filled(
            never=_told(found["never", _USUAL]), share=told_share(Estimate(*never, n)), end=quarter_of(end)
        ),
        _PROMOTION.filled(shift=told_ratio(shifts[0], "{:+.1f}"), without=told_ratio(shifts[1], "{:+.1f}")),
    )  # fmt: skip
    return Answer(
        sentences,
        (_HANGS_ON,),
        {"times": table(found, horizon)},
        lambda language: sheet(found, end, language),
    )


def times_of(results: Results) -> dict[tuple[str, float], Times]:
    """Quarters to 60% adoption by date of the target and money for promotion."""
    runs = read_runs(results, OUTCOME, results.quarters)
    design = results.design.set_index("point")
    at = [parse_quarter(label) for label in runs.quarters]
    found = {}
    for point, row in design.iterrows():
        values: Floats = runs.values[runs.point == point][:, :, 0]
        found[str(row[_TARGET]), float(row[_MONEY])] = first_reached(values, at, THRESHOLD)
    return found


def _shift(first: Times, second: Times, horizon: float) -> Estimate:
    """Difference of restricted mean times of paired runs."""
    contrast = restricted_difference(first, second, horizon)
    (low,), (high,) = contrast.interval()
    return Estimate(float(contrast.effect[0]), float(low), float(high), contrast.n)


def _told(times: Times) -> Words:
    """The median time with its interval, as quarters."""
    value, low, high = map(_when, quantile(times))
    return _MEDIAN_SAID.filled(value=value, low=low, high=high, n=len(times))


def _when(time: float) -> Words:
    return quarter_of(quarter_label(int(time))) if np.isfinite(time) else _LATER


_LATER = Words("later", "期末より後")
_MEDIAN_SAID = Words(
    "{value} (95% {low} – {high}, n = {n})",
    "{value}（95%区間 {low} – {high}、n = {n}）",
)


def table(found: dict[tuple[str, float], Times], horizon: float) -> pd.DataFrame:
    """One row a date of the target and sum for promotion.

    Returns:
        target, promotion, n, share that reaches it, median quarter with its interval (blank: later), mean
        time restricted to the horizon and hazard a quarter (if constant) with their intervals; against the
        target and promotion as they were: pairs that reach sooner and later, p of the sign test over pairs,
        and of the logrank test (which takes the two as independent).
    """
    rows, actual = [], found[_ACTUAL, _USUAL]
    for (target, money), times in found.items():
        median, reached, order = quantile(times), share_reached(times), earlier(times, actual)
        rows.append({
            _TARGET: target, _MONEY: money, "n": len(times), "reached": reached.value,
            **{name: _cell(time) for name, time in zip(("median", "ci_low", "ci_high"), median, strict=True)},
            **_span("mean", restricted_mean(times, horizon)), **_span("hazard", hazard(times)),
            "sooner": order.first, "later": order.second, "p_pairs": order.p,
            "p_logrank": logrank(times, actual),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _span(name: str, span: Span) -> dict[str, float]:
    return {name: span.value, f"{name}_low": span.low, f"{name}_high": span.high}


def _cell(time: float) -> str:
    return quarter_label(int(time)) if np.isfinite(time) else ""


def sheet(found: dict[tuple[str, float], Times], end: str, language: Language) -> Sheet:
    """Share of runs that have reached 60% over time, by date of the target; and the median over promotion."""
    targets = list(dict.fromkeys(target for target, _ in found))
    sums = sorted({money for _, money in found})
    looks = marks(["", *targets])

    def reached(axes: Axes) -> None:
        for target in targets:
            steps = curve(found[target, _USUAL])
            time = np.concatenate([[0.0], steps.time, [float(parse_quarter(end))]])
            last = steps.share[-1:] if len(steps.share) else [1.0]
            share = 100.0 * (1.0 - np.concatenate([[1.0], steps.share, last]))
            look = looks[target]
            (line,) = axes.step(2018.5 + time / 4.0, share, where="post", color=look.colour)
            line.set_linestyle(look.dash)
        axes.set_ylabel(_REACHED.said(language))
        axes.set_title(_BY_TARGET.filled(money=_USUAL).said(language))

    def medians(axes: Axes) -> None:
        series = {target: [_year(quantile(found[target, money]), len(found[target, money])) for money in sums]
                  for target in targets}  # fmt: skip
        labels = _MONEY_AXIS.said(language), ""
        drawing.responses(axes, range(len(sums)), series, OUTCOME_IN_YEARS, labels)
        axes.set_xticks(range(len(sums)), [f"{money:,.0f}" for money in sums])
        axes.set_title(_MEDIAN.said(language))

    n = len(found[targets[0], _USUAL])
    return Sheet(
        QUESTION.asked.said(language),
        _SUBTITLE.filled(n=n).said(language),
        [reached, partial(medians)],
        height=2.8,
        columns=2,
        handles=drawing.handles(targets),
    )


OUTCOME_IN_YEARS = "time"  # no outcome of the model: drawn without a factor


def _year(span: Span, n: int) -> Estimate:
    years = [2018.5 + time / 4.0 if np.isfinite(time) else np.nan for time in span]
    return Estimate(years[0], years[1], years[2], n)


_REACHED = Words("runs that have reached 60%, %", "60%に達した試行（%）")
_BY_TARGET = Words(
    "By date of the national target (promotion JPY {money} M)",
    "国の目標の時期別（普及促進{money}百万円）",
)
_MEDIAN = Words("Median year of reaching 60%", "60%到達の中央値（年）")
_MONEY_AXIS = Words("Promotion, JPY M a year", "普及促進（百万円／年）")
_SUBTITLE = Words(
    "Runs that have not reached 60% by the end are censored there; bands: 95% (n = {n} replicates)",
    "期末までに60%に達しない試行は打ち切りとして扱う。帯は95%（n = {n}回）",
)

QUESTION = Question(
    name="time_to_adoption",
    number=4,
    asked=Words(
        "How soon do 60% promote the SDGs, and what if the national target came later or never?",
        "60%がSDGsを推進するのはいつか。国の目標が遅い、またはない場合は",
    ),
    experiments=("target_date_and_promotion.yaml",),
    analyse=analyse,
)

"""Which lever brings most per yen? Each lever alone at three appropriations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from sim.analysis.futures.stored import stored
from sim.answers import drawing
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import (
    Estimate,
    Grid,
    cost_of,
    estimate_of,
    grid,
    named,
    sum_of,
    told_money,
    told_share,
)
from sim.calendar import QUARTERS_PER_YEAR, parse_quarter
from sim.report.phrases import listed
from sim.report.style import Sheet
from sim.results.runs import Floats
from sim.scenarios.scenario import load_scenario
from sim.statistics.ratios import ratio_difference
from sim.text import Language, short

if TYPE_CHECKING:
    from sim.results import Results

GAINED = ("deals_signed", "projects_completed", "sdg_progress", "municipalities_without_project_share")
_SPENT = "public_spending"
_BILLION = 1_000.0
_SINCE = "2019Q2"  # when the money of FY2019 begins

_CHEAPEST = Words(
    "Given JPY {sums} billion a year, {lever} costs least: {cost} of spending for each further deal (it "
    "finds a use for {spent} a year). Next comes {second}, where a deal costs {more} more (it spends "
    "{second_spent} a year).",
    "年{sums}億円を与えると、連携成立1件の増加に要する支出は{lever}が最も少なく、{cost}である（年に使"
    "えるのは{spent}）。次は{second}（年{second_spent}を支出）で、1件あたり{more}多い。",
)
_CHEAPEST_ALONE = Words(
    "Given JPY {sums} billion a year, {lever} is the only lever shown to bring more deals: {cost} of "
    "spending for each further deal (it finds a use for {spent} a year).",
    "年{sums}億円で連携成立を増やすと示されるのは{lever}だけで、1件の増加に要する支出は{cost}である（年に使え"
    "るのは{spent}）。",
)
_NONE = Words(
    "Given JPY {sums} billion a year, no lever is shown to bring more deals (n = {n}).",
    "年{sums}億円では、連携成立を増やすと示される施策はない（n = {n}）。",
)
_TO_COME = Words("{sums}", "{sums}")
_HANGS_ON = Words(
    "Costs and frictions are assumed, and money that lapses is not counted: a lever that can spend "
    "little is compared at the little it spends.{futures}",
    "費用や障害は仮定であり、使われなかった予算は含まない。少ししか使えない施策は、使えた額で比べている"
    "。{futures}",
)
_FUTURES = Words(
    " At equal spending of {sum} a year {winner} is the cheapest in {share} of the plausible futures.",
    " 年{sum}の同額支出では、もっともらしい将来の{share}で{winner}が最も安い。",
)


class _Row(NamedTuple):
    """A lever at an appropriation: what was spent and gained beyond the actual programme, by replicate.

    ``years`` are those in which there is money.
    """

    lever: str
    extra: float
    spent: Floats
    gained: dict[str, Floats]
    years: float


def analyse(results: Sequence[Results]) -> Answer:
    """What a further unit costs by each lever at each appropriation, and which is the cheapest."""
    found = grid(results[0], (*GAINED, _SPENT))
    quarters = parse_quarter(results[0].quarters[-1]) + 1 - parse_quarter(_SINCE)
    rows = list(_rows(found, quarters / QUARTERS_PER_YEAR))
    table = pd.DataFrame(_tidy(rows))
    sums = sorted({row.extra for row in rows})
    sentences = _sentences({amount: [row for row in rows if row.extra == amount] for amount in sums})
    hangs_on = (_HANGS_ON.filled(futures=_futures()),)
    return Answer(sentences, hangs_on, {"cost": table}, lambda language: sheet(table, language))


def _rows(found: Grid, years: float) -> list[_Row]:
    reference = int(np.flatnonzero(found.design.isna().all(axis=1))[0])
    rows = []
    for point, values in enumerate(found.design.to_dict("records")):
        changed = [(str(name), float(value)) for name, value in values.items() if pd.notna(value)]
        if not changed:
            continue
        ((lever, value),) = changed
        extra = _BILLION * round(value / _BILLION)

        def beyond(outcome: str, point: int = point) -> Floats:
            difference: Floats = found.of(outcome, point) - found.of(outcome, reference)
            return difference

        gained = {name: beyond(name) * _sign(name) for name in GAINED}
        rows.append(_Row(lever, extra, beyond(_SPENT), gained, years))
    return rows


def _sign(outcome: str) -> float:
    """Municipalities without a project are a loss: those that were reached are gained, in per cent of all."""
    return -100.0 if outcome == "municipalities_without_project_share" else 1.0


def cost(row: _Row, outcome: str = GAINED[0]) -> Estimate:
    """JPY M that were spent for a further unit."""
    return cost_of(row.spent, row.gained[outcome])


def _tidy(rows: Sequence[_Row]) -> list[dict[str, float | str]]:
    return [
        {
            "lever": row.lever, "appropriated": row.extra, "spent": float(row.spent.mean()),
            "outcome": outcome, "gained": float(row.gained[outcome].mean()),
            **_cost_columns(cost(row, outcome)),
        }
        for row in rows
        for outcome in GAINED
    ]  # fmt: skip


def _cost_columns(estimate: Estimate) -> dict[str, float]:
    return {"cost": estimate.value, "ci_low": estimate.low, "ci_high": estimate.high, "n": estimate.n}


def _sentences(rows: Mapping[float, Sequence[_Row]]) -> tuple[Words, ...]:
    """A sentence for each sum, or for several of which the same is said: a lever may absorb no more."""
    said: dict[Words, list[float]] = {}
    for amount, own in rows.items():
        said.setdefault(_sentence(own), []).append(amount / _BILLION)
    return tuple(sentence.filled(sums=_listed(sums)) for sentence, sums in said.items())


def _listed(billions: Sequence[float]) -> Words:
    """Sums of JPY bn; in Japanese in hundreds of millions."""
    return Words(
        listed([f"{amount:g}" for amount in billions], "en"),
        "・".join(f"{10 * amount:g}" for amount in billions),
    )


def _sentence(rows: Sequence[_Row]) -> Words:
    """Which lever is the cheapest; the sums are still to be filled in."""
    shown = sorted((row for row in rows if np.isfinite(cost(row).value)), key=lambda row: cost(row).value)
    if not shown:
        return _NONE.filled(sums=_TO_COME, n=len(rows[0].spent))
    first, *others = shown
    facts = {
        "sums": _TO_COME, "lever": named(first.lever), "cost": told_money(cost(first)),
        "spent": _a_year(first),
    }  # fmt: skip
    if not others:
        return _CHEAPEST_ALONE.filled(**facts)
    second, deals = others[0], GAINED[0]
    apart = ratio_difference((second.spent, second.gained[deals]), (first.spent, first.gained[deals]))
    more = told_money(Estimate(*apart, len(first.spent)))
    return _CHEAPEST.filled(**facts, second=named(second.lever), second_spent=_a_year(second), more=more)


def _a_year(row: _Row) -> Words:
    """What was spent beyond the actual programme, a fiscal year."""
    return sum_of(float(row.spent.mean()) / row.years)


def _futures() -> Words:
    futures = stored()
    standing = None if futures is None else futures.standing(200.0)
    if futures is None or standing is None:
        return Words("", "")
    share = standing.shares[standing.winner]
    told = told_share(Estimate(share.share, share.low, share.high, futures.samples))
    title = load_scenario(standing.winner).title
    winner = Words(title.en or standing.winner, title.ja or standing.winner)
    return _FUTURES.filled(sum=sum_of(standing.sum), winner=winner, share=told)


def sheet(table: pd.DataFrame, language: Language) -> Sheet:
    """The cost of a further deal by each lever, a panel for each appropriation."""
    sums = sorted(set(table["appropriated"]))
    own = table[table["outcome"] == GAINED[0]]
    levers = list(dict.fromkeys(own["lever"]))
    ends = own[["cost", "ci_low", "ci_high"]].to_numpy(float)
    ends = ends[np.isfinite(ends) & (ends > 0.0)]

    def panel(axes: Axes, amount: float) -> None:
        at = own[own["appropriated"] == amount].set_index("lever").loc[levers]
        estimates = [estimate_of(row, "cost") for _, row in at.iterrows()]
        labels = [short(lever, language) for lever in levers]
        title = _TITLE.filled(sum=amount / _BILLION).said(language)
        drawing.rows(axes, labels, estimates, GAINED[0], title)
        axes.set_xscale("log")
        if len(ends):
            axes.set_xlim(0.8 * ends.min(), 1.25 * ends.max())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel(_AXIS.said(language))

    return Sheet(
        QUESTION.asked.said(language),
        _SUBTITLE.filled(n=int(own["n"].max())).said(language),
        [partial(panel, amount=amount) for amount in sums],
        height=3.2,
        columns=len(sums),
        share="both",
    )


_TITLE = Words("JPY {sum:g} billion a year", "年{sum:g}0億円")
_AXIS = Words("JPY M spent per extra deal", "増加1件あたり支出（百万円）")
_SUBTITLE = Words(
    "Spent beyond the actual programme per extra deal, with Fieller's 95% interval; no mark: no gain "
    "is shown (n = {n} paired replicates)",
    "現行施策を超える支出を連携成立数の増加で割った値とFiellerの95%区間。印なし：増加が示されない"
    "（n = {n}組）",
)

QUESTION = Question(
    name="which_lever",
    number=1,
    asked=Words("Which lever brings most per yen?", "1円あたりの効果が最も大きい施策はどれか"),
    experiments=("levers_at_three_budgets.yaml",),
    analyse=analyse,
)

"""The question and the answer of a report, in sentences made from the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.report.tables import spread, totals
from sim.report.text import Text
from sim.report.words import number, signed

_LAPSE_WORTH_SAYING = 0.1


@dataclass(frozen=True)
class Findings:
    """What the sentences are made from.

    Attributes:
        titles: scenario -> title, in the order of the experiment.
        baseline: scenario compared with; None if none was.
        quarter: last quarter.
        effects: as of ``sim.report.figures.main_effects``.
        costs: as of ``sim.analysis.compare.cost_effectiveness``; empty without a ledger.
        money: as of ``sim.analysis.compare.ledger_summary``; empty without a ledger.
        equal_budget: True if all scenarios but the baseline appropriate the same each fiscal year.
    """

    titles: dict[str, str]
    baseline: str | None
    quarter: str
    effects: pd.DataFrame
    costs: pd.DataFrame
    money: pd.DataFrame
    equal_budget: bool

    @property
    def others(self) -> list[str]:
        """Scenarios that are not the baseline."""
        return [name for name in self.titles if name != self.baseline]

    def effect(self, scenario: str) -> tuple[float, float, float, int]:
        """Effect on deals signed, its interval, and the number of pairs."""
        rows = self.effects[self.effects["outcome"] == "deals_signed"].set_index("scenario")
        middle, low, high, n = rows.loc[[scenario], ["effect", "ci_low", "ci_high", "replicates"]].to_numpy(
            float
        )[0]
        return middle, low, high, int(n)

    def cost(self, scenario: str) -> tuple[float, float, float]:
        """Cost per additional deal in JPY M and its interval."""
        rows = self.costs[self.costs["outcome"] == "deals_signed"].set_index("scenario")
        middle, low, high = rows.loc[[scenario], ["cost_per_unit", "ci_low", "ci_high"]].to_numpy(float)[0]
        return middle, low, high


def cheapest_first(costs: pd.DataFrame) -> list[str]:
    """Scenarios whose cost per additional deal is known, cheapest first."""
    if costs.empty:
        return []
    known = costs[(costs["outcome"] == "deals_signed") & costs["cost_per_unit"].notna()]
    return [str(name) for name in known.sort_values("cost_per_unit", kind="stable")["scenario"]]


def question(findings: Findings, text: Text, municipalities: int, japan: bool) -> str:
    """What was asked, in one sentence."""
    where = text.sentence("where_japan" if japan else "where_synthetic", count=f"{municipalities:,}")
    if findings.baseline is None:
        names = _names(findings, text, list(findings.titles))
        return text.sentence("question_run", where=where, quarter=findings.quarter, names=names)
    return text.sentence(
        "question_compare", where=where, quarter=findings.quarter,
        names=_names(findings, text, findings.others), baseline=_names(findings, text, [findings.baseline]),
    )  # fmt: skip


def answer(findings: Findings, text: Text, series: pd.DataFrame) -> list[str]:
    """The answer in one to three paragraphs."""
    if findings.baseline is None or findings.effects.empty:
        return [text.joined(_levels(findings, text, series))]
    paragraphs = [
        [*_per_yen(findings, text, findings.baseline), *_unsure(findings, text)],
        [*_in_total(findings, text), *_budget(findings, text), *_lapsed(findings, text)],
    ]
    return [text.joined(sentences) for sentences in paragraphs if sentences]


def _per_yen(findings: Findings, text: Text, baseline: str) -> list[str]:
    ranked = cheapest_first(findings.costs)
    against = _names(findings, text, [baseline])
    if not ranked:
        return [text.sentence("none", baseline=against)]
    effect, low, high, n = findings.effect(ranked[0])
    key = "best" if len(findings.others) > 1 else "only"
    sentences = [
        text.sentence(
            key, name=_names(findings, text, ranked[:1]), baseline=against, quarter=findings.quarter,
            effect=signed(effect), low=signed(low), high=signed(high), n=f"{n:,}",
            **_cost(findings, ranked[0]),
        )
    ]  # fmt: skip
    if len(ranked) > 1:
        first, second = findings.cost(ranked[0]), findings.cost(ranked[1])
        best, name = (_names(findings, text, [scenario]) for scenario in ranked[:2])
        factor = number(second[0] / first[0], 2)
        sentences.append(
            text.sentence(
                "next" if first[2] < second[1] else "next_open", name=name, best=best, factor=factor,
                **_cost(findings, ranked[1]),
            )
        )  # fmt: skip
    return sentences


def _in_total(findings: Findings, text: Text) -> list[str]:
    """The largest total effect, where another scenario than the cheapest has it."""
    ranked = cheapest_first(findings.costs)
    largest = max(findings.others, key=lambda name: findings.effect(name)[0])
    effect, low, high, _ = findings.effect(largest)
    if not ranked or largest == ranked[0] or not low > 0:
        return []
    name = _names(findings, text, [largest])
    return [text.sentence("largest", name=name, effect=signed(effect), low=signed(low), high=signed(high))]


def _budget(findings: Findings, text: Text) -> list[str]:
    if len(findings.others) < 2 or findings.money.empty:
        return []
    sums = findings.money.groupby("scenario", observed=True)["appropriated"].sum()
    given = sums.reindex(findings.others).dropna()
    if findings.equal_budget:
        return [text.sentence("equal", sum=number(given.max()))]
    return [text.sentence("unequal", least=number(given.min()), most=number(given.max()))]


def _unsure(findings: Findings, text: Text) -> list[str]:
    """Scenarios whose interval of deals signed holds zero."""
    intervals = {name: findings.effect(name)[1:3] for name in findings.others}
    names = [name for name, (low, high) in intervals.items() if low <= 0 <= high]
    return [text.sentence("unsure", names=_names(findings, text, names))] if names else []


def _lapsed(findings: Findings, text: Text) -> list[str]:
    if findings.money.empty:
        return []
    sums = findings.money.groupby("scenario", observed=True)[["appropriated", "lapsed"]].sum()
    shares = (sums["lapsed"] / sums["appropriated"]).dropna().sort_values(ascending=False)
    parts = [
        text.sentence("lapsed_part", share=f"{share:.0%}", name=_names(findings, text, [str(name)]))
        for name, share in zip(shares.index, shares.to_numpy(float), strict=True)
        if share > _LAPSE_WORTH_SAYING
    ]
    return [text.sentence("lapsed", parts=text.listed(parts))] if parts else []


def _levels(findings: Findings, text: Text, series: pd.DataFrame) -> list[str]:
    table = totals(series, ["deals_signed", "municipalities_without_project_share"])
    sentences = []
    for name in findings.titles:
        runs = table[table["scenario"] == name]
        if runs.empty:
            continue
        columns = ["median", "low", "high", "runs"]
        middle, low, high, n = spread(runs, ["scenario"], "deals_signed")[columns].to_numpy(float)[0]
        without = runs["municipalities_without_project_share"].median()
        key = "level" if n > 1 else "level_of_one"
        sentences.append(
            text.sentence(
                key, name=_names(findings, text, [name]), quarter=findings.quarter, middle=number(middle),
                low=number(low), high=number(high), n=f"{n:,.0f}", without=f"{without:.0%}",
            )
        )  # fmt: skip
    return sentences


def _cost(findings: Findings, scenario: str) -> dict[str, str]:
    names = ("cost", "cost_low", "cost_high")
    return {name: number(value) for name, value in zip(names, findings.cost(scenario), strict=True)}


def _names(findings: Findings, text: Text, names: Sequence[str]) -> str:
    return text.listed([text.quoted(findings.titles[name]) for name in names])

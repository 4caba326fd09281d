"""The question and the answer of a report, in sentences made from the numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from sim.report import words
from sim.report.budget import budget, by_year, deadweight, lapsed, mixed
from sim.report.findings import Findings
from sim.report.phrases import given, interval, listed, quoted, single_histories
from sim.report.relevance import Reading
from sim.report.robust import holds, sentences
from sim.report.tables import spread
from sim.report.words import money, money_range, number, percent, quarter
from sim.text import Language, say

_ALMOST = 0.99  # a chance above this is not told more exactly: it rests on resamples
_PREFECTURES = 3  # named at either end
_GAP_WORTH_SAYING = 0.01  # one point: what a share of municipalities is read to


def question(findings: Findings, municipalities: int, kind: str, world: str) -> str:
    """What was asked, in one sentence."""
    lang = findings.names.lang
    where = say(f"report.answers.where_{kind}", lang, count=municipalities, world=world)
    end = quarter(findings.quarter, lang)
    if findings.baseline is None:
        everything = quoted(findings, list(findings.names.titles))
        return say("report.answers.question_run", lang, where=where, quarter=end, names=everything)
    return say(
        "report.answers.question_compare", lang, where=where, quarter=end,
        names=quoted(findings, findings.others), baseline=quoted(findings, [findings.baseline]),
    )  # fmt: skip


def answer(findings: Findings, runs: pd.DataFrame, absorbed: pd.DataFrame) -> list[str]:
    """The answer in some paragraphs: per yen, in total, where money goes, who is left out.

    Args:
        findings: the numbers.
        runs: a row per run, as of ``Results.runs``, for what is said without a baseline.
        absorbed: as of ``sim.report.tables.absorbed_by_year``; empty without a ledger.
    """
    if findings.baseline is None or findings.effects.empty:
        paragraphs = [_levels(findings, runs), _left_out(findings)]
    else:
        paragraphs = [
            [*_per_yen(findings), *_unsure(findings), *_disagreeing(findings), *_beside_money(findings)],
            [*_in_total(findings), *_best(findings), *budget(findings), *mixed(findings)],
            [*lapsed(findings), *by_year(findings, absorbed), *deadweight(findings)],
            _left_out(findings),
        ]
    return [say("report.sentence_break", findings.names.lang).join(part) for part in paragraphs if part]


def cheapest_first(costs: pd.DataFrame) -> list[str]:
    """Scenarios whose cost per additional deal is known, cheapest first."""
    if costs.empty:
        return []
    known = costs[(costs["outcome"] == "deals_signed") & costs["cost_per_unit"].notna()]
    return [str(name) for name in known.sort_values("cost_per_unit", kind="stable")["scenario"]]


def _per_yen(findings: Findings) -> list[str]:
    lang, ranked = findings.names.lang, cheapest_first(findings.costs)
    against = quoted(findings, [str(findings.baseline)])
    if not ranked:
        return [say("report.answers.none", lang, baseline=against)]
    row = findings.effect(ranked[0])
    cost, between = _cost(findings, ranked[0])
    several = len(findings.others) > 1
    key = ("best" if holds(findings.robustness, ranked[0]) else "best_here") if several else "only"
    sentence = say(
        f"report.answers.{key}" if cost > 0 else "report.answers.saves", lang,
        name=quoted(findings, ranked[:1]), baseline=against, quarter=quarter(findings.quarter, lang),
        effect=words.effect("deals_signed", float(row["effect"])), interval=interval(row, lang),
        cost=money(cost, lang), cost_interval=between, given=given(findings),
    )  # fmt: skip
    futures = _in_futures(findings, ranked[0]) if several else []
    return [sentence, *_single_histories(findings, ranked[0]), *futures, *_second(findings, ranked)]


def _single_histories(findings: Findings, scenario: str) -> list[str]:
    """What may come of a scenario in one history, where parameters are drawn."""
    if findings.sets is None:
        return []
    name = quoted(findings, [scenario])
    return single_histories(findings.effect(scenario), name, findings.names.lang)


def _in_futures(findings: Findings, cheapest: str) -> list[str]:
    """In how many plausible futures the cheapest is so, and what turns it."""
    called = {name: quoted(findings, [name]) for name in findings.others}
    return sentences(findings.robustness, cheapest, called, findings.names.lang)


def _second(findings: Findings, ranked: Sequence[str]) -> list[str]:
    """The next cheapest, and whether the two costs, compared with each other, settle the order."""
    if len(ranked) < 2:
        return []
    lang = findings.names.lang
    (first, _), (second, between) = (_cost(findings, name) for name in ranked[:2])
    best, name = (quoted(findings, [scenario]) for scenario in ranked[:2])
    facts = {"name": name, "best": best, "cost": money(second, lang), "cost_interval": between}
    if not _settled(findings, ranked[0], ranked[1]):
        return [say("report.answers.next_open", lang, **facts)]
    if first <= 0:
        return [say("report.answers.next_plain", lang, **facts)]
    return [say("report.answers.next", lang, factor=number(second / first, 2), **facts)]


def _settled(findings: Findings, first: str, second: str) -> bool:
    """True if the paired difference of the two costs excludes 0."""
    pairs = findings.cheaper
    rows = pairs[pairs["first"].isin([first, second]) & pairs["second"].isin([first, second])]
    return bool(((rows["ci_low"] > 0) | (rows["ci_high"] < 0)).any())


def _unsure(findings: Findings) -> list[str]:
    """Scenarios whose effect on deals signed may be nothing, or is too small to matter."""
    found = []
    for reading, key in ((Reading.OPEN, "unsure"), (Reading.SMALL, "small")):
        names = [name for name in findings.others if findings.effect(name)["reading"] == reading]
        if names:
            found.append(say(f"report.answers.{key}", findings.names.lang, names=quoted(findings, names)))
    return found


def _disagreeing(findings: Findings) -> list[str]:
    """Scenarios whose interval on deals signed a bootstrap does not bear out."""
    lang = findings.names.lang
    names = [name for name in findings.others if findings.effect(name)["disagree"]]
    sentence = say("results.intervals_disagree", lang)
    facts = {"names": quoted(findings, names), "sentence": sentence}
    return [say("report.answers.disagree", lang, **facts)] if names else []


def _beside_money(findings: Findings) -> list[str]:
    """Scenarios that change more than money, those that change the same things together."""
    lang, found = findings.names.lang, dict[tuple[str, ...], list[str]]()
    for name in findings.others:
        changed = tuple(dict.fromkeys(item.label for item in findings.beside_money(name)))
        if changed:
            found.setdefault(changed, []).append(name)
    return [
        say("report.answers.beside", lang, names=quoted(findings, names), changes=listed(changed, lang))
        for changed, names in found.items()
    ]


def _in_total(findings: Findings) -> list[str]:
    """The largest total effect, where another scenario than the cheapest has it."""
    lang, ranked = findings.names.lang, cheapest_first(findings.costs)
    largest = max(findings.others, key=lambda name: float(findings.effect(name)["effect"]))
    row = findings.effect(largest)
    if not ranked or largest == ranked[0] or not row["ci_low"] > 0:
        return []
    effect = words.effect("deals_signed", float(row["effect"]))
    name = quoted(findings, [largest])
    facts = {"given": given(findings), "interval": interval(row, lang)}
    sentence = say("report.answers.largest", lang, name=name, effect=effect, **facts)
    return [sentence, *_single_histories(findings, largest)]


def _best(findings: Findings) -> list[str]:
    """Which scenario signs most deals, where it signs more than the baseline: one, or several that may."""
    if findings.best.empty:
        return []
    lang, first = findings.names.lang, findings.best.iloc[0]
    gain = findings.effect(str(first["arm"]))["ci_low"]
    if not gain > 0 or math.isnan(first["chance"]):  # no better than the baseline, or one run only
        return []
    may_be = [str(arm) for arm in findings.best.loc[findings.best["may_be_best"], "arm"]]
    others = [name for name in may_be if name != str(first["arm"])]
    facts = {"name": quoted(findings, [str(first["arm"])]), "chance": _chance(float(first["chance"]), lang)}
    if others:
        return [say("report.answers.best_open", lang, others=quoted(findings, others), **facts)]
    return [say("report.answers.best_clear", lang, given=given(findings), **facts)]


def _chance(share: float, lang: Language) -> str:
    """A chance in whole per cent, never quite certain."""
    return say("report.almost", lang) if share > _ALMOST else percent(share)


def _left_out(findings: Findings) -> list[str]:
    """Who never signs a project, by size, strength and prefecture, and what the best scenario changes."""
    if findings.left_out.empty:
        return []
    lang, first = findings.names.lang, findings.baseline or next(iter(findings.names.titles))
    shares = findings.left_out.set_index(["scenario", "grouping", "group"])["mean"]
    base = shares[first]
    if not all((grouping, group) in base for grouping in ("size", "strength") for group in ("1", "4")):
        return []  # a world of few municipalities has not all quarters
    rows = findings.left_out[findings.left_out["scenario"] == first]
    prefectures = base["prefecture"].sort_values(ascending=False, kind="stable")
    smallest = rows[(rows["grouping"] == "size") & (rows["group"] == "1")]["highest"].iloc[0]
    poorer = base["size", "1"] > base["size", "4"] and base["strength", "1"] > base["strength", "4"]
    told = [say("report.answers.small_and_poor", lang)] if poorer else []
    told.append(
        say(
            "report.answers.left_out", lang, name=quoted(findings, [first]), small=percent(base["size", "1"]),
            residents=float(f"{smallest:.2g}"), large=percent(base["size", "4"]),
            weak=percent(base["strength", "1"]), strong=percent(base["strength", "4"]),
        )
    )  # fmt: skip
    if len(prefectures) > 2 * _PREFECTURES:
        most, least = (
            [say("report.in_unit", lang, name=place, unit=percent(share)) for place, share in some.items()]
            for some in (prefectures.head(_PREFECTURES), prefectures.tail(_PREFECTURES)[::-1])
        )
        facts = {"most": listed(most, lang), "least": listed(least, lang)}
        told.append(say("report.answers.left_out_prefectures", lang, **facts))
    return told + _gap(findings, shares, base)


def _gap(findings: Findings, shares: pd.Series, base: pd.Series) -> list[str]:
    """How the scenario that leaves fewest without a project changes the gap between small and large."""
    if findings.baseline is None or not findings.others:
        return []
    lang = findings.names.lang
    without = {name: float(shares[name]["size"].mean()) for name in findings.others if name in shares}
    if not without:
        return []
    best = min(without, key=lambda name: without[name])
    fewer = findings.effect(best, "municipalities_without_project_share")
    if not fewer["ci_high"] < 0 or fewer["reading"] == Reading.SMALL:
        return [say("report.answers.gap_none", lang, baseline=quoted(findings, [findings.baseline]))]
    small, large = shares[best]["size", "1"], shares[best]["size", "4"]
    gap = small - large
    change = gap - (base["size", "1"] - base["size", "4"])
    key = "same" if abs(change) < _GAP_WORTH_SAYING else "wider" if change > 0 else "narrower"
    facts = {"name": quoted(findings, [best]), "small": percent(small), "large": percent(large)}
    return [
        say(
            f"report.answers.gap_{key}",
            lang,
            points=f"{100 * abs(change if key != 'same' else gap):.0f}",
            **facts,
        )
    ]


def _levels(findings: Findings, table: pd.DataFrame) -> list[str]:
    lang, told = findings.names.lang, []
    for name in findings.names.titles:
        runs = table[table["scenario"] == name]
        if runs.empty:
            continue
        columns = ["median", "low", "high", "runs"]
        middle, low, high, n = spread(runs, ["scenario"], "deals_signed")[columns].to_numpy(float)[0]
        without = float(runs["municipalities_without_project_share"].median())
        told.append(
            say(
                f"report.answers.level{'' if n > 1 else '_of_one'}", lang, name=quoted(findings, [name]),
                quarter=quarter(findings.quarter, lang), middle=number(middle), low=number(low),
                high=number(high), n=int(n), without=percent(without),
            )
        )  # fmt: skip
    return told


def _cost(findings: Findings, scenario: str) -> tuple[float, str]:
    cost, low, high = findings.cost(scenario)
    lang = findings.names.lang
    if not math.isfinite(low):
        return cost, ""
    return cost, say("report.bracketed", lang, text=money_range(low, high, lang))

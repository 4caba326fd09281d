"""What the answer says of money: budgets and equal spending, what lapsed, what grants paid for anyway."""

from __future__ import annotations

import pandas as pd

from sim.report import words
from sim.report.findings import Findings
from sim.report.money import levers_shown
from sim.report.phrases import between, given, listed, quoted
from sim.report.relevance import LAPSE_WORTH_SAYING
from sim.report.units import part_of_japan
from sim.report.words import fund, money, money_range, percent
from sim.scenarios.spending import EqualSpending
from sim.text import Language, say

GRANTS = {"subsidy", "company_grants"}
#: Levers are named year by year from this share on of what the largest is given; the table has them all.
_LEVER_WORTH_SAYING = 0.25


def budget(findings: Findings) -> list[str]:
    """Whether the scenarios are compared at equal money, and at which."""
    if findings.money.empty:
        return []
    lang = findings.names.lang
    if findings.equal_spending is not None:
        return _equal_spending(findings, findings.equal_spending)
    if len(findings.others) < 2:
        return []
    given = _sums(findings)["appropriated"].reindex(findings.others).dropna()
    if findings.equal_budget:
        return [say("report.answers.equal", lang, sum=money(given.max(), lang))]
    return [_unequal(given, _sums(findings)["appropriated"].get(findings.baseline, 0.0), lang)]


def _unequal(given: pd.Series[float], baseline: float, lang: Language) -> str:
    """Between which sums scenarios differ: beyond the baseline where the whole sums are shown alike."""
    low, high = float(given.min()), float(given.max())
    if money(low, lang) != money(high, lang):
        return say("report.answers.unequal", lang, span=money_range(low, high, lang))
    if money(low - baseline, lang) == money(high - baseline, lang):
        return say("report.answers.unequal_years", lang, sum=money(high, lang))
    return say("report.answers.unequal_beyond", lang, span=money_range(low - baseline, high - baseline, lang))


def _equal_spending(findings: Findings, equal: EqualSpending) -> list[str]:
    """At which sum scenarios are compared, what they were given for it, and which cannot spend it."""
    lang = findings.names.lang
    found = {name: equal.scenarios[name] for name in findings.others if name in equal.scenarios}
    parts = {name: money(one.appropriated, lang) for name, one in found.items()}
    reached = [name for name, one in found.items() if one.verdict == "equal"]
    facts = {"sum": money(equal.sum, lang), "since": equal.since, "tolerance": percent(equal.tolerance)}
    told = []
    baseline = quoted(findings, [str(findings.baseline)])
    if nobody_spends(equal):
        told.append(say("report.answers.equal_spending_none", lang, baseline=baseline, sum=facts["sum"]))
    if reached and len(found) > 1:
        given = [say("report.answers.given_part", lang, name=quoted(findings, [name]), given=parts[name])
                 for name in reached]  # fmt: skip
        told.append(
            say("report.answers.equal_spending", lang, baseline=baseline, parts=listed(given, lang), **facts)
        )
    for name, one in found.items():
        if one.verdict != "equal":
            facts_of = {
                "name": quoted(findings, [name]),
                "spent": money(one.spent, lang),
                "given": parts[name],
            }
            told.append(say(f"report.answers.{one.verdict}", lang, sum=facts["sum"], **facts_of))
    if findings.share_of_japan != 1.0:
        here = part_of_japan(equal.sum, findings.share_of_japan, lang)
        told.append(say("report.answers.sums_of_japan", lang, **here))
    for small in findings.small:
        name = quoted(findings, [small.scenario])
        told.append(say("report.answers.below_a_unit", lang, name=name, **small.told(lang)))
    return told


def mixed(findings: Findings) -> list[str]:
    """Whether a mix does better than the best single lever for the same money."""
    lang = findings.names.lang
    single = [name for name in findings.others if len(findings.levers.get(name, ())) == 1]
    compared = findings.mixed or {}
    if any(findings.beside_money(str(compared[kind])) for kind in ("mix", "single") if kind in compared):
        return []  # the difference would not be that of the money
    if not (findings.equal_budget or _spend_the_same(findings)) or not single or len(findings.others) < 2:
        return []
    if findings.mixed is None:
        return [say("report.answers.no_mix", lang)] if len(single) > 1 else []
    low, high = float(str(findings.mixed["ci_low"])), float(str(findings.mixed["ci_high"]))
    key = "mix_more" if low > 0 else "mix_less" if high < 0 else "mix_open"
    effect = words.effect("deals_signed", float(str(findings.mixed["effect"])))
    return [
        say(
            f"report.answers.{key}", lang,
            mix=quoted(findings, [str(findings.mixed["mix"])]),
            single=quoted(findings, [str(findings.mixed["single"])]),
            effect=effect.lstrip("+") if low > 0 else effect,
            interval=between(words.effect("deals_signed", low), words.effect("deals_signed", high), lang),
            given=given(findings),
        )
    ]  # fmt: skip


def nobody_spends(equal: EqualSpending) -> bool:
    """Whether no scenario can spend the sum, so that each stands at the most it absorbs."""
    return len(equal.names("at_most")) == len(equal.scenarios)


def _spend_the_same(findings: Findings) -> bool:
    """Whether the scenarios were made to spend the same, and all of them could."""
    equal = findings.equal_spending
    return equal is not None and all(found.verdict == "equal" for found in equal.scenarios.values())


def _sums(findings: Findings) -> pd.DataFrame:
    columns = ["appropriated", "spent", "lapsed"]
    return findings.money.groupby("scenario", observed=True, sort=False)[columns].sum()


def beyond_baseline(findings: Findings) -> pd.DataFrame:
    """Money given beyond the baseline by scenario: ``appropriated``, ``spent``, ``lapsed``."""
    sums = _sums(findings)
    if findings.baseline is None or findings.baseline not in sums.index:
        return sums
    return sums.drop(index=findings.baseline) - sums.loc[findings.baseline]


def lapsed(findings: Findings) -> list[str]:
    """Share of the money given beyond the baseline that lapsed, where it is worth saying."""
    if findings.money.empty:
        return []
    lang, extra = findings.names.lang, beyond_baseline(findings)
    extra = extra[extra["appropriated"] > 0]
    shares = (extra["lapsed"] / extra["appropriated"]).sort_values(ascending=False)
    parts = [
        say("report.answers.lapsed_part", lang, share=percent(share), name=quoted(findings, [str(name)]))
        for name, share in zip(shares.index, shares.to_numpy(float), strict=True)
        if share > LAPSE_WORTH_SAYING
    ]
    return [say("report.answers.lapsed", lang, parts=listed(parts, lang))] if parts else []


def by_year(findings: Findings, absorbed: pd.DataFrame) -> list[str]:
    """What a lever could spend in its first and its last full year, where it was given most."""
    if absorbed.empty:
        return []
    lang, found = findings.names.lang, []
    levers = levers_shown(absorbed, findings.baseline)
    most = absorbed.groupby("lever", observed=True)["appropriated"].max().reindex(levers)
    for lever in most.index[most >= _LEVER_WORTH_SAYING * most.max()]:
        rows = absorbed[(absorbed["lever"] == lever) & (absorbed["appropriated"] > 0)]
        sums = rows.groupby("scenario", observed=True)["appropriated"].sum()
        rows = rows[rows["scenario"] == sums.idxmax()]
        full = rows[rows["appropriated"] >= rows["appropriated"].max() * (1 - 1e-9)]
        if len(full) < 2:
            continue
        first, last = full.iloc[0], full.iloc[-1]
        found.append(
            say(
                "report.answers.year_part", lang,
                lever=fund(str(lever), str(first["pays_for"]), lang, findings.names.programmes),
                given=money(first["appropriated"], lang),
                first=money(first["spent"], lang), first_year=first["fiscal_year"],
                last=money(last["spent"], lang), last_year=last["fiscal_year"],
            )
        )  # fmt: skip
    return (
        [say("report.answers.years", lang, parts=say("report.clause_break", lang).join(found))]
        if found
        else []
    )


def deadweight(findings: Findings) -> list[str]:
    """Which share of the deals with a grant would have been signed without it."""
    lang = findings.names.lang
    table = findings.deadweight
    rows = table[table["scenario"].isin(findings.others) & (table["anyway"] > 0)] if len(table) else table
    if rows.empty:
        return []
    parts = [
        say("report.answers.deadweight_part", lang, share=percent(share), name=quoted(findings, [str(name)]))
        for name, share in zip(rows["scenario"].astype(str), rows["share"], strict=True)
        if GRANTS & findings.levers.get(name, set())
    ]
    if not parts:
        return []
    told = [say("report.answers.deadweight", lang, parts=listed(parts, lang))]
    before = table[(table["scenario"] == findings.baseline) & (table["subsidised"] > 0)]
    if len(before):
        facts = {"baseline": quoted(findings, [str(findings.baseline)])}
        told.append(
            say("report.answers.deadweight_all", lang, share=percent(before["share"].iloc[0]), **facts)
        )
    return told

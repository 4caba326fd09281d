"""The tables of the report, as text ready to be shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.report import words
from sim.report.budget import beyond_baseline
from sim.report.findings import Findings
from sim.report.money import levers_shown
from sim.report.outcomes import MAIN_OUTCOMES
from sim.report.relevance import Reading, interest
from sim.report.tables import spread
from sim.report.words import amount, count, in_unit, number, percent, short, unit
from sim.results import Results
from sim.results.spread import BY_CHANCE, SPREAD
from sim.scenarios.levers import LEVERS
from sim.text import Language, label, say

type Row = list[str]

_MARK = "†"  # an interval that a bootstrap does not bear out


@dataclass(frozen=True)
class Group:
    """Rows of a table under one heading; an empty heading is left out."""

    heading: str
    rows: list[Row]


@dataclass(frozen=True)
class Table:
    """A table of a page.

    Attributes:
        columns: heads.
        groups: rows, in groups.
        words: how many columns from the left hold words, not numbers.
        note: what stands above it.
        remarks: more of that, a paragraph each.
        folded: heading under which it is folded away; empty if it is not.
        small: many narrow columns.
    """

    columns: Sequence[str]
    groups: list[Group] = field(default_factory=list)
    words: int = 1
    note: str = ""
    remarks: Sequence[str] = ()
    folded: str = ""
    small: bool = False

    def __bool__(self) -> bool:
        return any(group.rows for group in self.groups)


def heads(lang: Language, *names: str) -> list[str]:
    """Heads of columns by id."""
    return [say(f"report.columns.{name}", lang) for name in names]


def contents(findings: Findings, reference: str) -> Table:
    """What each scenario changes: everything that differs from the baseline."""
    lang = findings.names.lang
    groups = []
    for name in findings.names.titles:
        items = [item for item in findings.contents if item.scenario == name]
        kinds = [say(f"report.kinds.{item.kind}", lang) for item in items]
        rows = [[kind, _named(item.label, item.name, lang), item.here, item.there]
                for kind, item in zip(kinds, items, strict=True)]  # fmt: skip
        if rows or name != findings.baseline:
            same = [["–", say("report.no_difference", lang), "", ""]]
            groups.append(Group(findings.names.of(name), rows or same))
    note = say("report.notes.contents", lang, reference=reference)
    return Table(heads(lang, "kind", "what", "here", "there"), groups, words=4, note=note)


def _named(words: str, name: str, lang: Language) -> str:
    return words if name.replace("_", " ") in words else in_unit(words, name, lang)


def effects(findings: Findings, quarter: str) -> Table:
    """Effects by outcome: scenario, effect, interval, what it says, n, replicates needed."""
    lang, groups = findings.names.lang, []
    own = [name for name in dict.fromkeys(findings.effects["outcome"]) if name not in MAIN_OUTCOMES]
    for outcome in [*MAIN_OUTCOMES, *own]:
        table = findings.effects[findings.effects["outcome"] == outcome]
        rows = [_effect(row, findings, outcome) for _, row in table.iterrows()]
        if rows:
            level, least = float(table["level"].iloc[0]), float(table["least"].iloc[0])
            groups.append(Group(heading(outcome, level, least, lang), rows))
    columns = heads(lang, "scenario", "reading", "effect", "interval", "n", "needed")
    remarks = _cautions(findings.effects, lang)
    if findings.sets is not None:
        columns += heads(lang, "may_come", "by_chance")
        n = int(findings.effects["sets"].max())
        remarks.insert(0, say("report.notes.spread", lang, label=findings.sets.label, sets=n))
    note = say("report.notes.effects", lang, quarter=quarter)
    return Table(columns, groups, words=2, note=note, remarks=remarks)


def _cautions(effects: pd.DataFrame, lang: Language) -> list[str]:
    """How many comparisons there are and what that means; what the mark of an interval stands for."""
    comparisons, found = int(effects["ci_low"].notna().sum()), []
    if comparisons:
        found.append(say("report.notes.comparisons", lang, comparisons=comparisons))
    if effects["disagree"].any():
        sentence = say("results.intervals_disagree", lang)
        found.append(say("report.notes.disagree", lang, mark=_MARK, sentence=sentence))
    return found


def heading(outcome: str, level: float, least: float, lang: Language) -> str:
    """An outcome with its unit, its level in the baseline and what is too small to matter."""
    shown = unit(outcome, lang)
    name = in_unit(short(outcome, lang), shown, lang)
    facts = [
        say("report.baseline_at", lang, level=words.level(outcome, level) + "%" * words.is_share(outcome))
    ]
    if np.isfinite(least):
        small = words.effect(outcome, least).lstrip("+")
        facts.append(say("report.small_below", lang, least=small))
    return f"{name} · {' · '.join(facts)}"


def _effect(row: pd.Series, findings: Findings, outcome: str) -> Row:
    lang, reading = findings.names.lang, str(row["reading"])
    low, high = (words.effect(outcome, float(row[name])) for name in ("ci_low", "ci_high"))
    between = "–" if reading == Reading.UNKNOWN else say("report.to", lang, low=low, high=high)
    between += f" {_MARK}" * bool(row["disagree"])
    needed = "–" if reading in (Reading.SMALL, Reading.NONE) else _needed(row)
    spread = (
        [] if findings.sets is None else [_ends(row, outcome, lang, ends) for ends in (SPREAD, BY_CHANCE)]
    )
    return [
        findings.names.of(str(row["scenario"])), say(f"report.readings.{reading}", lang),
        words.effect(outcome, float(row["effect"])), between, f"{int(row['replicates']):,}", needed, *spread,
    ]  # fmt: skip


def _ends(row: pd.Series, outcome: str, lang: Language, ends: Sequence[str]) -> str:
    """What 90% of single histories lie between; a dash where it is not known."""
    low, high = (float(row[end]) for end in ends)
    if not np.isfinite(low):
        return "–"
    return say("report.to", lang, low=words.effect(outcome, low), high=words.effect(outcome, high))


def _needed(row: pd.Series) -> str:
    """Replicates needed with their upper bound; a dash where they are not known."""
    number, bound = (row[name] for name in ("replicates_needed", "replicates_needed_high"))
    if pd.isna(number):
        return "–"
    return count(float(number)) + ("" if pd.isna(bound) else f" (≤ {count(float(bound))})")


def costs(findings: Findings) -> Table:
    """What was gained: extra money, of it transfers, extra units, cost of one with interval, discounted."""
    lang, groups = findings.names.lang, []
    for outcome in ("deals_signed", "projects_completed") if len(findings.costs) else ():
        table = _of(findings.costs, outcome)
        later = _of(findings.discounted, outcome) if len(findings.discounted) else None
        rows = [
            _cost(findings, scenario, outcome, table, later)
            for scenario in findings.others
            if scenario in table.index
        ]
        groups.append(Group(short(outcome, lang), rows))
    columns = heads(lang, "scenario", "extra_money", "transfers", "extra_units", "cost_unit", "interval")
    remarks = [say("report.notes.transfers", lang)]
    if len(findings.discounted):
        rate = f"{100 * findings.discount_rate:g}"
        columns.append(say("report.columns.discounted", lang, rate=rate))
        remarks.append(say("report.notes.discounted", lang, rate=rate))
    return Table(columns, groups, note=say("report.notes.cost", lang), remarks=remarks)


def _of(costs: pd.DataFrame, outcome: str) -> pd.DataFrame:
    return costs[costs["outcome"] == outcome].set_index("scenario")


def _cost(
    findings: Findings, scenario: str, outcome: str, table: pd.DataFrame, later: pd.DataFrame | None
) -> Row:
    lang = findings.names.lang
    columns = ["extra_spending", "extra_transfers", "extra_units", "cost_per_unit", "ci_low", "ci_high"]
    extra, transfers, units, cost, low, high = table.loc[[scenario], columns].to_numpy(float)[0]
    between = say("report.to", lang, low=number(low), high=number(high)) if low == low else "–"
    money = (words.effect("spent", value) for value in (extra, transfers))
    cells = [*money, words.effect(outcome, units), number(cost), between]
    if later is not None:
        cells.append(number(float(later.loc[[scenario], "cost_per_unit"].iloc[0])))
    return [findings.names.of(scenario), *cells]


_AMOUNTS = ["appropriated", "spent", "lapsed"]


def money(findings: Findings) -> Table:
    """Money of each lever by scenario, and what was given beyond the baseline."""
    lang, groups = findings.names.lang, []
    if findings.money.empty:
        return Table([])
    table = findings.money[findings.money["appropriated"] > 0].assign(
        lever=findings.money["lever"].astype(str)
    )
    extra = beyond_baseline(findings)
    base = table[table["scenario"].astype(str) == findings.baseline].set_index("lever")["appropriated"]
    for scenario, title in findings.names.titles.items():
        own = table[table["scenario"].astype(str) == scenario]
        if scenario != findings.baseline:  # what is as in the baseline is said once
            own = own[own["appropriated"].to_numpy() != base.reindex(own["lever"]).to_numpy()]
        rows = [
            _spent(_of_programme(row, findings.names), row, row["pays_for"], lang)
            for _, row in own.iterrows()
        ]
        if findings.baseline is not None and scenario in extra.index and rows:
            rest = table[(table["scenario"].astype(str) == scenario) & ~table.index.isin(own.index)]
            if len(rest):
                rows.append(_spent(say("report.other_levers", lang), rest[_AMOUNTS].sum()))
            rows.append(_spent(say("report.beyond", lang), extra.loc[[scenario]].iloc[0]))
        if rows:
            groups.append(Group(title, rows))
    columns = heads(lang, "lever", "nature", "appropriated", "spent", "lapsed", "absorbed")
    note = "money" if findings.baseline is not None else "money_run"
    remarks = [say("report.notes.transfers", lang)]
    return Table(columns, groups, words=2, note=say(f"report.notes.{note}", lang), remarks=remarks)


def _of_programme(row: pd.Series, names: words.Names) -> str:
    """A lever's name, or a programme's with its lever and payer."""
    lever, name = str(row["pays_for"]), str(row["lever"])
    if lever == name:
        return short(name, names.lang)
    return names.programme(name, short(lever, names.lang), str(row["payer"]))


def _spent(name: str, row: pd.Series, lever: str = "", lang: Language = "en") -> Row:
    given, spent, lapsed = (float(row[column]) for column in ("appropriated", "spent", "lapsed"))
    share = percent(spent / given) if given > 0 else "–"
    kind = words.nature(lever, lang) if lever else ""
    return [name, kind, amount(given), amount(spent), amount(lapsed), share]


def by_year(findings: Findings, absorbed: pd.DataFrame) -> Table:
    """What levers spent in each fiscal year, with the share of the appropriation."""
    lang, groups = findings.names.lang, []
    if absorbed.empty:
        return Table([])
    years = sorted(set(absorbed["fiscal_year"]))
    levers = levers_shown(absorbed, findings.baseline) or levers_shown(absorbed, None)
    paid = dict(zip(absorbed["lever"].astype(str), absorbed["pays_for"].astype(str), strict=True))
    given = absorbed.astype({"scenario": str, "lever": str}).set_index(["scenario", "lever", "fiscal_year"])
    for scenario, title in findings.names.titles.items():
        rows = []
        for lever in levers:
            by, base = (_years(given, name, lever, years) for name in (scenario, findings.baseline))
            same = scenario != findings.baseline and np.array_equal(by[:, 0], base[:, 0])
            if by[:, 0].max() > 0 and not same:  # what is as in the baseline is said once
                cells = (_year(money, spent) for money, spent in by)
                rows.append([words.fund(lever, paid[lever], lang, findings.names.programmes), *cells])
        if rows:
            groups.append(Group(title, rows))
    columns = [*heads(lang, "lever"), *map(str, years)]
    note = "by_year" if findings.baseline is not None else "by_year_run"
    return Table(columns, groups, note=say(f"report.notes.{note}", lang), small=True)


def _years(given: pd.DataFrame, scenario: str | None, lever: str, years: Sequence[int]) -> np.ndarray:
    """Appropriated and spent by fiscal year (years, 2); 0 where nothing was given."""
    keys = pd.MultiIndex.from_product([[scenario], [lever], years])
    return given[["appropriated", "spent"]].reindex(keys).fillna(0.0).to_numpy(np.float64)


def _year(given: float, spent: float) -> str:
    with np.errstate(over="ignore"):  # of an amount so small that its share is none
        return f"{amount(spent)}\n{percent(spent / given)}" if given > 0 else "–"


def deadweight(findings: Findings) -> Table:
    """Deals with a grant, those that would have been signed anyway, and their share."""
    lang, rows = findings.names.lang, []
    for _, row in findings.deadweight.iterrows():
        if row["subsidised"] > 0:
            cells = [number(row["subsidised"]), number(row["anyway"]), percent(row["share"])]
            rows.append([findings.names.of(str(row["scenario"])), *cells])
    columns = heads(lang, "scenario", "subsidised", "anyway", "anyway_share")
    return Table(columns, [Group("", rows)], note=say("report.notes.deadweight", lang))


def left_out(findings: Findings) -> list[Table]:
    """Share of municipalities without a project by size and fiscal strength, and by prefecture, folded."""
    if findings.left_out.empty:
        return []
    lang, titles = findings.names.lang, findings.names.titles
    columns = [*heads(lang, "group"), *heads(lang, "municipalities"), *titles.values()]
    quarters = [
        Group(say(f"figures.left_behind.{grouping}", lang), list(_shares(findings, grouping)))
        for grouping in ("size", "strength")
    ]
    prefectures = [Group("", list(_shares(findings, "prefecture")))]
    folded = say("report.by_prefecture", lang)
    note = say("report.notes.left_out", lang)
    return [Table(columns, quarters, note=note), Table(columns, prefectures, folded=folded)]


def _shares(findings: Findings, grouping: str) -> Iterator[Row]:
    table = findings.left_out[findings.left_out["grouping"] == grouping]
    for group, rows in table.groupby("group", sort=grouping != "prefecture"):
        first = rows.iloc[0]
        means = rows.set_index(rows["scenario"].astype(str))["mean"]
        cells = [percent(float(means.get(name, float("nan")))) for name in findings.names.titles]
        yield [
            _group(str(group), first, grouping, findings.names.lang),
            count(first["municipalities"]),
            *cells,
        ]


def _group(group: str, row: pd.Series, grouping: str, lang: Language) -> str:
    if grouping == "prefecture":
        return group
    low, high = float(row["lowest"]), float(row["highest"])
    shown = (count(low), count(high)) if grouping == "size" else (f"{low:.2f}", f"{high:.2f}")
    return say(f"report.quarter_{group}", lang, low=shown[0], high=shown[1])


def levels(results: Results, findings: Findings, quarter: str, runs: str) -> Table:
    """Median and 5-95% of every main outcome, and of users' own, in each scenario."""
    lang = findings.names.lang
    shown = [*MAIN_OUTCOMES, *results.manifest.own_outcomes]
    table = results.runs([name for name in shown if name in results.outcomes])
    rows = []
    for outcome in (name for name in shown if name in table):
        bands = spread(table, ["scenario"], outcome).set_index("scenario")
        cells = []
        for scenario in findings.names.titles:
            middle, low, high, n = bands.reindex([scenario])[["median", "low", "high", "runs"]].to_numpy(
                float
            )[0]
            band = f"\n{words.level(outcome, low)}–{words.level(outcome, high)}" if n > 1 else ""
            cells.append(words.level(outcome, middle) + band)
        measure = unit(outcome, lang, difference=False)
        rows.append([in_unit(short(outcome, lang), measure, lang), *cells])
    columns = [*heads(lang, "outcome"), *findings.names.titles.values()]
    return Table(
        columns, [Group("", rows)], note=say("report.notes.levels", lang, runs=runs, quarter=quarter)
    )


def levers(findings: Findings) -> Table:
    """As of ``levers_of``, for every lever that some scenario funds."""
    funded = set(findings.money["pays_for"].astype(str)) if len(findings.money) else set()
    return levers_of(funded, findings.names.lang)


def levers_of(funded: Collection[str], lang: Language) -> Table:
    """Name, what it acts on, unit cost and programme of levers."""
    told = ("meaning", "unit_cost", "programme")
    rows = [
        [short(lever.name, lang), *(say(f"levers.{lever.name}.{what}", lang) for what in told)]
        for lever in LEVERS
        if lever.name in funded
    ]
    return Table(heads(lang, "lever", "acts_on", "unit_cost", "programme"), [Group("", rows)], words=4)


def interests(findings: Findings) -> Table:
    """As of ``interests_of``, for every outcome shown."""
    return interests_of(list(findings.effects["outcome"]), findings.names.lang)


def interests_of(outcomes: Sequence[str], lang: Language) -> Table:
    """The smallest effect of interest of outcomes, with its reason."""
    rows = []
    for outcome in dict.fromkeys(outcomes):
        found = interest(str(outcome))
        if found is not None:
            kind = "points" if found.unit == "share" else "relative"
            size = say(f"report.interest.{kind}", lang, value=f"{100 * found.value:g}")
            rows.append([label(str(outcome), lang), size, say(f"report.interest.{found.reason}", lang)])
    return Table(
        heads(lang, "outcome", "least", "reason"),
        [Group("", rows)],
        words=3,
        note=say("report.notes.interests", lang),
    )

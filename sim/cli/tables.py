"""The tables that ``sim run`` and ``sim compare`` end with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table

from sim.kernel.outcomes import BY_NAME
from sim.report import focus
from sim.report.municipalities import prefecture_name
from sim.report.relevance import Reading
from sim.report.words import COUNTED, amount, effect, fund, level, nature, short, unit
from sim.results.focus import WHERE
from sim.results.money import OTHERS, beyond
from sim.results.spread import BY_CHANCE, SPREAD
from sim.text import Language, say
from sim.text.numbers import MISSING
from sim.text.numbers import quarter as spoken

if TYPE_CHECKING:
    from sim.report.focus import Focused
    from sim.scenarios.scenario import Scenario

type Called = Mapping[str, str]
_AS_NAMED: Called = {}

#: Outcomes that are shown; the results folder holds them all.
SHOWN = (
    "adoption_share",
    "deals_signed",
    "deals_additional",
    "projects_completed",
    "municipalities_without_project_share",
    "sdg_progress",
    "sdg_progress_bottom_quartile",
    "private_investment",
    "public_spending",
)
MOST_LEVERS = 20  # levers and programmes of a scenario that are shown one by one
UNBROKEN = (
    "effect",
    "interval",
    "may_come",
    "by_chance",
    "band",
    "reading",
)  # columns whose cells stay on one line
RATED = "deals_signed"  # the outcome whose cost per unit is shown


def effects(judged: pd.DataFrame, quarter: str, language: Language, called: Called = _AS_NAMED) -> Table:
    """Effect of each scenario at the end of the horizon, outcome by outcome, and what it says.

    Args:
        judged: as ``sim.report.effect_tables.judged`` gives it.
        quarter: the last one.
        language: of the words.
        called: what scenarios are called, by name; by their names where it does not say.
    """
    shown = _shown(judged)
    baseline = str(shown["baseline"].iloc[0])
    facts = {"baseline": called.get(baseline, baseline), "quarter": spoken(quarter, language)}
    title = say("cli.effects", language, replicates=int(shown["replicates"].max()), **facts)
    drawn = bool(judged["low"].notna().any())
    columns = ["effect", "interval", "reading", *(["may_come", "by_chance"] if drawn else ["needed"])]
    table = _table(title, ["outcome", "scenario"], columns, language)
    for outcome, rows in shown.groupby("outcome", sort=False):
        cells = [_effect(row, language, drawn) for row in _records(rows)]
        _add_outcome(table, _label(str(outcome), language), _titles(rows, called), cells)
    return table


def _effect(row: Mapping[str, Any], language: Language, drawn: bool) -> list[str]:
    """Effect, interval and reading, then what single histories lie between where parameters are drawn.

    Else the replicates needed, where there is an effect to speak of.
    """
    middle, low, high = (effect(row["outcome"], row[name]) for name in ("effect", "ci_low", "ci_high"))
    reading = say(f"report.readings.{row['reading']}", language)
    settled = row["reading"] in (Reading.MORE, Reading.LESS)
    needed = _count(row["replicates_needed"]) if settled else MISSING
    return [middle, f"{low} … {high}", reading, *(_both(row) if drawn else [needed])]


def _both(row: Mapping[str, Any]) -> list[str]:
    """What 90% of single histories lie between, with what is not known of parameters and by chance alone."""
    ends = [[effect(row["outcome"], row[end]) for end in both] for both in (SPREAD, BY_CHANCE)]
    return [MISSING if low == MISSING else f"{low} … {high}" for low, high in ends]


def summary(summarised: pd.DataFrame, language: Language, called: Called = _AS_NAMED) -> Table:
    """Mean and band of each scenario at the end of the horizon, outcome by outcome.

    Args:
        summarised: as ``sim.results.summary.summarise`` gives it.
        language: of the words.
        called: as of ``effects``.
    """
    last = _shown(summarised[summarised["quarter"] == summarised["quarter"].max()])
    quarter, replicates = str(last["quarter"].iloc[0]), int(last["replicates"].max())
    title = say("cli.summary", language, quarter=spoken(quarter, language), replicates=replicates)
    table = _table(title, ["outcome", "scenario"], ["mean", "band"], language)
    for outcome, rows in last.groupby("outcome", sort=False):
        cells = []
        for row in _records(rows):
            mean, low, high = (level(str(outcome), row[name]) for name in ("mean", "q05", "q95"))
            cells.append([mean, f"{low} … {high}"])
        label = _label(str(outcome), language, difference=False)
        _add_outcome(table, label, _titles(rows, called), cells)
    return table


def money(
    ledger: pd.DataFrame, costs: pd.DataFrame | None, language: Language, called: Called = _AS_NAMED
) -> Table:
    """Appropriated, spent and lapsed by scenario and, where there is a baseline, the cost of one more deal.

    Args:
        ledger: as ``sim.results.money.ledger_summary`` gives it.
        costs: as ``sim.results.money.cost_effectiveness`` gives it, or None.
        language: of the words.
        called: as of ``effects``.
    """
    columns = ["appropriated", "spent", "lapsed"]
    totals = ledger.groupby("scenario", observed=True, sort=False)[columns].sum()
    title = say("cli.money", language, replicates=int(ledger["replicates"].max()) if len(ledger) else 0)
    compared = ["extra_deals", "cost_per_deal"] if costs is not None else []
    table = _table(title, ["scenario"], [*columns, *compared], language)
    every = [] if costs is None else _records(costs)
    rated = {row["scenario"]: row for row in every if row["outcome"] == RATED}
    for scenario, *amounts in totals.itertuples(name=None):
        cost = rated.get(scenario)
        extra = [MISSING] * 2 if cost is None else [effect(RATED, cost["extra_units"]), _cost(cost)]
        table.add_row(
            called.get(str(scenario), str(scenario)), *map(amount, amounts), *extra[: len(compared)]
        )
    return table


def levers(
    ledger: pd.DataFrame,
    baseline: str,
    language: Language,
    called: Called = _AS_NAMED,
    programmes: Called = _AS_NAMED,
) -> Table:
    """What each scenario is given beyond the baseline, lever by lever: appropriated, spent, lapsed.

    Args:
        ledger: as ``sim.results.money.ledger_summary`` gives it.
        baseline: scenario whose money is deducted.
        language: of the words.
        called: as of ``effects``.
        programmes: titles of programmes.
    """
    columns = ["appropriated", "spent", "lapsed"]
    title = say("cli.by_lever", language, baseline=called.get(baseline, baseline))
    table = _table(title, ["scenario", "lever", "nature"], columns, language)
    paid = dict(zip(ledger["lever"].astype(str), ledger["pays_for"].astype(str), strict=True))
    for scenario, rows in beyond(ledger, baseline).groupby("scenario", observed=True, sort=False):
        name = called.get(str(scenario), str(scenario))
        few, rest = _with_most(rows)
        told = [
            (_lever(str(lever), paid.get(str(lever), ""), language, programmes), amounts)
            for lever, *amounts in few[["lever", *columns]].itertuples(index=False)
        ]
        if len(rest):
            told.append(((say("cli.more_levers", language, count=len(rest)), ""), list(rest[columns].sum())))
        for place, (words, amounts) in enumerate(told):
            table.add_row(name if place == 0 else "", *words, *map(amount, amounts),
                          end_section=place == len(told) - 1)  # fmt: skip
    return table


def _with_most(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The levers whose money differs most, in their order, and what is left over where they are many."""
    own = rows["lever"] != OTHERS
    most = rows.loc[own, "appropriated"].abs().nlargest(MOST_LEVERS).index
    kept = ~own | rows.index.isin(most)
    return rows[kept], rows[~kept]


def _lever(lever: str, pays_for: str, language: Language, programmes: Called) -> tuple[str, str]:
    """What a lever or programme is called, and whether its money changes hands or is used up."""
    if lever == OTHERS:
        return say("report.other_levers", language), ""
    return fund(lever, pays_for, language, programmes), nature(pays_for, language)


def place(focused: Focused, language: Language, called: Called = _AS_NAMED) -> list[Table]:
    """Effects in one place with its rank, and where the extra deals arise.

    Args:
        focused: as ``sim.report.focus.focus_on`` gives it.
        language: of the words.
        called: as of ``effects``.
    """
    where = prefecture_name(focused.world, focused.place.prefecture, language)
    baseline = called.get(focused.baseline, focused.baseline)
    quarter, places = spoken(focused.quarter, language), int(focused.effects["places"].iloc[0])
    facts = {"place": where, "baseline": baseline, "quarter": quarter, "places": places}
    table = _table(
        say("cli.focus", language, **facts),
        ["outcome", "scenario"],
        ["effect", "interval", "reading", "rank"],
        language,
    )
    for outcome in focus.SHOWN:
        rows = focused.effects[focused.effects["outcome"] == outcome].rename(columns={"a": "scenario"})
        cells = [[*_placed(row, outcome, language), focus.rank(row, language)] for row in _records(rows)]
        if cells:
            _add_outcome(table, _label(outcome, language), _titles(rows, called), cells)
    own = [] if focused.place.municipality is None else [_town(focused, language, called)]
    return [*own, table, _spread(focused, language, called)]


def _town(focused: Focused, language: Language, called: Called) -> Table:
    """Effects on the municipality itself."""
    facts = {"place": focused.name(language), "baseline": called.get(focused.baseline, focused.baseline)}
    title = say("cli.focus_town", language, quarter=spoken(focused.quarter, language), **facts)
    table = _table(title, ["outcome", "scenario"], ["effect", "interval", "reading"], language)
    for outcome, rows in focus.town_effects(focused).items():
        cells = [_placed(row, outcome, language) for row in rows]
        names = [called.get(str(row["scenario"]), str(row["scenario"])) for row in rows]
        _add_outcome(table, _label(outcome, language), names, cells)
    return table


def _placed(row: Mapping[str, Any], outcome: str, language: Language) -> list[str]:
    middle, low, high = (effect(outcome, row[name]) for name in ("effect", "ci_low", "ci_high"))
    return [middle, f"{low} … {high}", focus.reading(row, outcome, language)]


def _spread(focused: Focused, language: Language, called: Called) -> Table:
    """Where the extra deals of every scenario arise, with intervals."""
    near = [prefecture_name(focused.world, p, language) for p in focused.neighbours]
    where = prefecture_name(focused.world, focused.place.prefecture, language)
    listed = say("report.focus.separator", language).join(near) or MISSING
    title = say("cli.focus_spread", language, place=where, neighbours=listed)
    table = _table(title, ["scenario"], [], language)
    for head in (where, *(say(f"cli.{part}", language) for part in WHERE[1:])):
        table.add_column(head, justify="right")
    rows = focused.spread[focused.spread["outcome"] == RATED]
    for scenario in dict.fromkeys(rows["scenario"]):
        own = rows[rows["scenario"] == scenario].set_index("where")
        cells = [_cell(own.loc[part]) for part in own.index]
        table.add_row(called.get(str(scenario), str(scenario)), *cells)
    return table


def _cell(row: pd.Series) -> str:
    if not row["prefectures"]:
        return MISSING
    middle, low, high = (effect(RATED, row[name]) for name in ("effect", "ci_low", "ci_high"))
    return f"{middle} ({low} … {high})"


def titles(scenarios: Sequence[Scenario], language: Language) -> dict[str, str]:
    """What tables call scenarios: in English the names that commands take, in Japanese the titles.

    A scenario without a title, or with the title of another one, goes by its name.
    """
    if language == "en":
        return {}
    given = [scenario.title.ja for scenario in scenarios]
    return {
        scenario.name: title
        for scenario, title in zip(scenarios, given, strict=True)
        if title and given.count(title) == 1
    }


def _titles(rows: pd.DataFrame, called: Called) -> list[str]:
    return [called.get(str(name), str(name)) for name in rows["scenario"]]


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the outcomes that are shown, in their order; users' own come last."""
    own = [name for name in table["outcome"].unique() if name not in BY_NAME]
    shown = [*SHOWN, *own]
    last = table[table["outcome"].isin(shown)]
    order = np.argsort([shown.index(outcome) for outcome in last["outcome"]], kind="stable")
    ordered: pd.DataFrame = last.iloc[order]
    return ordered


def _table(title: str, words: Sequence[str], numbers: Sequence[str], language: Language) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE)
    for word in words:
        table.add_column(
            say(f"cli.{word}", language), no_wrap=word == "scenario" and language == "en", overflow="fold"
        )
    for word in numbers:
        table.add_column(say(f"cli.{word}", language), justify="right", no_wrap=word in UNBROKEN)
    return table


def _label(outcome: str, language: Language, difference: bool = True) -> str:
    """Name and unit of an outcome; a label of what is counted says its unit itself."""
    shown = unit(outcome, language, difference=difference)
    if not shown or (outcome in BY_NAME and BY_NAME[outcome].unit in COUNTED):
        return short(outcome, language)
    return say("report.in_unit", language, name=short(outcome, language), unit=shown)


def _add_outcome(table: Table, label: str, scenarios: Iterable[str], cells: Sequence[Sequence[str]]) -> None:
    """Rows of one outcome: its label in the first alone, a line below the last of several."""
    for place, (scenario, row) in enumerate(zip(scenarios, cells, strict=True)):
        last = place == len(cells) - 1 > 0
        table.add_row(label if place == 0 else "", scenario, *row, end_section=last)


def _count(value: Any) -> str:
    return MISSING if pd.isna(value) else f"{int(value):,}"


def _cost(row: Mapping[str, Any]) -> str:
    """Cost of one more unit with its interval; a dash where it is not known that units are gained."""
    if pd.isna(row["cost_per_unit"]):
        return MISSING
    return f"{amount(row['cost_per_unit'])} ({amount(row['ci_low'])} … {amount(row['ci_high'])})"

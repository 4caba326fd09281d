"""Tables of a design's report, as text ready to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.batch.factors import Factor, Point
from sim.report import words
from sim.report.designs.effects import strongest
from sim.report.designs.names import factor_name, factor_unit, named, point_name, value_name
from sim.report.designs.runs import PointRuns
from sim.report.matrix import Record, effect_cell
from sim.report.sections import Group, Row, Table
from sim.report.words import amount, in_unit, number, percent, short, unit
from sim.results.money import PER
from sim.text import Language, say
from sim.text.numbers import money

#: Factors that stand in the matrix, and whose values are folded below it; the spreadsheet has all.
MOST_FACTORS = 15
#: The side of a factor that the others stand beside.
FIRST = "first"
#: Points that stand in the table; a spreadsheet has all.
POINTS_SHOWN = 16
#: Share of what is spent by which the next budget has to spend more to stand in a row of its own.
SATURATED = 0.01
#: Figures of the ends of a bin.
_FIGURES = 3


def outcome_heads(outcomes: Sequence[str], lang: Language) -> list[str]:
    """Outcomes with the units of differences."""
    return [in_unit(short(name, lang), unit(name, lang), lang) for name in outcomes]


def changes_tables(runs: PointRuns, table: pd.DataFrame, note: str, lang: Language) -> list[Table]:
    """Factor x outcome with the value that changes most, then all values, folded.

    Args:
        runs: of the design.
        table: as of ``sim.report.designs.effects.changes``.
        note: what stands above it.
        lang: of the words.
    """
    largest = strongest(table, runs.outcomes[0])
    sides = _sides(table)
    shown = [(int(row["factor"]), _side(row)) for row in largest.head(MOST_FACTORS).to_dict("records")]
    columns = [say("designs.columns.change", lang), *outcome_heads(runs.shown, lang)]
    rows = [_row(runs, sides, *place, lang, whole=True) for place in shown]
    matrix = Table(columns, [Group("", rows)], note=note, small=True)
    groups = [
        Group(named(runs.factors[factor], lang), [
            _row(runs, sides, factor, side, lang, whole=False) for side in sides[factor] if side != FIRST
        ])
        for factor, _ in shown
    ]  # fmt: skip
    values = sum(len(group.rows) for group in groups)
    if values == len(rows) == len(largest):
        return [matrix]
    key = "designs.all_values" if len(shown) == len(largest) else "designs.shown_values"
    folded = say(key, lang, values=values, factors=len(shown), all=len(largest))
    return [matrix, Table(columns, groups, folded=folded, small=True)]


def _sides(table: pd.DataFrame) -> dict[int, dict[object, dict[str, Record]]]:
    """Rows by factor, side (``FIRST`` for the one that others stand beside) and outcome."""
    found: dict[int, dict[object, dict[str, Record]]] = {}
    for row in table.to_dict("records"):
        side = FIRST if row["first"] else _side(row)
        found.setdefault(int(row["factor"]), {}).setdefault(side, {})[str(row["outcome"])] = row
    return found


def _side(row: Record) -> object:
    """What tells a side of a factor from its others; missing values are alike."""
    return tuple(None if pd.isna(row[name]) else row[name] for name in ("value", "start"))


def _row(
    runs: PointRuns,
    sides: Mapping[int, Mapping[object, Mapping[str, Record]]],
    place: int,
    side: object,
    lang: Language,
    whole: bool,
) -> Row:
    """A value of a factor: what it changes in every outcome; ``whole``: with the factor's name."""
    factor, by, first = runs.factors[place], sides[place][side], sides[place].get(FIRST, {})
    change = _change_name(factor, next(iter(first.values()), None), next(iter(by.values())), lang)
    name = f"{factor_name(factor, lang)}\n{change}" if whole else change
    return [name, *(effect_cell(by[outcome], outcome, lang) for outcome in runs.shown)]


def _change_name(factor: Factor, first: Record | None, row: Record, lang: Language) -> str:
    """From which value to which, or to which where the first is the scenario itself."""
    if first is None:
        return say("designs.step", lang)
    last = side_name(factor, row, lang)
    if is_scenario(first):
        return last
    return say("designs.from_to", lang, first=side_name(factor, first, lang), last=last)


def is_scenario(row: Record) -> bool:
    """Whether a side is the scenario itself: it has no value and is no bin."""
    return bool(pd.isna(row["value"]) and pd.isna(row["start"]))


def side_name(factor: Factor, row: Record, lang: Language) -> str:
    """A value in words, or the ends of a bin."""
    if pd.notna(row["start"]):
        low, high = (value_name(factor, float(row[end]), lang, _FIGURES) for end in ("start", "end"))
        return say("designs.bin", lang, low=low, high=high)
    return value_name(factor, None if is_scenario(row) else row["value"], lang)


def interactions_table(runs: PointRuns, table: pd.DataFrame, lang: Language) -> Table:
    """What two factors change together beyond the sum of each alone, in the first outcome."""
    if table.empty:
        return Table([])
    outcome = runs.outcomes[0]
    own, count = table[table["outcome"] == outcome], len(runs.factors)
    cells = {(int(row["one"]), int(row["two"])): effect_cell(row, outcome, lang) for _, row in own.iterrows()}
    rows = [
        [factor_name(factor, lang), *(cells.get((one, two), "") for two in range(1, count))]
        for one, factor in enumerate(runs.factors[:-1])
    ]
    heads = [factor_name(factor, lang) for factor in runs.factors[1:]]
    settled = own["p_adjusted"] < 0.05
    facts = {
        "outcome": in_unit(short(outcome, lang), unit(outcome, lang), lang), "n": int(own["n"].iloc[0]),
        "pairs": len(own), "more": int((settled & (own["effect"] > 0)).sum()),
        "less": int((settled & (own["effect"] < 0)).sum()),
    }  # fmt: skip
    note = say("designs.notes.interactions", lang, **facts)
    return Table(["", *heads], [Group("", rows)], note=note, small=True)


def two_way_table(runs: PointRuns, table: pd.DataFrame, lang: Language) -> Table:
    """Mean of the first outcome at every point of a grid of two factors."""
    if table.empty:
        return Table([])
    outcome, (first, second) = runs.outcomes[0], runs.factors
    own = table[table["outcome"] == outcome]
    rows = []
    for value in runs.levels(0):
        cells = [_mean(own, value, other, outcome, lang) for other in runs.levels(1)]
        rows.append([value_name(first, value, lang), *cells])
    heads = [value_name(second, value, lang) for value in runs.levels(1)]
    facts = {"outcome": in_unit(short(outcome, lang), unit(outcome, lang, difference=False), lang)}
    facts |= {"down": named(first, lang), "across": named(second, lang)}
    note = say("designs.notes.two_way", lang, n=int(own["n"].min()), **facts)
    return Table(["", *heads], [Group("", rows)], note=note)


def _mean(own: pd.DataFrame, one: object, two: object, outcome: str, lang: Language) -> str:
    row = own[[a == one and b == two for a, b in zip(own["one"], own["two"], strict=True)]].iloc[0]
    shown = words.level(outcome, float(row["mean"]))
    if not np.isfinite(row["ci_low"]) or row["ci_low"] == row["ci_high"]:
        return shown
    low, high = (words.level(outcome, float(row[end])) for end in ("ci_low", "ci_high"))
    return f"{shown}\n{say('report.to', lang, low=low, high=high)}"


def points_table(runs: PointRuns, table: pd.DataFrame, lang: Language) -> Table:
    """Points against the first, those that differ most on top; the spreadsheet has all of them."""
    if table.empty:
        return Table([])
    places = {int(number): place for place, number in enumerate(runs.numbers)}
    own = table[table["outcome"] == runs.outcomes[0]]
    order = own["point"].iloc[np.argsort(-own["effect"].abs().to_numpy(float), kind="stable")]
    rows: list[Row] = []
    for point in order.head(POINTS_SHOWN):
        by = _by_outcome(table[table["point"] == point])
        name = _changed(runs, runs.points[places[int(point)]], lang)
        cells = (effect_cell(by[outcome], outcome, lang) for outcome in runs.shown)
        rows.append([say("designs.point", lang, point=int(point), values=name), *cells])
    facts = {"n": int(table["n"].min()), "first": point_name(runs.factors, runs.points[0], lang)}
    note = say("designs.notes.points", lang, shown=len(rows), points=len(order), **facts)
    heads = [say("designs.columns.point", lang), *outcome_heads(runs.shown, lang)]
    return Table(heads, [Group("", rows)], note=note, small=True)


def _changed(runs: PointRuns, point: Point, lang: Language) -> str:
    """Values of a point where they are not those of the first."""
    same = zip(point, runs.points[0], strict=True)
    return point_name(runs.factors, tuple(None if one == first else one for one, first in same), lang)


def yields_table(runs: PointRuns, table: pd.DataFrame, lang: Language) -> Table:
    """What JPY 100 million spent buy: lever and budget x what is bought."""
    names = ("yield", "yield_low", "yield_high")
    columns = [say(f"designs.columns.{name}", lang) for name in ("budget", "spent", "absorbed")]
    heads = [*columns, *(bought_name(name, lang) for name in _bought(table))]
    note = say("designs.notes.yields", lang, n=_most(table), per=money(PER, lang))
    return Table(heads, _by_budget(runs, table, ("spent", "absorbed"), names, lang), note=note, small=True)


def next_table(runs: PointRuns, table: pd.DataFrame, lang: Language) -> Table:
    """What one more deal, project, unit of progress and municipality costs from one budget to the next."""
    names = ("next", "next_low", "next_high")
    columns = [say(f"designs.columns.{name}", lang) for name in ("budget", "next_spent")]
    heads = [*columns, *(one_more(name, lang) for name in _bought(table))]
    note = say("designs.notes.next", lang, n=_most(table))
    return Table(heads, _by_budget(runs, table, ("next_spent",), names, lang), note=note, small=True)


def _bought(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(table["outcome"])) if len(table) else []


def _most(table: pd.DataFrame) -> int:
    return int(table["n"].max()) if len(table) else 0


def _by_budget(
    runs: PointRuns, table: pd.DataFrame, facts: tuple[str, ...], names: tuple[str, str, str], lang: Language
) -> list[Group]:
    """A group per lever, a row per budget; budgets that spend no more than the one below stand with it."""
    groups = []
    for factor in _best_first(table):
        own = table[table["factor"] == factor]
        rows, ends = list[Row](), list[list[str]]()
        for budget, place in own.groupby("budget", sort=False):
            by, first = _by_outcome(place), place.iloc[0]
            name = value_name(runs.factors[factor], float(str(budget)), lang)
            if rows and abs(first["next_spent"]) <= SATURATED * abs(first["spent"]):
                ends[-1] = [ends[-1][0], name]
                continue
            shown = [percent(first[fact]) if fact == "absorbed" else amount(first[fact]) for fact in facts]
            rows.append([*shown, *(ratio(by[outcome], names, lang) for outcome in _bought(table))])
            ends.append([name])
        called = [_ends(each, lang) for each in ends]
        whole = [[name, *row] for name, row in zip(called, rows, strict=True)]
        groups.append(Group(factor_name(runs.factors[factor], lang), whole))
    return _in_one(groups) if all(len(group.rows) == 1 for group in groups) else groups


def _best_first(table: pd.DataFrame) -> list[int]:
    """Levers by what their first budget brings of the first outcome for the same money."""
    if table.empty:
        return []
    first = table[table["outcome"] == table["outcome"].iloc[0]].drop_duplicates("factor")
    return [int(factor) for factor in first.sort_values("yield", ascending=False, kind="stable")["factor"]]


def _in_one(groups: list[Group]) -> list[Group]:
    """Groups of one row each as one group, the budget below the lever."""
    rows = [[f"{group.heading}\n{group.rows[0][0]}", *group.rows[0][1:]] for group in groups]
    return [Group("", rows)]


def _ends(names: list[str], lang: Language) -> str:
    """One budget, or the first and the last of several."""
    return names[0] if len(names) == 1 else say("designs.bin", lang, low=names[0], high=names[1])


def _by_outcome(table: pd.DataFrame) -> dict[str, pd.Series]:
    return {str(row["outcome"]): row for _, row in table.iterrows()}


def ratio(row: pd.Series, names: tuple[str, str, str], lang: Language) -> str:
    """A ratio with its interval in small type; a dash where it means nothing."""
    middle, low, high = (float(row[name]) for name in names)
    if not np.isfinite(middle):
        return "–"
    if not np.isfinite(low):
        return number(middle, 2)
    return f"{number(middle, 2)}\n{say('report.to', lang, low=number(low, 2), high=number(high, 2))}"


def bought_name(outcome: str, lang: Language) -> str:
    """What money buys, with its unit."""
    return say(f"designs.bought.{outcome}", lang)


def one_more(outcome: str, lang: Language) -> str:
    """Cost of one more of what money buys."""
    return say(f"designs.one_more.{outcome}", lang)


def factor_rows(runs: PointRuns, lang: Language) -> Table:
    """The factors: name, unit, values or range."""
    rows = []
    for place, factor in enumerate(runs.factors):
        levels = runs.levels(place)
        told = [value_name(factor, value, lang) for value in levels]
        if len(levels) > 8:
            told = [say("designs.bin", lang, low=told[0], high=told[-1])]
        rows.append([factor_name(factor, lang), factor_unit(factor, lang), ", ".join(told), factor.name])
    columns = [say(f"designs.columns.{name}", lang) for name in ("factor", "unit", "values", "name")]
    return Table(columns, [Group("", rows)], words=4, note=say("designs.notes.factors", lang))

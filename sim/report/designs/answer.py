"""Question and answer of a design's report, in sentences made from the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.report import words
from sim.report.designs.budgets import ABSORBS
from sim.report.designs.effects import strongest
from sim.report.designs.names import factor_name, is_money
from sim.report.designs.runs import PointRuns
from sim.report.designs.tables import is_scenario, side_name
from sim.report.phrases import listed
from sim.report.relevance import Reading
from sim.report.words import is_share, percent, quarter, short, unit
from sim.results import Results
from sim.text import Language, say
from sim.text.numbers import money, money_range

if TYPE_CHECKING:
    from sim.report.designs.found import Found

#: Factors that the answer names.
_NAMED = 3
#: Chance of a false finding anywhere, of what is judged together.
_LEVEL = 0.05


def question(results: Results, lang: Language) -> str:
    """What was asked: the experiment's purpose, then what was varied and how often it was run."""
    experiment = results.experiment
    purpose = getattr(experiment.purpose, lang) or experiment.name.replace("_", " ")
    end = purpose.rstrip(".。") + say("designs.full_stop", lang)
    return say("report.sentence_break", lang).join([end, _setting(experiment, results, lang)])


def _setting(experiment: Experiment, results: Results, lang: Language) -> str:
    facts = {
        "where": say(
            f"report.answers.where_{experiment.world_kind}", lang, count=experiment.municipalities,
            world=results.manifest.world,
        ),
        "quarter": quarter(results.quarters[-1], lang), "replicates": results.manifest.replicates,
    }  # fmt: skip
    if experiment.design is None:
        return say("designs.asked_scenarios", lang, scenarios=len(results.scenarios), **facts)
    method = say(f"designs.methods.{experiment.design.method}", lang)
    counts = {"points": results.manifest.points, "factors": len(experiment.design.factors)}
    return say("designs.asked", lang, method=method, **counts, **facts)


def answer(found: Found, lang: Language) -> list[str]:
    """Paragraphs: what money buys, what moves the outcome, what works together."""
    return [
        say("report.sentence_break", lang).join(part)
        for part in (_buys(found, lang), _moves(found, lang), _together(found, lang))
        if part
    ]


def size(row: pd.Series, outcome: str, lang: Language) -> str:
    """An effect with its unit, its interval and n."""
    measure = unit(outcome, lang)
    shown = words.effect(outcome, float(row["effect"]))
    if is_share(outcome) or measure in ("JPY M",):
        shown = say("designs.measured", lang, value=shown, unit=measure)
    low, high = float(row["ci_low"]), float(row["ci_high"])
    if not np.isfinite(low):
        return say("designs.size_alone", lang, size=shown)
    ends = (words.effect(outcome, end) for end in (low, high))
    return say("designs.size", lang, size=shown, low=next(ends), high=next(ends), n=int(row["n"]))


def _moves(found: Found, lang: Language) -> list[str]:
    """Which factors move the first outcome most, and which are not told apart from none."""
    runs, table = found.runs, found.changes
    if table.empty:
        return _of_points(found, lang)
    outcome = runs.outcomes[0]
    rows = [row for _, row in strongest(table, outcome).iterrows()]
    shown = [row for row in rows if row["reading"] == Reading.UNKNOWN or row["p_adjusted"] < _LEVEL]
    parts = [
        say("designs.part", lang, change=_change(runs, table, row, lang), size=size(row, outcome, lang))
        for row in (shown or rows)[:_NAMED]
    ]
    facts = {"outcome": short(outcome, lang), "quarter": quarter(found.quarter, lang)}
    if not shown:
        return [say("designs.moves.nothing", lang, first=parts[0], all=len(rows), **facts)]
    told = [say(f"designs.moves.{found.shape}", lang, first=parts[0], **facts)]
    if len(parts) > 1:
        told.append(say("designs.next", lang, parts=say("designs.clause", lang).join(parts[1:])))
    if len(found.budgets):
        told.append(say("designs.totals", lang))
    if len(shown) < len(rows):
        told.append(say("designs.unsure", lang, count=len(rows) - len(shown), all=len(rows)))
    if all(row["reading"] == Reading.UNKNOWN for row in rows):
        told.append(say("designs.one_run", lang))
    return told


def _change(runs: PointRuns, table: pd.DataFrame, row: pd.Series, lang: Language) -> str:
    """A factor, and from which value to which."""
    factor = runs.factors[int(row["factor"])]
    name = say("report.quoted", lang, title=factor_name(factor, lang))
    first = table[(table["factor"] == row["factor"]) & table["first"]]
    if first.empty:
        return say("designs.change_of_step", lang, factor=name)
    last = _side(factor, row, lang)
    if is_scenario(first.iloc[0]):
        return say("designs.change_to", lang, factor=name, last=last)
    return say("designs.change", lang, factor=name, first=_side(factor, first.iloc[0], lang), last=last)


def _side(factor: Factor, row: pd.Series, lang: Language) -> str:
    """A value in a sentence: money as an amount, all else as tables say it."""
    if is_money(factor) and pd.isna(row["start"]) and not is_scenario(row):
        return money(float(row["value"]), lang)
    return side_name(factor, row, lang)


def _of_points(found: Found, lang: Language) -> list[str]:
    """Which point differs most from the first, where factors cannot be told apart."""
    table = found.points
    if table.empty:
        return []
    outcome = found.runs.outcomes[0]
    rows = table[table["outcome"] == outcome]
    row = rows.iloc[int(rows["effect"].abs().to_numpy().argmax())]
    facts = {"outcome": short(outcome, lang), "quarter": quarter(found.quarter, lang)}
    return [
        say("designs.moves.points", lang, point=int(row["point"]), size=size(row, outcome, lang), **facts)
    ]


def _together(found: Found, lang: Language) -> list[str]:
    """Whether factors help or hinder each other."""
    table = found.interactions
    alike = _alike(found, lang)
    if table.empty:
        return alike
    outcome = found.runs.outcomes[0]
    own = table[table["outcome"] == outcome]
    if own["ci_low"].isna().all():
        return alike
    settled = own[own["p_adjusted"] < _LEVEL]
    if settled.empty:
        return [say("designs.no_interaction", lang, pairs=len(own), n=int(own["n"].max())), *alike]
    row = settled.iloc[int(settled["effect"].abs().to_numpy().argmax())]
    names = [say("report.quoted", lang, title=factor_name(found.runs.factors[int(row[side])], lang))
             for side in ("one", "two")]  # fmt: skip
    key = "help" if row["effect"] > 0 else "hinder"
    told = [
        say(f"designs.{key}", lang, one=names[0], two=names[1], size=size(row, outcome, lang)),
        say("designs.pairs", lang, pairs=len(own), more=int((settled["effect"] > 0).sum()),
            less=int((settled["effect"] < 0).sum())),
    ]  # fmt: skip
    if row["reading"] == Reading.SMALL:
        told.append(say("designs.small_interaction", lang))
    return [*told, *alike]


def _alike(found: Found, lang: Language) -> list[str]:
    """How many pairs of factors a fraction cannot tell from others."""
    count, factors = sum(map(len, found.alike)), len(found.runs.factors)
    return [say("designs.alike", lang, count=count, pairs=factors * (factors - 1) // 2)] if count else []


def _buys(found: Found, lang: Language) -> list[str]:
    """What kind of comparison of money it is, what the first deal costs, and where levers saturate."""
    table = found.budgets
    if table.empty:
        return []
    told = [say("designs.money", lang)]
    outcome = "deals_signed" if "deals_signed" in set(table["outcome"]) else str(table["outcome"].iloc[0])
    own = table[table["outcome"] == outcome]
    first = own.drop_duplicates("factor")
    known = first[first["next"].notna() & (first["next"] > 0)].sort_values("next", kind="stable")
    if len(known):
        parts = [_price(found.runs, row, lang) for _, row in known.head(_NAMED).iterrows()]
        one = say(f"designs.one_more.{outcome}", lang)
        told.append(say("designs.cheapest", lang, one=one, parts=listed(parts, lang)))
    unused = (_unused(found.runs, rows, lang) for _, rows in own.groupby("factor", sort=False))
    parts = [part for part in unused if part]
    if parts:
        told.append(say("designs.saturates", lang, parts=listed(parts, lang)))
    return told


def _price(runs: PointRuns, row: pd.Series, lang: Language) -> str:
    factor = runs.factors[int(row["factor"])]
    low, high = float(row["next_low"]), float(row["next_high"])
    facts = {"name": say("report.quoted", lang, title=factor_name(factor, lang))}
    facts |= {"cost": money(float(row["next"]), lang), "interval": money_range(low, high, lang)}
    return say(f"designs.price{'' if np.isfinite(low) else '_alone'}", lang, n=int(row["n"]), **facts)


def _unused(runs: PointRuns, rows: pd.DataFrame, lang: Language) -> str:
    """What share of its largest budget a lever spends, where it leaves money."""
    factor, last = runs.factors[int(rows["factor"].iloc[0])], rows.iloc[-1]
    if last["absorbed"] >= ABSORBS:
        return ""
    facts = {"share": percent(float(last["absorbed"])), "largest": money(float(last["budget"]), lang)}
    name = say("report.quoted", lang, title=factor_name(factor, lang))
    return say("designs.unused", lang, name=name, **facts)

"""The answer: one sentence with its interval for each scenario, and four numbers."""

from __future__ import annotations

import numpy as np

from sim.page.views.ledger import of_money
from sim.page.views.look import Spec
from sim.page.views.pairs import Pairs, label
from sim.page.views.view import Asked, Row, View, against, effects_caption, framed, heads, number, when
from sim.report import words
from sim.report.relevance import LAPSE_WORTH_SAYING, Reading, read, smallest
from sim.text import Language, say, short
from sim.text.numbers import money
from sim.text.numbers import quarter as quarter_words

NAME = "answer"
#: What the sentence is about, then the other numbers.
OUTCOMES = ("deals_signed", "municipalities_without_project_share", "sdg_progress", "public_spending")


def data(pairs: Pairs, at: Asked) -> Row:
    """Sentences, notes on settings and money, and four numbers for each scenario with intervals."""
    lang = at.lang
    rows, cells, sentences, notes = [], [], [], list(at.remarks)
    for name in pairs.names:
        for row in numbers(pairs, at, name):
            rows.append(row)
            told = [row[key] for key in ("level", "difference", "from", "to", "n", "says")]
            cells.append([row["name"], row["unit"], row["scenario"], *told])
        if name != pairs.baseline:
            sentences.append(_sentence(pairs, at, rows[-len(OUTCOMES)]))
            notes.extend(_lapsed(pairs, at, name))
    columns = heads(
        at, "outcome", "unit", "scenario", "mean", "difference", "mean_low", "mean_high", "n", "reading"
    )
    title = say("page.views.answer.title", lang, quarter=when(pairs, at))
    found = framed(pairs, at, title, effects_caption(pairs, at), rows, columns, cells)
    return found | {"sentences": sentences or [say("page.views.answer.nothing", lang)], "notes": notes}


def numbers(pairs: Pairs, at: Asked, name: str) -> list[Row]:
    """The four numbers of a scenario: level, difference from the baseline and its interval, in words too."""
    quarter, lang = pairs.quarter(at.year), at.lang
    contrast = against(pairs, name, OUTCOMES, quarter)
    low, high = contrast.interval()
    title, place, base = pairs.title(name, lang), pairs.names.index(name), name == pairs.baseline
    rows = []
    for i, outcome in enumerate(OUTCOMES):
        ends = [float(side[i]) for side in (contrast.effect, low, high)]
        level, reference = (
            float(pairs.values(each, outcome)[:, quarter].mean()) for each in (name, pairs.baseline)
        )
        least = smallest(outcome, reference)
        reading = Reading.NONE if base else read(ends[1], ends[2], least)
        told = ["", "", ""] if base else [words.effect(outcome, end) for end in ends]
        row = {
            "scenario": title, "place": place, "outcome": outcome, "name": short(outcome, lang),
            "unit": words.unit(outcome, lang, difference=False), "unit_difference": words.unit(outcome, lang),
            "quarter": when(pairs, at), "level": words.level(outcome, level),
            "difference": told[0], "from": told[1], "to": told[2],
            "value": number(ends[0]), "low": number(ends[1]), "high": number(ends[2]),
            "n": pairs.replicates, "reading": str(reading), "least": number(least),
            "says": "" if base else say(f"page.views.readings.{reading}", lang),
        }  # fmt: skip
        rows.append(row)
    return rows


def _sentence(pairs: Pairs, at: Asked, row: Row) -> str:
    """What a scenario brings, with its interval."""
    lang = at.lang
    key, baseline = row["reading"], pairs.title(pairs.baseline, lang)
    facts = {"name": row["scenario"], "baseline": baseline, "quarter": when(pairs, at)}
    numbers = {"effect": row["difference"], "low": row["from"], "high": row["to"], "n": pairs.replicates}
    return say(f"page.views.answer.{key}", lang, **facts, **numbers)


def _lapsed(pairs: Pairs, at: Asked, name: str) -> list[str]:
    """That a scenario does not spend what it is given beyond the baseline, where it is worth saying."""
    if not pairs.has("ledger"):
        return []
    appropriated, spent = (
        float(np.mean(of_money(pairs, name, what) - of_money(pairs, pairs.baseline, what)))
        for what in ("appropriated", "spent")
    )
    if appropriated <= 0 or 1 - spent / appropriated <= LAPSE_WORTH_SAYING:
        return []
    facts = {"name": pairs.title(name, at.lang), "baseline": pairs.title(pairs.baseline, at.lang)}
    share = words.percent(min(1 - spent / appropriated, 1.0))
    until = quarter_words(label(pairs.quarters - 1), at.lang)
    facts |= {"given": money(appropriated, at.lang), "spent": money(max(spent, 0.0), at.lang)}
    facts |= {"until": until, "share": share}
    return [say("page.views.answer.lapsed", at.lang, n=pairs.replicates, **facts)]


def spec(lang: Language) -> Spec | None:
    """Sentences and numbers need no chart."""
    return None


VIEW = View(NAME, data, spec)

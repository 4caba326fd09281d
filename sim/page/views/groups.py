"""Groups of a workshop side by side: what each gives and gets, how far they range, and where they agree."""

from __future__ import annotations

from collections.abc import Sequence

from sim.page.ranges import PROGRAMMES, Range, beyond, ranges
from sim.page.views.answer import OUTCOMES, numbers
from sim.page.views.effects import marks
from sim.page.views.look import Spec, by_place
from sim.page.views.pairs import Pairs
from sim.page.views.view import Asked, Row, View, effects_caption, framed, heads, number, when
from sim.report import words
from sim.text import Language, say, short
from sim.text.numbers import money_range

NAME = "groups"


def data(pairs: Pairs, at: Asked) -> Row:
    """Four differences of each group with their intervals, the ranges of settings, and a sentence."""
    lang = at.lang
    baseline = pairs.scenarios[pairs.baseline]
    found = {name: numbers(pairs, at, name) for name in pairs.others}
    titles = [pairs.title(name, lang) for name in pairs.others]
    spread = [each for each in ranges(baseline, [pairs.scenarios[name] for name in found]) if each.moved]
    cells = [
        [
            title,
            _signed(beyond(baseline, pairs.scenarios[name])),
            *(_cell(row, lang) for row in rows),
            pairs.replicates,
        ]
        for title, (name, rows) in zip(titles, found.items(), strict=True)
    ]
    panels = [
        {"name": outcome, "title": short(outcome, lang), "unit": words.unit(outcome, lang)}
        for outcome in OUTCOMES
    ]
    named = [say("page.views.groups.head", lang, name=each["title"], unit=each["unit"]) for each in panels]
    columns = [*heads(at, "groups"), say("page.views.groups.given", lang), *named, *heads(at, "n")]
    rows = [_mark(row) for each in found.values() for row in each]
    title = say("page.views.groups.title", lang, quarter=when(pairs, at))
    caption = f"{effects_caption(pairs, at)} {say('page.views.effects.small', lang)}"
    shown = framed(pairs, at, title, caption, rows, columns, cells, panels)
    told = [each[0] for each in found.values()]
    sentences = [_sentence(pairs, at, spread, titles, told)] if len(found) > 1 else []
    return shown | {"sentences": sentences, "settings": _settings(spread, titles, at)}


def _mark(row: Row) -> Row:
    """A difference as the chart shows it; shares in points."""
    factor = 100.0 if words.is_share(row["outcome"]) else 1.0
    ends = {key: None if row[key] is None else factor * row[key] for key in ("value", "low", "high")}
    least = number(factor * row["least"])
    return row | ends | {"panel": row["outcome"], "label": row["difference"], "least": least}


def _cell(row: Row, lang: Language) -> str:
    effect = str(row["difference"])
    if row["low"] is None:
        return effect
    return say("page.views.groups.cell", lang, effect=effect, low=row["from"], high=row["to"])


def _signed(amount: float) -> str:
    return words.effect("public_spending", amount)


def _settings(spread: Sequence[Range], titles: Sequence[str], at: Asked) -> Row:
    """What groups give the levers that any of them moves: lowest, median and highest, and who."""
    columns = ("fund", "baseline", "lowest", "whose", "median", "highest", "whose")
    rows = [
        [
            _called(each, at.lang),
            *map(words.amount, (each.baseline, each.low)),
            each.who(each.low, titles, at.lang),
            *map(words.amount, (each.middle, each.high)),
            each.who(each.high, titles, at.lang),
        ]
        for each in spread
    ]
    return {"title": say("page.views.groups.settings", at.lang), "heads": heads(at, *columns), "rows": rows}


def _called(each: Range, lang: Language) -> str:
    return say("page.views.groups.programmes", lang) if each.name == PROGRAMMES else short(each.name, lang)


def _sentence(
    pairs: Pairs, at: Asked, spread: Sequence[Range], titles: Sequence[str], told: Sequence[Row]
) -> str:
    """Which levers all give more, where they differ most, and whose difference in deals is beyond chance."""
    lang = at.lang
    comma = say("page.groups.between", lang)
    common = [_called(each, lang) for each in spread if each.more_by_all]
    id = "more" if common else "nothing"
    agree = say(f"page.views.groups.{id}", lang, levers=comma.join(common))
    widest = max(spread, key=lambda each: each.high - each.low, default=None)
    differ = say("page.views.groups.alike", lang)
    if widest is not None and widest.differs:
        differ = say(
            "page.views.groups.differ",
            lang,
            lever=_called(widest, lang),
            range=money_range(widest.low, widest.high, lang),
            lowest=widest.who(widest.low, titles, lang),
            highest=widest.who(widest.high, titles, lang),
        )
    sure = [title for title, row in zip(titles, told, strict=True) if _is_sure(row)]
    id = "unknown" if pairs.replicates == 1 else "sure" if sure else "unsure"
    who = say("page.views.groups.all", lang) if len(sure) == len(titles) else comma.join(sure)
    chance = say(f"page.views.groups.{id}", lang, who=who, quarter=when(pairs, at), n=pairs.replicates)
    return say("page.views.groups.sentence", lang, agree=agree, differ=differ, chance=chance)


def _is_sure(row: Row) -> bool:
    """Whether an interval leaves zero out, however small the difference."""
    low, high = row["low"], row["high"]
    return low is not None and (low > 0 or high < 0)


def spec(lang: Language) -> Spec:
    """A mark with its interval for each group, in the colour of no scenario."""
    return marks(lang, by_place(0))


VIEW = View(NAME, data, spec, of_groups=True)

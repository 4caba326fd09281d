"""Factors and their values in words."""

from __future__ import annotations

from collections.abc import Sequence

from sim.batch.factors import Factor, Point, Value
from sim.kernel.parameters import declared
from sim.report.contents import exact
from sim.report.words import in_unit
from sim.text import Language, say, short, unit
from sim.text.numbers import MINUS

#: What factors of these kinds are called in the catalogue.
_NAMED = {"rule": "report.rules", "module": "report.modules", "emphasis": "report.emphasis"}


def factor_name(factor: Factor, lang: Language) -> str:
    """What a factor is called, without its unit."""
    if factor.kind in _NAMED:
        return say(f"{_NAMED[factor.kind]}.{factor.name}", lang)
    if factor.kind == "event":
        return say(f"report.{factor.name}", lang)
    if factor.programme is not None:
        return factor.programme.replace("_", " ")
    return short(factor.name, lang)


def factor_unit(factor: Factor, lang: Language) -> str:
    """Unit of a factor's numbers; empty where it has none."""
    if factor.name in declared():
        found = declared()[factor.name].unit
        return "" if found == "1" else unit(found, lang)
    if is_money(factor):
        return say("designs.money_unit", lang)
    return ""


def is_money(factor: Factor) -> bool:
    """Whether a factor is money of a lever or programme a fiscal year."""
    from sim.scenarios.levers import LEVERS

    return factor.programme is not None or factor.name in {lever.name for lever in LEVERS}


def named(factor: Factor, lang: Language) -> str:
    """A factor with its unit."""
    return in_unit(factor_name(factor, lang), factor_unit(factor, lang), lang)


def value_name(factor: Factor, value: Value, lang: Language, figures: int = 6) -> str:
    """A value in words: a number in so many figures, a choice by its name."""
    if value is None:
        return say("designs.as_it_is", lang)
    if isinstance(value, bool):
        return say(f"report.switched.{'on' if value else 'off'}", lang)
    if factor.kind == "rule":
        return say(f"report.choices.{value}", lang)
    if value == "never":
        return say("report.never", lang)
    if isinstance(value, str):
        return value
    return exact(float(f"{value:.{figures}g}")).replace("-", MINUS)


def point_name(factors: tuple[Factor, ...], point: Point, lang: Language) -> str:
    """All values of a point that it does not leave as they are."""
    parts = [
        say("designs.setting", lang, factor=factor_name(factor, lang), value=value_name(factor, value, lang))
        for factor, value in zip(factors, point, strict=True)
        if value is not None
    ]
    return say("designs.then", lang).join(parts) if parts else say("designs.as_it_is", lang)


def term_name(factors: Sequence[Factor], term: Sequence[int], lang: Language) -> str:
    """A factor, or factors together, by their numbers."""
    return say("designs.times", lang).join(factor_name(factors[number], lang) for number in term)

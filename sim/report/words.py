"""Numbers, units and names as figures and reports show them, in English and Japanese."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from sim import text
from sim.kernel.outcomes import BY_NAME
from sim.scenarios.levers import TRANSFERS
from sim.text import Language, say, short
from sim.text.numbers import money, money_range, number, quarter, signed

__all__ = [
    "Names", "amount", "band", "count", "effect", "goal", "is_share", "level", "money", "money_range",
    "nature", "number", "percent", "quarter", "replicates", "short", "signed", "unit",
]  # fmt: skip

MONEY = ("spent", "lapsed")  # outcomes that come from the ledger, in JPY M
_MINUS = "−"
_WHOLE_FROM = 10  # from here on a tenth is less than chance ever lets one see
_GAP = "basis points of the gap"
COUNTED = ("deals", "projects", "members", "posts", "meetings", "proposals", "governments", "municipalities")


_NONE: Mapping[str, str] = MappingProxyType({})


class Names(NamedTuple):
    """What scenarios, programmes and payers are called, and the language.

    Attributes:
        titles: of scenarios, in the order in which they are shown.
        lang: of all words.
        programmes: titles of programmes that have one.
        payers: names of payers by how tables write them (``prefecture:20``).
    """

    titles: Mapping[str, str]
    lang: Language
    programmes: Mapping[str, str] = _NONE
    payers: Mapping[str, str] = _NONE

    def of(self, scenario: str) -> str:
        """Title of a scenario, or its name in words."""
        return self.titles.get(scenario) or scenario.replace("_", " ")

    def programme(self, name: str, lever: str, payer: str) -> str:
        """A programme with its lever (as it is to be told) and its payer (as tables write it)."""
        paid_by = self.payers.get(payer) or say(f"report.payers.{payer.partition(':')[0]}", self.lang)
        called = self.programmes.get(name) or name.replace("_", " ")
        return say("report.programme", self.lang, name=called, lever=lever, payer=paid_by)


def fund(name: str, pays_for: str, lang: Language, titles: Mapping[str, str] = _NONE) -> str:
    """A row of the ledger: a lever's name, or a programme's title or name with its lever.

    Args:
        name: of the row.
        pays_for: the lever.
        lang: of the words.
        titles: of programmes.
    """
    if name == pays_for:
        return short(name, lang)
    if name in titles:
        return say("report.in_unit", lang, name=titles[name], unit=short(pays_for, lang))
    return say("report.in_unit", lang, name=short(pays_for, lang), unit=name.replace("_", " "))


def unit(name: str, lang: Language, *, difference: bool = True) -> str:
    """Unit of an outcome as it is shown; that of a share is points for a difference, % for a level."""
    if name in MONEY:
        return text.unit("JPY M", lang)
    declared = _unit(name)
    if declared == "share":
        return text.unit("points" if difference else "per cent", lang)
    if declared == _GAP:
        return say("report.unit_gap", lang)
    return text.unit(declared, lang) if declared else ""


def in_unit(name: str, measure: str, lang: Language) -> str:
    """A name with its unit behind it, if it has one."""
    return say("report.in_unit", lang, name=name, unit=measure) if measure else name


def is_share(name: str) -> bool:
    """True if the outcome is a share of 0 to 1, shown as per cent."""
    return _unit(name) == "share"


def is_money(name: str) -> bool:
    """True if the outcome is in JPY M."""
    return name in MONEY or _unit(name) == "JPY M"


def _unit(name: str) -> str:
    """Unit as the outcome declares it; empty where it is a user's own."""
    return BY_NAME[name].unit if name in BY_NAME else ""


def level(name: str, value: float) -> str:
    """A level of an outcome with the digits that mean something; shares as per cent, without the sign."""
    if not math.isfinite(value):
        return "–"
    if is_share(name):
        return f"{100 * value:.1f}"
    if is_money(name) or (_unit(name) in COUNTED and abs(value) >= _WHOLE_FROM):
        return f"{value:,.0f}"
    if _unit(name) in (*COUNTED, _GAP):
        return f"{value:,.1f}"
    return number(value)


def effect(name: str, value: float) -> str:
    """A difference in an outcome with its sign: tenths of points for shares, whole JPY M."""
    if not math.isfinite(value):
        return "–"
    if is_share(name):
        shown = f"{100 * value:+.1f}"
    elif is_money(name) or (_unit(name) in COUNTED and abs(value) >= _WHOLE_FROM):
        shown = f"{value:+,.0f}"
    elif _unit(name) in (*COUNTED, _GAP):
        shown = f"{value:+,.1f}"
    else:
        return signed(value)
    bare = shown.lstrip("+-")
    return bare if float(bare.replace(",", "")) == 0 else shown.replace("-", _MINUS)


def nature(lever: str, lang: Language) -> str:
    """Whether the money of a lever changes hands or is used up."""
    return say(f"report.nature.{'transfer' if lever in TRANSFERS else 'resources'}", lang)


def goal(number: int, lang: Language) -> str:
    """Goal 1-17 with its number and short name."""
    name = say(f"goals.{number:02d}", lang)
    return f"{number} {name[0].upper()}{name[1:]}"


def replicates(runs: int, lang: Language) -> str:
    """How many runs, in words."""
    return say("figures.replicate" if runs == 1 else "figures.replicates", lang, n=runs)


def band(runs: int, lang: Language, middle: str = "line") -> str:
    """What the band shows and how many runs stand behind it; ``middle`` is ``line`` or ``mark``."""
    if runs < 2:
        return say("figures.no_band", lang)
    return say(f"figures.band_{middle}", lang, runs=replicates(runs, lang))


def count(value: float) -> str:
    """A whole number for people; a dash where it is missing."""
    return f"{value:z,.0f}".replace("-", _MINUS) if math.isfinite(value) else "–"


def percent(share: float) -> str:
    """A share of 0 to 1 as whole per cent; a dash where it is missing."""
    return f"{share:z.0%}".replace("-", _MINUS) if math.isfinite(share) else "–"


def amount(value: float) -> str:
    """An amount in JPY M for a table: tenths below 10."""
    if not math.isfinite(value) or abs(value) >= 10 or value == 0:
        return count(value)
    return f"{value:z.1f}".replace("-", _MINUS)

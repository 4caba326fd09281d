"""Words shared by figures and the report, in English and Japanese."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim import text
from sim.kernel.outcomes import BY_NAME


def say(lang: str, en: str, ja: str) -> str:
    """The wording in the language asked for."""
    return ja if lang == "ja" else en


def short(name: str, lang: str) -> str:
    """Short name of an outcome or lever for figures and tables; the name itself where there is none."""
    return text.short(name, "ja" if lang == "ja" else "en")


def unit(name: str, lang: str) -> str:
    """Unit of an outcome as it is shown: shares in points of per cent, money in JPY M."""
    if name in ("spent", "lapsed"):
        return say(lang, "JPY M", "百万円")
    known = BY_NAME[name].unit if name in BY_NAME else ""
    if known == "share":
        return say(lang, "% points", "ポイント")
    return text.unit(known, "ja" if lang == "ja" else "en")


def is_share(name: str) -> bool:
    """True if the outcome is a share of 0 to 1, shown as per cent."""
    return name in BY_NAME and BY_NAME[name].unit == "share"


def goal(number: int, lang: str) -> str:
    """Goal 1-17 with its number and short name."""
    name = text.say(f"goals.{number:02d}", "ja" if lang == "ja" else "en")
    return f"{number} {name[0].upper()}{name[1:]}"


def replicates(runs: int, lang: str) -> str:
    """How many runs, in words."""
    return say(lang, f"n = {runs:,} replicate{'s' * (runs != 1)}", f"n = {runs:,}回の試行")


def band(runs: int, lang: str, middle: str = "line") -> str:
    """What the band shows and how many runs stand behind it."""
    if runs < 2:
        return say(lang, "One run (n = 1): no band can be drawn.", "1回の試行（n = 1）のため帯なし。")
    if middle == "line":
        return say(
            lang,
            f"Line: median; band: 5–95% of {replicates(runs, lang)}.",
            f"線：中央値、帯：{replicates(runs, lang)}の5〜95%。",
        )
    return say(
        lang,
        f"Mark: median; whisker: 5–95% of {replicates(runs, lang)}.",
        f"印：中央値、ひげ：{replicates(runs, lang)}の5〜95%。",
    )


def title_of(name: str, titles: Mapping[str, str] | None) -> str:
    """Title of a scenario, or its name in words."""
    return (titles or {}).get(name) or name.replace("_", " ")


def number(value: float, digits: int = 3) -> str:
    """A number for people: about ``digits`` figures, thousands separated, a dash where it is missing."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == round(value):
        return f"{value:,.0f}".replace("-", "−")
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(places, 6)}f}".replace("-", "−")


def count(value: float) -> str:
    """A whole number for people; a dash where it is missing."""
    return f"{value:,.0f}" if math.isfinite(value) else "–"


def signed(value: float) -> str:
    """A difference for people, with its sign."""
    return ("+" if value > 0 else "") + number(value)

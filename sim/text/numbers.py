"""Numbers, money and dates as people read them, in English and Japanese."""

from __future__ import annotations

import math
import re

from sim.text.catalogue import Language

MISSING = "–"
MINUS = "−"
FIGURES = 3
_MILLION = 1e6
#: Units of money, from the largest; the first of them that the amount reaches is used.
_UNITS: dict[Language, tuple[tuple[float, str], ...]] = {
    "en": ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"), (1.0, "")),
    "ja": ((1e12, "兆"), (1e8, "億"), (1e4, "万"), (1.0, "")),
}


def number(value: float, figures: int = FIGURES) -> str:
    """A number with about so many figures, thousands separated; a dash where it is missing.

    Whole numbers keep all of theirs.
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if value == round(value):
        return _minus(f"{value:,.0f}")
    places = max(0, figures - 1 - math.floor(math.log10(abs(value))))
    shown = f"{value:,.{min(places, 6)}f}"
    return _minus(shown) if re.search(r"[1-9]", shown) else "0"


def signed(value: float) -> str:
    """A difference with its sign."""
    shown = number(value)
    return f"+{shown}" if value is not None and value > 0 and shown != "0" else shown


def estimate(value: float, low: float, high: float) -> tuple[str, str, str]:
    """A difference and the ends of its interval, signed, with no more decimals than the interval warrants.

    The half width keeps two figures: +0.0517 from -0.11 to 0.21 becomes +0.05, −0.11, +0.21. Without an
    interval, each number has three figures.
    """
    width = (high - low) / 2
    if not math.isfinite(width) or width <= 0:
        return signed(value), signed(low), signed(high)
    places = min(max(0, 1 - math.floor(math.log10(width))), 6)
    shown = [_with_sign(f"{number:+,.{places}f}") for number in (value, low, high)]
    return shown[0], shown[1], shown[2]


def money(millions: float, language: Language, *, about: bool = True) -> str:
    """An amount of JPY M in a sentence: JPY 8.4 million, JPY 35.3 billion; 840万円, 約353億円.

    Args:
        millions: the amount in JPY M.
        language: of the words.
        about: say in Japanese that the amount is rounded, where it is.
    """
    if millions is None or not math.isfinite(millions):
        return MISSING
    amount, unit = _scaled(millions, language)
    if language == "en":
        return f"JPY {amount}{unit}"
    rounded = _figures(millions) != round(millions * _MILLION)
    return f"{'約' if about and rounded else ''}{amount}{unit}円"


def money_range(low: float, high: float, language: Language) -> str:
    """An interval of amounts of JPY M: JPY 8.4 to 11 million; 840万〜1,100万円."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return MISSING
    (first, first_unit), (last, last_unit) = _scaled(low, language), _scaled(high, language)
    if language == "ja":
        return f"{first}{first_unit}〜{last}{last_unit}円"
    return f"JPY {first}{'' if first_unit == last_unit else first_unit} to {last}{last_unit}"


def quarter(label: str, language: Language) -> str:
    """A quarter such as 2030Q4 in a sentence: 2030Q4; 2030年10〜12月期."""
    found = re.fullmatch(r"(\d{4})Q([1-4])", label)
    if language == "en" or found is None:
        return label
    first = 3 * int(found[2]) - 2
    return f"{found[1]}年{first}〜{first + 2}月期"


def fiscal_year(year: int, language: Language) -> str:
    """A fiscal year in a sentence: FY2019; 2019年度."""
    return f"FY{year}" if language == "en" else f"{year}年度"


def _scaled(millions: float, language: Language) -> tuple[str, str]:
    """The amount in three figures and its unit, the largest that it reaches once it is rounded."""
    yen = _figures(millions)
    size, unit = next((pair for pair in _UNITS[language] if abs(yen) >= pair[0]), (1.0, ""))
    amount = number(yen / size)
    return amount.rstrip("0").rstrip(".") if "." in amount else amount, unit


def _figures(millions: float) -> float:
    """Yen, rounded to three figures and to a whole yen."""
    yen = millions * _MILLION
    if round(yen) == 0:
        return 0.0
    places = FIGURES - 1 - math.floor(math.log10(abs(yen)))
    return float(round(yen, min(places, 0)))


def _with_sign(text: str) -> str:
    """A signed number; zero has no sign."""
    return _minus(text if re.search(r"[1-9]", text) else text[1:])


def _minus(text: str) -> str:
    return text.replace("-", MINUS)

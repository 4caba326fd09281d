"""Cells of tables as officials write them: full-width digits, thousands separators, dashes for blanks."""

from __future__ import annotations

import re
import unicodedata

from sim.text.harmless import from_spreadsheet

#: What stands in cells of statistics for "not known" or "withheld".
BLANKS = frozenset({"", "-", "--", "—", "―", "…", "...", "*", "***", "x", "X", "na", "NA", "n/a", "N/A"})
_MINUS = str.maketrans({"−": "-", "▲": "-", "△": "-", "，": ",", "．": ".", "、": ","})
_NUMBER = re.compile(r"[-+]?(\d++\.?\d*+|\.\d++)([eE][-+]?\d{1,3})?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
_YEAR = re.compile(r"(?<=.)_?(fy)?(19|20)\d\d(年度|年)?$|^(19|20)\d\d(年度|年)_?(?=.)")
_UNIT = re.compile(r"(?<=.)[(\[][^()\[\]]*[)\]]$")


def plain(text: str) -> str:
    """The text without needless white space and signs that cannot be seen, full-width letters made plain."""
    text = from_spreadsheet(text)
    if text.isascii() and text.isprintable():
        return text.strip()
    seen = (
        sign if sign.isprintable() else " " * sign.isspace() for sign in unicodedata.normalize("NFKC", text)
    )
    return " ".join("".join(seen).split())


def is_blank(text: str) -> bool:
    """Whether a plain cell says that the value is not known."""
    return text in BLANKS


def number(text: str) -> float | None:
    """The number in a plain cell; None where it is none.

    ``1,234`` has a thousands separator, ``▲5`` is -5, and ``29.8%`` is .298.
    """
    text = text.translate(_MINUS)
    text, percent = (text[:-1].rstrip(), 0.01) if text.endswith("%") else (text, 1.0)
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if not text.isascii() or not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if percent == 1.0 else value * percent


def heading(text: str) -> str:
    """A column's name as it is compared: plain, in small letters, ``_`` for spaces, without a unit."""
    joined = re.sub(r"[\s_]+", "_", plain(text).casefold())
    return _UNIT.sub("", joined).strip("_")


def without_year(name: str) -> str:
    """A heading without the year that it names, as in ``population_2015`` or ``2015年人口``."""
    return _YEAR.sub("", name).strip("_")

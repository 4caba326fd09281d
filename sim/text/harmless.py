"""Texts that come from elsewhere, made harmless for whoever shows them: one function for each of them.

HTML is escaped by Jinja, SVG and GraphML by the libraries that write them, JSON by its own rules.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

#: Control characters, and those that turn the direction of text or break its lines: none can be seen.
STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
#: With these a spreadsheet takes a text for a formula; those of Japan take full-width signs, too.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[-+]?(\d[\d,]*+\.?\d*+|\.\d++)([eE][-+]?\d{1,3})?%?", re.ASCII)
_IN_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\[]<>|!"})


def for_terminal(text: str) -> str:
    """A text, lines and tabs kept, in which what would steer a terminal is written as its number."""
    return STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def for_spreadsheet(value: Any) -> Any:
    """Text that no spreadsheet takes for a formula: with a quote before it, as OWASP says; numbers stay."""
    is_formula = isinstance(value, str) and value.startswith(_FORMULAS) and not _NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value


def from_spreadsheet(text: str) -> str:
    """What ``for_spreadsheet`` was given, where a cell is what it made of it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULAS) else text


def table_for_spreadsheet(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose heads and texts no spreadsheet takes for formulas."""
    columns = {}
    for place, (_, column) in enumerate(table.items()):
        if column.dtype.name == "category":
            columns[place] = column.cat.rename_categories(for_spreadsheet)
        elif column.dtype.kind in "biuf":
            columns[place] = column
        else:
            columns[place] = column.map(for_spreadsheet)
    safe = type(table)(columns, index=table.index)
    safe.columns = table.columns.map(for_spreadsheet)
    return safe


def csv_of(table: pd.DataFrame, end: str = "\n", digits: str | None = None) -> str:
    """A table as CSV that a spreadsheet may open.

    Args:
        table: any table.
        end: of lines.
        digits: how numbers are written, such as ``%.6g``.
    """
    text: str = table_for_spreadsheet(table).to_csv(index=False, float_format=digits, lineterminator=end)
    return text


def for_markdown(text: str) -> str:
    """A text of one line in which no link, image, HTML or cell of a table begins."""
    return " ".join(for_terminal(text).split()).translate(_IN_MARKDOWN)

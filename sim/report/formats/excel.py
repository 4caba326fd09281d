"""A report for Excel: the answer on the first sheet, then a sheet a table, with units in the heads."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.report.formats.archive import write_archive
from sim.report.page import Page
from sim.report.words import in_unit
from sim.text import Language, say
from sim.text.harmless import for_spreadsheet

#: Columns of tables that hold a number of the row's outcome, as ``report.sheets`` calls them.
_OF_OUTCOME = (
    "effect", "ci_low", "ci_high", "low", "high", "chance_low", "chance_high", "level", "mean", "mean_low",
    "mean_high", "reading", "p_holm", "p_adjusted", "rank", "rank_low", "rank_high", "n",
)  # fmt: skip
_WIDEST, _NARROWEST = 46, 9


def write_excel(page: Page, tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write an Excel file; the same report gives the same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    _write_answer(book.active, page)
    for name, table in tables.items():
        sheet = book.create_sheet(say(f"report.sheet_names.{name}", page.lang)[:31])
        _write_table(sheet, side_by_side(table, page.lang))
    buffer = io.BytesIO()
    book.save(buffer)
    write_archive(buffer.getvalue(), path)


def _write_answer(sheet: Any, page: Page) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = say("report.answer", page.lang)
    lines = [(page.title, True), (say("report.asked", page.lang), True), (page.question, False)]
    lines += [(say("report.answer", page.lang), True)]
    lines += [(text, False) for text in (page.missing, *page.answer, *page.more) if text]
    lines += [(say("report.limits_heading", page.lang), True), *((text, False) for text in page.limits)]
    lines += [(say("report.provenance", page.lang), True), (page.command, False)]
    lines += [(f"{name}: {value}", False) for name, value in page.provenance]
    for number, (text, bold) in enumerate(lines, 1):
        cell = sheet.cell(number, 1, for_spreadsheet(text))
        cell.alignment, cell.font = Alignment(wrap_text=True, vertical="top"), Font(bold=bold)
    sheet.column_dimensions["A"].width = 110


def _write_table(sheet: Any, table: pd.DataFrame) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for column, head in enumerate(table, 1):
        cell = sheet.cell(1, column, for_spreadsheet(str(head)))
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        values = [_plain(value) for value in table[head]]
        for row, value in enumerate(values, 2):
            sheet.cell(row, column, value)
        longest = max((len(str(value)) for value in values[:500]), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(max(longest + 2, _NARROWEST), _WIDEST)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions


def _plain(value: Any) -> Any:
    """A value as Excel holds it: a number, or text that is no formula; an empty cell where it is missing."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return for_spreadsheet(value.item() if hasattr(value, "item") else value)


def side_by_side(table: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """A table whose rows are of one outcome each, with outcomes side by side and their units in the heads.

    Tables without outcomes and units in their rows stay as they are: their heads have units.
    """
    outcome, unit, name = (say(f"report.sheets.{head}", lang) for head in ("outcome", "unit", "outcome_id"))
    if not {outcome, unit, name} <= set(table) or table.empty:
        return table
    numbers = [head for head in (say(f"report.sheets.{one}", lang) for one in _OF_OUTCOME) if head in table]
    keys = [head for head in table if head not in (*numbers, outcome, unit, name)]
    parts = []
    for _, own in table.groupby(name, sort=False):
        first = own.iloc[0]
        called = in_unit(str(first[outcome]), str(first[unit]), lang)
        columns = {head: say("report.sheet_head", lang, outcome=called, what=head) for head in numbers}
        parts.append(own.set_index(keys)[numbers].rename(columns=columns))
    whole: pd.DataFrame = pd.concat(parts, axis=1, sort=False).copy().reset_index()
    return whole

"""A report for Word: question and answer, tables and figures, and what they rest on."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.report.formats.archive import write_archive
from sim.report.page import Page, Part
from sim.report.sections import Table
from sim.text import Language, say

_LATIN, _JAPANESE = "Calibri", "Yu Gothic"
_SMALL, _USUAL = 7.5, 8.5  # points, of tables
#: Columns from which a table is in small letters.
_MANY = 6


def write_word(page: Page, path: Path) -> None:
    """Write a Word file; the same report gives the same bytes."""
    from docx import Document

    document = Document()
    _set_up(document, page.lang)
    document.add_heading(page.title, 0)
    for heading, texts in (("asked", [page.question]), ("answer", [page.missing, *page.answer, *page.more])):
        document.add_heading(say(f"report.{heading}", page.lang), 1)
        for text in filter(None, texts):
            document.add_paragraph(text)
    _note(document, page.limits[0])
    for part in page.parts:
        _add_part(document, part)
    _add_foundations(document, page)
    buffer = io.BytesIO()
    document.save(buffer)
    write_archive(buffer.getvalue(), path)


def _set_up(document: Any, lang: Language) -> None:
    """Margins, letters and language."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(1.8))
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = _LATIN
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), _JAPANESE)
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Title"].font.size = Pt(20)
    document.core_properties.language = lang
    document.core_properties.author = "sim"


def _add_part(document: Any, part: Part) -> None:
    document.add_heading(part.heading, 1)
    for text in part.notes:
        _note(document, text)
    for table in filter(None, part.tables):
        _add_table(document, table)
    for figure in part.figures:
        if figure.heading:
            document.add_heading(figure.heading, 2)
        _add_picture(document, figure.path.with_suffix(".png"))
        document.add_paragraph(figure.text)
    for link in part.links:
        document.add_paragraph(link, style="List Bullet")


def _add_picture(document: Any, path: Path) -> None:
    """A figure; one of an answer was drawn earlier, and may be gone or damaged since.

    Raises:
        InputError: it cannot be read.
    """
    from docx.image.exceptions import (
        InvalidImageStreamError,
        UnexpectedEndOfFileError,
        UnrecognizedImageError,
    )
    from docx.shared import Cm

    damaged = (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError)
    try:
        document.add_picture(str(path), width=Cm(17.2))
    except (OSError, *damaged):
        raise InputError(f"--format docx: {path} is damaged or gone; ask again (sim answer)") from None


def _add_table(document: Any, table: Table) -> None:
    """A table with what stands above it; a group of rows has its heading as a row of its own."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    if table.folded:
        document.add_heading(table.folded, 2)
    for text in filter(None, (table.note, *table.remarks)):
        _note(document, text)
    rows: list[tuple[list[str], bool]] = [(list(table.columns), True)]
    for group in table.groups:
        if group.heading and group.rows:
            rows.append(([group.heading], True))
        rows += [(row, False) for row in group.rows]
    width = len(table.columns)
    size = _SMALL if width >= _MANY else _USUAL
    grid = document.add_table(len(rows), width, style="Light List")
    for cells, (texts, bold) in zip(_rows(grid, width), rows, strict=True):
        if len(texts) == 1 and width > 1:
            _fill(cells[0].merge(cells[-1]), texts[0], bold, size)
            continue
        for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            _fill(cell, text, bold, size)
            if place >= table.words:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()


def _rows(grid: Any, width: int) -> list[list[Any]]:
    """Cells row by row: asking the grid for each of them takes a pass over all."""
    cells = grid._cells
    return [cells[first : first + width] for first in range(0, len(cells), width)]


def _fill(cell: Any, text: str, bold: bool, size: float) -> None:
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    for number, line in enumerate(text.split("\n")):
        run = paragraph.add_run(("\n" if number else "") + line)
        run.font.size, run.font.bold = Pt(size - 1.0 * bool(number)), bold


def _note(document: Any, text: str) -> None:
    from docx.shared import Pt, RGBColor

    run = document.add_paragraph().add_run(text)
    run.font.size, run.font.color.rgb = Pt(9), RGBColor(0x59, 0x59, 0x59)


def _add_foundations(document: Any, page: Page) -> None:
    lang = page.lang
    document.add_heading(say("report.assumptions_heading", lang), 1)
    for text in page.assumptions:
        document.add_paragraph(text, style="List Bullet")
    for table in filter(None, (page.levers, page.interests)):
        _add_table(document, table)
    document.add_heading(say("report.limits_heading", lang), 1)
    for text in page.limits:
        document.add_paragraph(text, style="List Bullet")
    document.add_heading(say("report.provenance", lang), 1)
    document.add_paragraph(page.command)
    for name, value in page.provenance:
        document.add_paragraph(f"{name}: {value}")

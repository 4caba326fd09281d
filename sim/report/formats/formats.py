"""Which files a report may be, what each needs, and where it lies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sim.errors import InputError
from sim.report.foundations import named

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.page import Page
    from sim.text import Language

type Format = Literal["html", "pdf", "xlsx", "docx"]

FORMATS: tuple[Format, ...] = get_args(Format.__value__)
#: Modules of the extra `documents` that a format needs.
_NEEDS: Mapping[str, str] = {"xlsx": "openpyxl", "docx": "docx"}


def report_path(folder: str | Path, lang: Language = "en", ending: str = "html") -> Path:
    """Where the report of a results folder lies: one file a language and format."""
    return Path(folder) / named("report", lang, f".{ending}")


def check_formats(formats: Collection[str]) -> None:
    """Whether all that formats need is there, before anything is computed.

    Raises:
        InputError: there is no such format, or a package or browser is missing.
    """
    from sim.report.formats.pdf import needed_browser

    for name in formats:
        if name not in FORMATS:
            raise InputError(f"--format {name}: give {', '.join(FORMATS)}")
        if name in _NEEDS and find_spec(_NEEDS[name]) is None:
            raise InputError(
                f"--format {name} needs {_NEEDS[name]}: install the package with its extra, "
                "pip install 'sdgs-partnership-sim[documents]'"
            )
        if name == "pdf":
            needed_browser()


def write_formats(
    page: Page, tables: Mapping[str, pd.DataFrame], folder: Path, formats: Collection[str]
) -> list[Path]:
    """Write a report as other files beside its HTML.

    Args:
        page: the report.
        tables: its spreadsheets by name.
        folder: where it lies.
        formats: of ``FORMATS``.

    Raises:
        InputError: the browser gives no PDF.
    """
    written = []
    for name in FORMATS:
        if name in formats and name != "html":
            path = report_path(folder, page.lang, name)
            _write(name, page, tables, path)
            written.append(path)
    return written


def _write(name: str, page: Page, tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    if name == "pdf":
        from sim.report.formats.pdf import write_pdf

        write_pdf(page, path)
    elif name == "xlsx":
        from sim.report.formats.excel import write_excel

        write_excel(page, tables, path)
    else:
        from sim.report.formats.word import write_word

        write_word(page, path)

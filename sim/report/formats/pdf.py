"""A report as PDF: its page, all of it unfolded, printed by Chromium."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

from sim import trust
from sim.errors import InputError
from sim.files import write_bytes, write_text
from sim.report.page import Page, html

#: Names of browsers that print a page without a window.
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
#: Seconds that printing may take.
_PATIENCE = 180
_DATE = re.compile(rb"/(CreationDate|ModDate) \(D:[^)]*\)")
_ZERO = b"D:20000101000000+00'00'"


def browser() -> str | None:
    """The first browser that there is; None without one."""
    return next(filter(None, map(trust.program, BROWSERS)), None)


def needed_browser() -> str:
    """The first browser that there is.

    Raises:
        InputError: there is none.
    """
    program = browser()
    if program is None:
        raise InputError(
            "--format pdf needs Chromium or Chrome on the PATH, and there is none: install it, or print "
            "report.html from a browser"
        )
    return program


def write_pdf(page: Page, path: Path) -> None:
    """Print a page; the same page gives the same bytes from the same browser.

    Raises:
        InputError: there is no browser, or it gives no PDF.
    """
    program = needed_browser()
    with tempfile.TemporaryDirectory() as folder:
        source, printed = Path(folder) / "report.html", Path(folder) / "report.pdf"
        write_text(source, html(page, unfolded=True))
        _print(program, source, printed)
        content = _without_dates(printed.read_bytes())
    write_bytes(path, content)


def _print(program: str, source: Path, printed: Path) -> None:
    options = [
        "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer", "--disable-dev-shm-usage",
        f"--user-data-dir={source.parent / 'profile'}", f"--print-to-pdf={printed}",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # its sandbox refuses to run as root
        options.append("--no-sandbox")
    try:
        done = subprocess.run(
            [program, *options, source.as_uri()],
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            cwd=source.parent,
        )
        reason = f"exit code {done.returncode}"
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = type(error).__name__
    if not printed.is_file():
        raise InputError(f"--format pdf: {program} gave no PDF ({reason}); print report.html from a browser")


def _without_dates(content: bytes) -> bytes:
    """The file with dates of always the same length and value, so that offsets in it still hold."""

    def fixed(found: re.Match[bytes]) -> bytes:
        name, size = found[1], len(found[0])
        text = b"/" + name + b" (" + _ZERO + b")"
        return text.ljust(size) if len(text) <= size else found[0]

    return _DATE.sub(fixed, content)

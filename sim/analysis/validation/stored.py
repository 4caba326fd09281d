"""Tables as they are stored under docs/, and how they differ from those made again."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING

from sim.files import write_text

if TYPE_CHECKING:
    import pandas as pd

#: Figures that a number is stored with.
FIGURES = 5
#: Numbers that differ by no more than their last figure are the same on another platform.
RELATIVE, ABSOLUTE = 2e-4, 1.5e-4
MISSING = "is not there"


def as_csv(table: pd.DataFrame) -> str:
    """A table as it is stored."""
    text: str = table.to_csv(index=False, lineterminator="\n", float_format=f"%.{FIGURES}g")
    return text


def write(made: Mapping[str, str], folder: Path) -> None:
    """Write files by their path below the folder."""
    for name, text in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_text(folder / name, text)


def differences(made: Mapping[str, str], folder: Path) -> dict[str, str]:
    """What differs from the files of a folder.

    Args:
        made: text by path below the folder.
        folder: where the stored files lie.

    Returns:
        Path below the folder -> ``MISSING``, or the first line that differs, as stored and as made now; the
        files that are the same are left out.
    """
    found = {}
    for name, text in made.items():
        path = folder / name
        if not path.is_file():
            found[name] = MISSING
            continue
        difference = first_difference(
            path.read_text(encoding="utf-8", errors="replace"), text, name.endswith(".csv")
        )
        if difference:
            found[name] = difference
    return found


def first_difference(stored: str, now: str, table: bool) -> str:
    """The first line that differs, or nothing; numbers of tables may differ by a digit."""
    if stored == now:
        return ""
    before, after = (list(_lines(text, table)) for text in (stored, now))
    for line, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        if len(old) != len(new) or not all(map(_alike if table else str.__eq__, old, new)):
            return f"line {line}: {_shown(old)} is now {_shown(new)}"
    return "" if len(before) == len(after) else f"{len(before)} lines are now {len(after)}"


def _lines(text: str, table: bool) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text))) if table else _plain(text)
    except csv.Error:  # a damaged table
        return _plain(text)


def _plain(text: str) -> list[list[str]]:
    return [[line] for line in text.splitlines()]


def _alike(stored: str, now: str) -> bool:
    if stored == now:
        return True
    try:
        return isclose(float(stored), float(now), rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    except ValueError:
        return False


def _shown(cells: list[str]) -> str:
    line = ",".join(cells)
    return line if len(line) <= 120 else f"{line[:117]}..."

"""Lines of a text that anybody may have written: of bounded length and number, and never all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.errors import InputError

#: Characters of a line: a hundred times those of the widest table.
LONGEST = 1_000_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def lines_of(text: str, rows: int, where: str = "") -> Iterator[str]:
    """The lines, each with its end, of a table that may have so many rows; as many again may be blank.

    Args:
        text: of the table.
        rows: that it may have.
        where: stands before what is wrong.

    Raises:
        InputError: a line is too long, or there are too many.
    """
    most = 2 * rows + 1_000
    for number, found in enumerate(_LINE.finditer(text), 1):
        if found.end() - found.start() > LONGEST:
            raise InputError(f"{where}line {number} is longer than {LONGEST:,} characters")
        if number > most:
            raise InputError(f"{where}has more than {most:,} lines, the most that such a table may have")
        yield found[0]


def first_of(text: str) -> str:
    """The first line that is not blank."""
    found = re.search(r"\S[^\r\n]{0,100000}", text)
    return found[0] if found else ""

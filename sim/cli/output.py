"""What goes to standard output and to standard error."""

from __future__ import annotations

import sys

from rich.console import Console

#: Width of tables that go to a file or a pipe.
WIDE = 130


def standard_output() -> Console:
    """Console on standard output; wide where it is no terminal, so that nothing is cut."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    return console


def note(message: str, quiet: bool) -> None:
    """A line on standard error about what goes on."""
    if not quiet:
        print(message, file=sys.stderr, flush=True)

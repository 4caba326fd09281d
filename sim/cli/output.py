"""What goes to standard output and to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.calendar import quarter_label
from sim.text import Language, say
from sim.text.numbers import quarter

if TYPE_CHECKING:
    from rich.console import Console

#: Width of tables that go to a file or a pipe.
WIDE = 130


def standard_output() -> Console:
    """Console on standard output; wide where it is no terminal, so that nothing is cut."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    return console


def setting(world: str, replicates: int, quarters: int, language: Language, limit: bool = False) -> str:
    """What was run, for above a table: world, replicates (or the most there may be) and horizon."""
    from sim.worlds import municipalities_of

    if world == "japan":
        where = say("cli.world_japan", language)
    else:
        size = municipalities_of(world)
        where = say("cli.world_synthetic", language, world=world, municipalities=size)
    last = quarter(quarter_label(quarters - 1), language)
    first = quarter(quarter_label(0), language)
    key = "cli.setting_limit" if limit else "cli.setting"
    return say(key, language, world=where, replicates=replicates, first=first, last=last)


def plain(text: str) -> str:
    """A text from elsewhere on one line, without what would steer a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def note(message: str, quiet: bool) -> None:
    """A line on standard error about what goes on."""
    if not quiet:
        print(message, file=sys.stderr, flush=True)


def warn(lines: Iterable[str], language: Language, quiet: bool = False) -> None:
    """Lines on standard error about what is allowed and still deserves a word."""
    for line in lines:
        note(say("scenario_warnings.warning", language, text=line), quiet)

"""Things done to the simulator again and again, each time otherwise, and what came out.

An attempt draws everything from the chance that it is given, so that what was found once is found again.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from sim.cli import main
from sim.errors import InputError

#: Exit codes that a command may have: fine, differences found, refused, runs failed.
EXIT_CODES = frozenset({0, 1, 2, 3})
SAME = "same results"
SAID = "said in a clear line"

type Attempt = Callable[[random.Random, Path], str]


@dataclass(frozen=True)
class Trial:
    """Something that is tried.

    Attributes:
        what: in words, for the table.
        few: how often in `make test`.
        many: how often in `make test-all`.
        attempt: gets its chance and an empty folder, gives in a few words what came out (``SAME`` where
            nothing was noticed and nothing is other than it was), and raises AssertionError for what must
            not.
    """

    what: str
    few: int
    many: int
    attempt: Attempt


class Tried(NamedTuple):
    """A trial, how often it was made, and how often what came out."""

    trial: Trial
    times: int
    outcomes: Counter[str]

    def row(self) -> str:
        """Its row of the table."""
        said = ", ".join(f"{count:,} {outcome}" for outcome, count in self.outcomes.most_common())
        return f"| {self.trial.what} | {self.times:,} | {said} |"


def tried(trial: Trial, times: int, first: int = 0) -> Tried:
    """Make a trial so often, from attempt ``first`` on.

    Raises:
        AssertionError: something came out that must not; it names the attempt.
    """
    outcomes: Counter[str] = Counter()
    for number in range(first, first + times):
        with tempfile.TemporaryDirectory() as folder:
            try:
                outcomes[trial.attempt(random.Random(f"{trial.what}/{number}"), Path(folder))] += 1
            except Exception as error:
                raise AssertionError(f"{trial.what}: attempt {number}: {error!r}") from error
    return Tried(trial, times, outcomes)


class Said(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def said_by(*arguments: str) -> Said:
    """Run a command in this very process.

    Raises:
        AssertionError: it ends with a traceback, or with an exit code that no command has.
    """
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(list(arguments))
    said = Said(code, out.getvalue(), err.getvalue())
    assert said.code in EXIT_CODES, said
    assert "Traceback" not in said.err, said.err
    return said


def one_line(error: InputError) -> str:
    """What came out where something was refused.

    Raises:
        AssertionError: it takes more than a line to say so.
    """
    assert "\n" not in str(error), str(error)
    return SAID


def flipped(content: bytes, chance: random.Random, within: range | None = None) -> bytes:
    """The same with one byte turned into another."""
    place = chance.choice(within or range(len(content)))
    return content[:place] + bytes([content[place] ^ chance.randrange(1, 256)]) + content[place + 1 :]

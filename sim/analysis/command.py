"""What the commands of the analyses share: options that say where to run, mistakes told, how far they are."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.batch.limits import MOST_QUARTERS, MOST_REPLICATES
from sim.calendar import DEFAULT_QUARTERS
from sim.errors import InputError
from sim.shortage import shortage

MOST_WORKERS = 1024
#: Walkers and folds take seeds of 32 bits, a few above the one that is given.
MOST_SEED = 2**31 - 1


def bare_parser_of(name: str, description: str | None) -> argparse.ArgumentParser:
    """A parser for ``python -m sim.analysis.NAME`` without options."""
    return argparse.ArgumentParser(prog=f"python -m sim.analysis.{name}", description=description)


def parser_of(name: str, description: str | None) -> argparse.ArgumentParser:
    """A parser for ``python -m sim.analysis.NAME`` with the options world, quarters and workers."""
    parser = bare_parser_of(name, description)
    parser.add_argument("--world", default="japan", help="japan or synthetic:N (japan)")
    parser.add_argument(
        "--quarters", type=within(1, MOST_QUARTERS), default=DEFAULT_QUARTERS, help="horizon (to 2030Q4)"
    )
    parser.add_argument("--workers", type=within(1, MOST_WORKERS), default=2, help="threads (2)")
    return parser


@contextmanager
def told_in_a_line(parser: argparse.ArgumentParser) -> Iterator[None]:
    """Bad input that is found while the command runs is told as a wrong option is, without a trace.

    Raises:
        SystemExit: bad input, or a file that cannot be read or written.
    """
    try:
        yield
    except InputError as error:
        parser.exit(2, "".join(f"{parser.prog}: error: {line}\n" for line in error.lines))
    except OSError as error:
        parser.exit(2, f"{parser.prog}: error: {error.filename}: {error.strerror}\n")
    except MemoryError as error:
        parser.exit(2, f"{parser.prog}: error: {shortage(error)}; end other programs\n")


def within(low: int, high: int) -> Callable[[str], int]:
    """What reads a whole number of that range."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(f"must be a whole number from {low:,} to {high:,}, not {text}")
        return int(text)

    return read


def two_or_more(text: str) -> int:
    """A number of runs or draws of which there must be two for an interval.

    Raises:
        argparse.ArgumentTypeError: it is less, or no whole number.
    """
    return within(2, MOST_REPLICATES)(text)


def folder_to_write(text: str) -> Path:
    """A folder that is there, so that nothing is run for minutes and then lost, or written elsewhere.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"must be a folder that is there, not {text}")
    return path


def file_to_write(text: str) -> Path:
    """A file in a folder that is there, so that nothing is run for minutes and then lost.

    Raises:
        argparse.ArgumentTypeError: it is a folder itself, or lies in none.
    """
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"must be a file in a folder that is there, not {text}")
    return path


def money(text: str) -> float:
    """A sum in JPY M a fiscal year.

    Raises:
        argparse.ArgumentTypeError: it is not above 0, or no number.
    """
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0.0 < amount < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {text}")
    return amount


def clock() -> Callable[[str], None]:
    """Prints lines on standard error with the seconds since now before them."""
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {line}", file=sys.stderr, flush=True)

    return say

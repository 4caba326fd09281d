"""What the commands of the analyses share: options that say where to run, and telling how far they are."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable

from sim.calendar import DEFAULT_QUARTERS


def parser_of(name: str, description: str | None) -> argparse.ArgumentParser:
    """A parser for ``python -m sim.analysis.NAME`` with the options world, quarters and workers."""
    parser = argparse.ArgumentParser(prog=f"python -m sim.analysis.{name}", description=description)
    parser.add_argument("--world", default="japan", help="japan or synthetic:N (japan)")
    parser.add_argument("--quarters", type=int, default=DEFAULT_QUARTERS, help="horizon (to 2030Q4)")
    parser.add_argument("--workers", type=int, default=2, help="threads (2)")
    return parser


def two_or_more(text: str) -> int:
    """A number of runs or draws of which there must be two for an interval.

    Raises:
        argparse.ArgumentTypeError: it is less, or no whole number.
    """
    if not text.isdecimal() or int(text) < 2:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 2, not {text}")
    return int(text)


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

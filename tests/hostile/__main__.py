"""``python -m tests.hostile FILE [HEADING]``: trials as often as in ``make test-all``, and their table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from sim.files import write_text
from tests.hostile import damage, dask, faults, inputs, kills, links, planted, rows, texts
from tests.hostile.trials import Trial, tried

#: Families of trials, by the heading of their table.
FAMILIES: dict[str, list[Trial]] = {
    "Damage to a results folder": damage.TRIALS,
    "Links, pipes and folders in the place of files": links.TRIALS,
    "Machines that fail": faults.TRIALS,
    "Commands killed": kills.TRIALS,
    "Inputs with something wrong in them": inputs.TRIALS,
    "Code, programs and settings of somebody else": planted.TRIALS,
    "Kills on a Dask cluster": dask.TRIALS,
    "Texts and metadata of strangers": texts.TRIALS,
    "Rows of strangers": rows.TRIALS,
}

_OPENING = """\
# What was tried

Written by `python -m tests.hostile docs/tried.md`, which makes every attempt anew, or those under the
headings that it is given; `make test` makes a few of each, and `make test-all` as many as here or more.
An attempt fails, and with it the test, where a traceback is shown, a process dies, something is lost, or
numbers come out other than they were without a word. What may be handed to the simulator by whom, and
what is done about it, is in [security.md](security.md).
"""


def section(heading: str, trials: Sequence[Trial], most: int) -> str:
    """The table of a family, its attempts made, at most so many of each trial."""
    rows = []
    for trial in trials:
        rows.append(tried(trial, min(trial.many, most)).row())
        print(rows[-1], file=sys.stderr, flush=True)
    return "\n".join([f"## {heading}", "", "| what | times | what came out |", "|---|---:|---|", *rows, ""])


def page(anew: Collection[str], before: str, most: int) -> str:
    """The page, with the tables of these families made anew.

    Args:
        anew: headings of families.
        before: the page as it was, from which the others are taken.
        most: attempts of a trial.
    """
    there = {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in before.split("\n## ")[1:]}
    made = {
        heading: section(heading, trials, most) if heading in anew else there[heading]
        for heading, trials in FAMILIES.items()
        if heading in anew or heading in there
    }
    return "\n".join([_OPENING, *made.values()])


def main(arguments: Sequence[str] | None = None) -> None:
    """Make trials, and write the table of what came out."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=main.__doc__)
    parser.add_argument("target", type=Path, help="the page that is written")
    parser.add_argument("families", nargs="*", help="headings of what is tried; all by default")
    parser.add_argument("--most", type=int, default=10_000, help="attempts of a trial")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.families) - set(FAMILIES):
        parser.error(f"no such heading: {', '.join(unknown)}; there are {', '.join(FAMILIES)}")
    before = chosen.target.read_text(encoding="utf-8") if chosen.target.exists() else ""
    write_text(chosen.target, page(chosen.families or FAMILIES, before, chosen.most))


if __name__ == "__main__":
    main()

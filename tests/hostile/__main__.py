"""``python -m tests.hostile FILE`` makes every trial as often as ``make test-all`` and writes the table."""

from __future__ import annotations

import sys
from pathlib import Path

from sim.files import write_text
from tests.hostile import damage, faults, inputs, kills, links
from tests.hostile.trials import Trial, tried

#: Families of trials, by the heading of their table.
FAMILIES: dict[str, list[Trial]] = {
    "Damage to a results folder": damage.TRIALS,
    "Links, pipes and folders in the place of files": links.TRIALS,
    "Machines that fail": faults.TRIALS,
    "Commands killed": kills.TRIALS,
    "Inputs with something wrong in them": inputs.TRIALS,
}

_OPENING = """\
# What was tried

Written by `python -m tests.hostile docs/tried.md`, which makes every attempt; `make test` makes a few of each
and `make test-all` as many as here. An attempt fails, and with it the test, where a traceback is shown, a
process dies, something is lost, or numbers come out other than they were without a word. What may be handed
to the simulator by whom, and what is done about it, is in [security.md](security.md).
"""


def page(families: dict[str, list[Trial]]) -> str:
    """The table of every family, its attempts made."""
    blocks = [_OPENING]
    for heading, trials in families.items():
        rows = [tried(trial, trial.many).row() for trial in trials]
        blocks.append(
            "\n".join([f"## {heading}", "", "| what | times | what came out |", "|---|---:|---|", *rows, ""])
        )
    return "\n".join(blocks)


if __name__ == "__main__":
    write_text(Path(sys.argv[1]), page(FAMILIES))

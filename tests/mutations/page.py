"""The page of all mutations and of who noticed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.mutations.table import KINDS, MUTATIONS, Mutation
from tests.mutations.verdict import Verdict

INTRODUCTION = """\
# What happens when the kernel is broken

Made by `python -m tests.mutations --write docs/mutations.md`; a test compares this page with what happens.

Can the tests fail? Each row below is one wrong line: a sign, a factor, a column, a limit, a term. The kernel
is broken in that way alone, run as plain Python, and judged by

- **the twin**: the reference model written from [ODD.md](ODD.md), on the short runs
  [`TINY`](../tests/reference/directed.py), tried in their order up to the first number that differs;
- **a check** among [`CHECKS`](../tests/mutations/checks.py). Where the table of mutations names one, it must
  fail whatever the twin says; where the twin sees nothing, all are asked; elsewhere none is.

The twin has its own draws, acts and rules. It has no say on what it takes from the package: the calendar,
what a scenario hands to the kernel, and the numbers of processes, funds, verdicts and kinds.
"""
COLUMNS = ("What is wrong", "Kind", "File", "Was", "Is", "The twin first differs in", "Check that fails")


def page(verdicts: Mapping[str, Verdict]) -> str:
    """The page as Markdown."""
    sections = [INTRODUCTION, summary(verdicts), survivors()]
    acts = dict.fromkeys(mutation.act for mutation in MUTATIONS.values())
    sections += [f"## {act}\n\n{table(act, verdicts)}" for act in acts]
    return "\n".join(sections)


def summary(verdicts: Mapping[str, Verdict]) -> str:
    kinds = Counter(mutation.kind for mutation in MUTATIONS.values())
    twin = sum(bool(verdict.twin) for verdict in verdicts.values())
    check = sum(bool(verdict.check) and not verdict.twin for verdict in verdicts.values())
    return (
        f"**{len(MUTATIONS)} mutations**: the twin noticed {twin}, a check alone {check}, "
        f"nobody {len(MUTATIONS) - twin - check}.\n"
        f"By kind: {', '.join(f'{kind} {kinds[kind]}' for kind in KINDS)}.\n"
    )


def survivors() -> str:
    """Mutations that nobody can notice, and why."""
    lines = [
        f"- {name} (`{mutation.act}`): {mutation.survives}"
        for name, mutation in MUTATIONS.items()
        if mutation.survives
    ]
    return "\n".join(["## What nobody can notice\n", *lines, ""])


def table(act: str, verdicts: Mapping[str, Verdict]) -> str:
    rows = [
        row(name, mutation, verdicts[name]) for name, mutation in MUTATIONS.items() if mutation.act == act
    ]
    return "".join(f"{line(cells)}\n" for cells in (COLUMNS, ["---"] * len(COLUMNS), *rows))


def line(cells: Sequence[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def row(name: str, mutation: Mutation, verdict: Verdict) -> list[str]:
    nobody = "not asked" if mutation.shared else "nothing"
    check = f"`{verdict.check}`" if verdict.check else ""
    file = f"[{mutation.file}](../sim/{mutation.file})"
    return [
        name, mutation.kind, file, code(mutation.old), code(mutation.new), verdict.twin or nobody, check
    ]  # fmt: skip


def code(text: str) -> str:
    """A piece of source as it may stand in a table."""
    words = " ".join(text.split()).replace("|", "\\|")
    return f"`{words}`" if words else ""

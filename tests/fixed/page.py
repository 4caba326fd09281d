"""The page of all numbers that are fixed by design."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fixed.effects import HEADLINE, REPLICATES, Effect
from tests.fixed.table import DESIGN, ELSEWHERE, IDENTITIES, Fixed

INTRODUCTION = f"""\
# Numbers fixed by design

Made by `python -m tests.fixed --write docs/fixed_by_design.md`, which takes about a minute a row.

What steers the model is a parameter, with unit, range and source (`sim list parameters`). The numbers that
are written into acts and rules are all on this page: [`test_fixed.py`](../tests/fixed/test_fixed.py) reads
the sources of `sim/acts` and `sim/agents`, and fails on any number but 0, 1 and -1 that is not listed here,
or is listed and gone. Acts that only count ([`record`](../sim/acts/record.py),
[`record_places`](../sim/acts/places.py)) are left out, and so are
[bounds](../sim/acts/bounds.py) that only spare work.

**Sizes and durations** were halved and doubled, one at a time, in the baseline of `japan`: change in per
cent of the deals signed to 2030Q4 and of SDG progress then, mean and 95% interval of {REPLICATES} pairs.
"""
COLUMNS = (
    "Number",
    "Why it is fixed",
    *(f"{much}: `{name}`" for much in ("Halved", "Doubled") for name in HEADLINE),
)

type Found = Mapping[str, tuple[list[Effect], list[Effect]]]


def page(found: Found) -> str:
    """The page as Markdown."""
    identities = "".join(f"| {beginning(fixed)} |\n" for fixed in IDENTITIES)
    return "\n".join(
        (
            INTRODUCTION,
            "## In acts and rules\n",
            table(DESIGN, found),
            "## Elsewhere\n\nNot in the acts, so the test does not look for them.\n",
            table(ELSEWHERE, found),
            "## Units, laws and layout\n",
            f"| Number | Why it is fixed |\n| --- | --- |\n{identities}",
        )
    )


def table(rows: tuple[Fixed, ...], found: Found) -> str:
    lines = [COLUMNS, ["---"] * len(COLUMNS)]
    text = "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
    for fixed in rows:
        half, double = found.get(fixed.what, ([], []))
        cells = [shown(effect) for effect in (*half, *double)] or ["not measured"] * 2 * len(HEADLINE)
        text += f"| {beginning(fixed)} | {' | '.join(cells)} |\n"
    return text


def beginning(fixed: Fixed) -> str:
    """What a row says before anything is run."""
    places = sorted({f"`{number.file}`" for number in fixed.numbers})
    where = f" ({', '.join(places)})" if places else ""
    return f"{fixed.what}{where} | {fixed.why}"


def shown(effect: Effect) -> str:
    """A change in per cent, with its margin."""
    return f"{effect.percent:+.1f} ± {effect.margin:.1f}"

"""The page docs/levers_compared.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from sim.analysis.futures import Futures, Standing
from sim.analysis.futures.stored import fingerprint
from sim.analysis.levers_compared.compare import NEXT, Row
from sim.text import short
from sim.text.numbers import number

_INTRODUCTION = """\
# The levers compared at equal spending

Made by `python -m sim.analysis.levers_compared` (about 5 minutes on two cores), and the shares of futures by
`python -m sim.analysis.futures` (about 8). Model and baseline `{model}`, {date}.

Each row is a built-in scenario that gives one lever (or a mix) more money from FY2019 on, in Japan's 1,741
municipalities to the end of 2030: so much that all levers together **spend** the sum of the heading beyond
the baseline, per fiscal year on average (*given* is what had to be appropriated for it; the rest lapses).
Effects are totals of the horizon against the baseline, means of {replicates} paired replicates with half the
width of their 95% intervals. *Transfer* is the share of the extra spending that changes hands only (grants,
interest, guarantees); what is left buys staff and services. *Cost of the next deal* is that of the step to
{more} more money; "none": no more can be spent. *Futures* is the share of plausible futures in which the row
is the cheapest per additional deal, per completed project, per unit of progress. Rows marked † cannot spend
the sum, whatever they are given: they stand at the most they absorb and take no part in the futures.

{known}
"""
_HEADS = (
    "Scenario", "Transfer", "Given", "Spent", "Deals", "Agreements", "Completed",
    "Progress (0.01% of the gap)", "Municipalities reached", "Cost per deal (95%)", "Cost of the next deal",
    "Futures: deal / completed / progress",
)  # fmt: skip


def page(rows: Sequence[Row], replicates: int, futures: Futures | None) -> str:
    """The page in Markdown."""
    parts = [
        _INTRODUCTION.format(
            model=fingerprint(), date=datetime.now(UTC).date().isoformat(), replicates=replicates,
            more=f"{NEXT - 1:.0%}", known=known(futures),
        )
    ]  # fmt: skip
    for amount in dict.fromkeys(row.sum for row in rows):
        at = sorted((row for row in rows if row.sum == amount), key=_order)
        parts.append(
            f"## JPY {amount:,.0f} million a fiscal year\n\n{_table(at)}\n\n{sentence(at, futures)}\n"
        )
    return "\n".join(parts)


def _order(row: Row) -> tuple[bool, float]:
    """Those that can spend the sum first, the cheapest of them first."""
    return row.verdict == "at_most", row.cost if np.isfinite(row.cost) else np.inf


def known(futures: Futures | None) -> str:
    """What the shares of futures come from."""
    if futures is None:
        return "No futures have been stored yet."
    fit = "" if futures.fits else " **They were run with another version of the model than this page.**"
    return (
        f"Futures: {futures.samples:,} draws (Latin hypercube) of every parameter that is assumed or taken\n"
        "over from elsewhere, over its plausible range; one run of each scenario in each, so that chance\n"
        f"has a part in who wins ({futures.date}, `{futures.model}`).{fit}"
    )


def _table(rows: Sequence[Row]) -> str:
    lines = [f"| {' | '.join(_HEADS)} |", "|" + " --- |" * len(_HEADS)]
    return "\n".join([*lines, *(f"| {' | '.join(_cells(row))} |" for row in rows)])


def _cells(row: Row) -> list[str]:
    money = [f"{row.transfer:z.0%}", number(row.appropriated), number(row.spent)]
    gained = [f"{'+' * (mean > 0)}{number(mean)} ± {number(half, 2)}" for mean, half in row.gained.values()]
    shares = " / ".join("–" if np.isnan(share) else f"{share:.0%}" for share in row.wins)
    more = "none" if np.isinf(row.next_cost) else number(row.next_cost)
    return [f"`{row.scenario}`{' †' * (row.verdict == 'at_most')}", *money, *gained, _cost(row), more, shares]


def _cost(row: Row) -> str:
    if np.isnan(row.cost):
        return "–"
    return f"{number(row.cost)} ({number(row.cost_low)} to {number(row.cost_high)})"


def sentence(rows: Sequence[Row], futures: Futures | None) -> str:
    """What may be said of the cheapest: no more than the futures bear out.

    Args:
        rows: of one sum, in order.
        futures: those that are stored.
    """
    able = [row for row in rows if row.verdict != "at_most" and np.isfinite(row.cost)]
    if not able:
        return "No lever that can spend the sum gains deals beyond doubt."
    best = able[0]
    told = f"With the default parameters `{best.scenario}` costs least per additional deal"
    standing = futures.standing(best.sum) if futures is not None and futures.fits else None
    if standing is None or best.scenario not in standing.shares:
        return f"{told}; how far this holds in other futures is not known."
    own = standing.shares[best.scenario]
    told += f"; it does so in {own.share:.0%} of the futures (95% interval {own.low:.0%} to {own.high:.0%})"
    if standing.winner != best.scenario:
        told += f", `{standing.winner}` in {standing.shares[standing.winner].share:.0%}"
    elif standing.robust:
        return f"{told}. {_turned(standing)}".strip()
    return f"{told}: no winner. {_turned(standing)}".strip()


def _turned(standing: Standing) -> str:
    if not standing.turns:
        return ""
    parts = [
        f"{short(turn.parameter, 'en')} (`{turn.parameter}`: on average at {turn.won:.0%} of its range where "
        f"`{standing.winner}` is the cheapest, at {turn.lost:.0%} where not)"
        for turn in standing.turns[:2]
    ]
    return f"What turns it most: {' and '.join(parts)}."

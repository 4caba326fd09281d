"""The page docs/levers_compared.md."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from sim.analysis.futures import Futures, Standing
from sim.analysis.futures.draws import STRUCTURAL, factors
from sim.analysis.futures.runs import SEARCHED
from sim.analysis.futures.stored import Turn, fingerprint, share_of
from sim.analysis.levers_compared.compare import NEXT, Row
from sim.provenance import MODEL_VERSION
from sim.scenarios.schema import RULES
from sim.scenarios.spending import TOLERANCE
from sim.text import say, short
from sim.text.numbers import number

_INTRODUCTION = """\
# The levers compared at equal spending

Made by `python -m sim.analysis.levers_compared` (about 5 minutes on two cores), and the shares of futures by
`python -m sim.analysis.futures` (about 4 seconds a future). Model version {version} (sources
and baseline `{model}`), {date}.

Each row is a built-in scenario that gives one lever (or a mix) more money from FY2019 on, in Japan's
1,741 municipalities to the end of 2030: so much that all levers together **spend** the sum of the heading
beyond the baseline, per fiscal year on average (within {tolerance:.0%} in the mean of {searched}
replicates, or as near as its units allow; *Spent* is that of all). *Given* is what had to be appropriated
for it a fiscal year; what is not spent of it lapses. Effects are totals of the horizon against the
baseline, means of {replicates} paired replicates with half the width of their 95% intervals; costs are
plain sums, not discounted. Each interval speaks for itself: of twenty about one misses by chance.
*Transfer* is the share of the extra spending that changes hands only (grants, interest, guarantees); what
is left buys staff and services. *Cost of the next deal* is that of the step to {more} more money, with
its 95% interval; "none": no more can be spent; a dash: it is not shown that deals are gained. *Futures*
is the share of plausible futures in which the row is the cheapest per additional deal, per completed
project, per unit of progress. Rows marked † cannot spend the sum, whatever they are given: they stand at
the most they absorb and take no part in the futures.

{known}
"""
_HEADS = (
    "Scenario", "Transfer", "Given", "Spent", "Deals", "Agreements", "Completed",
    "Progress (0.01% of the gap)", "Municipalities reached", "Cost per deal (95%)",
    "Cost of the next deal (95%)",
    "Futures: deal / completed / progress",
)  # fmt: skip


def page(rows: Sequence[Row], replicates: int, futures: Futures | None) -> str:
    """The page in Markdown."""
    parts = [
        _INTRODUCTION.format(
            model=fingerprint(), version=MODEL_VERSION, date=datetime.now(UTC).date().isoformat(),
            replicates=replicates,
            more=f"{NEXT - 1:.0%}", known=known(futures), searched=SEARCHED, tolerance=TOLERANCE,
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
    again = f"; {futures.confirmed} of them run again with it, all the same" if futures.confirmed else ""
    fit = "" if futures.fits else " **They were run with another version of the model than this page.**"
    half = share_of(futures.samples // 2, futures.samples)
    rules = ", ".join(f"`{name}`" for name in STRUCTURAL)
    told = (
        f"Futures: {futures.samples:,} draws (Latin hypercube) of all {len(factors()) - len(STRUCTURAL)} "
        "parameters that are assumed or taken over from elsewhere, over their plausible ranges, and of the "
        f"choices of {len(STRUCTURAL)} rules ({rules}); one run of each scenario in each, so that chance has "
        "a part in who wins. Each is given what makes it spend the sum with the default parameters; in a "
        "future it may spend less or more of that, and where it spends less than a tenth it does not win. "
        f"A share of one half is known to {half.low:.0%} to {half.high:.0%} (95%) "
        f"({futures.date}, `{futures.model}`{again}).{fit}"
    )
    return textwrap.fill(told, 106, break_on_hyphens=False)


def _table(rows: Sequence[Row]) -> str:
    lines = [f"| {' | '.join(_HEADS)} |", "|" + " --- |" * len(_HEADS)]
    return "\n".join([*lines, *(f"| {' | '.join(_cells(row))} |" for row in rows)])


def _cells(row: Row) -> list[str]:
    money = [f"{row.transfer:z.0%}", number(row.appropriated), number(row.spent)]
    gained = [f"{'+' * (mean > 0)}{number(mean)} ± {number(half, 2)}" for mean, half in row.gained.values()]
    shares = " / ".join("–" if np.isnan(share) else f"{share:.0%}" for share in row.wins)
    costs = _cost(row.cost, row.cost_low, row.cost_high), _cost(row.next_cost, row.next_low, row.next_high)
    return [f"`{row.scenario}`{' †' * (row.verdict == 'at_most')}", *money, *gained, *costs, shares]


def _cost(cost: float, low: float, high: float) -> str:
    if np.isinf(cost):
        return "none"
    return "–" if np.isnan(cost) else f"{number(cost)} ({number(low)} to {number(high)})"


def sentence(rows: Sequence[Row], futures: Futures | None) -> str:
    """What may be said of the cheapest: no more than the futures bear out.

    Args:
        rows: of one sum, in order.
        futures: those that are stored.
    """
    able = [row for row in rows if row.verdict != "at_most" and np.isfinite(row.cost)]
    if not able:
        return "No lever that can spend the sum is shown to gain deals."
    best = able[0]
    told = f"With the default parameters `{best.scenario}` costs least per additional deal{_apart(able)}"
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


def _apart(able: Sequence[Row]) -> str:
    """A word where the interval of the next cheapest overlaps that of the cheapest."""
    if len(able) < 2 or able[1].cost_low > able[0].cost_high:
        return ""
    return f" (its interval and that of `{able[1].scenario}` overlap)"


def _turned(standing: Standing) -> str:
    """The two assumptions that turn the winner most, and whether chance may give as much."""
    if not standing.turns:
        return ""
    parts = [_turn(turn, standing.winner) for turn in standing.turns[:2]]
    return f"What turns it most: {' and '.join(parts)}."


def _turn(turn: Turn, winner: str) -> str:
    if turn.rule:
        what, least = say(f"report.rules.{turn.assumption}", "en"), f"`{RULES[turn.assumption][-1]}` in "
        share = "of the futures"
    else:
        what, least, share = short(turn.assumption, "en"), "on average at ", "of its range"
    return (
        f"{what} (`{turn.assumption}`: {least}{turn.won:.0%} {share} where `{winner}` is the cheapest, "
        f"{'at ' * (not turn.rule)}{turn.lost:.0%} where not{_chance(turn)})"
    )


def _chance(turn: Turn) -> str:
    return "" if turn.shown else f"; chance among {len(factors())} assumptions may give as much"

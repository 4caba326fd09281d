"""Public money: a fiscal year is opened, spent from and closed; what is left lapses."""

from __future__ import annotations

from sim.kernel.compiled import act, entry, light_act, part, rule
from sim.kernel.draws import Word, absorb
from sim.kernel.parameters import Parameters
from sim.kernel.state import (
    FIRST,
    NONE,
    PUBLIC_SPENDING,
    ROWS,
    Clock,
    Columns,
    Flows,
    Ledger,
    Policy,
    Programmes,
)
from sim.kernel.world import Flags, Floats, Integers, Traits


@act
def open_quarter(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Forget the flows of the last quarter; in April put the year's appropriation at disposal."""
    ledger, deals = state.ledger, state.deals
    state.flows.now[:] = 0.0
    deals.tally[FIRST] = deals.tally[ROWS]
    if clock.first_of_year:
        for fund in range(len(ledger.remaining)):
            ledger.remaining[fund] = ledger.appropriated[fund, clock.year]
        state.prefectures.pooled_debt[:] = 0.0


@entry
def spend(ledger: Ledger, flows: Flows, fund: int, year: int, amount: float) -> None:
    """Book ``amount`` (JPY M) of a fund."""
    ledger.remaining[fund] -= amount
    ledger.spent[fund, year] += amount
    flows.now[PUBLIC_SPENDING] += amount


@part
def payer_for_municipality(programmes: Programmes, ledger: Ledger, lever: int, i: int, amount: float) -> int:
    """First programme of a lever that serves municipality ``i`` and has ``amount`` left, or NONE."""
    first, end = programmes.first[lever], programmes.first[lever + 1]
    rows = programmes.rows[first:end]
    return first_payer(rows, programmes.target, programmes.municipalities, ledger.remaining, i, amount)


@part
def payer_for_company(programmes: Programmes, ledger: Ledger, lever: int, j: int, amount: float) -> int:
    """First programme of a lever that serves company ``j`` and has ``amount`` left, or NONE."""
    first, end = programmes.first[lever], programmes.first[lever + 1]
    rows = programmes.rows[first:end]
    return first_payer(rows, programmes.target, programmes.companies, ledger.remaining, j, amount)


@rule
def first_payer(
    rows: Integers, target: Integers, served: Flags, remaining: Floats, actor: int, amount: float
) -> int:
    """First of the rows that serves an actor and has ``amount`` left, all or nothing; NONE when none has."""
    for row in rows:
        if served[target[row], actor] == 1 and amount <= remaining[row]:
            return int(row)
    return NONE


@rule
def own_draws(stream: Word, code: Word) -> Word:
    """Key of a programme's own draws in a stream; that of a lever's own row is the stream itself."""
    return stream if code == 0 else absorb(stream, code)


@light_act
def close_quarter(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """In the last quarter of a fiscal year, or of the run, return what is left."""
    ledger = state.ledger
    if clock.last_of_year:
        for fund in range(len(ledger.remaining)):
            ledger.lapsed[fund, clock.year] = ledger.remaining[fund]
            ledger.remaining[fund] = 0.0

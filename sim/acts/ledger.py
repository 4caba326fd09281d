"""Public money: a fiscal year is opened, spent from and closed; what is left lapses."""

from __future__ import annotations

from sim.kernel.compiled import act, entry, light_act
from sim.kernel.parameters import Parameters
from sim.kernel.state import FIRST, PUBLIC_SPENDING, ROWS, Clock, Columns, Flows, Ledger, Policy
from sim.kernel.world import Traits


@act
def open_quarter(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Forget the flows of the last quarter; in April put the year's appropriation at disposal."""
    ledger, deals = state.ledger, state.deals
    state.flows.now[:] = 0.0
    deals.tally[FIRST] = deals.tally[ROWS]
    if clock.first_of_year:
        ledger.remaining[:] = ledger.appropriated[:, clock.year]
        state.prefectures.pooled_debt[:] = 0.0


@entry
def spend(ledger: Ledger, flows: Flows, fund: int, year: int, amount: float) -> None:
    """Book ``amount`` (JPY M) of a fund."""
    ledger.remaining[fund] -= amount
    ledger.spent[fund, year] += amount
    flows.now[PUBLIC_SPENDING] += amount


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

"""Public money: a fiscal year is opened, spent from and closed; what is left lapses."""

from __future__ import annotations

from sim.kernel.compiled import act
from sim.kernel.state import PUBLIC_SPENDING, Clock, Flows, Ledger, Prefectures


@act
def open_quarter(clock: Clock, ledger: Ledger, flows: Flows, regions: Prefectures) -> None:
    """Forget the flows of the last quarter; in April put the year's appropriation at disposal."""
    flows.now[:] = 0.0
    if clock.first_of_year:
        ledger.remaining[:] = ledger.appropriated[:, clock.year]
        regions.pooled_debt[:] = 0.0


@act
def spend(ledger: Ledger, flows: Flows, fund: int, year: int, amount: float) -> None:
    """Book ``amount`` (JPY M) of a fund."""
    ledger.remaining[fund] -= amount
    ledger.spent[fund, year] += amount
    flows.now[PUBLIC_SPENDING] += amount


@act
def close_quarter(clock: Clock, ledger: Ledger) -> None:
    """In the last quarter of a fiscal year, or of the run, return what is left."""
    if clock.last_of_year:
        for fund in range(len(ledger.remaining)):
            ledger.lapsed[fund, clock.year] = ledger.remaining[fund]
            ledger.remaining[fund] = 0.0

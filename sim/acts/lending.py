"""P11: loans earn, default and mature; lenders' capital follows."""

from __future__ import annotations

from sim.kernel.compiled import act, part
from sim.kernel.parameters import Finance
from sim.kernel.state import (
    GUARANTEE_CALLS,
    LOAN_LOSSES,
    LOANS,
    NONE,
    Clock,
    Deals,
    Flows,
    Institutions,
    ProjectState,
)

_DEFAULTED = ProjectState.DEFAULTED


@act
def service_loans(clock: Clock, rules: Finance, lenders: Institutions, deals: Deals, flows: Flows) -> None:
    """Book a quarter of every outstanding loan: margin, or loss on default, and repayment at maturity."""
    outstanding = 0
    for n in range(deals.tally[LOANS]):
        row = deals.loans[n]
        f = deals.institution[row]
        age = clock.quarter - deals.quarter[row]
        if deals.state[row] == _DEFAULTED:
            _write_off(rules, lenders, deals, flows, row)
        elif age > 0:
            lenders.capital[f] += deals.margin[row]
        if deals.state[row] == _DEFAULTED or age >= deals.tenor[row]:
            lenders.exposure[f] -= deals.debt[row]
        else:
            deals.loans[outstanding] = row
            outstanding += 1
    deals.tally[LOANS] = outstanding


@part
def _write_off(rules: Finance, lenders: Institutions, deals: Deals, flows: Flows, row: int) -> None:
    """Divide the loss of a defaulted loan among the public, the insurer and the lender."""
    loss = rules.loss_given_default * deals.debt[row]
    called = loss * deals.guarantee[row]
    insured = 0.0
    if deals.insurer[row] != NONE:
        insured = (loss - called) * rules.insurance_cover
        lenders.capital[deals.insurer[row]] -= insured
    lenders.capital[deals.institution[row]] -= loss - called - insured
    flows.now[GUARANTEE_CALLS] += called
    flows.now[LOAN_LOSSES] += loss - called - insured

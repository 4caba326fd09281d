"""P11: loans earn, default and mature; lenders' capital follows."""

from __future__ import annotations

from sim.kernel.compiled import light_act, part
from sim.kernel.parameters import Finance, Parameters
from sim.kernel.state import (
    GUARANTEE_CALLS,
    LOAN_LOSSES,
    LOANS,
    NONE,
    Clock,
    Columns,
    Deals,
    Flows,
    Institutions,
    Policy,
    ProjectState,
)
from sim.kernel.world import Traits

_DEFAULTED = ProjectState.DEFAULTED


@light_act
def service_loans(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Book a quarter of every outstanding loan: margin, or loss on default, and repayment at maturity."""
    finance, institutions, deals = parameters.finance, state.institutions, state.deals
    outstanding = 0
    for n in range(deals.tally[LOANS]):
        row = deals.loans[n]
        f = deals.institution[row]
        age = clock.quarter - deals.quarter[row]
        if deals.state[row] == _DEFAULTED:
            _write_off(finance, institutions, deals, state.flows, row)
        elif age > 0:
            institutions.capital[f] += deals.margin[row]
        if deals.state[row] == _DEFAULTED or age >= deals.tenor[row]:
            institutions.exposure[f] -= deals.debt[row]
        else:
            deals.loans[outstanding] = row
            outstanding += 1
    deals.tally[LOANS] = outstanding


@part
def _write_off(finance: Finance, institutions: Institutions, deals: Deals, flows: Flows, row: int) -> None:
    """Divide what ordinary guarantees leave of the loss of a defaulted loan: public, insurer, lender."""
    loss = finance.loss_given_default * deals.debt[row] * (1.0 - deals.ordinary_guarantee[row])
    called = loss * deals.guarantee[row]
    insured = 0.0
    if deals.insurer[row] != NONE:
        insured = (loss - called) * finance.insurance_cover
        institutions.capital[deals.insurer[row]] -= insured
    institutions.capital[deals.institution[row]] -= loss - called - insured
    flows.now[GUARANTEE_CALLS] += called
    flows.now[LOAN_LOSSES] += loss - called - insured

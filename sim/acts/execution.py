"""P11: projects under way survive, fail, complete, and sometimes go on."""

from __future__ import annotations

import math

from sim.acts.booking import new_row, open_loan, open_project
from sim.acts.deals import empty_desk, municipality_gains, seat_lender, success_of, value_project
from sim.agents.project import SIGNS, Desk, Terms, appraise, ordinary_guarantee
from sim.kernel.compiled import act, part
from sim.kernel.draws import Process, stream, uniform2
from sim.kernel.parameters import Finance, Parameters
from sim.kernel.state import (
    ENDED,
    NONE,
    OPEN,
    Clock,
    Columns,
    Deals,
    Policy,
    ProjectState,
    Verdict,
)
from sim.kernel.world import Traits

_SURVIVAL = Process.SURVIVAL
_DEFAULT = Process.DEFAULT
_RENEWAL = Process.RENEWAL
_COMPLETED = ProjectState.COMPLETED
_FAILED = ProjectState.FAILED
_DEFAULTED = ProjectState.DEFAULTED
_RENEWED = Verdict.RENEWAL


@act
def run_projects(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Carry every project through the quarter; what ends frees its slots unless the partnership goes on.

    Survival per quarter is pi**(1 / quarters), so completion has probability pi.
    """
    deals, quarters = state.deals, max(round(parameters.execution.project_quarters), 1)
    key = stream(clock.key, _SURVIVAL, clock.quarter)
    still_open, running = 0, deals.tally[OPEN]
    deals.tally[ENDED] = 0
    for n in range(running):
        row = deals.open_projects[n]
        age = clock.quarter - deals.quarter[row]
        if age == 0:
            deals.open_projects[still_open] = row
            still_open += 1
            continue
        survival = math.exp(math.log(deals.success_probability[row]) / quarters)
        survives = uniform2(key, deals.municipality[row], _project_id(deals, row)) < survival
        if survives and age < quarters:
            deals.open_projects[still_open] = row
            still_open += 1
        else:
            _end(clock, parameters.finance, state, row, survives)
    deals.tally[OPEN] = still_open
    desk = empty_desk(1)
    for n in range(deals.tally[ENDED]):
        row = deals.ended[n]
        if deals.state[row] == _COMPLETED and deals.renewed_from[row] == NONE:
            _renew(clock, parameters, policy, world, state, desk, row)


@part
def _project_id(deals: Deals, row: int) -> int:
    """Number of a project that no other project of the municipality shares, in any scenario."""
    return 2 * deals.quarter[row] + (0 if deals.renewed_from[row] == NONE else 1)


@part
def _end(clock: Clock, finance: Finance, state: Columns, row: int, success: bool) -> None:
    """End a project: completed, failed, or failed and defaulted on its loan."""
    municipalities, companies, deals = state.municipalities, state.companies, state.deals
    i, j = deals.municipality[row], deals.company[row]
    municipalities.active[i] -= 1
    companies.active[j] -= 1
    deals.end_quarter[row] = clock.quarter
    deals.ended[deals.tally[ENDED]] = row
    deals.tally[ENDED] += 1
    if success:
        municipalities.completed[i] += 1
        deals.state[row] = _COMPLETED
        return
    municipalities.failed[i] += 1
    deals.state[row] = _FAILED
    lot = uniform2(stream(clock.key, _DEFAULT, clock.quarter), i, _project_id(deals, row))
    if deals.institution[row] != NONE and lot < finance.default_given_failure:
        deals.state[row] = _DEFAULTED


@part
def _renew(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns, desk: Desk, row: int
) -> None:
    """Let a completed partnership go on once, without grant or guarantee, where it suits all three."""
    deal, finance, deals = parameters.deal, parameters.finance, state.deals
    institutions = state.institutions
    i, j, k = deals.municipality[row], deals.company[row], deals.goal[row]
    if (
        uniform2(stream(clock.key, _RENEWAL, clock.quarter), i, _project_id(deals, row))
        >= parameters.execution.renewal
    ):
        return
    success = success_of(deal, world, state.municipalities, i, j, k)
    project = value_project(clock, parameters, policy, world, i, j, k, deals.cost[row], success, 1)
    municipal = deal.municipal_share * project.cost
    if not municipality_gains(deal, policy, world, state, i, project, municipal):
        return
    desk.asked[:] = NONE
    f = deals.institution[row]
    if f != NONE:
        seat_lender(finance, world.institutions, institutions, institutions.capital[f], desk, 0, f, k)
    equity = deal.equity_share * project.cost
    terms = Terms(0.0, equity, municipal, deal.company_fixed_cost, 0.0, 0.0)
    offer = appraise(finance, project, desk, terms)
    if offer.verdict != SIGNS:
        return
    again = new_row(clock, deals, i, j, project)
    deals.verdict[again] = _RENEWED
    deals.renewed_from[again] = row
    state.municipalities.active[i] += 1
    state.companies.active[j] += 1
    open_project(deals, again, offer)
    if offer.lender != NONE:
        kind = world.institutions.kind[offer.lender]
        deals.ordinary_guarantee[again] = ordinary_guarantee(finance, project, kind)
        open_loan(finance, world.institutions, institutions, deals, again, offer, project, NONE)

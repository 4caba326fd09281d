"""P14: the city network, deployment abroad on concessional terms (17.7), and capital from abroad."""

from __future__ import annotations

import numpy as np

from sim.acts.ledger import payer_for_company, spend
from sim.agents.government import affordable
from sim.agents.municipality import happens
from sim.kernel.compiled import act, maker, part
from sim.kernel.draws import Process, stream, uniform
from sim.kernel.funds import Fund
from sim.kernel.parameters import International, Parameters
from sim.kernel.state import (
    ENDED,
    FIRST,
    NONE,
    OVERSEAS_CONCESSIONAL,
    OVERSEAS_DEALS,
    ROWS,
    Clock,
    Columns,
    Companies,
    Policy,
    Programmes,
    ProjectState,
)
from sim.kernel.world import CompanyTraits, Integers, Traits

_NETWORK = Process.NETWORK
_OVERSEAS = Process.OVERSEAS
_OVERSEAS_COMMERCIAL = Process.OVERSEAS_COMMERCIAL
_OVERSEAS_END = Process.OVERSEAS_END
_MISSIONS = int(Fund.MISSIONS)
_CONCESSIONAL = int(Fund.CONCESSIONAL)
_COMPLETED = ProjectState.COMPLETED

#: Goals whose technology is deployed abroad: 6, 7 and 11 to 15.
EXPORTABLE = np.array([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0], np.uint8)


@act
def go_abroad(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Let municipalities join the network, companies sign abroad, and foreign capital come and go."""
    if not policy.international:
        return
    _join_network(clock, parameters, policy.programmes, state)
    _learn_what_travels(state)
    _end_overseas_deals(clock, parameters.execution.project_quarters, state.companies)
    _sign_abroad(clock, parameters.international, policy.programmes, world.companies, state)
    _attract_capital(parameters.international, world, state)


@maker
def _join_network(clock: Clock, parameters: Parameters, programmes: Programmes, state: Columns) -> None:
    municipalities = state.municipalities
    missions = _send_missions(clock, parameters.costs.mission_cost, programmes, state)
    key = stream(clock.key, _NETWORK, clock.quarter)
    for i in range(len(municipalities.network)):
        rate = parameters.international.network_rate * missions[i] * municipalities.reputation[i]
        if municipalities.network[i] == 0 and happens(uniform(key, i), rate):
            municipalities.network[i] = 1


@maker
def _send_missions(clock: Clock, cost: float, programmes: Programmes, state: Columns) -> Integers:
    """Missions from which each municipality gains: those of all programmes that serve it."""
    missions = np.zeros(len(state.municipalities.network), np.int64)
    for row in programmes.rows[programmes.first[_MISSIONS] : programmes.first[_MISSIONS + 1]]:
        n = programmes.target[row]
        start, end = programmes.municipality_start[n], programmes.municipality_start[n + 1]
        if start == end:
            continue
        sent = affordable(state.ledger.remaining[row], cost, clock.quarters_left)
        spend(state.ledger, state.flows, row, clock.year, sent * cost)
        for i in programmes.municipality_ids[start:end]:
            missions[i] += sent
    return missions


@part
def _learn_what_travels(state: Columns) -> None:
    """Count the exportable projects that companies completed this quarter in network cities."""
    companies, deals = state.companies, state.deals
    for n in range(deals.tally[ENDED]):
        row = deals.ended[n]
        if deals.state[row] == _COMPLETED and EXPORTABLE[deals.goal[row]] == 1:
            travels = state.municipalities.network[deals.municipality[row]]
            companies.exportable[deals.company[row]] += travels


@part
def _end_overseas_deals(clock: Clock, quarters: float, companies: Companies) -> None:
    """Free the slots of overseas deals; one lasts as long as a project on average."""
    key = stream(clock.key, _OVERSEAS_END, clock.quarter)
    for j in range(len(companies.abroad)):
        if companies.abroad[j] > 0 and happens(uniform(key, j), companies.abroad[j] / quarters):
            companies.abroad[j] -= 1
            companies.active[j] -= 1


@part
def _sign_abroad(
    clock: Clock, international: International, programmes: Programmes, traits: CompanyTraits, state: Columns
) -> None:
    """Companies with cases in network cities sign abroad, on concessional terms while the money lasts."""
    companies, ledger, flows = state.companies, state.ledger, state.flows
    key = stream(clock.key, _OVERSEAS, clock.quarter)
    commercial = stream(clock.key, _OVERSEAS_COMMERCIAL, clock.quarter)
    grant = international.concessional_share * international.overseas_value
    for j in range(len(companies.exportable)):
        if companies.exportable[j] == 0 or companies.active[j] >= traits.slots[j]:
            continue
        rate = international.overseas_rate * companies.exportable[j] * companies.reputation[j]
        if not happens(uniform(key, j), rate):
            continue
        payer = payer_for_company(programmes, ledger, _CONCESSIONAL, j, grant) if grant > 0.0 else NONE
        if payer == NONE and uniform(commercial, j) >= international.overseas_commercial:
            continue
        if payer != NONE:
            spend(ledger, flows, payer, clock.year, grant)
            flows.now[OVERSEAS_CONCESSIONAL] += 1.0
        flows.now[OVERSEAS_DEALS] += 1.0
        companies.abroad[j] += 1
        companies.active[j] += 1
        companies.reputation[j] += international.overseas_reputation * (1.0 - companies.reputation[j])


@part
def _attract_capital(international: International, world: Traits, state: Columns) -> None:
    """Foreign capital follows the reputation of network cities and this quarter's pipeline of its themes."""
    municipalities, institutions, deals = state.municipalities, state.institutions, state.deals
    reputation, members = 0.0, 0
    for i in range(len(municipalities.network)):
        if municipalities.network[i] == 1:
            reputation += municipalities.reputation[i]
            members += 1
    for f in world.directory.foreign_fund:
        pipeline = 0.0
        for row in range(deals.tally[FIRST], deals.tally[ROWS]):
            if world.institutions.mandate[f, deals.goal[row]] == 1:
                pipeline += deals.cost[row]
        drawn = international.inbound_rate * (reputation / members) * pipeline if members > 0 else 0.0
        institutions.capital[f] += drawn - international.inbound_decay * max(institutions.capital[f], 0.0)

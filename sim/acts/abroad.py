"""P14: the city network, deployment abroad on concessional terms (17.7), and capital from abroad."""

from __future__ import annotations

import numpy as np

from sim.acts.ledger import spend
from sim.agents.government import affordable
from sim.agents.municipality import happens
from sim.kernel.compiled import act, part
from sim.kernel.draws import Process, stream, uniform
from sim.kernel.funds import Fund
from sim.kernel.parameters import Costs, International
from sim.kernel.state import (
    ENDED,
    OVERSEAS_CONCESSIONAL,
    OVERSEAS_DEALS,
    ROWS,
    Clock,
    Companies,
    Deals,
    Flows,
    Institutions,
    Ledger,
    Municipalities,
    Policy,
    ProjectState,
)
from sim.kernel.world import CompanyTraits, Directory, InstitutionTraits

_NETWORK = Process.NETWORK
_OVERSEAS = Process.OVERSEAS
_OVERSEAS_COMMERCIAL = Process.OVERSEAS_COMMERCIAL
_OVERSEAS_END = Process.OVERSEAS_END
_MISSIONS = int(Fund.MISSIONS)
_CONCESSIONAL = int(Fund.CONCESSIONAL)
_COMPLETED = ProjectState.COMPLETED
_OVERSEAS_QUARTERS = 12.0

#: Goals whose technology is deployed abroad: 6, 7 and 11 to 15.
EXPORTABLE = np.array([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0], np.uint8)


@act
def go_abroad(
    clock: Clock, rules: International, costs: Costs, policy: Policy,
    firms: CompanyTraits, institutions: InstitutionTraits, directory: Directory,
    towns: Municipalities, companies: Companies, lenders: Institutions, deals: Deals,
    ledger: Ledger, flows: Flows, first_row: int,
) -> None:  # fmt: skip
    """Let municipalities join the network, companies sign abroad, and foreign capital come and go."""
    if not policy.international:
        return
    _join_network(clock, rules, costs, towns, ledger, flows)
    _learn_what_travels(towns, companies, deals)
    _end_overseas_deals(clock, companies)
    _sign_abroad(clock, rules, firms, companies, ledger, flows)
    _attract_capital(rules, institutions, directory, towns, lenders, deals, first_row)


@part
def _join_network(
    clock: Clock, rules: International, costs: Costs, towns: Municipalities, ledger: Ledger, flows: Flows
) -> None:
    missions = affordable(ledger.remaining[_MISSIONS], costs.mission_cost, clock.quarters_left)
    spend(ledger, flows, _MISSIONS, clock.year, missions * costs.mission_cost)
    key = stream(clock.key, _NETWORK, clock.quarter)
    for i in range(len(towns.network)):
        rate = rules.network_rate * missions * towns.reputation[i]
        if towns.network[i] == 0 and happens(uniform(key, i), rate):
            towns.network[i] = 1


@part
def _learn_what_travels(towns: Municipalities, companies: Companies, deals: Deals) -> None:
    """Count the exportable projects that companies completed this quarter in network cities."""
    for n in range(deals.tally[ENDED]):
        row = deals.ended[n]
        if deals.state[row] == _COMPLETED and EXPORTABLE[deals.goal[row]] == 1:
            companies.exportable[deals.company[row]] += towns.network[deals.municipality[row]]


@part
def _end_overseas_deals(clock: Clock, companies: Companies) -> None:
    """Free the slots of overseas deals; one lasts three years on average."""
    key = stream(clock.key, _OVERSEAS_END, clock.quarter)
    for j in range(len(companies.abroad)):
        if companies.abroad[j] > 0 and happens(uniform(key, j), companies.abroad[j] / _OVERSEAS_QUARTERS):
            companies.abroad[j] -= 1
            companies.active[j] -= 1


@part
def _sign_abroad(
    clock: Clock,
    rules: International,
    firms: CompanyTraits,
    companies: Companies,
    ledger: Ledger,
    flows: Flows,
) -> None:
    """Companies with cases in network cities sign abroad, on concessional terms while the money lasts."""
    key = stream(clock.key, _OVERSEAS, clock.quarter)
    commercial = stream(clock.key, _OVERSEAS_COMMERCIAL, clock.quarter)
    grant = rules.concessional_share * rules.overseas_value
    for j in range(len(companies.exportable)):
        if companies.exportable[j] == 0 or companies.active[j] >= firms.slots[j]:
            continue
        rate = rules.overseas_rate * companies.exportable[j] * companies.reputation[j]
        if not happens(uniform(key, j), rate):
            continue
        concessional = 0.0 < grant <= ledger.remaining[_CONCESSIONAL]
        if not concessional and uniform(commercial, j) >= rules.overseas_commercial:
            continue
        if concessional:
            spend(ledger, flows, _CONCESSIONAL, clock.year, grant)
            flows.now[OVERSEAS_CONCESSIONAL] += 1.0
        flows.now[OVERSEAS_DEALS] += 1.0
        companies.abroad[j] += 1
        companies.active[j] += 1
        companies.reputation[j] += rules.overseas_reputation * (1.0 - companies.reputation[j])


@part
def _attract_capital(
    rules: International, institutions: InstitutionTraits, directory: Directory,
    towns: Municipalities, lenders: Institutions, deals: Deals, first_row: int,
) -> None:  # fmt: skip
    """Foreign capital follows the reputation of network cities and this quarter's pipeline of its themes."""
    reputation, members = 0.0, 0
    for i in range(len(towns.network)):
        if towns.network[i] == 1:
            reputation += towns.reputation[i]
            members += 1
    for f in directory.foreign_fund:
        pipeline = 0.0
        for row in range(first_row, deals.tally[ROWS]):
            if institutions.mandate[f, deals.goal[row]] == 1:
                pipeline += deals.cost[row]
        drawn = rules.inbound_rate * (reputation / members) * pipeline if members > 0 else 0.0
        lenders.capital[f] += drawn - rules.inbound_decay * max(lenders.capital[f], 0.0)

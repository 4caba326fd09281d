"""P14: the city network, deals abroad, and capital from abroad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from tests.reference.agents import Company, happens
from tests.reference.execution import completed
from tests.reference.programmes import payer

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

EXPORTABLE = (5, 6, 10, 11, 12, 13, 14)  # goals from 0


def go_abroad(model: ReferenceModel) -> None:
    """Cities join the network; companies take cases from there abroad; foreign capital comes in."""
    if not model.policy.international:
        return
    _widen_network(model)
    for project in completed(model):
        if project.goal in EXPORTABLE:
            project.company.exportable += project.municipality.network
    for company in model.companies:
        _end_deal(company)
    for company in model.companies:
        _sign_abroad(model, company)
    _draw_capital(model)


def _widen_network(model: ReferenceModel) -> None:
    cost = model.parameters.mission_cost
    missions = dict.fromkeys(model.municipalities, 0)
    for programme in model.programmes[Fund.MISSIONS]:
        if programme.municipalities:
            sent = model.affordable(programme.row, cost)
            model.spend(programme.row, sent * cost)
            for municipality in programme.municipalities:
                missions[municipality] += sent
    for municipality in model.municipalities:
        rate = model.parameters.network_rate * missions[municipality] * municipality.reputation
        if not municipality.network and happens(municipality.uniform(Process.NETWORK), rate):
            municipality.network = 1


def _end_deal(company: Company) -> None:
    if company.abroad > 0:
        ends = happens(
            company.uniform(Process.OVERSEAS_END), company.abroad / company.parameters.project_quarters
        )
        company.abroad -= ends
        company.active -= ends


def _sign_abroad(model: ReferenceModel, company: Company) -> None:
    parameters = model.parameters
    if company.exportable == 0 or company.free <= 0:
        return
    rate = parameters.overseas_rate * company.exportable * company.reputation
    if not happens(company.uniform(Process.OVERSEAS), rate):
        return
    grant = parameters.concessional_share * parameters.overseas_value
    programme = payer(model, Fund.CONCESSIONAL, company, grant)
    if grant > 0.0 and programme is not None:
        model.spend(programme.row, grant)
        model.flows["overseas_concessional"] += 1.0
    elif company.uniform(Process.OVERSEAS_COMMERCIAL) >= parameters.overseas_commercial:
        return
    model.flows["overseas_deals"] += 1.0
    company.abroad += 1
    company.active += 1
    company.reputation += parameters.overseas_reputation * (1.0 - company.reputation)


def _draw_capital(model: ReferenceModel) -> None:
    """Foreign impact capital follows the pipeline and the reputation of the network's cities."""
    parameters, fund = model.parameters, model.foreign_fund
    if fund is None:
        return
    reputation, number, pipeline = 0.0, 0, 0.0
    for municipality in model.municipalities:
        if municipality.network:
            reputation += municipality.reputation
            number += 1
    for row in model.projects:
        if row.quarter == model.quarter and fund.traits.mandate[row.goal]:
            pipeline += row.cost
    drawn = parameters.inbound_rate * (reputation / number) * pipeline if number else 0.0
    fund.capital += drawn - parameters.inbound_decay * max(fund.capital, 0.0)

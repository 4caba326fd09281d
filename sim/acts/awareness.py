"""P1: awareness of municipalities and companies."""

from __future__ import annotations

from sim.acts.ledger import spend
from sim.agents.government import faded
from sim.agents.municipality import awareness_after
from sim.kernel.compiled import light_act, part
from sim.kernel.funds import Fund
from sim.kernel.parameters import Costs, Parameters
from sim.kernel.state import Clock, Columns, Flows, Ledger, Policy
from sim.kernel.world import Traits

_PROMOTION = int(Fund.PROMOTION)


@light_act
def spread_awareness(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Raise awareness by contacts, neighbours, cases, events and the surge of 2020, and let it fade."""
    awareness, traits, homes = parameters.awareness, world.municipalities, world.companies.municipality
    municipalities, companies, prefectures = state.municipalities, state.companies, state.prefectures
    contacts = _buy_contacts(
        clock, parameters.costs, state.ledger, state.flows, len(traits.size) + len(homes)
    )
    everywhere = (
        awareness.awareness_promotion * contacts
        + awareness.awareness_event * clock.event
        + faded(awareness.awareness_surge, parameters.membership.surge_decay, clock.since_surge)
    )
    for i in range(len(traits.size)):
        stimulus = awareness.awareness_base + everywhere
        stimulus += awareness.awareness_neighbours * municipalities.neighbour_share[i]
        stimulus += (
            awareness.awareness_cases * prefectures.familiarity[traits.prefecture[i], traits.size_class[i]]
        )
        if (
            municipalities.designated[i] == 1
            and clock.quarter - municipalities.designated_quarter[i] < parameters.futurecity.plan_quarters
        ):
            stimulus += awareness.awareness_designation
        municipalities.awareness[i] = awareness_after(
            municipalities.awareness[i], stimulus, awareness.awareness_decay
        )
    for j in range(len(homes)):
        home = homes[j]
        stimulus = awareness.awareness_base_company + everywhere
        stimulus += awareness.awareness_neighbours * municipalities.adopted[home]
        stimulus += (
            awareness.awareness_cases
            * prefectures.familiarity[traits.prefecture[home], traits.size_class[home]]
        )
        companies.awareness[j] = awareness_after(companies.awareness[j], stimulus, awareness.awareness_decay)


@part
def _buy_contacts(clock: Clock, costs: Costs, ledger: Ledger, flows: Flows, audience: int) -> float:
    """Spend this quarter's promotion money; contacts per municipality and company."""
    money = ledger.remaining[_PROMOTION] / clock.quarters_left
    spend(ledger, flows, _PROMOTION, clock.year, money)
    return money / costs.promotion_contact_cost / audience


@light_act
def weigh_neighbours(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Weighted share of each municipality's neighbours that have adopted (W_geo A)."""
    traits, municipalities = world.municipalities, state.municipalities
    for i in range(len(traits.size)):
        share = 0.0
        for n in range(traits.neighbours.shape[1]):
            share += traits.neighbour_weight[i, n] * municipalities.adopted[traits.neighbours[i, n]]
        municipalities.neighbour_share[i] = share

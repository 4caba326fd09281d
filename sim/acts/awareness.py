"""P1: awareness of municipalities and companies."""

from __future__ import annotations

import math

import numpy as np

from sim.acts.ledger import spend
from sim.agents.government import faded
from sim.agents.municipality import awareness_after
from sim.kernel.compiled import act, light_act, maker
from sim.kernel.funds import Fund
from sim.kernel.parameters import Costs, Parameters
from sim.kernel.state import Clock, Columns, Flows, Ledger, Policy, Programmes
from sim.kernel.world import Floats, Traits

_PROMOTION = int(Fund.PROMOTION)


@act
def spread_awareness(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Raise awareness by contacts, neighbours, cases, events and the surge of 2020, and let it fade."""
    awareness, traits, homes = parameters.awareness, world.municipalities, world.companies.municipality
    municipalities, companies, prefectures = state.municipalities, state.companies, state.prefectures
    reached = _buy_contacts(
        clock, parameters.costs, policy.programmes, state.ledger, state.flows, len(traits.size)
    )
    missed = np.empty(len(reached))  # by the companies of a municipality, who are told alike
    event = awareness.awareness_event * clock.event
    surge = faded(awareness.awareness_surge, parameters.membership.surge_decay, clock.since_surge)
    for i in range(len(traits.size)):
        everywhere = awareness.awareness_promotion * reached[i] + event + surge
        cases = (
            awareness.awareness_cases * prefectures.familiarity[traits.prefecture[i], traits.size_class[i]]
        )
        stimulus = awareness.awareness_base_company + everywhere
        stimulus += awareness.awareness_neighbours * municipalities.adopted[i]
        missed[i] = math.exp(-(stimulus + cases))
        stimulus = awareness.awareness_base + everywhere
        stimulus += awareness.awareness_neighbours * municipalities.neighbour_share[i]
        stimulus += cases
        if (
            municipalities.designated[i] == 1
            and clock.quarter - municipalities.designated_quarter[i] < parameters.futurecity.plan_quarters
        ):
            stimulus += awareness.awareness_designation
        municipalities.awareness[i] = awareness_after(
            municipalities.awareness[i], math.exp(-stimulus), awareness.awareness_decay
        )
    for j in range(len(homes)):
        companies.awareness[j] = awareness_after(
            companies.awareness[j], missed[homes[j]], awareness.awareness_decay
        )


@maker
def _buy_contacts(
    clock: Clock, costs: Costs, programmes: Programmes, ledger: Ledger, flows: Flows, municipalities: int
) -> Floats:
    """Spend this quarter's promotion money; contacts of each municipality, and of each of its companies.

    A programme reaches whom it serves, which are a municipality and all companies at home there, and
    contacts of several programmes add up.
    """
    reached = np.zeros(municipalities)
    for row in programmes.rows[programmes.first[_PROMOTION] : programmes.first[_PROMOTION + 1]]:
        n = programmes.target[row]
        start, end = programmes.municipality_start[n], programmes.municipality_start[n + 1]
        first, last = programmes.company_start[n], programmes.company_start[n + 1]
        audience = end - start + last - first
        if audience == 0:
            continue
        money = ledger.remaining[row] / clock.quarters_left
        spend(ledger, flows, row, clock.year, money)
        contacts = money / costs.promotion_contact_cost / audience
        for i in programmes.municipality_ids[start:end]:
            reached[i] += contacts
    return reached


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

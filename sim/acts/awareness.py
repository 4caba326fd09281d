"""P1: awareness of municipalities and companies."""

from __future__ import annotations

from sim.acts.ledger import spend
from sim.agents.municipality import awareness_after
from sim.kernel.compiled import act, part
from sim.kernel.funds import Fund
from sim.kernel.parameters import Awareness, Costs
from sim.kernel.state import Clock, Companies, Flows, Ledger, Municipalities, Prefectures
from sim.kernel.world import CompanyTraits, MunicipalityTraits

_PROMOTION = int(Fund.PROMOTION)
_DESIGNATION_QUARTERS = 12


@act
def spread_awareness(
    clock: Clock, rules: Awareness, costs: Costs, places: MunicipalityTraits, firms: CompanyTraits,
    towns: Municipalities, companies: Companies, regions: Prefectures, ledger: Ledger, flows: Flows,
) -> None:  # fmt: skip
    """Raise awareness by contacts, neighbours, cases and events, and let it fade."""
    contacts = _buy_contacts(clock, costs, ledger, flows, len(places.size) + len(firms.slots))
    everywhere = (
        rules.awareness_base + rules.awareness_promotion * contacts + rules.awareness_event * clock.event
    )
    for i in range(len(places.size)):
        stimulus = everywhere
        stimulus += rules.awareness_neighbours * towns.neighbour_share[i]
        stimulus += rules.awareness_cases * regions.familiarity[places.prefecture[i], places.size_class[i]]
        if towns.designated[i] == 1 and clock.quarter - towns.designated_quarter[i] < _DESIGNATION_QUARTERS:
            stimulus += rules.awareness_designation
        towns.awareness[i] = awareness_after(towns.awareness[i], stimulus, rules.awareness_decay)
    for j in range(len(firms.slots)):
        home = firms.municipality[j]
        stimulus = everywhere
        stimulus += rules.awareness_neighbours * towns.adopted[home]
        stimulus += (
            rules.awareness_cases * regions.familiarity[places.prefecture[home], places.size_class[home]]
        )
        companies.awareness[j] = awareness_after(companies.awareness[j], stimulus, rules.awareness_decay)


@part
def _buy_contacts(clock: Clock, costs: Costs, ledger: Ledger, flows: Flows, audience: int) -> float:
    """Spend this quarter's promotion money; contacts per municipality and company."""
    money = ledger.remaining[_PROMOTION] / clock.quarters_left
    spend(ledger, flows, _PROMOTION, clock.year, money)
    return money / costs.promotion_contact_cost / audience


@act
def weigh_neighbours(places: MunicipalityTraits, towns: Municipalities) -> None:
    """Weighted share of each municipality's neighbours that have adopted (W_geo A)."""
    for i in range(len(places.size)):
        share = 0.0
        for n in range(places.neighbours.shape[1]):
            share += places.neighbour_weight[i, n] * towns.adopted[places.neighbours[i, n]]
        towns.neighbour_share[i] = share

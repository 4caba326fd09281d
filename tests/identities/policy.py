"""Checks of pairs of runs: what money may and may not change."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulate import Run, simulate
from sim.worlds.world import World
from tests.identities.cases import all_levers, with_parameters
from tests.identities.checks import SIGNED, outcome

#: A subsidy from FY2021 on; a horizon of 13 quarters ends with the first quarter of that year.
SUBSIDY_YEAR, SUBSIDY_QUARTERS = 2021, 13

Deal = tuple[int, int, int]


def without_money(scenario: Scenario) -> Scenario:
    """The scenario with every lever at zero, its settings kept."""
    return scenario.overlaid("without_money", levers=all_levers(0.0))


def zero_levers_are_no_policy(world: World, base: str, parameters: dict[str, float], quarters: int) -> None:
    nothing = with_parameters(load_scenario("no_policy"), **parameters)
    zero = with_parameters(without_money(load_scenario(base)), **parameters)
    wanted, found = simulate(world, nothing, quarters=quarters), simulate(world, zero, quarters=quarters)
    assert wanted.series.tobytes() == found.series.tobytes()
    for name, values in wanted.deals().items():
        assert values.tobytes() == found.deals()[name].tobytes(), name
    assert not found.ledger["spent"].any()
    assert not outcome(found, "public_spending").any()


class Pair(NamedTuple):
    """Deals of one quarter's proposals, signed without and with a grant to be won."""

    proposals: int
    without: set[Deal]
    with_grant: set[Deal]
    granted: int

    @property
    def lost(self) -> set[Deal]:
        return self.without - self.with_grant


def grant_in_the_last_quarter(
    world: World, seed: int, subsidy: float, parameters: dict[str, float]
) -> tuple[Run, Run]:
    """The same run twice, the second with a subsidy that exists in the last quarter only."""
    base = with_parameters(load_scenario("no_policy"), **parameters)
    paid = base.overlaid("paid", levers={"subsidy": {SUBSIDY_YEAR: subsidy}})
    return (
        simulate(world, base, seed, quarters=SUBSIDY_QUARTERS),
        simulate(world, paid, seed, quarters=SUBSIDY_QUARTERS),
    )


def last_quarter_pair(plain: Run, paid: Run) -> Pair:
    """What became of the proposals of the last quarter; all before it must be equal."""
    assert plain.series[:-1].tobytes() == paid.series[:-1].tobytes()
    without, proposals = deals_of_last_quarter(plain)
    with_grant, same_proposals = deals_of_last_quarter(paid)
    assert proposals == same_proposals
    granted = int(outcome(paid, "deals_subsidised")[-1])
    return Pair(len(proposals), without, with_grant, granted)


def deals_of_last_quarter(run: Run) -> tuple[set[Deal], set[Deal]]:
    """(municipality, company, goal) of the deals signed, and of all proposals."""
    deals = run.deals()
    now = (deals["quarter"] == run.quarters - 1) & (deals["renewed_from"] < 0)
    rows = [deals[name][now] for name in ("municipality", "company", "goal")]
    keys = [tuple(int(value) for value in row) for row in zip(*rows, strict=True)]
    signed = np.isin(deals["verdict"][now], SIGNED)
    return {key for key, yes in zip(keys, signed, strict=True) if yes}, set(keys)


def no_deal_is_lost_by_a_grant(plain: Run, paid: Run) -> None:
    pair = last_quarter_pair(plain, paid)
    assert not pair.lost, f"signed without a grant, lost with one: {pair.lost}"

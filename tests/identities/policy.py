"""Checks of pairs of runs: what money may and may not change."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.kernel.state import NONE, Verdict
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Run, simulate
from tests.identities.cases import all_levers, with_parameters
from tests.identities.checks import SIGNED, outcome

#: A subsidy from FY2021 on; a horizon of 13 quarters ends with the first quarter of that year.
SUBSIDY_YEAR, SUBSIDY_QUARTERS = 2021, 13

#: Lenders so large that no deal can take another one's room.
SLACK = {"lending_share": 100.0}
#: Everybody posts, and costs, returns and approvals leave many deals on the edge.
ON_THE_EDGE = {
    "posting_rate": 20.0,
    "own_channel": 1.0,
    "adoption_own": 0.3,
    "awareness_base": 0.3,
    "awareness_base_company": 0.3,
}
#: Projects so small that a grant leaves a debt below every lender's ticket, which nobody else may pay.
SMALL_CHANGE = ON_THE_EDGE | {"cost_median": 6.0, "own_money_share": 0.0, "municipal_value": 6.0}

Deal = tuple[int, int, int]


def without_money(scenario: Scenario) -> Scenario:
    """The scenario with every lever at zero and no ordinary grants, its settings kept."""
    return scenario.overlaid(
        "without_money", levers=all_levers(0.0), parameters={"promotion_grant_share": 0.0}
    )


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
    """Verdicts on one quarter's proposals, without and with a grant to be won."""

    without: dict[Deal, int]
    with_grant: dict[Deal, int]

    @property
    def lost(self) -> set[Deal]:
        """Signed without the grant, not signed with it."""
        return signed(self.without) - signed(self.with_grant)


def signed(verdicts: dict[Deal, int]) -> set[Deal]:
    return {deal for deal, verdict in verdicts.items() if verdict in SIGNED}


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
    without, with_grant = verdicts_of_last_quarter(plain), verdicts_of_last_quarter(paid)
    assert set(without) == set(with_grant)
    return Pair(without, with_grant)


def verdicts_of_last_quarter(run: Run) -> dict[Deal, int]:
    """Verdict by (municipality, company, goal) of the proposals of the last quarter."""
    deals = run.deals()
    rows = np.nonzero((deals["quarter"] == run.quarters - 1) & (deals["renewed_from"] == NONE))[0]
    return {
        (int(deals["municipality"][row]), int(deals["company"][row]), int(deals["goal"][row])): int(
            deals["verdict"][row]
        )
        for row in rows
    }


def no_deal_is_lost_by_a_grant(plain: Run, paid: Run) -> None:
    lost = last_quarter_pair(plain, paid).lost
    assert not lost, f"signed without a grant, lost with one: {lost}"


def verdicts_tell_what_the_grant_did(plain: Run, paid: Run) -> None:
    """Additional = signed with the grant only; inframarginal and unsubsidised = signed without it too."""
    pair = last_quarter_pair(plain, paid)
    for deal, verdict in pair.with_grant.items():
        if verdict == Verdict.ADDITIONAL:
            assert pair.without[deal] not in SIGNED, deal
        elif verdict in SIGNED:
            assert pair.without[deal] in SIGNED, deal

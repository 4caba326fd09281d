"""Checks for broken copies of the package: tiny runs that take a fraction of a second without compilation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import product

import numpy as np

from sim.agents.company import company_surplus, highest_rate
from sim.scenarios.scenario import load_scenario
from sim.simulation import Run, simulate
from sim.simulation.policy import policy_of
from sim.worlds import synthetic
from tests.identities.cases import BUSY, CASES, all_levers, scenario_of, with_parameters, world_of
from tests.identities.checks import IDENTITIES, outcome
from tests.identities.policy import (
    ON_THE_EDGE,
    SLACK,
    SMALL_CHANGE,
    Deal,
    grant_in_the_last_quarter,
    last_quarter_pair,
    no_deal_is_lost_by_a_grant,
    signed,
    verdicts_tell_what_the_grant_did,
    zero_levers_are_no_policy,
)
from tests.identities.zero import AWARE_OF_NOTHING, MODEL_GRANTS, nothing_is_posted, nothing_is_signed

TINY = synthetic.build(12, 1, institutions=12)
#: Cases with their horizon, the places that are told apart, and what makes renewals, defaults, insurance
#: and full lenders come up in them.
LIVELY: dict[str, tuple[int, str, dict[str, float]]] = {
    "busy": (30, "municipality", {"success_constant": 2.0, "trust_success": 0.9}),
    "losses": (20, "size_class", {"default_given_failure": 0.6, "insurance_loading": 0.5}),
    "tight_lenders": (12, "prefecture", {"lending_share": 0.00003}),
}


@cache
def lively_run(case: str) -> Run:
    quarters, by, parameters = LIVELY[case]
    scenario = with_parameters(scenario_of(CASES[case]), **parameters)
    return simulate(TINY, scenario, quarters=quarters, by=by)


def on_every_run(check: Callable[[Run], None]) -> None:
    for case in LIVELY:
        check(lively_run(case))


def zero_awareness() -> None:
    rich = load_scenario("baseline").overlaid("rich", levers=all_levers(20_000.0, but=MODEL_GRANTS))
    run = simulate(TINY, with_parameters(rich, **BUSY | AWARE_OF_NOTHING), quarters=6)
    nothing_is_posted(run)
    nothing_is_signed(run)


def zero_levers() -> None:
    zero_levers_are_no_policy(TINY, "esg_first", BUSY, quarters=12)


def no_deal_lost() -> None:
    won: set[Deal] = set()
    for parameters, seed in product((ON_THE_EDGE, SMALL_CHANGE), (0, 1, 2, 3)):
        runs = grant_in_the_last_quarter(world_of("synthetic:16", 1), seed, 1e7, parameters | SLACK)
        no_deal_is_lost_by_a_grant(*runs)
        verdicts_tell_what_the_grant_did(*runs)
        pair = last_quarter_pair(*runs)
        won |= signed(pair.with_grant) - signed(pair.without)
    assert won, "every deal signs without its grant, so that nothing is asked of those that need one"


def replicates_differ() -> None:
    scenario = scenario_of(CASES["busy"])
    series = [simulate(TINY, scenario, 1, replicate, 4).series.tobytes() for replicate in (0, 1)]
    assert series[0] != series[1]


def promotion_is_spent_evenly() -> None:
    """A quarter of a year's promotion money each quarter, and half of it in half a year."""
    scenario = load_scenario("no_policy").overlaid("promotion", levers={"promotion": 100.0})
    spent = outcome(simulate(TINY, scenario, quarters=6), "public_spending")
    assert np.allclose(spent, 25.0 * TINY.scale, rtol=1e-12)


def quotas_are_scaled_to_the_world() -> None:
    """Of twelve municipalities that all apply, 300 x 12 / 1741 are designated: two."""
    quota = {"futurecity_quota": 300.0, "application_constant": 100.0, "application_prefecture": -100.0}
    run = simulate(TINY, with_parameters(load_scenario("baseline"), **quota), quarters=9)
    assert outcome(run, "futurecities").tolist() == [0.0] * 4 + [2.0] * 4 + [4.0]


def gaps_are_seen_against_the_nation() -> None:
    """Every goal has the same mean gap as it is seen, that of all goals."""
    gaps = 1.0 - TINY.municipalities.goals
    seen = gaps * policy_of(load_scenario("baseline"), TINY).gap_scale
    assert np.allclose(seen.mean(axis=0), gaps.mean(), rtol=1e-12)


def guarantees_cover_what_the_scenario_says() -> None:
    run = lively_run("losses")
    assert set(run.deals()["guarantee"]) == {0.0, run.scenario.settings["esg_finance.guarantee_cover"]}


def company_breaks_even() -> None:
    """At the highest rate that it can bear, the company gains nothing."""
    rate = highest_rate(value=80.0, default=0.2, debt=50.0, loss=0.45, equity=20.0, fixed_cost=0.6)
    left = company_surplus(80.0, 0.2, rate, debt=50.0, loss=0.45, equity=20.0, fixed_cost=0.6)
    assert abs(left) < 1e-12


#: The twin takes these from the same place as the kernel, so it cannot notice when they are wrong.
ON_TRUST = (
    promotion_is_spent_evenly,
    quotas_are_scaled_to_the_world,
    gaps_are_seen_against_the_nation,
    guarantees_cover_what_the_scenario_says,
)

CHECKS: dict[str, Callable[[], None]] = {
    **{check.__name__: partial(on_every_run, check) for check in IDENTITIES},
    **{check.__name__: check for check in ON_TRUST},
    "zero_awareness": zero_awareness,
    "zero_levers": zero_levers,
    "no_deal_lost": no_deal_lost,
    "replicates_differ": replicates_differ,
    "company_breaks_even": company_breaks_even,
}

"""Checks for broken copies of the package: tiny runs that take a fraction of a second without compilation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from sim.scenarios.scenario import load_scenario
from sim.simulation import Run, simulate
from sim.worlds import synthetic
from tests.identities.cases import BUSY, CASES, all_levers, scenario_of, with_parameters, world_of
from tests.identities.checks import IDENTITIES
from tests.identities.policy import (
    ON_THE_EDGE,
    SLACK,
    SMALL_CHANGE,
    grant_in_the_last_quarter,
    no_deal_is_lost_by_a_grant,
    verdicts_tell_what_the_grant_did,
    zero_levers_are_no_policy,
)
from tests.identities.zero import AWARE_OF_NOTHING, MODEL_GRANTS, nothing_is_posted, nothing_is_signed

TINY = synthetic.build(12, 1, institutions=12)
#: Cases with their horizon, and what makes renewals, defaults, insurance and full lenders come up in them.
LIVELY: dict[str, tuple[int, dict[str, float]]] = {
    "busy": (30, {"success_constant": 2.0, "trust_success": 0.9}),
    "losses": (20, {"default_given_failure": 0.6, "insurance_loading": 0.5}),
    "tight_lenders": (12, {"lending_share": 0.00003}),
}


@cache
def lively_run(case: str) -> Run:
    quarters, parameters = LIVELY[case]
    return simulate(TINY, with_parameters(scenario_of(CASES[case]), **parameters), quarters=quarters)


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
    for parameters in (ON_THE_EDGE, SMALL_CHANGE):
        pair = grant_in_the_last_quarter(world_of("synthetic:16", 1), 1, 1e7, parameters | SLACK)
        no_deal_is_lost_by_a_grant(*pair)
        verdicts_tell_what_the_grant_did(*pair)


def replicates_differ() -> None:
    scenario = scenario_of(CASES["busy"])
    series = [simulate(TINY, scenario, 1, replicate, 4).series.tobytes() for replicate in (0, 1)]
    assert series[0] != series[1]


CHECKS: dict[str, Callable[[], None]] = {
    **{check.__name__: partial(on_every_run, check) for check in IDENTITIES},
    "zero_awareness": zero_awareness,
    "zero_levers": zero_levers,
    "no_deal_lost": no_deal_lost,
    "replicates_differ": replicates_differ,
}

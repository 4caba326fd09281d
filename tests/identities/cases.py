"""Runs on which the identities are checked: real and drawn worlds, every lever, limits that bind."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Run, simulate
from sim.worlds import load_world

world_of = cache(load_world)


def nested(values: dict[str, Any]) -> dict[str, Any]:
    """Dotted names as the sections of a scenario file."""
    sections: dict[str, Any] = {}
    for name, value in values.items():
        *outer, last = name.split(".")
        inside = sections
        for part in outer:
            inside = inside.setdefault(part, {})
        inside[last] = value
    return sections


def all_levers(amount: float, but: str = "") -> dict[str, Any]:
    """The same appropriation (JPY M a fiscal year, national) for every lever, but for one at zero."""
    return nested({lever.name: 0.0 if lever.name == but else amount for lever in LEVERS})


def with_parameters(scenario: Scenario, **values: float) -> Scenario:
    """The scenario with constant parameters, plausible or not."""
    paths = {**scenario.parameters, **{name: {0: float(value)} for name, value in values.items()}}
    return scenario.model_copy(update={"parameters": paths})


#: Much business: everybody posts, meets, agrees and pays.
BUSY = {
    "posting_rate": 8.0,
    "own_channel": 0.6,
    "join_municipality": 1.0,
    "join_company": 0.5,
    "approval_constant": 2.0,
    "gross_return": 1.3,
    "adoption_own": 0.2,
    "search_effort": 0.5,
}
#: Failures that default, so that loans are written off.
RISKY = {"success_constant": -2.0, "default_given_failure": 0.8, "municipal_value": 8.0, "gross_return": 2.2}


class Case(NamedTuple):
    """One run: world, base scenario, what is laid over it, constant parameters, horizon."""

    world: str
    base: str
    over: dict[str, Any]
    parameters: dict[str, float]
    quarters: int = 51


CASES: dict[str, Case] = {
    "japan_baseline": Case("japan", "baseline", {}, {}),
    "japan_balanced": Case("japan", "balanced", {}, {}),
    "japan_tight_lenders": Case("japan", "subsidy_first", {}, {"lending_share": 0.00003}),
    "busy": Case("synthetic:60", "baseline", {"levers": all_levers(20_000.0)}, BUSY),
    "cut_in_the_year": Case(
        "synthetic:60",
        "baseline",
        {"levers": all_levers(2_000.0), "rules": {"award": "need_weighted", "matching": "cobb_douglas"}},
        BUSY | {"promotion_grant_share": 0.0},
        quarters=22,
    ),
    "lottery_and_spillovers": Case(
        "synthetic:60",
        "baseline",
        {"levers": all_levers(5_000.0), "rules": {"award": "lottery", "interlinkage": "uniform"}},
        BUSY | {"project_effect": 0.5},
    ),
    "losses": Case(
        "synthetic:100",
        "balanced",
        {"levers": all_levers(5_000.0), "modules": {"insurance": True}},
        BUSY | RISKY,
        quarters=33,
    ),
    "insured_losses": Case(
        "synthetic:100",
        "esg_first",
        {"modules": {"insurance": True}},
        BUSY | {"default_given_failure": 0.3, "pessimism": 0.1},
    ),
    "uninsured_losses": Case(
        "synthetic:60", "no_policy", {"modules": {"insurance": False}}, BUSY | RISKY, quarters=30
    ),
    "tight_lenders": Case(
        "synthetic:60", "baseline", {"levers": all_levers(5_000.0)}, BUSY | {"lending_share": 0.00006}
    ),
    "drift_and_estimated_links": Case(
        "synthetic:100",
        "baseline",
        {
            "levers": all_levers(3_000.0),
            "rules": {
                "drift": "trend",
                "interlinkage": "estimated",
                "advisers": "lottery",
                "contagion": "threshold",
            },
            "modules": {"election_gate": True},
        },
        BUSY | {"project_effect": 0.5},
    ),
    "worldly": Case(
        "japan",
        "balanced",
        {"levers": {"international": {"missions": 60.0, "concessional": 400.0}}},
        BUSY | {"overseas_rate": 5.0, "network_rate": 0.2, "inbound_rate": 1.0, "success_constant": 1.0},
    ),
    "one_of_each": Case("synthetic:1", "balanced", {}, BUSY, quarters=51),
    "one_quarter": Case("synthetic:40", "balanced", {}, BUSY, quarters=1),
}


@cache
def run_of(name: str, seed: int = 1, replicate: int = 0) -> Run:
    """The run of a case, kept for the session."""
    case = CASES[name]
    world = world_of(case.world, seed)
    return simulate(world, scenario_of(case), seed, replicate, case.quarters, by="prefecture")


def scenario_of(case: Case) -> Scenario:
    scenario = load_scenario(case.base).overlaid("case", **case.over)
    return with_parameters(scenario, **case.parameters)

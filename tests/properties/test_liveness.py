"""Every parameter moves something in Japan's baseline, or it is said here why not; what is off is silent."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import pytest

from sim.kernel.parameters import Agreements, International, declared
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import simulate
from tests.identities.cases import with_parameters, world_of


class Awake(NamedTuple):
    """What is laid over the baseline so that a parameter comes alive, and why it is dead without."""

    over: dict[str, Any]
    reason: str


COMPANY = Awake({"levers": {"company_grants": 2_500}}, "the baseline pays no grants to companies")
JOINT = Awake({"modules": {"joint_projects": True}}, "how many joint projects there are is not known")
ADVISERS = Awake({"levers": {"advisers": 400}}, "the baseline sends no advisers: another programme pays them")
#: Parameters that change nothing in the baseline at either end of their range.
DEAD_IN_THE_BASELINE: dict[str, Awake] = {
    "company_grant_rate": COMPANY,
    "company_grant_cap": COMPANY,
    "grant_cap_leading": Awake(
        {"parameters": {"cost_median": 90.0, "cost_spread": 1.2}}, "no project costs enough to reach it"
    ),
    "capacity_adviser": ADVISERS,
    "adviser_cost": ADVISERS,
    "interest_subsidy_years": Awake(
        {"levers": {"esg_finance": {"interest_subsidy": 500}}}, "the baseline pays no interest subsidy"
    ),
    "contagion_threshold": Awake(
        {"rules": {"contagion": "threshold"}}, "contagion is linear in the baseline"
    ),
    "joint_population": JOINT,
    "joint_probability": JOINT,
    "joint_share": JOINT,
    "interlinkage_strength": Awake(
        {"rules": {"interlinkage": "uniform"}}, "the baseline links no goals: the links are not known"
    ),
}

#: Parameters that only an optional part of the model reads.
ONLY_WITH: dict[str, tuple[str, ...]] = {
    "insurance": ("insurance_cover", "insurance_loading"),
    "international": (*International._fields, "mission_cost"),
    "election_gate": (),
    "agreements": Agreements._fields,
    "intermediaries": ("intermediary_reach",),
    "joint_projects": ("joint_population", "joint_probability", "joint_share"),
}


@cache
def baseline() -> Scenario:
    return load_scenario("baseline")


@cache
def outcomes(scenario_digest: str) -> bytes:
    return simulate(world_of("japan", 1), SCENARIOS[scenario_digest]).series.tobytes()


SCENARIOS: dict[str, Scenario] = {}


def series_of(scenario: Scenario) -> bytes:
    """All outcomes of Japan's 51 quarters; of a scenario seen before, as they were then."""
    SCENARIOS.setdefault(scenario.digest(), scenario)
    return outcomes(scenario.digest())


def moves(scenario: Scenario, name: str) -> bool:
    """Whether either end of the parameter's range changes any outcome of the scenario."""
    record, usual = declared()[name], series_of(scenario)
    world = world_of("japan", 1)
    return any(
        simulate(world, with_parameters(scenario, **{name: end})).series.tobytes() != usual
        for end in (record.high, record.low)
    )


@pytest.mark.parametrize("name", declared())
def test_every_parameter_moves_the_baseline_or_is_known_not_to(name: str) -> None:
    assert moves(baseline(), name) == (name not in DEAD_IN_THE_BASELINE)


@pytest.mark.parametrize("name", DEAD_IN_THE_BASELINE)
def test_what_sleeps_in_the_baseline_can_be_woken(name: str) -> None:
    assert moves(baseline().overlaid("awake", **DEAD_IN_THE_BASELINE[name].over), name)


def test_the_tables_name_parameters_and_modules() -> None:
    assert set(DEAD_IN_THE_BASELINE) <= set(declared())
    assert set(ONLY_WITH) == set(baseline().modules)
    assert all(awake.reason for awake in DEAD_IN_THE_BASELINE.values())


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("module", [name for name, only in ONLY_WITH.items() if only])
def test_parameters_of_a_switched_off_module_are_silent(module: str, end: str) -> None:
    values = {name: getattr(declared()[name], end) for name in ONLY_WITH[module]}
    rich = baseline().overlaid("rich", levers={"international": {"missions": 60, "concessional": 400}})
    for on in (True, False):
        scenario = rich.overlaid("switched", modules={module: on})
        changed = series_of(with_parameters(scenario, **values)) != series_of(scenario)
        assert changed == on

"""Metamorphic relations: changes that must not matter, and changes that must."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.kernel.outcomes import OUTCOMES
from sim.kernel.parameters import declared
from sim.kernel.world import CompanyTraits, World
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import simulate
from tests.identities.cases import BUSY, CASES, all_levers, nested, scenario_of, with_parameters, world_of
from tests.identities.checks import IDENTITIES, outcome

MONEY = "JPY M"
#: Large projects that are costly to prepare, and adoption slow enough for model cases to matter.
LARGE_AND_SLOW = {
    "cost_median": 400.0,
    "municipal_fixed_cost": 50.0,
    "adoption_own": 0.003,
    "own_channel": 1.0,
}


def in_half_yen(world: World, scenario: Scenario) -> tuple[World, Scenario]:
    """The same world and scenario with money counted in units half as large: every amount doubles."""
    amounts = {
        name: {t: 2.0 * value for t, value in scenario.parameters.get(name, {0: record.default}).items()}
        for name, record in declared().items()
        if record.unit.startswith(MONEY)
    }
    years = range(2018, 2031)
    doubled = scenario.with_appropriations(years, 2.0 * scenario.appropriations(years))
    institutions = world.institutions._replace(capital=2.0 * world.institutions.capital)
    doubled = doubled.model_copy(update={"parameters": {**doubled.parameters, **amounts}})
    return replace(world, institutions=institutions), doubled


@pytest.mark.parametrize(
    "case", ["busy", "losses", "insured_losses", "tight_lenders", "japan_balanced", "lottery_and_spillovers"]
)
def test_doubling_every_amount_of_money_changes_nothing_real(case: str) -> None:
    """Doubling is exact in binary arithmetic, so real outcomes are equal to the last bit."""
    chosen = CASES[case]
    world, scenario = world_of(chosen.world, 1), scenario_of(chosen)
    plain = simulate(world, scenario, quarters=chosen.quarters)
    doubled = simulate(*in_half_yen(world, scenario), quarters=chosen.quarters)
    for column in OUTCOMES:
        factor = 2.0 if column.unit.startswith(MONEY) else 1.0
        assert np.array_equal(outcome(doubled, column.name), factor * outcome(plain, column.name)), (
            column.name
        )


def test_a_stranger_to_all_changes_nothing() -> None:
    """A company that is never a member and in nobody's own network does nothing to anybody."""
    world = world_of("synthetic:60", 1)
    scenario = with_parameters(
        load_scenario("no_policy"),
        **BUSY | dict.fromkeys(("join_company", "join_company_peers", "join_company_push"), 0.0),
    )
    columns: list[Any] = [np.concatenate((column, column[:1])) for column in world.companies]
    companies = CompanyTraits(*columns)
    plain, more = simulate(world, scenario), simulate(replace(world, companies=companies), scenario)
    assert outcome(plain, "deals_signed").sum() > 50
    for name in (column.name for column in OUTCOMES if column.name != "awareness_companies"):
        assert np.array_equal(outcome(plain, name), outcome(more, name)), name
    assert more.state.companies.signed[-1] == 0


def test_more_promotion_adopts_more_in_every_seed() -> None:
    """Hazards rise with awareness and the draws are the same, so no municipality adopts later.

    Only what one's gain may take from another is left out: model cases, and designations.
    """
    world = world_of("synthetic:300", 1)
    alone = with_parameters(
        load_scenario("no_policy"), contagion_cases=0.0, awareness_cases=0.0, awareness_designation=0.0
    )
    promoted = alone.overlaid("promoted", levers={"promotion": 5_000})
    rose = 0
    for seed in range(12):
        few = simulate(world, alone, seed).state.municipalities.adopted_quarter
        many = simulate(world, promoted, seed).state.municipalities.adopted_quarter
        never = 10**6
        assert np.all(np.where(many < 0, never, many) <= np.where(few < 0, never, few))
        rose += int((many != few).any())
    assert rose > 6


def test_more_subsidy_saturates() -> None:
    """Once every eligible deal is paid, more money only lapses."""
    world = world_of("synthetic:60", 1)
    spent, signed = [], []
    for amount in (1e5, 1e6, 1e7):
        scenario = with_parameters(load_scenario("no_policy"), **BUSY).overlaid(
            "more", levers={"subsidy": amount}
        )
        run = simulate(world, scenario)
        spent.append(run.ledger["spent"].sum())
        signed.append(run.series.tobytes())
        assert run.ledger["appropriated"].sum() > spent[-1]
    assert spent[1] == spent[2]
    assert signed[1] == signed[2]


@pytest.fixture(scope="module")
def presets() -> list[tuple[str, Scenario]]:
    """Scenarios which together exercise every submodel."""
    levers = all_levers(4_000.0)
    rich = load_scenario("baseline").overlaid("rich", levers=levers)
    return [
        (
            "synthetic:60",
            with_parameters(rich.overlaid("uniform", rules={"interlinkage": "uniform"}), **BUSY),
        ),
        ("synthetic:60", with_parameters(rich, **BUSY, lending_share=0.0001, cost_median=200.0)),
        ("synthetic:100", scenario_of(CASES["insured_losses"])),
        ("synthetic:300", rich),
        ("japan", with_parameters(load_scenario("balanced"), **BUSY | LARGE_AND_SLOW)),
    ]


@pytest.mark.parametrize("lever", [lever.name for lever in LEVERS])
def test_every_lever_is_alive(lever: str) -> None:
    """Money for a lever changes more than the public spending."""
    world = world_of("synthetic:300", 1)
    few_missions = load_scenario("no_policy").overlaid(
        "few", levers=nested({"international.missions": 100.0})
    )
    base = with_parameters(few_missions, **BUSY, overseas_rate=10.0)
    paid = base.overlaid("paid", levers=nested({lever: 20_000.0}))
    plain, found = simulate(world, base), simulate(world, paid)
    assert found.ledger["spent"].sum() > plain.ledger["spent"].sum()
    changed = {
        column.name
        for column in OUTCOMES
        if not np.array_equal(outcome(plain, column.name), outcome(found, column.name))
    }
    assert changed - {"public_spending"}


def test_identities_hold_for_the_presets(presets: list[tuple[str, Scenario]]) -> None:
    for world, scenario in presets:
        run = simulate(world_of(world, 1), scenario)
        for check in IDENTITIES:
            check(run)

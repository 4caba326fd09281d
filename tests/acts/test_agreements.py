"""P15: agreements and donations; off is the model without them, bit for bit."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.company import outreach_rank
from sim.agents.municipality import readiness
from sim.kernel.outcomes import COLUMN
from sim.kernel.parameters import Agreements, declared
from sim.kernel.state import AGREEMENTS, NONE
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Run, Simulation, simulate
from sim.worlds.build import directory
from tests.acts.stepping import steps
from tests.acts.worlds import changed, plain
from tests.identities.cases import BUSY, with_parameters, world_of
from tests.identities.checks import outcome

WORLD = world_of("synthetic:60", 1)
FIRST_RUNG = (
    "agreements_signed", "agreements_active", "municipalities_with_agreement_share",
    "agreement_degree_max", "donations_received", "municipalities_with_donation_share",
)  # fmt: skip
#: Both rates are what the parameter says, everywhere.
ALIKE = {"agreement_capacity": 0.0, "agreement_adopted": 0.0}
AT_ONCE = 800.0


def busy(**parameters: float) -> Scenario:
    return with_parameters(load_scenario("baseline"), **BUSY | parameters)


def switched_off(scenario: Scenario) -> Scenario:
    return scenario.overlaid("off", modules={"agreements": False})


def with_giants(number: int) -> World:
    """The world with that many companies of national scope, the last ones by id."""
    national = np.zeros(len(WORLD.companies.slots), np.uint8)
    national[len(national) - number :] = 1
    world = changed(WORLD, "companies", national=national)
    found = directory(world.companies, world.institutions, len(world.prefectures.x))
    return replace(world, directory=found)


def all_but_the_first_rung(run: Run) -> bytes:
    kept = [column for name, column in COLUMN.items() if name not in FIRST_RUNG]
    return run.series[:, kept].tobytes()


# off, and what changes nothing else


def test_switched_off_nothing_is_signed_or_given() -> None:
    run = simulate(WORLD, switched_off(busy()), quarters=12)
    assert not any(outcome(run, name).any() for name in FIRST_RUNG)
    assert np.all(run.state.municipalities.agreement_partners == NONE)


def test_agreements_without_trust_change_nothing_else() -> None:
    """Nor do donations."""
    scenario = busy(trust_agreement=0.0)
    on, off = (simulate(WORLD, each, quarters=20) for each in (scenario, switched_off(scenario)))
    assert outcome(on, "agreements_signed").sum() > 100
    assert all_but_the_first_rung(on) == all_but_the_first_rung(off)
    for name, column in on.deals().items():
        assert column.tobytes() == off.deals()[name].tobytes(), name


def test_trust_makes_companies_partners() -> None:
    scenario = busy(trust_agreement=0.3)
    on, off = (simulate(WORLD, each, quarters=20) for each in (scenario, switched_off(scenario)))
    assert all_but_the_first_rung(on) != all_but_the_first_rung(off)
    first = next(steps(WORLD, scenario, quarters=1)).state.municipalities
    signed = np.flatnonzero(first.agreements)
    assert len(signed) > 10
    for i in signed:
        place = first.partners[i].tolist().index(first.agreement_partners[i, 0])
        assert first.trust[i, place] == pytest.approx(0.3 * (1.0 - 0.03))


@pytest.mark.parametrize("end", ["low", "high"])
def test_switched_off_none_of_its_parameters_matters(end: str) -> None:
    values = {name: getattr(declared()[name], end) for name in Agreements._fields}
    one, other = (simulate(WORLD, switched_off(busy(**each)), quarters=8) for each in ({}, values))
    assert one.series.tobytes() == other.series.tobytes()


# known answers


def test_without_a_rate_nothing_is_signed_or_given() -> None:
    run = simulate(WORLD, busy(agreement_rate=0.0, donation_rate=0.0), quarters=8)
    assert not any(outcome(run, name).any() for name in FIRST_RUNG)


def test_with_one_company_that_never_rests_everybody_signs_with_it_at_once() -> None:
    scenario = plain(**ALIKE, agreement_rate=AT_ONCE, agreement_end=0.0)
    world = with_giants(1)
    run = simulate(world, scenario, quarters=6)
    everybody = len(WORLD.municipalities.size)
    assert outcome(run, "agreements_signed").tolist() == [everybody] + [0.0] * 5
    assert outcome(run, "agreement_degree_max").tolist() == [everybody] * 6
    assert outcome(run, "municipalities_with_agreement_share").tolist() == [1.0] * 6
    assert run.state.companies.agreements.argmax() == len(world.companies.slots) - 1


def test_without_national_companies_there_are_donations_alone() -> None:
    run = simulate(with_giants(0), plain(**ALIKE, agreement_rate=AT_ONCE, donation_rate=AT_ONCE), quarters=2)
    assert not outcome(run, "agreements_active").any()
    assert outcome(run, "municipalities_with_donation_share")[-1] == 1.0


def test_with_one_company_agreements_come_as_from_a_constant_hazard() -> None:
    """1 - e^(-rate t), within four standard errors over replicates."""
    scenario = plain(**ALIKE, agreement_rate=0.1, agreement_end=0.0)
    runs = [simulate(with_giants(1), scenario, 1, n, quarters=12) for n in range(20)]
    share = np.mean([outcome(run, "municipalities_with_agreement_share") for run in runs], axis=0)
    expected = 1.0 - np.exp(-0.1 * np.arange(1, 13))
    error = np.sqrt(expected * (1.0 - expected) / (20 * 60))
    assert np.all(np.abs(share - expected) < 4.0 * error)


def test_in_the_long_run_signing_and_ending_balance() -> None:
    """With one company held or not held: signed at p, ended at q, the share held nears p / (p + q - p q)."""
    scenario = plain(**ALIKE, agreement_rate=0.5, agreement_end=0.25)
    run = simulate(with_giants(1), scenario, quarters=51)
    p, q = 1.0 - math.exp(-0.5), 1.0 - math.exp(-0.25)
    held = outcome(run, "municipalities_with_agreement_share")[15:]
    assert held.mean() == pytest.approx(p / (p + q - p * q), abs=0.03)


def test_the_first_donation_of_a_year_comes_once() -> None:
    run = simulate(WORLD, plain(**ALIKE, donation_rate=AT_ONCE), quarters=9)
    assert outcome(run, "donations_received").tolist() == [60.0, 0.0, 0.0, 0.0] * 2 + [60.0]


def test_a_municipality_holds_a_limited_number() -> None:
    scenario = plain(**ALIKE, agreement_rate=AT_ONCE, agreement_tail=0.3, agreement_end=0.0)
    run = simulate(with_giants(150), scenario, quarters=48)
    assert run.state.municipalities.agreements.max() == AGREEMENTS


# the rank of the company


@given(u=st.floats(1e-16, 1.0), number=st.integers(1, 2_000), tail=st.floats(0.1, 3.0))
def test_ranks_are_places_in_the_list_or_one_further(u: float, number: int, tail: float) -> None:
    assert 0 <= outreach_rank(u, math.log(number + 1.0), tail) <= number


@pytest.mark.parametrize("tail", [0.8, 1.0, 1.3])
def test_ranks_follow_the_closed_form(tail: float) -> None:
    number, draws = 50, 20_000
    ranks = np.array([outreach_rank((n + 0.5) / draws, math.log(number + 1.0), tail) for n in range(draws)])
    for r in (1, 2, 5, 20, 50):
        expected = (math.log(r + 1.0) / math.log(number + 1.0)) ** (1.0 / tail)
        assert np.mean(ranks < r) == pytest.approx(expected, abs=2.0 / draws)


def test_the_list_goes_by_slots_and_then_by_id() -> None:
    order, slots = WORLD.directory.national_by_slots, WORLD.companies.slots
    assert order.tolist() == sorted(np.flatnonzero(WORLD.companies.national), key=lambda j: (-slots[j], j))


@given(capacity=st.floats(0.0, 1.0), needed=st.floats(0.0, 1.0), more=st.floats(0.0, 9.0))
def test_readiness_rises_with_capacity_and_adoption(capacity: float, needed: float, more: float) -> None:
    ready = readiness(capacity, 0, needed, more)
    assert 0.0 <= ready <= readiness(1.0, 0, needed, more) == 1.0
    assert readiness(capacity, 1, needed, more) == pytest.approx(ready * (1.0 + more))


# books


def test_the_books_of_agreements_hold() -> None:
    signed = 0.0
    for step in steps(WORLD, busy(agreement_end=0.2), quarters=30):
        municipalities, companies, row = step.state.municipalities, step.state.companies, step.clock.quarter
        held = municipalities.agreement_partners != NONE
        assert np.array_equal(held.sum(axis=1), municipalities.agreements)
        assert np.all(held == (np.arange(AGREEMENTS) < municipalities.agreements[:, None]))
        partners = municipalities.agreement_partners[held]
        assert np.array_equal(companies.agreements, np.bincount(partners, minlength=len(companies.signed)))
        assert not companies.agreements[WORLD.companies.national == 0].any()
        for listed, number in zip(municipalities.agreement_partners, municipalities.agreements, strict=True):
            assert len(set(listed[:number].tolist())) == number
        series = dict(zip(COLUMN, step.state.flows.series[row], strict=True))
        signed += series["agreements_signed"]
        assert series["agreements_active"] == municipalities.agreements.sum() <= signed
        assert series["agreement_degree_max"] == companies.agreements.max()
        assert series["municipalities_with_agreement_share"] == np.mean(municipalities.agreements > 0)
        assert series["municipalities_with_donation_share"] == np.mean(municipalities.donation_quarter >= 0)


def test_a_few_companies_hold_most() -> None:
    run = simulate(world_of("japan", 1), load_scenario("baseline"), quarters=20)
    agreements = np.sort(run.state.companies.agreements)[::-1]
    assert agreements[0] > 1.3 * agreements[1] > 1.3 * agreements[4]
    assert agreements[:10].sum() > 0.3 * agreements.sum()


def test_agreements_can_begin_on_the_way() -> None:
    scenario = busy()
    off = Simulation(WORLD, switched_off(scenario), quarters=12)
    off.run(6)
    run = off.branch(scenario).run()
    signed = outcome(run, "agreements_signed")
    assert not signed[:6].any() and signed[6:].all()
    assert run.municipalities()["agreements"].sum() == outcome(run, "agreements_active")[-1]

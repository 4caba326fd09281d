"""P2, P12: who meets in a subcommittee, who is advised, and what capacity comes of it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel.funds import Fund
from sim.kernel.state import NONE
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import simulate
from tests.acts.stepping import carry_out, steps
from tests.acts.worlds import plain
from tests.identities.cases import nested, world_of

SEATS = 6
#: Nobody posts, and who may join the platform soon has.
QUIET = {"posting_rate": 0.0, "join_municipality": 3.0, "join_company": 0.2}


def funded(lever: str, amount: float, **parameters: float) -> Scenario:
    return plain(**QUIET | parameters).overlaid(
        "funded", levers=nested({lever: amount}), modules={"agreements": False}
    )


def met(partners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Municipality and company of every pair with trust."""
    home, slot = np.nonzero(partners != NONE)
    return home, partners[home, slot]


def test_only_members_meet() -> None:
    world = world_of("synthetic:300", 1)
    for step in steps(world, funded("subcommittees", 20_000.0), quarters=12):
        home, company = met(step.state.municipalities.partners)
        assert np.all(step.state.municipalities.member[home] == 1)
        assert np.all(step.state.companies.member[company] == 1)
        assert len(home) == 0 or step.clock.quarter > 0
    assert len(home) > 300


@pytest.mark.parametrize("theme", [2, 6, 10])
def test_only_companies_able_in_the_theme_are_seated(theme: int) -> None:
    """All subcommittees on one theme: at most six of each side meet in a group, all six with all six."""
    world = world_of("synthetic:300", 1)
    *_, step = steps(world, funded("subcommittees", 0.0), quarters=8)
    municipalities, companies, ledger = step.state.municipalities, step.state.companies, step.state.ledger
    ledger.remaining[Fund.SUBCOMMITTEES] = 1_000.0
    salience = np.zeros(17)
    salience[theme] = 1.0
    step = step._replace(policy=step.policy._replace(salience=salience))
    carry_out("hold_subcommittees", world, step)
    home, company = met(municipalities.partners)
    assert len(home) > 100
    assert np.all(world.companies.capability[company, theme] > 0.0)
    assert np.all(companies.member[company] == 1) and np.all(municipalities.member[home] == 1)
    assert len(home) <= SEATS * SEATS * 50


def test_trust_of_those_who_met_n_times_is_one_minus_the_gap_to_the_n() -> None:
    scenario = funded("subcommittees", 20_000.0, trust_decay=0.0)
    municipalities = simulate(world_of("synthetic:300", 1), scenario, quarters=24).state.municipalities
    trust = municipalities.trust[municipalities.partners != NONE]
    times = np.log(1.0 - trust) / np.log(0.95)
    assert np.allclose(times, np.round(times), atol=1e-6)
    assert set(np.round(times)) >= {1.0, 2.0, 3.0, 4.0}


@pytest.mark.parametrize(
    ("amount", "absorbed"), [(0.2, 0.0), (4.0, 4.0), (4.9, 4.75), (50.0, 50.0), (900.0, 50.0)]
)
def test_subcommittees_absorb_what_whole_groups_cost(amount: float, absorbed: float) -> None:
    """JPY 0.25 M a group and quarter, no more groups than seat 300 municipalities once; the rest lapses."""
    scenario = funded("subcommittees", amount * 1741.0 / 300.0)
    ledger = simulate(world_of("synthetic:300", 1), scenario, quarters=8).ledger
    assert ledger["spent"][Fund.SUBCOMMITTEES] == pytest.approx([absorbed] * 2)
    assert ledger["lapsed"][Fund.SUBCOMMITTEES] == pytest.approx([amount - absorbed] * 2, abs=1e-9)


def test_without_money_nobody_meets() -> None:
    run = simulate(world_of("synthetic:300", 1), funded("subcommittees", 0.0))
    assert np.all(run.state.municipalities.partners == NONE)


def test_advice_goes_to_cities_designated_in_the_last_twelve_quarters() -> None:
    """Whoever is designated this June is advised from the next quarter on."""
    world = world_of("japan", 1)
    before = (
        world.municipalities.cohort_2018 - 1
    )  # 0 where designated at the start, else -1 (as unsigned: 255)
    since = np.where(before == 0, 0, -1)
    for step in steps(world, funded("futurecity.advice", 2_000.0)):
        recent = (since >= 0) & (step.clock.quarter - since < 12)
        assert np.array_equal(step.state.municipalities.coaching, np.where(recent, 0.02, 0.0))
        since = step.state.municipalities.designated_quarter.copy()
    assert step.state.ledger.spent[Fund.ADVICE].sum() > 300.0


def test_scarce_advice_is_drawn_by_lot_and_stays_for_the_year() -> None:
    advised: list[set[int]] = []
    for step in steps(world_of("japan", 1), funded("futurecity.advice", 5.0), quarters=12):
        chosen = set(np.nonzero(step.state.municipalities.coaching)[0].tolist())
        assert len(chosen) == 5
        advised.append(chosen)
    assert advised[1] == advised[2] == advised[3]
    assert advised[1] != advised[5]


def by_size(world: World) -> np.ndarray:
    return np.lexsort((np.arange(len(world.municipalities.size)), world.municipalities.size))


@pytest.mark.parametrize(("amount", "number"), [(80.0, 10), (1600.0, 200), (1e6, 1741)])
def test_advisers_go_to_the_smallest(amount: float, number: int) -> None:
    world = world_of("japan", 1)
    for step in steps(world, funded("advisers", amount), quarters=4):
        sent = np.nonzero(step.state.municipalities.coaching)[0]
        assert set(sent) == set(by_size(world)[:number])
        assert np.all(step.state.municipalities.coaching[sent] == 0.02)
    assert step.state.ledger.spent[Fund.ADVISERS, 0] == pytest.approx(8.0 * number)


def test_advisers_by_lottery_are_as_many_but_others() -> None:
    world = world_of("japan", 1)
    scenario = funded("advisers", 1600.0).overlaid("lottery", rules={"advisers": "lottery"})
    step = next(steps(world, scenario))
    sent = np.nonzero(step.state.municipalities.coaching)[0]
    assert len(sent) == 200
    assert 5 < len(set(sent) & set(by_size(world)[:200])) < 50
    assert abs(world.municipalities.size[sent].mean() - world.municipalities.size.mean()) < 0.3


def test_capacity_approaches_its_closed_form() -> None:
    """c' = (1 - r)(1 - (1 - c) e^-l) + r c0 has the fixed point c*; the distance shrinks by (1 - r) e^-l."""
    world = world_of("synthetic:300", 1)
    scenario = funded("advisers", 1e7, capacity_adviser=0.06, futurecity_quota=0.0)
    run = simulate(world, scenario)
    base = run.state.municipalities.capacity_base
    keeps, rotation = np.exp(-0.06), 0.04
    fixed = ((1.0 - rotation) * (1.0 - keeps) + rotation * base) / (1.0 - (1.0 - rotation) * keeps)
    wanted = fixed + ((1.0 - rotation) * keeps) ** 51 * (base - fixed)
    assert np.allclose(run.state.municipalities.capacity, wanted, rtol=1e-12)
    assert np.all(run.state.municipalities.capacity > base)


def test_without_coaching_and_projects_capacity_stays_at_its_base() -> None:
    run = simulate(world_of("synthetic:300", 1), funded("subcommittees", 0.0))
    assert np.allclose(run.state.municipalities.capacity, run.state.municipalities.capacity_base, rtol=1e-12)


def test_baseline_pays_its_subcommittees_and_advice() -> None:
    run = simulate(world_of("japan", 1), load_scenario("baseline"), quarters=8)
    assert run.ledger["spent"][Fund.SUBCOMMITTEES] == pytest.approx([5.0, 50.0])
    assert np.all(run.ledger["spent"][Fund.ADVICE] > 15.0)


@pytest.mark.parametrize(("effect", "matters"), [("pricing", False), ("access", True)])
def test_study_groups_move_the_price_of_loans_or_also_whether_they_are_appraised(
    effect: str, matters: bool
) -> None:
    """Without pessimism and screening cost there is no price to move."""
    free = {"pessimism": 0.0, "screening_cost": 0.0, "posting_rate": 20.0, "own_channel": 1.0}
    base = plain(**free).overlaid("base", rules={"study_effect": effect})
    more = base.overlaid("more", levers={"esg_finance": {"study_groups": 100_000}})
    runs = [simulate(world_of("synthetic:40", 1), scenario, quarters=8) for scenario in (base, more)]
    verdicts = [run.deals()["verdict"].tolist() for run in runs]
    assert (verdicts[0] != verdicts[1]) == matters
    skill = [run.state.institutions.skill.mean() for run in runs]
    assert skill[1] > skill[0]

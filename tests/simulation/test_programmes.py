"""What programmes do in a run: whom they serve, who pays, in which order, and what is left of the money."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.kernel.funds import FUND_NAMES, Fund
from sim.kernel.outcomes import PLACE_COLUMN
from sim.kernel.state import NONE
from sim.scenarios.programmes import Payer, Programme, Target
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Simulation, simulate
from sim.simulation.programmes import programmes_of
from sim.simulation.resuming import resume
from sim.simulation.targets import served_by
from sim.worlds import load_world
from tests.acts.stepping import steps
from tests.acts.worlds import plain
from tests.identities.cases import BUSY, with_parameters, world_of
from tests.identities.checks import deals_are_the_ledger, ledger_balances


def of_prefecture(lever: str, money: float, prefecture: int = 1) -> Programme:
    """Paid by a prefecture, for its municipalities."""
    target = Target(prefecture=(prefecture,))
    return Programme(lever=lever, payer=Payer(prefecture=prefecture), target=target, money={2018: money})


def national(lever: str, money: float, target: Target) -> Programme:
    return Programme(lever=lever, target=target, money={2018: money})


def with_programmes(scenario: Scenario, **programmes: Programme) -> Scenario:
    return scenario.model_copy(update={"programmes": programmes})


def funded(scenario: Scenario, **money: float) -> Scenario:
    levers = scenario.levers | {name: {2018: amount} for name, amount in money.items()}
    return scenario.model_copy(update={"levers": levers})


def test_programmes_come_in_order_of_priority() -> None:
    """Municipalities pay first, then prefectures, then the nation for some, then the nation for all."""
    city = Programme(lever="advisers", payer=Payer(municipality="01100"), money={2018: 1.0})
    scenario = with_programmes(
        plain(),
        all_by_name=national("advisers", 1.0, Target()),
        for_some=national("advisers", 1.0, Target(need="bottom_quartile")),
        z=of_prefecture("advisers", 1.0),
        a=of_prefecture("advisers", 1.0),
        city=city,
    )
    found = programmes_of(scenario, world_of("synthetic:100", 1))
    first, end = found.first[Fund.ADVISERS], found.first[Fund.ADVISERS + 1]
    names = [scenario.funds[row] for row in found.rows[first:end]]
    assert names == ["city", "a", "z", "for_some", "all_by_name", "advisers"]
    assert found.code[Fund.ADVISERS] == 0 and len(set(found.code[-5:].tolist())) == 5


def test_who_is_served_besides_municipalities() -> None:
    """Companies by their home, institutions by the municipalities served in their prefecture."""
    world = world_of("synthetic:100", 1)
    scenario = with_programmes(plain(), help=of_prefecture("advisers", 1.0, 2))
    found = programmes_of(scenario, world)
    row = found.target[-1]
    served = world.municipalities.prefecture == 1
    assert np.array_equal(found.municipalities[row] == 1, served)
    assert np.array_equal(found.companies[row] == 1, served[world.companies.municipality])
    assert np.array_equal(found.institutions[row] == 1, world.institutions.prefecture == 1)
    assert found.institutions[0].all() and found.companies[0].all() and found.municipalities[0].all()
    start, end = found.municipality_start[row], found.municipality_start[row + 1]
    assert np.array_equal(found.municipality_ids[start:end], np.nonzero(served)[0])


def test_advisers_of_a_prefecture_act_there_alone() -> None:
    """In the first quarter, before anything spreads, everybody elsewhere is as without the programme."""
    world = load_world("synthetic:100", 1)
    helped = with_programmes(plain(), help=of_prefecture("advisers", 500.0))
    served = served_by(Target(prefecture=(1,)), world) == 1
    for t, (here, there) in enumerate(zip(steps(world, helped, 6), steps(world, plain(), 6), strict=True)):
        coaching = here.state.municipalities.coaching
        assert np.all(coaching[~served] == 0.0) and np.any(coaching[served] > 0.0)
        if t == 0:
            for name in ("capacity", "awareness", "trust", "active"):
                own, other = (getattr(one.state.municipalities, name)[~served] for one in (here, there))
                assert np.array_equal(own, other), name
    assert here.state.ledger.spent[-1].sum() > 0.0


#: Nothing that one municipality has reaches another: no projects, nobody to follow, no contest.
APART = {
    "posting_rate": 0.0,
    "awareness_neighbours": 0.0,
    "contagion_neighbours": 0.0,
    "contagion_size": 0.0,
    "futurecity_quota": 0.0,
    "adoption_own": 0.02,
    "national_push": 0.3,
    "push_floor": 0.0,
}


@pytest.mark.parametrize(("lever", "moved"), [("advisers", "capacity"), ("promotion", "awareness")])
def test_with_every_channel_cut_far_places_are_as_without_a_programme(lever: str, moved: str) -> None:
    """To the end, in every column but what they see of others; where the money goes agreements change."""
    world = load_world("synthetic:100", 1)
    base = with_parameters(load_scenario("no_policy"), **APART)
    runs = [simulate(world, each) for each in (base, with_programmes(base, help=of_prefecture(lever, 500.0)))]
    there, here = (run.state.municipalities for run in runs)
    served = served_by(Target(prefecture=(1,)), world) == 1
    for name in set(there._fields) - {"neighbour_share"}:
        assert np.array_equal(getattr(here, name)[~served], getattr(there, name)[~served]), name
    assert np.all(getattr(here, moved)[served] > getattr(there, moved)[served])
    assert not np.array_equal(here.agreement_partners[served], there.agreement_partners[served])


def test_agreements_of_far_places_change_through_capacity_and_adoption_alone() -> None:
    """Both of which projects, cases and neighbours carry beyond the prefecture that pays."""
    world = load_world("synthetic:300", 1)
    slow = {"adoption_own": 0.0005, "awareness_base": 0.01, "push_floor": 0.0, "futurecity_quota": 0.0}
    base = with_parameters(load_scenario("baseline"), **BUSY | slow)
    local = with_programmes(base, help=of_prefecture("promotion", 2_000.0))
    far, never, changed = served_by(Target(prefecture=(1,)), world) == 0, 51, 0
    for seed in range(4):
        one, other = (simulate(world, each, seed=seed, by="municipality") for each in (base, local))
        differs = (one.places != other.places)[:, far]
        first = np.where(differs.any(axis=0), differs.argmax(axis=0), never)
        signed = first[:, PLACE_COLUMN["agreements_signed"]]
        # the act reads the capacity that the quarter before left, and who promotes the SDGs now
        cause = np.minimum(
            first[:, PLACE_COLUMN["capacity_mean"]] + 1, first[:, PLACE_COLUMN["adoption_share"]]
        )
        assert np.all(cause[signed < never] <= signed[signed < never])
        changed += int((signed < never).sum())
    assert changed > 3


@pytest.mark.parametrize(
    "lever", ["subsidy", "company_grants", "esg_finance.guarantee", "esg_finance.interest_subsidy"]
)
def test_deals_outside_are_paid_nothing(lever: str) -> None:
    world = load_world("synthetic:100", 1)
    scenario = with_parameters(funded(plain(), **{lever: 0.0}), **BUSY | {"promotion_grant_share": 0.0})
    run = simulate(world, with_programmes(scenario, help=of_prefecture(lever, 2_000.0)), quarters=16)
    deals, row = run.deals(), run.scenario.funds.index("help")
    served = served_by(Target(prefecture=(1,)), world)[deals["municipality"]] == 1
    paid = np.zeros(len(served), bool)
    for column in ("grant_fund", "guarantee_fund", "interest_fund"):
        assert set(deals[column].tolist()) <= {NONE, row}
        paid |= deals[column] == row
    assert paid.any() and not np.any(paid & ~served)
    ledger_balances(run)
    deals_are_the_ledger(run)


def test_who_is_helped_by_the_prefecture_does_not_use_up_the_nations_money() -> None:
    """Each post is helped once, and the nation's coordinators help more posts elsewhere."""
    world = load_world("synthetic:300", 1)
    base = with_parameters(funded(plain(), matching_support=300.0), **BUSY)
    local = with_programmes(base, local=of_prefecture("matching_support", 1e4, 2))
    served, helped = served_by(Target(prefecture=(2,)), world) == 1, []
    for scenario in (base, local):
        total = np.zeros(len(served))
        for step in steps(world, scenario, 12):
            total += step.state.posts.supported
        costs, spent = step.parameters.costs, step.state.ledger.spent
        unit = costs.coordinator_cost / costs.coordinator_consultations
        rows = [Fund.MATCHING_SUPPORT, *range(len(FUND_NAMES), len(spent))]
        assert spent[rows].sum() == pytest.approx(total.sum() * unit)
        helped.append(total)
    assert helped[1][served].sum() > helped[0][served].sum()
    assert helped[1][~served].sum() > helped[0][~served].sum()


def test_forty_seven_equal_programmes_come_near_the_national_one() -> None:
    """The same money a municipality; but what one prefecture cannot use, no other gets."""
    world, base = load_world("japan", 1), load_scenario("baseline")
    before = funded(base, matching_support=0.0)
    share = np.bincount(world.municipalities.prefecture, minlength=47) / len(world.municipalities.size)
    each = {f"p{p + 1}": of_prefecture("matching_support", 200.0 * float(share[p]), p + 1) for p in range(47)}
    one = simulate(world, funded(base, matching_support=200.0), quarters=24)
    many = simulate(world, with_programmes(before, **each), quarters=24)
    spent = [float(run.ledger["spent"].sum()) for run in (one, many)]
    deals = [float(run.series[:, run.outcomes.index("deals_signed")].sum()) for run in (one, many)]
    assert spent[1] == pytest.approx(spent[0], rel=0.1)
    assert deals[1] == pytest.approx(deals[0], rel=0.05)
    ledger_balances(many)


def test_a_target_that_serves_nobody_is_refused() -> None:
    scenario = with_programmes(plain(), help=of_prefecture("advisers", 1.0, 47))
    words = r"programmes\.help\.for: holds no municipality of synthetic:40; places of Japan are in --world"
    with pytest.raises(InputError, match=words):
        simulate(load_world("synthetic:40", 1), scenario, quarters=1)


def test_adopters_are_those_of_the_quarter() -> None:
    world = load_world("synthetic:100", 1)
    scenario = with_programmes(plain(), help=national("advisers", 1e4, Target(adopters=True)))
    simulation = Simulation(world, scenario, quarters=12)
    for _ in range(12):
        adopted = simulation.state.municipalities.adopted.copy()
        simulation.step()
        assert np.array_equal(simulation.state.municipalities.coaching > 0.0, adopted == 1)


def test_programmes_come_and_go_on_a_branch(tmp_path: Path) -> None:
    """A branch adds rows and takes money away; what was booked stays where it was."""
    world = load_world("synthetic:60", 1)
    base = with_parameters(funded(plain(), subsidy=2_000.0), **BUSY)
    simulation = Simulation(world, with_programmes(base, a=of_prefecture("subsidy", 500.0)), quarters=16)
    simulation.run(6)
    later = with_programmes(base, b=national("advisers", 80.0, Target(need="bottom_quartile")))
    branch = simulation.branch(later)
    assert branch.scenario.funds[-2:] == ("a", "b")
    run = branch.run()
    spent, given = run.ledger["spent"][-2:], run.ledger["appropriated"][-2:]
    assert np.all(given[0, 2:] == 0.0) and given[1].tolist() == [0.0, 40.0, 80.0, 80.0]
    assert spent[0, 0] > 0.0 and spent[1, 2] > 0.0
    assert np.allclose(run.ledger["lapsed"] + run.ledger["spent"], run.ledger["appropriated"])
    again = resume(simulation.save(tmp_path / "run.npz"), world)
    assert np.array_equal(again.run().series, simulation.run().series)
    other = with_programmes(base, a=of_prefecture("advisers", 5.0))
    with pytest.raises(InputError, match=r"programmes\.a: pays for subsidy"):
        branch.change_policy(other)


def test_the_example_of_the_documentation_runs() -> None:
    """Nagano's coordinators are paid from Nagano's row, for posts of Nagano, from FY2022 on."""
    path = Path(__file__).parents[2] / "experiments" / "scenarios" / "nagano.yaml"
    run = simulate(load_world("japan", 1), load_scenario(path), quarters=20)
    spent, given = run.ledger["spent"][-1], run.ledger["appropriated"][-1]
    assert given.tolist() == [0.0, 0.0, 0.0, 0.0, 100.0]
    assert spent[:4].sum() == 0.0 and 0.0 < spent[4] < 50.0

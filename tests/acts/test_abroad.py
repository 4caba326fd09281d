"""P14: the network, deals abroad and capital from abroad; off is the model without them, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from sim.acts.abroad import EXPORTABLE
from sim.kernel.funds import Fund
from sim.kernel.parameters import International, declared
from sim.kernel.state import OVERSEAS_DEALS, ROWS, ProjectState
from sim.kernel.world import FOREIGN_FUND, World
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Run, simulate
from tests.acts.stepping import carry_out, steps
from tests.acts.worlds import changed, plain
from tests.identities.cases import BUSY, with_parameters, world_of
from tests.identities.checks import IDENTITIES, outcome

#: Much traffic with the world: everything that the module does happens many times.
WORLDLY = BUSY | {"overseas_rate": 5.0, "network_rate": 0.2, "inbound_rate": 1.0, "success_constant": 1.0}
MONEY = {"international": {"missions": 60.0, "concessional": 400.0}}
ABROAD = ("network_members", "overseas_deals", "overseas_concessional", "inbound_capital")


def baseline(**parameters: float) -> Scenario:
    return with_parameters(load_scenario("baseline").overlaid("abroad", levers=MONEY), **parameters)


def switched_off(**parameters: float) -> Scenario:
    return baseline(**parameters).overlaid("off", modules={"international": False})


def stay_at_home(world: World) -> World:
    return changed(world, "municipalities", network_2018=np.zeros_like(world.municipalities.network_2018))


@pytest.fixture(scope="module")
def worldly() -> Run:
    return simulate(world_of("japan", 1), baseline(**WORLDLY))


def test_everything_happens_and_the_books_hold(worldly: Run) -> None:
    assert np.all([outcome(worldly, name).max() > 0.0 for name in (*ABROAD, "financed_foreign_fund")])
    for check in IDENTITIES:
        check(worldly)


# off


@pytest.mark.parametrize("end", ["low", "high"])
def test_switched_off_none_of_its_parameters_matters(end: str) -> None:
    world = world_of("japan", 1)
    values = {name: getattr(declared()[name], end) for name in (*International._fields, "mission_cost")}
    plain_run, other = simulate(world, switched_off()), simulate(world, switched_off(**values))
    assert plain_run.series.tobytes() == other.series.tobytes()
    for name, column in plain_run.deals().items():
        assert column.tobytes() == other.deals()[name].tobytes(), name


def test_switched_off_is_the_model_in_which_nothing_comes_from_abroad() -> None:
    """On, with no one in the network, no mission and no case from abroad, the rest is the same run."""
    world = stay_at_home(world_of("japan", 1))
    idle = baseline(overseas_cases=0.0).overlaid(
        "idle", levers={"international": {"missions": 0, "concessional": 0}}
    )
    off = idle.overlaid("off", modules={"international": False})
    runs = [simulate(world, scenario) for scenario in (idle, off)]
    assert runs[0].series.tobytes() == runs[1].series.tobytes()
    assert outcome(runs[0], "deals_signed").sum() > 1_000


def test_switched_off_its_money_lapses() -> None:
    run = simulate(world_of("japan", 1), switched_off())
    for fund in (Fund.MISSIONS, Fund.CONCESSIONAL):
        assert not run.ledger["spent"][fund].any()
        assert np.array_equal(run.ledger["lapsed"][fund], run.ledger["appropriated"][fund])
    assert not outcome(run, "overseas_deals").any() and not outcome(run, "inbound_capital").any()


# the network


def test_the_network_only_grows_and_by_missions_alone() -> None:
    world = world_of("japan", 1)
    before = world.municipalities.network_2018.copy()
    for step in steps(world, baseline(**WORLDLY), quarters=40):
        now = step.state.municipalities.network
        assert np.all(now >= before)
        assert np.all(step.state.municipalities.reputation[now > before] > 0.0)
        before = now.copy()
    assert before.sum() > 20
    alone = simulate(world, plain(**WORLDLY))
    assert np.all(outcome(alone, "network_members") == world.municipalities.network_2018.sum())


def test_missions_are_whole(worldly: Run) -> None:
    """JPY 60 M a year is twenty missions of three million."""
    assert worldly.ledger["spent"][Fund.MISSIONS][:-1] == pytest.approx([60.0] * 12)
    odd = simulate(
        world_of("japan", 1), baseline().overlaid("odd", levers={"international": {"missions": 7.0}}),
        quarters=8,
    )  # fmt: skip
    assert odd.ledger["spent"][Fund.MISSIONS] == pytest.approx([6.0, 6.0])


# deals abroad


def test_only_cases_of_network_cities_on_exportable_goals_travel(worldly: Run) -> None:
    deals, companies = worldly.deals(), worldly.state.companies
    cases = (deals["state"] == ProjectState.COMPLETED) & (EXPORTABLE[deals["goal"]] == 1)
    cases &= worldly.state.municipalities.network[deals["municipality"]] == 1
    most = np.bincount(deals["company"][cases], minlength=len(companies.exportable))
    assert np.all(companies.exportable <= most), "a city may have joined after its project"
    assert companies.exportable.sum() > 0.5 * most.sum() > 10
    assert not companies.abroad[companies.exportable == 0].any()


def test_deals_abroad_hold_slots_and_free_them() -> None:
    world = world_of("japan", 1)
    scenario = baseline(**WORLDLY)
    scenario = scenario.model_copy(
        update={"parameters": {**scenario.parameters, "overseas_rate": {0: 5.0, 24: 0.0}}}
    )
    before, highest = 0, 0
    for step in steps(world, scenario, quarters=51):
        companies, deals = step.state.companies, step.state.deals
        rows = deals.tally[ROWS]
        running = deals.state[:rows] == ProjectState.ACTIVE
        at_home = np.bincount(deals.company[:rows][running], minlength=len(companies.active))
        assert np.array_equal(companies.active, at_home + companies.abroad)
        assert np.all(companies.active <= world.companies.slots)
        number = int(companies.abroad.sum())
        signed = step.state.flows.now[OVERSEAS_DEALS]
        assert number <= before + signed
        assert step.clock.quarter < 24 or signed == 0.0
        before, highest = number, max(highest, number)
    assert highest > 20
    assert before < 0.5 * highest


def test_concessional_spending_is_count_times_grant(worldly: Run) -> None:
    grant = 0.25 * 100.0
    years = np.arange(worldly.quarters) // 4
    count = np.bincount(years, outcome(worldly, "overseas_concessional"))
    assert worldly.ledger["spent"][Fund.CONCESSIONAL] == pytest.approx(grant * count)
    assert count.max() == 400.0 / grant
    assert np.all(outcome(worldly, "overseas_concessional") <= outcome(worldly, "overseas_deals"))
    assert outcome(worldly, "overseas_deals").sum() > count.sum()


def test_without_concessional_money_only_commercial_deals_go_ahead() -> None:
    world = world_of("japan", 1)
    free = baseline(**WORLDLY).overlaid("free", levers={"international": {"concessional": 0}})
    some = simulate(world, free)
    assert outcome(some, "overseas_deals").sum() > 10 and not outcome(some, "overseas_concessional").any()
    none = simulate(world, with_parameters(free, overseas_commercial=0.0))
    assert not outcome(none, "overseas_deals").any()


def test_a_deal_abroad_wins_reputation() -> None:
    """Same quarter, same chance: who signs abroad gains a share of the gap, nobody else does."""
    world = world_of("japan", 1)
    found = []
    for share in (0.0, 0.3):
        run = baseline(**WORLDLY | {"overseas_reputation": share})
        for step in steps(world, run, quarters=40):
            if step.state.flows.now[OVERSEAS_DEALS] > 0.0:
                found.append((step.state.companies.reputation.copy(), step.state.companies.abroad.copy()))
                break
    (without, abroad), (with_it, same) = found
    assert np.array_equal(abroad, same)
    assert np.allclose(with_it, np.where(abroad > 0, without + 0.3 * (1.0 - without), without), rtol=1e-12)


# capital from abroad


def test_foreign_capital_lends_on_its_own_themes_within_its_means(worldly: Run) -> None:
    """That no loan exceeds what is there is replayed by ``loan_books_balance``."""
    deals, kind = worldly.deals(), worldly.world.institutions.kind
    foreign = (deals["institution"] >= 0) & (kind[deals["institution"]] == FOREIGN_FUND)
    assert foreign.sum() > 20
    assert set(deals["goal"][foreign] + 1) <= {7, 9, 11, 13}
    assert worldly.state.institutions.member[kind == FOREIGN_FUND].sum() == 0


def test_nothing_comes_without_a_network() -> None:
    world = stay_at_home(world_of("japan", 1))
    alone = baseline(**WORLDLY).overlaid("alone", levers={"international": {"missions": 0}})
    run = simulate(world, alone)
    assert outcome(run, "deals_signed").sum() > 1_000
    for name in (*ABROAD, "financed_foreign_fund"):
        assert not outcome(run, name).any(), name


def test_inflow_is_rate_times_reputation_times_pipeline() -> None:
    world = world_of("japan", 1)
    *_, step = steps(world, baseline(**WORLDLY), quarters=30)
    state, rows = step.state, int(step.state.deals.tally[ROWS])
    first = int(np.nonzero(state.deals.quarter[:rows] == 29)[0][0])
    fund = int(world.directory.foreign_fund[0])
    before = state.institutions.capital.copy()
    international = step.parameters.international._replace(network_rate=0.0)
    parameters = step.parameters._replace(international=international)
    reputation = state.municipalities.reputation[state.municipalities.network == 1].mean()
    carry_out("go_abroad", world, step._replace(parameters=parameters))
    themes = np.isin(state.deals.goal[first:rows] + 1, (7, 9, 11, 13))
    pipeline = state.deals.cost[first:rows][themes].sum()
    assert pipeline > 0.0 and reputation > 0.0
    wanted = before[fund] * 0.95 + international.inbound_rate * reputation * pipeline
    assert state.institutions.capital[fund] == pytest.approx(wanted, rel=1e-12)
    assert np.array_equal(np.delete(state.institutions.capital, fund), np.delete(before, fund))


def test_without_a_pipeline_foreign_capital_fades() -> None:
    world = world_of("japan", 1)
    fund = int(world.directory.foreign_fund[0])
    capital = world.institutions.capital.copy()
    capital[fund] = 1_000.0
    run = simulate(changed(world, "institutions", capital=capital), plain(posting_rate=0.0))
    assert outcome(run, "inbound_capital") == pytest.approx(1_000.0 * 0.95 ** np.arange(1, 52))

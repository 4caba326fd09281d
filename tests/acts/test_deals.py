"""P9: when a deal is signed, in worlds small enough to say so by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.acts.deals import TENOR_YEARS
from sim.agents.company import company_surplus, gross_value, highest_rate
from sim.agents.financial_institution import break_even_rate, perceived_default
from sim.agents.project import repaid_in
from sim.kernel.funds import Fund
from sim.kernel.parameters import Finance, declared
from sim.kernel.state import NONE, Verdict
from sim.kernel.world import BANK, FOREIGN_FUND, World
from sim.scenarios.needs import MARKET_SIZE
from sim.simulation import Run, simulate
from sim.simulation.policy import appropriated
from sim.worlds import synthetic
from tests.acts.worlds import EVERYTHING_SIGNS, NO_DEBT, SAME_SUCCESS, changed, plain
from tests.identities.cases import BUSY, CASES, scenario_of, with_parameters, world_of
from tests.identities.checks import outcome

PI = 0.5


def one_of_each() -> World:
    """A municipality, a company with room for all, and a bank of full skill."""
    world = synthetic.build(1, 1, companies=1, institutions=1)
    world = changed(world, "companies", slots=np.array([200]), social_weight=np.array([0.1]))
    world = changed(world, "municipalities", slots=np.array([100]), goals=np.full((1, 17), 0.5))
    return changed(
        world,
        "institutions",
        kind=np.array([BANK, FOREIGN_FUND]),
        skill=np.array([1.0, 1.0]),
        capital=np.array([1e12, 0.0]),
    )


def verdicts(gross_return: float, **parameters: float) -> Run:
    """A run in which every quarter brings the same proposal but for its goal."""
    scenario = plain(
        **EVERYTHING_SIGNS
        | SAME_SUCCESS
        | {"success_constant": 0.0, "gross_return": gross_return, "skill_rotation": 0.0, "renewal": 0.0}
        | {"market_growth": 0.0, "appraisal_base": 1.0, "ordinary_guarantee_use": 0.0}
        | parameters
    )
    return simulate(one_of_each(), scenario, quarters=40)


@pytest.mark.parametrize("rate_cap", [0.0, 0.02, 0.05])
def test_one_of_each_signs_when_the_closed_form_says(rate_cap: float) -> None:
    """Signed iff R* <= min(R^max, R^cap), with R* and R^max written out."""
    signed = refused = 0
    for gross in np.linspace(0.5, 2.0, 40):
        run = verdicts(gross, rate_cap=rate_cap)
        deals = run.deals()
        assert len(deals["goal"]) >= 30
        for row in range(len(deals["goal"])):
            wanted = signs_by_hand(run, gross, float(deals["cost"][row]), int(deals["goal"][row]), rate_cap)
            found = deals["verdict"][row] == Verdict.UNSUBSIDISED
            assert found == wanted, f"gross return {gross}, goal {deals['goal'][row]}"
            signed, refused = signed + found, refused + (not found)
    assert refused > 100
    assert signed > 100 or rate_cap == 0.0


def signs_by_hand(run: Run, gross: float, cost: float, goal: int, rate_cap: float) -> bool:
    finance = {name: declared()[name].default for name in Finance._fields}
    debt, equity = 0.65 * cost, 0.25 * cost
    default = (1.0 - PI) * finance["default_given_failure"]
    years = TENOR_YEARS[goal]
    kept = 1.0 - finance["loss_given_default"]
    lowest = (
        1.0 + finance["funding_rate"] * years - default * kept + finance["screening_cost"] * 0.5 / debt
    ) / (1.0 - default) - 1.0
    weight = float(run.world.companies.social_weight[0])
    value = ((PI + (1.0 - PI) * 0.5) * gross + PI * weight) * cost
    bearable = (value - default * kept * debt - equity - declared()["company_fixed_cost"].default) / (
        (1.0 - default) * debt
    ) - 1.0
    return bool(lowest <= min(bearable, rate_cap * years))


@pytest.mark.parametrize("name", sorted(set(Finance._fields) - {"default_given_failure"}))
def test_without_debt_no_parameter_of_finance_matters(name: str) -> None:
    record = declared()[name]
    world, scenario = world_of("synthetic:60", 1), plain(**BUSY | NO_DEBT)
    runs = [
        simulate(world, with_parameters(scenario, **{name: value})) for value in (record.low, record.high)
    ]
    assert runs[0].series.tobytes() == runs[1].series.tobytes()
    assert outcome(runs[0], "deals_signed").sum() > 50


def test_without_debt_institutions_do_not_matter() -> None:
    scenario = plain(**BUSY | NO_DEBT)
    some, none = (simulate(synthetic.build(60, 1, institutions=number), scenario) for number in (8, 0))
    assert np.all(some.deals()["institution"] == NONE)
    for name in ("deals_signed", "projects_completed", "sdg_index", "private_investment", "trust_mean"):
        assert np.array_equal(outcome(some, name), outcome(none, name)), name


def test_signed_rates_lie_between_break_even_and_what_the_company_bears() -> None:
    """theta = 0 gives the lender's break-even rate, theta = 1 the highest that the company bears."""
    run = verdicts(1.6, surplus_share=0.0, rate_cap=1.0)
    deals = run.deals()
    signed = deals["verdict"] == Verdict.UNSUBSIDISED
    assert signed.any()
    for row in np.nonzero(signed)[0]:
        default = (1.0 - PI) * 0.10
        years = TENOR_YEARS[deals["goal"][row]]
        wanted = break_even_rate(
            perceived_default(default, 0.05, 1.0),
            0.004 * years,
            0.45,
            0.0,
            0.3 * 0.5,
            deals["debt"][row],
            0.0,
            0.0,
            0.0,
        )
        assert deals["rate"][row] == pytest.approx(wanted, rel=1e-9)
    run = verdicts(1.6, surplus_share=1.0, rate_cap=10.0)
    deals = run.deals()
    for row in np.nonzero(deals["verdict"] == Verdict.UNSUBSIDISED)[0]:
        cost, debt = deals["cost"][row], deals["debt"][row]
        value = gross_value(PI, 1.6, 0.5, float(run.world.companies.social_weight[0]), cost)
        bearable = highest_rate(value, 0.05, debt, 0.45, deals["equity"][row], 0.6)
        assert deals["rate"][row] == pytest.approx(bearable, rel=1e-9)
        left = company_surplus(value, 0.05, deals["rate"][row], debt, 0.45, deals["equity"][row], 0.6)
        assert abs(left) < 1e-9 * cost


def test_cost_is_lognormal_around_the_median_of_its_size() -> None:
    world = changed(world_of("synthetic:1000", 1), "municipalities", size=np.zeros(1000))
    run = simulate(
        world, plain(**EVERYTHING_SIGNS | {"municipal_value": 0.0, "cost_spread": 0.6}), quarters=12
    )
    log_cost = np.log(run.deals()["cost"] / 30.0)
    assert len(log_cost) > 3_000
    assert abs(log_cost.mean()) < 4.0 * 0.6 / np.sqrt(len(log_cost))
    assert log_cost.std() == pytest.approx(0.6, rel=0.06)


def test_returns_grow_with_the_market_of_the_goal() -> None:
    """G_k(t) = G (1 + growth x market of k x years): it shows in the highest rate that the company bears."""
    run = verdicts(1.6, surplus_share=1.0, rate_cap=10.0, market_growth=0.02)
    deals = run.deals()
    rows = np.nonzero(deals["verdict"] == Verdict.UNSUBSIDISED)[0]
    assert len(set(deals["goal"][rows])) > 5
    for row in rows:
        gross = 1.6 * (1.0 + 0.02 * MARKET_SIZE[deals["goal"][row]] * deals["quarter"][row] / 4.0)
        value = gross_value(
            PI, gross, 0.5, float(run.world.companies.social_weight[0]), float(deals["cost"][row])
        )
        bearable = highest_rate(value, 0.05, deals["debt"][row], 0.45, deals["equity"][row], 0.6)
        assert deals["rate"][row] == pytest.approx(bearable, rel=1e-9)


def subsidised(designated: int, **parameters: float) -> Run:
    """A year in which every deal may have a subsidy, at one municipality."""
    world = changed(one_of_each(), "municipalities", cohort_2018=np.array([designated], np.uint8))
    scenario = plain(**EVERYTHING_SIGNS | {"appraisal_base": 1.0} | parameters)
    rich = scenario.overlaid("rich", levers={"subsidy": 50_000_000})
    return simulate(world, rich, quarters=8)


def test_the_subsidy_pays_half_of_the_municipalitys_part_and_the_municipality_the_other_half() -> None:
    deals = subsidised(0, own_money_share=0.0).deals()
    taken = deals["grant"] > 0.0
    assert taken.sum() > 5
    assert np.allclose(deals["grant"][taken], 0.5 * 0.5 * deals["cost"][taken])
    assert np.allclose(deals["municipal"][taken], 0.25 * deals["cost"][taken])
    assert np.allclose(deals["debt"][taken], 0.25 * deals["cost"][taken])
    assert np.allclose(deals["municipal"][~taken], 0.1 * deals["cost"][~taken])


@pytest.mark.parametrize(("designated", "cap"), [(0, 100.0), (1, 400.0)])
def test_leading_projects_have_a_higher_cap(designated: int, cap: float) -> None:
    deals = subsidised(designated, cost_median=3_000.0, cost_size=0.0, ticket_bank_high=1e6).deals()
    taken = deals["grant"] > 0.0
    assert taken.any() and np.all(deals["grant"][taken] == cap)
    assert np.allclose(deals["municipal"][taken], np.maximum(cap, 0.1 * deals["cost"][taken]))


def test_a_municipality_that_cannot_gain_by_its_match_signs_without_the_subsidy() -> None:
    """A surplus between the usual share of .1 and the match of .25 of the cost."""
    values = {"municipal_value": 0.8, "municipal_fixed_cost": 0.0, "success_constant": 0.0}
    deals = subsidised(0, **SAME_SUCCESS | values).deals()
    gains = PI * 0.8 * (1.0 - 0.5)
    assert 0.1 < gains < 0.25
    assert np.all(deals["verdict"] == Verdict.UNSUBSIDISED) and len(deals["verdict"]) > 5


def test_ordinary_grants_add_to_the_subsidy_by_the_parameters_of_the_year() -> None:
    scenario = plain().overlaid(
        "ordinary",
        levers={"subsidy": 300},
        parameters={"promotion_grant_share": {"2018Q2": 0.0, "2019Q2": 0.02, "2020Q3": 0.05}},
    )
    wanted = [300.0, 2_300.0, 2_300.0, 5_300.0 / 4.0]
    assert appropriated(scenario, 13, 1.0)[Fund.SUBSIDY] == pytest.approx(wanted)


def test_the_interest_subsidy_pays_seven_tenths_of_a_point_for_five_years_at_most() -> None:
    rich = plain(**EVERYTHING_SIGNS).overlaid("rich", levers={"esg_finance": {"interest_subsidy": 1e7}})
    deals = simulate(one_of_each(), with_parameters(rich, appraisal_base=1.0), quarters=40).deals()
    loans = (deals["debt"] > 0.0) & (deals["verdict"] == Verdict.UNSUBSIDISED)
    years = np.minimum(TENOR_YEARS[deals["goal"]], 5.0)
    assert len(set(years[loans])) == 2
    assert np.allclose(deals["interest_subsidy"][loans], 0.007 * (years * deals["debt"])[loans])


@pytest.mark.parametrize(("national", "ordinary"), [(0, 0.8 * 0.2), (1, 0.0)])
def test_a_guarantee_comes_on_top_of_ordinary_ones(national: int, ordinary: float) -> None:
    """Credit guarantee associations cover small companies' loans; the lever a share of what they leave."""
    world = changed(one_of_each(), "companies", national=np.array([national], np.uint8))
    rich = plain(**EVERYTHING_SIGNS | SAME_SUCCESS | {"success_constant": 0.0, "appraisal_base": 1.0})
    rich = rich.overlaid("rich", levers={"esg_finance": {"guarantee": 1e7, "guarantee_cover": 0.6}})
    deals = simulate(world, rich, quarters=12).deals()
    loans = (deals["debt"] > 0.0) & (deals["verdict"] == Verdict.UNSUBSIDISED)
    assert loans.sum() > 5
    assert np.allclose(deals["ordinary_guarantee"][loans], ordinary)
    assert np.all(deals["guarantee"][loans] == 0.6)
    calls = (1.0 - PI) * 0.10 * 0.45 * (1.0 - ordinary) * 0.6 * deals["debt"]
    assert np.allclose(deals["reserve"][loans], calls[loans])


def test_without_insurers_all_is_as_if_they_covered_nothing() -> None:
    case = CASES["insured_losses"]
    world, on = world_of(case.world, 1), scenario_of(case)
    off = on.overlaid("off", modules={"insurance": False})
    scenarios = (on, with_parameters(on, insurance_cover=0.0), off)
    usual, nothing, without = (simulate(world, scenario) for scenario in scenarios)
    rest = [name for name in nothing.outcomes if name != "insured_debt"]
    assert all(outcome(nothing, name).tobytes() == outcome(without, name).tobytes() for name in rest)
    assert outcome(nothing, "insured_debt").any() and not outcome(without, "insured_debt").any()
    assert outcome(usual, "loan_losses").tobytes() != outcome(without, "loan_losses").tobytes()


@pytest.mark.parametrize(("years", "quarters"), [(5.0, 20), (4.15, 17), (4.1, 16), (0.1, 1)])
def test_loans_are_repaid_in_whole_quarters(years: float, quarters: int) -> None:
    assert repaid_in(years) == quarters

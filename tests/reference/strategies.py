"""Combinations of world, scenario and key on which the two implementations are compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from sim.calendar import FIRST_YEAR
from sim.parameters import declared
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.schema import MODULES, PILLARS, RULES
from sim.worlds import synthetic
from sim.worlds.world import World, freeze
from tests.identities.cases import BUSY, RISKY, all_levers, nested, with_parameters

#: Many designations, and much business with cities abroad.
OPEN = {
    "futurecity_quota": 300.0,
    "model_quota": 120.0,
    "application_constant": -1.0,
    "application_prefecture": 0.0,
    "network_rate": 0.5,
    "overseas_rate": 3.0,
    "inbound_rate": 1.0,
}


class Combination(NamedTuple):
    """What a run is made of."""

    world: World
    scenario: Scenario
    seed: int
    replicate: int
    quarters: int


@st.composite
def combinations(draw: st.DrawFn, longest: int = 30) -> Combination:
    """Mostly 3 to 40 municipalities and 1 to 16 quarters; now and then smaller, empty or longer."""
    quarters = draw(st.one_of(st.integers(1, 16), st.integers(12, longest)))
    return Combination(
        draw(worlds()),
        draw(scenarios()),
        seed=draw(st.integers(0, 2**63 - 1)),
        replicate=draw(st.integers(0, 1_000)),
        quarters=quarters,
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    few = st.one_of(st.none(), st.none(), st.integers(0, 12))
    world = synthetic.build(
        draw(st.one_of(st.integers(3, 40), st.integers(1, 40), st.integers(60, 130))),
        draw(st.integers(0, 2**64 - 1)),
        companies=draw(few),
        institutions=draw(few),
    )
    return draw(st.one_of(st.just(world), st.builds(distinguished, st.just(world), st.integers(0, 2**32))))


def distinguished(world: World, seed: int) -> World:
    """The same world with more designations and cities abroad at the start than chance brings."""
    rng = np.random.default_rng(seed)
    rare = rng.random((4, len(world.places.size))) < 0.15
    legacy, cohort, model, network = rare
    places = world.places._replace(
        legacy=legacy, cohort_2018=cohort | model, model_2018=model, network_2018=network
    )
    cohort_2018 = (rng.random(len(world.prefectures.x)) < 0.3).astype(np.uint8)
    return freeze(
        replace(world, places=places, prefectures=world.prefectures._replace(cohort_2018=cohort_2018))
    )


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Any levers, settings, rules, modules, calendar and emphasis; parameters that let much happen."""
    money = st.one_of(st.just(0.0), st.floats(0.0, 50_000.0))
    paths = st.one_of(money, st.dictionaries(st.integers(FIRST_YEAR, FIRST_YEAR + 8), money, min_size=1))
    levers: dict[str, Any] = {lever.name: draw(paths) for lever in LEVERS}
    levers |= {setting.name: draw(st.floats(setting.low, setting.high)) for setting in SETTINGS}
    scenario = load_scenario("baseline").overlaid(
        "any",
        levers=nested(levers),
        rules={name: draw(st.sampled_from(choices)) for name, choices in RULES.items()},
        modules={name: draw(st.booleans()) for name in MODULES},
        calendar={"national_target": draw(st.sampled_from(("2018Q2", "2019Q1", "2020Q1", "never")))},
        emphasis={name: draw(st.floats(0.0, 5.0)) for name in PILLARS},
    )
    return scenario.model_copy(update={"parameters": draw(parameter_paths())})


@st.composite
def parameter_paths(draw: st.DrawFn) -> dict[str, dict[int, float]]:
    """Some parameters anywhere in their range, some changing on the way, in a busy world."""
    values = {**BUSY, **draw(st.sampled_from(({}, {}, RISKY))), **draw(st.sampled_from(({}, OPEN, OPEN)))}
    paths = {name: {0: value} for name, value in values.items()}
    for name in draw(st.lists(st.sampled_from(sorted(declared())), max_size=25, unique=True)):
        if name in values and draw(st.booleans()):
            continue
        record = declared()[name]
        within = st.floats(record.low, record.high, allow_subnormal=False)
        paths[name] = {0: draw(within)}
        if draw(st.booleans()):
            paths[name][draw(st.integers(1, 12))] = draw(within)
    return paths


def directed(world: World, quarters: int, over: dict[str, Any], **parameters: float) -> Combination:
    scenario = with_parameters(load_scenario("baseline").overlaid("directed", **over), **BUSY | parameters)
    return Combination(world, scenario, 11, 2, quarters)


def crowded_world() -> World:
    """Three municipalities, each of which can run thirty projects with hundreds of companies."""
    world = synthetic.build(3, 3, companies=400)
    return freeze(replace(world, places=world.places._replace(slots=np.full(3, 30))))


#: Runs in which what is rare by chance is common.
DIRECTED = {
    "whole_horizon": directed(synthetic.build(120, 3), 51, {"levers": all_levers(4_000.0)}),
    # rankings without noise tie: equal likings are settled by the order of the list held
    "ties": directed(
        synthetic.build(40, 3, companies=20),
        30,
        {"levers": all_levers(1_000.0), "rules": {"award": "lottery"}},
        ranking_noise=0.0,
        join_company=50.0,
        search_effort=50.0,
        own_channel=0.3,
    ),
    # adoption and membership come slowly, cases and cost relief matter, money runs short
    "slow_spread": directed(
        synthetic.build(120, 3, institutions=200),
        30,
        {
            "levers": {
                "subsidy": 1_500,
                "matching_support": 300,
                "promotion": 100,
                "esg_finance": {"study_groups": 300, "guarantee": 20, "interest_subsidy": 40},
            }
        },
        adoption_own=0.001,
        contagion_cases=0.1,
        contagion_size=0.15,
        national_push=0.05,
        size_bandwidth=0.25,
        join_municipality=0.04,
        join_municipality_push=0.05,
        municipal_fixed_cost=4.5,
        cost_median=5.0,
        case_relief=1.0,
        case_reach=3.0,
        case_nationwide=1.0,
        case_size_bandwidth=1.0,
        grant_rate=1.0,
        grant_cap=180.0,
        equity_share=0.4,
        ranking_noise=0.05,
    ),
    # companies pay small debts themselves where no lender has room
    "own_money": directed(
        synthetic.build(40, 3),
        30,
        {"levers": {"subsidy": 4_000}},
        equity_share=0.5,
        municipal_share=0.3,
        own_money_share=0.4,
        lending_share=0.000002,
        gross_return=1.2,
        gross_return_spread=0.7,
        company_fixed_cost=1.5,
        cost_median=5.0,
        municipal_value=4.0,
    ),
    # more apply than are designated; model grants beside subsidies, and prefectures that the jury ties
    "selection": directed(
        distinguished(synthetic.build(120, 8), 1),
        37,
        {
            "levers": {
                "subsidy": 500,
                "futurecity": {"model_grants": {2018: 4_000, 2020: 900, 2024: 20_000}, "advice": 200},
                "advisers": 3_000,
            },
            "rules": {"award": "need_weighted", "advisers": "lottery"},
            "modules": {"election_gate": True},
        },
        **OPEN
        | {
            "futurecity_quota": 60.0,
            "model_quota": 20.0,
            "application_prefecture": 5.0,
            "plan_prefecture": 1.0,
            "weight_balance": 1.0,
            "judgement_noise": 0.0,
            "grant_rate": 0.2,
            "posting_rate": 0.5,
            "adoption_own": 0.01,
            "contagion_neighbours": 0.15,
        },
    ),
    # a noisy jury among many governments of like merit
    "jury": directed(
        distinguished(synthetic.build(300, 10, companies=60), 3),
        21,
        {},
        futurecity_quota=140.0,
        model_quota=60.0,
        application_constant=-3.0,
        application_prefecture=-1.5,
        plan_prefecture=0.6,
        judgement_noise=0.24,
        posting_rate=0.1,
    ),
    # little room at lenders at home; concessional money for some of the deals abroad
    "abroad": directed(
        distinguished(synthetic.build(120, 9), 2),
        45,
        {
            "levers": {"international": {"missions": 200, "concessional": 1_500}},
            "rules": {"drift": "trend", "interlinkage": "estimated"},
        },
        **OPEN
        | {
            "lending_share": 0.00006,
            "own_money_share": 0.0,
            "municipal_value": 6.0,
            "market_growth": 0.02,
            "project_effect": 0.5,
            "overseas_commercial": 0.4,
            "overseas_cases": 4.0,
            "overseas_transfer": 1.0,
            "case_promotion": 3.0,
            "case_relief": 0.5,
        },
    ),
    # trust won in subcommittees, for more partners than a municipality remembers
    "subcommittees": directed(
        synthetic.build(20, 4, companies=120),
        45,
        {"levers": {"subcommittees": 20_000, "advisers": 2_000}, "rules": {"interlinkage": "estimated"}},
        trust_subcommittee=0.15,
        trust_decay=0.09,
        own_channel=1.0,
        success_constant=3.0,
    ),
    # more partners than a municipality remembers
    "partners_forgotten": directed(
        crowded_world(),
        90,
        {},
        posting_rate=50.0,
        own_channel=0.3,
        join_company=50.0,
        search_effort=50.0,
        matching_efficiency=1.0,
        renewal=0.2,
        ranking_noise=5.0,
        success_constant=6.0,
        friction_capacity=0.0,
        friction_awareness=0.0,
        municipal_value=9.0,
        gross_return=3.0,
        equity_share=1.0,
        municipal_share=0.0,
        trust_success=0.1,
    ),
}

#: Outcomes that must not stay zero in a directed run, so that it keeps reaching what it is for.
REACHED = {
    "selection": ("futurecity_applicants", "futurecities", "deals_subsidised", "theil_between"),
    "jury": ("futurecity_applicants", "futurecities"),
    "abroad": ("network_members", "overseas_deals", "overseas_concessional", "inbound_capital",
               "financed_foreign_fund", "insured_debt"),
    "subcommittees": ("trust_mean",),
}  # fmt: skip

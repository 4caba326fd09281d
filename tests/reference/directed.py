"""Chosen combinations of world, scenario and key on which the two implementations are compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from sim.kernel.funds import FUND_NAMES
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.schema import MODULES
from sim.worlds import synthetic
from sim.worlds.build import assemble, directory
from tests.identities.cases import BUSY, RISKY, all_levers, with_parameters

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
#: Some cease to promote the SDGs and leave the platform, and may come back.
LEAVING = {"adoption_lapse": 0.1, "leave_municipality": 0.1, "leave_company": 0.1}


class Combination(NamedTuple):
    """What a run is made of."""

    world: World
    scenario: Scenario
    seed: int
    replicate: int
    quarters: int
    by: str | None = "prefecture"


def distinguished(world: World, seed: int) -> World:
    """The same world with more designations and cities abroad at the start than chance brings."""
    rng = np.random.default_rng(seed)
    rare = rng.random((4, len(world.municipalities.size))) < 0.15
    legacy, cohort, model, network = rare
    municipalities = world.municipalities._replace(
        legacy=legacy, cohort_2018=cohort | model, model_2018=model, network_2018=network
    )
    cohort_2018 = (rng.random(len(world.prefectures.x)) < 0.3).astype(np.uint8)
    return replace(
        world, municipalities=municipalities, prefectures=world.prefectures._replace(cohort_2018=cohort_2018)
    )


def small_country(municipalities: int, seed: int, companies: int, institutions: int) -> World:
    """Three prefectures of few municipalities that lie in no plane, many of them distinguished."""
    prefectures = 3
    drawn = synthetic.build(municipalities, seed, companies=companies)
    x, y = drawn.municipalities.x, drawn.municipalities.y
    prefecture = np.argsort(np.argsort(x)) * prefectures // municipalities  # from the west
    traits = drawn.municipalities._replace(prefecture=prefecture, z=0.3 * x - 0.2 * y)
    home = drawn.companies.municipality
    world = distinguished(
        assemble(
            drawn.name,
            seed,
            traits,
            drawn.companies._replace(prefecture=prefecture[home], z=traits.z[home]),
            synthetic.draw_institutions(seed, institutions, prefectures),
            synthetic.prefecture_columns(traits, prefectures),
            synthetic.labels(traits, prefectures, institutions),
        ),
        seed,
    )
    network = (np.arange(municipalities) % 2).astype(np.uint8)
    return replace(world, municipalities=world.municipalities._replace(network_2018=network))


def directed(world: World, quarters: int, over: dict[str, Any], **parameters: float) -> Combination:
    scenario = with_parameters(load_scenario("baseline").overlaid("directed", **over), **BUSY | parameters)
    return Combination(world, scenario, 11, 2, quarters)


def several_payers() -> dict[str, Any]:
    """For every lever money of prefectures, for themselves, others and small places, and of the nation."""
    found = {}
    for n, lever in enumerate(FUND_NAMES):
        small = {"prefecture": 2, "where": "population < 60_000"}
        found[f"own_{n}"] = {
            "lever": lever,
            "payer": {"prefecture": 1},
            "for": {"prefecture": 1},
            "money": 40,
        }
        found[f"small_{n}"] = {"lever": lever, "payer": {"prefecture": 2}, "for": small, "money": {2019: 25}}
        found[f"again_{n}"] = {
            "lever": lever,
            "payer": {"prefecture": 3},
            "for": {"prefecture": 1},
            "money": 35,
        }
        found[f"adopters_{n}"] = {"lever": lever, "for": {"adopters": True}, "money": 30}
    return found


def crowded_world(companies: int) -> World:
    """Three municipalities, each of which can run thirty projects with hundreds of companies."""
    world = synthetic.build(3, 3, companies=companies)
    return replace(world, municipalities=world.municipalities._replace(slots=np.full(3, 30)))


def country_of_giants(companies: int) -> World:
    """Two municipalities among companies that are all of national scope."""
    drawn = synthetic.build(2, 5, companies=companies)
    giants = drawn.companies._replace(
        national=np.ones(companies, np.uint8), slots=9 + np.arange(companies) % 7
    )
    return replace(drawn, companies=giants, directory=directory(giants, drawn.institutions, 1))


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
        **LEAVING,
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
        crowded_world(companies=400),
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

#: Short runs of few, in which most of the model happens: cheap enough for a kernel that is not compiled.
TINY = {
    # two years settle most questions
    "opening": directed(
        small_country(12, 7, 40, 12),
        6,
        {
            "levers": all_levers(8_000.0),
            "rules": {"drift": "trend", "interlinkage": "estimated"},
            "modules": {"insurance": True, "international": True},
        },
        **OPEN | {"join_company_peers": 0.2, "join_institution": 0.3, "network_rate": 3.0},
    ),
    # every lever has money, every module is on
    "levers": directed(
        small_country(12, 1, 40, 12),
        24,
        {
            "levers": all_levers(20_000.0),
            "rules": {"drift": "trend", "interlinkage": "estimated"},
            "modules": dict.fromkeys(MODULES, True),
        },
        **OPEN,
        default_given_failure=0.5,
        joint_population=1e6,
        joint_share=1.0,
    ),
    # the municipality leaves a grant that the deal does not need
    "declined": directed(
        small_country(12, 1, 40, 12),
        10,
        {"levers": {"subsidy": 20_000}, "rules": {"grant_choice": "municipality"}},
        **OPEN,
    ),
    # every lever is paid for by several, each for some
    "programmes": directed(
        small_country(30, 1, 60, 16),
        22,
        {
            "levers": all_levers(300.0),
            "modules": {"insurance": True, "international": True},
            "programmes": several_payers(),
        },
        **OPEN | {"network_rate": 1.0},
    ),
    # more apply than are designated, prefectures among them
    "applicants": directed(
        small_country(40, 8, 60, 8),
        17,
        {
            "levers": {
                "subsidy": 500,
                "futurecity": {"model_grants": {2018: 4_000, 2020: 900}, "advice": 300},
                "advisers": 3_000,
            },
            "modules": {"election_gate": True, "joint_projects": True},
        },
        **OPEN
        | {
            "futurecity_quota": 200.0,
            "joint_population": 60_000.0,
            "joint_probability": 0.6,
            "joint_share": 1.0,
            "intermediary_reach": 0.89,
            "model_quota": 90.0,
            "application_constant": -2.0,
            "application_prefecture": 0.0,
            "plan_prefecture": 0.7,
            "weight_balance": 1.0,
            "weight_citizens": 3.0,
            "judgement_noise": 0.1,
            "grant_rate": 0.2,
            "posting_rate": 0.6,
            "adoption_own": 0.05,
            "prefecture_own": 0.1,
        },
    ),
    # failures, defaults and little money; grants by need, meetings by Cobb and Douglas
    "losses": directed(
        small_country(14, 2, 50, 20),
        18,
        {
            "levers": all_levers(900.0),
            "rules": {"award": "need_weighted", "matching": "cobb_douglas", "interlinkage": "uniform"},
            "modules": {"insurance": True, "international": True},
        },
        **OPEN
        | RISKY
        | LEAVING
        | {
            "own_money_share": 0.6,
            "grant_cap": 3.0,
            "grant_cap_leading": 5.0,
            "surplus_share": 0.95,
            "rate_cap": 1.0,
        },
    ),
    # lotteries, few lenders with little room, companies that pay themselves
    "few_lenders": directed(
        small_country(15, 3, 50, 12),
        20,
        {
            "levers": all_levers(2_000.0),
            "rules": {"award": "lottery", "advisers": "lottery"},
            "modules": {"insurance": True, "international": True},
        },
        **OPEN
        | {
            "lending_share": 0.00001,
            "appraisal_base": 0.9,
            "own_money_share": 0.4,
            "cost_median": 8.0,
            "gross_return": 1.2,
            "gross_return_spread": 0.7,
            "company_fixed_cost": 1.5,
            "renewal": 0.8,
            "success_constant": 2.0,
            "project_effect": 2.0,
        },
    ),
    # little awareness, slow adoption and membership; cases and cost relief matter
    "first_cases": directed(
        small_country(24, 3, 60, 8),
        24,
        {"levers": {"subsidy": 1_500, "matching_support": 300, "promotion": 100}},
        **LEAVING,
        awareness_cases=0.1,
        adoption_own=0.003,
        contagion_cases=0.1,
        contagion_size=0.15,
        national_push=0.05,
        size_bandwidth=0.25,
        join_municipality=0.04,
        join_municipality_peers=0.3,
        join_company=0.02,
        join_company_peers=0.2,
        join_institution=0.05,
        prefecture_own=0.02,
        prefecture_push=0.1,
        join_prefecture=0.1,
        municipal_fixed_cost=4.5,
        municipal_value=3.0,
        cost_median=5.0,
        case_relief=0.8,
        case_reach=1.5,
        case_promotion=2.0,
        case_nationwide=0.3,
        case_size_bandwidth=1.0,
        success_constant=3.0,
        equity_share=0.4,
        overseas_cases=0.1,
        overseas_transfer=0.3,
    ),
    # large tickets for insurers and trusts, foreign funds, business abroad for those with cases
    "tickets": directed(
        small_country(14, 9, 50, 60),
        26,
        {
            "levers": {
                "international": {"missions": 400, "concessional": 60_000},
                "esg_finance": {"guarantee": 20},
            },
            "rules": {"drift": "trend"},
            "modules": {"insurance": True, "international": True},
        },
        **OPEN
        | {
            "cost_median": 120.0,
            "cost_spread": 1.0,
            "ticket_bank_high": 60.0,
            "appraisal_base": 0.9,
            "ticket_trust": 150.0,
            "ticket_securities": 100.0,
            "ticket_life": 90.0,
            "securities_fee": 0.02,
            "esg_premium": 0.01,
            "success_constant": 2.5,
            "municipal_value": 6.0,
            "market_growth": 0.02,
            "overseas_commercial": 0.5,
            "overseas_rate": 1.0,
            "network_rate": 3.0,
            "project_effect": 0.5,
        },
    ),
    # loans on few themes that only a pool makes large enough; nothing is signed before the platform opens
    "pools": directed(
        small_country(24, 6, 60, 60),
        26,
        {
            "levers": {"esg_finance": {"guarantee": 300, "study_groups": 30_000}},
            "rules": {"award": "need_weighted"},
            "modules": {"insurance": True},
            "emphasis": {"next_generation_women": 30.0},
        },
        posting_rate=30.0,
        own_channel=0.0,
        ticket_bank_high=10.0,
        ticket_trust=40.0,
        ticket_securities=65.0,
        ticket_life=70.0,
        appraisal_base=0.9,
        skill_study=2.0,
        success_constant=3.0,
        municipal_value=4.0,
        lending_share=100.0,
    ),
    # many posts for few companies, whose choice no noise clouds; with a grant debts are below every ticket
    "rivals": directed(
        small_country(30, 4, 9, 20),
        24,
        {"levers": {"subsidy": 3_000, "matching_support": 500, "esg_finance": {"guarantee": 500}}},
        posting_rate=20.0,
        ranking_noise=0.0,
        own_channel=0.3,
        join_company=50.0,
        search_effort=50.0,
        cost_median=6.0,
        own_money_share=0.0,
        municipal_value=6.0,
        lending_share=100.0,
        success_constant=1.0,
    ),
    # more partners than a municipality remembers; projects that leave little to gain by going on
    "partners": directed(
        crowded_world(companies=200),
        30,
        {
            "levers": {"subcommittees": 60_000, "matching_support": 3_000},
            "emphasis": {"next_generation_women": 30.0},
        },
        posting_rate=50.0,
        own_channel=0.5,
        join_company=50.0,
        search_effort=50.0,
        trust_subcommittee=0.15,
        trust_decay=0.09,
        trust_success=0.1,
        success_constant=4.0,
        friction_capacity=0.5,
        friction_awareness=0.0,
        ranking_noise=2.0,
        municipal_value=3.0,
        project_effect=1.0,
        renewal=0.9,
        gross_return=2.0,
        equity_share=0.9,
        municipal_share=0.05,
    ),
    # more agreements than a municipality can hold, some of which end
    "first_rung": directed(
        country_of_giants(130),
        44,
        {},
        agreement_rate=8.0,
        agreement_tail=0.3,
        agreement_end=0.002,
        donation_rate=0.15,
        agreement_capacity=0.9,
        trust_agreement=0.3,
        adoption_own=0.02,
        own_channel=1.0,
    ),
    # neighbours and peers pull from a share on that comes up for some and not yet for others
    "threshold": directed(
        small_country(24, 3, 30, 8),
        16,
        {"rules": {"contagion": "threshold"}},
        **LEAVING,
        contagion_threshold=0.35,
        contagion_neighbours=0.15,
        contagion_size=0.1,
        adoption_own=0.02,
        national_push=0.0,
        size_bandwidth=0.25,
    ),
}

#: Outcomes that must not stay zero in a directed run, so that it keeps reaching what it is for.
REACHED = {
    "selection": ("futurecity_applicants", "futurecities", "deals_subsidised", "theil_between"),
    "jury": ("futurecity_applicants", "futurecities"),
    "abroad": ("network_members", "overseas_deals", "overseas_concessional", "inbound_capital",
               "financed_foreign_fund", "insured_debt"),
    "subcommittees": ("trust_mean",),
    "first_rung": ("agreements_signed", "agreement_degree_max", "donations_received"),
}  # fmt: skip

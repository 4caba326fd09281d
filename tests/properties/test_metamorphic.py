"""What must follow when one thing is changed and chance is the same.

Relations that need hold only in expectation are counted by seed: the number of seeds that violate
each is part of the test. A changed model may change the counts; the mean may not change its sign.
Doubling all money, the stranger, promotion with monotone hazards and the saturation of the subsidy
are in test_scaling.py; the split horizon is in test_same_chance.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from sim.kernel.funds import Fund
from sim.kernel.state import Verdict
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Run, simulate
from tests.identities.cases import with_parameters, world_of
from tests.identities.checks import SIGNED, outcome
from tests.identities.policy import SLACK

SEEDS = range(1, 9)


def total(name: str) -> Callable[[Run], float]:
    return lambda run: float(outcome(run, name).sum())


def last(name: str) -> Callable[[Run], float]:
    return lambda run: float(outcome(run, name)[-1])


def mean_success(run: Run) -> float:
    """Mean success probability of the deals signed, renewals left out."""
    deals = run.deals()
    return float(deals["success_probability"][np.isin(deals["verdict"], SIGNED)].mean())


def least_skill(run: Run) -> float:
    """Mean appraisal skill of the institutions at the end."""
    return float(run.state.institutions.skill.mean())


class Relation(NamedTuple):
    """With ``over`` the measure is expected to rise (sign 1) or fall (-1) against ``under``."""

    under: dict[str, Any]
    over: dict[str, Any]
    measure: Callable[[Run], float]
    sign: int
    violations: int


def levers(**amounts: Any) -> dict[str, Any]:
    return {"levers": amounts}


PAID = levers(subsidy=2_500)
GUARANTEE = levers(esg_finance={"guarantee": 2_500, "guarantee_cover": 0.8})
STUDY = levers(esg_finance={"study_groups": 500})
LOOKING = {"rules": {"study_effect": "access"}}
PREMIUM = {"parameters": {"esg_premium": 0.015}}
FEW, MANY = {"parameters": {"futurecity_quota": 20.0}}, {"parameters": {"futurecity_quota": 60.0}}
NEEDY = PAID | {"rules": {"award": "need_weighted"}}

RELATIONS: dict[str, Relation] = {
    "some subsidy, more deals": Relation({}, levers(subsidy=1_000), total("deals_signed"), 1, 0),
    "more subsidy, more deals": Relation(levers(subsidy=1_000), PAID, total("deals_signed"), 1, 0),
    "matching, more meetings": Relation({}, levers(matching_support=2_500), total("meetings"), 1, 0),
    "matching, more deals": Relation({}, levers(matching_support=2_500), total("deals_signed"), 1, 0),
    "guarantee, more deals": Relation({}, GUARANTEE, total("deals_signed"), 1, 0),
    "guarantee, riskier deals": Relation({}, GUARANTEE, mean_success, -1, 0),
    "ESG premium, more deals": Relation({}, PREMIUM, total("deals_signed"), 1, 1),
    "study groups, more skill": Relation({}, STUDY, least_skill, 1, 0),
    "study groups that make lenders look, more deals": Relation(
        LOOKING, STUDY | LOOKING, total("deals_signed"), 1, 0
    ),
    "interest subsidy, more deals": Relation(
        {}, levers(esg_finance={"interest_subsidy": 500}), total("deals_signed"), 1, 0
    ),
    "promotion, more adoption": Relation({}, levers(promotion=1_000), last("adoption_share"), 1, 0),
    "advisers, more progress where it is worst": Relation(
        {}, levers(advisers=1_000), last("sdg_progress_bottom_quartile"), 1, 0
    ),
    "need-weighted awards, more progress where it is worst": Relation(
        PAID, NEEDY, last("sdg_progress_bottom_quartile"), 1, 3
    ),
    "need-weighted awards, fewer left without": Relation(
        PAID, NEEDY, last("municipalities_without_project_share"), -1, 3
    ),
    "more cities, projects spread more evenly": Relation(FEW, MANY, last("project_gini"), -1, 0),
}


def scenario(parts: dict[str, Any]) -> Scenario:
    laid = {name: part for name, part in parts.items() if name != "parameters"}
    return with_parameters(load_scenario("baseline").overlaid("laid", **laid), **parts.get("parameters", {}))


_known: dict[tuple[str, int], Run] = {}


def run_with(parts: dict[str, Any], seed: int) -> Run:
    chosen = scenario(parts)
    key = (chosen.digest(), seed)
    if key not in _known:
        _known[key] = simulate(world_of("japan", 1), chosen, seed)
    return _known[key]


@pytest.mark.parametrize("name", RELATIONS)
def test_relation_in_expectation(name: str) -> None:
    relation = RELATIONS[name]
    gains = np.array(
        [
            relation.sign
            * (
                relation.measure(run_with(relation.over, seed))
                - relation.measure(run_with(relation.under, seed))
            )
            for seed in SEEDS
        ]
    )
    assert gains.mean() > 0.0
    violations = int((gains < 0.0).sum())
    assert violations == relation.violations, f"{name}: violated by {violations} of {len(SEEDS)} seeds"


# subsidy


@pytest.mark.parametrize("seed", SEEDS)
def test_beyond_saturation_the_subsidy_lapses_one_for_one(seed: int) -> None:
    runs = [run_with(levers(subsidy=amount), seed) for amount in (50_000, 100_000)]
    assert runs[0].series.tobytes() == runs[1].series.tobytes()
    spent, lapsed = ([run.ledger[column][Fund.SUBSIDY] for run in runs] for column in ("spent", "lapsed"))
    assert np.array_equal(spent[0], spent[1])
    added = runs[1].ledger["appropriated"][Fund.SUBSIDY] - runs[0].ledger["appropriated"][Fund.SUBSIDY]
    assert np.allclose(lapsed[1] - lapsed[0], added, rtol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_before_saturation_deals_rise_and_money_lapses(seed: int) -> None:
    amounts = (0, 1_000, 2_500, 50_000)
    runs = [run_with(levers(subsidy=amount), seed) for amount in amounts]
    additional = [outcome(run, "deals_additional").sum() for run in runs]
    lapsed = [run.ledger["lapsed"][Fund.SUBSIDY].sum() for run in runs]
    assert additional == sorted(additional)
    assert lapsed == sorted(lapsed)


# price


@cache
def last_quarter(seed: int) -> tuple[Run, Run]:
    """Two runs that differ by the ESG premium of their last quarter, with lenders who are never full.

    Foreign capital, which may be, is left out: a loan that it takes at the lower rate may fill it.
    """
    home = load_scenario("baseline").overlaid("home", modules={"international": False})
    plain = with_parameters(home, **SLACK | {"posting_rate": 5.0})
    paths = {**plain.parameters, "esg_premium": {0: 0.0, 20: 0.015}}
    forgone = plain.model_copy(update={"parameters": paths})
    world = world_of("japan", 1)
    return simulate(world, plain, seed, quarters=21), simulate(world, forgone, seed, quarters=21)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_premium_lowers_every_rate_weakly_and_loses_no_deal(seed: int) -> None:
    """The proposals are the same, so deal by deal: none is lost and none becomes dearer."""
    plain, forgone = (run.deals() for run in last_quarter(seed))
    rows = np.nonzero((plain["quarter"] == 20) & (plain["verdict"] != Verdict.RENEWAL))[0]
    for name in ("municipality", "company", "goal", "cost"):
        assert np.array_equal(plain[name][rows], forgone[name][rows]), name
    before, after = plain["verdict"][rows] >= 3, forgone["verdict"][rows] >= 3
    assert before.sum() > 50
    assert np.all(after >= before)
    loans = rows[before & (plain["institution"][rows] >= 0) & (forgone["institution"][rows] >= 0)]
    cheaper = forgone["rate"][loans] <= plain["rate"][loans] * (1.0 + 1e-12)
    assert np.all(cheaper)
    assert np.any(forgone["rate"][loans] < plain["rate"][loans])


# FutureCities


@pytest.mark.parametrize("seed", SEEDS)
def test_more_cities_are_worse_cities(seed: int) -> None:
    """A larger quota selects the same and others besides; where the score is awareness, its mean falls."""
    only_citizens = dict.fromkeys(("weight_plan", "weight_partnerships", "weight_balance"), 0.0)
    only_citizens |= {"judgement_noise": 0.0, "application_prefecture": -100.0}
    chosen, score = [], []
    for quota in (20.0, 40.0):
        parts = {"parameters": only_citizens | {"futurecity_quota": quota}}
        municipalities = simulate(
            world_of("japan", 1), scenario(parts), seed, quarters=5
        ).state.municipalities
        selected = municipalities.designated_quarter == 4
        chosen.append(selected)
        score.append(municipalities.awareness[selected].mean())
    assert [int(selected.sum()) for selected in chosen] == [20, 40]
    assert np.all(chosen[1] >= chosen[0])
    assert score[1] < score[0]

"""Equal public budget."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.scenarios.budget import listed, rescaled, rescalings
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import BASES, MIXES, builtin_names, load_scenario, load_scenarios
from sim.scenarios.spending import beyond

YEARS = range(2018, 2024)


def test_built_in_scenarios_add_the_same_to_the_baseline() -> None:
    scenarios = load_scenarios([name for name in builtin_names() if name not in BASES])
    assert len(scenarios) > 10
    assert rescalings(scenarios, YEARS) == []


def test_every_lever_that_money_alone_can_use_more_of_has_a_scenario_of_its_own() -> None:
    baseline, years = load_scenario("baseline"), list(YEARS)
    alone = []
    for scenario in load_scenarios([name for name in builtin_names() if name not in (*BASES, *MIXES)]):
        more = [name for name, path in scenario.levers.items() if path != baseline.levers[name]]
        alone += more
        assert len(more) == 1 and (beyond(scenario, baseline, years).sum(axis=0)[1:] == 2_500.0).all()
        assert scenario == baseline.model_copy(
            update={name: getattr(scenario, name) for name in ("name", "title", "extends", "levers")}
        )
    # a model grant goes to the cities of the year's quota, up to its cap: more money alone buys no more
    assert sorted(alone) == sorted(lever.name for lever in LEVERS if lever.name != "futurecity.model_grants")


def test_factors_make_appropriations_equal() -> None:
    first = load_scenario("subsidy_first")
    other = load_scenario("matching_first").overlaid("other", levers={"promotion": {2019: 301, 2022: 51}})
    factors = rescalings([first, other], YEARS)
    assert [item.fiscal_year for item in factors] == [2019, 2020, 2021]
    assert listed(factors) == f"other FY2019-2021 x {2967 / 3217:.6g}"
    equal = rescaled(other, factors, YEARS)
    assert np.allclose(
        equal.appropriations(YEARS).sum(axis=0), first.appropriations(YEARS).sum(axis=0), rtol=1e-12
    )
    shares = other.appropriations(YEARS) / other.appropriations(YEARS).sum(axis=0)
    assert np.allclose(equal.appropriations(YEARS) / equal.appropriations(YEARS).sum(axis=0), shares)
    assert rescalings([first, equal], YEARS) == []
    assert equal.name == other.name
    assert equal.digest() != other.digest()


def test_what_needs_no_factor_is_left_alone() -> None:
    scenario = load_scenario("balanced")
    assert rescaled(scenario, [], YEARS) is scenario


def test_nothing_cannot_be_scaled_up() -> None:
    with pytest.raises(InputError, match="no_policy appropriates nothing in FY2018"):
        rescalings(load_scenarios(["baseline", "no_policy"]), YEARS)

"""Equal public budget."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.scenarios.budget import listed, rescaled, rescalings
from sim.scenarios.scenario import load_scenario, load_scenarios

YEARS = range(2018, 2024)


def test_built_in_mixes_are_equal() -> None:
    assert (
        rescalings(load_scenarios(["subsidy_first", "matching_first", "esg_first", "balanced"]), YEARS) == []
    )


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

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.batch.factors import DISTRIBUTIONS, SCALES, Factor, applied
from sim.errors import InputError
from sim.scenarios.scenario import load_scenario
from tests.batch.some_factors import ABROAD, ALL, AWARD, MONEY, RATE, choices, ranges

BASE = load_scenario("baseline")


@given(st.sampled_from(DISTRIBUTIONS), st.sampled_from(["linear", "log"]), st.floats(0, 1), st.floats(0, 1))
def test_quantiles_rise_and_stay_in_the_range(distribution: str, scale: str, u: float, v: float) -> None:
    factor = Factor("x", "uncertainty", 0.5, 8.0, scale, distribution)
    low, high = sorted((u, v))
    values = [factor.at(low), factor.at(high)]
    assert 0.5 - 1e-9 <= values[0] <= values[1] <= 8.0 + 1e-9


def test_distributions_have_their_shape() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    shares = {}
    for distribution in DISTRIBUTIONS:
        values = np.array([Factor("x", "uncertainty", 0.0, 1.0, distribution=distribution).at(x) for x in u])
        assert values.mean() == pytest.approx(0.5, abs=1e-3)
        shares[distribution] = np.mean(np.abs(values - 0.5) < 0.25)
    assert shares["uniform"] == pytest.approx(0.5, abs=0.01)
    assert shares["triangular"] == pytest.approx(0.75, abs=0.01)
    assert shares["normal"] == pytest.approx(0.6729 / 0.95, abs=0.01)  # P(|Z| < 0.98) of the central 95%


def test_a_point_is_laid_over_the_scenario() -> None:
    point = (700.0, 0.8, 2.0, "lottery", "never", True)
    scenario = applied(BASE, ALL, point)
    words = {
        "levers": {"subsidy": {2019: 700.0}, "esg_finance": {"guarantee_cover": 0.8}},
        "parameters": {"posting_rate": 2.0},
        "rules": {"award": "lottery"},
        "modules": {"international": True},
        "calendar": {"national_target": "never"},
    }
    assert scenario.digest() == BASE.overlaid("same", **words).digest()
    assert applied(BASE, ALL, (None,) * 6) == BASE
    later = applied(BASE, (Factor("posting_rate", "uncertainty", 0.1, 9.0, start=12),), (2.0,))
    assert later.parameters["posting_rate"] == {0: 0.55, 12: 2.0}


@given(ranges)
def test_both_ends_of_a_range_come_back_to_the_last_bit(factor: Factor) -> None:
    assert (factor.at(0.0), factor.at(1.0)) == (factor.low, factor.high)
    for number in (2, 3, 4):
        assert factor.levels(number)[0] == factor.low
        assert factor.levels(number)[-1] == factor.high


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_ends_that_rounding_would_miss(scale: str, distribution: str) -> None:
    for low, high in ((0.005, 0.15), (0.1, 0.7), (1e-5, 0.3), (0.18, 1.65), (0.02, 1.2)):
        factor = Factor("x", "uncertainty", low, high, scale, distribution)
        assert (factor.at(0.0), factor.at(1.0), *factor.levels(2)) == (low, high, low, high)


def test_levels_are_numbers_as_one_would_write_them() -> None:
    """A filter such as ``subsidy == 0.3`` finds its rows."""
    assert Factor("x", "lever", 0.1, 0.5).levels(3) == (0.1, 0.3, 0.5)
    assert Factor("x", "lever", 0.0, 0.7).levels(8) == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    assert Factor("x", "lever", 0.001, 100.0, "log").levels(6) == (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)


@given(ranges, st.floats(0, 1))
def test_no_value_lies_beyond_its_range(factor: Factor, u: float) -> None:
    assert factor.allows(factor.at(u))


@given(ranges, st.floats(0.001, 0.999))
def test_a_coordinate_leads_back_to_its_number(factor: Factor, u: float) -> None:
    value = factor.at(u)
    assert isinstance(value, float)
    assert factor.at(factor.coordinate(value)) == pytest.approx(value, rel=1e-9)


def test_coordinates_are_probabilities() -> None:
    assert Factor("x", "lever", 0.0, 8.0).coordinate(2.0) == 0.25
    assert RATE.coordinate(1.0) == pytest.approx(0.5)
    assert replace(RATE, distribution="triangular").coordinate(math.sqrt(0.1)) == pytest.approx(0.125)
    normal = Factor("x", "lever", -1.959963984540054, 1.959963984540054, distribution="normal")
    assert normal.coordinate(1.0) == pytest.approx((0.8413447460685429 - 0.025) / 0.95)
    assert [normal.coordinate(x) for x in (normal.low, normal.high)] == pytest.approx([0.0, 1.0])


@given(choices)
def test_a_value_has_the_middle_of_its_share(factor: Factor) -> None:
    assert factor.values is not None
    coordinates = [factor.coordinate(value) for value in factor.values]
    assert [factor.at(u) for u in coordinates] == list(factor.values)
    assert coordinates == pytest.approx((np.arange(len(factor.values)) + 0.5) / len(factor.values))


def test_true_is_not_one() -> None:
    assert ABROAD.coordinate(True) == 0.75
    assert not ABROAD.allows(1.0) and not MONEY.allows(True)
    assert Factor("x", "lever", values=(0.0, 1.0)).allows(1.0)


def test_a_value_as_in_the_scenario_has_no_coordinate() -> None:
    assert MONEY.allows(None) and math.isnan(MONEY.coordinate(None)) and math.isnan(AWARD.coordinate(None))


@pytest.mark.parametrize(("factor", "value"), [(MONEY, 1_001.0), (MONEY, math.nan), (AWARD, "scord")])
def test_a_value_that_is_not_the_factors_has_no_coordinate(factor: Factor, value: float | str) -> None:
    with pytest.raises(InputError, match=f"{factor.name}: .* is not what the factor allows"):
        factor.coordinate(value)

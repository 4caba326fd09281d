"""Bounds of validity of parameters."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.kernel.parameters import Parameter, declared
from sim.scenarios.bounds import PARTS, POSITIVE, bounds_of
from sim.scenarios.scenario import load_scenario

EVERY = list(declared().values())


@pytest.mark.parametrize("parameter", EVERY, ids=lambda parameter: parameter.name)
def test_plausible_values_are_valid_and_others_are_refused(parameter: Parameter) -> None:
    low, high = bounds_of(parameter)
    assert low <= parameter.low <= parameter.default <= parameter.high <= high < 1e300
    nothing_else = {"equity_share": 0.0, "municipal_share": 0.0}  # together they may be 1 at most
    baseline = load_scenario("baseline").overlaid("bare", parameters=nothing_else)
    for value in (parameter.low, parameter.default, parameter.high, high):
        baseline.overlaid("fine", parameters={parameter.name: value})
    for value in (2.0 * high + 1.0, low - 1e-9, -1e9):
        with pytest.raises(InputError, match=rf"^scenario: parameters\.{parameter.name}: must be "):
            baseline.overlaid("wrong", parameters={parameter.name: value})


@pytest.mark.parametrize("name", ["awareness_decay", "trust_decay", "capacity_rotation", "case_decay"])
def test_what_fades_in_a_quarter_is_a_part_of_it(name: str) -> None:
    with pytest.raises(InputError, match=rf"parameters\.{name}: must be from 0 to 1 \(1/quarter\), not 3$"):
        load_scenario("baseline").overlaid("wrong", parameters={name: 3})


@pytest.mark.parametrize("name", POSITIVE)
def test_what_is_divided_by_is_above_zero(name: str) -> None:
    with pytest.raises(InputError, match="must be above 0"):
        load_scenario("baseline").overlaid("wrong", parameters={name: 0})


def test_every_exception_is_a_parameter() -> None:
    assert {*PARTS, *POSITIVE} <= declared().keys()


def test_equity_and_municipal_money_leave_something_to_lend() -> None:
    shares = {"equity_share": 0.7, "municipal_share": {"2020Q1": 0.4}}
    with pytest.raises(InputError, match=r"equity_share and municipal_share are 1\.1 of the cost in 2020Q1"):
        load_scenario("baseline").overlaid("wrong", parameters=shares)
    load_scenario("baseline").overlaid("fine", parameters={"equity_share": 0.6, "municipal_share": 0.4})

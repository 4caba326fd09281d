"""The chance of extensions: keyed by what it is for, and independent wherever that differs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.errors import InputError
from sim.extensions import Extension, Now, lever
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from tests.identities.cases import world_of

WORLD = world_of("synthetic:60", 1)
BASE = load_scenario("baseline")
MANY = 2_000
#: Correlations of independent draws of this number lie within this in all but one of 100,000 cases.
NO_CORRELATION = 4.5 / MANY**0.5


def drawn(name: str, draw: Any, quarters: int = 1) -> list[Any]:
    """What a mechanism of a name draws in every quarter."""
    seen: list[Any] = []
    own = Extension(name, lambda now: seen.append(draw(now)), "adopt", "after")
    simulate(WORLD, BASE, quarters=quarters, extensions=[own])
    return seen


def lots(now: Now, purpose: str = "") -> Any:
    """Place of every id in the random order."""
    return np.argsort(now.in_lot_order(np.arange(MANY), purpose))


def correlation(a: Any, b: Any) -> float:
    return float(abs(np.corrcoef(a, b)[0, 1]))


def test_an_order_says_nothing_about_numbers() -> None:
    """Who is drawn first must not also be who succeeds."""
    ((order, numbers),) = drawn("mine", lambda now: (lots(now), now.uniforms(MANY)))
    assert correlation(order, numbers) < NO_CORRELATION


@pytest.mark.parametrize("draw", [lambda now, purpose: now.uniforms(MANY, purpose), lots])
def test_purposes_names_and_quarters_are_independent(draw: Any) -> None:
    (one, other), (later, _) = drawn("mine", lambda now: (draw(now, "one"), draw(now, "other")), quarters=2)
    ((stranger, _),) = drawn("yours", lambda now: (draw(now, "one"), draw(now, "other")))
    for another in (other, later, stranger):
        assert correlation(one, another) < NO_CORRELATION


def test_names_and_purposes_do_not_run_into_each_other() -> None:
    (one,) = drawn("a", lambda now: now.uniforms(5, "b/c"))
    (other,) = drawn("a_b", lambda now: now.uniforms(5, "c"))
    (third,) = drawn("a", lambda now: now.uniforms(5, 'uniforms", "b/c'))
    assert not np.isin(one, [*other, *third]).any()


def test_the_same_chance_is_not_handed_out_twice() -> None:
    for draw in (lambda now: now.uniforms(3), lambda now: now.in_lot_order(np.arange(3))):
        with pytest.raises(InputError, match=r"called twice with the purpose ''.*a purpose of its own"):
            drawn("mine", lambda now, draw=draw: (draw(now), draw(now)))
    numbers = drawn("mine", lambda now: (now.uniforms(3), now.uniforms(3, "again")), quarters=3)
    assert len(np.unique(numbers)) == 18


def test_orders_are_of_ids() -> None:
    mask = np.array([True, False, True])
    for wrong in (mask, np.array([0.5, 1.5]), np.zeros((2, 2), int)):
        with pytest.raises(InputError, match="mine: in_lot_order takes ids"):
            drawn("mine", lambda now, wrong=wrong: now.in_lot_order(wrong))
    assert drawn("mine", lambda now: list(now.in_lot_order([])) + list(now.in_lot_order([7], "one"))) == [[7]]


def test_a_unit_costs_something() -> None:
    @lever(after="adopt", appropriation=5.0)
    def free(now: Now) -> None:
        now.affordable(0.0)

    with pytest.raises(InputError, match="free: a unit must cost more than 0"):
        simulate(WORLD, BASE, quarters=1, extensions=[free])

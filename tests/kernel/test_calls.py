"""Acts called by their addresses: the right one, for the right types, with its errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
import pytest

from sim.kernel.calls import UNLINKED, call_act, fits, linked

pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="addresses are those of compiled code")

INTEGERS, FLOATS = np.zeros(3, np.int64), np.zeros(3)


@numba.njit
def add_one(clock: Any, parameters: Any, policy: Any, world: Any, state: Any) -> None:
    """An act: it writes a column."""
    state[clock] += 1


@numba.njit
def double(clock: Any, parameters: Any, policy: Any, world: Any, state: Any) -> None:
    """Another one, which fails where there is nothing to double."""
    if state[clock] == 0:
        raise ValueError("nothing to double")
    state[clock] *= 2


@numba.njit
def carry_out(
    digest: Any, acts: Any, clock: Any, parameters: Any, policy: Any, world: Any, state: Any
) -> bool:
    """Call acts in their order, if they fit."""
    if not fits(digest, clock, parameters, policy, world, state):
        return False
    for act in acts:
        call_act(act, clock, parameters, policy, world, state)
    return True


def handed(state: Any) -> Sequence[Any]:
    return 1, 0.5, (INTEGERS,), FLOATS, state


def test_acts_are_called_in_the_order_of_their_addresses() -> None:
    state = FLOATS.copy()
    acts = linked([add_one, double, add_one], handed(state))
    assert carry_out(*acts, *handed(state))
    assert state.tolist() == [0.0, 3.0, 0.0]
    assert carry_out(acts.digest, acts.acts[:1], *handed(state))
    assert state.tolist() == [0.0, 4.0, 0.0]


@pytest.mark.parametrize("other", [INTEGERS.copy(), np.zeros(6)[::2], np.zeros(3, np.float32)])
def test_acts_are_not_called_with_columns_of_other_types(other: Any) -> None:
    acts = linked([add_one], handed(FLOATS.copy()))
    assert not carry_out(*acts, *handed(other))
    assert not other.any()
    assert carry_out(*linked([add_one], handed(other)), *handed(other))
    assert other.tolist() == [0, 1, 0]


def test_nothing_fits_what_is_not_linked() -> None:
    assert not carry_out(*UNLINKED, *handed(FLOATS.copy()))


def test_an_error_in_an_act_comes_out() -> None:
    state = FLOATS.copy()
    with pytest.raises(ValueError, match="nothing to double"):
        carry_out(*linked([double, add_one], handed(state)), *handed(state))
    assert not state.any()

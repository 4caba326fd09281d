"""Every state that a run leaves is what is declared of its columns, and whatever is not is refused."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from sim.errors import InputError
from sim.kernel import state as declared
from sim.kernel.state import AGREEMENTS, OPEN, ROWS, State
from sim.simulation import Run, Simulation
from sim.simulation.columns import COLUMNS, Column, bytes_of, kept, named, refuse_odd, sizes_of, state_of
from tests.identities.cases import CASES, scenario_of, world_of
from tests.properties.strategies import runs

SMALL = [name for name, case in CASES.items() if case.world != "japan"]
NAMES = [f"{group}.{name}" for group, name, _ in named()]


@given(run=runs())
@settings(max_examples=40)
def test_any_run_ends_as_it_is_declared(run: Run) -> None:
    refuse_odd(run.state, run.quarters)


@pytest.mark.parametrize("name", [*SMALL, "japan_balanced"])
def test_every_quarter_leaves_what_is_declared(name: str) -> None:
    case = CASES[name]
    simulation = Simulation(
        world_of(case.world, 1), scenario_of(case), quarters=case.quarters, by="prefecture"
    )
    refuse_odd(simulation.state, 0)
    while not simulation.finished:
        simulation.step()
        refuse_odd(simulation.state, simulation.quarter)


@cache
def busy() -> Simulation:
    """A run in full swing, with every kind of deal and agreements."""
    case = CASES["losses"]
    scenario = scenario_of(case).overlaid("more", modules={"agreements": True})
    simulation = Simulation(world_of(case.world, 1), scenario, by="size_class")
    simulation.run(20)
    return simulation


def copied() -> State:
    return State(**{name: columns._make(map(np.copy, columns)) for name, columns in busy().state.groups()})


def test_every_column_is_declared_as_it_is() -> None:
    sizes = sizes_of(busy().state)
    fields = [
        f"{group}.{name}"
        for group, columns in busy().state.groups()
        for name in columns._fields
        if name != "tally"
    ]
    assert fields == NAMES
    arrays = list(kept(busy().state, sizes))
    for (group, name, column), array in zip(named(), arrays, strict=True):
        assert (array.dtype, array.shape) == (column.dtype, column.shape_in(sizes)), f"{group}.{name}"
        assert array.size, f"{group}.{name}: this run is no test of it"
    assert sum(array.nbytes for array in arrays) == bytes_of(sizes)


def test_shares_are_those_that_the_state_says() -> None:
    """The comments beside the columns of a state, which people read, and what is declared of them."""
    said = re.findall(r"    (\w+): Floats  # .*?0\.\.1", inspect.getsource(declared))
    shares = {name for _, name, column in named() if column.dtype == np.float64 and column.most < 2}
    assert len(said) > 8 and set(said) <= shares


def test_columns_that_are_read_again_are_the_state() -> None:
    state, sizes = busy().state, sizes_of(busy().state)
    again = state_of(kept(copied(), sizes), sizes)
    for one, other in zip(kept(state, sizes), kept(again, sizes), strict=True):
        assert one.tobytes() == other.tobytes()
    assert again.deals.tally.tolist() == state.deals.tally.tolist()


def odd_values(column: Column, sizes: Any, quarter: int) -> list[float]:
    if column.dtype == np.float64:
        beyond = [-0.1, 1.1] if column.most < 2 else [2e100]
        return [*beyond, np.nan, np.inf, -np.inf]
    if column.dtype == np.uint8:
        return [2, 255]
    return [int(column.least) - 1, int(column.highest(sizes, quarter)) + 1]


@pytest.mark.parametrize("place", NAMES)
def test_what_a_column_cannot_hold_is_refused(place: str) -> None:
    group, name = place.split(".")
    sizes = sizes_of(busy().state)
    for value in odd_values(COLUMNS[group][name], sizes, 20):
        state = copied()
        array = getattr(getattr(state, group), name)
        array[(array.shape[0] - 1 if group != "deals" else 0,) + (0,) * (array.ndim - 1)] = value
        with pytest.raises(InputError, match=rf"^{group}\.{name}: holds "):
            refuse_odd(state, 20)


def spoilt_lists() -> dict[str, State]:
    """States whose lists do not fit what they list."""
    twice, others, loans, agreements = copied(), copied(), copied(), copied()
    twice.deals.open_projects[1] = twice.deals.open_projects[0]
    others.deals.open_projects[0] = np.flatnonzero(others.deals.state[: others.deals.tally[ROWS]] != 1)[0]
    loans.deals.institution[loans.deals.loans[0]] = -1
    held = np.flatnonzero(agreements.municipalities.agreements)[0]
    agreements.municipalities.agreements[held] = AGREEMENTS
    return {
        "deals.open_projects": twice, "deals.open_projects: names": others, "deals.loans": loans,
        "municipalities.agreement_partners": agreements,
    }  # fmt: skip


@pytest.mark.parametrize("said", spoilt_lists())
def test_lists_that_do_not_fit_are_refused(said: str) -> None:
    with pytest.raises(InputError, match=f"^{said}"):
        refuse_odd(spoilt_lists()[said], 20)


@pytest.mark.parametrize(
    ("place", "number", "said"),
    [
        (ROWS, 10**6, "^deals: there are 1,000,000, more than"),
        (OPEN, 10**6, "^deals: more of them are listed"),
    ],
)
def test_more_deals_than_there_can_be_are_refused(place: int, number: int, said: str) -> None:
    state = copied()
    state.deals.tally[place] = number
    with pytest.raises(InputError, match=said):
        refuse_odd(state, 20)


def test_groups_of_some_municipalities_are_refused() -> None:
    state = copied()
    state = replace(state, flows=state.flows._replace(group=state.flows.group[:3]))
    with pytest.raises(InputError, match=r"^flows\.group: "):
        refuse_odd(state, 20)

"""What knowing a parameter is worth: found where it was planted, and nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.information.runs import ALL_UNKNOWN, POSTERIOR, PRIOR, Knowledge, knowledge
from sim.analysis.information.value import value
from sim.analysis.standing import standing
from sim.batch.parameter_sets import read_parameter_sets
from sim.scenarios.scenario import load_scenario

DRAWS = 150


def known(names: tuple[str, ...] = ("switch", "idle", "noise")) -> Knowledge:
    where = np.random.default_rng(4).random((DRAWS, len(names)))
    return Knowledge("made_up", names, where, lambda scenario, _: scenario)


def costs(one: np.ndarray, other: np.ndarray) -> pd.DataFrame:
    draws = np.arange(DRAWS)
    tables = [
        pd.DataFrame({"sum": 200.0, "draw": draws, "scenario": name, "cost": cost})
        for name, cost in (("one", one), ("other", other))
    ]
    return pd.concat(tables)


def test_a_parameter_that_turns_the_choice_is_worth_knowing() -> None:
    draws = known()
    high = draws.where[:, 0] > 0.6
    found = value(draws, costs(np.where(high, 20.0, 5.0), np.full(DRAWS, 10.0))).set_index("parameter")
    assert found.index[0] == "switch"
    assert found.loc["switch", "p"] < 0.01
    assert found.loc["switch", "instead"] == "one / one / other"
    assert found.loc["switch", "changed"] == pytest.approx(1.0 / 3.0, abs=0.02)
    assert found.loc["switch", "gain"] > 3 * found.loc["switch", "chance"]
    assert found.loc[["idle", "noise"], "p"].min() > 0.05


def test_where_one_lever_is_always_best_nothing_is_worth_knowing() -> None:
    chance = np.random.default_rng(1)
    found = value(known(), costs(chance.uniform(4.0, 5.0, DRAWS), chance.uniform(8.0, 9.0, DRAWS)))
    assert found["gain"].max() == 0.0
    assert found["changed"].max() == 0.0
    assert found["p"].min() == 1.0


def test_a_lever_that_gains_nothing_is_never_the_cheapest() -> None:
    found = standing(costs(np.full(DRAWS, np.inf), np.full(DRAWS, 7.0))).set_index("scenario")
    assert found.loc["one", "cheapest"] == 0.0
    assert found.loc["other", "cheapest"] == 1.0
    assert found.loc["other", "cost_q50"] == 7.0


def test_each_knowledge_draws_what_it_says() -> None:
    sets, baseline = read_parameter_sets("posterior"), load_scenario("baseline")
    made = {one.name: one for one in knowledge(sets, 3, 1)}
    assert list(made) == [PRIOR, POSTERIOR, ALL_UNKNOWN]
    blind, after, both = (made[name].future(baseline, 1) for name in (PRIOR, POSTERIOR, ALL_UNKNOWN))
    for name, value_ in sets.of(1).items():
        assert after.parameters[name] == both.parameters[name] == {0: value_}
        assert blind.parameters[name] != after.parameters[name]
    assert "friction_capacity" in both.parameters
    assert "friction_capacity" not in after.parameters
    assert made[ALL_UNKNOWN].where.shape == (3, len(made[ALL_UNKNOWN].names))


def test_more_draws_than_the_posterior_has_begin_anew() -> None:
    sets = read_parameter_sets("posterior")
    _, after, _ = knowledge(sets, len(sets) + 2, 1)
    assert (after.where[-2:] == after.where[:2]).all()

"""The compiled kernel and the plain Mesa model written from the ODD give the same numbers, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.kernel import draws as compiled
from sim.kernel.draws import Process
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.worlds import load_world
from tests.reference import draws
from tests.reference.comparison import first_difference
from tests.reference.directed import DIRECTED, REACHED, TINY, Combination
from tests.reference.model import ReferenceModel
from tests.reference.strategies import combinations

WORDS = st.integers(0, 2**63 - 1)
HARD = [HealthCheck.too_slow, HealthCheck.data_too_large]


def check(case: Combination) -> ReferenceModel:
    """The same run by the kernel and by the reference model, which is handed back."""
    arguments = (case.world, case.scenario, case.seed, case.replicate, case.quarters)
    model = ReferenceModel(*arguments, by=case.by)
    for _ in range(case.quarters):
        model.step()
    assert first_difference(simulate(*arguments, by=case.by), model) is None
    return model


@given(seed=WORDS, replicate=WORDS, a=WORDS, b=WORDS, size=st.integers(0, 100_000))
def test_draws_are_those_of_the_kernel(seed: int, replicate: int, a: int, b: int, size: int) -> None:
    key = draws.run_key(seed, replicate)
    assert key == int(compiled.run_key(seed, replicate))
    s = draws.stream(key, Process.NEED, a)
    assert s == int(compiled.stream(np.uint64(key), Process.NEED, a))
    word = np.uint64(s)
    assert draws.uniform(s, a) == compiled.uniform(word, a)
    assert draws.uniform2(s, a, b) == compiled.uniform2(word, a, b)
    assert draws.normal(s, a) == compiled.normal(word, a)
    assert draws.normal_pair(s, a, b) == compiled.normal_pair(word, a, b)
    assert draws.padded_index(s, a, b, size) == compiled.padded_index(word, a, b, size)


@given(case=combinations())
@settings(max_examples=120, suppress_health_check=HARD)
def test_any_run_is_the_same_twice(case: Combination) -> None:
    check(case)


@pytest.mark.parametrize("name", DIRECTED | TINY)
def test_runs_that_chance_seldom_brings(name: str) -> None:
    model = check((DIRECTED | TINY)[name])
    for outcome in REACHED.get(name, ()):
        assert any(outcomes[outcome] != 0.0 for outcomes in model.series), outcome


def test_japan_is_the_same_twice() -> None:
    check(Combination(load_world("japan", 1), load_scenario("baseline"), seed=3, replicate=1, quarters=24))


@pytest.mark.slow
@given(case=combinations(longest=51))
@settings(max_examples=400, suppress_health_check=HARD)
def test_many_runs_are_the_same_twice(case: Combination) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["baseline", "balanced"])
def test_runs_of_japan_are_the_same_twice(name: str) -> None:
    check(Combination(load_world("japan", 1), load_scenario(name), seed=1, replicate=0, quarters=51))

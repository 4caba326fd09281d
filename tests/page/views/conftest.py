"""Runs that the tests of views share."""

from __future__ import annotations

import pytest

from sim.page.views import Pairs, pairs_of
from sim.results.memory import ResultsInMemory
from sim.scenarios.scenario import load_scenario
from sim.studies import Study, experiment_of

SCENARIOS = ("baseline", "matching_first", "subsidy_first")


@pytest.fixture(scope="session")
def results() -> ResultsInMemory:
    """Three scenarios in a small world, five replicates, to the end."""
    scenarios = [load_scenario(name) for name in SCENARIOS]
    experiment = experiment_of(scenarios, "baseline", world="synthetic:60", replicates=5, quarters=51, seed=3)
    found = Study(experiment, in_memory=True, workers=2).run()
    assert isinstance(found, ResultsInMemory)
    return found


@pytest.fixture(scope="session")
def pairs(results: ResultsInMemory) -> Pairs:
    return pairs_of(results)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.scenarios.scenario import Scenario, load_scenarios

REPLICATES = 30


@pytest.fixture(scope="session")
def scenarios() -> tuple[Scenario, ...]:
    return tuple(load_scenarios(["baseline", "subsidy_first"]))


@pytest.fixture(scope="session")
def experiment(scenarios: tuple[Scenario, ...]) -> Experiment:
    return Experiment(
        "small", scenarios, world="synthetic:30", quarters=8, replicates=REPLICATES, baseline="baseline"
    )


@pytest.fixture(scope="session")
def finished(experiment: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of the small experiment, run in one process. Tests read it and leave it alone."""
    folder = tmp_path_factory.mktemp("finished") / "results"
    run_experiment(experiment, folder)
    return folder


@pytest.fixture(scope="session")
def failing(scenarios: tuple[Scenario, ...]) -> Callable[[str], Scenario]:
    """A scenario whose every run fails: by an ``exception``, or by a ``nan`` among the outcomes."""

    def make(how: str) -> Scenario:
        base = scenarios[0]
        if how == "exception":
            return base.model_copy(update={"name": how, "rules": {**base.rules, "award": "nonsense"}})
        broken = {**base.parameters, "awareness_base": {0: float("nan")}}
        return base.model_copy(update={"name": how, "parameters": broken})

    return make


@pytest.fixture
def with_replicates(experiment: Experiment) -> Callable[[int], Experiment]:
    return lambda replicates: replace(experiment, replicates=replicates)

from __future__ import annotations

from pathlib import Path

import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.results import Results, load
from sim.scenarios.scenario import load_scenarios


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve paired runs of three scenarios, one of which is the baseline under another name."""
    baseline, subsidy = load_scenarios(["baseline", "subsidy_first"])
    scenarios = (baseline, subsidy, baseline.overlaid("same"))
    folder = tmp_path_factory.mktemp("analysis") / "results"
    run_experiment(Experiment("a", scenarios, world="synthetic:30", quarters=18, replicates=12), folder)
    return folder


@pytest.fixture(scope="session")
def results(results_folder: Path) -> Results:
    return load(results_folder)

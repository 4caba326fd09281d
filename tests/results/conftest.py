from __future__ import annotations

from pathlib import Path

import pytest

from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.runner import run_experiment
from sim.results import Results, load
from sim.scenarios.scenario import load_scenarios

POINTS, REPLICATES = 16, 3


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


@pytest.fixture(scope="session")
def designed(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Two scenarios at 16 points of two factors, three replicates each."""
    factors = (
        Factor("posting_rate", "uncertainty", 0.2, 1.6, scale="log"),
        Factor("award", "rule", values=("need_weighted", "lottery")),
    )
    points = tuple((0.2 * 8 ** (n / 15), (None, "need_weighted", "lottery")[n % 3]) for n in range(POINTS))
    experiment = Experiment(
        "d",
        tuple(load_scenarios(["baseline", "matching_first"])),
        world="synthetic:60",
        quarters=16,
        replicates=REPLICATES,
        record=("ledger",),
        baseline="baseline",
        design=Design("table", factors, points),
    )
    folder = tmp_path_factory.mktemp("designed") / "results"
    run_experiment(experiment, folder)
    return load(folder)

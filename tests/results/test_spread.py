"""What single histories lie between: by chance alone, and with parameter sets of their own."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.parameter_sets import ParameterSets
from sim.results import Results, load
from sim.results.comparison import compare_results
from sim.results.spread import BY_CHANCE, CHANCE_ALONE, SPREAD
from sim.scenarios.scenario import load_scenario
from sim.studies import Study, compare

SETS = ParameterSets(("posting_rate",), ((0.3,), (0.9,), (1.5,)), "sets")
SMALL = {"world": "synthetic:60", "replicates": 6, "quarters": 24}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A comparison of runs with parameter sets of their own; tests leave it alone."""
    out = tmp_path_factory.mktemp("drawn") / "results"
    return compare("baseline", "matching_first", **SMALL, parameters=SETS, out=out)  # type: ignore[arg-type]


def at_the_end(results: Results, outcome: str = "deals_signed") -> pd.Series:
    table = results.comparison
    return table[(table["outcome"] == outcome) & (table["quarter"] == results.quarters[-1])].iloc[0]


def differences(results: Results) -> np.ndarray:
    runs = results.runs("deals_signed").set_index(["scenario", "replicate"])["deals_signed"]
    return (runs["matching_first"] - runs["baseline"]).to_numpy()


def test_both_intervals_are_quantiles_of_paired_effects(drawn: Results) -> None:
    row, alone = at_the_end(drawn), load(drawn.folder / CHANCE_ALONE)
    assert alone.experiment.parameters is None and alone.manifest.record == ("ledger", "series")
    assert row[list(SPREAD)].tolist() == pytest.approx(np.quantile(differences(drawn), (0.05, 0.95)))
    assert row[list(BY_CHANCE)].tolist() == pytest.approx(np.quantile(differences(alone), (0.05, 0.95)))
    assert not np.array_equal(differences(drawn), differences(alone))
    stored = pd.read_parquet(drawn.folder / "comparison.parquet")
    pd.testing.assert_frame_equal(stored, drawn.comparison)


def test_at_default_parameters_there_is_chance_alone(results: Results) -> None:
    table = compare_results(results, "baseline")
    assert table[list(SPREAD)].isna().all(axis=None) and results.chance_alone is None
    assert table[list(BY_CHANCE)].notna().all(axis=None)


def test_in_memory_it_is_the_same(drawn: Results) -> None:
    kept = compare("baseline", "matching_first", **SMALL, parameters=SETS, in_memory=True)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(kept.comparison, drawn.comparison)


def test_runs_of_another_experiment_are_not_chance_alone(drawn: Results, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(drawn.folder, tmp_path / "r"))
    shutil.rmtree(folder / CHANCE_ALONE)
    assert at_the_end(load(folder))[list(BY_CHANCE)].isna().all()
    assert at_the_end(load(folder))[list(SPREAD)].notna().all()
    other = replace(drawn.experiment, parameters=None, seed=9)
    Study(other, folder / CHANCE_ALONE).run()
    assert load(folder).chance_alone is None


def test_what_chance_alone_gives_grows_with_its_folder(drawn: Results, tmp_path: Path) -> None:
    more = SMALL | {"replicates": 8}
    folder = shutil.copytree(drawn.folder, tmp_path / "r")
    grown = compare("baseline", "matching_first", **more, parameters=SETS, out=folder)  # type: ignore[arg-type]
    assert load(folder / CHANCE_ALONE).manifest.replicates == 8
    assert at_the_end(grown)["replicates"] == 8


def test_points_of_a_design_and_single_pairs_have_none(tmp_path: Path) -> None:
    scenarios = tuple(map(load_scenario, ("baseline", "matching_first")))
    single = Experiment("one", scenarios, "synthetic:20", 4, replicates=1, baseline="baseline")
    design = Design("table", (Factor("posting_rate", "uncertainty", 0.2, 1.6),), ((0.5,), (0.9,)))
    for experiment in (single, replace(single, replicates=3, design=design, parameters=SETS)):
        table = Study(experiment, in_memory=True).run().comparison
        assert table[[*SPREAD, *BY_CHANCE]].isna().all(axis=None)

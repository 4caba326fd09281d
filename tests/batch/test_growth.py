"""A folder that grew holds what a fresh one of that size holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.batch.experiment import Experiment
from sim.batch.experiment_file import load_experiment, read_experiment
from sim.batch.runner import run_experiment
from sim.errors import InputError
from sim.results import load

CASE = """
name: salt
world: synthetic:20
quarters: 3
replicates: {replicates}
scenarios: [baseline]
design: {{method: {method}, samples: {samples}}}
factors:
  matching: {{kind: rule, values: [den_haan, cobb_douglas]}}
  promotion: {{kind: lever, low: 0, high: 10_000, from: 2018}}
record: {{outcomes: [awareness_mean, meetings]}}
"""


def case(folder: Path, samples: int, method: str = "saltelli", replicates: int = 1) -> Experiment:
    path = folder / "case.yaml"
    path.write_text(CASE.format(samples=samples, method=method, replicates=replicates), encoding="utf-8")
    return load_experiment(path)


@pytest.mark.parametrize("method", ["saltelli", "sobol"])
def test_a_grown_folder_is_the_fresh_one(method: str, tmp_path: Path) -> None:
    """The case of shared/cases/grown_saltelli.yaml, made small."""
    for samples in (2, 4, 8):
        report = run_experiment(case(tmp_path, samples, method), tmp_path / "grown")
    fresh = run_experiment(case(tmp_path, 8, method), tmp_path / "fresh")
    assert report.points == fresh.points == (32 if method == "saltelli" else 8)
    grown, new = load(tmp_path / "grown"), load(tmp_path / "fresh")
    assert grown.design.equals(new.design)
    assert grown.series.equals(new.series)


def test_a_folder_that_is_asked_for_less_still_says_what_it_holds(tmp_path: Path) -> None:
    large = case(tmp_path, 4)
    run_experiment(large, tmp_path / "results")
    report = run_experiment(case(tmp_path, 2, replicates=2), tmp_path / "results")
    assert (report.points, report.replicates, report.total) == (16, 2, 32)
    written = read_experiment(tmp_path / "results" / "experiment.yaml")
    assert written.design == large.design and written.replicates == 2
    assert load(tmp_path / "results").design["promotion"].tolist() == [p[1] for p in large.design.points]  # type: ignore[union-attr]


def test_a_grid_that_would_give_stored_points_other_numbers_is_refused(tmp_path: Path) -> None:
    def grid(values: str) -> Experiment:
        text = CASE.replace("{{method: {method}, samples: {samples}}}", "{{method: grid}}")
        text = text.replace(
            "{{kind: lever, low: 0, high: 10_000, from: 2018}}", f"{{{{kind: lever, values: {values}}}}}"
        )
        path = tmp_path / "grid.yaml"
        path.write_text(text.format(replicates=1), encoding="utf-8")
        return load_experiment(path)

    run_experiment(grid("[0, 5]"), tmp_path / "results")
    before = {path: path.read_bytes() for path in (tmp_path / "results").rglob("*.parquet")}
    with pytest.raises(InputError, match="a grid grows by values at the end of its first factor"):
        run_experiment(grid("[0, 3, 5]"), tmp_path / "results")
    assert {path: path.read_bytes() for path in (tmp_path / "results").rglob("*.parquet")} == before

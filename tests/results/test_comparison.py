from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from scipy import stats

from sim.batch.chunks import Failure, failures_table
from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.batch.store import ORIGIN, encoded
from sim.batch.tables import Key
from sim.errors import InputError
from sim.results import Results, load
from sim.results.comparison import compare_results, write_comparison
from sim.results.money import cost_effectiveness
from sim.scenarios.scenario import load_scenarios
from tests.batch.survival import put_part


def test_comparison_of_a_folder(results: Results) -> None:
    table = compare_results(results, "baseline")
    assert table.columns[:10].tolist() == [
        "scenario", "baseline", "outcome", "quarter", "effect", "ci_low", "ci_high",
        "replicates", "replicates_needed", "paired_correlation",
    ]  # fmt: skip
    assert table["scenario"].unique().tolist() == ["subsidy_first", "same"]
    assert set(table["baseline"]) == {"baseline"} and set(table["replicates"]) == {12}
    assert len(table) == 2 * 18 * table["outcome"].nunique()
    same = table[table["scenario"] == "same"]
    assert (same[["effect", "ci_low", "ci_high"]] == 0).all(axis=None)
    assert same["replicates_needed"].isna().all()


@pytest.mark.parametrize(
    ("outcome", "quarters"), [("deals_signed", 18), ("deals_signed", 5), ("sdg_index", 5)]
)
def test_flows_are_summed_and_stocks_are_not(results: Results, outcome: str, quarters: int) -> None:
    until = results.quarters[:quarters]
    rows = results.series[results.series["quarter"].isin(until if outcome == "deals_signed" else until[-1:])]
    sums = rows.groupby(["scenario", "replicate"], observed=True)[outcome].sum()
    expected = stats.ttest_rel(sums["subsidy_first"], sums["baseline"])
    table = compare_results(results, "baseline")
    row = table[
        (table["scenario"] == "subsidy_first")
        & (table["outcome"] == outcome)
        & (table["quarter"] == until[-1])
    ].squeeze()
    interval = expected.confidence_interval(0.95)
    assert row["effect"] == pytest.approx((sums["subsidy_first"] - sums["baseline"]).mean())
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((interval.low, interval.high))
    assert row["measure"].startswith("cumulative" if outcome == "deals_signed" else "stock")


def test_a_run_that_failed_is_left_out_with_its_pair(results_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(results_folder, tmp_path / "copy")
    lost = (ds.field("scenario") == "subsidy_first") & (ds.field("replicate") == 3)
    (folder / "failures").mkdir()
    for path in sorted(folder.glob("*/part-*")):
        table = pq.read_table(path)
        put_part(path, encoded(table.filter(~lost)))
        if path.parent.name == "series" and len(table.filter(lost)):
            failure = Failure(Key(1, 0, 3), "ValueError", "it failed", "")
            failed = failures_table(load(folder).experiment, [failure])
            said = json.loads(table.schema.metadata[ORIGIN]) | {"table": "failures"}
            failed = failed.replace_schema_metadata({ORIGIN: json.dumps(said)})
            put_part(folder / "failures" / path.name, encoded(failed))
    table = compare_results(load(folder), "baseline")
    pairs = table.groupby("scenario")["replicates"].unique()
    assert pairs["subsidy_first"].tolist() == [11] and pairs["same"].tolist() == [12]


def test_an_unknown_baseline_is_one_clear_line(results: Results) -> None:
    for analysis in (compare_results, cost_effectiveness):
        with pytest.raises(InputError, match="baseline 'nobody' is not among baseline, subsidy_first, same"):
            analysis(results, "nobody")


def test_a_comparison_is_of_what_is_stored_whatever_file_lies_there(tmp_path: Path) -> None:
    scenarios = tuple(load_scenarios(["baseline", "subsidy_first"]))
    folder = tmp_path / "grown"

    def run(replicates: int) -> None:
        run_experiment(
            Experiment("g", scenarios, "synthetic:30", 6, replicates=replicates, baseline="baseline"), folder
        )

    run(2)
    before = load(folder)
    written = write_comparison(before, "baseline")
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "comparison.parquet"), written)
    assert set(before.comparison["replicates"]) == {2}
    run(5)
    assert set(pd.read_parquet(folder / "comparison.parquet")["replicates"]) == {2}  # by then old
    for results in (load(folder), before):
        assert set(results.comparison["replicates"]) == set(results.summary["replicates"]) == {5}
        assert results.series["replicate"].nunique() == 5
        pd.testing.assert_frame_equal(results.comparison, compare_results(results, "baseline"))


def test_without_a_baseline_it_is_said_what_can_be_compared(results: Results) -> None:
    with pytest.raises(
        InputError, match=r"names no baseline; contrast\(a, b\) .*baseline, subsidy_first, same\)"
    ):
        _ = results.comparison

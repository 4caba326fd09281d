from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.results import Results, load
from sim.results.summary import summarise, write_summary
from tests.results.conftest import POINTS, REPLICATES


def test_rows_are_fiscal_year_ends_and_the_last_quarter(results: Results) -> None:
    table = summarise(results)
    assert table["quarter"].unique().tolist() == ["2019Q1", "2020Q1", "2021Q1", "2022Q1", "2022Q3"]
    assert table["scenario"].unique().tolist() == ["baseline", "subsidy_first", "same"]
    assert set(table["replicates"]) == {12}


@pytest.mark.parametrize("outcome", ["deals_signed", "awareness_mean"])
def test_numbers_are_those_of_pandas(results: Results, outcome: str) -> None:
    series = results.series[results.series["scenario"] == "subsidy_first"]
    runs = series.groupby("replicate")[outcome]
    values = runs.sum() if outcome == "deals_signed" else runs.last()
    table = summarise(results)
    last = (table["scenario"] == "subsidy_first") & (table["quarter"] == "2022Q3")
    row = table[last & (table["outcome"] == outcome)].squeeze()
    assert row["mean"] == pytest.approx(values.mean()) and row["sd"] == pytest.approx(values.std())
    for share in (5, 25, 50, 75, 95):
        assert row[f"q{share:02d}"] == pytest.approx(values.quantile(share / 100))


def test_both_files_hold_the_table(results_folder: Path, tmp_path: Path) -> None:
    copy = load(shutil.copytree(results_folder, tmp_path / "copy"))
    written = write_summary(copy)
    pd.testing.assert_frame_equal(copy.summary, written)
    read = pd.read_csv(copy.folder / "summary.csv")
    assert read.columns.tolist() == written.columns.tolist()
    np.testing.assert_array_equal(read["mean"], written["mean"])


def test_of_a_design_the_numbers_are_those_of_its_points(designed: Results) -> None:
    table = summarise(designed)
    row = table.query("outcome == 'meetings' and quarter == '2022Q1' and scenario == 'baseline'").squeeze()
    runs = designed.runs("meetings").query("scenario == 'baseline'")
    means = runs.groupby("point")["meetings"].mean()
    assert row[["points", "replicates"]].tolist() == [POINTS, REPLICATES]
    assert (row["mean"], row["sd"]) == pytest.approx((means.mean(), means.std()))
    assert row["q95"] == pytest.approx(means.quantile(0.95))

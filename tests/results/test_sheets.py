"""``runs.csv`` and ``summary`` as ``sim batch`` leaves them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli import main
from sim.errors import IncompleteWarning, InputError
from sim.results import Results, load, sheets
from sim.results.summary import summarise

EXPERIMENT = """\
name: small
scenarios: [baseline]
world: synthetic:30
quarters: 6
replicates: 40
design: {method: grid}
factors: {subsidy: {kind: lever, values: [0, 1_000], from: 2019}}
record: {tables: [series]}
"""


@pytest.fixture
def copy(designed: Results, tmp_path: Path) -> Results:
    return load(shutil.copytree(designed.folder, tmp_path / "copy"))


def test_a_row_per_run_with_factors_and_final_outcomes(copy: Results) -> None:
    assert copy.write_runs()
    content = (copy.folder / "runs.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")  # Excel takes it for UTF-8
    read, expected = pd.read_csv(copy.folder / "runs.csv"), copy.runs()
    assert read.columns.tolist() == [name for name in expected if not name.startswith("unit:")]
    assert len(read) == len(expected) == 2 * 16 * 3
    assert read["scenario"].tolist() == expected["scenario"].tolist()
    assert read["award"].fillna("").tolist() == expected["award"].fillna("").tolist()
    for name in ("point", "replicate", "posting_rate", *copy.outcomes):
        np.testing.assert_array_equal(read[name], expected[name])


def test_the_summary_is_the_usual_one(copy: Results) -> None:
    copy.write_runs()
    pd.testing.assert_frame_equal(pd.read_parquet(copy.folder / "summary.parquet"), summarise(copy))
    pd.testing.assert_frame_equal(copy.summary, summarise(copy))


def test_what_is_too_large_is_left_out(copy: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2 * 16 * 3 - 1)
    assert not copy.write_runs()
    assert not (copy.folder / "runs.csv").exists() and not (copy.folder / "summary.csv").exists()


def test_beyond_memory_the_last_quarter_alone_is_summarised(
    copy: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_VALUES", 1)
    assert copy.write_runs()
    read, expected = pd.read_parquet(copy.folder / "summary.parquet"), summarise(copy)
    last = expected[expected["quarter"] == copy.quarters[-1]].reset_index(drop=True)
    pd.testing.assert_frame_equal(read, last)


def test_nothing_is_written_without_a_run(copy: Results) -> None:
    for part in (copy.folder / "series").iterdir():
        part.unlink()
    with pytest.warns(IncompleteWarning), pytest.raises(InputError, match="no run has been stored yet"):
        copy.write_runs()
    assert not (copy.folder / "runs.csv").exists()


def test_a_batch_ends_with_them_once_all_runs_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(EXPERIMENT, encoding="utf-8")
    command = ["batch", "small.yaml", "--out", "out", "--workers", "1"]
    assert main([*command, "--shard", "1/2"]) == 0
    assert not Path("out/runs.csv").exists() and "runs.csv" not in capsys.readouterr().out
    assert main([*command, "--shard", "2/2"]) == 0
    assert "a row per run: out/runs.csv; means and quantiles: out/summary.csv" in capsys.readouterr().out
    written = {name: Path("out", name).read_bytes() for name in ("runs.csv", "summary.csv")}
    assert len(pd.read_csv("out/runs.csv")) == 80
    Path("out/.runs.csv.elsewhere-1-2.tmp").write_text("half", encoding="utf-8")
    Path("out/runs.csv").write_text("spoiled", encoding="utf-8")
    assert main([*command, "--lang", "ja"]) == 0  # nothing is run again, the tables are written anew
    assert "試行ごとに1行の表：out/runs.csv" in capsys.readouterr().out
    assert {name: Path("out", name).read_bytes() for name in written} == written
    assert main(["verify", "out", "--sample", "4"]) == 0
    assert main([*command, "--quiet", "--replicates", "41"]) == 0
    assert capsys.readouterr().out.endswith("out\n")
    assert len(pd.read_csv("out/runs.csv")) == 82
    assert not list(Path("out").glob(".*.tmp"))

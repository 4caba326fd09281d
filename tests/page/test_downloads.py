"""What is taken home holds the numbers of the command line."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from sim.errors import InputError
from sim.page.downloads import KINDS, download, series_of
from sim.page.entries import Entry, preset
from sim.page.settings import Settings
from sim.page.state import State, entry_of, scenarios_of
from sim.results import load
from sim.scenarios.scenario import load_scenario

SETTINGS = Settings(world="synthetic:60", replicates=2, quarters=12, workers=1)
MINE = Entry(
    name="mine",
    overlay={
        "extends": "baseline",
        "levers": {"matching_support": {"2019": 500}, "esg_finance": {"study_groups": 120}},
        "parameters": {"contagion_neighbours": {"2019Q4": 0.06}},
        "programmes": {
            "small": {"lever": "advisers", "for": {"where": "population < 20_000"}, "money": {"2019": 400}}
        },
    },
)
STATE = State(scenarios=[MINE, preset("subsidy_first")])
STEM = "mine-subsidy_first_copy-synthetic-60-n2"


def digest(table: pa.Table) -> str:
    """Of names and values of all columns, row by row."""
    plain = [
        column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    content = {name: column.to_pylist() for name, column in zip(table.column_names, plain, strict=True)}
    return hashlib.sha256(repr(content).encode()).hexdigest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``sim compare`` makes of the downloaded files."""
    folder = tmp_path_factory.mktemp("compare")
    files = []
    for entry in STATE.scenarios:
        found = download("yaml", STATE, SETTINGS, scenario=entry.name)
        assert found.file_name == f"{entry.name}.yaml"
        files.append(folder / found.file_name)
        files[-1].write_bytes(found.content)
    command = [
        sys.executable, "-m", "sim.cli", "compare", "baseline", *map(str, files), "--world", "synthetic:60",
        "--replicates", "2", "--quarters", "12", "--seed", "1", "--out", str(folder / "out"), "--quiet",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / "out"


@pytest.fixture(scope="module")
def command_line(folder: Path) -> pa.Table:
    """Its series."""
    return series_of(load(folder))


@cache
def downloaded(kind: str) -> Any:
    return download(kind, STATE, SETTINGS)


def test_parquet_holds_the_series_of_the_command_line(command_line: pa.Table) -> None:
    found = downloaded("parquet")
    table = pq.read_table(io.BytesIO(found.content))
    assert table.num_rows == 3 * 2 * 12
    assert digest(table) == digest(command_line)
    assert found[1:] == ("application/vnd.apache.parquet", f"{STEM}.parquet")


def test_csv_holds_the_series_of_the_command_line(command_line: pa.Table) -> None:
    content = downloaded("csv").content
    assert content.startswith("\ufeff".encode())  # without it Excel takes Japanese for something else
    kinds = {
        field.name: pa.string() if pa.types.is_dictionary(field.type) else field.type
        for field in command_line.schema
    }
    table = csv.read_csv(io.BytesIO(content), convert_options=csv.ConvertOptions(column_types=kinds))
    assert digest(table) == digest(command_line)


def test_the_file_of_a_scenario_is_that_scenario(tmp_path: Path) -> None:
    for entry, scenario in zip(STATE.scenarios, scenarios_of(STATE)[1:], strict=True):
        text = download("yaml", STATE, SETTINGS, scenario=entry.name).content.decode()
        path = tmp_path / f"{entry.name}.yaml"
        path.write_text(text, encoding="utf-8")
        assert load_scenario(path).digest() == scenario.digest()
        assert entry_of(text) == entry
    baseline = download("yaml", STATE, SETTINGS, scenario="baseline").content.decode()
    (_, again) = scenarios_of(State(scenarios=[entry_of(baseline)]))
    assert again.digest() == load_scenario("baseline").digest()


@pytest.mark.parametrize(("kind", "head"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_figures_are_those_of_the_report(kind: str, head: bytes) -> None:
    found = download(kind, STATE, SETTINGS, figure="partnerships")
    assert found.content.startswith(head)
    assert found.file_name == f"partnerships-{STEM}.{kind}"
    assert found.media_type.startswith("image/")


def test_the_report_is_that_of_the_command_line(folder: Path) -> None:
    found = download("report", STATE, SETTINGS)
    assert found.file_name == f"{STEM}.en.html"
    assert found.content.decode() == (folder / "report.html").read_text(encoding="utf-8")
    assert b"<script" not in found.content


@pytest.mark.parametrize("name", ["-1-2", "=1", "@a", "+1"])
def test_no_name_in_a_sheet_is_taken_for_a_formula(name: str) -> None:
    with pytest.raises(InputError, match="letters a-z"):
        download("csv", State(scenarios=[Entry(name=name, overlay={"extends": "baseline"})]), SETTINGS)


def test_one_scenario_alone_can_be_taken_home_too() -> None:
    alone = State()
    assert pq.read_table(io.BytesIO(download("parquet", alone, SETTINGS).content)).num_rows == 2 * 12
    assert download("svg", alone, SETTINGS).content.startswith(b"<?xml")
    report = download("report", alone, SETTINGS, lang="ja")
    assert report.file_name == "baseline-synthetic-60-n2.ja.html"
    assert "現行施策" in report.content.decode()


def test_what_there_is_not_is_said() -> None:
    for kind, words, more in (
        ("exe", "cannot be downloaded", {}),
        ("yaml", "There is no scenario other", {"scenario": "other"}),
        ("svg", "There is no figure other", {"figure": "other"}),
    ):
        with pytest.raises(InputError, match=words):
            download(kind, STATE, SETTINGS, **more)  # type: ignore[arg-type]
    broken = State(scenarios=[Entry(name="mine", overlay={"levers": {"subsdy": 3}})])
    for kind in KINDS:
        with pytest.raises(InputError, match="did you mean subsidy"):
            download(kind, broken, SETTINGS)

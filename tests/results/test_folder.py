from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.errors import IncompleteWarning, InputError
from sim.kernel.outcomes import OUTCOMES
from sim.results import load
from sim.scenarios.scenario import load_scenarios


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenarios = tuple(load_scenarios(["subsidy_first", "baseline"]))
    folder = tmp_path_factory.mktemp("load") / "results"
    run_experiment(Experiment("l", scenarios, world="synthetic:60", quarters=20, replicates=50), folder)
    return folder


def test_series_have_the_stable_columns_in_order(folder: Path) -> None:
    series = load(folder).series
    assert series.columns.tolist() == [
        "scenario", "point", "replicate", "quarter", *(outcome.name for outcome in OUTCOMES)
    ]  # fmt: skip
    keys = series[["scenario", "point", "replicate", "quarter"]]
    assert keys.equals(keys.sort_values(keys.columns.tolist(), ignore_index=True))
    assert series["scenario"].cat.categories.tolist() == ["subsidy_first", "baseline"]  # as in the experiment
    assert series["quarter"].cat.categories.tolist()[:2] == ["2018Q2", "2018Q3"]
    assert len(series) == 2 * 50 * 20


def test_other_tables_have_the_stable_columns(folder: Path) -> None:
    results = load(folder)
    assert results.ledger.columns.tolist() == [
        "scenario", "point", "replicate", "fiscal_year",
        "programme", "lever", "payer", "appropriated", "spent", "lapsed",
    ]  # fmt: skip
    assert {"jis_code", "adopted_quarter", "designated_quarter", "projects_signed", "sdg_progress"} <= set(
        results.municipalities
    )
    assert {"quarter", "municipality", "goal", "cost", "grant", "verdict", "end_quarter", "state"} <= set(
        results.deals
    )
    assert isinstance(results.deals["institution"].dtype, pd.Int64Dtype)
    assert results.deals["end_quarter"].min() >= "2018Q2"
    assert results.failures.empty


def test_a_part_of_a_table_is_read_alone(folder: Path) -> None:
    rows = load(folder).table("series", ["replicate", "quarter", "sdg_index"], ds.field("replicate") == 4)
    assert rows.columns.tolist() == ["replicate", "quarter", "sdg_index"] and len(rows) == 2 * 20


@pytest.mark.parametrize(
    ("make", "words"), [(False, "no such results folder"), (True, "not a results folder")]
)
def test_other_folders_are_one_clear_line(tmp_path: Path, make: bool, words: str) -> None:
    folder = tmp_path / "elsewhere"
    if make:
        folder.mkdir()
    with pytest.raises(InputError, match=words):
        load(folder)


def test_what_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(InputError, match="names no baseline"):
        _ = load(folder).comparison
    with pytest.raises(InputError, match="without the table panel"):
        load(folder).table("panel")


def test_a_damaged_part_is_never_read(folder: Path) -> None:
    part = sorted((folder / "deals").iterdir())[0]
    whole = bytearray(part.read_bytes())
    try:
        damaged = bytearray(whole)
        damaged[len(whole) // 3] ^= 0xFF
        part.write_bytes(damaged)
        with pytest.warns(IncompleteWarning, match="52 of 100 runs are stored .*damaged"):
            assert load(folder).deals["replicate"].min() == 24
    finally:
        part.write_bytes(whole)


def test_public_names_stay_functions_whatever_is_imported() -> None:
    """A module of the same name would shadow a lazily loaded function as soon as it is imported."""
    import sim
    import sim.results
    import sim.simulation
    import sim.studies

    assert all(callable(getattr(sim, name)) for name in ("compare", "load", "run", "simulate", "load_world"))

"""The stored forecast: its columns are a contract with whoever scores it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.patterns.targets import target_of
from sim.analysis.validation.forecast import (
    DATES,
    GOVERNMENTS,
    HEADS,
    SCENARIO,
    TARGETS,
    Series,
    _missed,
    run_forecast,
    shifted,
    tables,
)
from sim.analysis.validation.forecast_page import readme
from sim.batch.parameter_sets import POSTERIOR, ParameterSets, read_parameter_sets
from sim.kernel.world import Floats
from sim.provenance import source_digest
from sim.results import Results
from sim.results.runs import read_runs
from sim.scenarios.scenario import load_scenario

STORED = Path(__file__).parents[2] / "docs" / "forecast"
SETS = ParameterSets(("join_company",), ((0.003,), (0.004,)), "trial")


@pytest.fixture(scope="module")
def results() -> Results:
    return run_forecast(3, SETS, workers=2)


@pytest.fixture(scope="module")
def made(results: Results) -> dict[str, pd.DataFrame]:
    return tables(results)


def test_the_tables_have_the_agreed_columns(made: dict[str, pd.DataFrame]) -> None:
    assert list(made["national"]) == ["target", "date", "unit", *HEADS]
    assert list(made["prefecture"]) == ["target", "prefecture", "date", "unit", *HEADS]
    assert list(made["futurecity"]) == ["jis_code", "fiscal_year", "probability"]
    assert list(made["adoption_municipality"]) == ["jis_code", "date", "probability"]
    assert HEADS == ("q05", "q25", "q50", "q75", "q95") and DATES[0] == "2022Q1" and DATES[-1] == "2025Q4"
    assert list(made["national"].groupby("target").size()) == [len(DATES)] * (len(TARGETS) + 1)
    assert set(made["prefecture"]["prefecture"]) == set(range(1, 48))
    assert set(made["futurecity"]["fiscal_year"].astype(int)) == {2022, 2023, 2024, 2025}
    assert len(made["adoption_municipality"]) == 4 * 1_741


def test_quantiles_rise_and_shares_stay_between_0_and_1(made: dict[str, pd.DataFrame]) -> None:
    for name in ("national", "prefecture"):
        table = made[name]
        values = table[list(HEADS)].to_numpy()
        assert (np.diff(values, axis=1) >= 0.0).all() and (values >= 0.0).all()
        assert (values[table["unit"] == "share"] <= 1.0).all()
    local = made["national"].query("target == 'platform_municipalities'")
    assert local["q95"].max() <= 1_788


def test_places_once_in_stay_in(made: dict[str, pd.DataFrame]) -> None:
    for name, head in (("futurecity", "fiscal_year"), ("adoption_municipality", "date")):
        wide = made[name].pivot(index="jis_code", columns=head, values="probability")
        assert (np.diff(wide.to_numpy(), axis=1) >= 0.0).all() and wide.to_numpy().min() > 0.0
        assert (wide.iloc[:, 0] == 1.0).sum() == 25  # the municipalities chosen in FY2018


def test_every_run_starts_from_the_last_observation(results: Results) -> None:
    """Without the walk since, a run that is moved by its shift goes through what was observed."""
    name = "platform_companies"
    last = TARGETS[name].last
    assert last is not None
    runs = read_runs(results, at=results.quarters)
    missed = _missed(last, runs, None)
    assert shifted(last.measured(runs), missed, None) == pytest.approx(np.full(3, last.value))
    local = TARGETS["platform_municipalities"]
    assert local.last is not None
    said = local.last.measured(runs)
    moved = shifted(said, _missed(local.last, runs, local.ceiling), local.ceiling)
    assert moved == pytest.approx(np.full(3, local.last.value))


def test_the_discrepancy_has_the_stated_size_and_grows() -> None:
    drawn: Floats = np.random.default_rng(1).standard_normal((20_000, 1))
    series = Series(target_of("local_members_2021_07"), GOVERNMENTS)
    values = np.full((20_000, len(DATES)), 972.0)
    moved = shifted(values, series.slope * series.size * np.sqrt(series.years) * drawn, GOVERNMENTS)
    relative = moved.std(axis=0) / 972.0
    assert relative == pytest.approx(series.size * np.sqrt(series.years), rel=0.06)
    assert moved.max() < GOVERNMENTS and relative[-1] > 2.0 * relative[0]


def test_the_words_beside_it_name_sets_and_model() -> None:
    text = readme(SETS, 3)
    assert SETS.digest in text and source_digest() in text and "Never forecast" in text
    assert all(f"- `{name}`: {series.size:.0%} (" in text for name, series in TARGETS.items())


def test_the_stored_forecast_is_of_this_model_and_posterior() -> None:
    text = (STORED / "README.md").read_text(encoding="utf-8") if STORED.is_dir() else ""
    fresh = load_scenario(SCENARIO).digest() in text and read_parameter_sets(POSTERIOR).digest in text
    assert fresh, "docs/forecast is of another scenario or posterior; run sim validate --forecast --write"

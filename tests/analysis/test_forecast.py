"""The stored forecast: its columns are a contract with whoever scores it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.validation.forecast import (
    DATES,
    HEADS,
    TARGETS,
    Discrepancy,
    _shifted,
    run_forecast,
    tables,
)
from sim.analysis.validation.forecast_page import readme
from sim.batch.parameter_sets import ParameterSets
from sim.kernel.world import Floats
from sim.provenance import source_digest

SETS = ParameterSets(("join_company",), ((0.003,), (0.004,)), "trial")


@pytest.fixture(scope="module")
def made() -> dict[str, pd.DataFrame]:
    return tables(run_forecast(3, SETS, workers=2))


def test_the_tables_have_the_agreed_columns(made: dict[str, pd.DataFrame]) -> None:
    assert list(made["national"]) == ["target", "date", "unit", *HEADS]
    assert list(made["prefecture"]) == ["target", "prefecture", "date", "unit", *HEADS]
    assert list(made["futurecity"]) == ["jis_code", "fiscal_year", "probability"]
    assert list(made["adoption_municipality"]) == ["jis_code", "date", "probability"]
    assert HEADS == ("q05", "q25", "q50", "q75", "q95") and DATES[0] == "2022Q1" and DATES[-1] == "2025Q4"
    assert list(made["national"].groupby("target").size()) == [len(DATES)] * len(TARGETS)
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


def test_the_discrepancy_has_the_stated_size_and_grows() -> None:
    drawn: Floats = np.random.default_rng(1).standard_normal((20_000, 1))
    values = np.full((20_000, len(DATES)), 0.5)
    free = np.log(_shifted(values, Discrepancy(0.1, "2022Q1"), drawn) / 0.5).std(axis=0)
    assert free[0] == pytest.approx(0.1, rel=0.02)
    assert free[12] == pytest.approx(0.2, rel=0.02)  # three years on
    bounded = _shifted(values, Discrepancy(0.1, "2022Q1", 1.0), drawn)
    assert bounded[:, 0].std() / 0.5 == pytest.approx(0.1, rel=0.03) and bounded.max() < 1.0


def test_the_words_beside_it_name_sets_and_model() -> None:
    text = readme(SETS, 3)
    assert SETS.digest in text and source_digest() in text and "Never forecast" in text
    assert all(f"`{name}`: " in text for name, about in TARGETS.items() if about.size)

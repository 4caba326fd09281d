from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.scenarios.scenario import load_scenarios
from sim.scenarios.section import Title
from tests.report import made

#: A title that breaks a page, a formula or a template that does not expect it.
NASTY = "<script>alert(1)</script> & $x^2 {0} 日本 %s"


@pytest.fixture(scope="session")
def series() -> pd.DataFrame:
    return made.made_series()


@pytest.fixture(scope="session")
def ledger() -> pd.DataFrame:
    return made.made_ledger()


@pytest.fixture(scope="session")
def comparison(series: pd.DataFrame) -> pd.DataFrame:
    return made.made_comparison(series)


@pytest.fixture(scope="session")
def deals() -> pd.DataFrame:
    return made.made_deals()


@pytest.fixture(scope="session")
def places() -> pd.DataFrame:
    return made.made_places()


@pytest.fixture(scope="session")
def municipalities(places: pd.DataFrame) -> pd.DataFrame:
    return made.made_municipalities(places)


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a small comparison; one scenario has a nasty title."""
    base, subsidy, matching = load_scenarios(["baseline", "subsidy_first", "matching_first"])
    nasty = subsidy.model_copy(update={"name": "nasty", "title": Title(en=NASTY, ja=NASTY)})
    experiment = Experiment(
        "small", (base, nasty, matching), world="synthetic:30", quarters=21, replicates=4, baseline="baseline"
    )
    folder = tmp_path_factory.mktemp("report") / "results"
    run_experiment(experiment, folder)
    return folder

"""What ``sim validate`` makes: files by their path below docs/."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.analysis.patterns.evidence import gather
from sim.analysis.patterns.page import measured, page
from sim.analysis.validation import forecast
from sim.analysis.validation.backtest import backtest, summary
from sim.analysis.validation.cases import cases
from sim.analysis.validation.checks import coverage_table, figures_table
from sim.analysis.validation.forecast_page import readme
from sim.analysis.validation.places import places_table
from sim.analysis.validation.predictive import predictive, stored_origins
from sim.analysis.validation.stored import as_csv
from sim.batch.parameter_sets import ParameterSets

if TYPE_CHECKING:
    import pandas as pd

SEED = 1
#: Runs of each scenario for the patterns, and runs of the forecast; what ``--quick`` takes instead.
RUNS, BACKTEST_RUNS, FORECAST_RUNS, QUICK_RUNS = 100, 200, 500, 3


class Made(NamedTuple):
    """Tables, and the files that hold them.

    Attributes:
        tables: by name.
        files: text by path below docs/.
        notes: texts that are written with them but not compared, since they hold a date.
    """

    tables: dict[str, pd.DataFrame]
    files: dict[str, str]
    notes: dict[str, str]


def validated(parameters: ParameterSets, runs: int = RUNS, workers: int = 1) -> Made:
    """The patterns with parameters that are not known: page, figures, coverage, scores of places.

    Args:
        parameters: sets, of which run r takes number r.
        runs: of each scenario.
        workers: threads; the results do not depend on them.

    Raises:
        InputError: a run failed.
    """
    evidence = gather(runs, SEED, parameters, workers)
    patterns = measured(evidence)
    figures = figures_table(patterns)
    tables = {
        "patterns": figures,
        "coverage": coverage_table(figures),
        "places": places_table(evidence),
        **_backtested(BACKTEST_RUNS * runs // RUNS, workers),
    }
    files = {f"validation/{name}.csv": as_csv(table) for name, table in tables.items()}
    return Made(tables, {"patterns.md": page(evidence, patterns, SEED, parameters), **files}, {})


def _backtested(runs: int, workers: int) -> dict[str, pd.DataFrame]:
    """The backtest from every origin whose posterior is stored, and its summary."""
    sets = stored_origins()
    if not sets:
        return {}
    table = backtest(cases(sets), predictive(sets, max(runs, QUICK_RUNS), workers))
    return {"backtest": table, "backtest_summary": summary(table)}


def forecasted(parameters: ParameterSets, runs: int = FORECAST_RUNS, workers: int = 1) -> Made:
    """The forecasts; arguments and errors as of ``validated``."""
    tables = forecast.tables(forecast.run_forecast(runs, parameters, workers))
    files = {f"forecast/{name}.csv": as_csv(table) for name, table in tables.items()}
    return Made(tables, files, {"forecast/README.md": readme(parameters, runs)})

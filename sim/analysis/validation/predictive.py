"""What the model, fitted to the data up to an origin, says of the targets that follow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim.analysis.calibration.targets import Target, outcomes_of, quarters_at, quarters_of
from sim.analysis.validation.backtest import Predictive, widened
from sim.analysis.validation.cases import ORIGINS, end_of, later
from sim.batch.experiment import Experiment
from sim.batch.parameter_sets import ParameterSets, read_parameter_sets
from sim.errors import InputError
from sim.kernel.world import Floats
from sim.results import Results
from sim.results.runs import read_runs
from sim.scenarios.scenario import load_scenario
from sim.studies import Study

SCENARIO, WORLD, SEED = "baseline", "japan", 1
_YEAR = 4
_FOLDER = Path(__file__).parent


def sets_file(origin: int) -> Path:
    """Where the posterior from the data up to an origin lies."""
    return _FOLDER / f"posterior_{origin}.csv"


def stored_origins() -> dict[int, ParameterSets]:
    """The posterior of every origin that is stored."""
    return {year: read_parameter_sets(sets_file(year)) for year in ORIGINS if sets_file(year).is_file()}


def predictive(sets: Mapping[int, ParameterSets], runs: int, workers: int = 1) -> Predictive:
    """Draws of an origin: runs with its sets and worlds of their own, with the error of every target added.

    Args:
        sets: the posterior of each origin.
        runs: of each origin.
        workers: threads.
    """

    def of_origin(origin: int) -> Mapping[str, Floats]:
        chosen = later(origin)
        quarters = quarters_of(chosen)
        experiment = Experiment(
            f"backtest_{origin}", (load_scenario(SCENARIO),), WORLD, max(quarters) + 1, SEED, runs,
            record=("series",), outcomes=outcomes_of(chosen), recorded=quarters,
            parameters=sets[origin], worlds="many",
        )  # fmt: skip
        results = carried_out(experiment, workers)
        measured = read_runs(results, at=results.quarters)
        return {
            target.name: widened(target.measured(measured), target, SEED + number, ahead(origin, target))
            for number, target in enumerate(chosen)
        }

    return of_origin


def ahead(origin: int, target: Target) -> float:
    """Years from the end of an origin to a target."""
    return (quarters_at(target.date) - end_of(origin)) / _YEAR


def carried_out(experiment: Experiment, workers: int) -> Results:
    """The results of an experiment, in memory.

    Raises:
        InputError: a run failed.
    """
    results = Study(experiment, in_memory=True, workers=workers).run()
    if results.stored.failed:
        raise InputError(f"{results.stored.failed} runs failed: {results.failures.iloc[0].to_dict()}")
    return results

"""What the model, fitted to the data up to an origin, says of the targets that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.analysis.calibration.targets import Target, outcomes_of, quarters_at, quarters_of
from sim.analysis.validation.backtest import Predictive
from sim.analysis.validation.cases import ORIGINS, end_of, last_known, later
from sim.analysis.validation.discrepancy import started, widened
from sim.batch.experiment import Experiment
from sim.batch.parameter_sets import ParameterSets, read_parameter_sets
from sim.errors import InputError
from sim.kernel.world import Floats
from sim.results import Results
from sim.results.runs import Runs, read_runs
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
    """Draws of an origin: runs with its sets and worlds of their own, with the errors of every target.

    They start from the last observation of a series that was observed in the origin's last year.

    Args:
        sets: the posterior of each origin.
        runs: of each origin.
        workers: threads.
    """

    def of_origin(origin: int) -> Mapping[str, Floats]:
        chosen = {target: last_known(origin, target) for target in later(origin)}
        measured = _run(origin, (*chosen, *filter(None, chosen.values())), sets[origin], runs, workers)
        found = {}
        for number, (target, last) in enumerate(chosen.items()):
            draws, seed = target.measured(measured), SEED + number
            if last is None:
                ahead = (quarters_at(target.date) - end_of(origin)) / _YEAR
                found[target.name] = widened(draws, target, seed, ahead)
            else:
                found[target.name] = started(draws, target, last.measured(measured), last, seed)
        return found

    return of_origin


def _run(origin: int, chosen: Sequence[Target], sets: ParameterSets, runs: int, workers: int) -> Runs:
    quarters = quarters_of(chosen)
    experiment = Experiment(
        f"backtest_{origin}", (load_scenario(SCENARIO),), WORLD, max(quarters) + 1, SEED, runs,
        record=("series",), outcomes=outcomes_of(chosen), recorded=quarters, parameters=sets, worlds="many",
    )  # fmt: skip
    results = carried_out(experiment, workers)
    return read_runs(results, at=results.quarters)


def carried_out(experiment: Experiment, workers: int) -> Results:
    """The results of an experiment, in memory.

    Raises:
        InputError: a run failed.
    """
    results = Study(experiment, in_memory=True, workers=workers).run()
    if results.stored.failed:
        raise InputError(f"{results.stored.failed} runs failed: {results.failures.iloc[0].to_dict()}")
    return results

"""Studies from Python: run or compare scenarios in one call, as the command line does."""

from __future__ import annotations

from pathlib import Path

from sim.batch.executors import THREADS, executor
from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.calendar import DEFAULT_QUARTERS
from sim.results import Results, load
from sim.results.comparison import write_comparison
from sim.results.summary import write_summary
from sim.scenarios.scenario import Scenario, load_scenario


def run(
    *scenarios: str | Scenario,
    world: str = "japan",
    replicates: int = 30,
    quarters: int = DEFAULT_QUARTERS,
    seed: int = 1,
    workers: int = 1,
    out: str | Path | None = None,
) -> Results:
    """Run scenarios and summarise them.

    Args:
        scenarios: built-in names, paths of YAML files, or scenarios made by ``Scenario.overlaid``.
        world: ``japan`` or ``synthetic:N``.
        replicates: runs of each scenario.
        quarters: horizon from 2018Q2.
        seed: root seed of the world and of every draw.
        workers: threads, which need no main guard; for thousands of tiny runs the processes of
            ``sim batch`` are faster.
        out: results folder; ``results/<name>-<digest>`` by default. What is there already is not run again.

    Returns:
        The results folder, as tables.

    Raises:
        InputError: a scenario, world or number is wrong, or the folder cannot be used.
    """
    return _study(list(scenarios), None, world, replicates, quarters, seed, workers, out)


def compare(
    baseline: str | Scenario,
    *scenarios: str | Scenario,
    world: str = "japan",
    replicates: int = 30,
    quarters: int = DEFAULT_QUARTERS,
    seed: int = 1,
    workers: int = 1,
    out: str | Path | None = None,
) -> Results:
    """Run scenarios against a baseline on the same chance; ``comparison`` of the results holds the effects.

    Arguments, result and errors are those of ``run``.
    """
    chosen = _loaded(baseline)
    return _study([chosen, *scenarios], chosen.name, world, replicates, quarters, seed, workers, out)


def _study(
    scenarios: list[str | Scenario],
    baseline: str | None,
    world: str,
    replicates: int,
    quarters: int,
    seed: int,
    workers: int,
    out: str | Path | None,
) -> Results:
    chosen = tuple(_loaded(scenario) for scenario in scenarios)
    name = "-".join(scenario.name for scenario in chosen)[:60]
    experiment = Experiment(name, chosen, world, quarters, seed, replicates, baseline=baseline)
    folder = Path(out) if out is not None else experiment.folder()
    if workers > 1:
        with executor(THREADS, workers) as (threads, _):
            run_experiment(experiment, folder, workers, executor=threads)
    else:
        run_experiment(experiment, folder, workers)
    results = load(folder)
    write_summary(results)
    if baseline is not None:
        write_comparison(results, baseline)
    return results


def _loaded(scenario: str | Scenario) -> Scenario:
    return scenario if isinstance(scenario, Scenario) else load_scenario(scenario)

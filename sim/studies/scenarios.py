"""Run or compare scenarios in one call, as the command line does."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from sim.batch.executors import threads
from sim.batch.experiment import Experiment
from sim.batch.parameter_sets import ParameterSets, read_parameter_sets
from sim.calendar import DEFAULT_QUARTERS
from sim.results import Results
from sim.results.memory import ResultsInMemory
from sim.results.spread import CHANCE_ALONE
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.spending import EqualSpending
from sim.studies.spending import with_equal_spending
from sim.studies.study import Study

#: Most letters of the scenarios' names in the name of a results folder.
LONGEST_NAME = 60

#: Parameter sets, or where they are: ``posterior``, or a CSV file.
type Parameters = ParameterSets | str | Path | None


def study_name(scenarios: Sequence[Scenario]) -> str:
    """Label of the results folder of a study: the scenarios' names, or the first and how many more."""
    joined = "+".join(scenario.name for scenario in scenarios)
    return joined if len(joined) <= LONGEST_NAME else f"{scenarios[0].name}+{len(scenarios) - 1}"


def experiment_of(
    scenarios: Sequence[Scenario],
    baseline: str | None,
    world: str,
    replicates: int,
    quarters: int,
    seed: int,
    equal_spending: EqualSpending | None = None,
    by: str | None = None,
    parameters: Parameters = None,
    worlds: str = "one",
) -> Experiment:
    """Scenarios without a design as an experiment, named as every study of them is.

    One that keeps results by place besides has a folder of its own by default.

    Raises:
        InputError: a number is out of range, or two scenarios share a name.
    """
    name = study_name(scenarios) + (f"_by_{by}" if by is not None else "")
    return Experiment(
        name, tuple(scenarios), world, quarters, seed, replicates, baseline=baseline,
        equal_spending=equal_spending, by=by, parameters=_sets(parameters), worlds=worlds,
    )  # fmt: skip


def run(
    *scenarios: str | Scenario,
    world: str = "japan",
    replicates: int = 30,
    quarters: int = DEFAULT_QUARTERS,
    seed: int = 1,
    workers: int = 1,
    out: str | Path | None = None,
    in_memory: bool = False,
    by: str | None = None,
    parameters: Parameters = None,
    worlds: str = "one",
) -> Results:
    """Run scenarios and summarise them.

    Args:
        scenarios: built-in names, paths of YAML files, or scenarios made by ``Scenario.overlaid``.
        world: ``japan`` or ``synthetic:N``.
        replicates: runs of each scenario.
        quarters: horizon from 2018Q2.
        seed: root seed of the world and of every draw.
        workers: threads; the results do not depend on them.
        out: results folder; ``results/<name>-<digest>`` by default. What is there already is not run again.
        in_memory: keep the results in memory instead.
        by: keep results by place, too: ``prefecture``, ``municipality`` or ``size_class``.
        parameters: ``posterior``, a CSV file of parameter sets or ``ParameterSets``: every replicate takes
            another set in the place of defaults, all scenarios the same.
        worlds: ``many`` draws what of the world is drawn anew for every replicate.

    Returns:
        The results, as tables.

    Raises:
        InputError: a scenario, world or number is wrong, or the folder cannot be used.
    """
    chosen = [_loaded(scenario) for scenario in scenarios]
    study = (world, replicates, quarters, seed)
    experiment = experiment_of(chosen, None, *study, by=by, parameters=parameters, worlds=worlds)
    return _studied(experiment, workers, out, in_memory)


def compare(
    baseline: str | Scenario,
    *scenarios: str | Scenario,
    world: str = "japan",
    replicates: int = 30,
    quarters: int = DEFAULT_QUARTERS,
    seed: int = 1,
    workers: int = 1,
    out: str | Path | None = None,
    in_memory: bool = False,
    equal_spending: bool | float = False,
    by: str | None = None,
    parameters: Parameters = None,
    worlds: str = "one",
) -> Results:
    """Run scenarios against a baseline with the same draws; ``comparison`` of the results holds the effects.

    Arguments, result and errors are those of ``run``, and besides:

    Args:
        baseline: what the others are compared with.
        equal_spending: multiply what scenarios appropriate beyond the baseline so that all spend the same
            beyond it (``sim.studies.spending``): this sum in JPY M a fiscal year, or with ``True`` the most
            that all of them absorb as they are written.
    """
    base, *others = [_loaded(scenario) for scenario in (baseline, *scenarios)]
    equal = None
    study = (world, replicates, quarters, seed)
    sets = _sets(parameters)
    if equal_spending is not False:
        amount = None if equal_spending is True else float(equal_spending)
        others, equal = with_equal_spending(base, others, *study, amount, workers)
    experiment = experiment_of([base, *others], base.name, *study, equal, by, sets, worlds)
    return _studied(experiment, workers, out, in_memory)


def _studied(experiment: Experiment, workers: int, out: str | Path | None, in_memory: bool) -> Results:
    """The results, with their tables of summary and comparison written to the folder."""
    study = Study(experiment, None if out is None else Path(out), in_memory, workers)
    if in_memory:
        return _in_memory(study)
    with threads(workers) if workers > 1 else nullcontext() as pool:
        study = replace(study, executor=pool)
        results = study.run()
        beside = chance_alone(study, results.manifest.replicates)
        if beside is not None:
            beside.run()
    results.write_tables()
    return results


def _in_memory(study: Study) -> Results:
    results, beside = study.run(), chance_alone(study, study.experiment.replicates)
    if beside is not None and isinstance(results, ResultsInMemory):
        results.chance_alone = beside.run()
    return results


def chance_alone(study: Study, replicates: int) -> Study | None:
    """The study of what chance alone does: the same scenarios and replicates at default parameters.

    Args:
        study: of scenarios that are compared.
        replicates: how many of each there are.

    Returns:
        None where all parameters are defaults anyway, or nothing is compared.
    """
    experiment = study.experiment
    if experiment.parameters is None or experiment.baseline is None or len(experiment.scenarios) < 2:
        return None
    record = tuple(table for table in ("ledger", "series") if table in experiment.record)
    plain = replace(experiment, parameters=None, replicates=replicates, record=record, by=None)
    return replace(study, experiment=plain, out=None if study.in_memory else study.folder / CHANCE_ALONE)


def _sets(parameters: Parameters) -> ParameterSets | None:
    if parameters is None or isinstance(parameters, ParameterSets):
        return parameters
    return read_parameter_sets(parameters)


def _loaded(scenario: str | Scenario) -> Scenario:
    return scenario if isinstance(scenario, Scenario) else load_scenario(scenario)

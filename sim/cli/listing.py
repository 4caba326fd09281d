"""``sim check``, ``sim cite`` and ``sim --version``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from sim.calendar import DEFAULT_QUARTERS
from sim.cli.orders import given_sets, given_worlds
from sim.cli.output import sets_lines, tell_source, warn
from sim.errors import InputError
from sim.text import Language, say
from sim.text.mistakes import told
from sim.text.numbers import number

if TYPE_CHECKING:
    from sim.batch.experiment import Experiment
    from sim.batch.experiment_file import LoadedExperiment
    from sim.batch.parameter_sets import ParameterSets
    from sim.scenarios.allowed import Allowed
    from sim.scenarios.scenario import Loaded

DISTRIBUTION = "sdgs-partnership-sim"
BIBTEX = """@software{{sdgs_partnership_sim,
  title   = {{{{sdgs-partnership-sim}}: an agent-based simulator of partnerships
             for the {{SDGs}} in {{Japan}}'s municipalities}},
  author  = {{{{The contributors of sdgs-partnership-sim}}}},
  version = {{{version}}},
  date    = {{{date}}},
  year    = {{{year}}},
  note    = {{model version {model}, sources {sources}}}
}}"""

#: Where a scenario with extensions is tried: large enough for every act to have something to do.
TRIAL_WORLD = "synthetic:60"


def version_line() -> str:
    """Name, version and date of the package, version of its model, and digest of the model's sources."""
    from sim.provenance import MODEL_VERSION, RELEASED, model_digest

    return f"{DISTRIBUTION} {_version()} ({RELEASED}), model {MODEL_VERSION} (sources {model_digest()})"


def _version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "not installed"


def citation() -> str:
    """Version, date, version of the model and a BibTeX entry."""
    from sim.provenance import MODEL_VERSION, RELEASED, model_digest

    facts = {
        "version": _version(), "date": RELEASED, "year": RELEASED[:4],
        "model": MODEL_VERSION, "sources": model_digest(),
    }  # fmt: skip
    return f"{version_line()}\n\n{BIBTEX.format(**facts)}"


def check_files(
    files: Sequence[Path],
    language: Language,
    allow_extensions: Allowed = (),
    parameters: str | None = None,
    worlds: str | None = None,
    precision: float | None = None,
) -> int:
    """Validate scenarios, experiments and worlds, a line for each mistake; 2 if any is wrong, else 0.

    Args:
        files: of scenarios, experiments or worlds.
        language: of what is said.
        allow_extensions: modules that may be imported where they name them.
        parameters: parameter sets that they are to be run with, told and checked, too.
        worlds: one or many, of experiments; None = as they say.
        precision: half-width of indices for which designs of an experiment are told; None = they are not.
    """
    from sim.cli.sizes import checked_precision

    checked_precision(precision)
    sets, worlds = None if parameters is None else given_sets(parameters), given_worlds(worlds)
    if sets is not None:
        print(*sets_lines(sets, language), sep="\n")
    wrong = 0
    for file in files:
        try:
            print(*_checked(file, language, allow_extensions, sets, worlds, precision), sep="\n")
        except InputError as error:
            print(*(told(line, language) for line in error.lines), sep="\n", file=sys.stderr)
            wrong += 1
    return 2 if wrong else 0


def _checked(
    file: Path,
    language: Language,
    allow_extensions: Allowed,
    sets: ParameterSets | None,
    worlds: str | None,
    precision: float | None,
) -> list[str]:
    from sim.cli.targets import misplaced_in_japan
    from sim.scenarios.scenario import load_with_overlays
    from sim.scenarios.warnings import scenario_warnings
    from sim.scenarios.yaml_reader import open_yaml

    if file.suffix.lower() == ".csv" or file.is_dir():
        return [_checked_world(file, language)]
    if "scenarios" in open_yaml(file).data:
        return _checked_experiment(file, language, allow_extensions, sets, worlds, precision)
    loaded = load_with_overlays(file, allow_extensions)
    if sets is not None:
        sets.check(loaded.scenario)
    if loaded.scenario.extensions:
        _refuse_failing(loaded)
    lines = scenario_warnings([loaded], DEFAULT_QUARTERS, language)
    warn([*lines, *misplaced_in_japan(loaded, language)], language)
    scenario = loaded.scenario
    return [say("cli.checked", language, file=file, name=scenario.name, digest=scenario.digest())]


def _checked_world(path: Path, language: Language) -> str:
    """What the tables of a world amount to; what they do not give is said."""
    from sim.kernel.world import FOREIGN_FUND
    from sim.worlds import load_world
    from sim.worlds.own import read_source

    source = read_source(str(path))
    world = load_world(source, seed=1)
    tell_source(source, language)
    facts = {
        "municipalities": source.municipalities,
        "regions": len(world.labels.prefecture),
        "companies": len(world.companies.slots),
        "institutions": int((world.institutions.kind != FOREIGN_FUND).sum()),  # the fund is no row of a table
    }
    return say("cli.checked_world", language, file=path, digest=source.digest, **facts)


def _refuse_failing(loaded: Loaded) -> None:
    """Run a scenario with extensions once in a small world.

    Raises:
        InputError: the run fails.
    """
    from sim.batch.estimate import try_extensions
    from sim.batch.experiment import Experiment

    small = Experiment("trial", (loaded.scenario,), TRIAL_WORLD, replicates=1)
    for _, reason in try_extensions(small):
        raise loaded.overlays[-1].document.error(("extensions",), reason)


def _checked_experiment(
    file: Path,
    language: Language,
    allow_extensions: Allowed,
    sets: ParameterSets | None,
    worlds: str | None,
    precision: float | None,
) -> list[str]:
    """What an experiment amounts to: runs, time and disk, from a run that is tried."""
    from sim.batch.estimate import MOST_TRIED, estimate, try_extensions
    from sim.batch.experiment_file import load_with_sources
    from sim.batch.experiment_warnings import experiment_warnings
    from sim.cli.sizes import designs_told
    from sim.cli.targets import refuse_misplaced, unscaled
    from sim.provenance import cores

    loaded = load_with_sources(file, allow_extensions=allow_extensions)
    experiment = loaded.experiment
    if sets is not None or worlds is not None:
        sets, worlds = sets or experiment.parameters, worlds or experiment.worlds
        experiment = replace(experiment, parameters=sets, worlds=worlds)
    world = experiment.source or experiment.world
    warn([*experiment_warnings(loaded, language), *unscaled(experiment.scenarios, world, language)], language)
    refuse_misplaced(loaded.scenarios, world, experiment.seed, MOST_TRIED)
    for position, reason in try_extensions(experiment):
        loaded.document.note(("scenarios", position), reason)
    loaded.document.refuse_mistakes()
    expected = estimate(experiment, cores())
    spared = say("cli.shared_past", language, spared=f"{expected.spared:.0%}")
    told = say(
        "cli.checked_experiment",
        language,
        file=file,
        name=experiment.name,
        digest=experiment.digest(),
        scenarios=len(experiment.scenarios),
        points=experiment.points,
        replicates=experiment.replicates,
        runs=experiment.runs,
        time=timedelta(seconds=max(1, round(expected.seconds))),
        workers=cores(),
        disk=f"{number(expected.bytes / 1e6)} MB",
    )
    guessed = "" if expected.tried else say("cli.guessed", language)
    lines = [told + guessed + (spared if expected.spared >= 0.005 else "")]
    if loaded.frontier is not None:
        lines.append(_checked_search(loaded, experiment, expected.seconds / experiment.runs, language))
    return lines if precision is None else [*lines, *designs_told(experiment, precision, language)]


def _checked_search(
    loaded: LoadedExperiment, experiment: Experiment, seconds: float, language: Language
) -> str:
    """What ``sim frontier`` takes of an experiment; ``seconds``: of a run.

    Raises:
        InputError: its section ``frontier`` does not suit the rest.
    """
    from sim.batch.frontier_file import problem_of
    from sim.provenance import cores

    section = problem_of(loaded.document, loaded.frontier, experiment).section
    return say(
        "cli.checked_search",
        language,
        evaluations=section.evaluations,
        replicates=section.replicates,
        runs=section.runs,
        time=timedelta(seconds=max(1, round(section.runs * seconds))),
        workers=cores(),
    )

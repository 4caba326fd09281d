"""``sim check``, ``sim cite`` and ``sim --version``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.text import Language, say

DISTRIBUTION = "sdgs-partnership-sim"
BIBTEX = """@software{{sdgs_partnership_sim,
  title   = {{{{sdgs-partnership-sim}}: an agent-based simulator of partnerships
             for the {{SDGs}} in {{Japan}}'s municipalities}},
  author  = {{{{The contributors of sdgs-partnership-sim}}}},
  version = {{{version}}},
  date    = {{{date}}},
  year    = {{{year}}},
  note    = {{model version {model}}}
}}"""

type Row = dict[str, Any]


def version_line() -> str:
    """Name, version and date of the package, and the version of its model."""
    from sim.provenance import RELEASED, model_digest

    return f"{DISTRIBUTION} {_version()} ({RELEASED}), model {model_digest()}"


def _version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "not installed"


def citation() -> str:
    """Version, date, version of the model and a BibTeX entry."""
    from sim.provenance import RELEASED, model_digest

    facts = {"version": _version(), "date": RELEASED, "year": RELEASED[:4], "model": model_digest()}
    return f"{version_line()}\n\n{BIBTEX.format(**facts)}"


def check_files(files: Sequence[Path], language: Language, allow_extensions: bool = False) -> int:
    """Validate scenario and experiment files, a line for each mistake; 2 if any is wrong, else 0."""
    wrong = 0
    for file in files:
        try:
            print(_checked(file, language, allow_extensions))
        except InputError as error:
            print(*error.lines, sep="\n", file=sys.stderr)
            wrong += 1
    return 2 if wrong else 0


def _checked(file: Path, language: Language, allow_extensions: bool) -> str:
    from sim.scenarios.scenario import load_scenario
    from sim.scenarios.yaml_reader import open_yaml

    if "scenarios" in open_yaml(file).data:
        return _checked_experiment(file, language, allow_extensions)
    scenario = load_scenario(file, allow_extensions)
    return say("cli.checked", language, file=file, name=scenario.name, digest=scenario.digest())


def _checked_experiment(file: Path, language: Language, allow_extensions: bool) -> str:
    """What an experiment amounts to: runs, time and disk, from a run that is tried."""
    from sim.batch.estimate import estimate
    from sim.batch.experiment_file import load_experiment
    from sim.cli.orders import cores

    experiment = load_experiment(file, allow_extensions=allow_extensions)
    expected = estimate(experiment, cores())
    return say(
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
        disk=f"{expected.bytes / 1e6:,.3g} MB",
    )

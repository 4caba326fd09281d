"""Run points of a calibration as experiments: a replicate for every point, with draws of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from sim.analysis.calibration.targets import Target, measured, outcomes_of, quarters_of
from sim.analysis.calibration.waves import Request
from sim.batch.experiment import Experiment
from sim.batch.parameter_sets import PARAMETERS, ParameterSets, read_parameter_sets
from sim.calendar import quarter_label
from sim.errors import InputError
from sim.files import read_json, write_text
from sim.kernel.world import Floats
from sim.provenance import source_digest
from sim.results.runs import read_runs
from sim.studies.study import Listener, Study, unheard

_MANIFEST = "calibration.json"


def experiment_of(request: Request, name: str, sets: ParameterSets, targets: Sequence[Target]) -> Experiment:
    """One scenario, a replicate for every set, and the outcomes that the figures need."""
    quarters = quarters_of(targets)
    return Experiment(
        name=name, scenarios=(request.scenario,), world=request.world, quarters=quarters[-1] + 1,
        seed=request.seed, replicates=len(sets), record=("series",), outcomes=outcomes_of(targets),
        recorded=quarters, parameters=sets,
    )  # fmt: skip


@dataclass(frozen=True)
class Runs:
    """Runs points, in a folder for each name below ``folder``, or in memory.

    Attributes:
        request: scenario, world and figures.
        folder: where runs are stored; None = nowhere.
        workers: processes, or threads in memory.
        listener: told how far a study is.
    """

    request: Request
    folder: Path | None = None
    workers: int = 1
    listener: Listener = unheard

    def __call__(self, cube: Floats, name: str) -> Floats:
        """(points, figures) on their scales; NaN where a run failed."""
        return self.figures(self.request.space.sets(cube, name), name, self.request.targets)

    def figures(self, sets: ParameterSets, name: str, targets: Sequence[Target]) -> Floats:
        """(sets, figures) what a run with each set says of some figures."""
        experiment = experiment_of(self.request, name, sets, targets)
        out = None if self.folder is None else self.folder / name
        study = Study(experiment, out, in_memory=out is None, workers=self.workers)
        results = study.run(self.listener)
        runs = read_runs(results, experiment.outcomes, [quarter_label(t) for t in quarters_of(targets)])
        found = np.full((len(sets), len(targets)), np.nan)
        found[runs.replicate] = measured(runs, targets)
        return found

    def points(self, name: str) -> Floats | None:
        """The points that a wave of that name was begun with, if it was.

        Raises:
            InputError: what is stored of them was changed.
        """
        if self.folder is None or not (self.folder / name / PARAMETERS).is_file():
            return None
        stored = read_parameter_sets(self.folder / name / PARAMETERS)
        if stored.names != self.request.space.names:
            path = self.folder / name / PARAMETERS
            raise InputError(f"{path}: holds other parameters than are calibrated; remove {path.parent}")
        return self.request.space.cube(np.array(stored.values))


def taken_up(request: Request, folder: Path) -> Path:
    """The folder of a calibration, made or taken up where it was left.

    Raises:
        InputError: it holds another calibration, one of another version of the model, or something else.
    """
    own = {"calibration": request.digest(), "model": source_digest()}
    manifest = folder / _MANIFEST
    if not manifest.is_file():
        if folder.exists() and not (folder.is_dir() and _is_empty(folder)):
            raise InputError(f"{folder}: holds something already; give a new or empty folder")
        folder.mkdir(parents=True, exist_ok=True)
        write_text(manifest, json.dumps(own) + "\n")
        return folder
    there = read_json(manifest, TypeAdapter(dict[str, str]), "give another folder with --out")
    if there != own:
        same = there.get("calibration") == own["calibration"]
        what = "another version of the model" if same else "other settings"
        raise InputError(f"{folder}: holds a calibration with {what}; give another folder with --out")
    return folder


def _is_empty(folder: Path) -> bool:
    """Whether it holds nothing but what an interrupted start may have left."""
    return all(there.name.startswith(".") for there in folder.iterdir())

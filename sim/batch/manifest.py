"""``manifest.json``: what a results folder holds or will hold, guarded against changes by hand.

The manifest carries a checksum of itself and digests of the files that belong to it (the experiment, the
points of its design). Whoever opens a folder learns at once when one of them was changed, lost or taken
from another folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.batch.design import POINTS
from sim.batch.experiment import Experiment
from sim.batch.parameter_sets import PARAMETERS
from sim.batch.parts import Blocks, parse_part
from sim.errors import InputError
from sim.files import write_text
from sim.provenance import MODEL_VERSION

FORMAT = 3
MANIFEST = "manifest.json"
EXPERIMENT = "experiment.yaml"
#: What to do about a file that is not what the manifest says.
REMEDY = "put it back as it was, or run the experiment into another folder with --out"


@dataclass(frozen=True)
class Manifest:
    """What a results folder holds or will hold, in ``manifest.json``.

    Attributes:
        experiment: digest of the experiment.
        model: digest of the model's sources (``sim.provenance.model_digest``).
        world: name of the world, for people; ``experiment.yaml`` says where it is.
        name, quarters, seed, scenarios, baseline, record: as in ``Experiment``.
        replicates: replicates expected of each scenario.
        points: points of the design; 1 without a design.
        block: replicates per chunk, fixed when the folder is made.
        point_block: points per chunk, likewise.
        outcomes, recorded: what ``series`` keeps, as in ``Experiment``.
        own_outcomes: outcomes of extensions, with their kind (``sim.kernel.outcomes.Kind``).
        by: what ``panel`` keeps outcomes by, as in ``Experiment``.
        model_version: number of the model's version (``sim.provenance.MODEL_VERSION``); None where the folder
            was made before versions were counted.
        earlier: digests of the same experiment with earlier sources of its extensions, whose runs are kept.
        files: digests of the files that belong to it: of the present one and of the one before, for a
            command that was killed may have left either.
        format: version of this layout.
    """

    experiment: str
    model: str
    name: str
    world: str
    quarters: int
    seed: int
    scenarios: tuple[str, ...]
    baseline: str | None
    record: tuple[str, ...]
    replicates: int
    points: int
    block: int
    point_block: int
    outcomes: tuple[str, ...] | None
    recorded: tuple[int, ...] | None
    own_outcomes: dict[str, str]
    by: str | None = None
    model_version: int | None = None
    earlier: tuple[str, ...] = ()
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def runs(self) -> int:
        """Runs expected in all."""
        return len(self.scenarios) * self.points * self.replicates

    @property
    def blocks(self) -> Blocks:
        """Size of a tile of runs."""
        return Blocks(self.point_block, self.block)

    def asked_for(self, experiment: Experiment) -> Manifest:
        """The manifest with what the same experiment may ask for anew."""
        return replace(
            self,
            name=experiment.name,
            replicates=experiment.replicates,
            points=experiment.points,
            baseline=experiment.baseline,
        )


def manifest_of(experiment: Experiment, model: str, blocks: Blocks) -> Manifest:
    """The manifest of a new folder."""
    return Manifest(
        experiment=experiment.digest(),
        model=model,
        name=experiment.name,
        world=experiment.world_label,
        quarters=experiment.quarters,
        seed=experiment.seed,
        scenarios=experiment.scenario_names,
        baseline=experiment.baseline,
        record=experiment.record,
        replicates=experiment.replicates,
        points=experiment.points,
        block=blocks.replicates,
        point_block=blocks.points,
        outcomes=experiment.outcomes,
        recorded=experiment.recorded,
        own_outcomes=experiment.own_outcomes(),
        by=experiment.by,
        model_version=MODEL_VERSION,
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest with its checksum."""
    values = json.loads(json.dumps(asdict(manifest)))
    text = json.dumps(values | {"checksum": _checksum(values)}, indent=1, ensure_ascii=False)
    write_text(folder / MANIFEST, text + "\n")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a results folder, when the files that belong to it are there as it says.

    Raises:
        InputError: there is no such folder, it is not a results folder that this version reads, or the
            manifest or a file that belongs to it was changed, lost, or taken from another folder.
    """
    while True:
        manifest = _read(folder)
        try:
            _check_files(folder, manifest)
        except InputError:
            if _read(folder) == manifest:  # no other command changed it meanwhile
                raise
            continue
        return manifest


def _read(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not folder.is_dir():
        raise InputError(f"{folder}: no such results folder")
    if not path.is_file():
        raise InputError(f"{folder}: not a results folder (it has no {MANIFEST})")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        _check_format(path, values["format"])
        if values.pop("checksum") != _checksum(values):
            raise InputError(f"{path}: was changed since it was written; {REMEDY}")
        return Manifest(**values | _tuples(values))
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: damaged ({error}); remove it to give the folder up") from None


def _check_format(path: Path, found: object) -> None:
    if found != FORMAT:
        raise InputError(
            f"{path}: format {found} is not the format {FORMAT} of this version; read it with the version "
            f"that made it, or run {path.parent / EXPERIMENT} into a new folder"
        )


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are tuples; JSON knows lists only."""
    names = ("scenarios", "record", "outcomes", "recorded", "earlier")
    lists: dict[str, Any] = {name: tuple(values[name]) for name in names if values[name] is not None}
    return lists | {"files": {name: tuple(digests) for name, digests in values["files"].items()}}


def _checksum(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def digest_of(content: bytes) -> str:
    """Digest of a file (16 hex digits)."""
    return hashlib.sha256(content).hexdigest()[:16]


def _check_files(folder: Path, manifest: Manifest) -> None:
    for name, digests in manifest.files.items():
        path = folder / name
        if not path.is_file():
            if _has_parts(folder):
                raise InputError(f"{path}: is missing, though {_WHY.get(name, IN_WORLD)}; {REMEDY}")
        elif digest_of(path.read_bytes()) not in digests:
            raise InputError(
                f"{path}: {_CHANGED.get(name, OTHER_WORLD)}; it was changed or comes from another folder; "
                f"{REMEDY}"
            )


IN_WORLD = "it is a table of the world of the stored runs"
OTHER_WORLD = f"is not the table of {MANIFEST}"
_WHY = {
    EXPERIMENT: "it says what the stored runs are",
    POINTS: "the stored runs are numbered by its rows",
    PARAMETERS: "the stored runs took their parameters from it",
}
_CHANGED = {
    EXPERIMENT: f"is not the experiment of {MANIFEST}",
    POINTS: f"does not hold the points of {MANIFEST}",
    PARAMETERS: f"does not hold the parameter sets of {MANIFEST}",
}


def _has_parts(folder: Path) -> bool:
    series = folder / "series"
    return series.is_dir() and any(parse_part(path.name) for path in series.iterdir())

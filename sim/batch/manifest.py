"""``manifest.json``: what a results folder holds or will hold, guarded against changes by hand.

The manifest carries a checksum of itself and digests of the files that belong to it (the experiment, the
points of its design). Whoever opens a folder learns at once when one of them was changed, lost or taken
from another folder.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from sim.batch.design import POINTS
from sim.batch.design_file import one_of
from sim.batch.experiment import TABLES, WORLD_COPY, Experiment
from sim.batch.limits import (
    MOST_BYTES_OF_A_FILE,
    MOST_CELLS,
    MOST_QUARTERS,
    MOST_REPLICATES,
    MOST_SCENARIOS,
)
from sim.batch.parameter_sets import PARAMETERS
from sim.batch.parts import Blocks, parse_part
from sim.batch.rows import Layout
from sim.errors import InputError
from sim.files import MOST_JSON, first_mistake, parsed_json, read_regular, sha256_of, write_text
from sim.kernel.outcomes import OUTCOMES, Kind
from sim.provenance import MODEL_VERSION
from sim.scenarios.yaml_file import printable
from sim.text.stored import Text
from sim.worlds.groups import GROUPINGS

FORMAT = 4
MANIFEST = "manifest.json"
EXPERIMENT = "experiment.yaml"
KINDS = tuple(str(kind) for kind in Kind)
#: Files that a manifest may hold digests of; copies of a world's tables lie in folders of their own.
BELONGING = (EXPERIMENT, POINTS, PARAMETERS)
_COPY = re.compile(rf"{WORLD_COPY}(/(?!\.{{1,2}}(/|$))[^/\\\x00]+){{1,2}}")
#: What to do about a file that is not what the manifest says.
REMEDY = "put it back as it was, or run the experiment into another folder with --out"


def _of_the_folder(name: str) -> str:
    """Check that a name is that of a file which belongs to a folder, and lies in it."""
    if name not in BELONGING and not _COPY.fullmatch(name):
        raise ValueError(f"{printable(name)} is no file that belongs to a results folder")
    return name


def _identifier(name: str) -> str:
    if not name.isidentifier():
        raise ValueError("is no name of an outcome")
    return name


#: The first half of a SHA-256, as they are told and compared.
Digest = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


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

    experiment: Digest
    model: Digest
    name: Annotated[str, Field(pattern=r"^[\w.+-]{1,100}$")]
    world: Text
    quarters: Annotated[int, Field(ge=1, le=MOST_QUARTERS)]
    seed: int
    scenarios: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_SCENARIOS)]
    baseline: str | None
    record: tuple[Annotated[str, one_of(TABLES)], ...]
    replicates: Annotated[int, Field(ge=1, le=MOST_REPLICATES)]
    points: Annotated[int, Field(ge=1, le=MOST_CELLS)]
    block: Annotated[int, Field(ge=1)]
    point_block: Annotated[int, Field(ge=1)]
    outcomes: tuple[str, ...] | None
    recorded: tuple[int, ...] | None
    own_outcomes: dict[Annotated[str, AfterValidator(_identifier)], Annotated[str, one_of(KINDS)]]
    by: Annotated[str, one_of(tuple(GROUPINGS))] | None = None
    model_version: int | None = None
    earlier: tuple[Digest, ...] = ()
    files: dict[Annotated[str, AfterValidator(_of_the_folder)], tuple[str, ...]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def runs(self) -> int:
        """Runs expected in all."""
        return len(self.scenarios) * self.points * self.replicates

    @property
    def layout(self) -> Layout:
        """What names the rows of its tables."""
        return Layout(self.scenarios, self.quarters, self.recorded, self.series_columns)

    @property
    def blocks(self) -> Blocks:
        """Size of a tile of runs."""
        return Blocks(self.point_block, self.block)

    @property
    def series_columns(self) -> tuple[str, ...]:
        """Outcomes that ``series`` keeps, the model's in their order, then those of extensions."""
        names = (*(outcome.name for outcome in OUTCOMES), *self.own_outcomes)
        return tuple(name for name in names if self.outcomes is None or name in self.outcomes)

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
    values = parsed_json(json.dumps(asdict(manifest)))
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


def check_name(folder: Path) -> None:
    """Check that libraries can open what lies in a folder of this name.

    Raises:
        InputError: its name is not UTF-8.
    """
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        raise InputError(f"{folder}: has a name that is not UTF-8; give another folder") from None


def _read(folder: Path) -> Manifest:
    check_name(folder)
    path = folder / MANIFEST
    if not folder.is_dir():
        raise InputError(f"{folder}: no such results folder")
    if not path.is_file():
        raise InputError(f"{folder}: not a results folder (it has no {MANIFEST})")
    try:
        values = parsed_json(read_regular(path, MOST_JSON))
        _check_format(path, values["format"])
        if values.pop("checksum") != _checksum(values):
            raise InputError(f"{path}: was changed since it was written; {REMEDY}")
        return _checked(values)
    except InputError:
        raise
    except ValidationError as error:
        raise InputError(f"{path}: damaged ({first_mistake(error)}); {REMEDY}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = getattr(error, "strerror", None) or printable(str(error))
        raise InputError(f"{path}: damaged ({reason}); remove it to give the folder up") from None


def _checked(values: Mapping[str, Any]) -> Manifest:
    """The manifest that may stand in a file of anybody's.

    Raises:
        ValueError: a value is none that a manifest may have.
    """
    manifest = _adapter().validate_python(dict(values))
    if manifest.points * manifest.replicates > MOST_CELLS:
        raise ValueError(f"more than {MOST_CELLS:,} points times replicates")
    if manifest.baseline is not None and manifest.baseline not in manifest.scenarios:
        raise ValueError("the baseline is none of the scenarios")
    if not set(manifest.recorded or ()) <= set(range(manifest.quarters)):
        raise ValueError("quarters are recorded that are not run")
    return manifest


@cache
def _adapter() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


def _check_format(path: Path, found: object) -> None:
    if found != FORMAT:
        raise InputError(
            f"{path}: format {printable(found)} is not the format {FORMAT} of this version; read it with the "
            f"version that made it, or run {path.parent / EXPERIMENT} into a new folder"
        )


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
        elif digest_of_file(path) not in digests:
            raise InputError(
                f"{path}: {_CHANGED.get(name, OTHER_WORLD)}; it was changed or comes from another folder; "
                f"{REMEDY}"
            )


def digest_of_file(path: Path) -> str:
    """Digest of a file that belongs to a folder, as of ``digest_of``.

    Raises:
        InputError: it cannot be read, or is too large.
    """
    try:
        return sha256_of(path, MOST_BYTES_OF_A_FILE)[:16]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); {REMEDY}") from None


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

"""What of a results folder is stored, what is missing, and which parts are not as they should be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.batch.checked import Checked, read_checked
from sim.batch.design import POINTS, Design
from sim.batch.digests import Sums
from sim.batch.experiment import Experiment
from sim.batch.experiment_file import read_experiment
from sim.batch.factors import Point
from sim.batch.limits import MOST_BYTES_OF_A_FILE
from sim.batch.manifest import EXPERIMENT, MANIFEST, REMEDY, Manifest, read_manifest
from sim.batch.parts import Chunk
from sim.batch.shapes import table_of_points
from sim.batch.store import Fault, Looked, Origin, look, named_chunks
from sim.errors import InputError
from sim.files import read_regular
from sim.shortage import blaming_no_file


@dataclass(frozen=True)
class Stored:
    """What of a results folder is stored.

    Attributes:
        manifest: what the folder is expected to hold.
        failures: failed runs of every stored chunk, in the order of the chunks.
        faults: parts that are damaged, incomplete, or not of this folder; their runs count as missing.
    """

    manifest: Manifest
    failures: dict[Chunk, int]
    faults: tuple[Fault, ...]

    @property
    def chunks(self) -> list[Chunk]:
        """Chunks whose parts are all as they should be."""
        return list(self.failures)

    @property
    def expected(self) -> int:
        """Runs that belong to the folder."""
        return self.manifest.runs

    @cached_property
    def runs(self) -> int:
        """Runs that are stored, those that failed included."""
        return len(self.manifest.scenarios) * sum(chunk.cells for chunk in self.failures)

    @property
    def failed(self) -> int:
        """Runs of these that failed."""
        return sum(self.failures.values())

    @property
    def missing(self) -> int:
        """Runs that are not stored."""
        return max(self.expected - self.runs, 0)

    def sentence(self) -> str:
        """How many of the runs are stored, and the first part that is not as it should be, in one line."""
        failed = f", {self.failed:,} of them failed" if self.failed else ""
        others = f" and {len(self.faults) - 1:,} more like it" if len(self.faults) > 1 else ""
        fault = f" ({self.faults[0]}{others})" if self.faults else ""
        return f"{self.runs:,} of {self.expected:,} runs are stored{failed}{fault}"

    def refuse_damaged(self) -> None:
        """Refuse parts that are not as they should be.

        Raises:
            InputError: there is one.
        """
        if self.faults:
            more = len(self.faults) - 1
            others = f" ({more:,} more are not as they should be)" if more else ""
            raise InputError(f"{self.faults[0]}; remove it and run again{others}")


def completeness(folder: Path, numbers: bool = False) -> Stored:
    """What of a results folder is stored. It may be called while runs are being stored.

    Args:
        folder: results folder.
        numbers: look at every number of every part, whatever is known of them.

    Raises:
        InputError: it is not a results folder, or its manifest, experiment or design was changed or lost.
    """
    manifest = read_manifest(folder)
    checked = Checked(folder) if numbers else read_checked(folder)
    return found(folder, manifest, origin_of(folder, manifest), checked, numbers=numbers)


def origin_of(folder: Path, manifest: Manifest) -> Origin:
    """What the parts of a folder should come from."""
    experiments = (manifest.experiment, *manifest.earlier)
    if POINTS not in manifest.files:
        return Origin(experiments, manifest.seed, manifest.layout)
    table: list[list[Point]] = []

    def points(numbers: range) -> list[Point]:
        if not table:  # read when first asked for: most parts are known already
            table.append(_points(folder / POINTS))
        return table[0][numbers.start : numbers.stop]

    return Origin(experiments, manifest.seed, manifest.layout, points)


def found(
    folder: Path,
    manifest: Manifest,
    origin: Origin,
    checked: Checked,
    ours: Callable[[Chunk], bool] = lambda _: True,
    numbers: bool = False,
) -> Stored:
    """Look at the parts of a folder; those that are known from ``checked`` need no second look.

    Args:
        folder: results folder.
        manifest: what it is expected to hold; parts of other points or replicates are faults.
        origin: what the parts should come from.
        checked: what is known of them; gains what is looked at and found whole.
        ours: which chunks to look at.
        numbers: look at every number, too; else whoever reads them does.
    """
    failures: dict[Chunk, int] = {}
    faults: list[Fault] = []
    sums = Sums(folder)
    taken = np.zeros((manifest.points, manifest.replicates), bool)
    for chunk in filter(ours, named_chunks(folder)):
        looked = _misplaced(folder, chunk, taken) or _known(checked, chunk)
        if looked is None:
            looked = look(folder, chunk, manifest.record, origin, sums, numbers)
            if looked.fault is None:
                checked.add(chunk, looked)
        if looked.fault is not None:
            faults.append(looked.fault)
            continue
        failures[chunk] = looked.failed
        taken[_cells(chunk)] = True
    return Stored(manifest, failures, tuple(faults))


def _known(checked: Checked, chunk: Chunk) -> Looked | None:
    failed = checked.failed(chunk)
    return None if failed is None else Looked((), failed, None)


def _misplaced(folder: Path, chunk: Chunk, taken: npt.NDArray[np.bool_]) -> Looked | None:
    """What speaks against a chunk by its name alone: its runs belong to no other part and to the folder."""
    path = folder / "series" / chunk.part
    points, replicates = taken.shape
    if chunk.last_point >= points or chunk.last_replicate >= replicates:
        return Looked(
            (), 0, Fault(path, f"holds runs beyond the {points:,} points and {replicates:,} replicates")
        )
    if taken[_cells(chunk)].any():
        return Looked((), 0, Fault(path, "holds runs that another part holds, too"))
    return None


def _cells(chunk: Chunk) -> tuple[slice, slice]:
    return (
        slice(chunk.first_point, chunk.last_point + 1),
        slice(chunk.first_replicate, chunk.last_replicate + 1),
    )


def stored_experiment(folder: Path, manifest: Manifest | None = None) -> Experiment:
    """The experiment of a results folder with the points that it holds; code it names is not imported.

    What the digest leaves out (baseline, replicates, tables) is as the manifest says.

    Raises:
        InputError: it is not a results folder, or its files were changed or lost.
    """
    manifest = manifest or read_manifest(folder)
    return with_manifest(folder, read_experiment(folder / EXPERIMENT), manifest)


def with_manifest(folder: Path, experiment: Experiment, manifest: Manifest) -> Experiment:
    """An experiment that was read from a folder, with the points and choices that the folder holds.

    Raises:
        InputError: it is not the experiment of the manifest.
    """
    if experiment.digest() != manifest.experiment:
        raise InputError(
            f"{folder / EXPERIMENT}: is not the experiment of {MANIFEST}; it was changed or comes from "
            f"another folder; {REMEDY}"
        )
    check_alike(folder, experiment, manifest)
    if experiment.design is not None:
        points = tuple(read_points(folder, experiment.design))
        experiment = replace(experiment, design=replace(experiment.design, points=points))
    return replace(
        experiment,
        baseline=manifest.baseline,
        replicates=manifest.replicates,
        record=manifest.record,
        by=manifest.by,
    )


def check_alike(folder: Path, experiment: Experiment, manifest: Manifest) -> None:
    """Check that a manifest says of its experiment what the experiment says of itself.

    Raises:
        InputError: it does not.
    """
    own = (experiment.scenario_names, experiment.quarters, experiment.seed)
    if own != (manifest.scenarios, manifest.quarters, manifest.seed):
        raise InputError(
            f"{folder / MANIFEST}: has other scenarios, quarters or seed than {EXPERIMENT}; {REMEDY}"
        )


def read_points(folder: Path, design: Design) -> list[Point]:
    """The points that a folder holds, in the order in which they are numbered; none in a new folder.

    Raises:
        InputError: the table is damaged, or holds other factors.
    """
    path = folder / POINTS
    return _points(path, [factor.name for factor in design.factors]) if path.exists() else []


def _points(path: Path, factors: Iterable[str] | None = None) -> list[Point]:
    try:
        table = _table_of_points(path)
        held = [name for name in table.column_names if name != "point"]
        names = held if factors is None else list(factors)
        if set(held) != set(names):
            raise InputError(
                f"{path}: holds points of other factors ({', '.join(held)}, not {', '.join(names)}); "
                "give another folder with --out"
            )
        return list(zip(*(table[name].to_pylist() for name in names), strict=True))
    except (OSError, KeyError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: damaged ({reason}); remove the folder and run again") from None


def _table_of_points(path: Path) -> pa.Table:
    try:
        with blaming_no_file():
            return table_of_points(pa.BufferReader(read_regular(path, MOST_BYTES_OF_A_FILE)))
    except InputError as error:
        raise InputError(f"{path}: {error}; remove the folder and run again") from None

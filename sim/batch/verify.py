"""Run stored runs again and compare: are the results of a folder what this machine would have found?"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim import provenance
from sim.batch.chunks import checked_run, keys_of
from sim.batch.digests import Sums
from sim.batch.experiment import Experiment
from sim.batch.experiment_file import load_experiment
from sim.batch.manifest import EXPERIMENT
from sim.batch.parts import Chunk
from sim.batch.ready import make_ready
from sim.batch.sessions import PROVENANCE, Session, read_provenance
from sim.batch.store import read_part
from sim.batch.stored import Stored, completeness, with_manifest
from sim.batch.tables import TABLE_OF_RUN, Key
from sim.errors import InputError
from sim.scenarios.allowed import Allowed

SAMPLE = 20
#: Relative difference up to which numbers made elsewhere count as equal.
TOLERANCE = 1e-6
KEYS = ("scenario", "point", "replicate")


class Verdict(StrEnum):
    """How a run that was run again compares with what is stored."""

    IDENTICAL = "identical"
    EQUAL = "equal to 1e-6"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Verified:
    """A run that was run again.

    Attributes:
        scenario, point, replicate: which.
        verdict: how it compares.
        where: table, column and row of the first difference; empty without one.
    """

    scenario: str
    point: int
    replicate: int
    verdict: Verdict
    where: str = ""


@dataclass(frozen=True)
class Verification:
    """What ``verify`` found.

    Attributes:
        runs: the runs that were tried, in order.
        stored: what the folder holds, and what is missing.
        same_model: whether the sources of the model that made the folder are these.
        same_platform: whether machine type and package versions are those of every session.
        made_by: versions and machine of the last session.
        seed: root seed.
    """

    runs: list[Verified]
    stored: Stored
    same_model: bool
    same_platform: bool
    made_by: Session
    seed: int

    @property
    def passed(self) -> bool:
        """Whether nothing differs: on the platform that made the runs to the bit, elsewhere to 1e-6."""
        fine = (
            {Verdict.IDENTICAL}
            if self.same_platform and self.same_model
            else set(Verdict) - {Verdict.DIFFERENT}
        )
        return all(run.verdict in fine for run in self.runs)


def verify(
    folder: Path,
    sample: int = SAMPLE,
    sample_seed: int = 0,
    allow_extensions: Allowed = (),
    progress: Callable[[int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
) -> Verification:
    """Read every part; run a random sample of the stored runs again and compare all that is stored of them.

    Args:
        folder: results folder.
        sample: runs to try; all where there are fewer.
        sample_seed: of the sample.
        allow_extensions: modules that may be imported where scenarios name them.
        progress: called with runs tried and runs to try.
        announce: told in words when the kernel has to be compiled first.

    Raises:
        InputError: it is not a results folder, was changed by hand, holds no run, or a part is damaged.
    """
    stored = completeness(folder, numbers=True)
    sessions = _sessions(folder)
    experiment = load_experiment(folder / EXPERIMENT, allow_extensions=allow_extensions)
    experiment = with_manifest(folder, experiment, stored.manifest)
    stored.refuse_damaged()
    runs = run_again(folder, experiment, stored, sample, sample_seed, progress, announce)
    if not runs:
        raise InputError(f"{folder}: {stored.sentence()}; none can be run again")
    machine = provenance.machine()
    here = (provenance.versions(), machine["platform"], machine["processor"])
    there = [(one["versions"], one["machine"]["platform"], one["machine"]["processor"]) for one in sessions]
    return Verification(
        runs=runs,
        stored=stored,
        same_model=stored.manifest.model == provenance.model_digest(),
        same_platform=all(one == here for one in there),
        made_by=sessions[-1],
        seed=stored.manifest.seed,
    )


def run_again(
    folder: Path,
    experiment: Experiment,
    stored: Stored,
    sample: int,
    sample_seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
) -> list[Verified]:
    """Run a random sample of the stored runs that did not fail again; compare all that is stored of them.

    Args:
        folder: results folder.
        experiment: what is run, with the points and tables of the folder.
        stored: what there is.
        sample: runs to try; all where there are fewer.
        sample_seed: of the sample.
        progress: called with runs tried and runs to try.
        announce: told in words when the kernel has to be compiled first.
    """
    failed = _failed(folder, stored.chunks, experiment)
    keys = [
        (chunk, key) for chunk in stored.chunks for key in keys_of(experiment, chunk) if key not in failed
    ]
    chosen = sorted(random.Random(sample_seed).sample(range(len(keys)), min(sample, len(keys))))
    if chosen:
        make_ready(announce)
    runs, sums = [], Sums(folder)
    for number, (chunk, key) in enumerate(keys[index] for index in chosen):
        if progress is not None:
            progress(number, len(chosen))
        runs.append(_verified(folder, experiment, chunk, key, sums))
    return runs


def _failed(folder: Path, chunks: list[Chunk], experiment: Experiment) -> set[Key]:
    names = {name: number for number, name in enumerate(experiment.scenario_names)}
    found, sums = set(), Sums(folder)
    for chunk in chunks:
        path = folder / "failures" / chunk.part
        if path.exists():
            for row in read_part(path, sums, columns=list(KEYS)).to_pylist():
                found.add(Key(names[row["scenario"]], row["point"], row["replicate"]))
    return found


def _sessions(folder: Path) -> list[Session]:
    """The sessions that say what they ran with."""
    sessions = [one for one in read_provenance(folder)["sessions"] if one["versions"]]
    if not sessions:
        raise InputError(f"{folder / PROVENANCE}: names no session; nothing says what made the runs")
    return sessions


def _verified(folder: Path, experiment: Experiment, chunk: Chunk, key: Key, sums: Sums) -> Verified:
    name = experiment.scenario_names[key.scenario]
    run = checked_run(experiment, key)
    verdict, where = Verdict.IDENTICAL, ""
    for table in experiment.record:
        again = TABLE_OF_RUN[table](run, key, experiment)
        stored = _stored_rows(folder / table / chunk.part, sums, name, key)
        for found, place in _differences(stored, again):
            if list(Verdict).index(found) > list(Verdict).index(verdict):
                verdict, where = found, f"{table}, {place}"
    return Verified(name, key.point, key.replicate, verdict, where)


def _stored_rows(path: Path, sums: Sums, scenario: str, key: Key) -> pa.Table:
    wanted = (pc.field("point") == key.point) & (pc.field("replicate") == key.replicate)
    table = read_part(path, sums, filters=wanted)
    return table.filter(pc.equal(table["scenario"].cast(pa.string()), scenario))


def _differences(stored: pa.Table, again: pa.Table) -> Iterator[tuple[Verdict, str]]:
    """How each column differs, and where first."""
    if stored.num_rows != again.num_rows:
        yield Verdict.DIFFERENT, f"{stored.num_rows} rows stored, {again.num_rows} now"
        return
    for column in again.column_names:
        if column not in stored.column_names:
            yield Verdict.DIFFERENT, f"{column} is not stored"
            continue
        old, new = (_plain(table[column]) for table in (stored, again))
        if old.equals(new):
            continue
        same, close = _compare(old, new)
        row = int(np.flatnonzero(~same)[0])
        words = f"{column}, row {row}: {old[row].as_py()!r} stored, {new[row].as_py()!r} now"
        yield (Verdict.EQUAL if close.all() else Verdict.DIFFERENT), words


def _plain(column: pa.ChunkedArray) -> pa.Array:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return column.cast(kind).combine_chunks()


def _compare(old: pa.Array, new: pa.Array) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Row by row: the same, and the same to ``TOLERANCE``."""
    rows = list(zip(old.to_pylist(), new.to_pylist(), strict=True))
    same = np.array([before == now for before, now in rows])
    if not pa.types.is_floating(old.type):
        return same, same
    return same, same | np.array([_is_close(before, now) for before, now in rows])


def _is_close(before: float | None, now: float | None) -> bool:
    if before is None or now is None:
        return False
    return abs(before - now) <= TOLERANCE * max(abs(before), abs(now), 1.0)

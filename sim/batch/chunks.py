"""Run one chunk and store its parts. This is what a worker does, and all that it imports."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from sim.batch.experiment import Experiment
from sim.batch.factors import first_quarter
from sim.batch.limits import LARGEST_NUMBER, MOST_OF_A_MESSAGE
from sim.batch.locks import Claim
from sim.batch.parts import Blocks, Chunk
from sim.batch.ready import KernelError, blamed_rightly
from sim.batch.rows import Layout
from sim.batch.store import FAILURES, Origin, count_failed, is_whole, store
from sim.batch.tables import TABLE_OF_RUN, Key, empty_series, keyed, texts
from sim.calendar import quarter_label
from sim.files import own_folder
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario
from sim.shortage import shortage
from sim.simulation import Run, Simulation
from sim.simulation.shared import Stretch, run_together, shared_past
from sim.trust import restore
from sim.worlds.kept import built

#: Work of one run of Japan to 2030Q4, in municipality-quarters, and the runs of it that make a chunk.
_NATIONAL_WORK = 1741 * 51
_NATIONAL_RUNS = 12
_MOST_RUNS = 48
#: The same where there is a design: its runs are many, and writing a part costs as much as ten tiny runs.
_MOST_DESIGNED_RUNS = 192
#: Replicates of a point that are stored together, at most; the other runs of a chunk are other points.
_MOST_REPLICATES_OF_A_POINT = 8
#: Points to run together before replicates are added, where all points have a past that they can share.
_POINTS_SHARING = 6


NOTHING: Mapping[Key, str] = MappingProxyType({})


class NotFiniteError(ArithmeticError):
    """An outcome of a run is no finite number, or larger than any can be."""


@dataclass(frozen=True)
class Job:
    """What a worker must know: the experiment, with the tables that are kept, the folder, and its claim."""

    experiment: Experiment
    folder: Path
    claim: Claim | None = None

    @property
    def origin(self) -> Origin:
        """What its parts say of themselves."""
        design = self.experiment.design
        points = None if design is None else design.points_at
        one = self.experiment
        layout = Layout(one.scenario_names, one.quarters, one.recorded, one.series_columns)
        return Origin((one.digest(),), one.seed, layout, points)

    def of(self, chunk: Chunk) -> Job:
        """The job with the points of a chunk alone: all that has to be sent to its worker."""
        design = self.experiment.design
        if design is None:
            return self
        return replace(self, experiment=replace(self.experiment, design=design.part(chunk.points)))


class ChunkReport(NamedTuple):
    """What became of a chunk's runs."""

    chunk: Chunk
    runs: int
    failed: int


class Failure(NamedTuple):
    """A run that failed, with why."""

    key: Key
    error: str
    message: str
    details: str


#: As ``carried_out``: an experiment, runs of it, runs not to be tried -> tables and failures.
type CarryOut = Callable[
    [Experiment, list[Key], Mapping[Key, str]], tuple[dict[str, list[pa.Table]], list[Failure]]
]


def world_of(experiment: Experiment, replicate: int = 0) -> World:
    """The world of a replicate, kept for the next call."""
    return built(experiment.source or experiment.world, experiment.world_seed(replicate))


def prepare_worker(lifeline: Connection, searched: Mapping[str, str | None]) -> None:
    """Start a worker process: leave Ctrl-C to the parent, end when the lifeline is cut.

    Its environment is that of the parent again, for whatever is started by code of the user.
    """
    restore(searched)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    with suppress(EOFError, OSError):
        lifeline.recv_bytes()
    os._exit(1)


def blocks_of(experiment: Experiment, municipalities: int) -> Blocks:
    """Runs stored together: about a second of work, which is 12 national runs, at most 48 or 192 runs.

    It depends on the size of a run, the number of scenarios and what a design varies from when, so that
    neither the workers nor the number of replicates or points changes the parts. Where each replicate has a
    world of its own, points are run together rather than replicates, for building a world takes as long as
    running it.
    """
    work = max(municipalities * experiment.quarters, 1)
    design = experiment.design
    most = _MOST_RUNS if design is None and experiment.parameters is None else _MOST_DESIGNED_RUNS
    runs = min(_NATIONAL_RUNS * _NATIONAL_WORK // work, most)
    pairs = max(1, runs // len(experiment.scenarios))
    if design is None:
        return Blocks(points=1, replicates=pairs)
    if experiment.worlds == "many":
        return Blocks(points=pairs, replicates=1)
    alike_at_first = all(first_quarter(factor) > 0 for factor in design.factors)
    replicates = max(1, pairs // _POINTS_SHARING) if alike_at_first else pairs
    replicates = min(replicates, _MOST_REPLICATES_OF_A_POINT)
    return Blocks(points=max(1, pairs // replicates), replicates=replicates)


def keys_of(experiment: Experiment, chunk: Chunk) -> list[Key]:
    """The runs of a chunk in the order of its rows: scenario, point, replicate."""
    return [
        Key(scenario, point, replicate)
        for scenario in range(len(experiment.scenarios))
        for point in chunk.points
        for replicate in chunk.replicates
    ]


def run_chunk(
    job: Job, chunk: Chunk, fatal: Mapping[Key, str] | None = None, carry_out: CarryOut | None = None
) -> ChunkReport:
    """Run a chunk and write its parts, ``series`` last: where it is, the chunk is done.

    A run that raises or gives a number that is not finite goes to ``failures``; the others go on.
    A chunk that is there already is left alone: whoever stored it died before it could tell.

    Args:
        job: experiment and folder.
        chunk: which runs.
        fatal: runs not to be tried, because they kill the process, and what is known about them.
        carry_out: gives what runs leave, where some of them were run before; by default all are run.

    Raises:
        OSError: a part cannot be written.
    """
    keys = keys_of(job.experiment, chunk)
    if is_whole(job.folder, chunk, job.experiment.record, job.origin):
        return ChunkReport(chunk, len(keys), count_failed(job.folder, chunk))
    run = carried_out if carry_out is None else carry_out
    tables, failures = run(job.experiment, keys, fatal or {})
    _write_chunk(job, chunk, tables, failures)
    return ChunkReport(chunk, len(keys), len(failures))


def carried_out(
    experiment: Experiment, keys: Iterable[Key], fatal: Mapping[Key, str] = NOTHING
) -> tuple[dict[str, list[pa.Table]], list[Failure]]:
    """Run, and make the tables that are kept: per table a part of it for every run that did not fail.

    Args:
        experiment: what is run.
        keys: which runs of it.
        fatal: runs not to be tried, and why.

    Raises:
        KernelError: files of compiled code are to blame, and no run.
    """
    keys = list(keys)
    tables: dict[str, list[pa.Table]] = {name: [] for name in experiment.record}
    failures: list[Failure] = []
    made: dict[Key, dict[str, pa.Table] | Failure] = {}
    for group in _alike(experiment, keys):
        made |= _made(experiment, group, fatal)
    for key in keys:
        found = made[key]
        if isinstance(found, Failure):
            failures.append(found)
            continue
        for name, table in found.items():
            tables[name].append(table)
    return tables, failures


def _alike(experiment: Experiment, keys: Sequence[Key]) -> list[list[Key]]:
    """The runs in groups of one world, in which replicates run the same scenarios."""
    if experiment.parameters is None and experiment.worlds == "one":
        return [list(keys)]
    replicates = dict.fromkeys(key.replicate for key in keys)
    return [[key for key in keys if key.replicate == replicate] for replicate in replicates]


def _made(
    experiment: Experiment, keys: Sequence[Key], fatal: Mapping[Key, str]
) -> dict[Key, dict[str, pa.Table] | Failure]:
    """What the runs of a group leave; its world is built once, whatever other threads build meanwhile."""
    world = cache(partial(world_of, experiment, keys[0].replicate))
    made: dict[Key, dict[str, pa.Table] | Failure] = {}
    if not fatal:
        made |= _with_shared_past(experiment, keys, world)
    for key in keys:
        try:
            if key in fatal:
                raise ChildProcessError(fatal[key])
            if key not in made:
                made[key] = _tables_of(checked_run(experiment, key, world()), key, experiment)
        except KernelError:
            raise
        except Exception as error:  # a run that fails takes no other with it
            if shortage(error) is not None and not experiment.scenarios[key.scenario].extensions:
                raise  # of this machine: elsewhere, or with fewer at a time, the run may do
            made[key] = Failure(key, type(error).__name__, str(error), traceback.format_exc())
    return made


def _with_shared_past(
    experiment: Experiment, keys: Sequence[Key], world: Callable[[], World]
) -> dict[Key, dict[str, pa.Table]]:
    """Tables of the runs of a group that share their past with another, as far as nothing fails.

    A run that fails is left to be run apart, so that what is said of it does not depend on the others.
    """
    made: dict[Key, dict[str, pa.Table]] = {}
    with suppress(Exception):
        arms = list(dict.fromkeys((key.scenario, key.point) for key in keys))
        scenarios, stretches = sharing(experiment, arms, keys[0].replicate, world)
        shared = [stretch for stretch in stretches if len(stretch.scenarios) > 1]
        for replicate in dict.fromkeys(key.replicate for key in keys) if shared else ():
            begun = partial(_begun, experiment, replicate, world())
            for number, run in run_together(begun, scenarios, shared):
                key = Key(*arms[number], replicate)
                with suppress(NotFiniteError):
                    _check_finite(run)
                    made[key] = _tables_of(run, key, experiment)
    return made


def sharing(
    experiment: Experiment,
    arms: Sequence[tuple[int, int]],
    replicate: int = 0,
    world: Callable[[], World] | None = None,
) -> tuple[list[Scenario], list[Stretch]]:
    """Scenarios of a replicate's arms (numbers of scenario and point), and how these share their past."""
    scenarios = [experiment.scenario_at(*arm, replicate) for arm in arms]
    if len(arms) < 2:
        return scenarios, []
    found = world_of(experiment, replicate) if world is None else world()
    return scenarios, shared_past(scenarios, found, experiment.quarters)


def _tables_of(run: Run, key: Key, experiment: Experiment) -> dict[str, pa.Table]:
    return {name: TABLE_OF_RUN[name](run, key, experiment) for name in experiment.record}


def try_run(experiment: Experiment, key: Key) -> bool:
    """Run once and keep nothing; it returns at all unless this run is what kills its process."""
    with suppress(Exception):
        checked_run(experiment, key)
    return True


def checked_run(experiment: Experiment, key: Key, world: World | None = None) -> Run:
    """One run of an experiment, in its world where that is at hand.

    Raises:
        NotFiniteError: an outcome is no number, or larger than any can be; names the first and its quarter.
        KernelError: files of compiled code are to blame.
    """
    world = world_of(experiment, key.replicate) if world is None else world
    with blamed_rightly():
        run = _begun(experiment, key.replicate, world, experiment.scenario_at(*key)).run()
    _check_finite(run)
    return run


def _begun(experiment: Experiment, replicate: int, world: World, scenario: Scenario) -> Simulation:
    return Simulation(
        world,
        scenario,
        seed=experiment.seed,
        replicate=replicate,
        quarters=experiment.quarters,
        by=experiment.by,
    )


def _check_finite(run: Run) -> None:
    bad = np.argwhere(~(np.abs(run.series) <= LARGEST_NUMBER))
    if len(bad):
        quarter, outcome = bad[0]
        value = run.series[quarter, outcome]
        raise NotFiniteError(f"{run.outcomes[outcome]} is {value} in {quarter_label(int(quarter))}")


def _write_chunk(job: Job, chunk: Chunk, tables: dict[str, list[pa.Table]], failures: list[Failure]) -> None:
    if failures:
        own_folder(job.folder / FAILURES)
        tables[FAILURES] = [failures_table(job.experiment, failures)]
    if not tables["series"]:
        tables["series"] = [empty_series(job.experiment)]
    whole = {name: pa.concat_tables(made) for name, made in tables.items() if made}
    store(job.folder, chunk, whole, job.claim, job.origin)


def _digest(experiment: Experiment, key: Key) -> str:
    return experiment.scenario_at(*key).digest()


def failures_table(experiment: Experiment, failures: list[Failure]) -> pa.Table:
    """One row per failed run: the inputs that give it again, and the error."""
    columns: dict[str, Callable[[Failure], str]] = {
        "world": lambda _: experiment.world_label,
        "seed": lambda _: str(experiment.seed),
        "quarters": lambda _: str(experiment.quarters),
        "scenario_digest": lambda failure: _digest(experiment, failure.key),
        "error": lambda failure: _shortened(failure.error),
        "message": lambda failure: _shortened(failure.message),
        "details": lambda failure: _shortened(failure.details),
    }
    return pa.concat_tables(
        keyed(
            {name: texts([value(failure)]) for name, value in columns.items()},
            failure.key,
            experiment.scenario_names,
        )
        for failure in failures
    )


def _shortened(text: str) -> str:
    """A text of an error with its middle left out where it is long: anything may be raised."""
    half = MOST_OF_A_MESSAGE // 2
    return text if len(text) <= MOST_OF_A_MESSAGE else f"{text[:half]} ... {text[-half:]}"

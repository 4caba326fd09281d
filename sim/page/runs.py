"""Runs that the page shows, kept run by run.

A frame of the page is an experiment like that of ``sim compare``: a baseline, its scenarios, the same draws.
It goes through the one study service; what was run before is taken from ``Cache`` by the executor that the
study is given (``sim.page.desk``), so that a scenario that somebody shares, and the baseline of all, are
there at once. Views get the runs as ``sim.page.views.pairs.Pairs``.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.batch.chunks import Failure
    from sim.batch.experiment import Experiment
    from sim.batch.tables import Key
    from sim.page.views.pairs import OneRun, Pairs
    from sim.scenarios.scenario import Scenario

#: After how many replicates a frame is shown.
STEPS = (1, 2, 4, 8, 16, 30)
#: Bytes of tables that are kept for the next request.
MOST_BYTES = 512 << 20
_KEYS = ("scenario", "point", "replicate")


def experiment(
    scenarios: Sequence[Scenario], world: str, seed: int, quarters: int, replicates: int
) -> Experiment:
    """The experiment of a baseline, first, and its scenarios: that of ``sim compare`` of the same files.

    Raises:
        InputError: a number is out of range, or two scenarios share a name.
    """
    from sim.studies import experiment_of

    return experiment_of(scenarios, scenarios[0].name, world, replicates, quarters, seed)


class RunKey(NamedTuple):
    """What a run depends on."""

    scenario: str  # digest
    world: str
    seed: int
    quarters: int
    replicate: int


def keys_of(wanted: Experiment) -> dict[Key, RunKey]:
    """What the runs of an experiment depend on."""
    from sim.batch.tables import Key

    common = (wanted.world_identity, wanted.seed, wanted.quarters)
    digests = [scenario.digest() for scenario in wanted.scenarios]
    return {
        Key(place, 0, replicate): RunKey(digest, *common, replicate)
        for replicate in range(wanted.replicates)
        for place, digest in enumerate(digests)
    }


class Cache:
    """Runs, the least used forgotten first. Any thread may use it.

    Args:
        most_bytes: of tables that it holds.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[RunKey, tuple[int, OneRun]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes(self) -> int:
        """Bytes of the tables that are held."""
        return self._bytes

    def get(self, key: RunKey) -> OneRun | None:
        """A run that is held, its tables without the columns that name it."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[1]

    def put(self, key: RunKey, tables: Mapping[str, pa.Table]) -> OneRun:
        """Keep a run; gives the one that is held."""
        from sim.page.views.pairs import OneRun

        bare = {name: table.drop_columns(list(_KEYS)) for name, table in tables.items()}
        run, size = OneRun(bare), sum(table.nbytes for table in bare.values())
        with self._lock:
            if key in self._kept:
                return self._kept[key][1]
            self._kept[key] = (size, run)
            self._bytes += size
            while self._bytes > self._most and len(self._kept) > 1:
                _, (freed, _) = self._kept.popitem(last=False)
                self._bytes -= freed
        return run


def carried_out(
    cache: Cache, wanted: Experiment, named: Mapping[Key, RunKey], keys: Iterable[Key]
) -> tuple[dict[Key, OneRun], list[Failure]]:
    """Runs of an experiment; only those that are not held are carried out.

    Args:
        cache: what is held.
        wanted: the experiment.
        named: ``keys_of`` it.
        keys: which runs.
    """
    from sim.batch.chunks import carried_out as run

    made = {key: held for key in keys if (held := cache.get(named[key])) is not None}
    missing = [key for key in keys if key not in made]
    tables, failures = run(wanted, missing) if missing else ({}, [])
    failed = {failure.key for failure in failures}
    for place, key in enumerate(key for key in missing if key not in failed):
        made[key] = cache.put(named[key], {name: parts[place] for name, parts in tables.items()})
    return made, failures


def tables_of(wanted: Experiment, made: Mapping[Key, OneRun]) -> dict[str, list[pa.Table]]:
    """Tables of runs as the experiment names them, run by run."""
    from sim.batch.tables import keyed

    return {
        name: [_named(wanted, key, made[key].tables[name], keyed) for key in sorted(made)]
        for name in wanted.record
    }


def _named(wanted: Experiment, key: Key, table: pa.Table, keyed: Any) -> pa.Table:
    columns = dict(zip(table.column_names, table.columns, strict=True))
    named: pa.Table = keyed(columns, key, wanted.scenario_names)
    return named


def pairs_of(wanted: Experiment, made: Mapping[Key, OneRun], replicates: int) -> Pairs | None:
    """The first replicates that all scenarios have run, as views read them; None where there is none.

    Args:
        wanted: the experiment.
        made: its runs.
        replicates: how many of them, those that failed included.
    """
    from sim.batch.chunks import world_of
    from sim.batch.tables import Key
    from sim.page.views.pairs import Pairs

    arms = range(len(wanted.scenarios))
    whole = [r for r in range(replicates) if all(Key(arm, 0, r) in made for arm in arms)]
    if not whole:
        return None
    return Pairs(
        world=world_of(wanted),
        quarters=wanted.quarters,
        baseline=wanted.scenario_names[0],
        scenarios={scenario.name: scenario for scenario in wanted.scenarios},
        runs={name: [made[Key(arm, 0, r)] for r in whole] for arm, name in enumerate(wanted.scenario_names)},
        kind=wanted.world_kind,
    )

"""What views are made from: a baseline and scenarios, run by run on the same draws.

A run is reduced to arrays once, and keeps them: frame after frame asks for the same runs and a few more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.calendar import parse_quarter, quarter_label
from sim.errors import InputError
from sim.kernel.outcomes import BY_NAME, Kind
from sim.text import Language

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.kernel.world import World
    from sim.results.results import Results
    from sim.scenarios.scenario import Scenario

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
TABLES = ("series", "municipalities", "ledger", "deals")
#: Stands for a quarter that never came.
NEVER = 32_000


@dataclass(frozen=True, eq=False)
class OneRun:
    """A run: its tables (those of ``TABLES`` that are kept), and what views made of them.

    Attributes:
        tables: the rows of this run alone.
        made: arrays by name, filled by ``keep``.
    """

    tables: Mapping[str, pa.Table]

    @cached_property
    def made(self) -> dict[str, Any]:
        """What was made of the tables so far, by name."""
        return {}

    def keep[T](self, name: str, make: Callable[[OneRun], T]) -> T:
        """What ``make`` gives for this run, made once."""
        if name not in self.made:
            self.made[name] = make(self)
        found: T = self.made[name]
        return found

    def series(self, outcome: str, flow: bool) -> Floats:
        """(quarters,) an outcome: a stock as it stands, a flow summed up since 2018Q2."""

        def make(run: OneRun) -> Floats:
            values = run.column("series", outcome).astype(np.float64)
            return values.cumsum() if flow else values

        return self.keep(f"series:{outcome}", make)

    def column(self, table: str, name: str) -> npt.NDArray[Any]:
        """A column of numbers; NaN where a whole number is missing."""
        found: npt.NDArray[Any] = self.tables[table][name].to_numpy()
        return found

    def codes(self, table: str, name: str, missing: int = -1) -> Integers:
        """Places of a column's words in ``words``; ``missing`` where there is none."""
        column = _whole(self.tables[table][name])
        return np.asarray(column.indices.fill_null(missing).to_numpy(zero_copy_only=False), np.int64)

    def words(self, table: str, name: str) -> list[str]:
        """The words of a column of labels, in the order of their codes."""
        column = _whole(self.tables[table][name])
        found: list[str] = column.dictionary.to_pylist()
        return found

    def quarters(self, table: str, name: str, missing: int = NEVER) -> Integers:
        """Quarters as numbers since 2018Q2; ``missing`` where it never came."""
        codes, words = self.codes(table, name), self.words(table, name)
        numbers = np.array([*(parse_quarter(word) for word in words), missing], np.int64)
        return numbers[codes]


@dataclass(frozen=True, eq=False)
class Pairs:
    """A baseline and scenarios with the replicates that all of them have.

    Attributes:
        world: of the runs.
        quarters: of a run, from 2018Q2 on.
        baseline: name of the scenario compared with.
        scenarios: of the runs by name, the baseline first.
        runs: by name of the scenario, replicate by replicate; all have as many.
        kind: ``japan``, ``synthetic`` or ``own``.
        own: how outcomes of extensions relate to time, by name.
    """

    world: World
    quarters: int
    baseline: str
    scenarios: Mapping[str, Scenario]
    runs: Mapping[str, Sequence[OneRun]]
    kind: str = "japan"
    own: Mapping[str, Kind] | None = None

    @property
    def names(self) -> list[str]:
        """Scenarios, the baseline first."""
        return list(self.runs)

    @property
    def others(self) -> list[str]:
        """Scenarios without the baseline."""
        return [name for name in self.runs if name != self.baseline]

    @property
    def replicates(self) -> int:
        """Runs of each scenario."""
        return len(self.runs[self.baseline])

    def only(self, names: Iterable[str]) -> Pairs:
        """The baseline and these scenarios alone."""
        kept = [self.baseline, *names]
        scenarios = {name: self.scenarios[name] for name in kept}
        return replace(self, scenarios=scenarios, runs={name: self.runs[name] for name in kept})

    def title(self, name: str, lang: Language) -> str:
        """What a scenario is called; numbered where others are called the same."""
        scenarios = [self.scenarios[each] for each in self.names]
        return titles_of(scenarios, lang)[self.names.index(name)]

    def has(self, table: str) -> bool:
        """Whether a table is kept."""
        return all(table in run.tables for runs in self.runs.values() for run in runs)

    def flow(self, outcome: str) -> bool:
        """Whether an outcome is summed up over quarters."""
        return (BY_NAME[outcome].kind if outcome in BY_NAME else (self.own or {})[outcome]) is Kind.FLOW

    def values(self, name: str, outcome: str) -> Floats:
        """(replicates, quarters) an outcome of a scenario: stocks as they stand, flows since 2018Q2."""
        flow = self.flow(outcome)
        return np.stack([run.series(outcome, flow) for run in self.runs[name]])

    def quarter(self, year: int | None) -> int:
        """The last quarter of a calendar year, or of the runs where they end before or no year is given."""
        last = self.quarters - 1
        return last if year is None else min(max(parse_quarter(f"{max(year, 2018)}Q4"), 0), last)


def titles_of(scenarios: Iterable[Scenario], lang: Language) -> list[str]:
    """What scenarios are called; numbered where others before are called the same."""
    called = [getattr(one.title, lang) or one.title.en or one.name.replace("_", " ") for one in scenarios]
    before = [called[:place].count(title) for place, title in enumerate(called)]
    return [f"{title} ({count + 1})" if count else title for title, count in zip(called, before, strict=True)]


def pairs_of(results: Results, baseline: str | None = None, replicates: int | None = None) -> Pairs:
    """The pairs of a results folder, or of results in memory.

    Args:
        results: runs without a design; every quarter is kept.
        baseline: scenario compared with; that of the experiment, else the first, by default.
        replicates: at most so many; all by default.

    Raises:
        InputError: it is a design, lacks quarters, or no replicate has runs of all scenarios.
    """
    manifest = results.manifest
    if manifest.points > 1:
        raise InputError(f"{results.folder}: is a design of {manifest.points:,} points; see its report")
    if manifest.recorded is not None:
        raise InputError(f"{results.folder}: keeps some quarters only; see its report")
    base = baseline or manifest.baseline or results.scenarios[0]
    if base not in results.scenarios:
        raise InputError(f"{results.folder}: has no scenario {base}; it has {', '.join(results.scenarios)}")
    tables = {name: _by_run(results, name) for name in TABLES if name in manifest.record}
    order = [base, *(name for name in results.scenarios if name != base)]
    order = [name for name in order if any(key[0] == name for key in tables["series"])]
    stored = [{r for n, r in tables["series"] if n == name} for name in order]
    kept = sorted(set.intersection(*stored))[: replicates or None] if stored else []
    if not kept or base not in order:
        raise InputError(f"{results.folder}: no replicate has runs of all scenarios")
    experiment = results.experiment
    return Pairs(
        world=results.world,
        quarters=manifest.quarters,
        baseline=base,
        scenarios={one.name: one for one in experiment.scenarios},
        runs={name: [_run(tables, name, replicate) for replicate in kept] for name in order},
        kind=experiment.world_kind,
        own={name: Kind(kind) for name, kind in manifest.own_outcomes.items()},
    )


def _run(tables: Mapping[str, Mapping[tuple[str, int], pa.Table]], name: str, replicate: int) -> OneRun:
    """A run; one without a single proposal has an empty table of them."""
    found = {}
    for table, runs in tables.items():
        rows = runs.get((name, replicate))
        found[table] = next(iter(runs.values())).slice(0, 0) if rows is None and runs else rows
    return OneRun({table: rows for table, rows in found.items() if rows is not None})


def _by_run(results: Results, name: str) -> dict[tuple[str, int], pa.Table]:
    """The rows of a table run by run, in their order."""
    found: dict[tuple[str, int], pa.Table] = {}
    for fragment in results.dataset(name).get_fragments():
        found |= _split(fragment.to_table())
    return found


def _whole(column: pa.ChunkedArray) -> Any:
    """A column of labels as one array; one chunk may come back still wrapped."""
    joined = column.combine_chunks()
    return joined.chunk(0) if hasattr(joined, "chunk") else joined


def _split(table: pa.Table) -> Iterator[tuple[tuple[str, int], pa.Table]]:
    """Rows that belong together, cut where the run changes."""
    if not table.num_rows:
        return
    table = table.unify_dictionaries().combine_chunks()
    column = _whole(table["scenario"])
    scenario = column.indices.to_numpy(zero_copy_only=False)
    replicate = table["replicate"].to_numpy()
    words = column.dictionary.to_pylist()
    changes = np.flatnonzero((np.diff(scenario) != 0) | (np.diff(replicate) != 0)) + 1
    starts = [0, *changes.tolist(), table.num_rows]
    for start, end in pairwise(starts):
        yield (words[int(scenario[start])], int(replicate[start])), table.slice(start, end - start)


def label(quarter: int) -> str:
    """A quarter's label, such as 2030Q4."""
    return quarter_label(quarter)

"""The tables of a results folder as pandas frames, each on first use.

Nothing heavy is imported before a table is asked for. Pandas keeps scenarios, quarters and other labels as
ordered categories, in the order of the experiment and of the calendar. What was read is kept only as long
as the folder holds the same parts: whatever is asked for after the folder grew is of the grown folder.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.batch.design import POINTS
from sim.batch.limits import MOST_BYTES_OF_A_FILE
from sim.batch.manifest import MANIFEST
from sim.batch.parameter_sets import PARAMETERS, ParameterSets
from sim.batch.sessions import read_provenance
from sim.calendar import quarter_label
from sim.errors import IncompleteWarning, InputError
from sim.files import read_regular
from sim.kernel.outcomes import OUTCOMES, Kind
from sim.results.spread import CHANCE_ALONE
from sim.shortage import blaming_no_file, need_threads_of_arrow

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    from sim.batch.experiment import Experiment
    from sim.batch.manifest import Manifest
    from sim.batch.stored import Stored
    from sim.kernel.world import World

#: Warnings name the line of the reader outside of the package.
PACKAGE = str(Path(__file__).parents[1])
_ORDER = ("scenario", "point", "replicate", "quarter", "fiscal_year")

#: Files that analyses write: no part of what is stored.
_OURS = frozenset(
    {"summary.parquet", "comparison.parquet", "summary_places.parquet", "comparison_places.parquet"}
)

type _Key = tuple[tuple[str, int, int], ...]


class Folder:
    """A results folder. Frames are read when first asked for, from finished chunks only.

    Args:
        folder: the folder.
        warn: warn where runs are missing, once.

    Attributes:
        folder: the folder.
    """

    def __init__(self, folder: Path, warn: bool = True) -> None:
        self.folder = folder
        self._kept: dict[str, tuple[_Key, Any]] = {}
        self._proved: set[tuple[Path, int, int]] = set()
        self._warned = self._quiet = not warn
        self._distrusted = False
        _ = self.manifest  # refuse another folder at once

    @property
    def manifest(self) -> Manifest:
        """What the folder is expected to hold."""
        from sim.batch.manifest import read_manifest

        found: Manifest = self.keep("manifest", lambda: read_manifest(self.folder))
        return found

    @property
    def experiment(self) -> Experiment:
        """The experiment with the points that the folder holds; code that it names is not imported."""
        from sim.batch.stored import stored_experiment

        found: Experiment = self.keep("experiment", lambda: stored_experiment(self.folder, self.manifest))
        return found

    @property
    def sets(self) -> ParameterSets | None:
        """The parameter sets that replicates have of their own; None where all have the defaults."""
        return self.experiment.parameters if PARAMETERS in self.manifest.files else None

    @property
    def chance_alone(self) -> Folder | None:
        """The same scenarios at default parameters, where these runs have other ones and those are there."""
        path = self.folder / CHANCE_ALONE
        if self.sets is None or not (path / MANIFEST).is_file():
            return None
        found: Folder = self.keep(CHANCE_ALONE, lambda: Folder(path, warn=False))
        same = found.manifest.experiment == replace(self.experiment, parameters=None).digest()
        return found if same and found.manifest.model == self.manifest.model else None

    @property
    def world(self) -> World:
        """The world of the runs: where each replicate has its own, that of the first (the same places)."""
        from sim.batch.chunks import world_of

        return world_of(self.experiment)

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the runs come from: versions, commit, machine and sessions; empty where the file was lost."""
        try:
            return {**read_provenance(self.folder)}
        except InputError:
            return {}

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, in the order of the experiment."""
        return self.manifest.scenarios

    @property
    def quarters(self) -> list[str]:
        """Labels of the quarters that ``series`` keeps, from 2018Q2 on."""
        kept = self.manifest.recorded
        return [quarter_label(t) for t in (range(self.manifest.quarters) if kept is None else kept)]

    @property
    def kinds(self) -> dict[str, Kind]:
        """How every outcome relates to time: the model's in their order, then those of extensions."""
        own = {name: Kind(kind) for name, kind in self.manifest.own_outcomes.items()}
        return {outcome.name: outcome.kind for outcome in OUTCOMES} | own

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes that ``series`` keeps, the model's in their order, then those of extensions."""
        return self.manifest.series_columns

    @property
    def stored(self) -> Stored:
        """What of the folder is stored, what is missing, and which parts are not as they should be.

        Warns where something is missing, once per folder opened.
        """
        from sim.batch.stored import completeness

        stored: Stored = self.keep("stored", lambda: completeness(self.folder, self._distrusted))
        if (stored.missing or stored.faults) and not self._warned:
            self._warned = True
            message = f"{self.folder}: {stored.sentence()}"
            warnings.warn(message, IncompleteWarning, skip_file_prefixes=(PACKAGE,))
        return stored

    @property
    def design(self) -> pd.DataFrame:
        """Points of the design, a row each: ``point`` and the value of every factor; one row without one."""
        return self._frame("design", self._design)

    @property
    def series(self) -> pd.DataFrame:
        """One row per scenario, point, replicate and quarter; one column per outcome."""
        return self._frame("series")

    @property
    def ledger(self) -> pd.DataFrame:
        """Public money in JPY M by scenario, point, replicate, fiscal year and lever."""
        return self._frame("ledger")

    @property
    def deals(self) -> pd.DataFrame:
        """One row per proposal or renewal."""
        return self._frame("deals")

    @property
    def municipalities(self) -> pd.DataFrame:
        """One row per scenario, replicate and municipality, at the end of the horizon."""
        return self._frame("municipalities")

    @property
    def panel(self) -> pd.DataFrame:
        """One row per scenario, point, replicate, quarter and place, where results by place are kept."""
        return self._frame("panel")

    @property
    def failures(self) -> pd.DataFrame:
        """One row per run that failed; empty where none did."""
        return self._frame("failures")

    def table(
        self, name: str, columns: Sequence[str] | None = None, where: pc.Expression | None = None
    ) -> pd.DataFrame:
        """A stored table, or a part of it.

        Args:
            name: series, ledger, deals, municipalities, panel or failures.
            columns: columns wanted; all by default.
            where: rows wanted, as an Arrow expression on the columns.

        Raises:
            InputError: the folder was made without this table, or a part is damaged.
        """
        import pandas as pd
        import pyarrow as pa

        wanted = None if columns is None else list(columns)

        def read() -> pa.Table:
            return self._read(name, lambda: self.dataset(name).to_table(columns=wanted, filter=where))

        table = read()
        if self._distrusts(table):
            table = read()  # what is left
        nullable = {pa.int64(): pd.Int64Dtype()} if name == "deals" else {}  # ids of those not concerned
        frame: pd.DataFrame = table.unify_dictionaries().to_pandas(types_mapper=nullable.get)
        quarters = [quarter_label(t) for t in range(self.manifest.quarters)]
        for column in frame:
            if column == "scenario" or str(column).endswith("quarter"):
                order = self.scenarios if column == "scenario" else quarters
                order = self.quarters if name in ("series", "panel") and column == "quarter" else order
                frame[column] = frame[column].astype("category").cat.set_categories(order, ordered=True)
        return frame.sort_values([key for key in _ORDER if key in frame], kind="stable", ignore_index=True)

    def parts(
        self,
        name: str,
        columns: Sequence[str],
        where: pc.Expression | None = None,
        points: Collection[int] | None = None,
    ) -> Iterator[pa.Table]:
        """The parts of a stored table one after the other, for more than memory holds.

        Args:
            name, columns, where: as of ``table``.
            points: open only the parts that hold one of these points; all by default.

        Raises:
            InputError: the folder was made without this table, or a part is damaged.
        """
        for fragment in self.dataset(name, points).get_fragments():
            table = self._read(name, partial(fragment.to_table, columns=list(columns), filter=where))
            if not self._distrusts(table):
                yield table

    def dataset(self, name: str, points: Collection[int] | None = None) -> ds.Dataset:
        """The parts of a table as an Arrow dataset, for more than memory holds.

        Args:
            name: of the table.
            points: only the parts that hold one of these points; all by default.

        Raises:
            InputError: the folder was made without this table, or a part is damaged.
            ShortageError: the machine is short of threads.
        """
        import pyarrow.dataset as ds

        need_threads_of_arrow()
        self._check_kept(name)
        files = self._files(name, points)
        if not files:
            return self._empty()
        checked = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
        own = ds.ParquetFileFormat(default_fragment_scan_options=checked)
        return ds.dataset([file.absolute() for file in files], format=own)  # a colon is no address then

    def _check_kept(self, name: str) -> None:
        if name not in {*self.manifest.record, "failures"}:
            raise InputError(f"{self.folder}: was made without the table {name}")

    @staticmethod
    def _empty() -> ds.Dataset:
        import pyarrow as pa
        import pyarrow.dataset as ds

        return ds.dataset(pa.table({"scenario": pa.array([], pa.string()), "point": [], "replicate": []}))

    def keep[T](self, name: str, made: Callable[[], T]) -> T:
        """What ``made`` gives, kept under a name as long as the folder holds the same parts."""
        key = self._key()
        known = self._kept.get(name)
        if known is not None and known[0] == key:
            kept: T = known[1]
            return kept
        value = made()
        self._kept[name] = (key, value)
        return value

    def _key(self) -> _Key:
        """Names, sizes and times of change of the folder's own files and of the parts of ``series``."""
        found = []
        for folder in (self.folder, self.folder / "series", self.folder / CHANCE_ALONE / "series"):
            try:
                with os.scandir(folder) as entries:
                    kept = [entry for entry in entries if entry.name.endswith((".parquet", ".json", ".yaml"))]
                    states = [(entry.name, entry.stat()) for entry in kept if not entry.name.startswith(".")]
            except OSError:
                continue
            found += [(name, state.st_size, state.st_mtime_ns) for name, state in states if name not in _OURS]
        return tuple(sorted(found))

    def _frame(self, name: str, made: Callable[[], pd.DataFrame] | None = None) -> pd.DataFrame:
        return self.keep(name, made or (lambda: self.table(name)))

    def _design(self) -> pd.DataFrame:
        import pandas as pd
        import pyarrow as pa

        from sim.batch.shapes import table_of_points

        path = self.folder / POINTS
        if not path.exists():
            return pd.DataFrame({"point": [0]})
        points = table_of_points(pa.BufferReader(read_regular(path, MOST_BYTES_OF_A_FILE)))
        plain = [
            column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
            for column in points.columns
        ]
        design: pd.DataFrame = pa.table(plain, names=points.column_names).to_pandas()
        return design

    def _read(self, name: str, read: Callable[[], pa.Table]) -> pa.Table:
        import pyarrow as pa

        try:
            with blaming_no_file():
                return read()
        except (OSError, pa.ArrowException) as error:
            self._files(name)  # one may have been damaged since it was opened
            reason = " ".join(str(error).split())
            raise InputError(f"{self.folder / name}: damaged ({reason}); remove it and run again") from None

    def _distrusts(self, table: pa.Table) -> bool:
        """Whether a number that was read is none; if so, parts with such numbers are faults from now on.

        To look at every number of a folder takes as long as to read it: it is done once one is found.
        """
        from sim.batch.rows import RowsError, refuse_large

        try:
            refuse_large(table)
        except RowsError:
            self._distrusted, self._warned = True, self._quiet
            self._kept.clear()
            _ = self.stored
            return True
        return False

    def _files(self, name: str, points: Collection[int] | None = None) -> list[Path]:
        """Parts of a table, each of them what was written.

        Raises:
            InputError: one is damaged.
        """
        chunks = self.stored.chunks
        if points is not None:
            chunks = [chunk for chunk in chunks if any(point in chunk.points for point in points)]
        files = (self.folder / name / chunk.part for chunk in chunks)
        there = [file for file in files if file.exists()]
        self._prove(there)
        return there

    def _prove(self, files: Iterable[Path]) -> None:
        """Compare files with their digests, each once as long as it does not change."""
        from sim.batch.digests import Sums
        from sim.batch.store import proved

        sums = Sums(self.folder)
        for file in files:
            facts = file.stat()
            state = (file, facts.st_size, facts.st_ctime_ns)
            if state not in self._proved:
                with proved(file, sums):
                    self._proved.add(state)

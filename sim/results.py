"""Read a results folder as pandas frames, each on first use.

Nothing heavy is imported before a table is asked for. Pandas keeps scenarios, quarters and
other labels as ordered categories, in the order of the experiment and of the calendar.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sim.batch.design import POINTS
from sim.calendar import quarter_label
from sim.errors import IncompleteWarning, InputError
from sim.kernel.outcomes import OUTCOMES, Kind

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    from sim.batch.manifest import Manifest
    from sim.batch.parts import Chunk
    from sim.batch.stored import Stored

#: Warnings name the line of the reader, outside of the package and of what keeps its properties.
_OURS = (str(Path(__file__).parent), functools.__file__)
_ORDER = ("scenario", "point", "replicate", "quarter", "fiscal_year")


class Results:
    """A results folder. Frames are read when first asked for, from finished chunks only.

    Attributes:
        folder: the folder.
        manifest: what the folder is expected to hold.
    """

    def __init__(self, folder: Path) -> None:
        from sim.batch.manifest import read_manifest

        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, in the order of the experiment."""
        return self.manifest.scenarios

    @property
    def quarters(self) -> list[str]:
        """Labels of the quarters that ``series`` keeps, from 2018Q2 on."""
        kept = self.manifest.recorded
        return [quarter_label(t) for t in (range(self.manifest.quarters) if kept is None else kept)]

    @cached_property
    def design(self) -> pd.DataFrame:
        """Points of the design, a row each: ``point`` and the value of every factor; one row without one."""
        import pandas as pd

        path = self.folder / POINTS
        return pd.read_parquet(path) if path.exists() else pd.DataFrame({"point": [0]})

    @property
    def kinds(self) -> dict[str, Kind]:
        """How every outcome relates to time: the model's in their order, then those of extensions."""
        own = {name: Kind(kind) for name, kind in self.manifest.own_outcomes.items()}
        return {outcome.name: outcome.kind for outcome in OUTCOMES} | own

    def check_reportable(self) -> None:
        """Refuse what a report would mix up or miss.

        Raises:
            InputError: the folder holds a design, or keeps some outcomes or quarters only.
        """
        points = self.manifest.points
        if points > 1:
            raise InputError(
                f"{self.folder}: holds a design of {points:,} points, which a report would mix up; read it "
                "with sim.load, whose tables have a column point, and whose design says what each stands for"
            )
        if self.manifest.outcomes is not None or self.manifest.recorded is not None:
            raise InputError(
                f"{self.folder}: keeps some outcomes or quarters only, and a report needs all; "
                "read it with sim.load, or run it with all of them"
            )

    @cached_property
    def series(self) -> pd.DataFrame:
        """One row per scenario, point, replicate and quarter; one column per outcome."""
        return self.table("series")

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """Public money in JPY M by scenario, point, replicate, fiscal year and lever."""
        return self.table("ledger")

    @cached_property
    def deals(self) -> pd.DataFrame:
        """One row per proposal or renewal."""
        return self.table("deals")

    @cached_property
    def municipalities(self) -> pd.DataFrame:
        """One row per scenario, replicate and municipality, at the end of the horizon."""
        return self.table("municipalities")

    @cached_property
    def failures(self) -> pd.DataFrame:
        """One row per run that failed; empty where none did."""
        return self.table("failures")

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Mean and quantiles, as ``sim.analysis.summary`` wrote them."""
        return self._analysis("summary")

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """Paired differences, as ``sim.analysis.compare`` wrote them."""
        return self._analysis("comparison")

    def table(
        self, name: str, columns: Sequence[str] | None = None, where: pc.Expression | None = None
    ) -> pd.DataFrame:
        """A stored table, or a part of it.

        Args:
            name: series, ledger, deals, municipalities or failures.
            columns: columns wanted; all by default.
            where: rows wanted, as an Arrow expression on the columns.

        Raises:
            InputError: the folder was made without this table, or a part is damaged.
        """
        import pandas as pd
        import pyarrow as pa

        try:
            wanted = None if columns is None else list(columns)
            table = self.dataset(name).to_table(columns=wanted, filter=where)
        except (OSError, pa.ArrowException) as error:
            from sim.batch.store import damaged

            reason = " ".join(str(error).split())
            place = next(damaged(self._parts(name)), self.folder / name)
            raise InputError(f"{place}: damaged ({reason}); remove it and run again") from None
        nullable = {pa.int64(): pd.Int64Dtype()} if name == "deals" else {}  # ids of those not concerned
        frame: pd.DataFrame = table.unify_dictionaries().to_pandas(types_mapper=nullable.get)
        quarters = [quarter_label(t) for t in range(self.manifest.quarters)]
        for column in frame:
            if column == "scenario" or str(column).endswith("quarter"):
                order = self.scenarios if column == "scenario" else quarters
                order = self.quarters if name == "series" and column == "quarter" else order
                frame[column] = frame[column].astype("category").cat.set_categories(order, ordered=True)
        return frame.sort_values([key for key in _ORDER if key in frame], kind="stable", ignore_index=True)

    def dataset(self, name: str) -> ds.Dataset:
        """The parts of a table as an Arrow dataset, for more than memory holds.

        Raises:
            InputError: the folder was made without this table.
        """
        import pyarrow as pa
        import pyarrow.dataset as ds

        files = self._parts(name)
        if name not in {*self.manifest.record, "failures"}:
            raise InputError(f"{self.folder}: was made without the table {name}")
        if not files:
            return ds.dataset(pa.table({"scenario": pa.array([], pa.string()), "point": [], "replicate": []}))
        checked = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
        return ds.dataset(files, format=ds.ParquetFileFormat(default_fragment_scan_options=checked))

    def _parts(self, name: str) -> list[Path]:
        parts = (self.folder / name / chunk.part for chunk in self._chunks)
        return [part for part in parts if part.exists()]

    @cached_property
    def stored(self) -> Stored:
        """What of the folder is stored, what is missing, and which parts are not as they should be.

        Warns where something is missing, once per folder opened.
        """
        from sim.batch.stored import completeness

        stored = completeness(self.folder)
        if stored.missing or stored.faults:
            warnings.warn(f"{self.folder}: {stored.sentence()}", IncompleteWarning, skip_file_prefixes=_OURS)
        return stored

    @property
    def _chunks(self) -> list[Chunk]:
        return self.stored.chunks

    def _analysis(self, name: str) -> pd.DataFrame:
        import pandas as pd

        path = self.folder / f"{name}.parquet"
        if not path.exists():
            raise InputError(f"{self.folder}: has no {name} yet; run sim report {self.folder}")
        return pd.read_parquet(path)


def load(folder: str | Path) -> Results:
    """Open a results folder.

    Raises:
        InputError: there is no such folder, or it is not a results folder.
    """
    return Results(Path(folder))

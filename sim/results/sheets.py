"""What ``sim batch`` leaves for spreadsheets: a row per run as ``runs.csv``, and ``summary`` beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.batch.folder import RUNS
from sim.files import write_whole
from sim.results.runs import Runs, frame_of, read_runs
from sim.results.summary import summary_quarters, write_summary
from sim.text.harmless import table_for_spreadsheet

if TYPE_CHECKING:
    from sim.results.folder import Folder

#: Rows of ``runs.csv``: above it a spreadsheet is slow, and writing takes as long as many runs.
MOST_ROWS = 200_000
#: Numbers that are read for ``summary``, about 200 MB; beyond it the last quarter alone is summarised.
MOST_VALUES = 25_000_000
#: Excel needs it to read UTF-8.
_BOM = b"\xef\xbb\xbf"


def write_runs(folder: Folder) -> bool:
    """Write ``runs.csv``, and ``summary.parquet`` and ``summary.csv``, in one pass over the stored runs.

    ``runs.csv`` has a row per run: scenario, point, replicate, the factors in natural units, and the outcomes
    at the last quarter kept. Of a folder too large for memory ``summary`` holds the last quarter alone.

    Returns:
        Whether they were written; False where there are more than ``MOST_ROWS`` runs.

    Raises:
        InputError: no run is stored, or a part is damaged.
    """
    rows = folder.stored.runs
    if rows > MOST_ROWS:
        return False
    quarters = summary_quarters(folder)
    if rows * len(quarters) * len(folder.outcomes) > MOST_VALUES:
        quarters = quarters[-1:]
    runs = read_runs(folder, None, quarters)
    write_summary(folder, runs)
    _write(folder, replace(runs, quarters=runs.quarters[-1:], values=runs.values[:, -1:]))
    return True


def _write(folder: Folder, runs: Runs) -> None:
    import pyarrow as pa
    from pyarrow import csv

    frame = frame_of(folder, runs)
    frame = frame[[name for name in frame if not str(name).startswith("unit:")]].astype({"scenario": str})
    table = pa.Table.from_pandas(table_for_spreadsheet(frame), preserve_index=False)
    options = csv.WriteOptions(quoting_style="needed")

    def write(file: object) -> None:
        file.write(_BOM)  # type: ignore[attr-defined]
        csv.write_csv(table, file, options)

    write_whole(folder.folder / RUNS, write)

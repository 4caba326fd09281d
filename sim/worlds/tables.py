"""Read the project's own tables, packaged in ``sim/worlds/data``."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from importlib.resources import files

import numpy as np

from sim.kernel.world import Floats

Row = dict[str, str]


def read_table(name: str) -> list[Row]:
    """Rows of the packaged table ``name`` (without ``.csv``), every value as text."""
    resource = files("sim.worlds").joinpath("data", f"{name}.csv")
    with resource.open("r", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def numbers(rows: Sequence[Row], *columns: str) -> Floats:
    """Columns of a table as numbers: shape (rows,) for one column, else (rows, columns); blank = NaN."""
    values = np.array([[float(row[column] or "nan") for column in columns] for row in rows], np.float64)
    values = values.reshape(len(rows), len(columns))
    return values[:, 0] if len(columns) == 1 else values


def texts(rows: Sequence[Row], column: str) -> list[str]:
    """One column of a table as text."""
    return [row[column] for row in rows]

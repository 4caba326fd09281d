"""Points from a table of one's own, a column per factor."""

from __future__ import annotations

from typing import Any

from sim.batch.factors import Factor, Point
from sim.scenarios.yaml_file import Document


def read_table(document: Document, name: str, factors: tuple[Factor, ...]) -> tuple[Point, ...]:
    """The points of the table.

    Args:
        document: the experiment file, beside which the table lies.
        name: of the table.
        factors: what is varied.

    Raises:
        InputError: the table cannot be read, or a value is not what its factor allows.
    """
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    path = document.path.parent / name
    read = pyarrow.parquet.read_table if path.suffix == ".parquet" else pyarrow.csv.read_csv
    try:
        table = read(path)
    except (OSError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise document.error(("design", "file"), f"{path} cannot be read ({reason})") from None
    lacking = [factor.name for factor in factors if factor.name not in table.column_names]
    if lacking:
        raise document.error(("design", "file"), f"{path} has no column {lacking[0]}")
    columns = [table[factor.name].to_pylist() for factor in factors]
    points: list[Point] = list(zip(*columns, strict=True)) if columns else [()] * table.num_rows
    if not points:
        raise document.error(("design", "file"), f"{path} has no rows")
    for row, point in enumerate(points):
        for factor, value in zip(factors, point, strict=True):
            if not _inside(factor, value):
                where = f"{path}: row {row + 1}, {factor.name}"
                raise document.error(("design", "file"), f"{where}: {value!r} is not what the factor allows")
    return tuple(points)


def _inside(factor: Factor, value: Any) -> bool:
    """Whether a value of a table is one of the factor's; an empty one means as in the scenario."""
    if value is None:
        return True
    if factor.values is not None:
        return value in factor.values
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and float(factor.low or 0.0) <= value <= float(factor.high or 0.0)

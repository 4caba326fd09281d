"""One row per run: the factors of its point, and outcomes at the quarters asked for.

A stock is taken as it stands at the end of the quarter, a flow as its sum from 2018Q2 to the quarter.
Quarters go by their label, so that a folder that keeps some of them only is read alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.calendar import parse_quarter, quarter_label
from sim.errors import InputError
from sim.kernel.outcomes import Kind

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from sim.batch.factors import Factor
    from sim.batch.stored import Stored
    from sim.results.folder import Folder

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_KEYS = ("scenario", "point", "replicate")


@dataclass(frozen=True)
class Runs:
    """Stored runs as arrays, sorted by scenario, point and replicate.

    Attributes:
        scenario: place of each run's scenario in the experiment.
        point: its point.
        replicate: its replicate.
        quarters: labels.
        outcomes: names.
        values: (runs, quarters, outcomes); NaN where a run has no such outcome.
    """

    scenario: Integers
    point: Integers
    replicate: Integers
    quarters: tuple[str, ...]
    outcomes: tuple[str, ...]
    values: Floats

    def __len__(self) -> int:
        return len(self.scenario)

    def where(self, chosen: npt.NDArray[np.bool_]) -> Runs:
        """These runs alone."""
        return replace(
            self,
            scenario=self.scenario[chosen],
            point=self.point[chosen],
            replicate=self.replicate[chosen],
            values=self.values[chosen],
        )


def wanted_quarters(folder: Folder, at: str | Sequence[str] | None) -> tuple[str, ...]:
    """Labels of the quarters asked for: the last one that is kept by default.

    Raises:
        InputError: none is asked for, or one is no quarter or is not kept.
    """
    kept = folder.quarters
    wanted = (kept[-1],) if at is None else (at,) if isinstance(at, str) else tuple(at)
    if not wanted:
        raise InputError("at: no quarter is asked for; name one or more, such as 2030Q4")
    for label in wanted:
        parse_quarter(label)
        if label not in kept:
            raise InputError(f"{folder.folder}: keeps no quarter {label}; it keeps {_listed(kept)}")
    return wanted


def wanted_outcomes(folder: Folder, outcomes: str | Sequence[str] | None) -> tuple[str, ...]:
    """Outcomes asked for, all that are kept by default, in the order given.

    Raises:
        InputError: none is asked for, or one is not kept.
    """
    kept = folder.outcomes
    wanted = kept if outcomes is None else (outcomes,) if isinstance(outcomes, str) else tuple(outcomes)
    if not wanted:
        raise InputError("outcomes: none is asked for; name one or more, such as deals_signed")
    for name in wanted:
        if name not in kept:
            raise InputError(f"{folder.folder}: keeps no outcome {name}; it keeps {_listed(kept)}")
    return tuple(dict.fromkeys(wanted))


def _listed(names: Sequence[str]) -> str:
    """Up to eight names; of consecutive quarters the first and the last."""
    if len(names) > 2 and all(len(name) == 6 and name[4] == "Q" for name in names):
        first = parse_quarter(names[0])
        if list(names) == [quarter_label(t) for t in range(first, first + len(names))]:
            return f"{names[0]} to {names[-1]}"
    return ", ".join(names[:8]) + f" and {len(names) - 8} more" * (len(names) > 8)


def read_runs(
    folder: Folder,
    outcomes: str | Sequence[str] | None = None,
    at: str | Sequence[str] | None = None,
    points: Collection[int] | None = None,
) -> Runs:
    """Runs of finished chunks, part by part, so that only what is asked for is held in memory.

    Raises:
        InputError: see ``wanted_quarters`` and ``wanted_outcomes``; or no run is stored, a run is there
            twice or lacks quarters, or a part is damaged.
    """
    quarters, names = wanted_quarters(folder, at), wanted_outcomes(folder, outcomes)
    parts = [part for part in _parts(folder, names, quarters, points) if len(part)]
    if not parts:
        folder.stored.refuse_damaged()
        raise InputError(f"{folder.folder}: {_none_is_there(folder.stored)}")
    keys = [np.concatenate([getattr(part, key) for part in parts]) for key in _KEYS]
    order = np.lexsort(keys[::-1])
    scenario, point, replicate = (key[order] for key in keys)
    same = (np.diff(scenario) == 0) & (np.diff(point) == 0) & (np.diff(replicate) == 0)
    if same.any():
        row = int(np.flatnonzero(same)[0])
        name = folder.scenarios[int(scenario[row])]
        raise InputError(
            f"{folder.folder}: holds a run twice ({name}, point {point[row]}, replicate {replicate[row]}); "
            "a part was copied there by hand: remove it"
        )
    values = np.concatenate([part.values for part in parts])[order]
    return Runs(scenario, point, replicate, quarters, names, values)


def _none_is_there(stored: Stored) -> str:
    """Why there is no run to be read, where no part is damaged."""
    return (
        f"{stored.failed:,} runs failed, and none is left" if stored.failed else "no run has been stored yet"
    )


def _parts(
    folder: Folder, names: tuple[str, ...], quarters: tuple[str, ...], points: Collection[int] | None
) -> Iterator[Runs]:
    import pyarrow.compute as pc

    kept = [label for label in folder.quarters if parse_quarter(label) <= max(map(parse_quarter, quarters))]
    rows = None if len(kept) == len(folder.quarters) else pc.field("quarter").isin(kept)
    if points is not None:
        wanted = pc.field("point").isin(sorted(points))
        rows = wanted if rows is None else rows & wanted
    reducer = _Reducer(
        folder.folder,
        folder.scenarios,
        names,
        [folder.kinds[name] is Kind.FLOW for name in names],
        quarters,
        kept,
    )
    for table in folder.parts("series", [*_KEYS, "quarter", *names], rows, points):
        yield reducer(table)


@dataclass(frozen=True)
class _Reducer:
    """Makes runs of a part: its rows sorted, its flows summed up, the quarters asked for taken out."""

    folder: Path
    scenarios: tuple[str, ...]
    outcomes: tuple[str, ...]
    flows: list[bool]
    quarters: tuple[str, ...]
    kept: list[str]

    def __call__(self, table: pa.Table) -> Runs:
        scenario = codes_of(table["scenario"], self.scenarios)
        quarter = codes_of(table["quarter"], self.kept)
        point, replicate = table["point"].to_numpy(), table["replicate"].to_numpy()
        order = np.lexsort((quarter, replicate, point, scenario))
        width = len(self.kept)
        if len(quarter) % width or not (quarter[order].reshape(-1, width) == np.arange(width)).all():
            raise InputError(f"{self.folder}: some run lacks quarters; a part of series is damaged")
        taken = [self.kept.index(label) for label in self.quarters]
        values = np.empty((len(quarter) // width, len(taken), len(self.outcomes)))
        for column, (name, flow) in enumerate(zip(self.outcomes, self.flows, strict=True)):
            numbers = table[name].to_numpy().astype(np.float64)[order].reshape(-1, width)
            values[:, :, column] = (numbers.cumsum(axis=1) if flow else numbers)[:, taken]
        first = order[::width]
        return Runs(scenario[first], point[first], replicate[first], self.quarters, self.outcomes, values)


def codes_of(column: pa.ChunkedArray, labels: Sequence[str]) -> Integers:
    """Place of each label of a dictionary column in ``labels``."""
    coded = column.unify_dictionaries().combine_chunks()
    coded = coded.chunk(0) if hasattr(coded, "chunk") else coded
    places = {label: place for place, label in enumerate(labels)}
    translated = np.array([places.get(label, -1) for label in coded.dictionary.to_pylist()], np.int64)
    return (
        translated[coded.indices.to_numpy(zero_copy_only=False)] if len(translated) else np.empty(0, np.int64)
    )


def runs_frame(
    folder: Folder,
    outcomes: str | Sequence[str] | None = None,
    at: str | Sequence[str] | None = None,
    points: Collection[int] | None = None,
) -> pd.DataFrame:
    """The tidy table of runs: see ``Results.runs``."""
    return frame_of(folder, read_runs(folder, outcomes, at, points))


def frame_of(folder: Folder, runs: Runs) -> pd.DataFrame:
    """Runs of a folder as a tidy table: see ``Results.runs``."""
    import pandas as pd

    scenario = pd.Categorical.from_codes(runs.scenario, pd.Index(list(folder.scenarios)), ordered=True)
    columns: dict[str, Any] = {"scenario": scenario, "point": runs.point, "replicate": runs.replicate}
    columns |= _factors(folder, runs)
    several = len(runs.quarters) > 1
    for place, label in enumerate(runs.quarters):
        for column, name in enumerate(runs.outcomes):
            columns[f"{name}@{label}" if several else name] = runs.values[:, place, column]
    return pd.DataFrame(columns)


def _factors(folder: Folder, runs: Runs) -> dict[str, Any]:
    """Columns of the factors in natural units, then in the unit cube; none without a design.

    A factor that is called like an outcome has the column ``factor:<name>``.
    """
    design = folder.experiment.design
    if design is None:
        return {}
    table = folder.design.set_index("point").loc[runs.point].reset_index(drop=True)
    natural = {
        f"factor:{factor.name}" if factor.name in runs.outcomes else factor.name: table[factor.name]
        for factor in design.factors
    }
    places, row = np.unique(runs.point, return_inverse=True)
    points = folder.design.set_index("point").loc[places]
    unit = {
        f"unit:{factor.name}": np.array([_coordinate(factor, value) for value in points[factor.name]])[row]
        for factor in design.factors
    }
    return natural | unit


def _coordinate(factor: Factor, value: Any) -> float:
    """Coordinate of a value in the unit cube; NaN where it is as in the scenario."""
    missing = value is None or (isinstance(value, float) and np.isnan(value))
    return np.nan if missing else factor.coordinate(value)

"""The stored tables of a run, straight from its arrays to Arrow.

Arrays go in by their buffers: ``pyarrow.array`` would import pandas into every worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.calendar import fiscal_years, quarter_label
from sim.kernel.outcomes import BY_NAME, OUTCOMES, PLACE_COLUMN, Kind
from sim.kernel.state import PROJECT_STATES, VERDICTS

if TYPE_CHECKING:
    from sim.batch.experiment import Experiment
    from sim.simulation import Run
    from sim.worlds.groups import Groups

Array = npt.NDArray[Any]

#: Terms of the friction between meeting and proposal, in the order of the state's columns.
FRICTIONS = ("capacity", "awareness", "distance")


class Key(NamedTuple):
    """Which run: scenario by its place in the experiment, point of the design, replicate."""

    scenario: int
    point: int
    replicate: int


def series_table(run: Run, key: Key, experiment: Experiment) -> pa.Table:
    """One row per quarter kept, one float64 column per outcome kept; null where a run has no such outcome.

    Where not every quarter is kept, a flow is the sum since the quarter kept before, so that sums over
    the quarters kept are sums over all.
    """
    labels = [quarter_label(t) for t in range(run.quarters)]
    kept = np.arange(run.quarters) if experiment.recorded is None else np.asarray(experiment.recorded)
    columns = {"quarter": coded(kept, labels)}
    kinds = {outcome.name: outcome.kind for outcome in OUTCOMES}
    for name in experiment.series_columns:
        if name not in run.outcomes:
            columns[name] = pa.nulls(len(kept), pa.float64())
            continue
        values = run.series[:, run.outcomes.index(name)]
        if experiment.recorded is not None and _is_flow(name, kinds, experiment):
            sums = np.cumsum(values)[kept]
            columns[name] = numbers(np.diff(sums, prepend=0.0))
        else:
            columns[name] = numbers(values[kept])
    return keyed(columns, key, experiment.scenario_names)


def panel_table(run: Run, key: Key, experiment: Experiment) -> pa.Table:
    """One row per quarter kept and place, one column per outcome kept that can be told by place.

    Flows are summed as in ``series_table``.
    """
    groups = run.groups
    assert groups is not None  # a panel is kept only where the experiment says by what
    labels = [quarter_label(t) for t in range(run.quarters)]
    kept = np.arange(run.quarters) if experiment.recorded is None else np.asarray(experiment.recorded)
    places = np.tile(np.arange(len(groups.labels)), len(kept))
    columns = {
        "quarter": coded(np.repeat(kept, len(groups.labels)), labels),
        groups.column: _named(groups, places),
    }
    for name in experiment.panel_columns:
        values = run.places[:, :, PLACE_COLUMN[name]]
        if experiment.recorded is not None and BY_NAME[name].kind is Kind.FLOW:
            values = np.diff(np.cumsum(values, axis=0)[kept], axis=0, prepend=0.0)
        else:
            values = values[kept]
        columns[name] = numbers(values.ravel())
    return keyed(columns, key, experiment.scenario_names)


def _named(groups: Groups, places: Array) -> pa.Array:
    """Codes of municipalities as text, numbers of prefectures and classes of size as numbers."""
    if groups.by == "municipality":
        return coded(places, [str(label) for label in groups.labels])
    return numbers(np.asarray(groups.labels, np.int64)[places])


def _is_flow(name: str, kinds: dict[str, Kind], experiment: Experiment) -> bool:
    return kinds.get(name) is Kind.FLOW or experiment.own_outcomes().get(name) == Kind.FLOW


def empty_series(experiment: Experiment) -> pa.Table:
    """The series table of no runs: what marks a chunk whose every run failed as done."""
    none = np.empty(0)
    columns = {"quarter": coded(none.astype(np.int64), ["2018Q2"])}
    columns |= {name: numbers(none) for name in experiment.series_columns}
    return keyed(columns, Key(0, 0, 0), experiment.scenario_names)


def ledger_table(run: Run, key: Key, experiment: Experiment) -> pa.Table:
    """One row per fiscal year and programme, money in JPY M.

    A lever's own programme, the nation's for everybody, has the name of the lever.
    """
    years, funds = np.asarray(fiscal_years(run.quarters)), run.scenario.funds
    programmes = [run.scenario.programmes.get(name) for name in funds]
    levers = [name if one is None else one.lever for name, one in zip(funds, programmes, strict=True)]
    payers = ["national" if one is None else str(one.payer) for one in programmes]
    columns = {"fiscal_year": numbers(np.repeat(years, len(funds)))}
    for name, values in (("programme", funds), ("lever", levers), ("payer", payers)):
        words = list(dict.fromkeys(values))
        codes = np.array([words.index(value) for value in values])
        columns[name] = coded(np.tile(codes, len(years)), words)
    for name in ("appropriated", "spent", "lapsed"):
        columns[name] = numbers(np.asarray(run.ledger[name]).T.ravel())
    return keyed(columns, key, experiment.scenario_names)


def deals_table(run: Run, key: Key, experiment: Experiment) -> pa.Table:
    """One row per proposal or renewal, in the words of people: SDG numbers, JIS codes, named verdicts.

    ``renewed_from`` is the row, counted from 0 within the run, of the partnership's first project.
    """
    deals = {name: np.asarray(values) for name, values in run.deals().items()}
    frictions = deals.pop("friction")
    named = {
        "municipality": coded(deals["municipality"], run.world.labels.jis_code),
        "goal": numbers(deals["goal"] + 1),
        "verdict": coded(deals["verdict"], VERDICTS),
        "state": coded(deals["state"], PROJECT_STATES),
    }
    columns = {name: named.get(name, _column(name, values)) for name, values in deals.items()}
    for number, factor in enumerate(FRICTIONS):
        columns[f"loss_to_{factor}"] = numbers(frictions[:, number])
    return keyed(columns, key, experiment.scenario_names)


def municipalities_table(run: Run, key: Key, experiment: Experiment) -> pa.Table:
    """One row per municipality at the end of the horizon."""
    columns = run.municipalities()
    codes = columns.pop("jis_code")
    named = {"jis_code": coded(np.arange(len(codes)), codes)}
    return keyed(
        named | {name: _column(name, values) for name, values in columns.items()},
        key,
        experiment.scenario_names,
    )


TABLE_OF_RUN = {
    "series": series_table,
    "ledger": ledger_table,
    "deals": deals_table,
    "municipalities": municipalities_table,
    "panel": panel_table,
}


def keyed(columns: dict[str, pa.Array], key: Key, scenarios: Sequence[str]) -> pa.Table:
    """The columns behind the columns that name the run."""
    rows = len(next(iter(columns.values())))
    names = {
        "scenario": coded(np.full(rows, key.scenario), scenarios),
        "point": numbers(np.full(rows, key.point)),
        "replicate": numbers(np.full(rows, key.replicate)),
    }
    return pa.table(names | columns)


def numbers(values: Array) -> pa.Array:
    """Floats as float64, flags (bool, uint8) as bool, integers as int64 with null where negative."""
    rows = len(values)
    if values.dtype.kind == "f":
        return pa.Array.from_buffers(pa.float64(), rows, [None, _buffer(values.astype(np.float64))])
    if values.dtype == np.uint8 or values.dtype.kind == "b":
        return pa.Array.from_buffers(pa.bool_(), rows, [None, _bits(values != 0)])
    return pa.Array.from_buffers(pa.int64(), rows, [_bits(values >= 0), _buffer(values.astype(np.int64))])


def coded(codes: Array, labels: Sequence[str]) -> pa.Array:
    """Text stored as a dictionary of labels and a code per row; a negative code is null."""
    dictionary = _dictionary(tuple(labels))
    buffers = [_bits(codes >= 0), _buffer(codes.astype(np.int32))]
    kind = pa.dictionary(pa.int32(), pa.string())
    return pa.DictionaryArray.from_buffers(kind, len(codes), buffers, dictionary)


def texts(values: Sequence[str]) -> pa.Array:
    """Text as it is, one value per row."""
    encoded = [str(value).encode() for value in values]
    offsets = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(value) for value in encoded], out=offsets[1:])
    return pa.StringArray.from_buffers(len(encoded), _buffer(offsets), pa.py_buffer(b"".join(encoded)))


_dictionary = lru_cache(maxsize=32)(texts)


def _column(name: str, values: Array) -> pa.Array:
    """Quarters become labels, other values stay numbers."""
    if name == "quarter" or name.endswith("_quarter"):
        labels = [quarter_label(t) for t in range(int(values.max(initial=0)) + 1)]
        return coded(values, labels)
    return numbers(values)


def _buffer(values: Array) -> pa.Buffer:
    return pa.py_buffer(np.ascontiguousarray(values))


def _bits(mask: Array) -> pa.Buffer | None:
    return pa.py_buffer(np.packbits(mask, bitorder="little"))

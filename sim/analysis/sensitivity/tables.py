"""Tables of a sensitivity analysis, by the design that a folder holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.asked import Quantity, condition_asked, outcomes_asked, quantity_asked
from sim.analysis.varied import Varied, varied_in
from sim.errors import InputError
from sim.statistics.elementary import effects_of, elementary_effects
from sim.statistics.given_data import given_data_indices, regional_sensitivity, spread_out
from sim.statistics.sobol import Indices, Sampled, convergence, sobol_indices
from sim.statistics.total_variance import Share, split

if TYPE_CHECKING:
    from sim.results.folder import Folder

#: Which analysis suits which design; any other one gets indices from given data.
ANALYSES = {"saltelli": "sobol", "morris": "morris"}


@dataclass(frozen=True)
class Sensitivity:
    """A sensitivity analysis as tidy tables.

    Attributes:
        kind: ``sobol``, ``morris``, ``given_data``, or ``regional`` of a condition.
        indices: a row per quantity (scenario, what, quarter) and factor, the most influential first.
        chance: a row per quantity and source of variance, its share with a 95% interval.
        convergence: a row per quantity, number of base samples and factor; of Sobol' indices only.
        notes: what could not be had, and why.
        points: that were run, and replicates of each.
        replicates: of each point.
    """

    kind: str
    indices: pd.DataFrame
    chance: pd.DataFrame
    convergence: pd.DataFrame
    notes: tuple[str, ...]
    points: int
    replicates: int

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that hold something, by the name of their file."""
        named = {"indices": self.indices, "chance": self.chance, "convergence": self.convergence}
        return {name: table for name, table in named.items() if len(table)}


def sensitivity_of(
    folder: Folder,
    outcome: str | None = None,
    at: str | None = None,
    of: str | None = None,
    when: str | None = None,
) -> Sensitivity:
    """What drives an outcome of the runs of a folder.

    Args:
        folder: results of a design, or of scenarios with parameter sets.
        outcome: name; deals signed by default.
        at: label of a quarter; the last one kept by default.
        of: an expression over scenarios and outcomes in the place of an outcome.
        when: a condition, for regional sensitivity.

    Raises:
        InputError: the folder varies nothing, or keeps too little for it; an expression is wrong.
    """
    varied = varied_in(folder)
    if of is not None and when is not None:
        raise InputError("--of and --when: give one of the two")
    if when is not None:
        asked, kind = [condition_asked(folder, varied, when, outcome, at)], "regional"
    else:
        kind = ANALYSES.get(varied.method, "given_data")
        asked = (
            outcomes_asked(folder, varied, outcome, at)
            if of is None
            else [quantity_asked(folder, varied, of, outcome, at)]
        )
    return tables_of(kind, varied, asked)


def tables_of(kind: str, varied: Varied, asked: Sequence[Quantity]) -> Sensitivity:
    """The tables of one kind of analysis; arguments as in ``Sensitivity`` and ``sensitivity_of``.

    Raises:
        InputError: no quantity can be analysed.
    """
    indices, chances, steps, notes = [], [], [], []
    for quantity in asked:
        try:
            indices.append(_INDICES[kind](varied, quantity))
        except InputError as error:
            notes.append(f"{_called(quantity)}: {error}")
            continue
        if kind == "sobol":
            steps.append(_convergence(varied, quantity))
        if kind in ("sobol", "given_data"):
            try:
                chances.append(_chance(varied, quantity))
            except InputError as error:
                notes.append(f"{_called(quantity)}: {error}")
    if not indices:
        raise InputError(*notes)
    return Sensitivity(
        kind,
        pd.concat(indices, ignore_index=True),
        pd.concat(chances, ignore_index=True) if chances else pd.DataFrame(),
        pd.concat(steps, ignore_index=True) if steps else pd.DataFrame(),
        tuple(dict.fromkeys(notes)),
        len(varied.points),
        asked[0].values.shape[1],
    )


def _called(quantity: Quantity) -> str:
    return f"{quantity.scenario}.{quantity.what}" if quantity.scenario else quantity.what


def sampled(varied: Varied, values: np.ndarray) -> Sampled:
    """Values of the points of a Saltelli design by base sample; an unfinished last one is left out."""
    rows = len(varied.groups) + 2
    whole = len(values) // rows
    return Sampled.of_rows(values[: whole * rows].reshape(whole, rows, -1))


def _sobol(varied: Varied, quantity: Quantity) -> pd.DataFrame:
    found = sobol_indices(sampled(varied, quantity.values))
    return _ordered(_of_indices(quantity, varied, found), "total")


def _of_indices(quantity: Quantity, varied: Varied, found: Indices) -> pd.DataFrame:
    arrays = ("first", "first_low", "first_high", "total", "total_low", "total_high")
    numbers = ("interactions", "interactions_low", "interactions_high", "samples", "replicates")
    columns: dict[str, Any] = {**quantity.keys, "factor": list(varied.groups)}
    columns |= {name: getattr(found, name) for name in (*arrays, *numbers)}
    return pd.DataFrame(columns)


def _convergence(varied: Varied, quantity: Quantity) -> pd.DataFrame:
    steps = convergence(sampled(varied, quantity.values))
    return pd.concat([_of_indices(quantity, varied, found) for found in steps.values()], ignore_index=True)


def _morris(varied: Varied, quantity: Quantity) -> pd.DataFrame:
    rows, levels = len(varied.factors) + 1, varied.levels
    whole = len(varied.points) // rows
    points = varied.points[: whole * rows].reshape(whole, rows, -1)
    values = quantity.values[: whole * rows].reshape(whole, rows, -1)
    found = elementary_effects(effects_of(points, values, levels / (2.0 * (levels - 1))))
    columns: dict[str, Any] = {**quantity.keys, "factor": list(varied.names)}
    return _ordered(pd.DataFrame(columns | found._asdict()), "mu_star")


def _given_data(varied: Varied, quantity: Quantity) -> pd.DataFrame:
    used = varied.drawn
    points = spread_out(varied.points[used], varied.few)
    means = _row_means(quantity.values[used])
    found = given_data_indices(points, means)
    columns: dict[str, Any] = {**quantity.keys, "factor": list(varied.names)}
    columns |= found._asdict() | {"replicates": quantity.values.shape[1]}
    return _ordered(pd.DataFrame(columns), "pawn")


def _regional(varied: Varied, quantity: Quantity) -> pd.DataFrame:
    used = varied.drawn
    found = regional_sensitivity(varied.points[used], _row_means(quantity.values[used]))
    columns: dict[str, Any] = {**quantity.keys, "factor": list(varied.names)}
    columns |= found._asdict() | {"replicates": quantity.values.shape[1]}
    return _ordered(pd.DataFrame(columns), "distance")


def _row_means(values: np.ndarray) -> np.ndarray:
    """Means over replicates, NaN where one is missing: points with fewer would be noisier than others."""
    return np.asarray(values.mean(axis=1))


def _ordered(table: pd.DataFrame, by: str) -> pd.DataFrame:
    return table.sort_values(by, ascending=False, kind="stable", ignore_index=True)


def _chance(varied: Varied, quantity: Quantity) -> pd.DataFrame:
    found = split(quantity.values[varied.drawn])
    shares: dict[str, Share | None] = {
        "parameters": found.parameters,
        "chance": found.chance,
        "seed_alone": found.alike,
        "seed_with_parameters": found.gap,
    }
    rows = [
        {**quantity.keys, "source": source, "share": share.value, "low": share.low, "high": share.high}
        for source, share in shares.items()
        if share is not None
    ]
    counts = {"left_in_means": found.left_in_means, "points": found.points, "replicates": found.replicates}
    return pd.DataFrame(rows).assign(**counts)


_INDICES: dict[str, Callable[[Varied, Quantity], pd.DataFrame]] = {
    "sobol": _sobol,
    "morris": _morris,
    "given_data": _given_data,
    "regional": _regional,
}

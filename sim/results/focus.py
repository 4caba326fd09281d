"""One place of a comparison: what of an effect arises there, next to it and elsewhere, town by town."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.kernel.outcomes import BY_PLACE, Reduction
from sim.kernel.world import World
from sim.results.arms import Arm, in_arm
from sim.results.contrasts import contrast_of_runs, numbers_of
from sim.results.places import PlacedRuns, groups_in, panel_outcomes, read_places
from sim.results.runs import Floats, Runs
from sim.worlds.focus import Place, municipalities_in, neighbours_of
from sim.worlds.groups import prefecture_numbers

if TYPE_CHECKING:
    from sim.results.folder import Folder

#: Where an effect arises: in the place's prefecture, in those next to it, everywhere else, and in all.
WHERE = ("here", "neighbours", "elsewhere", "nation")
#: What is told of where effects arise, as far as it is kept.
SPREAD = ("deals_signed", "projects_completed", "private_investment", "sdg_progress")
#: Columns of the table of municipalities that are told of single ones.
ENDS = ("projects_signed", "projects_completed", "sdg_progress")


def spread_of_effects(folder: Folder, baseline: str, place: Place, world: World) -> pd.DataFrame:
    """Effect of every other scenario in the place's prefecture, its neighbours, elsewhere and in all.

    Sums over places add up; means are weighted by municipalities. ``neighbours`` are the prefectures that
    the model's nearest municipalities lie in.

    Returns:
        scenario, outcome, where (of ``WHERE``), prefectures (in it), effect, ci_low, ci_high, n, p.
    """
    runs = read_places(folder, [name for name in SPREAD if name in panel_outcomes(folder)])
    weights = _weights(runs, place.prefecture, world)
    shares = [_gathered(runs, weights, column) for column in range(len(runs.outcomes))]
    gathered = replace(runs, values=np.stack(shares, axis=2))
    tables = []
    for name in (name for name in folder.scenarios if name != baseline):
        table = _contrasts(folder, gathered, name, baseline, WHERE, "where")
        counts = (weights > 0).sum(axis=1).tolist()
        tables.append(table.assign(scenario=name, prefectures=counts * len(runs.outcomes)))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _weights(runs: PlacedRuns, prefecture: int, world: World) -> Floats:
    """(places of ``WHERE``, prefectures) municipalities that count in each."""
    codes, numbers = np.asarray(runs.groups.labels, np.int64), prefecture_numbers(world)
    members = np.bincount(runs.groups.of, minlength=len(codes)).astype(float)
    here = codes == numbers[prefecture]
    near = np.isin(codes, numbers[neighbours_of(prefecture, world)])
    weights: Floats = np.stack([here, near, ~(here | near), np.ones(len(codes), bool)]) * members
    return weights


def _gathered(runs: PlacedRuns, weights: Floats, column: int) -> Floats:
    """(runs, places of ``WHERE``): sums, or means over municipalities."""
    values = runs.values[:, :, column]
    if BY_PLACE[runs.outcomes[column]] is Reduction.SUM:
        sums: Floats = values @ (weights > 0).T.astype(float)
        return sums
    means: Floats = values @ weights.T / np.maximum(weights.sum(axis=1), 1.0)
    return means


def municipal_effects(folder: Folder, baseline: str, place: Place, world: World) -> pd.DataFrame:
    """Effects on every municipality of the place's prefecture by the end, and its mean in the baseline.

    Returns:
        scenario, outcome (of ``ENDS``), municipality (its place in the world), level, effect, ci_low,
        ci_high, n, p.
    """
    found = municipalities_in(place.prefecture, world)
    runs = _ends(folder, [world.labels.jis_code[i] for i in found])
    base = runs.where(in_arm(runs, Arm(baseline), folder.scenarios))
    level = base.values.mean(axis=0).T.ravel()
    tables = []
    for name in (name for name in folder.scenarios if name != baseline):
        table = _contrasts(folder, runs, name, baseline, found, "municipality")
        tables.append(table.assign(scenario=name, level=level))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _ends(folder: Folder, codes: list[str]) -> Runs:
    """Runs with (runs, municipalities, ``ENDS``) at the end."""
    import pyarrow.compute as pc

    columns = ["scenario", "point", "replicate", "jis_code", *ENDS]
    table = folder.table("municipalities", columns, pc.field("jis_code").isin(codes))
    places = {code: place for place, code in enumerate(codes)}
    scenario = table["scenario"].cat.codes.to_numpy().astype(np.int64)
    place = table["jis_code"].astype(str).map(places).to_numpy()
    keys = [table["point"].to_numpy(), table["replicate"].to_numpy()]
    order = np.lexsort((place, keys[1], keys[0], scenario))
    values = table[list(ENDS)].to_numpy(float)[order].reshape(-1, len(codes), len(ENDS))
    first = order[:: len(codes)]
    return Runs(scenario[first], keys[0][first], keys[1][first], (folder.quarters[-1],), ENDS, values)


def _contrasts(
    folder: Folder, runs: Runs, name: str, baseline: str, places: Sequence[str] | Sequence[int], what: str
) -> pd.DataFrame:
    """A row per outcome and place of the runs' second axis."""
    own, base = (runs.where(in_arm(runs, Arm(arm), folder.scenarios)) for arm in (name, baseline))
    contrast = contrast_of_runs(own, base, (True, True))
    columns = {key: values for key, values in numbers_of(contrast).items() if key in _KEPT}
    table = pd.DataFrame({key: np.asarray(values).T.ravel() for key, values in columns.items()})
    number = runs.values.shape[1]
    table.insert(0, "outcome", np.repeat(runs.outcomes, number))
    table.insert(1, what, list(places) * len(runs.outcomes))
    return table


_KEPT = ("effect", "ci_low", "ci_high", "n", "p")


def check_focus(folder: Folder) -> None:
    """Refuse a folder that keeps nothing by prefecture, or compares nothing.

    Raises:
        InputError: it does.
    """
    if folder.manifest.baseline is None or len(folder.scenarios) < 2:
        raise InputError(
            f"{folder.folder}: compares no scenario with a baseline, so that nothing can be told of a place; "
            "name a baseline and another scenario in the experiment, or run sim compare with --focus"
        )
    if groups_in(folder).by != "prefecture":
        raise InputError(
            f"{folder.folder}: keeps results by {folder.manifest.by}; a place needs them by prefecture: "
            "run it with record: {by: prefecture}, or sim compare with --focus"
        )

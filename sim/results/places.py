"""Results by place: the stored panel, and contrasts of two arms in every place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.batch.experiment import PANEL
from sim.calendar import parse_quarter
from sim.errors import InputError
from sim.files import write_text, write_whole
from sim.kernel.outcomes import BY_NAME, BY_PLACE, Kind, Reduction
from sim.results.arms import Arm, ArmLike, arm_of, in_arm, names_point
from sim.results.contrasts import contrast_of_runs, measure, numbers_of
from sim.results.runs import Floats, Integers, Runs, codes_of, wanted_quarters
from sim.statistics.contrasts import LEVEL, ROUNDING, Contrast
from sim.statistics.multiplicity import holm
from sim.statistics.ranking import rank_of, ranks_of
from sim.text.harmless import csv_of
from sim.worlds.groups import Groups, groups_of, prefecture_numbers

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from sim.results.folder import Folder

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
#: Outcomes of which less is better: here the largest fall has the first rank.
LESS_IS_BETTER = frozenset(
    {
        "lost_to_capacity", "lost_to_awareness", "lost_to_distance", "refused_by_municipality",
        "refused_by_company", "refused_by_lenders", "projects_failed", "municipalities_without_project_share",
    }
)  # fmt: skip
_KEYS = ("scenario", "point", "replicate")

type Adjusted = Literal["holm"] | None


@dataclass(frozen=True)
class PlacedRuns(Runs):
    """Runs at one quarter; ``values`` have the shape (runs, places, outcomes).

    Attributes:
        groups: the places, in the order of the second axis.
    """

    groups: Groups


def groups_in(folder: Folder) -> Groups:
    """The places of a folder's panel.

    Raises:
        InputError: the folder keeps none.
    """
    by = folder.manifest.by
    if by is None:
        raise InputError(
            f"{folder.folder}: keeps no results by place; run it with record: {{by: prefecture}}, "
            "or sim compare with --focus"
        )
    found: Groups = folder.keep("groups", lambda: groups_of(folder.world, by))
    return found


def panel_outcomes(folder: Folder) -> tuple[str, ...]:
    """Outcomes that the panel keeps."""
    kept = folder.manifest.outcomes
    return tuple(name for name in BY_PLACE if kept is None or name in kept)


def read_places(
    folder: Folder, outcomes: str | Sequence[str] | None = None, at: str | None = None
) -> PlacedRuns:
    """Runs of finished chunks at one quarter, place by place: flows summed up to it, stocks as they stand.

    Args:
        folder: the folder.
        outcomes: names; all that the panel keeps by default.
        at: label of the quarter; the last one by default.

    Raises:
        InputError: there is no panel, it keeps no such outcome or quarter, or no run is stored.
    """
    groups, names = groups_in(folder), _wanted(folder, outcomes)
    (quarter,) = wanted_quarters(folder, at)
    parts = list(_parts(folder, groups, names, quarter))
    if not parts:
        raise InputError(f"{folder.folder}: no run has been stored yet")
    keys = [np.concatenate([part[key] for part in parts]) for key in range(len(_KEYS))]
    order = np.lexsort(keys[::-1])
    scenario, point, replicate = (key[order] for key in keys)
    values = np.concatenate([part[3] for part in parts])[order]
    return PlacedRuns(scenario, point, replicate, (quarter,), names, values, groups)


def _wanted(folder: Folder, outcomes: str | Sequence[str] | None) -> tuple[str, ...]:
    kept = panel_outcomes(folder)
    wanted = kept if outcomes is None else (outcomes,) if isinstance(outcomes, str) else tuple(outcomes)
    for name in wanted:
        if name not in kept:
            raise InputError(f"{folder.folder}: keeps no {name} by place; it keeps {', '.join(kept)}")
    return tuple(dict.fromkeys(wanted))


def _parts(
    folder: Folder, groups: Groups, names: tuple[str, ...], quarter: str
) -> Iterator[tuple[Integers, Integers, Integers, Floats]]:
    import pyarrow.compute as pc

    until = [label for label in folder.quarters if parse_quarter(label) <= parse_quarter(quarter)]
    flows = any(BY_NAME[name].kind is Kind.FLOW for name in names)
    kept = until if flows else [quarter]
    rows = None if len(kept) == len(folder.quarters) else pc.field("quarter").isin(kept)
    for table in folder.parts(PANEL, [*_KEYS, "quarter", groups.column, *names], rows):
        if table.num_rows:
            yield _reduced(folder, table, groups, names, kept)


def _reduced(
    folder: Folder, table: pa.Table, groups: Groups, names: tuple[str, ...], kept: list[str]
) -> tuple[Integers, Integers, Integers, Floats]:
    scenario = codes_of(table["scenario"], folder.scenarios)
    quarter = codes_of(table["quarter"], kept)
    place = _places(table[groups.column], groups)
    point, replicate = table["point"].to_numpy(), table["replicate"].to_numpy()
    order = np.lexsort((place, quarter, replicate, point, scenario))
    shape = (-1, len(kept), len(groups.labels))
    if len(order) % (shape[1] * shape[2]) or (place[order].reshape(shape) != np.arange(shape[2])).any():
        raise InputError(f"{folder.folder}: some run lacks places; a part of {PANEL} is damaged")
    values = np.empty((len(order) // (shape[1] * shape[2]), shape[2], len(names)))
    for column, name in enumerate(names):
        numbers = table[name].to_numpy()[order].reshape(shape)
        values[:, :, column] = numbers.sum(axis=1) if BY_NAME[name].kind is Kind.FLOW else numbers[:, -1]
    first = order[:: shape[1] * shape[2]]
    return scenario[first], point[first], replicate[first], values


def _places(column: pa.ChunkedArray, groups: Groups) -> Integers:
    if groups.by == "municipality":
        return codes_of(column, [str(label) for label in groups.labels])
    labels = np.asarray(groups.labels, np.int64)
    found: Integers = np.searchsorted(labels, column.to_numpy())
    return found


def contrast_by_place(
    folder: Folder,
    a: ArmLike,
    b: ArmLike,
    outcomes: str | Sequence[str] | None = None,
    at: str | None = None,
    family: Adjusted = "holm",
) -> pd.DataFrame:
    """See ``Results.contrast_by_place``."""
    if family not in ("holm", None):
        raise InputError(f"family {family!r}: give holm, or None")
    runs = read_places(folder, outcomes, at)
    arms = [arm_of(arm, folder.scenarios, folder.manifest.points) for arm in (a, b)]
    own, base = (_of(folder, runs, arm) for arm in arms)
    named = names_point(folder, arms[0]), names_point(folder, arms[1])
    contrast = contrast_of_runs(own, base, named)
    table = _frame(contrast, runs, base, family)
    table = table.assign(a=str(arms[0]), b=str(arms[1]), **_names(folder, runs))
    first = ["a", "b", runs.groups.column, "place", "outcome", "quarter", "measure", "effect"]
    return table[[*first, *(name for name in table if name not in first)]]


def _of(folder: Folder, runs: PlacedRuns, arm: Arm) -> Runs:
    chosen = runs.where(in_arm(runs, arm, folder.scenarios))
    if not len(chosen):
        raise InputError(f"{folder.folder}: no run of {arm} is stored, or all failed")
    return chosen


def _frame(contrast: Contrast, runs: PlacedRuns, base: Runs, family: Adjusted) -> pd.DataFrame:
    """A row per outcome and place; numbers of shape (places, outcomes) go in outcome by outcome."""
    import pandas as pd

    columns = numbers_of(contrast, LEVEL)
    columns |= {"level": base.values.mean(axis=0)} | _ranks(contrast, runs)
    if family is not None:
        adjusted = [holm(contrast.p[:, column]) for column in range(len(runs.outcomes))]
        columns["p_adjusted"] = np.stack(adjusted, axis=1)
    places = len(runs.groups.labels)
    table = pd.DataFrame({name: np.asarray(values).T.ravel() for name, values in columns.items()})
    for name in ("n", "replicates_needed", "replicates_needed_high", "rank_low", "rank_high"):
        table[name] = table[name].astype("Int64")
    return table.assign(
        outcome=np.repeat(runs.outcomes, places),
        quarter=runs.quarters[0],
        measure=np.repeat([measure(BY_NAME[name].kind) for name in runs.outcomes], places),
        municipalities=np.tile(_members(runs.groups), len(runs.outcomes)),
        kind=contrast.kind,
        places=places,
    )


def _ranks(contrast: Contrast, runs: PlacedRuns) -> dict[str, np.ndarray[Any, Any]]:
    """Rank of each place by its effect a municipality, 1 for the best; intervals where runs are paired."""
    shares = _shares(runs)
    found = {name: np.full(contrast.effect.shape, np.nan) for name in ("rank", "rank_low", "rank_high")}
    for column in range(len(runs.outcomes)):
        effect = contrast.effect[:, column] * shares[:, column]
        found["rank"][:, column] = rank_of(effect, ROUNDING * float(np.nanmax(np.abs(effect), initial=0.0)))
        if contrast.kind == "paired" and contrast.n:
            ranks = ranks_of((contrast.samples[0][:, :, column] * shares[:, column])[None])
            found["rank"][:, column] = ranks.rank
            found["rank_low"][:, column], found["rank_high"][:, column] = ranks.low, ranks.high
    return found


def _shares(runs: PlacedRuns) -> Floats:
    """(places, outcomes) by which an effect is multiplied to be one of a municipality, more being better."""
    members = _members(runs.groups)
    each = {Reduction.SUM: 1.0 / members, Reduction.MEAN: np.ones(len(members))}
    signs = [-1.0 if name in LESS_IS_BETTER else 1.0 for name in runs.outcomes]
    columns = [sign * each[BY_PLACE[name]] for sign, name in zip(signs, runs.outcomes, strict=True)]
    return np.stack(columns, axis=1)


def _members(groups: Groups) -> Integers:
    return np.bincount(groups.of, minlength=len(groups.labels))


def _names(folder: Folder, runs: PlacedRuns) -> dict[str, Any]:
    """Code and name of the places, outcome by outcome."""
    groups, world = runs.groups, folder.world
    labels = world.labels
    if groups.by == "prefecture":
        known = dict(zip(prefecture_numbers(world).tolist(), labels.prefecture, strict=True))
        names = [known[int(code)] for code in groups.labels]
    else:
        names = labels.municipality if groups.by == "municipality" else [str(one) for one in groups.labels]
    times = len(runs.outcomes)
    return {groups.column: list(groups.labels) * times, "place": list(names) * times}


def summarise_places(folder: Folder, at: str | None = None) -> pd.DataFrame:
    """See ``Results.summary_by_place``."""
    import pandas as pd

    runs = read_places(folder, None, at)
    tables = []
    for number, name in enumerate(folder.scenarios):
        own = runs.where(runs.scenario == number).values
        if not len(own):
            continue
        columns = {
            "mean": own.mean(axis=0),
            "sd": own.std(axis=0, ddof=1) if len(own) > 1 else own[0] * np.nan,
        }
        columns |= dict(zip(QUANTILES, np.quantile(own, list(QUANTILES.values()), axis=0), strict=True))
        table = pd.DataFrame({what: values.T.ravel() for what, values in columns.items()})
        table = table.assign(
            scenario=name, outcome=np.repeat(runs.outcomes, len(runs.groups.labels)), runs=len(own)
        )
        tables.append(table.assign(quarter=runs.quarters[0], **_names(folder, runs)))
    whole = pd.concat(tables, ignore_index=True)
    first = ["scenario", runs.groups.column, "place", "outcome", "quarter", "runs"]
    return whole[[*first, *columns]]


def compare_places(folder: Folder, baseline: str) -> pd.DataFrame:
    """Every scenario against the baseline, place by place, at the last quarter."""
    import pandas as pd

    others = [name for name in folder.scenarios if name != baseline]
    tables = [contrast_by_place(folder, name, baseline) for name in others]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def write_places(folder: Folder, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables by place as files of the folder, as Parquet and CSV."""
    for name, table in tables.items():
        write_whole(folder.folder / f"{name}.parquet", partial(table.to_parquet, index=False))
        write_text(folder.folder / f"{name}.csv", csv_of(table))

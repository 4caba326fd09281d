"""Comparison of all scenarios with a baseline, by outcome and quarter, computed from what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import batched
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import InputError
from sim.files import write_whole
from sim.results.arms import Arm, in_arm, names_point
from sim.results.contrasts import contrast_of_runs, long_table, numbers_of
from sim.results.runs import Runs, read_runs
from sim.results.spread import BY_CHANCE, SPREAD, spread_of, with_chance

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.folder import Folder

COLUMNS = (
    "scenario", "baseline", "outcome", "quarter", "effect", "ci_low", "ci_high",
    "replicates", "replicates_needed", "paired_correlation", "measure",
    "replicates_needed_high", "p", "kind", "n", "points", *SPREAD, *BY_CHANCE,
)  # fmt: skip
#: Numbers read at a time, 160 MB.
_BATCH = 20_000_000


def compare_results(folder: Folder, baseline: str) -> pd.DataFrame:
    """Effect of every other scenario against the baseline, by outcome and quarter kept.

    A stock is compared as it stands at the end of the quarter; a flow as its sum from 2018Q2 to the
    quarter, so that the last quarter holds the effect over the whole horizon. ``measure`` says which. Runs
    that failed in either scenario are left out with their pair. Points of a design are averaged, never
    pooled as replicates: see ``sim.results.contrasts.contrast_of_runs``.

    Returns:
        scenario, baseline, outcome, quarter, effect (scenario minus baseline), ci_low and ci_high (95%, t;
        null for one pair, equal to the effect where it is the same in all pairs), replicates (shared by
        both scenarios), replicates_needed (pairs for an interval of +-10% of the effect, at least 2; null
        where the interval holds 0, for then the size of the effect is not known, and for a design),
        paired_correlation (null below 3 pairs or where one side does not vary), measure,
        replicates_needed_high (upper 90% bound of replicates_needed), p (two-sided, of no difference), kind
        (paired, or crossed for a design), n (what
        the interval counts: pairs, or points), points, and what 90% of single histories lie between (5% and
        95% of the paired effects; null for a design): low and high where replicates have parameter sets of
        their own, chance_low and chance_high at default parameters (of the runs themselves, or of those in
        ``chance_alone``). ``attrs["comparisons"]`` is the number of rows.

    Raises:
        InputError: the baseline is not among the scenarios or has no run.
    """
    import pandas as pd

    if baseline not in folder.scenarios:
        raise InputError(f"{folder.folder}: baseline {baseline!r} is not among {', '.join(folder.scenarios)}")
    others = [name for name in folder.scenarios if name != baseline]
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in others}
    for runs in _batches(folder) if others else ():
        base = _of(folder, runs, baseline)
        if not len(base):
            raise InputError(f"{folder.folder}: every run of the baseline {baseline!r} failed")
        for name in others:
            tables[name].append(_against(folder, runs, name, base))
    found = [table for name in others for table in tables[name]]
    if not found:
        return pd.DataFrame(columns=list(COLUMNS))
    every = pd.concat(found, ignore_index=True).assign(baseline=baseline)[list(COLUMNS)]
    if folder.chance_alone is not None:
        every = with_chance(every, compare_results(folder.chance_alone, baseline))
    every.attrs["comparisons"] = len(every)
    return every


def write_comparison(folder: Folder, baseline: str) -> pd.DataFrame:
    """Write ``comparison.parquet`` for other tools and return the table; nothing here ever reads the file."""
    table = compare_results(folder, baseline)
    write_whole(folder.folder / "comparison.parquet", lambda file: table.to_parquet(file, index=False))
    return table


def _batches(folder: Folder) -> Iterator[Runs]:
    """All runs at all quarters kept, some outcomes at a time."""
    quarters = folder.quarters
    size = max(1, _BATCH // (folder.manifest.runs * len(quarters)))
    for names in batched(folder.outcomes, size):
        yield read_runs(folder, names, quarters)


def _of(folder: Folder, runs: Runs, scenario: str) -> Runs:
    return runs.where(in_arm(runs, Arm(scenario), folder.scenarios))


def _against(folder: Folder, runs: Runs, name: str, base: Runs) -> pd.DataFrame:
    own = _of(folder, runs, name)
    alone = names_point(folder, Arm(name))
    contrast = contrast_of_runs(own, base, (alone, alone))
    columns = numbers_of(contrast) | spread_of(contrast, folder.sets is not None)
    table = long_table(runs, folder.kinds, columns)
    for column in ("n", "replicates_needed", "replicates_needed_high"):
        table[column] = table[column].astype("Int64")
    replicates = len(np.intersect1d(own.replicate, base.replicate))
    points = len(np.intersect1d(own.point, base.point))
    return table.assign(scenario=name, replicates=replicates, kind=contrast.kind, points=points)

"""Judge options over many futures: those that are stored, or the points of a design in a results folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.futures.stored import OUTCOMES, Futures
from sim.errors import InputError
from sim.kernel.world import Floats
from sim.results import Results
from sim.results.runs import read_runs
from sim.statistics.ranking import rank_of
from sim.statistics.robustness import (
    CRITERIA,
    RESAMPLES,
    Robustness,
    disagreeing,
    robustness_of,
    share_of_chance,
)

#: Share of what the best option gives with default parameters that counts as enough in a future.
ENOUGH = 0.5


@dataclass(frozen=True)
class Judged:
    """Options by each criterion, beside what they give with default parameters.

    Attributes:
        options: names.
        nominal: value of each with default parameters; NaN where it was not run so.
        threshold: what counts as enough in a future.
        found: by each criterion.
        chance: share of the variance between futures that is chance of the runs, by option; NaN where a
            future has one run, which does not tell.
    """

    options: tuple[str, ...]
    nominal: Floats
    threshold: float
    found: Robustness
    chance: Floats

    @property
    def nominal_rank(self) -> npt.NDArray[np.int64]:
        """Rank with default parameters, 1 for the best; 0 where that is not known."""
        if np.isnan(self.nominal).any():
            return np.zeros(len(self.options), np.int64)
        return rank_of(self.nominal, 0.0)

    def best(self, criterion: str) -> tuple[str, ...]:
        """Options that are first by a criterion."""
        row = self.found.rank[list(CRITERIA).index(criterion)]
        return tuple(name for name, rank in zip(self.options, row, strict=True) if rank == 1)

    @property
    def disagreeing(self) -> tuple[str, ...]:
        """Criteria whose best option is another than that of the mean."""
        return tuple(name for name, apart in zip(CRITERIA, disagreeing(self.found), strict=True) if apart)

    def table(self) -> pd.DataFrame:
        """A row for each criterion and option.

        Returns:
            ``criterion``, ``option``, ``score``, ``rank`` with ``rank_low`` and ``rank_high`` (95%, futures
            resampled), ``first`` (share of resamples in which it is), ``nominal``, ``nominal_rank``,
            ``chance``, ``futures``.
        """
        rows = [
            {
                "criterion": criterion, "option": option, "score": self.found.score[r, c],
                "rank": int(self.found.rank[r, c]), "rank_low": int(self.found.low[r, c]),
                "rank_high": int(self.found.high[r, c]), "first": self.found.first[r, c],
                "nominal": self.nominal[c], "nominal_rank": int(self.nominal_rank[c]),
                "chance": self.chance[c], "futures": self.found.futures,
            }
            for r, criterion in enumerate(CRITERIA)
            for c, option in enumerate(self.options)
        ]  # fmt: skip
        return pd.DataFrame(rows)


def judged(
    options: Sequence[str],
    values: Floats,
    nominal: Floats | None = None,
    threshold: float | None = None,
    chance: Floats | None = None,
    resamples: int = RESAMPLES,
) -> Judged:
    """Judge options.

    Args:
        options: names.
        values: (futures, options), larger is better, without gaps.
        nominal: what each gives with default parameters, where that is known.
        threshold: what is enough in a future; by default ``ENOUGH`` of the best nominal one, or of the best
            mean where nothing nominal is known.
        chance: as of ``Judged``.
        resamples: of the futures; none where they are no sample (``robustness_of``).

    Raises:
        InputError: there are fewer than two futures or options, or a value is missing.
    """
    unknown = np.full(len(options), np.nan)
    given = unknown if nominal is None else nominal
    best = float(np.max(values.mean(axis=0) if nominal is None else nominal, initial=-np.inf))
    enough = ENOUGH * best if threshold is None else threshold
    found = robustness_of(values, enough, resamples=resamples)
    return Judged(tuple(options), given, enough, found, unknown if chance is None else chance)


def of_futures(
    futures: Futures,
    amount: float,
    nominal: dict[str, float] | None = None,
    outcome: str = OUTCOMES[0],
    names: Sequence[str] | None = None,
) -> Judged:
    """Judge scenarios over stored futures by units gained per JPY M at equal spending.

    Args:
        futures: those stored.
        amount: JPY M a fiscal year; the nearest sum is taken.
        nominal: units per JPY M with default parameters, by scenario.
        outcome: what is gained.
        names: scenarios; by default all that can absorb the sum, which the others take no part in.

    Raises:
        InputError: fewer than two of them can absorb it.
    """
    at = futures.nearest(amount)
    able = [name for name in futures.able(at) if names is None or name in names]
    rows = futures.costs[(futures.costs["sum"] == at) & (futures.costs["outcome"] == outcome)]
    values = 1.0 / rows.sort_values("future")[able].to_numpy(np.float64)  # nothing at an infinite cost
    known = None if nominal is None else np.array([nominal.get(name, np.nan) for name in able])
    return judged(able, values, known)


def of_results(
    results: Results,
    outcome: str,
    baseline: str | None = None,
    smaller: bool = False,
    nominal: Results | None = None,
    threshold: float | None = None,
) -> Judged:
    """Judge the scenarios of a results folder over the points of its design.

    Args:
        results: several scenarios, each at all points.
        outcome: what they are judged by, at the last quarter kept.
        baseline: scenario whose outcome is deducted, future by future and draw by draw; by default that of
            the folder, if it has one.
        smaller: whether less of the outcome is better; values then change their sign.
        nominal: the same scenarios with default parameters, if they were run.
        threshold: what is enough in a future (``judged``).

    Raises:
        InputError: there are fewer than two points or scenarios besides the baseline, or the folder keeps no
            such outcome or scenario.
    """
    base = results.manifest.baseline if baseline is None else baseline
    options = [name for name in results.scenarios if name != base]
    values = _values(results, outcome, options, base, smaller)
    whole = values[~np.isnan(values).any(axis=(1, 2))]
    known = None
    if nominal is not None:
        known = np.nanmean(_values(nominal, outcome, options, base, smaller), axis=(0, 1))
    several = whole.shape[1] > 1 and len(whole) > 1
    return judged(options, whole.mean(axis=1), known, threshold, share_of_chance(whole) if several else None)


def _values(
    results: Results, outcome: str, options: Sequence[str], base: str | None, smaller: bool
) -> Floats:
    """(points, replicates, options), larger is better; NaN where a run is missing."""
    runs, places = read_runs(results, outcome), list(results.scenarios)
    for name in (*options, *([] if base is None else [base])):
        if name not in places:
            raise InputError(f"{results.folder}: holds no scenario {name}; it holds {', '.join(places)}")
    points, point = np.unique(runs.point, return_inverse=True)
    replicates, replicate = np.unique(runs.replicate, return_inverse=True)
    cube = np.full((len(points), len(replicates), len(places)), np.nan)
    cube[point, replicate, runs.scenario] = runs.values[:, 0, 0]
    if base is not None:
        cube = cube - cube[:, :, [places.index(base)]]
    found: Floats = cube[:, :, [places.index(name) for name in options]]
    return -found if smaller else found

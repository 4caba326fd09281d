"""Tables of who is left behind: goal by size, inequality with its parts, Lorenz curves, and awards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from sim.analysis.left_behind.reading import QUARTERS, Reached
from sim.results.runs import Floats, Integers
from sim.statistics.contrasts import Contrast, paired
from sim.statistics.inequality import gini, lorenz, theil
from sim.statistics.multiplicity import holm

_HUNDRED = 100.0
#: Shares of places at which Lorenz curves are told.
_STEPS = 101
#: Of what is drawn at random.
SEED = 20_180_403


def _without(reached: Reached) -> Floats:
    return np.asarray((_of_place(reached) == 0).mean(axis=-1))


def _of_place(reached: Reached) -> Floats:
    """(arms, replicates, municipalities) projects of any goal."""
    total: Floats = reached.projects.sum(axis=-1)
    return total


def _held_by_lowest(of: str) -> Callable[[Reached], Floats]:
    """Share of projects in the lowest quarter of municipalities by size or finance."""

    def measured(reached: Reached) -> Floats:
        held = _of_place(reached)
        total = held.sum(axis=-1)
        own = held[..., getattr(reached, of) == 1].sum(axis=-1)
        return np.divide(own, total, out=np.zeros_like(total), where=total > 0)

    return measured


def _part(of: str, part: str) -> Callable[[Reached], Floats]:
    def measured(reached: Reached) -> Floats:
        split = theil(_of_place(reached), getattr(reached, of))
        found: Floats = getattr(split, part)
        return found

    return measured


def _ratio(of: str) -> Callable[[Reached], Floats]:
    """Share of Theil's index that lies between groups; 0 where all have the same."""

    def measured(reached: Reached) -> Floats:
        split = theil(_of_place(reached), getattr(reached, of))
        return np.divide(split.between, split.total, out=np.zeros_like(split.total), where=split.total > 0)

    return measured


#: Measure -> what gives it as (arms, replicates). Theil indices are in nats.
MEASURES: Mapping[str, Callable[[Reached], Floats]] = MappingProxyType(
    {
        "without_project": _without,
        "share_of_smallest": _held_by_lowest("size"),
        "share_of_weakest": _held_by_lowest("finance"),
        "gini": lambda reached: gini(_of_place(reached)),
        "theil": _part("prefecture", "total"),
        "theil_between_prefectures": _part("prefecture", "between"),
        "theil_within_prefectures": _part("prefecture", "within"),
        "theil_between_size_classes": _part("size_class", "between"),
        "theil_within_size_classes": _part("size_class", "within"),
        "part_between_prefectures": _ratio("prefecture"),
        "part_between_size_classes": _ratio("size_class"),
        "part_between_quarters_of_finance": _ratio("finance"),
    }
)


def inequality(reached: Reached, reference: str | None = None) -> pd.DataFrame:
    """How unequally projects are spread over municipalities, and what differs from a reference.

    Args:
        reached: as of ``read_reached``.
        reference: an arm; the first by default.

    Returns:
        ``arm``, ``measure`` (of ``MEASURES``), ``value`` with ``ci_low`` and ``ci_high``, ``difference`` from
        the reference with ``difference_low`` and ``difference_high`` (paired; 95%, t), ``chance`` (the mean
        where as many projects fall on municipalities at random: few projects are spread unequally whoever
        gets them), ``n`` replicates.
    """
    base = 0 if reference is None else reached.arm(reference)
    drawn = at_random(reached)
    rows = []
    for name, measured in MEASURES.items():
        values, chance = measured(reached), measured(drawn).mean(axis=1)
        for arm, own, random in zip(reached.arms, values, chance, strict=True):
            level = _row(paired(own[:, None], np.zeros((len(own), 1))), "value", "ci")
            gap = _row(paired(own[:, None], values[base][:, None]), "difference", "difference")
            rows.append({"arm": arm, "measure": name, **level, **gap, "chance": random, "n": len(own)})
    return pd.DataFrame(rows)


def at_random(reached: Reached) -> Reached:
    """As many projects in every run, each in any municipality with the same chance."""
    totals = _of_place(reached).sum(axis=-1).astype(np.int64)
    places = len(reached.population)
    drawn = np.random.default_rng(SEED).multinomial(totals, np.full(places, 1.0 / places))
    return replace(reached, projects=drawn[..., None].astype(np.float64))


def _row(contrast: Contrast, name: str, ends: str) -> dict[str, float]:
    (low,), (high,) = contrast.interval()
    return {name: float(contrast.effect[0]), f"{ends}_low": float(low), f"{ends}_high": float(high)}


def by_goal_and_size(reached: Reached, arm: str, reference: str | None = None) -> pd.DataFrame:
    """Projects a hundred municipalities, goal by goal and quarter by quarter of size.

    Args:
        reached: as of ``read_reached``.
        arm: which one.
        reference: an arm that is subtracted, run by run; None for the level.

    Returns:
        ``goal`` (1 to 17), ``size`` (1: the smallest quarter of municipalities), ``value``, ``ci_low``,
        ``ci_high`` (95%, t, each cell by itself), ``p_adjusted`` (of no difference, Holm over all cells;
        missing without a reference), ``n`` replicates.
    """
    cells = _cells(reached, arm)
    base = np.zeros_like(cells) if reference is None else _cells(reached, reference)
    contrast = paired(cells, base)
    low, high = contrast.interval()
    adjusted = np.full(contrast.effect.shape, np.nan) if reference is None else holm(contrast.p)
    goal, size = np.indices(contrast.effect.shape)
    return pd.DataFrame(
        {
            "goal": goal.ravel() + 1,
            "size": size.ravel() + 1,
            "value": contrast.effect.ravel(),
            "ci_low": low.ravel(),
            "ci_high": high.ravel(),
            "p_adjusted": adjusted.ravel(),
            "n": len(cells),
        }
    )


def _cells(reached: Reached, arm: str) -> Floats:
    """(replicates, goals, quarters of size) projects a hundred municipalities."""
    own = reached.projects[reached.arm(arm)]
    groups = [own[:, reached.size == quarter] for quarter in range(1, QUARTERS + 1)]
    means = [group.mean(axis=1) if group.shape[1] else group.sum(axis=1) for group in groups]
    return _HUNDRED * np.stack(means, axis=-1)


def awards(reached: Reached) -> pd.DataFrame:
    """Who gets grants, by quarter of size.

    Returns:
        ``arm``, ``size`` (1: the smallest quarter), ``grants`` (projects with one), ``money`` (JPY M) and
        ``share`` (of all grants), each a mean with ``_low`` and ``_high`` (95%, t), ``n`` replicates.
    """
    rows = []
    for number, arm in enumerate(reached.arms):
        grants, money = reached.grants[number].sum(axis=-1), reached.money[number]
        total = grants.sum(axis=1)
        for quarter in range(1, QUARTERS + 1):
            inside = reached.size == quarter
            own = grants[:, inside].sum(axis=1)
            columns = {
                "grants": own,
                "money": money[:, inside].sum(axis=1),
                "share": np.divide(own, total, out=np.zeros_like(own), where=total > 0),
            }
            row: dict[str, float | str | int] = {"arm": arm, "size": quarter}
            for name, values in columns.items():
                row |= _row(paired(values[:, None], np.zeros((len(values), 1))), name, name)
            rows.append(row | {"n": len(own)})
    return pd.DataFrame(rows)


def lorenz_curves(reached: Reached, per_inhabitant: bool = False) -> pd.DataFrame:
    """Lorenz curve of projects over municipalities, of each arm.

    Args:
        reached: as of ``read_reached``.
        per_inhabitant: count inhabitants and not places, in the order of projects an inhabitant.

    Returns:
        ``arm``, ``places`` (share of municipalities or inhabitants, those with fewest projects first),
        ``held`` (share of projects, mean over runs), ``low``, ``high`` (5 and 95% of runs), ``runs``.
    """
    at = np.linspace(0.0, 1.0, _STEPS)
    weights = np.maximum(reached.population, 1.0) if per_inhabitant else None
    tables = []
    for arm, runs in zip(reached.arms, _of_place(reached), strict=True):
        curves = np.array([np.interp(at, *lorenz(own, weights)) for own in runs])
        low, high = np.quantile(curves, [0.05, 0.95], axis=0)
        columns = {"places": at, "held": curves.mean(axis=0), "low": low, "high": high}
        tables.append(pd.DataFrame(columns).assign(arm=arm, runs=len(runs)))
    return pd.concat(tables, ignore_index=True)


def least_served(reached: Reached, arm: str, prefectures: Integers | None = None) -> pd.DataFrame:
    """Prefectures by their share of municipalities without a project.

    Args:
        reached: as of ``read_reached``.
        arm: which one.
        prefectures: places of the prefectures wanted; all by default.

    Returns:
        ``prefecture`` (its place in the world), ``municipalities``, ``value`` (share without) with ``ci_low``
        and ``ci_high`` (95%, t), ``n``; the least served first.
    """
    none = (_of_place(reached)[reached.arm(arm)] == 0).astype(np.float64)
    rows = []
    for prefecture in np.unique(reached.prefecture) if prefectures is None else prefectures:
        inside = reached.prefecture == prefecture
        own = none[:, inside].mean(axis=1)[:, None]
        row = _row(paired(own, np.zeros_like(own)), "value", "ci")
        rows.append(
            {"prefecture": int(prefecture), "municipalities": int(inside.sum()), **row, "n": len(own)}
        )
    return pd.DataFrame(rows).sort_values("value", ascending=False, kind="stable", ignore_index=True)

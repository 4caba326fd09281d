"""Answers to questions about arms: what sets two apart, which is larger, which is best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import InputError
from sim.results.arms import Arm, ArmLike, arm_of, in_arm, names_point
from sim.results.contrasts import Family, contrast_frame, contrast_of_runs, grid_of
from sim.results.runs import Floats, Runs, read_runs
from sim.statistics import ranking
from sim.text import say

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.folder import Folder

_FIRST = ["a", "b", "outcome", "quarter", "measure", "effect", "ci_low", "ci_high"]


def contrast(
    folder: Folder,
    a: ArmLike,
    b: ArmLike,
    outcomes: str | Sequence[str] | None,
    at: str | Sequence[str] | None,
    family: Family | None,
    other: Folder | None = None,
) -> pd.DataFrame:
    """See ``Results.contrast``."""
    first, own = _runs_of(folder, a, outcomes, at)
    second, theirs = _runs_of(other or folder, b, own.outcomes, own.quarters)
    shared = other is None or _draws(other) == _draws(folder)
    named = names_point(folder, first), names_point(other or folder, second)
    if other is not None and shared and not any(named):
        _check_same_points(folder, other)
    table = contrast_frame(contrast_of_runs(own, theirs, named, shared), own, folder.kinds, family)
    table = table.assign(a=str(first), b=str(second))
    table["note"] = [say("results.intervals_disagree", "en") if flag else "" for flag in table["disagree"]]
    return table[[*_FIRST, *(name for name in table if name not in _FIRST)]]


def _draws(folder: Folder) -> tuple[str, str, int]:
    """What decides the draws of a replicate; parameter sets change none of them."""
    experiment = folder.experiment
    return experiment.world_identity, experiment.worlds, folder.manifest.seed


def _check_same_points(folder: Folder, other: Folder) -> None:
    """Refuse to average over points that have the same numbers and are not the same.

    Raises:
        InputError: they are not.
    """
    common = min(folder.manifest.points, other.manifest.points)
    if not folder.design.head(common).equals(other.design.head(common)):
        raise InputError(
            f"{other.folder}: its points are not those of {folder.folder}, so averages over them do not "
            "compare; name a point of each as (scenario, point)"
        )


def _runs_of(
    folder: Folder, given: ArmLike, outcomes: str | Sequence[str] | None, at: str | Sequence[str] | None
) -> tuple[Arm, Runs]:
    arm = arm_of(given, folder.scenarios, folder.manifest.points)
    runs = read_runs(folder, outcomes, at)
    runs = runs.where(in_arm(runs, arm, folder.scenarios))
    if not len(runs):
        raise InputError(f"{folder.folder}: no run of {arm} is stored, or all failed")
    return arm, runs


def order_of(folder: Folder, a: ArmLike, b: ArmLike, outcome: str, at: str | None) -> ranking.Order:
    """See ``Results.order_of``."""
    _check_one(outcome, at)
    (first, own), (second, theirs) = (_runs_of(folder, arm, outcome, at) for arm in (a, b))
    named = names_point(folder, first), names_point(folder, second)
    return ranking.order_of(contrast_of_runs(own, theirs, named).row(0))


def _check_one(outcome: object, at: object) -> None:
    """Refuse several outcomes or quarters where an order is asked for.

    Raises:
        InputError: there is no single one.
    """
    for what, given in (("outcome", outcome), ("at", at)):
        if not isinstance(given, str) and not (what == "at" and given is None):
            raise InputError(f"{what}: {given!r} is not one name; an order of arms goes by one")


def best_of(
    folder: Folder, arms: Sequence[ArmLike] | None, outcome: str, at: str | None, largest: bool
) -> pd.DataFrame:
    """See ``Results.best_of``."""
    import pandas as pd

    _check_one(outcome, at)
    given = _usual_arms(folder) if arms is None else arms
    chosen = [arm_of(arm, folder.scenarios, folder.manifest.points) for arm in given]
    if not chosen:
        raise InputError("arms: none is given; name two or more")
    if len(set(chosen)) != len(chosen):
        raise InputError("arms: one is named twice")
    values = _side_by_side(folder, chosen, outcome, at)
    sign = 1.0 if largest else -1.0
    found = ranking.best_of(sign * values)
    table = pd.DataFrame(
        {
            "arm": [str(arm) for arm in chosen],
            "mean": sign * found.mean,
            "chance": found.chance,
            "may_be_best": found.may_be,
            "corrected": np.where(np.arange(len(chosen)) == found.picked, sign * found.corrected, np.nan),
            "replicates": values.shape[1],
        }
    )
    return table.iloc[np.argsort(-found.mean, kind="stable")].reset_index(drop=True)


def _usual_arms(folder: Folder) -> list[Arm]:
    if len(folder.scenarios) > 1:
        return [Arm(name) for name in folder.scenarios if name != folder.manifest.baseline]
    return [Arm(folder.scenarios[0], point) for point in range(folder.manifest.points)]


def _side_by_side(folder: Folder, arms: Sequence[Arm], outcome: str, at: str | None) -> Floats:
    """(points, replicates, arms) of an outcome: the points and replicates that all arms have."""
    every = read_runs(folder, outcome, at)
    every = every.where(~np.isnan(every.values[:, 0, 0]))
    runs = [every.where(in_arm(every, arm, folder.scenarios)) for arm in arms]
    for arm, run in zip(arms, runs, strict=True):
        if not len(run):
            raise InputError(
                f"{folder.folder}: no run of {arm} with {outcome} is stored; leave it out of arms"
            )
    averaged = [run.point for arm, run in zip(arms, runs, strict=True) if arm.point is None]
    points = averaged[0] if averaged else runs[0].point
    replicates = runs[0].replicate
    for run in runs[1:]:
        replicates = np.intersect1d(replicates, run.replicate)
    for point in averaged:
        points = np.intersect1d(points, point)
    sides = [
        grid_of(run, np.unique(points), np.unique(replicates), names_point(folder, arm))[:, :, 0, 0]
        for arm, run in zip(arms, runs, strict=True)
    ]
    grid = np.stack(sides, axis=2)
    whole = ~np.isnan(grid).any(axis=(0, 2))
    if not grid.size or not whole.any():
        raise InputError(
            f"{folder.folder}: the arms share no replicate, or no point, so none can be called best"
        )
    return grid[:, whole]

"""Everything that is found in the runs of one scenario of a design."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sim.report.designs.budgets import budgets
from sim.report.designs.effects import alike, changes, from_first, interactions, means_of_two, shape_of
from sim.report.designs.runs import PointRuns, point_runs, shown_outcomes
from sim.results import Results
from sim.statistics.factorial import Term


@dataclass(frozen=True)
class Found:
    """What is found in the runs of one scenario of a design.

    Attributes:
        runs: they.
        shape: of the design: ``sim.report.designs.effects.shape_of``.
        quarter: at which outcomes are taken.
        changes, interactions, two_way, points: as of ``sim.report.designs.effects``.
        budgets: as of ``sim.report.designs.budgets``.
        alike: pairs of factors that the design cannot tell apart, by their numbers.
    """

    runs: PointRuns
    shape: str
    quarter: str
    changes: pd.DataFrame
    interactions: pd.DataFrame
    two_way: pd.DataFrame
    points: pd.DataFrame
    budgets: pd.DataFrame
    alike: list[tuple[Term, ...]]


def find(results: Results) -> list[Found]:
    """What is found, scenario by scenario; empty without a design."""
    if results.experiment.design is None:
        return []
    return [
        Found(
            runs=runs,
            shape=shape_of(runs),
            quarter=results.quarters[-1],
            changes=changes(runs),
            interactions=interactions(runs),
            two_way=means_of_two(runs),
            points=from_first(runs),
            budgets=budgets(results, runs),
            alike=alike(runs),
        )
        for runs in point_runs(results, shown_outcomes(results))
    ]

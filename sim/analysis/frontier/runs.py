"""Runs of mixes, in the arrays that searching and measuring want."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from sim.analysis.frontier.mixes import Mixes
from sim.analysis.frontier.search import Measured
from sim.batch.frontier_file import Problem
from sim.errors import InputError
from sim.kernel.world import Floats
from sim.studies import Evaluator
from sim.studies.study import Event

type Listener = Callable[[Event], None]
#: The scenario as it is: no lever is set.
AS_IT_IS: dict[str, float] = {}


@dataclass
class Runs:
    """Runs mixes in a folder of their own.

    Attributes:
        problem: what is sought.
        folder: of the runs.
        replicates: runs of each mix.
        skipped: of them, those that do not count, since they were run before.
        workers: threads.
        listener: told how far it is.
    """

    problem: Problem
    folder: Path
    replicates: int
    skipped: int = 0
    workers: int = 1
    listener: Listener = lambda _: None

    def __enter__(self) -> Self:
        self._open = ExitStack()
        experiment = replace(self.problem.experiment, replicates=self.skipped + self.replicates)
        self._evaluator = self._open.enter_context(Evaluator(experiment, self.folder, self.workers))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def values(self, points: Sequence[Mapping[str, Any]]) -> Floats:
        """(replicates, points, outcomes) of points, all different, at the last quarter.

        Raises:
            InputError: a run failed, or an outcome is not a number in some.
        """
        outcomes = self.problem.section.outcomes
        rows = self._evaluator.evaluate(points, outcomes, listener=self.listener)
        rows = rows[rows["replicate"] >= self.skipped]
        if len(rows) != len(points) * self.replicates:
            lost = len(points) * self.replicates - len(rows)
            raise InputError(
                f"{self.folder}: {lost:,} runs failed, so that mixes cannot be compared; see failures there"
            )
        shape = (len(points), self.replicates, len(outcomes))
        unknown = [name for name in outcomes if not np.isfinite(rows[name]).all()]
        if unknown:
            raise InputError(
                f"{self.folder}: {unknown[0]} is not a number in some runs; take another outcome"
            )
        by_point: Floats = rows[list(outcomes)].to_numpy(np.float64).reshape(shape)
        return by_point.transpose(1, 0, 2)

    def measure(self, mixes: Mixes) -> Callable[[Floats], Measured]:
        """What the search calls: genes of mixes to means of objectives and violations."""

        def measure(genes: Floats) -> Measured:
            amounts, where = np.unique(mixes.amounts(genes), axis=0, return_inverse=True)
            means = self.values(mixes.points(amounts)).mean(axis=0)[np.ravel(where)]
            return Measured(oriented(self.problem, means), violations(self.problem, means))

        return measure


def oriented(problem: Problem, values: Floats) -> Floats:
    """Objectives of values whose last axis holds outcomes: larger is better in all."""
    section = problem.section
    places = [section.outcomes.index(name) for name in section.objectives]
    signs = np.array([1.0 if sense == "max" else -1.0 for sense in section.objectives.values()])
    return np.asarray(values[..., places] * signs)


def violations(problem: Problem, values: Floats) -> Floats:
    """By how much values whose last axis holds outcomes miss the constraints; 0 or less where they do not."""
    section = problem.section
    missed = [np.empty((*values.shape[:-1], 0))]
    for name, bound in section.constraints.items():
        value = values[..., [section.outcomes.index(name)]]
        if bound.at_most is not None:
            missed.append(value - bound.at_most)
        if bound.at_least is not None:
            missed.append(bound.at_least - value)
    return np.concatenate(missed, axis=-1)

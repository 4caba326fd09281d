"""Mixes that spend a budget: from numbers an optimiser chooses to appropriations a person can read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.batch.frontier_file import Problem
from sim.kernel.world import Floats

#: Parts of the budget that are told apart: finer shares could not be told apart by few runs either.
PARTS = 20
#: Digits of JPY M that an appropriation keeps.
_DIGITS = 6


class Mixes(NamedTuple):
    """What a budget may be shared among.

    Attributes:
        names: of the levers.
        low, high: JPY M a fiscal year that each gets at least and at most.
        budget: JPY M a fiscal year of all together.
    """

    names: tuple[str, ...]
    low: Floats
    high: Floats
    budget: float

    @classmethod
    def of(cls, problem: Problem) -> Mixes:
        """The levers and the budget of a search."""
        ends = np.array([(factor.low, factor.high) for factor in problem.levers], np.float64)
        names = tuple(factor.name for factor in problem.levers)
        return cls(names, ends[:, 0], ends[:, 1], problem.section.budget)

    def amounts(self, genes: Floats) -> Floats:
        """Appropriations, in twentieths of what may be shared out: JPY M a year.

        A gene below a half leaves its lever out, so that mixes have few levers; above, it is the weight of
        the lever. Every lever gets its least; the rest is shared out in proportion to weights. What a lever
        cannot take is shared among the others likewise, by their room where these have no weight.

        Args:
            genes: (mixes, levers), 0 to 1.

        Returns:
            (mixes, levers); each row adds up to the budget.
        """
        weights = np.maximum(2.0 * np.atleast_2d(genes) - 1.0, 0.0)
        return np.array([self._amounts(row) for row in weights])

    def _amounts(self, weights: Floats) -> Floats:
        spare = self.budget - float(self.low.sum())
        given = spare * in_parts(weights)
        room = self.high - self.low
        for _ in self.names:
            over = np.maximum(given - room, 0.0)
            if over.sum() <= 0.0:
                break
            free = given < room
            given = np.minimum(given, room)
            shares = np.where(free, weights, 0.0)
            shares = shares if shares.sum() > 0.0 else np.where(free, room - given, 0.0)
            given = given + over.sum() * shares / shares.sum()
        found: Floats = np.round(self.low + given, _DIGITS)
        return found.clip(self.low, self.high)

    def first(self, number: int) -> Floats:
        """Genes of mixes to begin with: all evenly, then each lever alone, as many as are asked for."""
        levers = len(self.names)
        return np.vstack([np.ones(levers), np.eye(levers)])[:number]

    def points(self, amounts: Floats) -> list[dict[str, float]]:
        """Points of ``Evaluator.evaluate``."""
        return [dict(zip(self.names, map(float, row), strict=True)) for row in amounts]


def in_parts(weights: Floats, parts: int = PARTS) -> Floats:
    """Shares of a whole in so many parts, in proportion to weights; the largest rests are rounded up."""
    total = float(weights.sum())
    exact = parts * (weights / total if total > 0.0 else np.full(len(weights), 1.0 / len(weights)))
    whole = np.floor(exact)
    rest = np.argsort(whole - exact, kind="stable")[: parts - int(whole.sum())]
    whole[rest] += 1.0
    return np.asarray(whole / parts)

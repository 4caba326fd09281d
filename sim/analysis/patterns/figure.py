"""A figure that was observed, what the model says, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from sim.analysis.calibration.targets import Target
from sim.kernel.world import Floats

RELATIVE_TOLERANCE = 0.10
Q05, Q95 = 0.05, 0.95  # ends of the intervals that are shown
#: Errors that are added to every run, at even probabilities, so that nothing hangs on a draw of them.
ERRORS: Floats = norm.ppf((np.arange(101) + 0.5) / 101)
POINTS = 0.02  # least tolerance of a share
ABOVE_ZERO = float(np.nextafter(0.0, 1.0))  # a lower bound that zero itself does not reach


class Verdict(StrEnum):
    """Whether the model says what was observed."""

    HIT = "hit"
    MISS = "**miss**"
    NONE = "no figure"


class Use(StrEnum):
    """What the observation served for."""

    FITTED = "used to set parameters"
    INPUT = "goes into the model"
    ONE_SIDED = "a sign or a bound"
    CHECK = "independent check"
    REPORT = "nothing observed to compare with"


class Unit(StrEnum):
    """How a figure is written."""

    SHARE = "share"
    COUNT = "count"
    NUMBER = "number"


@dataclass(frozen=True)
class Figure:
    """One figure of a pattern.

    Attributes:
        what: what is counted.
        observed: what was observed, in words.
        model: value in every replicate.
        unit: how it is written.
        low, high: the mean over replicates is a hit from low to high; without them there is no verdict.
        use: what the observation served for, where that differs from the rest of its pattern.
        value: what was observed, where it is a number.
        target: what calibration says of the observation, its error among it; None where it does not know it.
    """

    what: str
    observed: str
    model: Floats
    unit: Unit
    low: float = -inf
    high: float = inf
    use: Use | None = None
    value: float | None = None
    target: Target | None = None

    def stands_for(self, use: Use) -> Use:
        """What a hit is worth in a pattern of some use: what has only one bound is a weak check."""
        use = self.use or use
        if self.verdict is Verdict.NONE:
            return Use.REPORT
        one_sided = self.low == -inf or self.high == inf
        return Use.ONE_SIDED if use is Use.CHECK and one_sided else use

    @property
    def verdict(self) -> Verdict:
        """Whether the mean lies within the bounds."""
        if self.low == -inf and self.high == inf:
            return Verdict.NONE
        return Verdict.HIT if self.low <= self.model.mean() <= self.high else Verdict.MISS

    @property
    def interval(self) -> tuple[float, float]:
        """Central 90% interval of what the model says."""
        low, high = np.quantile(self.model, (Q05, Q95))
        return float(low), float(high)

    @property
    def held(self) -> Verdict:
        """Whether 90% of what is predicted holds what was observed, or reaches the bounds.

        What is the same in every run has no interval.
        """
        if self.verdict is Verdict.NONE or self.model.size == 1:
            return Verdict.NONE
        low, high = (self.low, self.high) if self.value is None else (self.value, self.value)
        least, most = np.quantile(self.predicted, (Q05, Q95))
        return Verdict.HIT if least <= high and low <= most else Verdict.MISS

    @property
    def predicted(self) -> Floats:
        """What would be observed: what the model says, with the target's error, if any, around every run."""
        if self.target is None:
            return self.model
        scaled = self.target.scaled(self.model)
        return self.target.plain(np.add.outer(scaled, self.target.error * ERRORS).ravel())

    def cells(self, use: Use) -> tuple[str, ...]:
        """What, observed, mean with interval, bounds of a hit, both verdicts, what they are worth."""
        worth = "" if self.verdict is Verdict.NONE else self.stands_for(use)
        return self.what, self.observed, self.said(), self._bounds(), self.verdict, self.held, worth

    def said(self) -> str:
        """Mean and central 90% interval of what the model says."""
        mean = written(float(self.model.mean()), self.unit)
        if self.model.size == 1:
            return mean
        low, high = (written(value, self.unit) for value in self.interval)
        return f"{mean} ({low} to {high})"

    def _bounds(self) -> str:
        low, high = written(self.low, self.unit), written(self.high, self.unit)
        if self.verdict is Verdict.NONE:
            return ""
        if self.high == inf:
            return "above 0" if self.low == ABOVE_ZERO else f"at least {low}"
        return f"at most {high}" if self.low == -inf else f"{low} to {high}"


@dataclass(frozen=True)
class Pattern:
    """A pattern of figures.

    Attributes:
        number, title: as in the specification.
        use: what the observations served for.
        note: what has to be known to read the figures.
        figures: the figures.
    """

    number: int
    title: str
    use: Use
    note: str
    figures: tuple[Figure, ...]

    @property
    def verdict(self) -> Verdict:
        """A miss where one figure is a miss, a hit where there is nothing but hits."""
        verdicts = {figure.verdict for figure in self.figures}
        return next((v for v in (Verdict.MISS, Verdict.HIT) if v in verdicts), Verdict.NONE)


def near(
    what: str,
    value: float,
    source: str,
    model: npt.ArrayLike,
    unit: Unit,
    use: Use | None = None,
    target: Target | None = None,
) -> Figure:
    """A figure whose mean is a hit within 10%, or within 2 points of a share."""
    tolerance = RELATIVE_TOLERANCE * value
    if unit is Unit.SHARE:
        tolerance = max(tolerance, POINTS)
    observed = f"{written(value, unit)}, {source}"
    bounds = value - tolerance, value + tolerance
    return Figure(what, observed, as_floats(model), unit, *bounds, use, value, target)


def report(what: str, observed: str, model: npt.ArrayLike, unit: Unit) -> Figure:
    """A figure without a verdict."""
    return Figure(what, observed, as_floats(model), unit)


def as_floats(values: npt.ArrayLike) -> Floats:
    """One value per replicate."""
    return np.atleast_1d(np.asarray(values, np.float64))


def written(value: float, unit: Unit) -> str:
    """A value as text."""
    if unit is Unit.SHARE:
        return f"{100.0 * value:z.1f}%"
    return f"{value:z,.0f}" if unit is Unit.COUNT else f"{value:z.2f}"

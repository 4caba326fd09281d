"""Two-level factorials: main effects, interactions, and whether the whole is more than the sum of its parts.

Runs are points x replicates, and a replicate has the same draws at every point (common random numbers). So
every effect is computed replicate by replicate, and intervals are those of paired contrasts. Full factorials
and fractions are treated alike: effects are coefficients of least squares with all main effects and
two-factor interactions, and what a fraction cannot tell apart is NaN and says from what (Box, Hunter and
Hunter 2005, *Statistics for Experimenters*, ch. 5 and 6). A fraction takes interactions of three and more
factors as nought; a full factorial averages over them.

*Synergy* of a pair is its super-additivity: what both bring together beyond what each brings alone, mean over
the levels of the other factors. It is twice the interaction effect of the textbooks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import scipy

from sim.errors import InputError
from sim.statistics.contrasts import LEVEL, ROUNDING, Contrast, Flags, Floats, paired
from sim.statistics.multiplicity import simultaneous_level
from sim.statistics.ratios import NO_RATIO, Ratio, fieller, ratio_difference

type Term = tuple[int, ...]

#: Coefficients of the resolution matrix below which a term has no part in another.
_NO_PART = 1e-9


@dataclass(frozen=True)
class Factorial:
    """A two-level design.

    Attributes:
        names: of the factors.
        signs: (points, factors); -1 for the low level and 1 for the high one.
    """

    names: tuple[str, ...]
    signs: Floats

    @property
    def pairs(self) -> tuple[Term, ...]:
        """All pairs of factors, by their places."""
        return tuple(combinations(range(len(self.names)), 2))

    @property
    def terms(self) -> tuple[Term, ...]:
        """Main effects, then two-factor interactions."""
        return tuple((place,) for place in range(len(self.names))) + self.pairs

    @property
    def full(self) -> bool:
        """Whether every combination of levels is there."""
        return len(np.unique(self.signs, axis=0)) == 1 << len(self.names)

    def point(self, high: Sequence[int]) -> int | None:
        """The first point at which these factors are high and all others low; None where there is none."""
        wanted = np.full(len(self.names), -1.0)
        wanted[list(high)] = 1.0
        found = np.flatnonzero((self.signs == wanted).all(axis=1))
        return int(found[0]) if len(found) else None


@dataclass(frozen=True)
class Effects:
    """Effects of the terms of a design, in units of the outcome.

    Attributes:
        terms: factors of each row, by their places: one for a main effect, two for a synergy.
        contrast: columns are terms; a main effect is the mean at the high level minus that at the low one.
        confounded: for each term the others that the design cannot tell from it; its effect is then NaN.
    """

    terms: tuple[Term, ...]
    contrast: Contrast
    confounded: tuple[tuple[Term, ...], ...]


class Synergies(NamedTuple):
    """How many pairs are super-additive.

    The interval of the share holds with probability 95%, as those of all pairs hold together: its low end
    counts the pairs whose synergy is shown to be above 0, its high end leaves out those shown to be below and
    those that are nought in every replicate.
    """

    effects: Effects
    #: Ends of the interval of each pair, all of which hold together.
    low: Floats
    high: Floats
    #: Pairs that the design can tell.
    pairs: int
    shown_above: int
    shown_below: int
    #: Of the pairs, with a mean above 0; NaN where no pair can be told.
    share: Ratio


class Whole(NamedTuple):
    """All factors at their high level together, against the sum of what each brings alone."""

    #: Columns: the whole, the sum of the parts, the whole minus that sum.
    contrast: Contrast
    #: Whole over sum, with Fieller's interval; NaN where the sum is not shown to be above 0.
    ratio: Ratio


def factorial_of(names: Sequence[str], levels: Sequence[Sequence[Any]]) -> Factorial:
    """The design that points lie in.

    Args:
        names: of the factors.
        levels: a sequence of values for every factor, one per point. Of two numbers the smaller is low, of
            two other values the one that comes first.

    Raises:
        InputError: there is no pair of factors, or one has not two levels.
    """
    if len(names) < 2:
        raise InputError("a factorial needs two factors or more to have an interaction")
    columns = [_signs(name, list(values)) for name, values in zip(names, levels, strict=True)]
    return Factorial(tuple(names), np.stack(columns, axis=1))


def _signs(name: str, values: list[Any]) -> Floats:
    found = list(dict.fromkeys(values))
    if len(found) != 2:
        raise InputError(
            f"a factorial needs two levels of every factor, and {name} has {len(found)}; "
            "take a design of two values each, or another analysis"
        )
    if all(isinstance(value, int | float | np.number | np.bool_) for value in found):
        found = sorted(found)
    return np.array([1.0 if value == found[1] else -1.0 for value in values])


def effects(design: Factorial, values: Floats) -> Effects:
    """Main effects and synergies.

    Args:
        design: of the points.
        values: (points, replicates, ...) of an outcome; replicates that lack a run (NaN) are left out.

    Raises:
        InputError: no replicate has all points.
    """
    values = _complete(values)
    matrix = _model(design)
    inverse = np.linalg.pinv(matrix)
    coefficients = np.moveaxis(np.tensordot(inverse, values, axes=1), 0, 1)[:, 1:]
    scale = np.array([2.0 * len(term) for term in design.terms])  # of half a difference, and of a quarter
    found = coefficients * scale.reshape(-1, *(1,) * (coefficients.ndim - 2))
    rounding = ROUNDING * len(matrix) * np.abs(values).max(axis=(0, 1))
    found = np.where(np.abs(found) <= rounding, 0.0, found)
    others = confounded(design)
    found[:, [bool(terms) for terms in others]] = np.nan
    return Effects(design.terms, paired(found, np.zeros_like(found)), others)


def confounded(design: Factorial) -> tuple[tuple[Term, ...], ...]:
    """For each term the others that the design cannot tell from it."""
    matrix = _model(design)
    resolution = np.abs(np.linalg.pinv(matrix) @ matrix) > _NO_PART
    return tuple(_others(design, place, resolution[place + 1]) for place in range(len(design.terms)))


def _model(design: Factorial) -> Floats:
    """(points, 1 + terms) what is multiplied by the coefficients: ones, then the signs of every term."""
    terms = (design.signs[:, list(term)].prod(axis=1) for term in design.terms)
    model: Floats = np.stack([np.ones(len(design.signs)), *terms], axis=1)
    return model


def _complete(values: Floats) -> Floats:
    """The replicates that have every point."""
    there = ~np.isnan(values).any(axis=tuple(axis for axis in range(values.ndim) if axis != 1))
    if not there.any():
        raise InputError("no replicate has runs at all points of the factorial; run what is missing")
    return np.asarray(values[:, there], np.float64)


def _others(design: Factorial, place: int, part: Flags) -> tuple[Term, ...]:
    """Terms other than that of a place which have a part in what is estimated for it."""
    return tuple(term for n, term in enumerate(design.terms) if part[n + 1] and n != place)


def synergies(design: Factorial, values: Floats, level: float = LEVEL) -> Synergies:
    """Synergy of every pair, and how many pairs are super-additive.

    Args:
        design: of the points.
        values: (points, replicates) of an outcome of which more is better; give the negative of another.
        level: of the intervals, which hold together for all pairs.
    """
    whole = effects(design, values)
    first = len(design.names)
    kept = Effects(whole.terms[first:], _columns(whole.contrast, first), whole.confounded[first:])
    return _counted(kept, level)


def _columns(contrast: Contrast, first: int) -> Contrast:
    """The columns of a contrast from one on."""
    sample = contrast.samples[0][:, first:]
    return paired(sample, np.zeros_like(sample))


def _counted(found: Effects, level: float) -> Synergies:
    contrast = found.contrast
    known = ~np.isnan(contrast.effect)
    pairs = int(known.sum())
    low, high = contrast.interval(simultaneous_level(pairs, level))
    above, below = int((low > 0).sum()), int((high < 0).sum())
    nought = int(((low == 0) & (high == 0)).sum())  # without any spread: shown not to be above
    share = NO_RATIO
    if pairs:
        mean = float((contrast.effect[known] > 0).mean())
        ends = (above / pairs, (pairs - below - nought) / pairs) if contrast.n > 1 else (np.nan, np.nan)
        share = Ratio(mean, *ends)
    return Synergies(found, low, high, pairs, above, below, share)


def synergies_per_yen(design: Factorial, values: Floats, money: Floats, level: float = LEVEL) -> Synergies:
    """Synergy of every pair at equal spending: gain per yen of both together, minus that of each alone.

    A pair that spends other than the sum of its parts is no longer favoured for it: what is compared is what
    the two bring per yen that they spend together with what they bring per yen where each is alone.

    Args:
        design: of the points.
        values: (points, replicates) of an outcome of which more is better.
        money: (points, replicates) of what was spent, in any unit.
        level: of the intervals, which hold together for all pairs.

    Returns:
        Effects in units of the outcome per unit of money, with jackknife intervals; NaN where what is spent
        together or apart is not shown to be above 0.
    """
    both = np.stack([values, money], axis=-1)
    sample = effects(design, both).contrast.samples[0]
    first = len(design.names)
    ratios, n = [], len(sample)
    narrow = simultaneous_level(len(design.pairs), level)
    for place, (a, b) in enumerate(design.pairs):
        together = sample[:, a] + sample[:, b]
        apart = together - sample[:, first + place]
        ratios.append(_per_yen(together, apart, narrow))
    contrast = _contrast_of(ratios, n, narrow)
    return _counted(Effects(design.pairs, contrast, confounded(design)[first:]), level)


def _per_yen(together: Floats, apart: Floats, level: float) -> Ratio:
    """Difference of two gains per yen; columns are outcome and money, rows replicates."""
    money = paired(np.stack([together[:, 1], apart[:, 1]], axis=1), np.zeros((len(together), 2)))
    low = money.effect if money.n == 1 else money.interval()[0]
    if not (low > 0).all():
        return NO_RATIO
    found = ratio_difference((together[:, 0], together[:, 1]), (apart[:, 0], apart[:, 1]), level)
    rate = float(abs(apart[:, 0].mean() / apart[:, 1].mean()))
    return Ratio(0.0, 0.0, 0.0) if max(map(abs, found)) <= _NO_PART * rate else found


def _contrast_of(ratios: Sequence[Ratio], n: int, level: float) -> Contrast:
    """Differences of ratios as a contrast: its t intervals are the jackknife's."""
    effect = np.array([ratio.ratio for ratio in ratios])
    half = np.array([(ratio.high - ratio.low) / 2.0 for ratio in ratios])
    freedom = np.full(effect.shape, n - 1.0)
    quantile = scipy.stats.t.ppf(0.5 + level / 2, freedom)
    return Contrast("paired", effect, half / quantile, freedom, n, np.full(effect.shape, np.nan), ())


def whole_and_parts(design: Factorial, values: Floats, level: float = LEVEL) -> Whole:
    """All factors high together against the sum of what each brings alone, both from all factors low.

    Args:
        design: of the points, among which must be all low, all high, and each factor alone high.
        values: (points, replicates) of an outcome.
        level: of the interval of the ratio.

    Raises:
        InputError: one of these points is missing.
    """
    factors = range(len(design.names))
    wanted = {"all low": design.point([]), "all high": design.point(list(factors))}
    wanted |= {f"{design.names[factor]} alone high": design.point([factor]) for factor in factors}
    missing = [name for name, place in wanted.items() if place is None]
    if missing:
        raise InputError(f"the whole and its parts need a point with {missing[0]}; take a full factorial")
    rows = _complete(values[[place for place in wanted.values() if place is not None]])
    whole, parts = rows[1] - rows[0], (rows[2:] - rows[0]).sum(axis=0)
    columns = np.stack([whole, parts, whole - parts], axis=1)
    columns = np.where(np.abs(columns) <= ROUNDING * len(rows) * np.abs(rows).max(), 0.0, columns)
    three = np.stack([whole, parts, whole + parts], axis=1)
    ratio = fieller(paired(three, np.zeros_like(three)), level)
    return Whole(paired(columns, np.zeros_like(columns)), ratio)

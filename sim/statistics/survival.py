"""Time to an event that some runs do not reach: survival curves, medians, restricted means, hazards, order.

A run that has not reached the event by its last quarter is censored there: it says 'later than this', which
a mean of the quarters reached leaves out, so that the arm that reaches seldom looks fast. Curves are
Kaplan and Meier's (1958, JASA 53:457) from ``scipy.stats.ecdf``. Times are in the unit of the reader,
counted from the start of the runs.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from sim.errors import InputError
from sim.statistics.contrasts import LEVEL, Contrast, Flags, Floats, paired


class Span(NamedTuple):
    """An estimate and its interval; infinite where it lies beyond the last time seen, NaN where unknown."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Times:
    """Times to an event of runs that share nothing but what they are runs of.

    Attributes:
        time: of the event, or of the censoring.
        reached: whether the event happened; False where the run was censored.
    """

    time: Floats
    reached: Flags

    def __len__(self) -> int:
        return len(self.time)


class Curve(NamedTuple):
    """Share of runs that have not reached the event by each time; one row per time at which some did."""

    time: Floats
    share: Floats
    low: Floats
    high: Floats


def first_reached(values: Floats, at: npt.ArrayLike, threshold: float) -> Times:
    """When runs first reach a threshold.

    Args:
        values: (runs, times) of what has to be at the threshold or above.
        at: (times,) at which it was looked at, rising. An event is dated at the first of these at which it is
            seen, so it may be as much older as they lie apart.
        threshold: to be reached.

    Raises:
        InputError: there is no run, or a value is not a number.
    """
    times = np.asarray(at, np.float64)
    if not values.size:
        raise InputError("time to an event: there are no runs")
    if np.isnan(values).any():
        raise InputError("time to an event: some runs lack values; an outcome was not kept in all of them")
    there = values >= threshold
    reached = there.any(axis=1)
    return Times(np.where(reached, times[there.argmax(axis=1)], times[-1]), reached)


def curve(times: Times, level: float = LEVEL) -> Curve:
    """Kaplan and Meier's curve with log-log bands (Borgan and Liestol 1990).

    Bands are those of chance among independent runs; where all or none have reached, they are the curve.
    """
    data = scipy.stats.CensoredData(uncensored=times.time[times.reached], right=times.time[~times.reached])
    if not times.reached.any():
        return Curve(*(np.empty(0) for _ in range(4)))
    found = scipy.stats.ecdf(data).sf
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore")  # where all have reached there is no band, which is said as the curve
        bands = found.confidence_interval(level, method="log-log")
    share = np.asarray(found.probabilities)
    ends = [np.asarray(band.probabilities) for band in (bands.low, bands.high)]
    low, high = (np.where(np.isnan(end), share, end) for end in ends)
    falls = np.diff(share, prepend=1.0) < 0
    return Curve(np.asarray(found.quantiles)[falls], share[falls], low[falls], high[falls])


def quantile(times: Times, share: float = 0.5, level: float = LEVEL) -> Span:
    """Time by which a share of runs has reached the event: the median by default.

    The interval is where the bands of the curve cross (Brookmeyer and Crowley 1982, Biometrics 38:29). An end
    that is not reached within the times seen is infinite.
    """
    found = curve(times, level)
    ends = (found.share, found.low, found.high)
    value, low, high = (_crossing(found.time, end, 1.0 - share) for end in ends)
    return Span(value, low, high)


def _crossing(time: Floats, share: Floats, level: float) -> float:
    below = np.flatnonzero(share <= level + 1e-12)
    return float(time[below[0]]) if len(below) else np.inf


def restricted_mean(times: Times, horizon: float, level: float = LEVEL) -> Span:
    """Mean time to the event, no run counting for more than the horizon: the area under the curve.

    The interval is normal, with Greenwood's variance (Royston and Parmar 2013, BMC Med. Res. Methodol.
    13:152); NaN for one run.

    Raises:
        InputError: a run was censored before the horizon and none was followed up to it.
    """
    cut = np.minimum(times.time, horizon)
    if not times.reached.all() and times.time[~times.reached].max() < min(horizon, times.time.max()):
        raise InputError(f"time to an event: no run was followed to {horizon:g}; take an earlier horizon")
    events = np.unique(times.time[times.reached & (times.time < horizon)])
    at_risk = np.array([(times.time >= moment).sum() for moment in events], np.float64)
    ended = np.array([(times.reached & (times.time == moment)).sum() for moment in events], np.float64)
    shares = np.concatenate([[1.0], np.cumprod(1.0 - ended / at_risk)])
    areas = shares * np.diff(np.concatenate([[0.0], events, [horizon]]))
    mean = float(areas.sum())
    if len(times) < 2:
        return Span(mean, np.nan, np.nan)
    later = areas.sum() - np.cumsum(areas)[:-1]
    left = at_risk > ended
    variance = ((later**2 * ended)[left] / (at_risk * (at_risk - ended))[left]).sum()
    spread = (variance * len(cut) / (len(cut) - 1)) ** 0.5
    half = float(scipy.stats.norm.ppf(0.5 + level / 2) * spread)
    return Span(mean, mean - half, mean + half)


def restricted_difference(first: Times, second: Times, horizon: float) -> Contrast:
    """Difference of restricted means of paired runs, first minus second.

    Where runs are censored at the horizon and never before, a run's own restricted time is known, and pairs
    keep the precision of shared draws.

    Args:
        first, second: run by run the same draws.
        horizon: up to which times count.

    Raises:
        InputError: a run was censored before the horizon, or the arms differ in length.
    """
    if len(first) != len(second):
        raise InputError(f"time to an event: {len(first)} and {len(second)} runs are no pairs")
    for arm in (first, second):
        if (~arm.reached & (arm.time < horizon)).any():
            raise InputError(f"time to an event: a run ends before {horizon:g}, so its time is not known")
    cut = [np.minimum(arm.time, horizon)[:, None] for arm in (first, second)]
    return paired(*cut)


def hazard(times: Times, level: float = LEVEL) -> Span:
    """Events per unit of time under a constant hazard: events over the time that runs were followed.

    The interval is the exact one of a Poisson count (Ulm 1990, Am. J. Epidemiol. 131:373); without an event
    its low end is 0.
    """
    exposure, events = float(times.time.sum()), int(times.reached.sum())
    if exposure <= 0:
        return Span(np.nan, np.nan, np.nan)
    tail = (1.0 - level) / 2
    low = scipy.stats.chi2.ppf(tail, 2 * events) / 2 if events else 0.0
    high = scipy.stats.chi2.ppf(1 - tail, 2 * events + 2) / 2
    return Span(events / exposure, float(low) / exposure, float(high) / exposure)


def logrank(first: Times, second: Times) -> float:
    """Two-sided p value of no difference between two arms that share no draws (Mantel 1966).

    For arms that share draws it is too cautious: take ``earlier``. NaN where neither arm ever reaches.
    """
    if not (first.reached.any() or second.reached.any()):
        return float("nan")
    x, y = (
        scipy.stats.CensoredData(uncensored=arm.time[arm.reached], right=arm.time[~arm.reached])
        for arm in (first, second)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(scipy.stats.logrank(x, y).pvalue)


class Order(NamedTuple):
    """Which of two paired arms reaches the event first."""

    first: int
    second: int
    #: Pairs that reach together, or of which none does.
    open: int
    #: Two-sided p value of both being first equally often; 1 where no pair tells.
    p: float


def earlier(first: Times, second: Times) -> Order:
    """In how many pairs each arm reaches the event first, with the exact sign test.

    It is the logrank test with a stratum for each pair. A run that is censored is later than one that reached
    by that time, and says nothing of one that is censored, too.
    """
    gap = _surely_before(first, second).sum(), _surely_before(second, first).sum()
    a, b = int(gap[0]), int(gap[1])
    p = float(scipy.stats.binomtest(a, a + b).pvalue) if a + b else 1.0
    return Order(a, b, len(first) - a - b, p)


def _surely_before(first: Times, second: Times) -> Flags:
    """Pairs in which the first arm reached, and the second had not by then."""
    later = (second.time > first.time) | (~second.reached & (second.time >= first.time))
    return np.asarray(first.reached & later)


def share_reached(times: Times, level: float = LEVEL) -> Span:
    """Share of runs that reach the event at all, with Wilson's interval."""
    found = scipy.stats.binomtest(int(times.reached.sum()), len(times))
    ends = found.proportion_ci(level, method="wilson")
    return Span(float(times.reached.mean()), float(ends.low), float(ends.high))

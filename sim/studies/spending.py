"""Find the appropriations at which scenarios absorb the same money, by trial runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from sim.batch.executors import threads
from sim.batch.ready import make_ready
from sim.calendar import fiscal_years
from sim.errors import InputError
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario
from sim.scenarios.spending import (
    TOLERANCE,
    Absorbed,
    EqualSpending,
    Verdict,
    extra,
    first_year,
    scaled,
    years_from,
)
from sim.simulation import simulate
from sim.worlds.kept import built

#: Replicates of a trial: the first ones of the study. Spending varies little from one to the next.
REPLICATES = 8
#: A scenario that does not absorb the sum when given so many times as much does not absorb it at all.
MOST_TIMES = 1_000.0
#: Steps from one trial to a larger one, and the gain, as a share of the sum, that is none.
_STEP, _NO_GAIN = 4.0, 0.001
#: Trials of a search, and the relative width at which there is nothing left between two appropriations.
_MOST_TRIALS, _NARROW = 40, 1e-4
#: Quotient of two appropriations between which the least that is enough need not be told more exactly.
_CLOSE = 1.05

type Tell = Callable[[str, Absorbed], None]
type Trial = tuple[float, float]


class Found(NamedTuple):
    """Where a search ended: the factor, what is absorbed there, and why there."""

    factor: float
    spent: float
    verdict: Verdict


def unheard(_name: str, _found: Absorbed) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Trials:
    """Runs of which only the money counts.

    Attributes:
        world: where they run.
        baseline: whose spending is deducted, replicate by replicate.
        seed, quarters: as of the study.
        replicates: the first ones of the study.
        pool: threads to run on.
        since: fiscal year from which spending is averaged.
    """

    world: World
    baseline: Scenario
    seed: int
    quarters: int
    replicates: int
    pool: Executor
    since: int

    @property
    def years(self) -> range:
        """Fiscal years of the horizon."""
        return fiscal_years(self.quarters)

    def extra(self, scenario: Scenario) -> float:
        """Appropriated beyond the baseline, JPY M a fiscal year."""
        return extra(scenario, self.baseline, self.years, self.since, self.quarters)

    def spent(self, scenario: Scenario, factor: float = 1.0) -> float:
        """Spent beyond the baseline when all that a scenario adds is multiplied, JPY M a fiscal year."""
        tried = self._mean(scaled(scenario, self.baseline, factor, self.years))
        span = years_from(self.since, self.years, self.quarters)
        return (tried - self._baseline) / (self.world.scale * span)

    @cached_property
    def _baseline(self) -> float:
        return self._mean(self.baseline)

    def _mean(self, scenario: Scenario) -> float:
        """Public money over the horizon in the world that is run, mean of the replicates."""

        def run(replicate: int) -> float:
            ended = simulate(self.world, scenario, self.seed, replicate, self.quarters)
            return float(ended.state.ledger.spent.sum())

        return sum(self.pool.map(run, range(self.replicates))) / self.replicates


def with_equal_spending(
    baseline: Scenario,
    scenarios: Sequence[Scenario],
    world: str,
    replicates: int,
    quarters: int,
    seed: int,
    amount: float | None = None,
    workers: int = 1,
    tell: Tell = unheard,
    announce: Callable[[str], None] | None = None,
) -> tuple[list[Scenario], EqualSpending]:
    """The scenarios with appropriations at which they all spend the same beyond the baseline.

    All that a scenario appropriates beyond the baseline is multiplied by one factor; what it appropriates
    less, and all that is not money, stays. Spending is that of all levers together, national, per fiscal year
    on average from the first in which one of the scenarios appropriates more than the baseline, so that
    totals over the horizon are equal, too.

    Args:
        baseline: whose spending is deducted, replicate by replicate.
        scenarios: those to be made equal.
        world, quarters, seed: as of the study.
        replicates: of the study; the search runs on the first of them, ``REPLICATES`` at most.
        amount: JPY M a fiscal year that each is to absorb; by default the most that all of them absorb as
            they are written.
        workers: threads.
        tell: called with each scenario and what it was given.
        announce: told in words when the kernel has to be compiled first.

    Raises:
        InputError: the sum is not above 0, or a scenario appropriates or spends nothing beyond the baseline.
    """
    if amount is not None and not 0.0 < amount < float("inf"):
        raise InputError(f"equal spending: {amount:g} is no sum; give JPY million a fiscal year, above 0")
    since = _since(scenarios, baseline, fiscal_years(quarters))
    make_ready(announce)
    with threads(workers) as pool:
        tried = min(replicates, REPLICATES)
        trials = Trials(built(world, seed), baseline, seed, quarters, tried, pool, since)
        known = {} if amount is not None else {one.name: trials.spent(one) for one in scenarios}
        amount = _least(known) if amount is None else amount
        found = {}
        for one in scenarios:
            found[one.name] = absorbed(trials, one, amount, known.get(one.name))
            tell(one.name, found[one.name])
    equal = EqualSpending(sum=amount, since=since, replicates=tried, tolerance=TOLERANCE, scenarios=found)
    years = trials.years
    return [scaled(one, baseline, found[one.name].factor, years) for one in scenarios], equal


def absorbed(trials: Trials, scenario: Scenario, amount: float, first: float | None = None) -> Absorbed:
    """What a scenario has to be given to absorb a sum.

    Args:
        trials: the runs.
        scenario: which appropriates more than the baseline.
        amount: JPY M a fiscal year.
        first: what it absorbs as it is written, where that is known.

    Raises:
        InputError: it spends no more than the baseline, whatever it is given.
    """
    given = trials.extra(scenario)
    end = search(partial(trials.spent, scenario), amount, MOST_TIMES * amount / given, first)
    if not end.spent > 0.0:
        raise InputError(
            f"equal spending: {scenario.name} spends no more than {trials.baseline.name}, whatever it is "
            "given; leave it out"
        )
    return Absorbed(factor=end.factor, appropriated=end.factor * given, spent=end.spent, verdict=end.verdict)


def _since(scenarios: Sequence[Scenario], baseline: Scenario, years: Sequence[int]) -> int:
    found = []
    for scenario in scenarios:
        first = first_year([scenario], baseline, years)
        if first is None:
            raise InputError(
                f"equal spending: {scenario.name} appropriates no more than {baseline.name} in any fiscal "
                "year; leave it out"
            )
        found.append(first)
    return min(found)


def _least(spent: dict[str, float]) -> float:
    name = min(spent, key=lambda name: spent[name])
    if spent[name] > 0.0:
        return spent[name]
    raise InputError(f"equal spending: {name} spends no more than the baseline as it is written; give a sum")


def search(
    spent: Callable[[float], float],
    amount: float,
    largest: float,
    first: float | None = None,
    tolerance: float = TOLERANCE,
) -> Found:
    """The factor at which a sum is spent, by secants within a bracket (Illinois; Dowell and Jarratt 1971).

    Args:
        spent: what is spent at a factor; it rises, or nearly so, from what it is at 0.
        amount: to be spent.
        largest: factor beyond which nothing is tried.
        first: what is spent at the factor 1, where it is known.
        tolerance: share of the sum that is near enough.
    """
    low, high = (0.0, 0.0), (1.0, spent(1.0) if first is None else first)
    while high[1] < amount * (1.0 - tolerance):
        if high[0] >= largest or (high[0] > 1.0 and high[1] - low[1] < _NO_GAIN * amount):
            return _most(spent, max(low, high, key=lambda trial: trial[1]), tolerance)
        low, high = high, _at(spent, min(high[0] * _STEP, largest))
    return _between(spent, low, high, amount, tolerance)


def _at(spent: Callable[[float], float], factor: float) -> Trial:
    return factor, spent(factor)


def _most(spent: Callable[[float], float], most: Trial, tolerance: float) -> Found:
    """The least factor, to within a few per cent, at which nearly all is spent that ever is."""
    enough, least, low = most[1] * (1.0 - tolerance), most, 0.0
    while most[1] > 0.0 and least[0] > max(low * _CLOSE, _NARROW):
        trial = _at(spent, (low * least[0]) ** 0.5 if low else least[0] / _STEP)
        if trial[1] >= enough:
            least = trial
        else:
            low = trial[0]
    return Found(*least, "at_most")


def _between(
    spent: Callable[[float], float], low: Trial, high: Trial, amount: float, tolerance: float
) -> Found:
    """The factor between two trials that lie below and above the sum; one at which something is spent."""

    def distance(trial: Trial) -> tuple[bool, float]:
        return trial[1] <= 0.0, abs(trial[1] - amount)

    best = min(low, high, key=distance)
    weights = [1.0, 1.0]  # an end that stays is counted half each time, so that it moves, too
    for _ in range(_MOST_TRIALS):
        if abs(best[1] - amount) <= tolerance * amount:
            return Found(*best, "equal")
        if high[0] - low[0] <= _NARROW * high[0]:
            break
        below, above = (low[1] - amount) * weights[0], (high[1] - amount) * weights[1]
        share = below / (below - above) if above > below else 0.5
        trial = _at(spent, low[0] + min(max(share, 0.02), 0.98) * (high[0] - low[0]))
        best = min(best, trial, key=distance)
        if trial[1] < amount:
            low, weights = trial, [1.0, weights[1] / 2.0]
        else:
            high, weights = trial, [weights[0] / 2.0, 1.0]
    return Found(*best, "nearest")

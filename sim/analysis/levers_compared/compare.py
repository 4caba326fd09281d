"""Run every lever alone, and the mixes, at equal spending, and compare them with the baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.futures import Futures
from sim.analysis.futures.draws import BASELINE
from sim.analysis.futures.runs import SUMS, Arm, Setting, arms
from sim.analysis.futures.stored import OUTCOMES
from sim.batch.executors import threads
from sim.calendar import fiscal_years
from sim.kernel.outcomes import BY_NAME, COLUMN, Kind
from sim.kernel.world import Floats, World
from sim.scenarios.levers import TRANSFERS
from sim.scenarios.scenario import BASES, Scenario, builtin_names, load_scenario
from sim.scenarios.spending import EqualSpending, beyond, scaled, years_from
from sim.simulation import simulate
from sim.statistics.contrasts import paired
from sim.statistics.ratios import fieller
from sim.worlds.kept import built

REPLICATES = 20
#: By how much more each scenario is given to see what the next unit costs.
NEXT = 1.25
#: Share of what is given more below which no more is spent.
_SPENT = 0.05
#: Outcomes of a run: counts as sums, the rest as it stands; municipalities as a number.
GAINED = ("deals_signed", "agreements_signed", "projects_completed", "sdg_progress", "reached")
_WITHOUT = "municipalities_without_project_share"


class Row(NamedTuple):
    """One scenario at one sum, against the baseline: means, and half widths of 95% intervals.

    Attributes:
        sum: JPY M a fiscal year.
        scenario: its name.
        transfer: the share of the extra spending that is a transfer.
        verdict: as of ``sim.scenarios.spending.Absorbed``.
        appropriated, spent: JPY M a fiscal year beyond the baseline.
        gained: by outcome, mean and half width.
        cost, cost_low, cost_high: JPY M per additional deal; NaN where it is not shown that deals are gained.
        next_cost, next_low, next_high: of one more deal when given a quarter more; NaN where it is not shown
            that deals are gained by it, infinite where no more can be spent.
        wins: share of the futures in which it is the cheapest per deal, completed project and progress; NaN
            where it is not known, or takes no part.
    """

    sum: float
    scenario: str
    transfer: float
    verdict: str
    appropriated: float
    spent: float
    gained: dict[str, tuple[float, float]]
    cost: float
    cost_low: float
    cost_high: float
    next_cost: float
    next_low: float
    next_high: float
    wins: tuple[float, ...]


def compare(
    sums: Sequence[float] = SUMS,
    names: Sequence[str] | None = None,
    replicates: int = REPLICATES,
    setting: Setting = Setting(),  # noqa: B008 - it does not change
    say: Callable[[str], None] = lambda _: None,
    futures: Futures | None = None,
) -> list[Row]:
    """Run every scenario at every sum and compare it with the baseline.

    Args:
        sums: JPY M a fiscal year.
        names: scenarios; by default all built-in ones that add to the baseline.
        replicates: runs of each.
        setting: where to run.
        say: told how far it is.
        futures: from which shares of futures are taken.
    """
    chosen = [name for name in builtin_names() if name not in BASES] if names is None else list(names)
    compared, equal = arms(chosen, sums, setting, say)
    runs = _Runs(built(setting.world, setting.seed), setting, replicates)
    say(f"running {len(compared)} scenarios twice, {replicates} replicates each")
    base = runs.of(load_scenario(BASELINE))
    rows = []
    for done, arm in enumerate(compared, 1):
        rows.append(_row(arm, equal[arm.sum], runs, base, futures))
        if done % len(chosen) == 0:
            say(f"{done} of {len(compared)} scenarios")
    return rows


class _Runs:
    """Runs of scenarios on the same draws, replicate by replicate."""

    def __init__(self, world: World, setting: Setting, replicates: int) -> None:
        self.world, self.setting, self.replicates = world, setting, replicates
        self.years = fiscal_years(setting.quarters)

    def of(self, scenario: Scenario) -> Floats:
        """(replicates, outcomes and 2): ``GAINED``, transfers, money spent, national and JPY M."""
        with threads(self.setting.workers) as pool:
            return np.array(list(pool.map(partial(self._run, scenario), range(self.replicates))))

    def _run(self, scenario: Scenario, replicate: int) -> Floats:
        run = simulate(self.world, scenario, self.setting.seed, replicate, self.setting.quarters)
        ends = [_end(run.series, name) for name in GAINED[:-1]]
        municipalities = len(self.world.municipalities.population)
        reached = (1.0 - run.series[-1, COLUMN[_WITHOUT]]) * municipalities
        spent = run.state.ledger.spent.sum(axis=1)
        transfers = sum(spent[row] for row, fund in enumerate(scenario.funds) if fund in TRANSFERS)
        return np.array([*ends, reached, transfers / self.world.scale, spent.sum() / self.world.scale])


def _end(series: Floats, name: str) -> float:
    column = series[:, COLUMN[name]]
    return float(column.sum() if BY_NAME[name].kind is Kind.FLOW else column[-1])


def _row(arm: Arm, equal: EqualSpending, runs: _Runs, base: Floats, futures: Futures | None) -> Row:
    found, name = equal.scenarios[arm.scenario.name], arm.scenario.name
    own = runs.of(arm.scenario)
    span = years_from(equal.since, runs.years, runs.setting.quarters)
    contrast = paired(own, base)
    low, high = contrast.interval()
    gained = {one: (float(contrast.effect[i]), float(high[i] - low[i]) / 2.0) for i, one in enumerate(GAINED)}
    cost, more = _cost(own - base), _next(arm, runs, own)
    spent = float(contrast.effect[-1])
    return Row(
        sum=arm.sum, scenario=name, transfer=float(contrast.effect[-2]) / spent if spent else np.nan,
        verdict=found.verdict, appropriated=found.appropriated, spent=spent / span, gained=gained,
        cost=cost[0], cost_low=cost[1], cost_high=cost[2],
        next_cost=more[0], next_low=more[1], next_high=more[2], wins=_wins(futures, arm.sum, name),
    )  # fmt: skip


def _cost(more: Floats) -> tuple[float, float, float]:
    """Money per deal of paired differences with Fieller's interval."""
    money, deals = more[:, -1], more[:, 0]
    columns = np.stack([money, deals, money + deals], axis=1)
    return fieller(paired(columns, np.zeros_like(columns)))


def _next(arm: Arm, runs: _Runs, own: Floats) -> tuple[float, float, float]:
    """Money per deal of the step to a quarter more, with its interval; infinite where no more is spent."""
    larger = scaled(arm.scenario, load_scenario(BASELINE), NEXT, runs.years)
    more = runs.of(larger) - own
    spent = float(more[:, -1].mean())
    given = float(beyond(larger, arm.scenario, runs.years).sum())
    if spent < _SPENT * given:
        return np.inf, np.inf, np.inf
    return _cost(more)


def _wins(futures: Futures | None, amount: float, name: str) -> tuple[float, ...]:
    standings = [futures.standing(amount, outcome=outcome) if futures else None for outcome in OUTCOMES]
    return tuple(
        one.shares[name].share if one is not None and name in one.shares else np.nan for one in standings
    )


def table(rows: Sequence[Row]) -> pd.DataFrame:
    """The rows as a frame, a column per number."""
    flat = []
    for row in rows:
        values = row._asdict()
        gained, wins = values.pop("gained"), values.pop("wins")
        values |= {f"{name}{what}": one for name, both in gained.items()
                   for what, one in zip(("", "_half_width"), both, strict=True)}  # fmt: skip
        values |= dict(zip(("won_deals", "won_completed", "won_progress"), wins, strict=True))
        flat.append(values)
    return pd.DataFrame(flat)

"""In how many draws of what is not known each lever is the cheapest, at equal spending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.analysis.futures.runs import Arm, InFuture, Setting, costs_in, stored_arms
from sim.analysis.futures.stored import OUTCOMES, cheapest, share_of, stored
from sim.errors import InputError
from sim.scenarios.spending import EqualSpending
from sim.worlds.kept import built

#: Sums, JPY M a fiscal year, at which levers are asked.
SUMS = (200.0, 1_000.0)
_QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Levers:
    """Scenarios at equal spending, as ``sim.analysis.futures`` compares them.

    Attributes:
        compared: scenarios at the appropriations at which they absorb a sum in the default structure with
            default parameters; those that cannot absorb it are left out.
        equal: what they absorb there.
        setting: where they run.
    """

    compared: Sequence[Arm]
    equal: dict[float, EqualSpending]
    setting: Setting


def at_equal_spending(workers: int) -> Levers:
    """The levers at the appropriations of the stored futures, at two of their sums.

    Raises:
        InputError: there are no stored futures.
    """
    futures = stored()
    if futures is None:
        raise InputError("there are no stored futures; make them with python -m sim.analysis.futures")
    given = {amount: found for amount, found in futures.given.items() if amount in SUMS}
    compared, equal = stored_arms(replace(futures, given=given))
    return Levers(able(compared, equal), equal, Setting(futures.world, futures.quarters, workers=workers))


def able(compared: Sequence[Arm], equal: dict[float, EqualSpending]) -> list[Arm]:
    """Scenarios that can absorb their sum by default."""
    return [arm for arm in compared if equal[arm.sum].scenarios[arm.scenario.name].verdict != "at_most"]


def costs(future: InFuture, draws: int, levers: Levers) -> pd.DataFrame:
    """What a further deal costs with each lever in each draw.

    Args:
        future: puts a scenario into the future of a draw, each of which is a replicate of its own.
        draws: how many.
        levers: what is compared.

    Returns:
        Columns ``sum`` (JPY M a fiscal year), ``draw``, ``scenario`` and ``cost`` (JPY M per extra deal
        signed; infinite where none is gained or the sum is not used).
    """
    setting = levers.setting
    world = built(setting.world, setting.seed)
    found = costs_in(range(draws), world, future, levers.compared, levers.equal, setting)
    rows = [(draw, *cost) for draw, of_draw in enumerate(found) for cost in of_draw]
    table = pd.DataFrame(rows, columns=["draw", "sum", "outcome", "scenario", "cost"])
    return table.loc[table["outcome"] == OUTCOMES[0], ["sum", "draw", "scenario", "cost"]]


def standing(table: pd.DataFrame) -> pd.DataFrame:
    """In how many draws each lever is the cheapest.

    Args:
        table: as ``costs`` gives it.

    Returns:
        Columns ``sum``, ``scenario``, ``draws``, ``cheapest`` (share) with its 95% interval ``low`` and
        ``high``, and ``cost_q05``, ``cost_q50``, ``cost_q95``, each a cost that was found.
    """
    rows = []
    for amount, wide in by_sum(table):
        won = cheapest(wide.to_numpy(np.float64))
        for place, scenario in enumerate(wide):
            share = share_of(int(won[:, place].sum()), len(wide))
            quantiles = np.quantile(wide[scenario], _QUANTILES, method="inverted_cdf")
            rows.append((amount, scenario, len(wide), share.share, share.low, share.high, *quantiles))
    columns = ["sum", "scenario", "draws", "cheapest", "low", "high", "cost_q05", "cost_q50", "cost_q95"]
    return pd.DataFrame(rows, columns=columns)


def by_sum(table: pd.DataFrame) -> Iterator[tuple[float, pd.DataFrame]]:
    """Each sum with its costs, a row for each draw and a column for each scenario."""
    for amount, of_sum in table.groupby("sum"):
        yield float(amount), of_sum.pivot(index="draw", columns="scenario", values="cost")  # type: ignore[arg-type]

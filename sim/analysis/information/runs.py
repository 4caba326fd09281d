"""Ask draws which lever is cheapest: from priors, from the posterior, with all that is assumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd

from sim.analysis.calibration.space import Space
from sim.analysis.futures.draws import coordinates, factors, points
from sim.analysis.futures.runs import InFuture, costs_in
from sim.analysis.futures.stored import OUTCOMES, cheapest, share_of
from sim.analysis.structures.runs import Levers
from sim.batch.chunks import built
from sim.batch.factors import applied
from sim.batch.parameter_sets import ParameterSets
from sim.kernel.world import Floats
from sim.scenarios.scenario import Scenario

PRIOR, POSTERIOR, ALL_UNKNOWN = "prior", "posterior", "posterior_and_assumed"
_COST = "cost of a deal"


@dataclass(frozen=True)
class Knowledge:
    """What is known of the parameters, as draws.

    Attributes:
        name: of the knowledge.
        names: parameters and rules that are drawn.
        where: (draws, names) where their values lie in their priors, 0 to 1.
        future: puts a scenario into the future of a draw.
    """

    name: str
    names: tuple[str, ...]
    where: Floats
    future: InFuture


def knowledge(posterior: ParameterSets, draws: int, seed: int) -> Iterator[Knowledge]:
    """Calibrated parameters from their priors, from the posterior, and so with all that is assumed drawn.

    Args:
        posterior: the draws of the package.
        draws: of each knowledge.
        seed: of the draws from the priors.
    """
    space = Space(posterior.names)
    cube = space.spread(draws, seed)
    blind = space.sets(cube, PRIOR)
    known = space.cube(np.array(posterior.values[:draws]))
    yield Knowledge(PRIOR, space.names, cube, blind.applied)
    yield Knowledge(POSTERIOR, space.names, known, posterior.applied)
    drawn, assumed = points(draws), [name not in space.names for name in (one.name for one in factors())]
    others = tuple(compress(factors(), assumed))

    def future(scenario: Scenario, draw: int) -> Scenario:
        return posterior.applied(applied(scenario, others, tuple(compress(drawn[draw], assumed))), draw)

    names = (*space.names, *(factor.name for factor in others))
    yield Knowledge(ALL_UNKNOWN, names, np.hstack([known, coordinates(drawn)[:, assumed]]), future)


def costs(known: Knowledge, levers: Levers) -> pd.DataFrame:
    """What a further deal costs with each lever in each draw.

    Returns:
        Columns ``sum`` (JPY M a fiscal year), ``draw``, ``scenario`` and ``cost`` (JPY M per extra deal;
        infinite where none is gained or the sum is not used).
    """
    setting = levers.setting
    world = built(setting.world, setting.seed)
    draws = range(len(known.where))
    found = costs_in(draws, world, known.future, levers.compared, levers.equal, setting)
    rows = [(draw, *cost) for draw, of_draw in enumerate(found) for cost in of_draw]
    table = pd.DataFrame(rows, columns=["draw", "sum", "outcome", "scenario", "cost"])
    return table.loc[table["outcome"] == OUTCOMES[0], ["sum", "draw", "scenario", "cost"]]


def standing(known: Knowledge, table: pd.DataFrame) -> pd.DataFrame:
    """In how many draws each lever is the cheapest.

    Returns:
        Columns ``knowledge``, ``sum``, ``scenario``, ``draws``, ``cheapest`` (share) with its 95% interval
        ``low`` and ``high``, and ``cost_q05``, ``cost_q50``, ``cost_q95``.
    """
    rows = []
    for amount, wide in by_sum(table):
        won = cheapest(wide.to_numpy(np.float64))
        for place, scenario in enumerate(wide):
            share = share_of(int(won[:, place].sum()), len(wide))
            quantiles = np.quantile(wide[scenario], (0.05, 0.5, 0.95), method="inverted_cdf")
            rows.append((
                known.name, amount, scenario, len(wide), share.share, share.low, share.high, *quantiles,
            ))  # fmt: skip
    columns = ["knowledge", "sum", "scenario", "draws", "cheapest", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "cost_q05", "cost_q50", "cost_q95"])


def by_sum(table: pd.DataFrame) -> Iterator[tuple[float, pd.DataFrame]]:
    """Each sum with its costs, a row for each draw and a column for each scenario."""
    for amount, of_sum in table.groupby("sum"):
        yield float(amount), of_sum.pivot(index="draw", columns="scenario", values="cost")  # type: ignore[arg-type]

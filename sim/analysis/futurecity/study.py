"""All that the page tells, worked out once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sim.analysis.futurecity import forecast, simulated
from sim.analysis.futurecity.compare import Table, compare
from sim.analysis.futurecity.forecast import LATER, Basis, Pool
from sim.analysis.futurecity.forward import Forward, forward, repeated, selected_again
from sim.analysis.futurecity.nulls import Power, power
from sim.analysis.futurecity.places import BASES, BENCHMARK, MECHANISMS, Places, read_places
from sim.analysis.futurecity.scoring import log_scores
from sim.worlds import load_world

#: Effects that are planted, logit per standard deviation.
EFFECTS = (0.2, 0.4, 0.6, 0.8, 1.0)
POPULATION = "population alone"
AS_IT_IS = "model as it is"
UNFITTED = "model, weights of land and ageing 0"
NO_BONUS = "model, these and the bonus of earlier plans 0"
REFITTED = "model, both weights fitted without the prefecture"
LOGISTIC = "logistic: population, earlier plans, land, ageing"
HALF_MODEL = "half logistic, half model as it is"
HALF_REFITTED = "half logistic, half model fitted without the prefecture"
POOL_OVER = "logistic, effect of earlier plans over"
_NOW = "model"


@dataclass(frozen=True)
class Effort:
    """How much is drawn.

    Attributes:
        draws: most made-up cohorts behind a p value.
        planted: cohorts with a planted mechanism, for each effect.
        worlds: worlds drawn; replicates: runs in each.
    """

    draws: int = 1_999
    planted: int = 200
    worlds: int = 20
    replicates: int = 10

    @property
    def runs(self) -> int:
        """Runs behind a simulated chance."""
        return self.worlds * self.replicates


@dataclass(frozen=True)
class Study:
    """What was found.

    Attributes:
        effort: how much was drawn.
        places: the places.
        tables: mechanisms added to each base.
        onwards: mechanisms fitted to 2008-2013 and tried on all places, and on those not selected earlier.
        again: earlier plans tried in the same way.
        repeats: places of a programme chosen in FY2018, and their number.
        both: p value of both programmes against one (Fisher's exact test).
        powers: what 25 names can tell.
        bases: ways to give a chance, scored.
        weights: how often which weights of land and ageing are chosen when a prefecture is left out.
        best: the weights chosen on all places.
        pools: what becomes of the places selected earlier.
    """

    effort: Effort
    places: Places
    tables: tuple[Table, ...]
    onwards: tuple[list[Forward], list[Forward]]
    again: Forward
    repeats: dict[str, tuple[int, int]]
    both: float
    powers: list[Power]
    bases: list[Basis]
    weights: dict[str, int]
    best: str
    pools: list[Pool]


def study(effort: Effort, say: Callable[[str], None] = lambda _: None) -> Study:
    """Work everything out.

    Args:
        effort: how much is drawn.
        say: told how far it is.
    """
    places = read_places(load_world("japan", 1))
    tables = tuple(
        compare(places, base, columns, MECHANISMS, effort.draws, say) for base, columns in BASES.items()
    )
    say("forward in time")
    onwards = forward(places, False, effort.draws), forward(places, True, effort.draws)
    repeats = repeated(places)
    one, two = repeats["one programme"], repeats["both programmes"]
    both = stats.fisher_exact([[two[0], two[1] - two[0]], [one[0], one[1] - one[0]]]).pvalue
    say("planted mechanisms")
    size = places.of(BASES["population"])
    powers = power(size, places.chosen, places.prefecture, EFFECTS, len(tables[0].rows), effort.planted)
    bases, weights, best = _bases(places, effort, say)
    return Study(
        effort, places, tables, onwards, selected_again(places, effort.draws), repeats, float(both), powers,
        bases, weights, best, _pools(places, best, effort, say),
    )  # fmt: skip


def _bases(
    places: Places, effort: Effort, say: Callable[[str], None]
) -> tuple[list[Basis], dict[str, int], str]:
    """Ways to give a chance, scored; weights chosen leaving a prefecture out, and on all places."""
    weights = forecast.weight_settings()
    unfitted = forecast.setting(0.0, 0.0)
    settings = {
        _NOW: {}, "unfitted": unfitted,
        "without_bonus": {**unfitted, "plan_legacy": 0.0, "application_legacy": 0.0}, **weights,
    }  # fmt: skip
    raw = simulated.first_chances(settings, effort.worlds, effort.replicates, say)
    number = float(places.chosen.sum())
    told = {name: forecast.to_number(chance, effort.runs, number) for name, chance in raw.items()}
    again, chosen = forecast.refitted(places, {name: told[name] for name in weights})
    best = max(weights, key=lambda name: log_scores(told[name], places.chosen).sum())
    logistic = forecast.benchmark(places)
    shown = {
        AS_IT_IS: told[_NOW],
        UNFITTED: told["unfitted"],
        NO_BONUS: told["without_bonus"],
        REFITTED: again,
        LOGISTIC: logistic,
        HALF_MODEL: (logistic + told[_NOW]) / 2.0,
        HALF_REFITTED: (logistic + again) / 2.0,
    }
    return forecast.scored(places, shown, told[_NOW]), chosen, best


def _pools(places: Places, best: str, effort: Effort, say: Callable[[str], None]) -> list[Pool]:
    """What becomes of the places selected earlier, by the model and by the odds of FY2018."""
    settings = {_NOW: {}, "fitted": forecast.weight_settings()[best]}
    when = simulated.designated_by_year(settings, effort.worlds, max(effort.replicates // 2, 1), say)
    reckonings = {
        AS_IT_IS: forecast.simulated_by_year(when[_NOW]),
        "model with the weights fitted to FY2018": forecast.simulated_by_year(when["fitted"]),
        "logistic, odds of FY2018 stay": forecast.cumulative(places, BENCHMARK),
        "logistic, by number of earlier selections": forecast.cumulative(places, LATER),
        POOL_OVER: forecast.cumulative(places, BENCHMARK, ("earlier",)),
    }
    return [forecast.pool_reckoned(places, words, np.asarray(by)) for words, by in reckonings.items()]

"""What columns that have nothing to do with the choice would seem to add, and what 25 names can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from sim.analysis.futurecity.logistic import at_number
from sim.analysis.futurecity.scoring import SEED, gain, in_sample, quickly_out_of_sample
from sim.analysis.patterns.measures import auc
from sim.kernel.world import Floats, Integers

#: A p value is settled once so many made-up cohorts have gained as much (Besag and Clifford 1991,
#: Biometrika 78:301).
_ENOUGH = 10


def p_values(
    base: Floats, added: Mapping[str, Floats], chosen: Floats, prefecture: Integers, draws: int
) -> dict[str, float]:
    """For each addition the chance to gain as much out of sample where it has nothing to do with the choice.

    Cohorts are made up from the chances that the base alone gives; each goes through the whole procedure.

    Args:
        base: (M, K) columns of the base.
        added: (M, any) columns of the base and what is added, by name.
        chosen: (M,) 1 for the places chosen.
        prefecture: (M,).
        draws: most cohorts.
    """
    than = quickly_out_of_sample(base, chosen, prefecture)
    real = {
        name: gain(quickly_out_of_sample(c, chosen, prefecture), than, chosen) for name, c in added.items()
    }
    beaten, found = dict.fromkeys(added, 0), dict.fromkeys(added, 0.0)
    told, rng = in_sample(base, chosen)[0], np.random.default_rng(SEED)
    for draw in range(1, draws + 1):
        cohort = _cohort(told, rng)
        than = quickly_out_of_sample(base, cohort, prefecture)
        for name in [name for name, p in found.items() if p == 0.0]:
            made_up = gain(quickly_out_of_sample(added[name], cohort, prefecture), than, cohort)
            beaten[name] += made_up >= real[name]
            if beaten[name] == _ENOUGH:
                found[name] = _ENOUGH / draw
    return {name: p or (beaten[name] + 1) / (draws + 1) for name, p in found.items()}


@dataclass(frozen=True)
class Power:
    """What is found of a planted mechanism.

    Attributes:
        effect: logit per standard deviation.
        difference: mean AUC that it adds out of sample.
        alone: share of cohorts in which it is found when it is the only one tried (5%).
        among: the same when it is the first of ``tried`` after Holm's correction.
        tried: mechanisms tried.
    """

    effect: float
    difference: float
    alone: float
    among: float
    tried: int


def power(
    base: Floats, chosen: Floats, prefecture: Integers, effects: tuple[float, ...], tried: int, draws: int
) -> list[Power]:
    """How often a column that was planted is found beside the base in cohorts of the same size.

    Args:
        base: (M, K) columns of the base; chances of made-up cohorts come from it and the planted column.
        chosen: (M,) the real cohort, for the base's chances.
        prefecture: (M,).
        effects: logit per standard deviation of the planted column.
        tried: mechanisms tried.
        draws: cohorts for each effect; ten times as many without one, for the critical values.
    """
    told, rng = in_sample(base, chosen)[0], np.random.default_rng(SEED)

    def gained(effect: float, times: int) -> Floats:
        return np.array([_planted(base, told, prefecture, effect, rng) for _ in range(times)])

    nothing = gained(0.0, 10 * draws)[:, 0]
    alone, among = np.quantile(nothing, (0.95, 1.0 - 0.05 / tried))
    found = []
    for effect in effects:
        gains, differences = gained(effect, draws).T
        once, first = (float((gains > bar).mean()) for bar in (alone, among))
        found.append(Power(effect, float(differences.mean()), once, first, tried))
    return found


def _planted(
    base: Floats, told: Floats, prefecture: Integers, effect: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Gain and difference of AUC out of sample that a planted column brings in one made-up cohort."""
    column = rng.standard_normal(len(told))
    cohort = _cohort(at_number((logit(told) + effect * column)[None], told.sum())[0], rng)
    than = quickly_out_of_sample(base, cohort, prefecture)
    with_it = quickly_out_of_sample(np.column_stack([base, column]), cohort, prefecture)
    marks = cohort > 0.0
    return gain(with_it, than, cohort), auc(with_it, marks) - auc(than, marks)


def _cohort(told: Floats, rng: np.random.Generator) -> Floats:
    """(M,) 1 for the places chosen, drawn with their chances; at least two."""
    while True:
        cohort = (rng.random(len(told)) < told).astype(np.float64)
        if cohort.sum() >= 2:
            return cohort

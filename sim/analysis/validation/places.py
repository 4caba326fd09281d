"""Who is chosen: probabilities for single places, scored beside those from population alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, xlog1py, xlogy

from sim.analysis.patterns.evidence import Evidence
from sim.analysis.patterns.measures import Marks, auc
from sim.analysis.validation.scores import brier
from sim.kernel.world import Floats

if TYPE_CHECKING:
    import pandas as pd


def places_table(evidence: Evidence) -> pd.DataFrame:
    """Scores of every municipality's chance to be chosen in the first selection, against FY2018's cohort.

    All saw the names: the model's weights were set with them, and the regression is fitted to them.

    Returns:
        A row per forecaster (model, population, base_rate): forecaster, n, chosen, auc, brier, log_loss.
    """
    import pandas as pd

    traits = evidence.world.municipalities
    chosen = traits.cohort_2018 == 1
    runs = evidence.selections
    made = {
        "model": smoothed(evidence.selected * runs, runs),
        "population": _by_population(traits.population, chosen),
        "base_rate": np.full(len(chosen), chosen.mean()),
    }
    rows = [
        (name, len(chosen), int(chosen.sum()), auc(p, chosen), brier(chosen, p), log_loss(chosen, p))
        for name, p in made.items()
    ]
    return pd.DataFrame(rows, columns=["forecaster", "n", "chosen", "auc", "brier", "log_loss"])


def smoothed(count: Floats, runs: int) -> Floats:
    """Probability from so many runs out of all in which it happened, never 0 or 1 (Jeffreys' prior)."""
    return (count + 0.5) / (runs + 1.0)


def log_loss(happened: Marks, probability: Floats) -> float:
    """Mean of minus the logarithm of the probability of what happened; less is better."""
    return float(-np.mean(xlogy(happened, probability) + xlog1py(~happened, -probability)))


def _by_population(population: Floats, chosen: Marks) -> Floats:
    """A logistic regression on the logarithm of population alone."""
    size = np.log(np.maximum(population, 1.0))  # towns that were evacuated have nobody
    size = (size - size.mean()) / size.std()

    def probability(line: Floats) -> Floats:
        return np.asarray(expit(line[0] + line[1] * size))

    def misfit(line: Floats) -> float:
        return log_loss(chosen, probability(line))

    return probability(minimize(misfit, np.zeros(2)).x)

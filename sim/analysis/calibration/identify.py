"""What data inform: the profile of contagion against the national push, and what trades off."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import spearmanr

from sim.analysis.calibration.emulator import Places
from sim.analysis.calibration.posterior import LogDensity, one_thread
from sim.analysis.calibration.waves import Posterior
from sim.kernel.world import Floats, Integers

#: Parameters that stand for contagion, set alike, and the one that stands for the national push.
CONTAGION, PUSH = ("contagion_neighbours", "contagion_size"), "national_push"
_GRID = 11
_EDGE = 1e-3
_STEP = 1e-6
#: Rank correlation below which two parameters are said to be told apart.
_TRADES = 0.3


def profile(posterior: Posterior) -> pd.DataFrame:
    """Highest likelihood for each pair of contagion and push, over all other parameters.

    Returns:
        Columns ``contagion`` and ``national_push`` (1/quarter) and ``log_likelihood`` less its highest.
    """
    space, density = posterior.request.space, posterior.likelihood.log_density
    fixed = [space.names.index(name) for name in (*CONTAGION, PUSH)]
    free = np.setdiff1d(np.arange(len(space.names)), fixed)
    grid = np.linspace(_EDGE, 1.0 - _EDGE, _GRID)
    found, start = [], posterior.cube.mean(axis=0)
    with one_thread():
        for contagion, push in product(grid, grid):
            at = start.copy()
            at[fixed] = contagion, contagion, push
            found.append(_highest(at, free, density))
    corners = np.array([[contagion, contagion, push] for contagion, push in product(grid, grid)])
    values = np.array([
        [space.factors[place].at(u) for place, u in zip(fixed, corner, strict=True)] for corner in corners
    ])  # fmt: skip
    likelihood = np.array(found)
    return pd.DataFrame({
        "contagion": values[:, 0],
        "national_push": values[:, 2],
        "log_likelihood": likelihood - likelihood.max(),
    })  # fmt: skip


def _highest(at: Floats, free: Integers, density: LogDensity) -> float:
    """The highest log density over the free coordinates, from a start."""
    moves = np.vstack([np.zeros(len(free)), _STEP * np.eye(len(free))])

    def fall(others: Floats) -> tuple[float, Floats]:
        points = np.repeat(at[None], len(moves), axis=0)
        points[:, free] = others + moves
        found = -density(Places(points))  # the density and its slope in one call
        return float(found[0]), (found[1:] - found[0]) / _STEP

    bounds = [(_EDGE, 1.0 - _EDGE)] * len(free)
    return -float(minimize(fall, at[free], jac=True, method="L-BFGS-B", bounds=bounds).fun)


def trade_offs(posterior: Posterior) -> pd.DataFrame:
    """Pairs of parameters that data tell together better than apart, strongest first.

    Returns:
        Columns ``first``, ``second`` and ``correlation``, the rank correlation over the draws.
    """
    names, ranks = posterior.request.space.names, np.asarray(spearmanr(posterior.cube).statistic)
    pairs = [(names[i], names[j], ranks[i, j]) for i, j in combinations(range(len(names)), 2)]
    strong = sorted((pair for pair in pairs if abs(pair[2]) >= _TRADES), key=lambda pair: -abs(pair[2]))
    return pd.DataFrame(strong, columns=["first", "second", "correlation"])

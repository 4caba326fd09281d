"""How well parameters meet the figures, and draws of those that do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import emcee
import numpy as np
from threadpoolctl import threadpool_limits

from sim.analysis.calibration.emulator import Emulator, Places
from sim.kernel.world import Floats

#: Points of the unit cube to the logarithm of a density (points,), but for a constant.
type LogDensity = Callable[[Places], Floats]

_WALKERS = 4  # per parameter


def one_thread() -> AbstractContextManager[object]:
    """Linear algebra on one thread: on small matrices threads wait for each other, and round differently."""
    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits


@dataclass(frozen=True)
class Likelihood:
    """A synthetic likelihood: figures of a run are normal around those of the emulator.

    Attributes:
        emulator: says what to expect.
        observed: (figures,) on their scales.
        error: (figures,) standard deviation of observation and discrepancy together.
    """

    emulator: Emulator
    observed: Floats
    error: Floats

    @property
    def covariance(self) -> Floats:
        """(figures, figures) of what was observed around what is expected, whatever separates them."""
        return np.asarray(self.emulator.covariance + np.diag(self.error**2))

    @cached_property
    def _whitening(self) -> Floats:
        """(figures, figures) that turns what is missed into independent standard normal numbers."""
        lower = np.linalg.cholesky(self.covariance)
        whitening: Floats = np.linalg.inv(lower).T
        return whitening

    @cached_property
    def _deviation(self) -> Floats:
        """(figures,) standard deviation of what was observed around what is expected."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def implausibility(self, places: Places) -> Floats:
        """(points, figures) distance of what is expected from what was observed, in standard deviations."""
        return np.asarray(np.abs(self.emulator.at(places) - self.observed) / self._deviation)

    def log_density(self, places: Places) -> Floats:
        """(points,) logarithm of the likelihood, but for a constant."""
        missed = (self.emulator.at(places) - self.observed) @ self._whitening
        density: Floats = -0.5 * (missed * missed).sum(axis=1)
        return density


class Walk(NamedTuple):
    """Draws from a density, and how well the walkers mixed.

    Attributes:
        draws: (draws, parameters).
        kept: steps of all walkers from which they were taken.
        autocorrelation: (parameters,) steps after which a walker has forgotten where it was.
    """

    draws: Floats
    kept: int
    autocorrelation: Floats

    @property
    def independent(self) -> float:
        """As many independent draws as the kept steps are worth for the slowest parameter."""
        return self.kept / float(self.autocorrelation.max())


def drawn(density: LogDensity, start: Floats, draws: int, steps: int, seed: int) -> Walk:
    """Draws from a density on the unit cube, by an ensemble of walkers.

    Args:
        density: logarithm, of points inside the cube.
        start: (points, parameters) inside, near which walkers start: the densest, again if they are too few.
        draws: how many are kept, spread evenly over the second half of the steps.
        steps: of every walker.
        seed: of the walk.

    Source: Foreman-Mackey and others 2013 (emcee); moves of ter Braak 2006. Emcee's snooker move is left out:
    mixed in, it makes a normal distribution in 21 dimensions a twelfth too narrow (emcee 3.1; a test holds
    that of the move that is taken).
    """
    parameters = start.shape[1]
    walkers = _WALKERS * parameters
    chance = np.random.default_rng(seed)
    order = np.argsort(-density(Places(start)), kind="stable")
    densest = start[np.resize(order, walkers)]
    begin = np.clip(densest + 1e-3 * chance.normal(size=densest.shape), 1e-6, 1.0 - 1e-6)

    def inside(points: Floats) -> Floats:
        within = ((points > 0.0) & (points < 1.0)).all(axis=1)
        found = np.full(len(points), -np.inf)
        if within.any():
            found[within] = density(Places(points[within]))
        return found

    move = emcee.moves.DEMove()
    sampler = emcee.EnsembleSampler(walkers, parameters, inside, moves=move, vectorize=True)
    sampler.random_state = np.random.RandomState(seed).get_state()
    sampler.run_mcmc(begin, steps, skip_initial_state_check=True)
    chain = sampler.get_chain(discard=steps // 2, flat=True)
    kept: Floats = chain[chance.choice(len(chain), draws, replace=False)]
    with np.errstate(invalid="ignore"):  # of a walker that never moved
        forgotten = sampler.get_autocorr_time(discard=steps // 2, tol=0)
    return Walk(kept, len(chain), forgotten)

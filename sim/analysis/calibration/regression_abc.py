"""A second method that has to agree: approximate Bayesian computation with regression adjustment.

It uses runs alone, no likelihood: those nearest to what was observed are kept, weighted by nearness and by
how rarely their points were drawn, and moved along a local regression to where the observed figures lie.

Source: Beaumont, Zhang and Balding 2002 (doi 10.1093/genetics/162.4.2025).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit
from sklearn.linear_model import LinearRegression

from sim.analysis.calibration.emulator import Places
from sim.analysis.calibration.waves import Posterior, density_of
from sim.kernel.world import Floats

_KEPT = 0.5  # share of the runs: figures are many, and the regression takes up what distance leaves
_EDGE = 1e-4  # of the unit cube, beyond which a logit would be infinite


class Agreement(NamedTuple):
    """The two methods beside each other, for each parameter, in the unit cube.

    Attributes:
        shift: (parameters,) mean by regression less that of the posterior, in its standard deviations.
        width: (parameters,) standard deviation by regression over that of the posterior.
        runs: effective number of runs behind it.
    """

    shift: Floats
    width: Floats
    runs: float


def agreement(posterior: Posterior) -> Agreement:
    """Compare the posterior with regression on the runs of the wave before the last."""
    wave, before = posterior.waves[-2], [one.likelihood for one in posterior.waves[:-2]]
    assert wave.temperature is not None  # a calibration has at least three waves
    density = density_of(before, wave.temperature)(Places(wave.cube))
    request = posterior.request
    chance = np.random.default_rng(request.seed)
    noisy = wave.figures + request.error * chance.normal(size=wave.figures.shape)
    adjusted, weights = adjusted_points(wave.cube, noisy, request.observed, -density)
    mean = weights @ adjusted
    spread = np.sqrt(weights @ (adjusted - mean) ** 2)
    own, own_spread = posterior.cube.mean(axis=0), posterior.cube.std(axis=0)
    return Agreement((mean - own) / own_spread, spread / own_spread, float(1.0 / (weights**2).sum()))


def adjusted_points(
    cube: Floats, figures: Floats, observed: Floats, log_weights: Floats
) -> tuple[Floats, Floats]:
    """Points moved to where the observed figures would lie, and their weights.

    Args:
        cube: (runs, parameters).
        figures: (runs, figures), with what separates observations from runs added.
        observed: (figures,).
        log_weights: (runs,) of the priors over the density that points were drawn from.

    Returns:
        (kept, parameters) in the unit cube, and (kept,) weights that sum to 1.
    """
    centred = (figures - observed) / figures.std(axis=0)
    distance = np.sqrt((centred**2).sum(axis=1))
    width = np.quantile(distance, _KEPT)
    near = distance < width
    kernel = 1.0 - (distance[near] / width) ** 2
    drawn_rarely = np.exp(log_weights[near] - log_weights[near].max())
    weights = kernel * drawn_rarely / (kernel * drawn_rarely).sum()
    places = logit(np.clip(cube[near], _EDGE, 1.0 - _EDGE))
    slope = LinearRegression().fit(centred[near], places, sample_weight=weights).coef_
    moved: Floats = expit(places - centred[near] @ slope.T)
    return moved, weights

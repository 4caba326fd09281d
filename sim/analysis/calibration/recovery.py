"""Is the posterior right? Data simulated from known parameters have to be recovered at the nominal rate.

Simulation-based calibration on the emulator of the last wave: truths are points of that wave, which are
draws from a known density, data are their own runs with errors added, and the density takes the place of the
prior. The rank of a truth among the draws is then uniform. In full recoveries everything is done anew, waves
included, for truths from the priors.

Source: Talts and others 2018 (arXiv 1804.06788); Säilynoja, Bürkner and Vehtari 2022 (doi 10.1007/
s11222-022-10090-6) for the band.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.analysis.calibration.emulator import Places, fitted
from sim.analysis.calibration.posterior import Likelihood, drawn, one_thread
from sim.analysis.calibration.running import Runs
from sim.analysis.calibration.waves import Posterior, Request, Tell, calibrate, density_of, untold
from sim.kernel.parameters import declared
from sim.kernel.world import Floats

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NOMINAL = (0.5, 0.8, 0.9, 0.95)
_PANELS, _SIZE = 4, (13.0, 11.0)


@dataclass(frozen=True)
class Ranks:
    """Where truths lie among the draws.

    Attributes:
        parameters: names.
        values: (repetitions, parameters) place of the truth among the draws, from 0 to 1; between two draws
            it is dealt out evenly, so that it is uniform where the posterior is right.
    """

    parameters: tuple[str, ...]
    values: Floats

    def coverage(self) -> pd.DataFrame:
        """Share of truths within central intervals: columns ``parameter`` and one for each nominal rate."""
        away = np.abs(2.0 * self.values - 1.0)
        columns = {f"within_{rate:.0%}": (away <= rate).mean(axis=0) for rate in _NOMINAL}
        return pd.DataFrame({"parameter": self.parameters, **columns})


def with_truth(request: Request, figures: Floats, chance: np.random.Generator) -> Request:
    """The request with what a run said, and errors of observation and discrepancy, as what was observed.

    Args:
        request: whose figures they are.
        figures: (figures,) of a run, on their scales.
        chance: draws the errors.
    """
    seen = figures + request.error * chance.normal(size=figures.shape)
    plain = [float(one.plain(np.float64(y))) for one, y in zip(request.targets, seen, strict=True)]
    targets = tuple(replace(t, value=value) for t, value in zip(request.targets, plain, strict=True))
    return replace(request, targets=targets)


def on_last_wave(posterior: Posterior, repetitions: int, draws: int = 100) -> Ranks:
    """Simulation-based calibration with the emulator of the last wave.

    Truths are runs of that wave; each is left out of the emulator that recovers it, together with the other
    truths.

    Args:
        posterior: whose last wave serves.
        repetitions: truths.
        draws: from each posterior.
    """
    request, wave = posterior.request, posterior.waves[-1]
    assert wave.temperature is not None
    chance = np.random.default_rng(request.seed)
    truths = chance.choice(len(wave.cube), repetitions, replace=False)
    others = np.setdiff1d(np.arange(len(wave.cube)), truths)
    emulator = fitted(wave.cube[others], wave.figures[others], request.seed)
    known = density_of([one.likelihood for one in posterior.waves[:-1]], wave.temperature)
    ranks = []
    for number, truth in enumerate(truths):
        seen = with_truth(request, wave.figures[truth], chance)
        likelihood = Likelihood(emulator, seen.observed, seen.error)

        def density(places: Places, likelihood: Likelihood = likelihood) -> Floats:
            return np.asarray(likelihood.log_density(places) + known(places))

        with one_thread():
            found = drawn(density, wave.cube[others], draws, request.steps, request.seed + number)
        ranks.append(_place(wave.cube[truth], found.draws, chance))
    return Ranks(request.space.names, np.array(ranks))


def in_full(request: Request, repetitions: int, run: Runs, tell: Tell = untold) -> Ranks:
    """Full recoveries: truths from the priors, and everything done anew for each.

    Args:
        request: with how much work each is recovered.
        repetitions: truths.
        run: runs points.
        tell: is told how far it is.
    """
    chance = np.random.default_rng(request.seed)
    truths = request.space.spread(repetitions, request.seed)
    figures = run(truths, "truths")
    ranks = []
    for number, (truth, seen) in enumerate(zip(truths, figures, strict=True), start=1):
        told = replace(with_truth(request, seen, chance), seed=request.seed + number)
        found = calibrate(told, run)
        ranks.append(_place(truth, found.cube, chance))
        tell("recovered", number=number, of=repetitions)
    return Ranks(request.space.names, np.array(ranks))


def _place(truth: Floats, draws: Floats, chance: np.random.Generator) -> Floats:
    """(parameters,) where a truth lies among draws, between 0 and 1."""
    below = (draws < truth).sum(axis=0)
    place: Floats = (below + chance.random(len(truth))) / (len(draws) + 1)
    return place


def known_world(request: Request, run: Runs) -> Request:
    """The request in the small world with what a run with the defaults says there as what was observed."""
    defaults = np.array([[declared()[name].default for name in request.space.names]])
    figures = run(request.space.cube(defaults), "defaults")[0]
    return with_truth(request, figures, np.random.default_rng(request.seed))


def draw_ranks(ranks: Ranks) -> Figure:
    """Empirical distribution of the ranks less that of uniform ones, a panel for each parameter.

    ArviZ's ``plot_ecdf_pit``, which marks where a panel leaves what uniform ranks give (p below 1%).
    """
    from arviz_base import from_dict
    from arviz_plots import plot_ecdf_pit

    columns = dict(zip(ranks.parameters, ranks.values.T[:, None, :], strict=True))
    panels = plot_ecdf_pit(
        from_dict({"prior_sbc": columns}),
        group="prior_sbc",
        backend="matplotlib",
        col_wrap=_PANELS,
        visuals={"xlabel": False},
        figure_kwargs={"figsize": _SIZE},
    )
    figure: Figure = panels.viz["figure"].item()
    figure.subplots_adjust(left=0.05, right=0.98, bottom=0.04, top=0.96, hspace=0.45)
    return figure

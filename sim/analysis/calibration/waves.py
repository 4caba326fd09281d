"""Calibration in waves: run, learn what runs say, rule out, look closer where parameters meet the figures.

Points of the first wave fill the priors. Those of each later one are drawn from the likelihood that the wave
before it gives, tempered (raised to the power 1 / temperature) so that its emulator is not trusted too far,
among the points that no wave has ruled out. The posterior comes from the emulator of the last wave.

Sources: history matching, Vernon, Goldstein and Bower 2010 (doi 10.1214/10-BA524); synthetic likelihood, Wood
2010 (doi 10.1038/nature09319); agent-based models, McCulloch and others 2022 (doi 10.18564/jasss.4791),
Carrella 2021 (doi 10.18564/jasss.4572).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from sim.analysis.calibration.emulator import Places, fitted
from sim.analysis.calibration.posterior import Likelihood, LogDensity, Walk, drawn, one_thread
from sim.analysis.calibration.space import Space
from sim.analysis.calibration.targets import Target, calibrated
from sim.kernel.world import Floats
from sim.scenarios.scenario import Scenario, load_scenario

#: A point whose figures lie farther from what was observed, in standard deviations, is ruled out.
IMPLAUSIBLE = 3.0
#: Fall of the log density per standard deviation beyond; a wall would leave walkers no way back.
_STEEP = 10.0
_LOOKED_THROUGH = 50_000  # points of the priors that tell which share of them is not ruled out
_LEAST_SEEN = 1.0 / _LOOKED_THROUGH
_FINAL = 2  # how much longer the walk to the posterior is than one to a wave

#: Points of the cube and the name of what is run to figures, (points, figures); NaN where a run failed.
type Runner = Callable[[Floats, str], Floats]


class Tell(Protocol):
    """Is told how far a calibration is, by the id of a sentence and its facts."""

    def __call__(self, step: str, /, **facts: object) -> None:
        """The sentence ``calibration.<step>`` with these facts holds now."""


def untold(step: str, /, **facts: object) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Request:
    """What is calibrated, to what, and with how much work.

    Attributes:
        targets: figures.
        scenario: what was in force, with any rule or parameter that is not as by default.
        space: parameters that are calibrated.
        world, seed: of the runs; the seed is that of the points and draws, too.
        runs: of each wave.
        temperatures: of the likelihood from which the points of the second wave and later ones are drawn.
        steps: of the walkers that draw a wave's points.
        draws: from the posterior.
    """

    targets: tuple[Target, ...] = field(default_factory=calibrated)
    scenario: Scenario = field(default_factory=lambda: load_scenario("baseline"))
    space: Space = field(default_factory=Space)
    world: str = "japan"
    seed: int = 1
    runs: int = 2_000
    temperatures: tuple[float, ...] = (16.0, 4.0, 1.0)
    steps: int = 3_000
    draws: int = 500

    @cached_property
    def observed(self) -> Floats:
        """(figures,) what was observed, on the scales."""
        return np.array([target.observed for target in self.targets])

    @cached_property
    def error(self) -> Floats:
        """(figures,) standard deviation of observation and discrepancy together."""
        return np.array([target.error for target in self.targets])

    def digest(self) -> str:
        """Identity of the request (16 hex digits)."""
        told = [
            [repr(target) for target in self.targets],
            [self.scenario.name, self.scenario.digest()],
            self.space.names,
            [self.world, self.seed, self.runs, self.temperatures, self.steps, self.draws],
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Wave:
    """What one wave ran and taught.

    Attributes:
        temperature: of the likelihood that its points were drawn from; None where they fill the priors.
        cube: (runs, parameters) its points; runs that failed are left out.
        figures: (runs, figures) what they said.
        likelihood: learned from them.
        left: share of the priors that no wave up to this one has ruled out.
    """

    temperature: float | None
    cube: Floats
    figures: Floats
    likelihood: Likelihood
    left: float


@dataclass(frozen=True)
class Posterior:
    """What calibration leaves of the parameters.

    Attributes:
        request: what was asked for.
        waves: one after the other.
        cube: (draws, parameters) draws from the posterior.
        walk: from which they were taken.
    """

    request: Request
    waves: tuple[Wave, ...]
    cube: Floats
    walk: Walk

    @property
    def likelihood(self) -> Likelihood:
        """That of the last wave."""
        return self.waves[-1].likelihood

    @cached_property
    def values(self) -> Floats:
        """(draws, parameters) in their units."""
        return self.request.space.values(self.cube)


def calibrate(
    request: Request,
    run: Runner,
    tell: Tell = untold,
    points: Callable[[str], Floats | None] = lambda _: None,
) -> Posterior:
    """Run the waves, and draw from what they leave.

    Args:
        request: what, to what, with how much work.
        run: runs points.
        tell: is told how far it is.
        points: those that a wave of that name was run with before, so that what was interrupted goes on.
    """
    with one_thread():
        return _calibrated(request, run, tell, points)


def _calibrated(
    request: Request, run: Runner, tell: Tell, points: Callable[[str], Floats | None]
) -> Posterior:
    waves: list[Wave] = []
    prior = request.space.spread(_LOOKED_THROUGH, request.seed + 1)
    left = np.ones(len(prior), np.bool_)
    for number, temperature in enumerate((None, *request.temperatures), start=1):
        name = f"wave-{number}"
        known = points(name)
        new = known if known is not None else _points(request, waves, temperature, prior, number)
        cube = request.space.rounded(new)
        tell("wave", number=number, waves=len(request.temperatures) + 1, runs=len(cube))
        figures = run(cube, name)
        whole = np.isfinite(figures).all(axis=1)
        cube, figures = cube[whole], figures[whole]
        likelihood = Likelihood(fitted(cube, figures, request.seed), request.observed, request.error)
        left &= _excess([likelihood], Places(prior)) == 0.0
        waves.append(Wave(temperature, cube, figures, likelihood, float(left.mean())))
        least, within = f"{max(waves[-1].left, _LEAST_SEEN):.2g}", likelihood.emulator.within().min()
        tell("wave_done", number=number, left=least, within=float(within))
    last = waves[-1]
    walk = drawn(last.likelihood.log_density, last.cube, request.draws, _FINAL * request.steps, request.seed)
    return Posterior(request, tuple(waves), request.space.rounded(walk.draws), walk)


def _points(
    request: Request, waves: Sequence[Wave], temperature: float | None, prior: Floats, number: int
) -> Floats:
    """(runs, parameters) the points of a wave."""
    if temperature is None:
        return request.space.spread(request.runs, request.seed)
    density = density_of([wave.likelihood for wave in waves], temperature)
    start = np.concatenate([waves[-1].cube, prior[: len(waves[-1].cube)]])
    return drawn(density, start, request.runs, request.steps, request.seed + number).draws


def density_of(before: Sequence[Likelihood], temperature: float) -> LogDensity:
    """The density from which points of a wave are drawn: what the waves before it leave, tempered."""

    def density(places: Places) -> Floats:
        found: Floats = before[-1].log_density(places) / temperature - _STEEP * _excess(before, places)
        return found

    return density


def _excess(likelihoods: Sequence[Likelihood], places: Places) -> Floats:
    """(points,) by how much figures whose emulator is trusted exceed the implausibility that is allowed."""
    excess = np.zeros(len(places.cube))
    for likelihood in likelihoods:
        beyond = np.maximum(likelihood.implausibility(places) - IMPLAUSIBLE, 0.0)
        excess += (beyond * likelihood.emulator.trusted()).sum(axis=1)
    return excess

"""Search for trade-offs with Optuna's genetic algorithms, generation by generation.

The same seed asks for the same points as long as what they give is the same: a search that was killed asks
again for what is stored, and goes on.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.errors import InputError
from sim.kernel.world import Floats
from sim.statistics.contrasts import Flags

#: Objectives up to which NSGA-II is taken (Deb et al. 2002); beyond, NSGA-III (Deb and Jain 2014).
_FEW = 3


class Measured(NamedTuple):
    """What points give.

    Attributes:
        objectives: (points, objectives) means, larger is better.
        violations: (points, constraints) by how much a constraint is missed; 0 or less where it is kept to.
    """

    objectives: Floats
    violations: Floats


class Searched(NamedTuple):
    """What a search tried, in order.

    Attributes:
        genes: (evaluations, genes), 0 to 1.
        objectives, violations: as of ``Measured``.
    """

    genes: Floats
    objectives: Floats
    violations: Floats

    @property
    def feasible(self) -> Flags:
        """Which evaluations keep to all constraints."""
        return np.asarray((self.violations <= 0.0).all(axis=1))


def needs_optuna() -> Any:
    """Optuna.

    Raises:
        InputError: it is not installed.
    """
    try:
        import optuna
    except ModuleNotFoundError as error:
        raise InputError(
            f"sim frontier needs {error.name}: install the package with its extra, "
            "pip install 'sdgs-partnership-sim[analysis]'"
        ) from None
    return optuna


def search(
    measure: Callable[[Floats], Measured],
    genes: int,
    objectives: int,
    evaluations: int,
    population: int,
    seed: int,
    first: Floats | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Searched:
    """Search for points that no other one beats in all objectives.

    Args:
        measure: gives objectives and violations of (points, genes).
        genes: numbers from 0 to 1 that make a point.
        objectives: how many there are.
        evaluations: points to try.
        population: of a generation.
        seed: of the optimiser.
        first: points to begin with; the rest of the first generation is drawn.
        told: called with the evaluations done, after each generation.

    Raises:
        InputError: Optuna is not installed.
    """
    optuna = needs_optuna()
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        kind = optuna.samplers.NSGAIISampler if objectives <= _FEW else optuna.samplers.NSGAIIISampler
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on what Optuna may change of NSGA-III
            sampler = kind(population_size=population, seed=seed)
        study = optuna.create_study(directions=["maximize"] * objectives, sampler=sampler)
    finally:
        optuna.logging.set_verbosity(before)
    names = [f"gene_{number}" for number in range(genes)]
    space = {name: optuna.distributions.FloatDistribution(0.0, 1.0) for name in names}
    for point in () if first is None else first:
        study.enqueue_trial(dict(zip(names, map(float, point), strict=True)))
    tried: list[tuple[Floats, Floats, Floats]] = []
    done = 0
    while done < evaluations:
        trials = [study.ask(space) for _ in range(min(population, evaluations - done))]
        asked = np.array([[trial.params[name] for name in names] for trial in trials])
        found = measure(asked)
        _tell(study, trials, found)
        tried.append((asked, *found))
        done += len(trials)
        told(done)
    return Searched(*(np.concatenate(part) for part in zip(*tried, strict=True)))


def _tell(study: Any, trials: list[Any], found: Measured) -> None:
    for trial, objectives, violations in zip(trials, *found, strict=True):
        for number, missed in enumerate(violations):
            trial.set_constraint(f"constraint_{number}", float(missed))
        study.tell(trial, [float(value) for value in objectives])

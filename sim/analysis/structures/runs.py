"""Calibrate a structure, score it on figures that it has not seen, and ask what each lever costs in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import scoringrules
from scipy.special import logsumexp
from scipy.stats import norm

from sim.analysis.calibration.running import Runs
from sim.analysis.calibration.targets import calibrated
from sim.analysis.calibration.waves import Posterior, Request, calibrate
from sim.analysis.standing import Levers, costs, standing
from sim.analysis.structures.table import Structure
from sim.analysis.validation.cases import LAST, end_of, later
from sim.batch.parameter_sets import ParameterSets
from sim.calendar import quarter_label
from sim.scenarios.scenario import Scenario, load_scenario

#: Last fiscal years of the data to which a structure is calibrated before it is scored on what follows.
ORIGINS = (2019, 2020)
_SPREAD = (0.05, 0.95)


class Work(NamedTuple):
    """With how much work each structure is calibrated and asked.

    Attributes:
        runs, temperatures, steps: of a calibration, as in ``Request``; fewer than for the posterior.
        draws: from each posterior, run for the scores.
        asked: how many of the draws are asked what each lever costs.
    """

    runs: int = 560
    temperatures: tuple[float, ...] = (4.0,)
    steps: int = 400
    draws: int = 100
    asked: int = 32


def fitted(structure: Structure, until: str, world: str, seed: int, work: Work, workers: int) -> Posterior:
    """Calibrate a structure to the figures up to the end of a quarter."""
    request = Request(
        targets=calibrated(until), scenario=structure.of(load_scenario("baseline")), space=structure.space,
        world=world, seed=seed, runs=work.runs, temperatures=work.temperatures, steps=work.steps,
        draws=work.draws,
    )  # fmt: skip
    return calibrate(request, Runs(request, workers=workers))


def scored(
    structure: Structure, origin: int, world: str, seed: int, work: Work, workers: int
) -> pd.DataFrame:
    """Scores of a structure that was calibrated to figures up to the end of a fiscal year.

    A figure is forecast as a mixture of normal distributions around what runs with the draws say, with the
    errors of observation and discrepancy. Figures of a series are not independent, so that sums of scores
    tell less than they would of so many independent ones.

    Returns:
        A row for each unseen figure: ``structure``, ``origin``, ``figure``, ``block``, ``log_score`` (minus
        the logarithm of the density of what was observed) and ``crps``, both on the figure's scale, less is
        better, and ``covered``, whether 90% of the forecast hold it.
    """
    posterior = fitted(structure, quarter_label(end_of(origin)), world, seed, work, workers)
    targets = later(origin)
    request = replace(posterior.request, targets=targets)
    said = Runs(request, workers=workers)(posterior.cube, "forecast")
    said = said[np.isfinite(said).all(axis=1)]
    chance = np.random.default_rng(seed)
    noisy = said + request.error * chance.normal(size=said.shape)
    low, high = np.quantile(noisy, _SPREAD, axis=0)
    density = logsumexp(norm.logpdf(request.observed, said, request.error), axis=0) - np.log(len(said))
    errors = np.broadcast_to(request.error, said.shape)
    return pd.DataFrame({
        "structure": structure.name,
        "origin": origin,
        "figure": [target.name for target in targets],
        "block": [target.block for target in targets],
        "log_score": -density,
        "crps": scoringrules.crps_mixnorm(request.observed, said, errors, m_axis=0),
        "covered": (low <= request.observed) & (request.observed <= high),
    })  # fmt: skip


def ranked(structure: Structure, sets: ParameterSets, levers: Levers, asked: int) -> pd.DataFrame:
    """What a further deal costs with each lever, in draws from what calibration leaves of a structure.

    Args:
        structure: the alternative.
        sets: draws; the first ``asked`` are run, each as a replicate of its own.
        levers: what is compared.
        asked: how many.

    Returns:
        ``structure`` and the columns of ``sim.analysis.standing.standing``.
    """

    def future(scenario: Scenario, draw: int) -> Scenario:
        return sets.applied(structure.of(scenario), draw)

    found = standing(costs(future, asked, levers))
    found.insert(0, "structure", structure.name)
    return found


def asked(
    structures: Sequence[Structure],
    levers: Levers,
    seed: int,
    work: Work,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What every structure says: ``ranked`` and ``scored``, one after the other."""
    ranks, scores = [], []
    for structure in structures:
        setting = levers.setting
        where = (setting.world, seed, work, setting.workers)
        posterior = fitted(structure, LAST, *where)
        sets = structure.space.sets(posterior.cube, structure.name)
        say(f"{structure.name}: calibrated to figures to FY2021")
        ranks.append(ranked(structure, sets, levers, work.asked))
        say(f"{structure.name}: {work.asked:,} draws asked for the levers")
        scores += [scored(structure, origin, *where) for origin in ORIGINS]
        say(f"{structure.name}: scored")
    return pd.concat(ranks, ignore_index=True), pd.concat(scores, ignore_index=True)

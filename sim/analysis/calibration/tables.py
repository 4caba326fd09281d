"""What a calibration found, as tables."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.calibration.emulator import Places
from sim.analysis.calibration.regression_abc import Agreement
from sim.analysis.calibration.running import Runs
from sim.analysis.calibration.space import BLOCKS
from sim.analysis.calibration.targets import Target, Use, matched, targets_digest
from sim.analysis.calibration.waves import Posterior
from sim.batch.parameter_sets import POSTERIOR, ParameterSets
from sim.errors import InputError
from sim.files import write_text
from sim.kernel.parameters import declared
from sim.kernel.world import Floats
from sim.provenance import source_digest
from sim.text.harmless import csv_of

_MODEL, _CHECK = "model:", "check:"
LATER = "later"  # what a figure is used for that came after the data of the calibration
_CHECKED = 20  # sets whose runs are compared between versions of the model
_QUANTILES = (0.05, 0.5, 0.95)
_UNIFORM = 12.0**-0.5  # standard deviation of a coordinate under its prior


def sets_of(posterior: Posterior, run: Runs) -> ParameterSets:
    """The draws as parameter sets, with which version of model and data they hold for above them."""
    sets = posterior.request.space.sets(posterior.cube, POSTERIOR)
    runs = sum(len(wave.cube) for wave in posterior.waves)
    preamble = (
        f"{_MODEL} {source_digest()}",
        f"{_CHECK} {check(sets, run)}",
        f"targets: {targets_digest()}",
        f"calibration: {posterior.request.digest()}",
        f"made by: sim calibrate, {runs:,} runs in {len(posterior.waves)} waves",
    )
    return replace(sets, preamble=preamble)


def check(sets: ParameterSets, run: Runs) -> str:
    """16 hex digits over the figures of runs with the first sets: the same as long as no run changes."""
    first = replace(sets, values=sets.values[:_CHECKED])
    figures = run.figures(first, "check", matched())
    return hashlib.sha256("".join(f"{figure:.9e}" for figure in figures.flat).encode()).hexdigest()[:16]


def confirmed(sets: ParameterSets, run: Runs) -> ParameterSets:
    """The sets marked as those of this version of the model, if it gives the same runs.

    Raises:
        InputError: it does not; calibrate again.
    """
    if f"{_CHECK} {check(sets, run)}" not in sets.preamble:
        raise InputError(f"{sets.label}: this version of the model gives other runs; calibrate again")
    kept = [line for line in sets.preamble if not line.startswith(_MODEL)]
    return replace(sets, preamble=(f"{_MODEL} {source_digest()}", *kept))


def parameters_table(posterior: Posterior, second: Agreement) -> pd.DataFrame:
    """Prior and posterior of each parameter, and how a second method agrees.

    Returns:
        Columns ``parameter``, ``block``, ``unit``; ``low``, ``high`` of the prior and ``default``; ``q05``,
        ``q50``, ``q95`` of the posterior; ``shrinkage``, 1 less its standard deviation over that of the
        prior, both in the coordinate that is uniform under the prior (0 = data say nothing); ``abc_shift``
        and ``abc_width`` as in ``Agreement``.
    """
    block_of = {name: block for block, names in BLOCKS.items() for name in names}
    low, middle, high = np.quantile(posterior.values, _QUANTILES, axis=0)
    rows = []
    for place, name in enumerate(posterior.request.space.names):
        known = declared()[name]
        shrinkage = 1.0 - posterior.cube[:, place].std() / _UNIFORM
        rows.append((
            name, block_of.get(name, ""), known.unit, known.low, known.high, known.default, low[place],
            middle[place], high[place], shrinkage, second.shift[place], second.width[place],
        ))  # fmt: skip
    columns = (
        "parameter", "block", "unit", "low", "high", "default", "q05", "q50", "q95", "shrinkage",
        "abc_shift", "abc_width",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def methods_table(posterior: Posterior, second: Agreement) -> pd.DataFrame:
    """How much stands behind the posterior, and behind the second method.

    Returns:
        Columns ``what`` and ``value``: parameters, figures and runs; draws kept, how many independent ones
        the walk is worth (for its slowest parameter), and after how many steps a walker has forgotten where
        it was; the effective number of runs behind the regression, and its farthest shift and widths.
    """
    walk = posterior.walk
    values = {
        "parameters": len(posterior.request.space.names),
        "figures": len(posterior.request.targets),
        "runs": sum(len(wave.cube) for wave in posterior.waves),
        "draws": len(posterior.cube),
        "independent_draws": walk.independent,
        "autocorrelation_steps": float(walk.autocorrelation.max()),
        "regression_effective_runs": second.runs,
        "regression_farthest_shift": float(np.abs(second.shift).max()),
        "regression_least_width": float(second.width.min()),
        "regression_most_width": float(second.width.max()),
    }
    return pd.DataFrame(values.items(), columns=["what", "value"])


def waves_table(posterior: Posterior) -> pd.DataFrame:
    """What each wave ran and ruled out, and how its emulator did on what was held out.

    Returns:
        Columns ``wave``, ``temperature`` (blank where points fill the priors), ``runs``, ``not_ruled_out``
        (share of the priors), ``least_within`` and ``figure``, the least share of held-out residuals within
        two standard deviations and of which figure, ``untrusted``, the figures that may not rule out, and
        ``farthest``, the median over the wave's runs of the implausibility of their worst figure.
    """
    names = [target.name for target in posterior.request.targets]
    rows = []
    for number, wave in enumerate(posterior.waves, start=1):
        emulator, within = wave.likelihood.emulator, wave.likelihood.emulator.within()
        farthest = float(np.median(wave.likelihood.implausibility(Places(wave.cube)).max(axis=1)))
        worst, untrusted = int(within.argmin()), int((~emulator.trusted()).sum())
        rows.append((
            number, wave.temperature, len(wave.cube), wave.left, within.min(), names[worst], untrusted,
            farthest,
        ))  # fmt: skip
    columns = (
        "wave", "temperature", "runs", "not_ruled_out", "least_within", "figure", "untrusted", "farthest",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def predictive(
    posterior: Posterior, targets: tuple[Target, ...], run: Runs, discrepancy: bool = True
) -> Floats:
    """(draws, figures) figures on their scales that a run with each draw gives, with errors drawn on top.

    Args:
        posterior: whose draws are run.
        targets: figures.
        run: runs them.
        discrepancy: whether errors of observation and discrepancy are added, as in what was observed.
    """
    sets = posterior.request.space.sets(posterior.cube, "draws")
    figures = run.figures(sets, "draws", targets)
    if not discrepancy:
        return figures
    error = np.array([target.error for target in targets])
    chance = np.random.default_rng(posterior.request.seed)
    return np.asarray(figures + error * chance.normal(size=figures.shape))


def fit_table(targets: tuple[Target, ...], figures: Floats, used: tuple[Target, ...]) -> pd.DataFrame:
    """What was observed beside what the posterior predicts.

    Args:
        targets: figures.
        figures: (draws, figures) as ``predictive`` gives them.
        used: those of them that this posterior was calibrated to.

    Returns:
        Columns ``figure``, ``use`` (``later`` for what is calibrated to, but came after its data),
        ``date``, ``observed``, ``q05``, ``q50``, ``q95`` in the figure's unit, ``inside``, whether what was
        observed lies between the first and the last of them, and ``z``, its distance from the mean in
        standard deviations on the scale.
    """
    rows, known = [], {target.name for target in used}
    for place, target in enumerate(targets):
        later = target.use is Use.CALIBRATED and target.name not in known
        said = figures[:, place][np.isfinite(figures[:, place])]
        low, middle, high = target.plain(np.quantile(said, _QUANTILES))
        z = (target.observed - said.mean()) / said.std()
        inside = bool(low <= target.value <= high)
        use = LATER if later else str(target.use)
        rows.append((target.name, use, target.date, target.value, low, middle, high, inside, z))
    columns = ("figure", "use", "date", "observed", "q05", "q50", "q95", "inside", "z")
    return pd.DataFrame(rows, columns=columns)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table, numbers to five digits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, csv_of(table, digits="%.5g"))

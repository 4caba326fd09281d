"""Calibrate, hold a second method against it, and keep what was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim.analysis.calibration.identify import profile, trade_offs
from sim.analysis.calibration.regression_abc import agreement
from sim.analysis.calibration.running import Runs, taken_up
from sim.analysis.calibration.tables import (
    fit_table,
    methods_table,
    parameters_table,
    predictive,
    sets_of,
    waves_table,
    write_csv,
)
from sim.analysis.calibration.targets import matched
from sim.analysis.calibration.waves import Posterior, Request, Tell, calibrate, untold
from sim.batch.parameter_sets import ParameterSets
from sim.files import write_text
from sim.studies.study import Listener, unheard

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Found:
    """What a calibration found.

    Attributes:
        posterior: draws and waves.
        sets: the draws as parameter sets.
        tables: ``parameters``, ``methods``, ``waves``, ``fit``, ``profile`` and ``trade_offs``.
    """

    posterior: Posterior
    sets: ParameterSets
    tables: dict[str, pd.DataFrame]

    def pictures(self) -> dict[str, Figure]:
        """What the data inform, and what they tell together only, by name."""
        from sim.analysis.calibration.figures import identifiability, pairs

        sets = pd.DataFrame(self.sets.values, columns=list(self.sets.names))
        parameters = self.tables["parameters"]
        return {
            "identifiability": identifiability(parameters, self.tables["profile"], sets),
            "trade_offs": pairs(self.tables["trade_offs"], sets, parameters),
        }

    def write(self, sets: Path, folder: Path) -> None:
        """Write the draws to a file, and the tables into a folder, as ``calibration_*.csv``."""
        write_text(sets, self.sets.text())
        for name, table in self.tables.items():
            write_csv(table, folder / f"calibration_{name}.csv")


def found(
    request: Request,
    folder: Path | None = None,
    workers: int = 1,
    tell: Tell = untold,
    listener: Listener = unheard,
) -> Found:
    """Calibrate.

    Args:
        request: what, to what, with how much work.
        folder: where runs are stored, so that what was interrupted goes on; None = in memory.
        workers: processes, or threads in memory.
        tell: is told how far it is.
        listener: told how far the runs of a wave are.

    Raises:
        InputError: the folder holds another calibration.
    """
    run = Runs(request, None if folder is None else taken_up(request, folder), workers, listener)
    posterior = calibrate(request, run, tell, run.points)
    tell("draws", runs=len(posterior.cube))
    targets = matched()
    second = agreement(posterior)
    tables = {
        "parameters": parameters_table(posterior, second),
        "methods": methods_table(posterior, second),
        "waves": waves_table(posterior),
        "fit": fit_table(targets, predictive(posterior, targets, run), request.targets),
        "profile": profile(posterior),
        "trade_offs": trade_offs(posterior),
    }
    return Found(posterior, sets_of(posterior, run), tables)

"""A scenario that kills the process that runs it, for tests of what happens then."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from multiprocessing import parent_process

import numpy as np
import numpy.typing as npt

from sim.scenarios.scenario import Scenario


class LethalScenario(Scenario):
    """Kills a worker; raises where it is run by no worker, so that a mistake cannot kill the tests."""

    def appropriations(self, fiscal_years: Iterable[int]) -> npt.NDArray[np.float64]:
        if parent_process() is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("run outside of a worker")

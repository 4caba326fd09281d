"""Run points batch after batch, for those who decide the next from the last: optimisers, calibration."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sim.batch.design import Design
from sim.batch.executors import threads
from sim.batch.experiment import Experiment
from sim.batch.factors import Point
from sim.errors import InputError
from sim.studies.study import Listener, Study, unheard

if TYPE_CHECKING:
    import pandas as pd


class Evaluator:
    """Runs points of a design as they are asked for, stored and resumable.

    A point that was asked for before is not run again, in this process or an earlier one: an optimiser that
    is started anew with the same seed asks for the same points and goes on from where it was stopped. Use it
    as a context, which ends its threads.

    Args:
        experiment: scenarios, world, horizon, replicates and, in its design, the factors; the points of the
            design do not count.
        out: results folder; ``results/<name>-<digest>`` by default.
        workers: threads.
        executor: where to run instead; it is not shut down.
    """

    def __init__(
        self,
        experiment: Experiment,
        out: Path | None = None,
        workers: int = 1,
        executor: Executor | None = None,
    ) -> None:
        if experiment.design is None:
            raise InputError("evaluate: the experiment has no design; its factors say what a point is")
        self._design = Design("table", experiment.design.factors, (), {})
        self._experiment = replace(experiment, design=self._design)
        self.folder = out if out is not None else self._experiment.folder()
        self._open = ExitStack()
        self._executor = executor
        self._workers = workers
        self._stored_points()  # refuses a folder of other factors at once

    def __enter__(self) -> Self:
        if self._executor is None and self._workers > 1:
            self._executor = self._open.enter_context(threads(self._workers))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def evaluate(
        self,
        points: Sequence[Mapping[str, Any]],
        outcomes: str | Sequence[str] | None = None,
        at: str | Sequence[str] | None = None,
        listener: Listener = unheard,
        cancel: threading.Event | None = None,
    ) -> pd.DataFrame:
        """Run what is missing of the points and give their runs.

        Args:
            points: value of every factor by name; a factor that is left out is as in the scenario.
            outcomes, at: as of ``Results.runs``.
            listener, cancel: as of ``Study.run``.

        Returns:
            The rows of ``Results.runs`` for these points, in the order asked for, with their numbers in
            ``point``; a run that failed has no row.

        Raises:
            InputError: no point is given, or one names another factor or a value that its factor does not
                allow; or another command is writing to the folder.
            StudyCancelled: ``cancel`` was set.
        """
        import pandas as pd

        asked = [self._point(number, point) for number, point in enumerate(points)]
        if not asked:
            raise InputError("evaluate: no point is given; name one or more")
        stored = self._stored_points()  # anew: another evaluator may have added points
        known: dict[Point, int] = {}
        for number, point in enumerate(stored):
            known.setdefault(point, number)
        new = [point for point in dict.fromkeys(asked) if point not in known]
        known |= {point: len(stored) + number for number, point in enumerate(new)}
        design = replace(self._design, points=(*stored, *new))
        experiment = replace(self._experiment, design=design)
        with ExitStack() as open_now:
            executor = self._executor
            if executor is None and self._workers > 1:  # not used as a context
                executor = open_now.enter_context(threads(self._workers))
            study = Study(experiment, self.folder, workers=self._workers, executor=executor)
            results = study.run(listener, cancel)
        numbers = [known[point] for point in asked]
        rows = results.runs(outcomes, at, points=sorted(set(numbers)))
        asked_for = pd.DataFrame({"point": numbers})
        return asked_for.merge(rows, on="point")[list(rows)]

    def _point(self, number: int, point: Mapping[str, Any]) -> Point:
        factors = {factor.name: factor for factor in self._design.factors}
        unknown = [name for name in point if name not in factors]
        if unknown:
            raise InputError(
                f"evaluate: point {number}: {unknown[0]!r} is no factor; factors are {', '.join(factors)}"
            )
        for name, value in point.items():
            factors[name].coordinate(value)  # refuses what the factor does not allow
        return tuple(point.get(name) for name in factors)

    def _stored_points(self) -> tuple[Point, ...]:
        from sim.batch.stored import read_points

        stored = tuple(read_points(self.folder, self._design))
        replace(self._design, points=stored).check_allowed()
        return stored

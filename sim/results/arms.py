"""Arms of a contrast: a scenario, a point of a design, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import numpy.typing as npt

from sim.errors import InputError
from sim.results.runs import Runs

if TYPE_CHECKING:
    from sim.results.folder import Folder


@dataclass(frozen=True)
class Arm:
    """What is compared.

    Attributes:
        scenario: its name; None = the only scenario of the experiment.
        point: a point of the design; None = all of them, averaged.
    """

    scenario: str | None = None
    point: int | None = None

    def __str__(self) -> str:
        words = [self.scenario or "", "" if self.point is None else f"point {self.point}"]
        return ", ".join(word for word in words if word)


#: A scenario, a point, or both; or an ``Arm``.
type ArmLike = Arm | str | int | tuple[str, int]


def arm_of(given: ArmLike, scenarios: tuple[str, ...], points: int) -> Arm:
    """The arm that is meant, with its scenario named.

    Raises:
        InputError: there is no such scenario or point, or it is not said which scenario.
    """
    arm = _stated(given)
    if arm.scenario is None and len(scenarios) > 1:
        raise InputError(f"arm {given!r}: say of which scenario: {', '.join(scenarios)}")
    name = scenarios[0] if arm.scenario is None else arm.scenario
    if name not in scenarios:
        raise InputError(f"arm {given!r}: {name!r} is not among {', '.join(scenarios)}")
    if arm.point is not None and not 0 <= arm.point < points:
        raise InputError(f"arm {given!r}: there is no point {arm.point}; the last one is {points - 1}")
    return Arm(name, arm.point)


def _stated(given: ArmLike) -> Arm:
    if isinstance(given, Arm):
        return given
    if isinstance(given, str):
        return Arm(given)
    if _is_number(given):
        return Arm(point=int(given))
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], str) and _is_number(given[1]):
        return Arm(given[0], int(given[1]))
    raise InputError(f"arm {given!r}: give a scenario, a point, or both as (scenario, point)")


def _is_number(given: object) -> TypeGuard[int | np.integer[Any]]:
    return isinstance(given, int | np.integer) and not isinstance(given, bool)


def names_point(folder: Folder, arm: Arm) -> bool:
    """Whether an arm is a single point: it names one, or the folder has no more than one."""
    return arm.point is not None or folder.manifest.points == 1


def in_arm(runs: Runs, arm: Arm, scenarios: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Which runs belong to an arm."""
    chosen: npt.NDArray[np.bool_] = runs.scenario == scenarios.index(str(arm.scenario))
    return chosen if arm.point is None else chosen & (runs.point == arm.point)

"""Replicates until the intervals of chosen outcomes are narrow enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.results.arms import Arm, in_arm
from sim.results.contrasts import contrast_of_runs
from sim.results.runs import read_runs
from sim.statistics.contrasts import Contrast
from sim.statistics.precision import FIRST_STAGE, Look, Target, look

if TYPE_CHECKING:
    from sim.results.folder import Folder


@dataclass(frozen=True)
class Narrowness:
    """How narrow the interval of an effect is.

    Attributes:
        scenario: compared with the baseline.
        outcome: at the last quarter kept.
        half: half-width of its 95% interval; NaN for one pair.
        wanted: largest half-width that will do.
        effect: mean difference.
        reached: whether it is narrow enough.
    """

    scenario: str
    outcome: str
    half: float
    wanted: float
    effect: float
    reached: bool


@dataclass(frozen=True)
class Progress:
    """What a look at the stored runs says.

    Attributes:
        replicates: those there are.
        following: those to have at the next look; the same where it is enough.
        rows: every scenario and outcome.
    """

    replicates: int
    following: int
    rows: tuple[Narrowness, ...]

    @property
    def reached(self) -> bool:
        """Whether every interval is narrow enough."""
        return all(row.reached for row in self.rows)

    @property
    def enough(self) -> bool:
        """Whether to stop: every interval is narrow enough, or the limit is reached."""
        return self.following == self.replicates


def run_until_narrow(
    run: Callable[[int], Folder], baseline: str, outcomes: Sequence[str], target: Target, limit: int
) -> Iterator[Progress]:
    """Run stage by stage until the effects of all scenarios on the outcomes are known narrowly enough.

    ``sim.statistics.precision.look`` is the rule. Each stage is yielded, so that whoever calls may tell it
    or stop; the last one is ``enough``.

    Args:
        run: runs so many replicates in all (what is stored is not run again) and gives their folder.
        baseline: scenario compared with.
        outcomes: which count.
        target: how narrow.
        limit: most replicates.
    """
    wanted = min(FIRST_STAGE, limit)
    while True:
        progress = progress_of(run(wanted), baseline, outcomes, target, limit)
        yield progress
        if progress.enough:
            return
        wanted = progress.following


def progress_of(
    folder: Folder, baseline: str, outcomes: Sequence[str], target: Target, limit: int
) -> Progress:
    """Whether the intervals of the outcomes are narrow enough, and how many replicates to have next.

    Raises:
        InputError: an outcome is not kept, or the folder holds a design.
    """
    if folder.manifest.points > 1:
        raise InputError(
            f"{folder.folder}: holds a design, whose intervals more replicates alone do not narrow"
        )
    replicates = folder.manifest.replicates
    looks = list(_looks(folder, baseline, outcomes, target, limit))
    rows = tuple(row for one, rows in looks for row in rows)
    if all(row.reached for row in rows) or replicates >= limit:
        return Progress(replicates, replicates, rows)
    more = max(one.following - one.replicates for one, _ in looks)  # a failed run is no pair
    return Progress(replicates, min(replicates + max(more, 1), limit), rows)


def _looks(
    folder: Folder, baseline: str, outcomes: Sequence[str], target: Target, limit: int
) -> Iterator[tuple[Look, list[Narrowness]]]:
    runs = read_runs(folder, list(outcomes))
    base = runs.where(in_arm(runs, Arm(baseline), folder.scenarios))
    for name in folder.scenarios:
        if name != baseline:
            own = runs.where(in_arm(runs, Arm(name), folder.scenarios))
            contrast = contrast_of_runs(own, base, (True, True)).row(0)  # no design: one point
            seen = look(contrast, target, limit)
            yield (
                seen,
                [_narrowness(name, outcome, seen, contrast, at) for at, outcome in enumerate(outcomes)],
            )


def _narrowness(scenario: str, outcome: str, seen: Look, contrast: Contrast, at: int) -> Narrowness:
    half, wanted, effect = (float(row[at]) for row in (seen.half, seen.wanted, contrast.effect))
    return Narrowness(scenario, outcome, half, wanted, effect, bool(seen.reached[at]))

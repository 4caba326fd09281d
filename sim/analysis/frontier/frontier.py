"""Find the best mixes for a budget, and measure with fresh draws how good they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import TypeAdapter

from sim.analysis.frontier.mixes import Mixes
from sim.analysis.frontier.runs import AS_IT_IS, Listener, Runs, oriented, violations
from sim.analysis.frontier.search import Searched, needs_optuna, search
from sim.batch.frontier_file import FrontierSection, Problem
from sim.errors import InputError
from sim.files import own_folder, read_json, write_text
from sim.kernel.world import Floats
from sim.statistics.contrasts import Flags
from sim.statistics.fronts import Volume, allocation, close, hypervolume, measured, non_dominated, typical

#: Mixes near the front that are looked at again, and mixes that a person is shown.
MOST_NEAR, SHOWN = 20, 5
#: Share of the final replicates with which it is decided which of the near ones deserve them all.
_FIRST_LOOK = 3
#: Part of the range tried by which the reference of the hypervolume lies below the worst of it.
_BELOW = 0.05
_SECTION = "section.json"

type Numbers = npt.NDArray[np.int64]
type Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Frontier:
    """What a search found.

    Attributes:
        problem: what was sought.
        mixes: levers and budget.
        amounts: (mixes, levers) JPY M a fiscal year of every different mix that was tried, in order.
        seen: (replicates, 1 + mixes, outcomes) of the search; first the scenario as it is.
        claimed: places of the mixes on the front that the search claims.
        final: places of the mixes that were run again: those claimed, then those that compete with them.
        fresh: (replicates, 1 + final, outcomes) with draws that the search has not seen; first the scenario
            as it is.
        progress: ``evaluations`` and ``hypervolume``, as a share of the box between ``reference`` and
            ``ideal``.
        reference, ideal: of the hypervolume, by objective, as effects against the scenario as it is; larger
            is better in all.
        near: number of mixes near the claimed front that were looked at with fresh draws, too.
    """

    problem: Problem
    mixes: Mixes
    amounts: Floats
    seen: Floats
    claimed: Numbers
    final: Numbers
    fresh: Floats
    progress: pd.DataFrame
    reference: Floats
    ideal: Floats
    near: int

    @property
    def runs(self) -> int:
        """Runs behind what is told: those of the search, and those with fresh draws."""
        return int(np.prod(self.seen.shape[:2]) + np.prod(self.fresh.shape[:2]))

    @property
    def box(self) -> float:
        """Volume between reference and ideal, which hypervolumes are shares of."""
        return float(np.prod(self.ideal - self.reference))

    @property
    def claimed_effects(self) -> Floats:
        """(mixes, objectives) of ``claimed`` as the search sees them."""
        return effects(self.problem, self.seen).mean(axis=0)[self.claimed]

    @property
    def claimed_volume(self) -> float:
        """Hypervolume that the search claims: it looked for what luck made large, too."""
        return hypervolume(self.claimed_effects, self.reference) / self.box

    @property
    def again(self) -> Volume:
        """Hypervolume of the same mixes with fresh draws."""
        values = effects(self.problem, self.fresh)[:, : len(self.claimed)]
        found = measured(values, self.reference)
        return Volume(*(number / self.box for number in found))

    @property
    def stays(self) -> Flags:
        """Of ``final``, which keep to the constraints and are not shown to be dominated, by fresh draws."""
        values = self.fresh[:, 1:]
        feasible = (violations(self.problem, values.mean(axis=0)) <= 0.0).all(axis=1)
        found = np.zeros(len(self.final), bool)
        if feasible.any():
            found[feasible] = close(oriented(self.problem, values[:, feasible]))
        return found

    @property
    def shown(self) -> Numbers:
        """Places in ``final`` of a few mixes that stay and stand for all that do.

        They are picked by what the search has seen, and shown by fresh draws, so that being picked does not
        flatter them.
        """
        kept = np.flatnonzero(self.stays)
        kept = kept if len(kept) else np.arange(len(self.final))
        seen = effects(self.problem, self.seen).mean(axis=0)[self.final[kept]]
        return kept[typical(seen, SHOWN)]


def find(
    problem: Problem,
    out: Path | None = None,
    workers: int = 1,
    tell: Tell = lambda *_: None,
    listener: Listener = lambda _: None,
) -> Frontier:
    """Search for the best mixes, and run those that are found again with fresh draws.

    Everything that is run is stored in ``out`` and below: the same call goes on from there.

    Args:
        problem: what is sought.
        out: results folder of the mixes tried; ``folder_of`` by default.
        workers: threads.
        tell: told the step (``search``, ``near`` or ``final``), what is done of it, and of how much.
        listener: told about the runs of each step.

    Raises:
        InputError: Optuna is missing, runs failed, no mix keeps to the constraints, or the folder holds
            something else.
    """
    needs_optuna()
    folder = folder_of(problem) if out is None else out
    stage = _Stage(problem, folder, workers, tell, listener)
    found, amounts, seen = stage.search()
    write_text(own_folder(beside(folder)) / _SECTION, problem.section.model_dump_json(indent=2) + "\n")
    claimed, near = _candidates(problem, seen[:, 1:])
    given = stage.look(amounts[np.concatenate([claimed, near])]) if len(near) else np.empty(0, np.int64)
    deserving = given[len(claimed) :] >= problem.section.final_replicates
    final = np.concatenate([claimed, near[deserving] if len(near) else near])
    fresh = stage.final(amounts[final])
    reference, ideal = _reference(problem, seen)
    base = oriented(problem, seen[:, 0].mean(axis=0))
    found = found._replace(objectives=found.objectives - base)
    progress = _progress(found, reference, float(np.prod(ideal - reference)), problem.section.population)
    return Frontier(
        problem, stage.mixes, amounts, seen, claimed, final, fresh, progress, reference, ideal, len(near)
    )


def found_in(folder: Path) -> Frontier:
    """What a search that has ended left in its folder: nothing is run.

    Raises:
        InputError: there is none, or it has not ended.
    """
    from sim.results import load

    if not (beside(folder) / _SECTION).exists():
        raise InputError(f"{folder}: holds no search for mixes; sim frontier makes one")
    section = read_json(
        beside(folder) / _SECTION, TypeAdapter(FrontierSection), "type the command of the search again"
    )
    final = beside(folder) / "final"
    if not (final / "manifest.json").exists():
        raise InputError(f"{folder}: the search has not ended; type its command again")
    return find(Problem(load(final).experiment, section), folder)


def beside(folder: Path) -> Path:
    """Where, in the results folder of the mixes tried, the rest of a search lies."""
    return folder / "frontier"


def effects(problem: Problem, values: Floats) -> Floats:
    """Objectives against the scenario as it is, replicate by replicate; larger is better in all.

    Replicates differ by what all mixes share, which would set other draws apart from those of the search.

    Args:
        problem: what was sought.
        values: (replicates, 1 + mixes, outcomes), first the scenario as it is.

    Returns:
        (replicates, mixes, objectives).
    """
    found: Floats = oriented(problem, values[:, 1:] - values[:, :1])
    return found


class _Stage:
    """Runs the stages of a search, each in a folder of its own."""

    def __init__(self, problem: Problem, out: Path, workers: int, tell: Tell, listener: Listener) -> None:
        self.mixes = Mixes.of(problem)
        self._problem, self._out, self._workers = problem, out, workers
        self._tell, self._listener = tell, listener

    def search(self) -> tuple[Searched, Floats, Floats]:
        """What was tried; the different mixes; their runs, after those of the scenario as it is."""
        section, mixes = self._problem.section, self.mixes
        with self._runs(self._out, section.replicates, 0) as runs:
            found = search(
                runs.measure(mixes),
                genes=len(mixes.names),
                objectives=len(section.objectives),
                evaluations=section.evaluations,
                population=section.population,
                seed=int(self._problem.experiment.seed % 2**32),
                first=mixes.first(min(section.population, section.evaluations)),
                told=lambda done: self._tell("search", done, section.evaluations),
            )
            amounts = _different(mixes.amounts(found.genes))
            return found, amounts, runs.values([AS_IT_IS, *mixes.points(amounts)])

    def look(self, amounts: Floats) -> Numbers:
        """Replicates that candidates should have, from a first look at them with fresh draws."""
        section = self._problem.section
        self._tell("near", 0, len(amounts))
        least = max(section.final_replicates // _FIRST_LOOK, 2)
        with self._runs(beside(self._out) / "near", least, section.replicates) as runs:
            looked = oriented(self._problem, runs.values(self.mixes.points(amounts)))
        return allocation(looked, section.final_replicates * len(amounts), least)

    def final(self, amounts: Floats) -> Floats:
        """(replicates, 1 + mixes, outcomes) with fresh draws; first the scenario as it is."""
        section = self._problem.section
        self._tell("final", 0, len(amounts))
        with self._runs(beside(self._out) / "final", section.final_replicates, section.replicates) as runs:
            return runs.values([AS_IT_IS, *self.mixes.points(amounts)])

    def _runs(self, folder: Path, replicates: int, skipped: int) -> Runs:
        return Runs(self._problem, folder, replicates, skipped, self._workers, self._listener)


def folder_of(problem: Problem) -> Path:
    """``results/<name>-frontier-<digest>``: another for every search that asks for other points."""
    section = problem.section.model_dump(exclude={"evaluations", "final_replicates"})
    asked = json.dumps([problem.experiment.digest(), section], sort_keys=True)
    digest = hashlib.sha256(asked.encode()).hexdigest()[:16]
    return Path("results") / f"{problem.experiment.name}-frontier-{digest}"


def _different(amounts: Floats) -> Floats:
    """Mixes without repetitions, in the order in which they were first tried."""
    _, first = np.unique(amounts, axis=0, return_index=True)
    return np.asarray(amounts[np.sort(first)])


def _candidates(problem: Problem, seen: Floats) -> tuple[Numbers, Numbers]:
    """Mixes on the front of the search, and those nearest to it that are not shown to be dominated.

    Raises:
        InputError: no mix keeps to the constraints.
    """
    means = seen.mean(axis=0)
    missed = violations(problem, means)
    feasible = np.flatnonzero((missed <= 0.0).all(axis=1))
    if not len(feasible):
        name = list(problem.section.constraints)[int(missed[missed.max(axis=1).argmin()].argmax())]
        raise InputError(
            f"frontier.constraints: none of {len(means):,} mixes keeps to them; the nearest misses {name}"
        )
    values = oriented(problem, seen[:, feasible])
    front = non_dominated(values.mean(axis=0))
    others = np.flatnonzero(close(values) & ~front)
    lacking = _lacking(values.mean(axis=0), front)[others]
    nearest = others[np.argsort(lacking, kind="stable")[:MOST_NEAR]]
    return feasible[front], feasible[nearest]


def _lacking(means: Floats, front: Flags) -> Floats:
    """By how much of the range each mix would have to be better in all objectives to be on the front."""
    span = np.ptp(means, axis=0)
    scaled = means / np.where(span > 0, span, 1.0)
    lead: Floats = (scaled[front][None] - scaled[:, None]).min(axis=2).max(axis=1)
    return lead


def _reference(problem: Problem, seen: Floats) -> tuple[Floats, Floats]:
    """Worst that counts and best that was seen, by objective, of the mixes that keep to the constraints."""
    feasible = (violations(problem, seen[:, 1:].mean(axis=0)) <= 0.0).all(axis=1)
    values = effects(problem, seen).mean(axis=0)[feasible]
    low, high = values.min(axis=0), values.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    return low - _BELOW * span, np.where(high > low, high, low + 1.0)


def _progress(found: Searched, reference: Floats, box: float, population: int) -> pd.DataFrame:
    """Hypervolume after each generation, as the search sees it."""
    count = len(found.genes)
    ends = [*range(population, count, population), count]
    volumes = []
    for end in ends:
        kept = found.objectives[:end][found.feasible[:end]]
        volumes.append(hypervolume(kept, reference) / box if len(kept) else 0.0)
    return pd.DataFrame({"evaluations": ends, "hypervolume": volumes})

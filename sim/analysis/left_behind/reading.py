"""Who got what: projects and grants of every municipality and goal, from the stored deals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.errors import InputError
from sim.kernel.world import GOALS
from sim.results.runs import Floats, Integers, codes_of, read_runs

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.kernel.world import World
    from sim.results.folder import Folder

QUARTERS = 4
_COLUMNS = ("scenario", "point", "replicate", "municipality", "goal", "grant", "state", "renewed_from")


@dataclass(frozen=True)
class Reached:
    """What every municipality got until the end of the runs; arms share their draws, replicate by replicate.

    Attributes:
        arms: names: the scenarios, with their point where there are several.
        projects: (arms, replicates, municipalities, goals) projects signed, renewals left out.
        grants: (arms, replicates, municipalities, goals) of these, those with a grant.
        money: (arms, replicates, municipalities) JPY M of grants.
        population: (municipalities,) inhabitants.
        size: (municipalities,) quarter of municipalities by population, 1 (smallest) to 4.
        finance: (municipalities,) quarter of municipalities by fiscal strength, 1 (weakest) to 4.
        size_class: (municipalities,) of the twelve classes of population.
        prefecture: (municipalities,) number of the prefecture.
    """

    arms: tuple[str, ...]
    projects: Floats
    grants: Floats
    money: Floats
    population: Floats
    size: Integers
    finance: Integers
    size_class: Integers
    prefecture: Integers

    @property
    def replicates(self) -> int:
        """Replicates that every arm has."""
        return int(self.projects.shape[1])

    def arm(self, name: str) -> int:
        """Place of an arm.

        Raises:
            InputError: there is none of that name.
        """
        if name not in self.arms:
            raise InputError(f"no arm {name}; there are {', '.join(self.arms)}")
        return self.arms.index(name)


def read_reached(folder: Folder) -> Reached:
    """Projects and grants of every municipality, of all scenarios and points of a folder.

    Raises:
        InputError: the folder keeps no deals, replicates have places of their own, or none has all arms.
    """
    if "deals" not in folder.manifest.record:
        raise InputError(
            f"{folder.folder}: was made without the table deals, from which it is told who got what; run it "
            "with record: {tables: [deals, series]}"
        )
    if folder.experiment.worlds == "many" and folder.manifest.world.startswith("synthetic"):
        raise InputError(f"{folder.folder}: every replicate has other places; run it with worlds: one")
    runs = read_runs(folder, folder.outcomes[0])
    arms = list(dict.fromkeys(zip(runs.scenario.tolist(), runs.point.tolist(), strict=True)))
    kept = _shared(runs.scenario, runs.point, runs.replicate, arms)
    world = folder.world
    shape = (len(arms), len(kept), len(world.labels.jis_code), GOALS)
    projects, grants, money = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for table in folder.parts("deals", _COLUMNS):
        at, grant = _rows(table, folder, arms, kept)
        np.add.at(projects, at, 1.0)
        np.add.at(grants, at, grant > 0)
        np.add.at(money, at, grant)
    names = tuple(_named(folder, scenario, point) for scenario, point in arms)
    return Reached(names, projects, grants, money.sum(axis=3), *_places(world))


def _shared(
    scenario: Integers, point: Integers, replicate: Integers, arms: list[tuple[int, int]]
) -> list[int]:
    """Replicates that every arm has."""
    kept = set(replicate.tolist())
    for arm in arms:
        kept &= set(replicate[(scenario == arm[0]) & (point == arm[1])].tolist())
    if not kept:
        raise InputError("no replicate has runs of all scenarios and points; run what is missing")
    return sorted(kept)


def _named(folder: Folder, scenario: int, point: int) -> str:
    name = folder.scenarios[scenario]
    return name if folder.manifest.points == 1 else f"{name}, point {point}"


def _rows(
    table: pa.Table, folder: Folder, arms: list[tuple[int, int]], kept: list[int]
) -> tuple[tuple[npt.NDArray[np.int64], ...], Floats]:
    """Places of signed projects in the arrays, and their grants."""
    import pyarrow.compute as pc

    signed = pc.and_(
        pc.not_equal(table["state"].cast("string"), "not_signed"), table["renewed_from"].is_null()
    )
    table = table.filter(pc.and_(signed, pc.is_in(table["replicate"], value_set=_as_values(kept))))
    scenario = codes_of(table["scenario"], folder.scenarios)
    place = {arm: number for number, arm in enumerate(arms)}
    points = table["point"].to_numpy()
    arm = np.array([place[pair] for pair in zip(scenario.tolist(), points.tolist(), strict=True)], np.int64)
    replicate = np.searchsorted(kept, table["replicate"].to_numpy())
    municipality = codes_of(table["municipality"], folder.world.labels.jis_code)
    goal = table["goal"].to_numpy().astype(np.int64) - 1
    return (arm, replicate, municipality, goal), table["grant"].to_numpy().astype(np.float64)


def _as_values(numbers: list[int]) -> pa.Array:
    import pyarrow as pa

    return pa.array(numbers, pa.int64())


def _places(world: World) -> tuple[Floats, Integers, Integers, Integers, Integers]:
    traits = world.municipalities
    population = np.asarray(traits.population, np.float64)
    size, finance = quarters_of(population), quarters_of(np.asarray(traits.fiscal_strength, np.float64))
    return population, size, finance, np.asarray(traits.size_class), np.asarray(traits.prefecture)


def quarters_of(values: Floats) -> Integers:
    """The quarter of all places that each belongs to, 1 (lowest) to 4; quarters are equal in size."""
    rank = np.empty(len(values), np.int64)
    rank[np.argsort(values, kind="stable")] = np.arange(len(values))
    found: Integers = np.minimum(QUARTERS * rank // max(len(values), 1) + 1, QUARTERS)
    return found

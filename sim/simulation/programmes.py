"""Programmes of a scenario in a world: the rows of the ledger by lever, and whom each may serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.kernel.funds import FUND_NAMES
from sim.kernel.state import Programmes
from sim.kernel.world import Flags, Integers, World
from sim.scenarios.programmes import Programme, Target, code_of
from sim.scenarios.scenario import Scenario
from sim.simulation.targets import served_by

EVERYBODY = Target()


class Row(NamedTuple):
    """A row of the ledger: what it pays for, and where it stands among the programmes of its lever."""

    lever: str
    target: Target
    priority: int
    name: str  # empty for a lever's own row
    number: int


def programmes_of(scenario: Scenario, world: World, adopted: Flags | None = None) -> Programmes:
    """Programmes as the kernel reads them.

    Args:
        scenario: whose levers and programmes have a row of the ledger each.
        world: who there is to serve.
        adopted: who promotes the SDGs now, of whom programmes ``depend_on_adoption``; nobody by default.
    """
    return _laid_out(
        _rows(scenario.funds, scenario.programmes), world, None if adopted is None else adopted.tobytes()
    )


def depend_on_adoption(scenario: Scenario) -> bool:
    """Whether a programme serves those that have adopted, or those that have not."""
    return any(programme.target.adopters is not None for programme in scenario.programmes.values())


def _rows(funds: Sequence[str], programmes: Mapping[str, Programme]) -> tuple[Row, ...]:
    """Rows of the ledger in their order."""
    rows = []
    for number, name in enumerate(funds):
        if name in programmes:
            programme = programmes[name]
            rows.append(Row(programme.lever, programme.target, programme.priority, name, number))
        else:
            rows.append(Row(name, EVERYBODY, 9, "", number))
    return tuple(rows)


@lru_cache(maxsize=16)
def _laid_out(rows: tuple[Row, ...], world: World, adopted: bytes | None) -> Programmes:
    """The same for the same scenario, world and adopters, so that runs of an experiment share the arrays."""
    flags = None if adopted is None else np.frombuffer(adopted, np.uint8)
    targets = list(dict.fromkeys((EVERYBODY, *(row.target for row in rows))))
    municipalities = np.stack([served_by(target, world, flags) for target in targets])
    companies = municipalities[:, world.companies.municipality]
    by_lever = [_in_order(rows, lever) for lever in FUND_NAMES]
    return Programmes(
        first=np.cumsum([0, *map(len, by_lever)]),
        rows=np.array([row.number for own in by_lever for row in own], np.int64),
        target=np.array([targets.index(row.target) for row in rows], np.int64),
        code=np.array([code_of(row.name) if row.name else 0 for row in rows], np.uint64),
        municipalities=municipalities,
        companies=np.ascontiguousarray(companies),
        institutions=_institutions(municipalities, world),
        **_listed("municipality", municipalities),
        **_listed("company", companies),
    )


def _in_order(rows: Sequence[Row], lever: str) -> list[Row]:
    """Rows of a lever in order of priority; of equal ones, by name."""
    return sorted((row for row in rows if row.lever == lever), key=lambda row: (row.priority, row.name))


def _institutions(municipalities: Flags, world: World) -> Flags:
    """Institutions served: all by target 0, else those whose prefecture has a municipality served."""
    prefecture = world.institutions.prefecture
    flags = np.ones((len(municipalities), len(prefecture)), np.uint8)
    for n in range(1, len(municipalities)):
        home = np.unique(world.municipalities.prefecture[municipalities[n] == 1])
        flags[n] = np.isin(prefecture, home)
    return flags


def _listed(kind: str, flags: Flags) -> dict[str, Integers]:
    """Ids of those served, target by target, and where the ids of each target start."""
    target, ids = np.nonzero(flags)
    starts = np.concatenate([[0], np.cumsum(np.bincount(target, minlength=len(flags)))])
    return {f"{kind}_start": starts.astype(np.int64), f"{kind}_ids": ids.astype(np.int64)}

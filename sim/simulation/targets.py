"""Whom a programme may serve in a world."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.errors import InputError
from sim.kernel.world import Flags, World
from sim.scenarios.programmes import Target, comparisons
from sim.scenarios.scenario import Scenario
from sim.worlds.groups import prefecture_numbers
from sim.worlds.places import PREFECTURES, region_of


def served_by(target: Target, world: World, adopted: Flags | None = None) -> Flags:
    """1 for every municipality that a target holds.

    Args:
        target: what must hold of them.
        world: the municipalities.
        adopted: who promotes the SDGs now; nobody by default.
    """
    traits = world.municipalities
    flags = np.ones(len(traits.population), bool)
    if target.prefecture:
        flags &= np.isin(prefecture_numbers(world)[traits.prefecture], target.prefecture)
    if target.size_class:
        flags &= np.isin(traits.size_class, target.size_class)
    if target.municipalities:
        flags &= np.isin(world.labels.jis_code, target.municipalities)
    if target.need == "bottom_quartile":
        flags &= traits.bottom_quartile == 1
    if target.adopters is not None:
        flags &= (0 if adopted is None else adopted) == target.adopters
    if target.region:
        flags &= np.isin(_regions(world), target.region)
    for comparison in comparisons(target.where) if target.where else ():
        flags &= comparison.compare(*(_value(side, world) for side in (comparison.left, comparison.right)))
    return flags.astype(np.uint8)


def refuse_empty_targets(scenario: Scenario, world: World) -> None:
    """Refuse programmes that have nobody to serve in a world, whoever adopts.

    Raises:
        InputError: there are such programmes; a line for each.
    """
    errors = []
    hint = "" if world.name == "japan" else "; places of Japan are in --world japan"
    for name, programme in scenario.programmes.items():
        target = programme.target.model_copy(update={"adopters": None})
        if not served_by(target, world).any():
            errors.append(
                InputError(
                    f"{scenario.name}: programmes.{name}.for: holds no municipality of {world.name}{hint}"
                )
            )
    if errors:
        raise InputError.of(errors)


def _regions(world: World) -> list[str]:
    """Region of Japan by municipality, by the number of its prefecture; empty beyond Japan's."""
    numbers = prefecture_numbers(world)[world.municipalities.prefecture]
    return [region_of(int(number)) if number <= PREFECTURES else "" for number in numbers]


def _value(side: str | float, world: World) -> Any:
    """A number, or the values of a column."""
    if not isinstance(side, str):
        return side
    if side in ("latitude", "longitude"):
        return getattr(world.labels, side)
    values = getattr(world.municipalities, side)
    return prefecture_numbers(world)[values] if side == "prefecture" else values

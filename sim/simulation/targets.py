"""Whom a programme may serve in a world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import InputError
from sim.kernel.world import Flags, World
from sim.scenarios.programmes import Payer, Target, comparisons
from sim.scenarios.scenario import Loaded, Scenario
from sim.scenarios.yaml_file import MAX_MISTAKES
from sim.text.meant import Hinted
from sim.worlds.focus import find_home, find_homes, find_municipality_in
from sim.worlds.groups import prefecture_numbers
from sim.worlds.places import find_municipality

#: Where in a programme a mistake stands (its keys in a scenario file), and what it is.
type Mistake = tuple[tuple[str, ...], str | Hinted]


def served_by(target: Target, world: World, adopted: Flags | None = None) -> Flags:
    """1 for every municipality that a target holds.

    Args:
        target: what must hold of them.
        world: the municipalities.
        adopted: who promotes the SDGs now; nobody by default.

    Raises:
        InputError: the world has no place of a name that the target gives.
    """
    flags = _whoever_adopts(target.model_copy(update={"adopters": None}), world)
    if target.adopters is not None:
        flags = flags & ((0 if adopted is None else adopted) == target.adopters)
    return flags.astype(np.uint8)


@lru_cache(maxsize=1024)
def _whoever_adopts(target: Target, world: World) -> npt.NDArray[np.bool_]:
    """The same of a target without ``adopters``, which stays as it is through a run."""
    traits = world.municipalities
    flags = np.ones(len(traits.population), bool)
    if target.prefecture:
        flags &= np.isin(traits.prefecture, _homes(target.prefecture, world))
    if target.region:
        homes = [p for region in target.region for p in find_homes(region, world)]
        flags &= np.isin(traits.prefecture, homes)
    if target.size_class:
        flags &= np.isin(traits.size_class, target.size_class)
    if target.municipalities:
        places = [find_municipality_in(place, world) for place in target.municipalities]
        flags &= np.isin(np.arange(len(flags)), places)
    if target.need == "bottom_quartile":
        flags &= traits.bottom_quartile == 1
    for comparison in comparisons(target.where) if target.where else ():
        flags &= comparison.compare(*(_value(side, world) for side in (comparison.left, comparison.right)))
    return flags


def _homes(places: Iterable[int | str], world: World) -> list[int]:
    """Prefectures of a world by their numbers, of which it may lack some, or names, of which it may not."""
    numbers = prefecture_numbers(world).tolist()
    named = [find_home(place, world) for place in places if isinstance(place, str)]
    return named + [numbers.index(place) for place in places if place in numbers]


def mistakes_of(scenario: Scenario, world: World) -> Iterator[Mistake]:
    """What is wrong with a scenario's programmes in a world: unknown places, and nobody to serve."""
    for name, programme in scenario.programmes.items():
        for keys, message in _mistakes(programme.payer, programme.target, world):
            yield ("programmes", name, *keys), message


@lru_cache(maxsize=1024)
def _mistakes(payer: Payer, target: Target, world: World) -> tuple[Mistake, ...]:
    """The same of one programme."""
    found = (*_unknown_payers(payer, world), *_unknown_places(target, world))
    if found or _whoever_adopts(target.model_copy(update={"adopters": None}), world).any():
        return found
    hint = "" if world.name == "japan" else "; places of Japan are in --world japan"
    return ((("for",), f"holds no municipality of {world.name}{hint}"),)


def refuse_empty_targets(scenario: Scenario, world: World) -> None:
    """Refuse programmes that name places which a world has not, or have nobody to serve, whoever adopts.

    Raises:
        InputError: there are such programmes; a line for each mistake.
    """
    errors = [
        InputError(f"{scenario.name}: {'.'.join(keys)}: " + message)
        for keys, message in mistakes_of(scenario, world)
    ]
    if errors:
        raise InputError.of(_some(errors))


def misplaced(loaded: Iterable[Loaded], world: World) -> list[InputError]:
    """The same mistakes of scenarios from files, each with its line and column."""
    errors: dict[str, InputError] = {}
    for one in loaded:
        for keys, message in mistakes_of(one.scenario, world):
            own = [overlay for overlay in one.overlays if overlay.content.get("programmes", {}).get(keys[1])]
            said = [overlay for overlay in own if keys[2] in overlay.content["programmes"][keys[1]]]
            document = (said or own or one.overlays)[-1].document
            errors.setdefault(document.at(keys, ".".join(keys)), document.error(keys, message))
    return _some(list(errors.values()))


def _some(errors: list[InputError]) -> list[InputError]:
    """As many of them as are told, and how many more there are."""
    more = len(errors) - MAX_MISTAKES
    return errors if more <= 0 else [*errors[:MAX_MISTAKES], InputError(f"{more:,} more mistakes like these")]


def _unknown_payers(payer: Payer, world: World) -> Iterator[Mistake]:
    """Payers that are neither a place of Japan nor one of the world."""
    if isinstance(payer.prefecture, str):
        yield from _unfound("payer", "prefecture", find_home, [payer.prefecture], world)
    if payer.municipality is not None and not _in_japan(payer.municipality):
        yield from _unfound("payer", "municipality", find_municipality_in, [payer.municipality], world)


def _in_japan(municipality: str) -> bool:
    try:
        return bool(find_municipality(municipality))
    except InputError:
        return False


def _unknown_places(target: Target, world: World) -> Iterator[Mistake]:
    """Places of a target that a world has not."""
    names = [place for place in target.prefecture if isinstance(place, str)]
    yield from _unfound("for", "prefecture", find_home, names, world)
    yield from _unfound("for", "region", find_homes, target.region, world)
    yield from _unfound("for", "municipalities", find_municipality_in, target.municipalities, world)


def _unfound(
    section: str, key: str, find: Callable[[str, World], Any], places: Iterable[str], world: World
) -> Iterator[Mistake]:
    """The first place that is not found; the others would mostly be told the same, after a long search."""
    for place in places:
        try:
            find(place, world)
        except InputError as error:
            yield (section, key), error.args[0]
            return


def _value(side: str | float, world: World) -> Any:
    """A number, or the values of a column."""
    if not isinstance(side, str):
        return side
    if side in ("latitude", "longitude"):
        return getattr(world.labels, side)
    values = getattr(world.municipalities, side)
    return prefecture_numbers(world)[values] if side == "prefecture" else values

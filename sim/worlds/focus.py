"""A place of a world by name or code: a prefecture, or a municipality in one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

from sim.errors import InputError
from sim.kernel.world import World
from sim.text.meant import Hinted, nearest
from sim.worlds.groups import is_japanese, prefecture_numbers
from sim.worlds.places import (
    find_prefecture,
    find_region,
    municipality_code,
    plain_name,
    prefectures,
    region_of,
)

_CLOSE = 0.6
#: Ends of names that people leave out: 市, Shi and so on.
_ENDS = (
    "市", "町", "村", "区", "県", "府", "都", " Shi", " Chō", " Cho", " Machi", " Son", " Mura", " Ku",
    " Ken", " Fu", " To",
)  # fmt: skip
_FEW = 2  # digits of the number of a prefecture
_SHOWN = 8  # prefectures that are listed where none is like the one asked for
_LONGEST = 100  # letters of a name that are compared with others


class Place(NamedTuple):
    """A prefecture, or a municipality in it, by their place in the world."""

    prefecture: int
    municipality: int | None = None


def find_place(text: str, world: World) -> Place:
    """The place that is meant: a prefecture first, by its number or name, then a municipality.

    Japan's prefectures may be written as ``sim.worlds.places.find_prefecture`` reads them, and codes of
    municipalities with or without check digit.

    Raises:
        InputError: there is no such place, or there are several municipalities of that name.
    """
    prefecture = _prefecture(text, world)
    if prefecture is not None:
        return Place(prefecture)
    if text.isdecimal() and len(text) <= _FEW:
        numbers = prefecture_numbers(world)
        between = f"{numbers.min()} to {numbers.max()}"
        raise InputError(f"{text}: {world.name} has no {noun_of(world)} of that number; give {between}")
    found = _municipalities(text, world)
    if len(found) > 1:
        raise _several(text, found, world)
    if found:
        return Place(int(world.municipalities.prefecture[found[0]]), found[0])
    said = f"{text[:40]!r}: {world.name} has no such place"
    raise InputError(Hinted(said, partial(_hint, text, world)))


def find_home(place: str, world: World) -> int:
    """The prefecture of a world, or region of one that is not Japan, by its name.

    Raises:
        InputError: there is none.
    """
    found = _prefecture(place, world)
    if found is None:
        said = f"{place[:40]!r}: {world.name} has no such {noun_of(world)}"
        raise InputError(Hinted(said, partial(_prefecture_hint, place, world)))
    return found


def find_homes(region: str, world: World) -> list[int]:
    """Prefectures of a region of Japan; the region itself in a world that is not Japan.

    Raises:
        InputError: there is no such region.
    """
    if not is_japanese(world):
        return [find_home(region, world)]
    name = find_region(region)
    return [p for p, number in enumerate(prefecture_numbers(world).tolist()) if region_of(number) == name]


def find_municipality_in(text: str, world: World) -> int:
    """The municipality of a world by its code or name, alone or behind that of its prefecture.

    Raises:
        InputError: there is none, or there are several of that name, which are told.
    """
    found = _municipalities(text, world)
    if len(found) == 1:
        return found[0]
    if found:
        raise _several(text, found, world)
    said = f"{text[:40]!r}: {world.name} has no such municipality"
    raise InputError(Hinted(said, partial(_municipality_hint, text, world)))


def noun_of(world: World) -> str:
    """What a world's prefectures are: those of Japan, or regions."""
    return "prefecture" if is_japanese(world) else "region"


def neighbours_of(prefecture: int, world: World) -> list[int]:
    """Prefectures that the model's neighbours of the prefecture's municipalities lie in."""
    of = world.municipalities.prefecture
    near = world.municipalities.neighbours[of == prefecture]
    there = set(of[near[near >= 0]].tolist())
    others = world.municipalities.neighbours[of != prefecture]
    home = of[of != prefecture]
    there |= set(home[((of[others] == prefecture) & (others >= 0)).any(axis=1)].tolist())
    return sorted(there - {prefecture})


def municipalities_in(prefecture: int, world: World) -> list[int]:
    """Municipalities of a prefecture, in order."""
    return [int(i) for i in np.flatnonzero(world.municipalities.prefecture == prefecture)]


def _prefecture(text: str, world: World) -> int | None:
    names, known, words = world.labels.prefecture, _prefectures_named(world), plain_name(text)
    if words in known:
        return known[words]
    try:
        japanese = prefectures()[find_prefecture(text) - 1].name
    except InputError:
        return None
    return names.index(japanese) if japanese in names else None


@lru_cache(maxsize=4)
def _prefectures_named(world: World) -> dict[str, int]:
    """Prefectures by their numbers and the plain form of their names."""
    known: dict[str, int] = {}
    labels = world.labels
    shown = zip(prefecture_numbers(world).tolist(), labels.prefecture, labels.prefecture_romaji, strict=True)
    for p, (number, *spelled) in enumerate(shown):
        for name in (str(number), f"{number:02d}", *spelled):
            known.setdefault(plain_name(name), p)
    return known


def _municipalities(text: str, world: World) -> list[int]:
    """Municipalities of that code, or of that name with or without its ending, or behind its prefecture's."""
    codes, numbers = _coded(world)
    if text in codes:
        return [codes[text]]
    if text.isdecimal():
        return [numbers[municipality_code(text, numbers)]]
    words, (whole, bare) = plain_name(text), _named(world)
    return whole.get(words) or bare.get(words, [])


@lru_cache(maxsize=4)
def _coded(world: World) -> tuple[dict[str, int], dict[int, int]]:
    """Municipalities by their codes, as they are written and as numbers."""
    codes = {code: i for i, code in enumerate(world.labels.jis_code)}
    return codes, {int(code): i for code, i in codes.items() if code.isdecimal()}


@lru_cache(maxsize=4)
def _named(world: World) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Municipalities by the plain form of their names: whole ones, and ones without their ends."""
    whole: defaultdict[str, list[int]] = defaultdict(list)
    bare: defaultdict[str, list[int]] = defaultdict(list)
    for i, spelled in enumerate(_spellings(world)):
        for name in {plain_name(name) for name in spelled}:
            whole[name].append(i)
        for name in {plain_name(_bare(name)) for name in spelled}:
            bare[name].append(i)
    return dict(whole), dict(bare)


def _spellings(world: World) -> Iterable[Sequence[str]]:
    labels, home = world.labels, world.municipalities.prefecture
    for i, (name, romaji) in enumerate(zip(labels.municipality, labels.municipality_romaji, strict=True)):
        prefecture, spoken = labels.prefecture[home[i]], labels.prefecture_romaji[home[i]]
        yield (name, romaji, f"{prefecture}{name}", f"{prefecture}/{name}", f"{spoken.split()[0]}/{romaji}")


def _bare(name: str) -> str:
    for end in _ENDS:
        if name.endswith(end) and len(name) > len(end):
            return name.removesuffix(end)
    return name


def _several(text: str, found: Sequence[int], world: World) -> InputError:
    told = _told(found, world)
    return InputError(
        f"{text[:40]!r}: there are {len(found)} municipalities of that name: {told}; give the code"
    )


def _told(found: Sequence[int], world: World) -> str:
    labels, home = world.labels, world.municipalities.prefecture
    return ", ".join(f"{labels.jis_code[i]} ({labels.prefecture[home[i]]})" for i in found)


def _hint(text: str, world: World) -> str:
    labels = world.labels
    names = [*labels.prefecture, *labels.prefecture_romaji, *labels.municipality, *labels.municipality_romaji]
    few = ", ".join(dict.fromkeys((labels.prefecture_romaji[0], labels.prefecture[0])))
    advice = f"; give a {noun_of(world)} ({few} ...), or a municipality by name or code"
    return _meant(text, names) or advice


def _prefecture_hint(text: str, world: World) -> str:
    labels = world.labels
    shown = labels.prefecture_romaji
    known = [*labels.prefecture, *shown]
    return _meant(text, known) or f"; there are {', '.join(shown[:_SHOWN])}{' ...' * (len(shown) > _SHOWN)}"


def _municipality_hint(text: str, world: World) -> str:
    labels = world.labels
    return _meant(text, [*labels.municipality, *labels.municipality_romaji]) or "; give its name or its code"


def _meant(text: str, names: Sequence[str]) -> str:
    """Words on the name that is most like a text; empty where none is."""
    bare = {plain_name(_bare(name)): name for name in reversed(names)}
    near = nearest(plain_name(text[:_LONGEST]), bare, _CLOSE)
    return "" if near is None else f", did you mean {bare[near]}?"

"""A place of a world by name or code: a prefecture, or a municipality in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np

from sim.errors import InputError
from sim.kernel.world import World
from sim.worlds.groups import prefecture_numbers
from sim.worlds.places import find_prefecture, municipality_code, plain_name, prefectures

_CLOSE = 0.6
#: Ends of names that people leave out: 市, Shi and so on.
_ENDS = (
    "市", "町", "村", "区", "県", "府", "都", " Shi", " Chō", " Cho", " Machi", " Son", " Mura", " Ku",
    " Ken", " Fu", " To",
)  # fmt: skip
_FEW = 2  # digits of the number of a prefecture


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
        raise InputError(
            f"{text}: {world.name} has prefectures {numbers.min()} to {numbers.max()}, none of that number"
        )
    found = _municipalities(text, world)
    if len(found) > 1:
        raise InputError(
            f"{text!r}: there are {len(found)} municipalities of that name: {_told(found, world)}; "
            "give the code"
        )
    if found:
        return Place(int(world.municipalities.prefecture[found[0]]), found[0])
    raise InputError(f"{text[:40]!r}: {world.name} has no such place{_hint(text, world)}")


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
    names = world.labels.prefecture
    known: dict[str, int] = {}
    shown = zip(prefecture_numbers(world).tolist(), names, world.labels.prefecture_romaji, strict=True)
    for p, (number, *spelled) in enumerate(shown):
        for name in (str(number), f"{number:02d}", *spelled):
            known.setdefault(plain_name(name), p)
    words = plain_name(text)
    if words in known:
        return known[words]
    try:
        japanese = prefectures()[find_prefecture(text) - 1].name
    except InputError:
        return None
    return names.index(japanese) if japanese in names else None


def _municipalities(text: str, world: World) -> list[int]:
    """Municipalities of that code, or of that name with or without its ending, or behind its prefecture's."""
    codes = world.labels.jis_code
    if text in codes:
        return [codes.index(text)]
    if text.isdecimal():
        numbers = {int(code): i for i, code in enumerate(codes) if code.isdecimal()}
        return [numbers[municipality_code(text, numbers)]]
    words = plain_name(text)
    whole = [i for i, spelled in enumerate(_spellings(world)) if words in map(plain_name, spelled)]
    return whole or [
        i
        for i, spelled in enumerate(_spellings(world))
        if words in (plain_name(_bare(name)) for name in spelled)
    ]


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


def _told(found: Sequence[int], world: World) -> str:
    labels, home = world.labels, world.municipalities.prefecture
    return ", ".join(f"{labels.jis_code[i]} ({labels.prefecture[home[i]]})" for i in found)


def _hint(text: str, world: World) -> str:
    labels = world.labels
    names = [*labels.prefecture, *labels.prefecture_romaji, *labels.municipality, *labels.municipality_romaji]
    bare = {plain_name(_bare(name)): name for name in reversed(names)}
    near = get_close_matches(plain_name(text), bare, 1, _CLOSE)
    if near:
        return f", did you mean {bare[near[0]]}?"
    shown = labels.prefecture_romaji
    return f"; give a prefecture ({shown[0]} to {shown[-1]}), or a municipality by name or code"

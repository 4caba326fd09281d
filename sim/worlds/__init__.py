"""Worlds: the fixed traits of every actor, read once or drawn, and shared by all runs."""

from __future__ import annotations

from difflib import get_close_matches

from sim.errors import InputError
from sim.kernel.world import World

__all__ = ["LARGEST", "WORLDS", "World", "load_world", "municipalities_of"]

LARGEST = 2_000_000


#: Kinds of worlds; ``sim.text``, section ``worlds``, says what they hold.
WORLDS = ("japan", "synthetic")


def load_world(name: str, seed: int) -> World:
    """The world of that name: ``japan``, ``synthetic`` or ``synthetic:N``. Same name and seed, same world.

    Raises:
        InputError: unknown name, bad size or bad seed.
    """
    size = municipalities_of(name)
    if name == "japan":
        from sim.worlds import japan

        return japan.build(seed)
    from sim.worlds import synthetic

    return synthetic.build(size, seed)


def municipalities_of(name: str) -> int:
    """Number of municipalities of the world of that name, which is not built for it.

    Raises:
        InputError: unknown name, or bad size.
    """
    kind, colon, size = name.partition(":")
    if kind == "japan" and not colon:
        from sim.worlds.build import MUNICIPALITIES_OF_JAPAN

        return MUNICIPALITIES_OF_JAPAN
    if kind == "synthetic":
        from sim.worlds.synthetic import MUNICIPALITIES

        return _size(name, size) if colon else MUNICIPALITIES
    near = get_close_matches(kind, WORLDS, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else "give japan, synthetic or synthetic:N"
    raise InputError(f"world {name[:40]!r}: unknown world, {hint}")


def _size(name: str, text: str) -> int:
    digits = text.replace("_", "")
    if digits.isascii() and digits.isdigit() and len(digits) < 10 and 1 <= int(digits) <= LARGEST:
        return int(digits)
    raise InputError(
        f"world {name[:40]!r}: the number of municipalities must be a whole number from 1 to {LARGEST:,}, "
        "as in synthetic:300"
    )

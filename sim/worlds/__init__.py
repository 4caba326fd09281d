"""Worlds: the fixed traits of every actor, read once or drawn, and shared by all runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.kernel.world import World
from sim.text.meant import nearest

if TYPE_CHECKING:
    from sim.worlds.own import Source

__all__ = ["LARGEST", "WORLDS", "World", "export_world", "kind_of", "load_world", "municipalities_of"]

LARGEST = 2_000_000


#: Kinds of worlds; ``sim.text``, section ``worlds``, says what they hold. ``own`` is made of a user's tables.
WORLDS = ("japan", "synthetic", "own")


def load_world(name: str | Source, seed: int) -> World:
    """The world of that name; the same name (and content) and seed give the same world.

    Args:
        name: ``japan``, ``synthetic``, ``synthetic:N``, a CSV file of places or a folder of tables.
        seed: of what is drawn.

    Raises:
        InputError: unknown name, bad size, bad seed, or a mistake in the tables.
    """
    if not isinstance(name, str) or kind_of(name) == "own":
        from sim.worlds import from_tables, own

        return from_tables.build(own.given_by(own.read_source(name) if isinstance(name, str) else name), seed)
    if name == "japan":
        from sim.worlds import japan

        return japan.build(seed)
    from sim.worlds import synthetic

    return synthetic.build(municipalities_of(name), seed)


def municipalities_of(name: str | Source) -> int:
    """Number of municipalities of the world of that name, which is not built for it.

    Raises:
        InputError: unknown name, bad size, or a mistake in the tables.
    """
    if not isinstance(name, str):
        return name.municipalities
    kind = kind_of(name)
    if kind == "own":
        from sim.worlds.own import read_source

        return read_source(name).municipalities
    if kind == "japan":
        from sim.worlds.build import MUNICIPALITIES_OF_JAPAN

        return MUNICIPALITIES_OF_JAPAN
    from sim.worlds.synthetic import MUNICIPALITIES

    _, colon, size = name.partition(":")
    return _size(name, size) if colon else MUNICIPALITIES


def kind_of(name: str) -> str:
    """Which of ``WORLDS`` a name means.

    Raises:
        InputError: none of them.
    """
    kind, colon, _ = name.partition(":")
    if kind == "synthetic" or (kind == "japan" and not colon):
        return kind
    if _is_path(name):
        return "own"
    near = nearest(kind, ("japan", "synthetic"), 0.5)
    hint = f"did you mean {near}?" if near else "give japan, synthetic, synthetic:N or a CSV file of places"
    raise InputError(f"world {name[:40]!r}: unknown world, {hint}")


def _is_path(name: str) -> bool:
    if not name or "\0" in name or len(name) > 4096:
        return False
    return os.sep in name or name.lower().endswith(".csv") or os.path.exists(name)  # noqa: PTH110 - any text


def export_world(name: str, folder: str | Path) -> list[Path]:
    """Write the tables of a world into a new folder, to change them and run them as a world of one's own.

    Args:
        name: ``japan``, or tables of one's own, which are written in their plain form.
        folder: new or empty.

    Raises:
        InputError: the world is not made of tables, or the folder cannot be used.
    """
    from sim.worlds import japan, own
    from sim.worlds.writing import write_tables

    kind = kind_of(name)
    if kind == "synthetic":
        raise InputError(
            f"world {name[:40]!r}: is drawn and has no tables; export japan, or tables of your own"
        )
    given = japan.given() if kind == "japan" else own.given_by(own.read_source(name))
    return write_tables(given, Path(folder))


def _size(name: str, text: str) -> int:
    digits = text.replace("_", "")
    if digits.isascii() and digits.isdigit() and len(digits) < 10 and 1 <= int(digits) <= LARGEST:
        return int(digits)
    raise InputError(
        f"world {name[:40]!r}: the number of municipalities must be a whole number from 1 to {LARGEST:,}, "
        "as in synthetic:300"
    )

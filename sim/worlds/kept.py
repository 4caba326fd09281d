"""The world that was used last, kept for whoever wants it next."""

from __future__ import annotations

import threading
from functools import lru_cache

from sim.kernel.world import World
from sim.worlds import kind_of, load_world
from sim.worlds.own import Source, read_source

#: Held while a world is built, so that threads that want it at once do not each build it.
_building = threading.Lock()


def built(name: str | Source, seed: int) -> World:
    """The world of that name, or of these tables, kept for the next call."""
    own = isinstance(name, str) and kind_of(name) == "own"
    with _building:
        return _built(read_source(str(name)) if own else name, seed)


@lru_cache(maxsize=1)
def _built(name: str | Source, seed: int) -> World:
    return load_world(name, seed)

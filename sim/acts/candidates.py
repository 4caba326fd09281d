"""P7: whom a post gets to see: candidates from the own network and from the platform."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.agents.company import search_rate
from sim.agents.municipality import happens
from sim.kernel.buckets import uniform_order
from sim.kernel.compiled import maker, part
from sim.kernel.draws import Process, Word, lots, padded_index, stream, uniform, uniform2, uniforms
from sim.kernel.parameters import Search
from sim.kernel.state import NONE, Clock, Companies
from sim.kernel.world import Floats, Ids, Integers

_OWN_CANDIDATE = Process.OWN_CANDIDATE
_SEARCHING = Process.SEARCHING
_RING_COMPANY = Process.RING_COMPANY
_RING_POST = Process.RING_POST
_INTRODUCTION = Process.INTRODUCTION

#: Candidates a post sees at most: 8 drawn and 12 trusted, or 20 on the platform (bounded attention).
ATTENTION = 20
_DRAWN = 8
_TRUSTED = 12
_TRIES = 6
#: Companies of the prefecture that an intermediary introduces.
_INTRODUCED = 4


@maker
def searching_companies(clock: Clock, search: Search, companies: Companies, free: Integers) -> Integers:
    """Ids of member companies with a free slot that search on the platform this quarter."""
    lot = uniforms(stream(clock.key, _SEARCHING, clock.quarter), len(free))
    found = np.empty(len(free), np.int64)
    n = 0
    for j in range(len(free)):
        # most do not search, whether they are members or not
        searches = happens(lot[j], search_rate(search.search_effort, companies.awareness[j], free[j]))
        if searches and companies.member[j] == 1 and free[j] > 0:
            found[n] = j
            n += 1
    return found[:n]


@maker
def ring_of(clock: Clock, searching: Integers) -> tuple[Floats, Integers]:
    """Positions of the searching companies on a ring [0, 1), sorted, and their ids in that order.

    The ids go on into a second round, so that the next companies of any position stand in a row.
    """
    position = lots(stream(clock.key, _RING_COMPANY, clock.quarter), searching)
    order = uniform_order(position)
    ids = searching[order]
    return position[order], np.concatenate((ids, ids[:ATTENTION]))


@part
def see_on_ring(clock: Clock, i: int, position: Floats, ids: Integers, seen: Integers) -> int:
    """Fill ``seen`` with the next companies clockwise from the post's own position; how many.

    A company that joins or leaves the ring changes only the lists it is on: pairing survives.
    """
    start = np.searchsorted(position, uniform(stream(clock.key, _RING_POST, clock.quarter), i))
    n = min(len(position), ATTENTION)
    for step in range(n):
        seen[step] = ids[start + step]
    return n


@part
def see_own_network(
    key: Any, i: int, near: float, local: Ids, national: Ids,
    partners: Ids, free: Integers, seen: Integers,
) -> int:  # fmt: skip
    """Fill ``seen`` with companies drawn nearby or nationwide and with trusted partners; how many.

    A draw is one of the prefecture with probability ``near``. ``local`` and ``national`` list companies
    once per slot, ``free`` holds every company's free slots.
    """
    n = 0
    for a in range(_DRAWN):
        listed = local if uniform2(key, i, a) < near else national
        n = _add(seen, n, _draw_free(key, i, a, listed, free))
    trusted = 0
    for slot in range(len(partners)):
        if partners[slot] == NONE or trusted == _TRUSTED:
            break
        if free[partners[slot]] > 0:
            trusted += 1
            n = _add(seen, n, partners[slot])
    return n


@part
def see_introduced(clock: Clock, i: int, local: Ids, free: Integers, seen: Integers) -> int:
    """Fill ``seen`` with companies of the prefecture that an intermediary introduces; how many."""
    key = stream(clock.key, _INTRODUCTION, clock.quarter)
    n = 0
    for a in range(_INTRODUCED):
        n = _add(seen, n, _draw_free(key, i, a, local, free))
    return n


@part
def _draw_free(key: Any, i: int, a: int, listed: Ids, free: Integers) -> int:
    """A listed company with a free slot, tried at most _TRIES times; NONE when none came up."""
    for attempt in range(1, _TRIES + 1):
        index = padded_index(key, i, (a + 1) * 16 + attempt, len(listed))
        if index >= 0 and free[listed[index]] > 0:
            return listed[index]
    return NONE


@part
def _add(seen: Integers, n: int, j: int) -> int:
    """Add a company to the ones seen unless it is there already; how many are seen now."""
    if j == NONE:
        return n
    for slot in range(n):
        if seen[slot] == j:
            return n
    seen[n] = j
    return n + 1


@part
def own_candidate_key(clock: Clock) -> Word:
    """Key of the draws of the own network this quarter."""
    return stream(clock.key, _OWN_CANDIDATE, clock.quarter)

"""Matching in its plain form: how many meet, and who meets whom.

These functions know nothing of municipalities and companies; their known answers are tested.
"""

from __future__ import annotations

import math

import numpy as np

from sim.kernel.compiled import entry, rule
from sim.kernel.state import NONE
from sim.kernel.world import Floats, Integers

DEN_HAAN, COBB_DOUGLAS = range(2)


@rule
def matches(form: int, efficiency: float, elasticity: float, posts: float, searchers: float) -> float:
    """Expected number of meetings between ``posts`` and ``searchers``.

    den Haan, Ramey and Watson (2000): mu V J / (V^iota + J^iota)^(1/iota), never above either side
    for mu <= 1; written with the ratio of the sides, which cannot overflow. Cobb-Douglas: mu sqrt(V J),
    cut at either side.
    """
    if posts <= 0.0 or searchers <= 0.0:
        return 0.0
    if form == COBB_DOUGLAS:
        return min(efficiency * math.sqrt(posts * searchers), min(posts, searchers))
    fewer, more = min(posts, searchers), max(posts, searchers)
    return efficiency * fewer / math.pow(1.0 + math.pow(fewer / more, elasticity), 1.0 / elasticity)


@entry
def deferred_acceptance(choices: Integers, counts: Integers, liking: Floats, capacity: Integers) -> Integers:
    """Stable matching in which proposers propose (Gale and Shapley 1962), many to one.

    Args:
        choices: (V, L) ids of receivers in the order in which proposer v likes them.
        counts: (V,) how many of a row are in use.
        liking: (V, L) how much the receiver likes the proposer (strict); higher is better.
        capacity: (C,) proposers that each receiver can hold.

    Returns:
        (V,) receiver of each proposer, or NONE: the proposer-optimal stable matching.
    """
    proposers = len(counts)
    held_by = np.full(proposers, NONE)
    choice = np.zeros(proposers, np.int64)
    holds = np.zeros(len(capacity), np.int64)
    first = np.full(len(capacity), NONE)
    after = np.full(proposers, NONE)
    for newcomer in range(proposers):
        v = newcomer
        while v != NONE and choice[v] < counts[v]:
            c = choices[v, choice[v]]
            if holds[c] < capacity[c]:
                after[v], first[c] = first[c], v
                holds[c] += 1
                held_by[v] = c
                break
            worst = _least_liked(first[c], after, choice, liking)
            if worst == NONE or liking[v, choice[v]] <= liking[worst, choice[worst]]:
                choice[v] += 1
                continue
            _replace(c, worst, v, first, after)
            held_by[v], held_by[worst] = c, NONE
            choice[worst] += 1
            v = worst
    return held_by


@rule
def _least_liked(head: int, after: Integers, choice: Integers, liking: Floats) -> int:
    worst = head
    v = head
    while v != NONE:
        if liking[v, choice[v]] < liking[worst, choice[worst]]:
            worst = v
        v = after[v]
    return worst


@rule
def _replace(receiver: int, old: int, new: int, first: Integers, after: Integers) -> None:
    after[new] = after[old]
    if first[receiver] == old:
        first[receiver] = new
    else:
        v = first[receiver]
        while after[v] != old:
            v = after[v]
        after[v] = new
    after[old] = NONE

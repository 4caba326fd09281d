"""Keyed draws in plain Python: section 4 of docs/ODD.md."""

from __future__ import annotations

import math
from functools import lru_cache

WORD = 0xFFFFFFFFFFFFFFFF  # arithmetic is modulo 2**64
GOLDEN = 0x9E3779B97F4A7C15


def mix(h: int) -> int:
    h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & WORD
    return h ^ (h >> 31)


def absorb(h: int, word: int) -> int:
    return mix((h + GOLDEN * (word + 1)) & WORD)


def run_key(seed: int, replicate: int) -> int:
    return absorb(mix(seed ^ GOLDEN), replicate)


@lru_cache(maxsize=128)
def stream(key: int, process: int, quarter: int) -> int:
    return absorb(absorb(key, process), quarter)


def unit(h: int) -> float:
    return (float(h >> 12) + 0.5) * 2.0**-52


def uniform(s: int, a: int) -> float:
    return unit(absorb(s, a))


def uniform2(s: int, a: int, b: int) -> float:
    return unit(absorb(absorb(s, a), b))


def normal(s: int, a: int) -> float:
    h = absorb(s, a)
    radius = math.sqrt(-2.0 * math.log(unit(h)))
    return radius * math.cos(6.283185307179586 * unit(mix((h + GOLDEN) & WORD)))


def normal_pair(s: int, a: int, b: int) -> tuple[float, float]:
    h = absorb(absorb(s, a), b)
    radius = math.sqrt(-2.0 * math.log(unit(h)))
    angle = 6.283185307179586 * unit(mix((h + GOLDEN) & WORD))
    return radius * math.cos(angle), radius * math.sin(angle)


def padded_index(s: int, a: int, n: int, size: int) -> int:
    padded = 1
    while padded < size:
        padded *= 2
    x = absorb(absorb(s, a), n) & (padded - 1)
    return x if x < size else -1

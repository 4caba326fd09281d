"""Keyed random draws: the only source of randomness.

A draw is a hash of what it is for: root seed, replicate, process, quarter and the ids of
those concerned. Nothing else. So the order of agents, the number of workers, observers
and interruptions cannot change a draw, and two scenarios see the same chance agent by
agent (common random numbers).

The hash chains the finaliser of splitmix64 (Steele, Lea and Flood 2014, "Fast splittable
pseudorandom number generators", doi 10.1145/2660193.2660195).
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Any

import numpy as np

from sim.kernel.buckets import uniform_order
from sim.kernel.compiled import entry, rule
from sim.kernel.world import Floats, Integers

#: A 64-bit key: numpy.uint64, which compiled functions hand back to Python as int.
type Word = Any

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_UNIT = 1.0 / 4503599627370496.0  # 2**-52


class Process(IntEnum):
    """What a draw is for. The numbers are part of every key: never renumber, only add."""

    WORLD = 1
    AWARENESS_START = 2
    ADOPTION_START = 3
    ADOPTION = 4
    ADOPTION_PREFECTURE = 5
    MEMBERSHIP_MUNICIPALITY = 6
    MEMBERSHIP_COMPANY = 7
    MEMBERSHIP_INSTITUTION = 8
    MEMBERSHIP_PREFECTURE = 9
    STUDY_GROUP = 10
    NEED = 11
    THEME = 12
    OWN_CHANNEL = 13
    OWN_CANDIDATE = 14
    SEARCHING = 15
    SERVED = 16
    RING_COMPANY = 17
    RING_POST = 18
    RANKING = 19
    MATCH_ROUNDING = 21
    CONVERSION = 22
    COST = 23
    RETURN = 24
    APPROVAL = 25
    LENDER_ASKED = 26
    APPRAISAL = 27
    AWARD = 28
    SURVIVAL = 29
    DEFAULT = 30
    RENEWAL = 31
    INSURER = 32
    CONSULTATION = 33
    SUBCOMMITTEE_THEME = 34
    SUBCOMMITTEE_MUNICIPALITY = 35
    SUBCOMMITTEE_COMPANY = 36
    APPLICATION = 37
    JUDGEMENT = 38
    ADVISER = 39
    NETWORK = 40
    OVERSEAS = 41
    OVERSEAS_COMMERCIAL = 42
    APPLICATION_PREFECTURE = 43
    JUDGEMENT_PREFECTURE = 44
    ADVICE = 45
    OVERSEAS_CASE = 46
    OVERSEAS_END = 47
    ADOPTION_LAPSE = 48
    ADOPTION_LAPSE_PREFECTURE = 49
    LEAVING_MUNICIPALITY = 50
    LEAVING_COMPANY = 51
    INTERMEDIARY = 53
    INTRODUCTION = 54
    JOINT_PROJECT = 55
    AGREEMENT = 65
    AGREEMENT_PARTNER = 66
    AGREEMENT_END = 67
    DONATION = 68
    CUSTOM = 1000  # a user's own mechanism starts here


@rule
def mix(h: Word) -> Word:
    """Finaliser of splitmix64: a bijection of 64-bit words whose output bits look independent."""
    h = np.uint64(h)
    h = (h ^ (h >> _S30)) * _MIX_1
    h = (h ^ (h >> _S27)) * _MIX_2
    return h ^ (h >> _S31)


@rule
def absorb(h: Word, word: int) -> Word:
    """Add one word to a key."""
    return mix(np.uint64(h) + _GOLDEN * (np.uint64(word) + np.uint64(1)))


@rule
def run_key(seed: int, replicate: int) -> Word:
    """Key of one run: root seed and replicate. The scenario is left out, so scenarios are paired."""
    return absorb(mix(np.uint64(seed) ^ _GOLDEN), replicate)


@rule
def stream(key: Word, process: int, quarter: int) -> Word:
    """Key of one process in one quarter of one run."""
    return absorb(absorb(key, process), quarter)


@rule
def unit(h: Word) -> float:
    """The 52 high bits of a word as a number in (0, 1): multiples of 2**-52 plus half a step, exact."""
    return (float(np.uint64(h) >> _S12) + 0.5) * _UNIT


@rule
def uniform(key: Word, a: int) -> float:
    """Uniform draw in (0, 1) for id ``a`` of a stream."""
    return unit(absorb(key, a))


@rule
def uniform2(key: Word, a: int, b: int) -> float:
    """Uniform draw in (0, 1) for the ids ``a`` and ``b`` of a stream."""
    return unit(absorb(absorb(key, a), b))


@rule
def normal(key: Word, a: int) -> float:
    """Standard normal draw for id ``a`` of a stream (Box and Muller 1958, the cosine of the pair)."""
    h = absorb(key, a)
    radius = math.sqrt(-2.0 * math.log(unit(h)))
    return radius * math.cos(6.283185307179586 * unit(mix(np.uint64(h) + _GOLDEN)))


@rule
def normal_words(key: Word, a: int, b: int) -> tuple[Word, Word]:
    """The two words of which the pair of normal draws for ``a`` and ``b`` is made."""
    radial = absorb(absorb(key, a), b)
    return radial, mix(np.uint64(radial) + _GOLDEN)


@rule
def normals_of(radial: Word, angular: Word) -> tuple[float, float]:
    """Two independent standard normal numbers made of two words, their radius and their angle."""
    radius = math.sqrt(-2.0 * math.log(unit(radial)))
    angle = 6.283185307179586 * unit(angular)
    return radius * math.cos(angle), radius * math.sin(angle)


@rule
def normal_pair(key: Word, a: int, b: int) -> tuple[float, float]:
    """Two independent standard normal draws for the ids ``a`` and ``b`` of a stream."""
    radial, angular = normal_words(key, a, b)
    return normals_of(radial, angular)


@rule
def padded_index(key: Word, a: int, attempt: int, size: int) -> int:
    """Index drawn from the next power of two at or above ``size``; -1 where it does not exist.

    Drawing from a padded range keeps pairing when a list grows: a list never rescales the draw.
    """
    last = max(size, 1) - 1
    for shift in (1, 2, 4, 8, 16, 32):  # copies its highest bit into all lower ones
        last |= last >> shift
    index: Any = np.int64(np.uint64(absorb(absorb(key, a), attempt)) & np.uint64(last))
    return index if index < size else -1


@entry
def uniforms(key: Word, n: int) -> Floats:
    """Uniform draws in (0, 1) for the ids 0 to n - 1 of a stream."""
    values = np.empty(n)
    for i in range(n):
        values[i] = uniform(key, i)
    return values


@entry
def waiting_times(key: Word, log_rate: Floats) -> Floats:
    """Exponential waiting times of the ids 0 to n - 1; the shortest are a draw in proportion to the rates."""
    values = np.empty(len(log_rate))
    for i in range(len(log_rate)):
        values[i] = -math.log(uniform(key, i)) / math.exp(log_rate[i])
    return values


@entry
def lots(key: Word, ids: Integers) -> Floats:
    """Uniform draws in (0, 1) for some ids of a stream."""
    values = np.empty(len(ids))
    for n in range(len(ids)):
        values[n] = uniform(key, ids[n])
    return values


@entry
def in_lot_order(key: Word, ids: Integers) -> Integers:
    """The ids in an order drawn by lot, one lot per id of a stream."""
    return ids[uniform_order(lots(key, ids))]

"""The draws in three forms, and statistical tests, each shown to notice a generator that fails it.

A test gives p values; it fails when the smallest, times their number (Bonferroni), is below ALPHA.
All seeds are fixed, so a test that passes always does.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from sim.kernel import draws
from sim.kernel.draws import Process
from tests.reference import draws as plain

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
#: Draws of a stream for the ids 0 to n - 1, each with the same other id.
type Source = Callable[..., Floats]

N = 50_000
ALPHA = 0.001
PARTS = ("seed", "replicate", "process", "quarter", "other")
BASE = {"seed": 2, "replicate": 5, "process": int(Process.CONVERSION), "quarter": 12, "other": 40}


# the algorithm once more, on arrays of 64-bit words


def mixed(h: Words) -> Words:
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))


def absorbed(h: Words | int, word: Words | int) -> Words:
    word = np.atleast_1d(np.asarray(word, np.uint64))
    return mixed(np.asarray(h, np.uint64) + np.uint64(plain.GOLDEN) * (word + np.uint64(1)))


def units(h: Words) -> Floats:
    return ((h >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def keyed(
    seed: int = 2, replicate: int = 5, process: int = 22, quarter: int = 12, other: int = 40, n: int = N
) -> Floats:
    key = plain.stream(plain.run_key(seed, replicate), process, quarter)
    return units(absorbed(absorbed(key, np.arange(n)), other))


# compiled, on arrays, in plain Python, and as stored: the same draws

STORED = list(csv.DictReader((Path(__file__).parent / "data" / "draws.csv").read_text().splitlines()))
WHAT = ("seed", "replicate", "process", "quarter", "a", "b", "size")
VALUES = ("uniform", "uniform2", "normal", "first_of_pair", "second_of_pair")


@pytest.mark.parametrize("row", STORED, ids=range(len(STORED)))
def test_all_forms_give_the_stored_draws(row: dict[str, str]) -> None:
    """The numbers were written by the plain form, and never change.

    Uniform draws and indices are whole-number arithmetic, exact anywhere; the logarithms and
    cosines of normal draws may differ in the last place between C libraries.
    """
    seed, replicate, process, quarter, a, b, size = (int(row[name]) for name in WHAT)
    uniform, uniform2, *normals = (float.fromhex(row[name]) for name in VALUES)
    s = plain.stream(plain.run_key(seed, replicate), process, quarter)
    word = np.uint64(s)
    for form, key in ((plain, s), (draws, word)):
        assert form.uniform(key, a) == uniform
        assert form.uniform2(key, a, b) == uniform2
        assert form.padded_index(key, a, b, size) == int(row["padded_index"])
        assert (form.normal(key, a), *form.normal_pair(key, a, b)) == pytest.approx(normals, rel=1e-14)
    assert units(absorbed(word, a)).tolist() == [uniform]
    assert units(absorbed(absorbed(word, a), b)).tolist() == [uniform2]


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_vectors_are_the_scalar_draws(seed: int) -> None:
    """Ten thousand ids at once: compiled loop, compiled one by one, and NumPy."""
    word = np.uint64(draws.stream(np.uint64(draws.run_key(seed, 9)), 4, 30))
    together: Floats = draws.uniforms(word, 10_000)
    assert together.tolist() == [draws.uniform(word, a) for a in range(10_000)]
    assert together.tolist() == units(absorbed(word, np.arange(10_000))).tolist()
    order = np.argsort(together)
    assert draws.in_lot_order(word, np.arange(10_000)).tolist() == order.tolist()


# generators that fail


def biased(n: int = N, **key: int) -> Floats:
    """A little too small."""
    return keyed(n=n, **key) ** 1.03


def unmixed(seed: int, replicate: int, process: int, quarter: int, other: int, n: int = N) -> Floats:
    """Steps along the golden section: more even than chance, and every draw tells the next."""
    start = float(keyed(seed, replicate, process, quarter, other, 1)[0])
    return (start + 0.6180339887498949 * np.arange(n)) % 1.0


def forgetful(n: int = N, **key: int) -> Floats:
    """The same draws in every quarter."""
    return keyed(n=n, **key | {"quarter": 0})


def persistent(n: int = N, **key: int) -> Floats:
    """A tenth of the draws is that of three quarters before."""
    before = keyed(n=n, **key | {"quarter": key["quarter"] + 3})
    return np.where(keyed(n=n, **key | {"process": 1}) < 0.1, before, keyed(n=n, **key))


def sliding(n: int = N, **key: int) -> Floats:
    """The draw of an id is that of the id before it, a quarter later."""
    quarter = key["quarter"]
    return keyed(n=n + quarter, **key | {"quarter": 0})[quarter:]


def commutative(n: int = N, **key: int) -> Floats:
    """Seed 2, replicate 5 is seed 5, replicate 2."""
    return keyed(n=n, **key | {"seed": key["seed"] + key["replicate"], "replicate": 0})


def additive(n: int = N, **key: int) -> Floats:
    """A part for the one id and a part for the other: uniform, any two independent, not any four."""
    other = keyed(n=1, **key | {"process": 1})
    return (keyed(n=n, **key | {"other": 0}) + other) % 1.0


# tests


def uniformity(source: Source) -> Iterator[float]:
    """Kolmogorov and Smirnov's test of streams, and along every part of the key."""
    for seed in (0, 1, 2018, 2**63 - 1):
        yield stats.kstest(source(**BASE | {"seed": seed}), "uniform").pvalue
    for part in PARTS:
        along = [source(n=4, **BASE | {part: value}) for value in range(2_000)]
        yield stats.kstest(np.concatenate(along), "uniform").pvalue


def independence(first: Floats, second: Floats, bins: int = 16) -> float:
    """p value of the chi-square test of pairs over bins x bins cells."""
    cells = np.histogram2d(first, second, bins=bins, range=[[0, 1], [0, 1]])[0].ravel()
    return float(stats.chisquare(cells).pvalue)


def pairs_of_ids(source: Source) -> Iterator[float]:
    values = source(**BASE)
    for lag in (1, 2, 3, 4, 8, 17, 64, 1024):
        yield independence(values[:-lag], values[lag:])


def pairs_of_streams(source: Source) -> Iterator[float]:
    """Seeds, replicates, processes, quarters and other ids that are near, or far by a power of two."""
    values = source(**BASE)
    for part in PARTS:
        for step in (1, 2, 3, 64, 1024):
            yield independence(values, source(**BASE | {part: BASE[part] + step}))


def neighbouring_keys(source: Source) -> Iterator[float]:
    """An id and its neighbour in the next stream; two parts of the key in each other's place."""
    values = source(**BASE)
    for part in PARTS:
        beside = source(**BASE | {part: BASE[part] + 1})
        yield independence(values[1:], beside[:-1])
        yield independence(values[:-1], beside[1:])
    for one, other in combinations(PARTS, 2):
        yield independence(values, source(**BASE | {one: BASE[other], other: BASE[one]}))


def lag_correlations(source: Source) -> Iterator[float]:
    """Correlation of draws up to fifty apart along ids, quarters, replicates and processes."""
    series = [source(**BASE)]
    series += [
        np.concatenate([source(n=1, **BASE | {part: value}) for value in range(5_000)])
        for part in ("quarter", "replicate", "process")
    ]
    for values in series:
        for lag in range(1, 51):
            correlation = np.corrcoef(values[:-lag], values[lag:])[0, 1]
            yield 2.0 * stats.norm.sf(abs(correlation) * math.sqrt(len(values) - lag))


def four_cycles(source: Source) -> Iterator[float]:
    """Draws at the corners of rectangles of two ids: of a sum of two parts, u11 - u12 - u21 + u22 is 0."""
    square = np.array([source(n=400, **BASE | {"other": other}) for other in range(400)])
    even, odd = slice(0, None, 2), slice(1, None, 2)
    left, right = slice(None, 200), slice(200, None)
    for one, other in ((even, odd), (left, right)):
        corners = square[one, one] - square[one, other] - square[other, one] + square[other, other]
        yield stats.kstest((corners % 1.0).ravel(), "uniform").pvalue


TESTS = (uniformity, pairs_of_ids, pairs_of_streams, neighbouring_keys, lag_correlations, four_cycles)


def fails(test: Callable[[Source], Iterator[float]], source: Source) -> bool:
    p_values = list(test(source))
    return min(p_values) * len(p_values) < ALPHA


@pytest.mark.parametrize("test", TESTS)
def test_draws_pass(test: Callable[[Source], Iterator[float]]) -> None:
    assert not fails(test, keyed)


@pytest.mark.parametrize(
    ("test", "source"),
    [
        (uniformity, biased),
        (pairs_of_ids, unmixed),
        (lag_correlations, unmixed),
        (pairs_of_streams, forgetful),
        (lag_correlations, persistent),
        (neighbouring_keys, sliding),
        (neighbouring_keys, commutative),
        (four_cycles, additive),
    ],
)
def test_bad_generators_fail(test: Callable[[Source], Iterator[float]], source: Source) -> None:
    assert fails(test, source)


@pytest.mark.parametrize("test", [uniformity, pairs_of_ids])
def test_only_four_cycles_give_a_sum_away(test: Callable[[Source], Iterator[float]]) -> None:
    assert not fails(test, additive)

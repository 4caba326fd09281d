"""Keyed draws: uniform, independent, the same for ever, and paired where lists grow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.kernel import draws
from sim.kernel.draws import Process

Floats = npt.NDArray[np.float64]
N = 100_000
MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15

words = st.integers(0, MASK)
ids = st.integers(0, 2**63 - 1)


def key_of(
    seed: int = 1, replicate: int = 0, process: int = int(Process.NEED), quarter: int = 5
) -> np.uint64:
    return np.uint64(draws.stream(np.uint64(draws.run_key(seed, replicate)), process, quarter))


def sample(n: int = N, **what: int) -> Floats:
    values: Floats = draws.uniforms(key_of(**what), n)
    return values


# the algorithm, once more, in whole numbers of any size


def plain_mix(h: int) -> int:
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    h = (h ^ (h >> 27)) * 0x94D049BB133111EB & MASK
    return h ^ (h >> 31)


def plain_absorb(h: int, word: int) -> int:
    return plain_mix((h + GOLDEN * (word + 1)) & MASK)


def plain_uniform(seed: int, replicate: int, process: int, quarter: int, *concerned: int) -> float:
    h = plain_absorb(plain_mix(seed ^ GOLDEN), replicate)
    for word in (process, quarter, *concerned):
        h = plain_absorb(h, word)
    return ((h >> 12) + 0.5) / 2**52


def test_mix_is_the_finaliser_of_splitmix64() -> None:
    """Published values: the first outputs of splitmix64 with seed 1234567."""
    first = [plain_mix((1234567 + GOLDEN * step) & MASK) for step in (1, 2, 3)]
    assert first == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@given(seed=ids, replicate=ids, process=st.sampled_from(Process), quarter=st.integers(0, 400), a=ids, b=ids)
def test_draws_follow_the_algorithm(
    seed: int, replicate: int, process: Process, quarter: int, a: int, b: int
) -> None:
    key = key_of(seed, replicate, int(process), quarter)
    assert draws.uniform(key, a) == plain_uniform(seed, replicate, process, quarter, a)
    assert draws.uniform2(key, a, b) == plain_uniform(seed, replicate, process, quarter, a, b)


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ((1, 0, 1, 0, 0), "0x1.18a88b7de6d7dp-1"),
        ((2018, 7, int(Process.ADOPTION), 12, 1740), "0x1.b0a99333e9a4ep-2"),
        ((2018, 7, int(Process.CONVERSION), 50, 3, 8999), "0x1.e344ac78ca0d5p-1"),
        ((2**63 - 1, 999, int(Process.CUSTOM), 0, 42), "0x1.81e4572c9bb2ap-2"),
    ],
)
def test_stored_values_stay(what: tuple[int, ...], wanted: str) -> None:
    """Results of earlier versions can be reproduced only as long as these do not change."""
    seed, replicate, process, quarter, *concerned = what
    key = key_of(seed, replicate, process, quarter)
    draw = draws.uniform if len(concerned) == 1 else draws.uniform2
    assert float(draw(key, *concerned)).hex() == wanted


def test_numbers_of_processes_are_unique_and_stay() -> None:
    """They are part of every key. Add new ones at the end; never renumber."""
    numbers = [int(process) for process in Process]
    assert len(set(numbers)) == len(Process.__members__) == len(numbers)
    kept = {"WORLD": 1, "ADOPTION": 4, "NEED": 11, "CONVERSION": 22, "SURVIVAL": 29, "OVERSEAS": 41}
    assert {name: int(Process[name]) for name in kept} == kept
    assert int(Process.CUSTOM) == max(numbers)


# distribution


def test_draws_lie_strictly_between_zero_and_one() -> None:
    assert draws.unit(np.uint64(0)) == 2.0**-53
    assert draws.unit(np.uint64(MASK)) == 1.0 - 2.0**-53
    assert 0.0 < sample().min() < sample().max() < 1.0


def test_normal_draws_are_normal_and_their_pairs_independent() -> None:
    key = key_of()
    single = np.array([draws.normal(key, i) for i in range(20_000)])
    pairs = np.array([draws.normal_pair(key, i, 3) for i in range(20_000)])
    for values in (single, pairs[:, 0], pairs[:, 1]):
        assert stats.kstest(values, "norm").pvalue > 1e-3
    assert pair_test(stats.norm.cdf(pairs[:, 0]), stats.norm.cdf(pairs[:, 1])) > 1e-3


def test_waiting_times_draw_in_proportion_to_rates() -> None:
    log_rate = np.log(np.array([1.0, 2.0, 5.0]))
    first = [int(np.argmin(draws.waiting_times(key_of(quarter=t), log_rate))) for t in range(8_000)]
    share = np.bincount(first, minlength=3)
    assert stats.chisquare(share, 8_000 * np.array([1.0, 2.0, 5.0]) / 8.0).pvalue > 1e-3


# independence


def pair_test(first: Floats, second: Floats, bins: int = 16) -> float:
    """p value of the chi-square test of independence of pairs, over bins x bins cells."""
    cells = np.histogram2d(first, second, bins=bins, range=[[0, 1], [0, 1]])[0].ravel()
    return float(stats.chisquare(cells).pvalue)


def test_parts_of_the_key_do_not_stand_in_for_one_another() -> None:
    """The same numbers in other places are another draw."""
    keys = {
        tuple(where): float(draws.uniform2(key_of(*where[:4]), *where[4:]))
        for where in (
            (1, 2, 3, 4, 5, 6),
            (2, 1, 3, 4, 5, 6),
            (1, 3, 2, 4, 5, 6),
            (1, 2, 4, 3, 5, 6),
            (1, 2, 3, 4, 6, 5),
        )
    }
    assert len(set(keys.values())) == len(keys)


# padded indices


@given(
    key=words, a=ids, attempt=st.integers(0, 200), size=st.integers(0, 70_000), more=st.integers(0, 70_000)
)
def test_padded_index_keeps_pairing_when_the_list_grows(
    key: int, a: int, attempt: int, size: int, more: int
) -> None:
    """What the longer list draws from its old part is what the shorter list drew."""
    before = draws.padded_index(np.uint64(key), a, attempt, size)
    after = draws.padded_index(np.uint64(key), a, attempt, size + more)
    assert -1 <= before < size or before == -1
    assert -1 <= after < size + more or after == -1
    if 0 <= after < size:
        assert after == before
    if before >= 0 and size + more <= 2 ** max(size - 1, 0).bit_length():
        assert after == before


def test_padded_index_is_uniform_over_what_exists() -> None:
    key = key_of()
    for size in (1, 5, 8, 100):
        found = np.array([draws.padded_index(key, a, 1, size) for a in range(20_000)])
        assert found.dtype.kind == "i"
        hits = np.bincount(found[found >= 0], minlength=size)
        assert len(hits) == size
        assert size == 1 or stats.chisquare(hits).pvalue > 1e-3
        assert (found >= 0).mean() > 0.45
    assert draws.padded_index(key, 1, 1, 0) == -1

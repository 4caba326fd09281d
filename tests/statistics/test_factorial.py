"""Two-level factorials: what is planted is found, what adds up shows no synergy."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from SALib.sample import ff

from sim.errors import InputError
from sim.statistics.contrasts import Floats
from sim.statistics.factorial import (
    Factorial,
    effects,
    factorial_of,
    synergies,
    synergies_per_yen,
    whole_and_parts,
)

NAMES = ("a", "b", "c", "d")
MAIN = np.array([3.0, 2.0, 1.0, 0.5])


def full(factors: int = 4) -> Factorial:
    rows = list(product((0, 1_000), repeat=factors))
    return factorial_of(NAMES[:factors], list(zip(*rows, strict=True)))


def outcome(
    design: Factorial, synergy: float = 0.0, noise: float = 0.0, own: float = 0.0, replicates: int = 12
) -> Floats:
    """Additive levers, a synergy of the first two, noise that points share and noise of their own."""
    rng = np.random.default_rng(7)
    high = design.signs > 0
    mean = 10.0 + high @ MAIN[: len(design.names)] + synergy * (high[:, 0] & high[:, 1])
    shared = noise * rng.normal(size=replicates)
    return mean[:, None] + shared + own * rng.normal(size=(len(mean), replicates))


def test_effects_are_those_planted_whatever_noise_the_points_share() -> None:
    design = full()
    found = effects(design, outcome(design, synergy=2.0, noise=50.0))
    by_term = dict(zip(found.terms, found.contrast.effect, strict=True))
    assert by_term[(2,)] == pytest.approx(1.0)
    assert by_term[(0,)] == pytest.approx(3.0 + 2.0 / 2)  # half of the runs have b, too
    assert by_term[(0, 1)] == pytest.approx(2.0)
    assert by_term[(2, 3)] == 0.0
    assert not any(found.confounded)


def test_additive_levers_show_no_synergy() -> None:
    design = full()
    found = synergies(design, outcome(design, noise=50.0))
    assert (found.effects.contrast.effect == 0).all()
    assert (found.shown_above, found.shown_below) == (0, 0)
    assert found.share == (0.0, 0.0, 0.0)


def test_noise_alone_shows_no_synergy_in_19_of_20_experiments() -> None:
    design, rng = full(), np.random.default_rng(3)
    mean = outcome(design)[:, :1]
    shown = [synergies(design, mean + rng.normal(size=(16, 12))) for _ in range(200)]
    wrong = sum(bool(one.shown_above or one.shown_below) for one in shown)
    assert wrong <= 18  # 10 of 200 are allowed; more than 18 have a chance of 0.6%
    assert np.mean([one.share.low == 0 and one.share.high == 1 for one in shown]) > 0.9


def test_a_planted_synergy_is_found_among_the_pairs() -> None:
    design = full()
    found = synergies(design, outcome(design, synergy=4.0, own=0.8))
    assert (found.shown_above, found.shown_below) == (1, 0)
    assert found.low[0] < 4.0 < found.high[0]
    assert found.share.low == pytest.approx(1 / 6)
    assert found.share.high == 1.0
    worse = synergies(design, outcome(design, synergy=-4.0, own=0.8))
    assert (worse.shown_above, worse.shown_below) == (0, 1)


def test_a_fraction_says_which_interactions_it_cannot_tell() -> None:
    cube = ff.sample({"num_vars": 4, "names": list(NAMES), "bounds": [[0, 1]] * 4})[:, :4]
    design = factorial_of(NAMES, cube.T.tolist())
    assert len(design.signs) == 8 and not design.full
    found = effects(design, outcome(design, synergy=2.0, noise=50.0))
    by_term = dict(zip(found.terms, found.contrast.effect, strict=True))
    assert by_term[(2,)] == pytest.approx(1.0)  # main effects are clear of interactions
    assert np.isnan(by_term[(0, 1)])
    assert found.confounded[found.terms.index((0, 1))] == ((2, 3),)
    assert synergies(design, outcome(design)).pairs == 0
    assert np.isnan(synergies(design, outcome(design)).share.ratio)


def test_per_yen_a_pair_that_only_spends_more_has_no_synergy() -> None:
    design = full(2)
    high = design.signs > 0
    money = (high @ [100.0, 300.0] + 200.0 * (high[:, 0] & high[:, 1]))[:, None].repeat(12, axis=1)
    deals = 0.05 * money  # the same per yen, alone or together
    assert synergies(design, deals).shown_above == 1
    fair = synergies_per_yen(design, deals, money)
    assert fair.share == (0.0, 0.0, 0.0)
    rng = np.random.default_rng(1)
    noisy = deals + 20.0 * (high[:, 0] & high[:, 1])[:, None] + rng.normal(size=deals.shape)
    better = synergies_per_yen(design, noisy, money)
    assert better.shown_above == 1
    assert better.low[0] < 20.0 / 600.0 < better.high[0]


def test_per_yen_is_unknown_where_nothing_is_spent() -> None:
    design = full(2)
    found = synergies_per_yen(design, outcome(design, own=1.0), np.zeros((4, 12)))
    assert found.pairs == 0 and np.isnan(found.effects.contrast.effect).all()


def test_the_whole_against_the_sum_of_its_parts() -> None:
    design = full()
    found = whole_and_parts(design, outcome(design, synergy=2.0, noise=50.0))
    assert found.contrast.effect == pytest.approx([8.5, 6.5, 2.0])
    assert found.ratio.ratio == pytest.approx(8.5 / 6.5)
    assert whole_and_parts(design, outcome(design, noise=50.0)).contrast.effect[2] == 0.0
    noisy = whole_and_parts(design, outcome(design, synergy=2.0, own=0.3))
    assert noisy.ratio.low < 8.5 / 6.5 < noisy.ratio.high


def test_replicates_that_lack_a_run_are_left_out() -> None:
    design = full()
    values = outcome(design, own=1.0)
    values[3, 5] = np.nan
    assert effects(design, values).contrast.n == 11
    with pytest.raises(InputError, match="no replicate"):
        effects(design, np.full((16, 2), np.nan))


def test_one_replicate_has_no_interval() -> None:
    design = full()
    found = synergies(design, outcome(design, own=1.0, replicates=1))
    assert np.isnan(found.low).all() and np.isnan(found.share.low)
    assert found.share.ratio >= 0


def test_what_is_no_factorial_is_refused() -> None:
    with pytest.raises(InputError, match="two levels of every factor, and b has 3"):
        factorial_of(("a", "b"), ([0, 1, 0], [1, 2, 3]))
    with pytest.raises(InputError, match="two factors"):
        factorial_of(("a",), ([0, 1],))
    one_at_a_time = Factorial(("a", "b"), np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]]))
    with pytest.raises(InputError, match="all high"):
        whole_and_parts(one_at_a_time, np.zeros((3, 2)))
    assert effects(one_at_a_time, np.zeros((3, 2))).confounded[0]


def test_words_go_by_their_order_and_numbers_by_their_size() -> None:
    design = factorial_of(("rule", "money"), (["score", "need"] * 2, [5, 5, 1, 1]))
    assert design.signs.tolist() == [[-1, 1], [1, 1], [-1, -1], [1, -1]]

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.statistics.cart import leaves_of
from sim.statistics.discovery import boxes_of, relabelled
from sim.statistics.prim import peel
from tests.statistics.test_prim import planted


def test_a_planted_box_holds_out_and_is_no_chance() -> None:
    points, yes = planted(400)
    found = boxes_of(points, yes, np.arange(400), peel)
    one = found[0]
    assert one.p == pytest.approx(0.005)
    assert one.quality.density > 0.8 and one.held_density.mean > 0.75
    assert one.null_density.high < one.held_density.low
    assert min(one.frequency[0, 0], one.frequency[1, 1]) > 0.85
    assert one.frequency[2:].max() < 0.3
    assert one.quasi_p[0, 0] < 1e-6 and np.isnan(one.quasi_p[2:]).all()
    assert len(found) == 1


def test_two_planted_boxes_are_found_one_after_the_other() -> None:
    rng = np.random.default_rng(3)
    points = rng.random((800, 4))
    yes = ((points[:, 0] > 0.7) & (points[:, 1] > 0.5)) | ((points[:, 0] < 0.25) & (points[:, 2] < 0.5))
    found = boxes_of(points, yes, np.arange(800), peel, 2, 39)
    assert len(found) == 2
    assert sum(one.quality.coverage for one in found[:2]) > 0.8


def test_noise_is_called_chance() -> None:
    """PRIM finds something in most of these; it is called real no more often than 1 in 20 allows."""
    p = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        points, yes = rng.random((100, 6)), rng.random(100) < 0.2
        found = boxes_of(points, yes, np.arange(100), peel, 1, 19)
        p.append(found[0].p)
        assert abs(found[0].held_youden.mean) < 0.3
    assert np.mean(np.array(p) <= 0.05) <= 0.2


def test_replicates_are_relabelled_with_their_point() -> None:
    blocks = np.repeat([4, 2, 9], 2)
    yes = np.array([True, True, False, True, False, False])
    pairs = {(True, True), (False, True), (False, False)}
    for labels in relabelled(yes, blocks, 20, np.random.default_rng(1)):
        assert {(bool(a), bool(b)) for a, b in labels.reshape(3, 2)} == pairs


def test_chance_of_points_with_many_replicates_is_not_taken_for_more() -> None:
    """40 points answer at random, each alike in 10 replicates: 400 runs that are worth 40."""
    p = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        points = np.repeat(rng.random((40, 5)), 10, axis=0)
        yes = np.repeat(rng.random(40) < 0.3, 10)
        p.append(boxes_of(points, yes, np.repeat(np.arange(40), 10), peel, 1, 19)[0].p)
    assert np.mean(np.array(p) <= 0.05) <= 0.3
    assert np.median(p) > 0.1


def test_a_tree_finds_the_planted_box() -> None:
    points, yes = planted(1_000)
    best = leaves_of(points, yes, np.arange(1_000))[0]
    assert best.box.low[0] == pytest.approx(0.6, abs=0.05)
    assert best.box.high[1] < 0.55
    assert best.density > 0.85 and best.coverage > 0.4


def test_leaves_share_out_the_other_half() -> None:
    points, yes = planted(600, noise=0.3)
    leaves = leaves_of(points, yes, np.arange(600))
    assert sum(leaf.n for leaf in leaves) == 300
    assert sum(leaf.coverage for leaf in leaves) == pytest.approx(1.0)
    assert [leaf.density for leaf in leaves] == sorted((leaf.density for leaf in leaves), reverse=True)


def test_what_cannot_be_had_is_refused() -> None:
    points, yes = planted(100)
    with pytest.raises(InputError, match=r"needs 20 points .* and there are 10"):
        boxes_of(points, yes, np.repeat(np.arange(10), 10), peel)
    with pytest.raises(InputError, match="holds in 3 of 100 runs"):
        boxes_of(points, np.arange(100) < 3, np.arange(100), peel)

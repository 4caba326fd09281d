"""Agents have no number but as a key of chance: alike agents fare alike, and renumbering changes nothing.

Draws are keyed by number, so renumbered runs are other draws of the same distribution.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from sim.acts.adoption import similar_size_share
from sim.kernel.world import World
from sim.simulation import simulate
from sim.worlds import synthetic
from tests.acts.worlds import changed, plain, without_pioneers
from tests.identities.cases import BUSY, world_of
from tests.identities.checks import outcome

N = 30


def identical() -> World:
    """Thirty municipalities that differ by nothing, in one place."""
    world = without_pioneers(synthetic.build(N, 1))
    assert len(world.prefectures.x) == 1
    columns = {
        name: np.repeat(column[:1], N, axis=0)
        for name, column in world.municipalities._asdict().items()
        if name not in ("neighbours", "neighbour_weight", "size_order", "bottom_quartile")
    }
    world = changed(world, "municipalities", **columns)
    even = np.where(world.municipalities.neighbour_weight > 0.0, 1.0 / (N - 1), 0.0)
    return changed(world, "municipalities", neighbour_weight=even, size_order=np.arange(N))


def test_identical_municipalities_adopt_and_sign_alike() -> None:
    """Over 150 seeds: how often each has adopted in the first three quarters, and how many deals it signs."""
    world, scenario = identical(), plain(**BUSY | {"adopted_at_start": 0.0})
    adopted, signed = [], []
    for seed in range(150):
        municipalities = simulate(world, scenario, seed, quarters=16).state.municipalities
        adopted.append((municipalities.adopted == 1) & (municipalities.adopted_quarter < 3))
        signed.append(municipalities.signed)
    counts = np.sum(adopted, axis=0)
    assert 0.2 * 150 < counts.mean() < 0.98 * 150
    assert stats.chi2_contingency(np.stack((counts, 150 - counts))).pvalue > 1e-3
    assert np.mean(signed) > 0.2
    assert stats.f_oneway(*np.transpose(signed)).pvalue > 1e-3


def renumbered(world: World, order: np.ndarray) -> World:
    """The same world with municipality order[n] as number n."""
    number = np.argsort(order)
    columns = {name: column[order] for name, column in world.municipalities._asdict().items()}
    columns["neighbours"] = number[columns["neighbours"]]
    columns["size_order"] = number[world.municipalities.size_order]
    world = changed(world, "municipalities", **columns)
    home = number[world.companies.municipality]
    return replace(world, companies=world.companies._replace(municipality=home))


def test_renumbering_the_municipalities_changes_no_distribution() -> None:
    world = world_of("synthetic:60", 1)
    order = np.random.default_rng(1).permutation(60)
    scenario = plain(**BUSY)
    worlds = (world, renumbered(world, order))
    runs = [[simulate(each, scenario, seed, quarters=24) for seed in range(60)] for each in worlds]
    for name in ("deals_signed", "meetings", "projects_completed", "adoption_share", "sdg_progress"):
        before, after = ([float(outcome(run, name).sum()) for run in sample] for sample in runs)
        assert stats.ks_2samp(before, after).pvalue > 1e-3, name
    signed = [np.mean([run.state.municipalities.signed for run in sample], axis=0) for sample in runs]
    assert np.corrcoef(signed[0][order], signed[1])[0, 1] > 0.8, "each fares as it did under its old number"


def test_sums_over_peers_follow_the_renumbering() -> None:
    """Where no chance is drawn, renumbering is exact to rounding."""
    world = world_of("synthetic:300", 1)
    order = np.random.default_rng(2).permutation(300)
    adopted = (np.random.default_rng(3).random(300) < 0.3).astype(np.uint8)
    plain_share = similar_size_share(world.municipalities, adopted, 0.5)
    other = similar_size_share(renumbered(world, order).municipalities, adopted[order], 0.5)
    assert np.allclose(other, plain_share[order], rtol=1e-12)

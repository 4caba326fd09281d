"""P3 in a well-mixed, homogeneous world, where the mean follows a known map."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy import stats

from sim.acts.adoption import similar_size_share
from sim.agents.government import faded
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario
from sim.simulation import Run, simulate
from sim.worlds import synthetic
from tests.acts.worlds import changed, plain, without_pioneers
from tests.identities.cases import world_of
from tests.identities.checks import outcome

N = 10_000
#: Contagion reaches everybody alike: the share among all others, whatever their size and place.
WELL_MIXED = {
    "adoption_size": 0.0,
    "contagion_neighbours": 0.0,
    "contagion_cases": 0.0,
    "national_push": 0.0,
    "size_bandwidth": 1e15,
    "adopted_at_start": 0.0,
    "posting_rate": 0.0,
}


@cache
def crowd() -> World:
    return without_pioneers(synthetic.build(N, 1, companies=1, institutions=1))


def adopters(p: float, q: float, start: float = 0.0, seed: int = 1, contagion: str = "linear") -> np.ndarray:
    """Number of adopters at the start and after each quarter."""
    scenario = plain(**WELL_MIXED | {"adoption_own": p, "contagion_size": q, "adopted_at_start": start})
    scenario = scenario.overlaid("crowd", rules={"contagion": contagion})
    share = outcome(simulate(crowd(), scenario, seed), "adoption_share")
    return np.round(np.concatenate(([start], share)) * N)


def test_mean_follows_the_map() -> None:
    """f' = f + (1 - f)(1 - e^-(p + q f)): each step is a binomial draw around it."""
    count = adopters(p=0.003, q=0.30)
    rest, f = N - count[:-1], count[:-1] / (N - 1)
    hazard = 1.0 - np.exp(-(0.003 + 0.30 * f))
    z = (np.diff(count) - rest * hazard) / np.sqrt(np.maximum(rest * hazard * (1.0 - hazard), 1e-9))
    assert 0.001 < stats.chi2.cdf((z**2).sum(), len(z)) < 0.999
    path = [0.0]
    for _ in range(51):
        path.append(path[-1] + (1.0 - path[-1]) * (1.0 - math.exp(-(0.003 + 0.30 * path[-1]))))
    assert np.abs(count / N - path).max() < 0.02
    assert count[-1] > 0.99 * N


def test_without_contagion_adoption_is_geometric() -> None:
    count = adopters(p=0.05, q=0.0)
    share = 1.0 - np.exp(-0.05 * np.arange(52))
    sd = np.sqrt(N * share * (1.0 - share))
    assert np.all(np.abs(count - N * share) <= 4.5 * sd)


def test_nobody_adopts_without_cause() -> None:
    assert not adopters(p=0.0, q=0.0).any()
    assert not adopters(p=0.0, q=0.3).any(), "contagion needs somebody to catch it from"


def test_contagion_alone_spreads_from_seeds() -> None:
    count = adopters(p=0.0, q=0.3, start=0.01)
    assert count[0] == 0.01 * N
    assert count[-1] > 0.99 * N
    assert np.all(np.diff(count) >= 0)


def test_contagion_is_still_below_its_threshold_and_as_without_one_above_it() -> None:
    """The default threshold is 0.3 of all others."""
    assert set(adopters(p=0.0, q=0.3, start=0.2999, contagion="threshold")) == {0.2999 * N}
    above = adopters(p=0.0, q=0.3, start=0.3, contagion="threshold")
    assert np.array_equal(above, adopters(p=0.0, q=0.3, start=0.3)) and above[-1] > 0.99 * N
    path, alone = adopters(p=0.03, q=0.3, contagion="threshold"), adopters(p=0.03, q=0.0)
    waiting = path < 0.3 * N
    assert waiting.sum() > 5 and np.array_equal(path[waiting], alone[waiting])
    assert np.all(path[~waiting][1:] > alone[~waiting][1:])


@pytest.mark.parametrize("decay", [0.0, 0.25])
@pytest.mark.parametrize("floor", [0.3, 0.6])
def test_national_push_waits_for_its_quarter_and_for_awareness(decay: float, floor: float) -> None:
    """From quarter 7 on the hazard is q_E e^(-decay k) (floor + (1 - floor) a); without decay a step."""
    asleep = {"awareness_decay": 1.0, "awareness_base": 0.0, "adoption_own": 0.0, "contagion_size": 0.0}
    for awareness, effect in (
        (asleep, floor),
        (asleep | {"awareness_base": 50.0, "awareness_decay": 0.0}, 1.0),
    ):
        push = {"national_push": 0.1, "push_decay": decay, "push_floor": floor}
        scenario = plain(**WELL_MIXED | push | awareness)
        scenario = scenario.overlaid("push", calendar={"national_target": "2020Q1"})
        share = outcome(simulate(crowd(), scenario, quarters=12), "adoption_share")
        assert not share[:7].any()
        wanted = 1.0 - np.exp(-0.1 * effect * np.cumsum(np.exp(-decay * np.arange(5))))
        assert np.all(np.abs(share[7:] - wanted) < 4.5 * np.sqrt(wanted * (1.0 - wanted) / N))


def test_a_push_that_does_not_fade_is_a_step_for_good() -> None:
    assert [faded(0.116, 0.0, quarters) for quarters in (-1, 0, 1, 43)] == [0.0, 0.116, 0.116, 0.116]
    assert faded(0.116, 0.2, 5) == pytest.approx(0.116 * math.exp(-1.0))


def test_those_who_promote_cease_at_their_hazard_and_may_begin_again() -> None:
    """Without new ones adopters fall geometrically; with them the share settles between the hazards."""
    lapse = WELL_MIXED | {"adoption_lapse": 0.05, "contagion_size": 0.0}
    alone = simulate(crowd(), plain(**lapse | {"adopted_at_start": 0.5, "adoption_own": 0.0}), quarters=20)
    wanted = 0.5 * np.exp(-0.05 * np.arange(1, 21))
    share = outcome(alone, "adoption_share")
    assert np.all(np.abs(share - wanted) < 4.5 * np.sqrt(wanted * (1.0 - 2.0 * wanted) / N))
    first = alone.state.municipalities.adopted_quarter
    assert set(first.tolist()) == {-1, 0} and (first == 0).sum() == N // 2, "it says when one first began"
    both = simulate(crowd(), plain(**lapse | {"adoption_own": 0.05}), quarters=200)
    assert outcome(both, "adoption_share")[-1] == pytest.approx(0.5, abs=4.5 * 0.5 / math.sqrt(N))
    assert both.state.municipalities.adopted_quarter.max() < 199, "everybody has begun once by then"


def test_without_lapse_nobody_ceases() -> None:
    world = world_of("synthetic:120", 1)
    share = outcome(simulate(world, plain(adoption_lapse=0.0)), "adoption_share_governments")
    assert np.all(np.diff(share) >= 0.0)
    lapsing = outcome(simulate(world, plain(adoption_lapse=0.05)), "adoption_share_governments")
    assert np.any(np.diff(lapsing) < 0.0)


def test_prefectures_cease_too() -> None:
    world = world_of("synthetic:600", 1)
    certain = {"prefecture_own": 50.0, "adoption_lapse": 50.0, "adopted_at_start": 0.0, "adoption_own": 0.0}
    run = simulate(
        without_pioneers(world), plain(**WELL_MIXED | certain | {"contagion_size": 0.0}), quarters=4
    )
    governments = len(world.municipalities.size) + len(world.prefectures.x)
    share = outcome(run, "adoption_share_governments") * governments
    assert share.tolist() == pytest.approx([len(world.prefectures.x), 0, len(world.prefectures.x), 0])


def test_similar_size_share_equals_the_plain_sum() -> None:
    world = world_of("synthetic:60", 3)
    adopted = (np.arange(60) % 3 == 0).astype(np.uint8)
    weight = np.exp(-np.abs(world.municipalities.size[:, None] - world.municipalities.size) / 0.5)
    np.fill_diagonal(weight, 0.0)
    wanted = weight @ adopted / weight.sum(axis=1)
    assert np.allclose(similar_size_share(world.municipalities, adopted, 0.5), wanted, rtol=1e-12)


def test_contagion_of_neighbours_reaches_neighbours_first() -> None:
    """One adopter: of two halves of the municipalities, the nearer one adopts earlier."""
    world = without_pioneers(world_of("synthetic:300", 1))
    far = np.hypot(
        world.municipalities.x - world.municipalities.x[0], world.municipalities.y - world.municipalities.y[0]
    )
    pioneer = np.zeros(300, np.uint8)
    pioneer[0] = 1
    world = changed(world, "municipalities", cohort_2018=pioneer)
    scenario = plain(**WELL_MIXED | {"adoption_own": 0.0, "contagion_size": 0.0, "contagion_neighbours": 0.5})
    near, distant = 0, 0
    for seed in range(8):
        run: Run = simulate(world, scenario, seed, quarters=16)
        adopted = run.state.municipalities.adopted == 1
        near += int(adopted[far <= np.median(far)].sum())
        distant += int(adopted[far > np.median(far)].sum())
    assert near > 2 * distant


def gated(on: bool, **parameters: float) -> Scenario:
    """Contagion among neighbours alone, gated by the mayors' elections or not."""
    values = WELL_MIXED | {"adoption_own": 0.0, "contagion_size": 0.0, "contagion_neighbours": 0.1}
    return plain(**values | parameters).overlaid("gated", modules={"election_gate": on})


def pioneers(share: int = 10) -> World:
    world = without_pioneers(world_of("synthetic:1000", 1))
    few = (np.arange(1000) % share == 0).astype(np.uint8)
    return changed(world, "municipalities", cohort_2018=few)


def test_with_the_election_gate_neighbours_count_in_election_quarters_only() -> None:
    world = pioneers()
    run = simulate(world, gated(on=True))
    when, phase = run.state.municipalities.adopted_quarter, world.municipalities.election_phase
    later = when > 0
    assert later.sum() > 100
    assert np.all((when[later] + phase[later]) % 16 == 0)
    free = simulate(world, gated(on=False)).state.municipalities.adopted_quarter
    assert np.any((free[free > 0] + phase[free > 0]) % 16 != 0)


def test_the_election_gate_gathers_the_pull_of_a_term_in_one_quarter() -> None:
    """Sixteen times the hazard in one quarter of sixteen: the first quarter's adopters are binomial."""
    world = pioneers()
    run = simulate(world, gated(on=True, contagion_neighbours=0.02), quarters=1)
    share, traits = run.state.municipalities.neighbour_share, world.municipalities
    votes = (traits.cohort_2018 == 0) & (traits.election_phase == 0)
    hazard = 1.0 - np.exp(-16.0 * 0.02 * share[votes])
    adopted = (run.state.municipalities.adopted == 1) & (traits.cohort_2018 == 0)
    assert not adopted[~votes].any()
    assert abs(adopted.sum() - hazard.sum()) < 4.0 * math.sqrt((hazard * (1.0 - hazard)).sum())


def test_other_causes_do_not_wait_for_the_election() -> None:
    run = simulate(crowd(), gated(on=True, adoption_own=0.05, contagion_neighbours=0.0), quarters=10)
    count = outcome(run, "adoption_share") * N
    share = 1.0 - np.exp(-0.05 * np.arange(1, 11))
    assert np.all(np.abs(count - N * share) <= 4.5 * np.sqrt(N * share * (1.0 - share)))


def test_without_the_gate_elections_do_not_matter() -> None:
    world = pioneers()
    other = changed(world, "municipalities", election_phase=(world.municipalities.election_phase + 5) % 16)
    scenario = gated(on=False, posting_rate=0.55)
    assert simulate(world, scenario).series.tobytes() == simulate(other, scenario).series.tobytes()


def test_shorter_steps_approach_the_continuous_bass_curve() -> None:
    """At one step a quarter the map leads Bass's curve by .14; each halving of the step halves the gap."""
    p, q, quarters = 0.003, 0.30, 40
    gaps = []
    for steps in (1, 2, 4):
        scenario = plain(**WELL_MIXED | {"adoption_own": p / steps, "contagion_size": q / steps})
        runs = (simulate(crowd(), scenario, 1, replicate, quarters * steps) for replicate in range(12))
        share = np.mean([outcome(run, "adoption_share") for run in runs], axis=0)
        fade = np.exp(-(p + q) * np.arange(1, len(share) + 1) / steps)
        gaps.append(float(np.abs(share - (1.0 - fade) / (1.0 + q / p * fade)).max()))
    assert np.allclose(gaps, [0.141, 0.073, 0.037], atol=0.01), gaps

"""P1 against its closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.calendar import EVENTS, parse_quarter
from sim.simulation import simulate
from tests.acts.worlds import changed, plain, without_pioneers
from tests.identities.cases import with_parameters, world_of
from tests.identities.checks import outcome

ALONE = {
    "awareness_neighbours": 0.0,
    "awareness_cases": 0.0,
    "awareness_event": 0.0,
    "awareness_surge": 0.0,
    "awareness_designation": 0.0,
    "posting_rate": 0.0,
}


@pytest.mark.parametrize("stimulus", [0.0, 0.02, 0.3, 2.0])
@pytest.mark.parametrize("decay", [0.0, 0.01, 0.2])
def test_constant_stimulus_converges_geometrically(stimulus: float, decay: float) -> None:
    """a(t) = a* + (a0 - a*) [(1 - decay) e^-x]^t with a* = (1-d)(1-e^-x) / (1 - (1-d) e^-x)."""
    world = without_pioneers(world_of("synthetic:40", 1))
    scenario = plain(**ALONE, awareness_base=stimulus, awareness_decay=decay)
    path = outcome(simulate(world, scenario, quarters=200), "awareness_mean")
    shrink = (1.0 - decay) * math.exp(-stimulus)
    limit = 0.0 if shrink == 1.0 else (1.0 - decay) * (1.0 - math.exp(-stimulus)) / (1.0 - shrink)
    start = (path[0] - limit) / shrink + limit
    assert 0.05 < start < 0.15
    wanted = limit + (start - limit) * shrink ** np.arange(1, 201)
    assert np.allclose(path, wanted, rtol=0.0, atol=1e-12)


def test_companies_follow_the_same_law() -> None:
    alike = {"awareness_base": 0.3, "awareness_base_company": 0.3, "awareness_decay": 0.1}
    run = simulate(world_of("synthetic:40", 1), plain(**ALONE, **alike))
    both = [outcome(run, name)[-1] for name in ("awareness_mean", "awareness_companies")]
    assert math.isclose(*both, abs_tol=1e-6)


def test_awareness_starts_uniform_between_5_and_15_percent() -> None:
    still = plain(**ALONE, awareness_base=0.0, awareness_decay=0.0)
    start = simulate(world_of("synthetic:1000", 1), still, quarters=1).state.municipalities.awareness
    assert 0.05 < start.min() < 0.051
    assert 0.149 < start.max() < 0.15
    assert abs(start.mean() - 0.1) < 4.0 * 0.1 / math.sqrt(12.0 * 1000.0)
    aware = with_parameters(still, awareness_at_start=1.0)
    start = simulate(world_of("synthetic:1000", 1), aware, quarters=1).state.municipalities.awareness
    assert start.max() == 1.0 and 0.5 < start.min() < 0.51, "nobody knows more than all"


def test_events_raise_awareness_in_their_quarter_only() -> None:
    world = without_pioneers(world_of("synthetic:40", 1))
    quiet = simulate(world, plain(**ALONE, awareness_base=0.0, awareness_decay=0.0))
    loud = simulate(world, with_parameters(quiet.scenario, awareness_event=0.1), quarters=quiet.quarters)
    assert np.ptp(outcome(quiet, "awareness_mean")) == 0.0
    gap = 1.0 - np.concatenate((outcome(quiet, "awareness_mean")[:1], outcome(loud, "awareness_mean")))
    events = np.zeros(loud.quarters)
    for label, held in EVENTS.items():
        events[parse_quarter(label)] = len(held)
    assert np.allclose(gap[1:] / gap[:-1], np.exp(-0.1 * events), rtol=1e-12)


def test_awareness_falls_when_gains_end() -> None:
    """A base that ends in FY2022: awareness levels off before, then loses its decay every quarter."""
    still = plain(**ALONE, awareness_decay=0.04, awareness_base_company=0.1)
    ending = still.overlaid("ending", parameters={"awareness_base": {"2018Q2": 0.1, "2022Q2": 0.0}})
    path = outcome(simulate(without_pioneers(world_of("synthetic:40", 1)), ending), "awareness_mean")
    assert np.all(np.diff(path[:16]) > 0.0)
    assert np.allclose(path[16:] / path[15:-1], 0.96, rtol=1e-12)


def test_the_surge_is_heard_from_its_quarter_on_and_fades() -> None:
    world = without_pioneers(world_of("synthetic:40", 1))
    quiet = plain(**ALONE, awareness_base=0.0, awareness_base_company=0.0, awareness_decay=0.0)
    heard = {"awareness_surge": 0.1, "surge_decay": 0.3}
    for name in ("awareness_mean", "awareness_companies"):
        gap = 1.0 - outcome(simulate(world, with_parameters(quiet, **heard)), name)
        since = np.arange(-9, 42)
        gain = np.where(since >= 0, 0.1 * np.exp(-0.3 * np.maximum(since, 0)), 0.0)
        assert np.allclose(gap[1:] / gap[:-1], np.exp(-gain)[1:], rtol=1e-12)


def test_a_designation_inspires_while_the_plan_runs() -> None:
    world = without_pioneers(world_of("synthetic:40", 1))
    chosen = changed(world, "municipalities", cohort_2018=np.ones(40, np.uint8))
    still = plain(**ALONE | {"awareness_designation": 0.1}, awareness_base=0.0, awareness_decay=0.0)
    for quarters in (8.0, 12.0):
        run = simulate(chosen, with_parameters(still, plan_quarters=quarters), quarters=20)
        gap = 1.0 - outcome(run, "awareness_mean")
        gain = np.where(np.arange(20) < quarters, 0.1, 0.0)
        assert np.allclose(gap[1:] / gap[:-1], np.exp(-gain)[1:], rtol=1e-12)


def test_promotion_reaches_everybody_alike() -> None:
    """One contact each a quarter: stimulus = kappa_P, whatever the size of the world."""
    for name in ("synthetic:40", "synthetic:300"):
        world = without_pioneers(world_of(name, 1))
        audience = len(world.municipalities.size) + len(world.companies.slots)
        still = plain(**ALONE, awareness_base=0.0, awareness_decay=0.0, promotion_contact_cost=0.02)
        money = 4.0 * audience * 0.02 / world.scale
        paid = still.overlaid("paid", levers={"promotion": money})
        before = simulate(world, still, quarters=1).state.municipalities.awareness
        after = simulate(world, paid, quarters=4).state.municipalities.awareness
        assert np.allclose((1.0 - after) / (1.0 - before), math.exp(-4.0 * 0.02), rtol=1e-9)

"""The same arguments give the same bytes; nothing but the arguments matters."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sim.scenarios.scenario import load_scenario
from sim.simulation import Run, simulate
from tests.identities.cases import CASES, scenario_of, world_of

CASE = CASES["busy"]
WORLD = world_of(CASE.world, 1)
SCENARIO = scenario_of(CASE)


def a_run(seed: int = 1, replicate: int = 0, quarters: int = 51) -> Run:
    return simulate(WORLD, SCENARIO, seed, replicate, quarters)


def fingerprint(run: Run) -> bytes:
    tables = [run.series, *run.deals().values(), *run.ledger.values()]
    tables += [values for values in run.municipalities().values() if isinstance(values, np.ndarray)]
    tables += [column for _, group in run.state.groups() for column in group if group is not run.state.deals]
    return b"".join(np.ascontiguousarray(table).tobytes() for table in tables)


def test_same_seed_same_bytes() -> None:
    assert fingerprint(a_run()) == fingerprint(a_run())


def test_other_seed_or_replicate_other_run() -> None:
    runs = [a_run(seed, replicate) for seed in (0, 1, 2) for replicate in (0, 1, 2)]
    assert len({fingerprint(run) for run in runs}) == len(runs)


def test_order_of_replicates_and_threads_do_not_matter() -> None:
    forwards = [fingerprint(a_run(replicate=replicate)) for replicate in range(6)]
    backwards = [fingerprint(a_run(replicate=replicate)) for replicate in reversed(range(6))]
    with ThreadPoolExecutor(3) as pool:
        threads = list(pool.map(lambda replicate: fingerprint(a_run(replicate=replicate)), range(6)))
    assert forwards == backwards[::-1] == threads


def test_observers_change_nothing() -> None:
    watched = a_run()
    before = fingerprint(watched)
    watched.deals()
    watched.municipalities()
    watched.ledger.clear()
    assert fingerprint(watched) == before == fingerprint(a_run())


def test_a_run_leaves_world_and_scenario_as_they_were() -> None:
    world, scenario = pickle.dumps(WORLD), SCENARIO.digest()
    a_run()
    assert pickle.dumps(WORLD) == world
    assert SCENARIO.digest() == scenario


def test_a_world_that_was_sent_to_another_process_gives_the_same_run() -> None:
    sent = pickle.loads(pickle.dumps(WORLD))
    assert fingerprint(simulate(sent, SCENARIO, 1, 0, 51)) == fingerprint(a_run())


def test_a_name_makes_no_difference() -> None:
    renamed = SCENARIO.overlaid("another_name")
    assert fingerprint(simulate(WORLD, renamed, 1, 0, 51)) == fingerprint(a_run())


@pytest.mark.parametrize("shorter", [1, 4, 20, 48])
def test_a_longer_horizon_changes_nothing_before(shorter: int) -> None:
    """The last fiscal year of the shorter run must be whole: a cut year has less money."""
    if shorter % 4:
        free = load_scenario("no_policy")
        long, short = (simulate(WORLD, free, quarters=quarters) for quarters in (51, shorter))
    else:
        long, short = a_run(quarters=48), a_run(quarters=shorter)
    assert long.series[:shorter].tobytes() == short.series.tobytes()

"""The kernel against the same model in plain Mesa, on one thread, in one run of the benchmark.

Two Mesa models: the idiomatic one (``tests/reference/idiomatic``: ``model.random``, NumPy vectors
inside an agent, AgentSets), equal to the kernel in distribution, and the bit-exact twin
(``tests/reference``). The world is built beforehand for all; creating the model (agents, or columns)
is timed apart from its 51 quarters. The three take turns, and the shortest of each is compared.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest

from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Simulation
from sim.simulation.warmup import compile_kernel
from sim.worlds import load_world
from tests.reference.idiomatic.model import IdiomaticModel
from tests.reference.model import ReferenceModel

QUARTERS = 51
TURNS = 5  # in each: KERNEL_RUNS of the kernel, one of either Mesa model
KERNEL_RUNS = 5
NAMES = ("kernel", "idiomatic", "twin")
CALLED = {"idiomatic": "(a) Mesa, idiomatic", "twin": "(b) Mesa, bit-exact twin"}


def scenario() -> Scenario:
    """The baseline with every module on."""
    return load_scenario("baseline").overlaid(
        "all_modules",
        rules={"drift": "trend", "interlinkage": "estimated"},
        modules={"insurance": True, "election_gate": True, "international": True},
    )


def timed(create: Callable[[], Any], run: Callable[[Any], Any]) -> tuple[float, float]:
    """Seconds to create a model, and to run its quarters."""
    gc.collect()
    start = perf_counter()
    model = create()
    created = perf_counter()
    run(model)
    return created - start, perf_counter() - created


def step_all(model: Any) -> None:
    for _ in range(QUARTERS):
        model.step()


@pytest.mark.benchmark(group="1 mesa")
def test_national_world(benchmark: Any) -> None:
    """1,741 municipalities, 51 quarters, all modules on."""
    compile_kernel(print)
    world, policy = load_world("japan", 1), scenario()
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in NAMES}

    def turn() -> None:
        for _ in range(KERNEL_RUNS):
            times["kernel"].append(timed(lambda: Simulation(world, policy), Simulation.run))
        times["idiomatic"].append(timed(lambda: IdiomaticModel(world, policy), step_all))
        times["twin"].append(timed(lambda: ReferenceModel(world, policy), step_all))

    timed(lambda: Simulation(world, policy), Simulation.run)  # loads the compiled code
    benchmark.pedantic(turn, rounds=TURNS)
    create = {name: min(first for first, _ in times[name]) for name in NAMES}
    run = {name: min(second for _, second in times[name]) for name in NAMES}
    benchmark.extra_info["rows"] = [
        {
            "model": CALLED.get(name, name),
            "runs": len(times[name]),
            "create, s": create[name],
            "51 quarters, s": run[name],
            "times the kernel": run[name] / run["kernel"],
            "times the kernel, with creation": (create[name] + run[name])
            / (create["kernel"] + run["kernel"]),
        }
        for name in NAMES
    ]

"""A run that stopped goes on as if it had not; branches are the runs that they should be."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.calendar import FIRST_YEAR, QUARTERS_PER_YEAR
from sim.errors import InputError
from sim.scenarios.scenario import load_scenario
from sim.scenarios.schema import MODULES
from sim.simulation import Simulation, checkpoint, simulate
from sim.simulation.resuming import resume
from tests.identities.cases import CASES, scenario_of, world_of
from tests.properties.test_same_chance import fingerprint

EVERYTHING = scenario_of(CASES["busy"]).overlaid(
    "everything",
    modules=dict.fromkeys(MODULES, True),
    rules={"interlinkage": "uniform", "drift": "trend"},
    parameters={"posting_rate": {"2020Q1": 4.0, "2024Q3": 8.0}},
)
WORLD = world_of("synthetic:60", 1)
QUARTERS = 51
TEN_QUARTERS = sorted(random.Random(20180401).sample(range(1, QUARTERS), 10))
WHOLE = fingerprint(simulate(WORLD, EVERYTHING, 3, 2, QUARTERS))
#: Differs from EVERYTHING from FY2024 on only.
LATER = EVERYTHING.overlaid(
    "later",
    levers={"subsidy": {2024: 90_000}, "advisers": {2024: 0}},
    parameters={"approval_constant": {"2024Q2": 1.0}},
)
FROM_LATER = (2024 - FIRST_YEAR) * QUARTERS_PER_YEAR


def stopped(quarter: int) -> Simulation:
    simulation = Simulation(WORLD, EVERYTHING, 3, 2, QUARTERS)
    simulation.run(quarter)
    return simulation


@pytest.mark.parametrize("quarter", TEN_QUARTERS)
def test_a_resumed_run_is_the_uninterrupted_one(quarter: int, tmp_path: Path) -> None:
    path = stopped(quarter).save(tmp_path / "stopped.npz")
    assert fingerprint(resume(path).run()) == WHOLE


@pytest.mark.parametrize("quarter", TEN_QUARTERS)
def test_a_branch_under_the_same_policy_is_the_run_itself(quarter: int) -> None:
    simulation = stopped(quarter)
    assert fingerprint(simulation.branch(EVERYTHING).run()) == WHOLE
    assert fingerprint(simulation.run()) == WHOLE


@pytest.mark.parametrize("quarter", [q for q in TEN_QUARTERS if q <= FROM_LATER] + [FROM_LATER])
def test_a_branch_is_the_run_whose_policy_changed_then(quarter: int, tmp_path: Path) -> None:
    whole = fingerprint(simulate(WORLD, LATER, 3, 2, QUARTERS))
    assert whole != WHOLE
    assert fingerprint(stopped(quarter).branch(LATER).run()) == whole
    path = stopped(quarter).save(tmp_path / "stopped.npz")
    assert fingerprint(resume(path).branch(LATER).run()) == whole


def test_japan_goes_on_too(tmp_path: Path) -> None:
    world, scenario = world_of("japan", 1), load_scenario("balanced")
    simulation = Simulation(world, scenario, 5, 1, 20)
    simulation.run(11)
    path = simulation.save(tmp_path / "japan.npz")
    assert fingerprint(resume(path).run()) == fingerprint(simulate(world, scenario, 5, 1, 20))


def test_another_process_goes_on(tmp_path: Path) -> None:
    path = stopped(17).save(tmp_path / "stopped.npz")
    code = (
        "import sys, sim, hashlib; run = sim.resume(sys.argv[1]).run(); "
        "print(hashlib.sha256(run.series.tobytes()).hexdigest(), 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    series = simulate(WORLD, EVERYTHING, 3, 2, QUARTERS).series
    assert done.stdout.split() == [hashlib.sha256(series.tobytes()).hexdigest(), "False"]


def test_a_branch_leaves_the_run_alone() -> None:
    simulation = stopped(20)
    branches = [simulation.branch(LATER), simulation.branch(load_scenario("no_policy"))]
    for branch in branches:
        branch.run()
    assert simulation.quarter == 20
    assert fingerprint(simulation.run()) == WHOLE


def test_a_change_within_the_fiscal_year_is_a_supplementary_budget() -> None:
    """In 2020Q4, two quarters of FY2020 are left; half the difference is added, spent money stays spent."""
    base = load_scenario("no_policy").overlaid("base", levers={"subsidy": 400.0, "promotion": 100.0})
    more = base.overlaid("more", levers={"subsidy": 1_000.0, "promotion": 0.0})
    simulation = Simulation(WORLD, base, quarters=QUARTERS)
    simulation.run(10)
    spent = simulation.state.ledger.spent[:, 2].copy()
    subsidy, promotion = base.funds.index("subsidy"), base.funds.index("promotion")
    branch = simulation.branch(more)
    scale = WORLD.scale
    assert branch.state.ledger.appropriated[subsidy, 2] == pytest.approx((400 + 600 / 2) * scale)
    assert branch.state.ledger.appropriated[subsidy, 3] == pytest.approx(1_000 * scale)
    assert branch.state.ledger.appropriated[promotion, 2] == pytest.approx(50 * scale)
    books = branch.run().ledger
    assert (books["spent"][:, 2] >= spent).all()
    assert books["spent"] + books["lapsed"] == pytest.approx(books["appropriated"])


def test_a_finished_run_says_so() -> None:
    simulation = stopped(QUARTERS)
    assert simulation.finished
    with pytest.raises(InputError, match="ends with 2030Q4"):
        simulation.step()


def test_a_run_so_far_is_the_beginning_of_the_run() -> None:
    part = stopped(13).result()
    assert part.quarters == 13
    assert part.series.tobytes() == simulate(WORLD, EVERYTHING, 3, 2, QUARTERS).series[:13].tobytes()


def rewritten(path: Path, **header: Any) -> Path:
    """The checkpoint with another header."""
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    values = json.loads(arrays.pop("header").tobytes()) | header
    arrays["header"] = np.frombuffer(json.dumps(values).encode(), np.uint8)
    np.savez(path, **arrays)
    return path


def test_another_version_of_the_model_is_refused(tmp_path: Path) -> None:
    path = rewritten(stopped(4).save(tmp_path / "a.npz"), model="0123456789abcdef")
    with pytest.raises(InputError, match=r"made by another version of the model \(0123456789abcdef, now"):
        resume(path)


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = rewritten(stopped(4).save(tmp_path / "a.npz"), format=99)
    with pytest.raises(InputError, match="format 99 is not the format 2"):
        resume(path)


def test_another_world_is_refused(tmp_path: Path) -> None:
    path = stopped(4).save(tmp_path / "a.npz")
    with pytest.raises(InputError, match="made in another world than this synthetic:60"):
        resume(path, world=world_of("synthetic:60", 2))


def test_a_world_of_ones_own_is_handed_in_again(tmp_path: Path) -> None:
    traits = WORLD.municipalities._replace(capacity=WORLD.municipalities.capacity * 0.5)
    own = replace(WORLD, municipalities=traits)
    simulation = Simulation(own, EVERYTHING, 3, 2, 12)
    simulation.run(5)
    path = simulation.save(tmp_path / "own.npz")
    with pytest.raises(InputError, match="another world"):
        resume(path)
    assert fingerprint(resume(path, world=own).run()) == fingerprint(simulate(own, EVERYTHING, 3, 2, 12))


@pytest.mark.parametrize("damage", ["truncated", "text", "pickled", "empty", "lacking"])
def test_damaged_files_are_refused(damage: str, tmp_path: Path) -> None:
    path = stopped(4).save(tmp_path / "a.npz")
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif damage == "text":
        path.write_text("not a checkpoint")
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "pickled":
        np.savez(path, header=np.array([{"a": 1}], dtype=object))
    else:
        with np.load(path) as archive:
            arrays = {name: archive[name] for name in archive.files if name != "municipalities.awareness"}
        np.savez(path, **arrays)
    with pytest.raises(InputError, match=r"a\.npz: (is no checkpoint, or is damaged|is damaged)"):
        resume(path)


def test_a_missing_file_and_a_folder_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        resume(tmp_path / "nothing.npz")
    with pytest.raises(InputError, match="cannot be written"):
        stopped(1).save(tmp_path / "no" / "such" / "a.npz")
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_holds_no_pickle(tmp_path: Path) -> None:
    with np.load(stopped(4).save(tmp_path / "a.npz"), allow_pickle=False) as archive:
        assert {archive[name].dtype.kind for name in archive.files} <= set("iufb")
    assert checkpoint.FORMAT == 2

"""A run that stopped goes on as if it had not; branches are the runs that they should be."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import random
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.calendar import FIRST_YEAR, QUARTERS_PER_YEAR
from sim.errors import InputError
from sim.scenarios.scenario import load_scenario
from sim.scenarios.schema import MODULES
from sim.simulation import Simulation, simulate
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
    path = stopped(quarter).save(tmp_path / "stopped.run")
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
    path = stopped(quarter).save(tmp_path / "stopped.run")
    assert fingerprint(resume(path).branch(LATER).run()) == whole


def test_japan_goes_on_too(tmp_path: Path) -> None:
    world, scenario = world_of("japan", 1), load_scenario("balanced")
    simulation = Simulation(world, scenario, 5, 1, 20)
    simulation.run(11)
    path = simulation.save(tmp_path / "japan.run")
    assert fingerprint(resume(path).run()) == fingerprint(simulate(world, scenario, 5, 1, 20))


def test_another_process_goes_on(tmp_path: Path) -> None:
    path = stopped(17).save(tmp_path / "stopped.run")
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
    """The checkpoint with another header, and the digest of that."""
    _, line, columns = path.read_bytes().split(b"\n", 2)
    content = json.dumps(json.loads(line) | header).encode() + b"\n" + columns
    path.write_bytes(f"sim checkpoint 3 {hashlib.sha256(content).hexdigest()}\n".encode() + content)
    return path


def test_another_version_of_the_model_is_refused(tmp_path: Path) -> None:
    path = rewritten(stopped(4).save(tmp_path / "a.run"), model="0123456789abcdef")
    with pytest.raises(InputError, match=r"made by another version of the model \(0123456789abcdef, now"):
        resume(path)


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = stopped(4).save(tmp_path / "a.run")
    path.write_bytes(path.read_bytes().replace(b"checkpoint 3", b"checkpoint 99", 1))
    with pytest.raises(InputError, match="is of format 99, not of the format 3 of this version"):
        resume(path)
    np.savez_compressed(path.with_suffix(".npz"), header=np.zeros(3))
    with pytest.raises(InputError, match="is of an earlier format, not of the format 3 of this version"):
        resume(path.with_suffix(".npz"))


def test_another_world_is_refused(tmp_path: Path) -> None:
    path = stopped(4).save(tmp_path / "a.run")
    with pytest.raises(InputError, match="made in another world than this synthetic:60"):
        resume(path, world=world_of("synthetic:60", 2))


def test_a_world_of_ones_own_is_handed_in_again(tmp_path: Path) -> None:
    traits = WORLD.municipalities._replace(capacity=WORLD.municipalities.capacity * 0.5)
    own = replace(WORLD, municipalities=traits)
    simulation = Simulation(own, EVERYTHING, 3, 2, 12)
    simulation.run(5)
    path = simulation.save(tmp_path / "own.run")
    with pytest.raises(InputError, match="another world"):
        resume(path)
    assert fingerprint(resume(path, world=own).run()) == fingerprint(simulate(own, EVERYTHING, 3, 2, 12))


@pytest.mark.parametrize("damage", ["cut short", "text", "empty", "longer", "one byte", "without header"])
def test_damaged_files_are_refused(damage: str, tmp_path: Path) -> None:
    path = stopped(4).save(tmp_path / "a.run")
    whole = path.read_bytes()
    opening = whole.split(b"\n", 1)[0] + b"\n"
    damaged = {
        "cut short": whole[: len(whole) // 2],
        "text": b"not a checkpoint",
        "empty": b"",
        "longer": whole + b"\0",
        "one byte": whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:],
        "without header": opening + b"{" * 5_000_000,
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(
        InputError, match=r"a\.run: is no checkpoint, or is damaged \(.+\); take a whole copy"
    ):
        resume(path)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"quarter": 13}, r"more quarters were run than its run has"),
        ({"quarter": -1}, r"header\.quarter: "),
        ({"seed": True}, r"header\.seed: "),
        ({"sizes": {}}, r"header\.sizes\.municipalities: "),
        ({"sizes": "many"}, r"header\.sizes: "),
        ({"code": "rm"}, r"header\.code: "),
        ({"by": "../../x"}, r"header\.by: "),
    ],
)
def test_a_header_that_cannot_be_is_refused(header: dict[str, Any], said: str, tmp_path: Path) -> None:
    simulation = Simulation(WORLD, EVERYTHING, 3, 2, 12)
    path = rewritten(simulation.save(tmp_path / "a.run"), **header)
    with pytest.raises(InputError, match=rf"a\.run: is no checkpoint, or is damaged \(.*{said}"):
        resume(path)


def test_sizes_that_are_not_those_of_the_file_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    path = stopped(4).save(tmp_path / "a.run")
    sizes = json.loads(path.read_bytes().split(b"\n", 2)[1])["sizes"]
    rewritten(path, sizes=sizes | {"quarters": 10**15})
    tracemalloc.start()
    with pytest.raises(InputError, match=r"its columns have [\d,]+ bytes, not [\d,]+"):
        resume(path)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_scenario_that_no_file_could_describe_is_refused(tmp_path: Path) -> None:
    path = stopped(4).save(tmp_path / "a.run")
    scenario = json.loads(path.read_bytes().split(b"\n", 2)[1])["scenario"]
    odd = {"rules": scenario["rules"] | {"award": "x"}, "parameters": {"posting_rate": {"0": 1e300}}}
    with pytest.raises(InputError) as caught:
        resume(rewritten(path, scenario=scenario | odd))
    assert len(caught.value.lines) == 2
    assert all(line.startswith(f"{path}: header.scenario.") for line in caught.value.lines)


def test_programmes_without_end_are_refused(tmp_path: Path) -> None:
    path = stopped(4).save(tmp_path / "a.run")
    header = json.loads(path.read_bytes().split(b"\n", 2)[1])
    more = {f"p{n}": {"lever": "subsidy", "money": {"2018": 5.0}} for n in range(2_001)}
    with pytest.raises(InputError, match=r"header\.scenario\.programmes: has more than 2,000 entries"):
        resume(rewritten(path, scenario=header["scenario"] | {"programmes": more}))


def test_columns_of_another_scenario_are_refused(tmp_path: Path) -> None:
    path = stopped(4).save(tmp_path / "a.run")
    header = json.loads(path.read_bytes().split(b"\n", 2)[1])
    programme = {"lever": "subsidy", "payer": {"prefecture": 1}, "money": {"2018": 5.0}}
    with pytest.raises(InputError, match="its columns are not those of its scenario"):
        resume(rewritten(path, scenario=header["scenario"] | {"programmes": {"more": programme}}))


def test_another_size_of_world_is_refused_before_it_is_built(tmp_path: Path) -> None:
    path = rewritten(stopped(4).save(tmp_path / "a.run"), world="synthetic:2000000")
    with pytest.raises(InputError, match="in another world than this synthetic:2000000"):
        resume(path)


def test_a_header_without_end_is_refused_before_all_of_it_is_read(tmp_path: Path) -> None:
    path = stopped(1).save(tmp_path / "a.run")
    first = path.read_bytes().partition(b"\n")[0] + b"\n"
    with path.open("wb") as file:
        file.write(first)
        file.truncate(200_000_000)  # of which the disk holds nothing
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="its header has no end"):
            resume(path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders")
def test_a_pipe_is_no_checkpoint(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(InputError, match=rf"{path}: cannot be read \(is no regular file\)"):
            resume(path)


def test_what_a_killed_command_left_goes_with_the_next_save(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from sim.files import write_whole; "
        "write_whole(Path(sys.argv[1]), lambda file: os.kill(os.getpid(), 9))"
    )
    path = tmp_path / "a.run"
    subprocess.run([sys.executable, "-c", code, path], check=False)
    others = (
        tmp_path / f".b.run.{platform.node()}-1-1.tmp",
        tmp_path / f".a.run.elsewhere-{os.getpid()}-1.tmp",
    )
    for other in others:
        other.touch()
    assert len(list(tmp_path.iterdir())) == 3
    stopped(1).save(path)
    assert set(tmp_path.iterdir()) == {path, *others}


def test_a_missing_file_and_a_folder_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        resume(tmp_path / "nothing.run")
    with pytest.raises(InputError, match="cannot be written"):
        stopped(1).save(tmp_path / "no" / "such" / "a.run")
    assert not list(tmp_path.iterdir())

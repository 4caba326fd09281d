"""Files, links and requests with something wrong in them: read with finite results, or refused clearly."""

from __future__ import annotations

import atexit
import csv
import json
import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.kernel.world import World
from sim.page.mistakes import MistakesError
from sim.page.state import scenarios_of, state_of_fragment
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.yaml_file import MAX_MISTAKES
from sim.scenarios.yaml_writer import as_yaml
from sim.simulation import simulate
from sim.simulation.resuming import resume
from sim.worlds import load_world
from tests.hostile import forged, mutated, swamped
from tests.hostile.alone import attempt_alone
from tests.hostile.trials import SAID, Trial, said_by
from tests.page import fuzz
from tests.page.test_fuzz import spoken, well

READ = "read, with finite results"
GONE_ON = "gone on from"
_QUARTERS = 4
_world = cache(load_world)


def _checked(path: Path, *options: str) -> bool:
    """Whether ``sim check`` takes a file; where it does not, every line that it says names the file."""
    said = said_by("check", str(path), *options)
    lines = said.err.splitlines()
    assert all(line.strip() for line in lines), said
    assert said.code == 0 or (said.code == 2 and lines), said
    named_in = [line for line in lines if str(path.parent) in line]
    assert said.code == 0 or len(named_in) == len(lines), said
    return said.code == 0


def _finite(scenario: Scenario, world: World) -> str:
    """Run a scenario for a year."""
    series = simulate(world, scenario, quarters=_QUARTERS).series
    assert np.isfinite(series).all(), f"{np.argwhere(~np.isfinite(series))[:3].tolist()} are not finite"
    return READ


def read_scenario(path: Path, *options: str) -> str:
    """A scenario file."""
    if not _checked(path, *options):
        return SAID
    try:
        return _finite(load_scenario(path), _world(forged.WORLD, 1))
    except InputError as error:  # places that this world has not
        lines = error.lines
    assert all(lines) and len(lines) <= MAX_MISTAKES + 1, lines
    return SAID


def read_experiment(path: Path, *options: str) -> str:
    """An experiment, with the tables beside it."""
    return READ if _checked(path, *options) else SAID


def read_world(path: Path, *options: str) -> str:
    """A table of municipalities, or a folder of tables."""
    return _finite(load_scenario("baseline"), load_world(str(path), 1)) if _checked(path, *options) else SAID


def read_parameters(path: Path, *options: str) -> str:
    """A table of parameter sets."""
    lines = said_by("check", str(_plain_experiment(path.parent)), "--parameters", str(path), *options)
    assert lines.code == 0 or (lines.code == 2 and str(path.stem) in lines.err), lines
    return READ if lines.code == 0 else SAID


def read_checkpoint(path: Path, *_: str) -> str:
    """A checkpoint: the run goes on to its end."""
    lines: tuple[str, ...] = ()
    try:
        simulation = resume(path)
    except InputError as error:
        lines = error.lines
    assert all(line.startswith(str(path)) for line in lines), lines
    if lines:
        return SAID
    assert simulation.world.name == forged.WORLD
    before = simulation.quarter
    assert np.isfinite(simulation.run().series[before:]).all()
    return GONE_ON


def read_link(path: Path, *_: str) -> str:
    """A link of the page."""
    try:
        scenarios_of(state_of_fragment(path.read_text(encoding="utf-8", errors="surrogateescape")))
    except MistakesError:
        return SAID
    return READ


_page = ExitStack()


@cache
def _visitor() -> Any:
    from tests.page.served import SMALL, served

    visitor, _ = _page.enter_context(served(replace(SMALL, rate=1e6)))
    atexit.register(_page.close)
    return visitor


def read_request(path: Path, *_: str) -> str:
    """A request to the page: its address in the first line, then its body."""
    address, body = path.read_bytes().split(b"\n", 1)
    status, headers, content = _visitor().ask(address.decode(), body)
    assert status < 500 and b"Traceback" not in content, (status, content[:2_000])
    if status == 200:
        return READ
    assert headers["content-type"] == "application/json" and json.loads(content)["lines"], content
    return SAID


def _plain_experiment(folder: Path) -> Path:
    """An experiment in a folder, on a small world."""
    path = folder / "plain.yaml"
    content = {
        "name": "plain",
        "world": "synthetic:20",
        "quarters": 4,
        "replicates": 2,
        "scenarios": ["baseline"],
    }
    path.write_text(as_yaml(content), encoding="utf-8")
    return path


ISLES = mutated.EXPERIMENTS / "worlds" / "made_up_isles.csv"


@cache
def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@cache
def _tables() -> dict[str, list[list[str]]]:
    """Tables of a small world: municipalities, regions, companies and institutions."""
    places = [row[:-1] for row in _rows(ISLES)][:12]
    regions = sorted({row[2] for row in places[1:]})
    return {
        "municipalities": places,
        "regions": [["name", "cohort_2018"], *([name, "0"] for name in regions)],
        "companies": [["municipality", "slots", "goals"], *([row[0], "2", "7 11"] for row in places[1:])],
        "institutions": [
            ["name", "kind", "region", "capital"],
            *([f"Bank of {name}", "bank", name, "5000"] for name in regions),
        ],
    }  # fmt: skip


def make_scenario(chance: random.Random, folder: Path) -> Path:
    """A scenario file."""
    return _made(folder / "mine.yaml", mutated.scenario(chance))


def make_experiment(chance: random.Random, folder: Path) -> Path:
    """An experiment."""
    return _made(folder / "mine.yaml", mutated.experiment(chance))


def make_world(chance: random.Random, folder: Path) -> Path:
    """A table of municipalities."""
    return _made(folder / "isles.csv", mutated.table(_rows(ISLES), chance))


def make_world_of_tables(chance: random.Random, folder: Path) -> Path:
    """A folder of tables, one of which has something wrong in it."""
    wrong = chance.choice(list(_tables()))
    (folder / "world").mkdir()
    for name, rows in _tables().items():
        content = (
            mutated.table(rows, chance)
            if name == wrong
            else b"\n".join(",".join(row).encode() for row in rows)
        )
        _made(folder / "world" / f"{name}.csv", content)
    return folder / "world"


_FACTORS = {"subsidy": {"kind": "lever", "low": 0, "high": 1_000, "from": 2019},
            "award": {"kind": "rule", "values": ["scored", "lottery"]}}  # fmt: skip


def make_points(suffix: str, chance: random.Random, folder: Path) -> Path:
    """An experiment with a table of points beside it."""
    rows = [["subsidy", "award"], *([f"{n * 100}", chance.choice(("scored", "lottery"))] for n in range(6))]
    content = mutated.table(rows, chance) if suffix == "csv" else mutated.parquet(["subsidy"], 6, chance)
    factors = _FACTORS if suffix == "csv" else {"subsidy": _FACTORS["subsidy"]}
    _made(folder / f"points.{suffix}", content)
    tree = {
        "name": "mine", "world": "synthetic:20", "quarters": 4, "replicates": 2, "scenarios": ["baseline"],
        "design": {"method": "table", "file": f"points.{suffix}"}, "factors": factors,
    }  # fmt: skip
    return _made(folder / "mine.yaml", as_yaml(tree).encode())


def make_parameters(chance: random.Random, folder: Path) -> Path:
    """A table of parameter sets."""
    some = chance.sample(list(declared().values()), 4)
    rows = [[one.name for one in some]]
    rows += [[repr(chance.choice((one.low, one.default, one.high))) for one in some] for _ in range(5)]
    return _made(folder / "sets.csv", mutated.table(rows, chance))


def _made(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def make_damaged_checkpoint(chance: random.Random, folder: Path) -> Path:
    """A checkpoint that was damaged on its way."""
    return _made(folder / "a.run", mutated.damaged_bytes(forged.saved()[0], chance))


def read_damaged_checkpoint(path: Path, *_: str) -> str:
    """A checkpoint that is not what was saved is refused."""
    said = read_checkpoint(path)
    assert said == SAID or path.read_bytes() == forged.saved()[0], "damaged, and yet gone on from"
    return said


def make_forged_checkpoint(chance: random.Random, folder: Path) -> Path:
    """A checkpoint with another header or other columns, and the digest of these."""
    return _made(folder / "a.run", forged.forged(chance))


def read_recipe(path: Path, *_: str) -> str:
    """A checkpoint that was forged by a recipe."""
    return read_checkpoint(_made(path.with_suffix(".run"), forged.by_recipe(json.loads(path.read_bytes()))))


def make_link(chance: random.Random, folder: Path) -> Path:
    """A link of the page."""
    return _made(folder / "link", fuzz.fragment(chance).encode("utf-8", "surrogateescape"))


def make_bytes(chance: random.Random, folder: Path) -> Path:
    """A request to the page, byte for byte, or one of an odd address."""
    odd = f"GET {fuzz.address(chance)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    sent = chance.choice((fuzz.raw(chance), odd.encode("utf-8", "surrogateescape")))
    return _made(folder / "bytes", sent)


def read_bytes(path: Path, *_: str) -> str:
    """A request to the page, byte for byte."""
    answer = spoken(_visitor().port, path.read_bytes())
    assert well(answer), answer[:2_000]
    return READ if b" 200 " in answer[:14] else SAID


def make_request(chance: random.Random, folder: Path) -> Path:
    """A request to the page."""
    return _made(folder / "request", fuzz.target(chance).encode() + b"\n" + fuzz.content(chance))


type Maker = Callable[[random.Random, Path], Path]
type Reader = Callable[..., str]

#: What reads what lies in a folder of the corpus.
READERS: dict[str, Reader] = {
    "scenario": read_scenario, "experiment": read_experiment, "world": read_world,
    "parameters": read_parameters, "link": read_link, "request": read_request, "checkpoint": read_recipe,
}  # fmt: skip


def _attempt(make: Maker, read: Reader, chance: random.Random, folder: Path) -> str:
    return read(make(chance, folder), "--lang", chance.choice(("en", "ja")))


def _trial(what: str, few: int, many: int, make: Maker, read: Reader) -> Trial:
    return Trial(what, few, many, partial(attempt_alone, partial(_attempt, make, read)))


TRIALS = [
    _trial("a scenario file", 90, 2_000, make_scenario, read_scenario),
    _trial("an experiment", 30, 1_500, make_experiment, read_experiment),
    _trial("a table of municipalities", 40, 1_000, make_world, read_world),
    _trial("a folder of tables of a world", 40, 1_000, make_world_of_tables, read_world),
    _trial("a table of points, as text", 40, 700, partial(make_points, "csv"), read_experiment),
    _trial("a table of points, in Parquet", 40, 700, partial(make_points, "parquet"), read_experiment),
    _trial("a table of parameter sets", 50, 700, make_parameters, read_parameters),
    _trial("a checkpoint that was damaged", 60, 600, make_damaged_checkpoint, read_damaged_checkpoint),
    _trial("a checkpoint that was forged", 60, 1_000, make_forged_checkpoint, read_checkpoint),
    _trial("a scenario file, wrong everywhere", 1, 20, swamped.scenario, read_scenario),
    _trial("an experiment, wrong everywhere", 3, 20, swamped.experiment, read_experiment),
    _trial("a folder of tables of a world, wrong everywhere", 3, 30, swamped.world, read_world),
    _trial("a table of parameter sets, wrong everywhere", 4, 20, swamped.parameters, read_parameters),
    _trial("a link of the page", 50, 1_000, make_link, read_link),
    _trial("a request to the page", 20, 800, make_request, read_request),
    _trial("a request to the page, byte for byte", 20, 800, make_bytes, read_bytes),
]

"""Checkpoints with something wrong in them, whose digest may be right all the same."""

from __future__ import annotations

import hashlib
import json
import random
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.scenarios.scenario import load_scenario
from sim.simulation import Simulation
from sim.simulation.columns import COLUMNS, Column, Sizes, named, sizes_of
from sim.worlds import load_world
from tests.identities.cases import BUSY
from tests.page import fuzz

#: The world of the run that is saved.
WORLD = "synthetic:60"
_QUARTERS = 17
_ODD = (
    (-1).to_bytes(8, "little", signed=True), (2**31).to_bytes(8, "little"), b"\xff\xff\xff\x7f" * 2, bytes(8),
    b"\0\0\0\0\0\0\xf0\x7f", b"\0\0\0\0\0\0\xf8\x7f",
)  # fmt: skip


@cache
def saved() -> tuple[bytes, dict[str, tuple[int, int]]]:
    """A checkpoint of a small run, and where each of its columns lies in it, and how long it is."""
    scenario = load_scenario("balanced").overlaid("mine", modules={"agreements": True}, parameters=BUSY)
    simulation = Simulation(load_world(WORLD, 1), scenario, quarters=20, by="prefecture")
    simulation.run(_QUARTERS)
    with tempfile.TemporaryDirectory() as folder:
        content = simulation.save(Path(folder) / "a.run").read_bytes()
    sizes, places = sizes_of(simulation.state), {}
    at = len(content) - sum(_bytes(column, sizes) for _, _, column in named())
    for group, name, column in named():
        places[f"{group}.{name}"] = at, _bytes(column, sizes)
        at += _bytes(column, sizes)
    return content, places


def _bytes(column: Column, sizes: Sizes) -> int:
    return int(np.prod(column.shape_in(sizes), dtype=np.int64)) * np.dtype(column.dtype).itemsize


def forged(chance: random.Random) -> bytes:
    """A checkpoint with other columns or another header, and the digest of these."""
    content = bytearray(saved()[0])
    if chance.random() < 0.4:
        return _with_digest(_allowed(content, chance), _header(content))
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        at, length = chance.choice([place for place in saved()[1].values() if place[1]])
        odd = chance.choice((*_ODD, chance.randbytes(8)))
        place = at + 8 * chance.randrange(max(length // 8, 1))
        end = at + length if chance.random() < 0.3 else min(place + 8, at + length)
        content[place:end] = (odd * (length // 8 + 1))[: end - place]
    header = _header(content)
    if chance.random() < 0.5:
        fuzz.spoil(header, chance)
    return _with_digest(content, header)


def _allowed(content: bytearray, chance: random.Random) -> bytearray:
    """Columns filled with anything that each of them may hold, whatever the others say."""
    sizes = Sizes.model_validate(_header(content)["sizes"])
    lists = {"deals.open_projects", "deals.ended", "deals.loans", "municipalities.agreement_partners"}
    names = [name for name, (_, length) in saved()[1].items() if length and name not in lists]
    draws = np.random.default_rng(chance.getrandbits(64))
    for name in chance.sample(names, chance.choice((1, 2, 5, 20))):
        group, _, last = name.partition(".")
        column, (at, length) = COLUMNS[group][last], saved()[1][name]
        number = length // np.dtype(column.dtype).itemsize
        least, most = max(column.least, -1e100), column.highest(sizes, _QUARTERS)
        if np.dtype(column.dtype).kind == "f":
            values = draws.choice(np.array([least, most, 0.0, 0.5, 1.0]), number)
        else:
            values = draws.integers(int(least), int(most), number, endpoint=True)
        content[at : at + length] = values.astype(column.dtype).tobytes()
    return content


def by_recipe(recipe: dict[str, Any]) -> bytes:
    """A checkpoint with what a recipe puts into its header, by dotted names, and columns of one value."""
    content = bytearray(saved()[0])
    for name, value in recipe.get("columns", {}).items():
        group, column = name.split(".")
        at, length = saved()[1][name]
        dtype = np.dtype(COLUMNS[group][column].dtype)
        content[at : at + length] = np.full(length // dtype.itemsize, value, dtype).tobytes()
    header = _header(content)
    for name, value in recipe.get("header", {}).items():
        *outer, last = name.split(".")
        inside = header
        for key in outer:
            inside = inside[key]
        inside[last] = value
    return _with_digest(content, header)


def _header(content: bytes | bytearray) -> Any:
    return json.loads(bytes(content).split(b"\n", 2)[1])


def _with_digest(content: bytes | bytearray, header: Any) -> bytes:
    opening, _, columns = bytes(content).split(b"\n", 2)
    rest = json.dumps(header).encode() + b"\n" + columns
    found = hashlib.sha256(rest).hexdigest()
    return re.sub(rb"[0-9a-f]{64}", found.encode(), opening) + b"\n" + rest

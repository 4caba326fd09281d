"""Files that are right but for something: trees of YAML and tables. All from a ``random.Random``."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from sim.kernel.parameters import declared
from sim.scenarios.bounds import bounds_of
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import BUILTIN, builtin_names
from sim.scenarios.yaml_reader import open_yaml
from sim.scenarios.yaml_writer import as_yaml
from tests.page import fuzz

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
#: Runs of these take no time: what is tried is how they are read.
_SMALL = {"world": "synthetic:20", "quarters": 4, "replicates": 2, "quick": None}
_WORLDS = (
    "japan",
    "synthetic:2000000",
    "synthetic:1",
    "synthetic:0",
    "/dev/zero",
    "..",
    "a.csv",
    "x" * 5_000,
)
_BOMBS = (
    "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]", "&a [*a]", "[" * 3_000, "{a: " * 3_000,
    "- " * 9_000, "? " * 500, "name: !!python/object/apply:os.system [x]", "x: !!binary " + "A" * 9_000,
    "a: |\n" + " x\n" * 9_000, "k" * 70_000 + ": 1", "\n".join(f"k{n}: 1" for n in range(5_000)),
    "%YAML 1.1\n---\na: 1\n---\nb: 2", "parameters:\n" + "\n".join(f"  p{n}: 1" for n in range(5_000)),
    "seed: " + "9" * 5_000, "x: 1e99999",
)  # fmt: skip


def spoilt(tree: dict[Any, Any], chance: random.Random) -> dict[Any, Any]:
    """The tree with something odd at up to three places."""
    tree = deepcopy(tree)
    for _ in range(chance.choice((0, 0, 1, 1, 1, 2))):
        fuzz.spoil(tree, chance)
    return tree


def written(tree: dict[Any, Any], chance: random.Random) -> bytes:
    """A tree as YAML or JSON, sometimes damaged as text or as bytes, or a bomb in its place."""
    kind = chance.randrange(20)
    if kind == 0:
        return chance.choice(_BOMBS).encode()
    text = json.dumps(tree) if kind < 3 or "\\ud8" in repr(tree) else as_yaml(tree)
    if kind in (2, 9, 15):
        text = fuzz.damaged(text, chance)
    if kind == 19:
        return text.encode(chance.choice(("utf-16", "utf-8-sig", "utf-32", "shift-jis")), "replace")
    return (
        damaged_bytes(text.encode("utf-8", "surrogatepass"), chance)
        if kind == 18
        else text.encode("utf-8", "replace")
    )


def damaged_bytes(content: bytes, chance: random.Random) -> bytes:
    """Content with bytes turned over, put in, taken out, or cut off."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, length = chance.randrange(len(content) + 1), chance.choice((1, 1, 4, 50))
        before, after = content[:at], content[at:]
        content = chance.choice((
            before + chance.randbytes(length) + after[length:], before + after[length:],
            before + chance.randbytes(length) + after, before, content + after,
        ))  # fmt: skip
    return content


def scenario(chance: random.Random) -> bytes:
    """A scenario file with something wrong in it."""
    tree = {
        **open_yaml(BUILTIN / f"{chance.choice(builtin_names())}.yaml").data,
        "name": "mine",
        "extends": "baseline",
    }
    levers = chance.sample([lever.name for lever in LEVERS if "." not in lever.name], 2)
    tree["levers"] = {name: chance.choice((0, 500, {2019: 5, 2024: 7.5})) for name in levers}
    names = chance.sample(list(declared()), chance.choice((0, 1, 1, 3)))
    tree["parameters"] = {name: _value(name, chance) for name in names}
    if chance.random() < 0.4:
        tree["programmes"] = {"own": fuzz.programme(chance)}
    return written(spoilt(tree, chance), chance)


def _value(name: str, chance: random.Random) -> float:
    """A value of a parameter: plausible, or at the end of what it may be."""
    record = declared()[name]
    return chance.choice((record.low, record.high, record.default, *bounds_of(record)))


@cache
def _experiments() -> dict[str, dict[Any, Any]]:
    """The experiments that come with the package, by their names, as small as they can be."""
    found = {path.stem: dict(open_yaml(path).data) for path in sorted(EXPERIMENTS.glob("*.yaml"))}
    for tree in found.values():
        tree |= {name: value for name, value in _SMALL.items() if value is not None}
        tree.pop("quick", None)
        tree["scenarios"] = [one for one in tree["scenarios"] if not str(one).endswith(".yaml")] or [
            "baseline"
        ]
    return {name: tree for name, tree in found.items() if "file" not in (tree.get("design") or {})}


def experiment(chance: random.Random) -> bytes:
    """An experiment with something wrong in it."""
    tree = deepcopy(_experiments()[chance.choice(list(_experiments()))])
    if chance.random() < 0.1:
        tree["world"] = chance.choice(_WORLDS)
    return written(spoilt(tree, chance), chance)


_CELLS = (
    "", " ", "-1", "0", "1e400", "1e300", "1e99", "nan", "inf", "1,000", "١٢", "１２３", "-0", "1e-400",
    "9" * 400, "=1+1", "#N/A", "x", "\x00", "\x1b[2J", "\ud83d", '"', "'", "a;b", "a\tb", "a\nb", "x" * 5_000,
    "東京都", "\u202e", "TRUE", "13101", "7 99", "1 " * 500,
)  # fmt: skip


def table(rows: Sequence[Sequence[str]], chance: random.Random) -> bytes:
    """A table of text with something wrong in its cells, rows, columns, signs or bytes."""
    rows = [list(row) for row in rows]
    for _ in range(chance.choice((0, 1, 1, 2, 4))):
        _spoil_rows(rows, chance)
    delimiter = chance.choice((",", ",", ",", ",", "\t", ";", "|"))
    text = "\n".join(delimiter.join(_quoted(cell, chance) for cell in row) for row in rows) + "\n"
    kind = chance.randrange(12)
    if kind == 0:
        text = fuzz.damaged(text, chance)
    if kind == 1:
        return text.encode(chance.choice(("utf-16", "utf-8-sig", "utf-32", "cp932")), "replace")
    content = text.encode("utf-8", "surrogatepass")
    return damaged_bytes(content, chance) if kind == 2 else content


def _spoil_rows(rows: list[list[str]], chance: random.Random) -> None:
    """One thing wrong: a cell, a head, a row or a column twice or not at all, or an empty table."""
    row = chance.randrange(len(rows)) if rows else 0
    kind = chance.randrange(10)
    if not rows or not rows[row]:
        rows.append([])
    elif kind < 5:
        rows[row][chance.randrange(len(rows[row]))] = chance.choice(_CELLS)
    elif kind == 5 and rows[0]:
        rows[0][chance.randrange(len(rows[0]))] = chance.choice((*rows[0], *_CELLS))
    elif kind == 6:
        chance.choice((rows.insert, lambda at, _: rows.pop(at)))(row, list(rows[row]))
    elif kind == 7 and rows[0]:
        column = chance.randrange(len(rows[0]))
        twice = chance.random() < 0.5
        for one in rows:
            one[column : column + 1] = one[column : column + 1] * 2 if twice else []
    elif kind == 8:
        rows[row] = rows[row] * chance.choice((0, 2, 300))
    else:
        del rows[chance.randrange(3) :]


def _quoted(cell: str, chance: random.Random) -> str:
    return f'"{cell}"' if "," in cell or chance.random() < 0.02 else cell


def parquet(names: Sequence[str], rows: int, chance: random.Random) -> bytes:
    """A table in Parquet whose columns are numbers, or something else, or whose bytes are damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: _arrow(rows, chance) for name in names if chance.random() < 0.95}
    found = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), found, compression=chance.choice(("snappy", "gzip", "zstd", "none")))
    content = found.getvalue().to_pybytes()
    return damaged_bytes(content, chance) if chance.random() < 0.4 else content


def _arrow(rows: int, chance: random.Random) -> Any:
    """A column of numbers, most often."""
    import pyarrow as pa

    odd = (
        [None] * rows, ["x"] * rows, [b"\xff"] * rows, [[1.0]] * rows, [{"a": 1}] * rows, [2**62] * rows,
        [True] * rows, [float("nan")] * rows, [float("inf")] * rows, [-1.0] * rows,
    )  # fmt: skip
    values = (
        [chance.choice((0.0, 100.0, 500.5)) for _ in range(rows)]
        if chance.random() < 0.8
        else chance.choice(odd)
    )
    return pa.array(values)

"""Digests of very many different runs, to hold two versions of the code against each other.

A change that must not change numbers is tried so: ``python -m tests.digests > before`` on the old code, with
this file laid beside it, the same ``> after`` on the new, and ``diff before after``. It takes half a minute.
All built-in scenarios on Japan, as they are and with every module on and off; every parameter at both ends of
its range; worlds of 5 to 10,000 municipalities.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

import sim
from sim.kernel.parameters import declared
from sim.scenarios.scenario import builtin_names
from sim.scenarios.schema import MODULES

SIZES = (5, 30, 300, 3_000, 10_000)


def digest(run: sim.Run) -> str:
    """Digest of the series and of every column of the state at the end; integers of any width are alike."""
    found = hashlib.sha256(np.ascontiguousarray(run.series).tobytes())
    for group, columns in run.state.groups():
        for name, column in columns._asdict().items():
            found.update(f"{group}.{name}".encode())
            found.update(_comparable(column).tobytes())
    return found.hexdigest()[:32]


def _comparable(column: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(column, np.int64 if column.dtype.kind in "iu" else column.dtype)


def runs() -> Iterator[tuple[str, sim.Run]]:
    """Label and run, one after the other."""
    japan, small = sim.load_world("japan", 1), sim.load_world("synthetic:60", 1)
    for name in builtin_names():
        scenario = sim.load_scenario(name)
        yield f"japan {name}", sim.simulate(japan, scenario, 1, 0)
        for on in (True, False):
            switched = scenario.overlaid(name, modules=dict.fromkeys(MODULES, on))
            yield f"japan {name}, modules {on}", sim.simulate(japan, switched, 1, 1)
    busy = sim.load_scenario("balanced").overlaid("busy", modules=dict.fromkeys(MODULES, True))
    for name, parameter in declared().items():
        for value in (parameter.low, parameter.high):
            extreme = busy.overlaid("extreme", parameters={name: value})
            yield f"synthetic:60 {name} {value}", sim.simulate(small, extreme, 1, 2)
    for size in SIZES:
        yield f"synthetic:{size}", sim.simulate(sim.load_world(f"synthetic:{size}", 1), busy, 1, 3)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a digest of each of very many different runs."""
    argparse.ArgumentParser(prog="python -m tests.digests", description=main.__doc__).parse_args(arguments)
    for label, run in runs():
        print(label, digest(run), flush=True)


if __name__ == "__main__":
    main()

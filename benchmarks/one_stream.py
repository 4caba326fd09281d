"""A copy of the package in which all draws of a run come from one sequential stream.

It is the model with the usual generator: seeded once at the start of a run, every draw is
the next one of the stream. So a draw depends on how many came before it, and two scenarios
with the same seed see the same chance only until the first draw that one of them does not make.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

import sim
from benchmarks import lever_runs

#: Appended to ``sim/kernel/draws.py`` of the copy: later definitions are the ones that are compiled.
#: Some draws the model looks at again: approval with and without a grant, the answer of a lender that
#: is asked twice, and in every quarter of a year the lots drawn for that year. A plain program would
#: store them. Here they keep their keys, which leaves the model the same in distribution, and favours
#: the single stream a little: these draws stay paired between scenarios.
DRAWS = """

_LOOKED_AT_AGAIN = (
    int(Process.APPROVAL),
    int(Process.APPRAISAL),
    int(Process.STUDY_GROUP),
    int(Process.SUBCOMMITTEE_THEME),
    int(Process.SUBCOMMITTEE_MUNICIPALITY),
    int(Process.SUBCOMMITTEE_COMPANY),
    int(Process.ADVICE),
    int(Process.ADVISER),
    int(Process.JOINT_PROJECT),
)
_BOUNDED = int(Process.RANKING)


@rule
def run_key(seed, replicate):
    key = absorb(mix(np.uint64(seed) ^ _GOLDEN), replicate)
    np.random.seed(key & np.uint64(0xFFFFFFFF))
    return key


@rule
def stream(key, process, quarter):
    if process in _LOOKED_AT_AGAIN:
        return absorb(absorb(key, process), quarter)
    if process == _BOUNDED:
        return np.uint64(np.random.randint(1, 1 << 62))
    return np.uint64(0)


@rule
def uniform(key, a):
    return np.random.random() if np.uint64(key) == np.uint64(0) else unit(absorb(key, a))


@rule
def uniform2(key, a, b):
    return np.random.random() if np.uint64(key) == np.uint64(0) else unit(absorb(absorb(key, a), b))


@rule
def normal(key, a):
    return np.random.standard_normal()


@rule
def normal_pair(key, a, b):
    radial, angular = normal_words(key, a, b)
    return normals_of(radial, angular)


@rule
def padded_index(key, a, attempt, size):
    padded = 1
    while padded < size:
        padded *= 2
    if np.uint64(key) == np.uint64(0):
        index = np.int64(np.random.randint(0, padded))
    else:
        index = np.int64(np.uint64(absorb(absorb(key, a), attempt)) & np.uint64(padded - 1))
    return index if index < size else -1
"""


def write_package(folder: Path) -> None:
    """Write the copy of the package to ``folder / "sim"``."""
    source = Path(sim.__file__).parent
    shutil.copytree(source, folder / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    draws = folder / "sim" / "kernel" / "draws.py"
    draws.write_text(draws.read_text(encoding="utf-8") + DRAWS, encoding="utf-8")


def one_stream_runs(
    folder: Path, world: str, extra: float, replicates: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """``lever_runs`` on a copy of the package that is written to ``folder``, in a process of its own."""
    write_package(folder)
    out = folder / "runs.npy"
    command = [sys.executable, lever_runs.__file__, world, str(extra), str(replicates), str(out)]
    environment = os.environ | {"PYTHONPATH": str(folder), "SIM_CACHE_DIR": str(folder / "compiled")}
    subprocess.run(command, env=environment, check=True)
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = np.load(out)
    return values

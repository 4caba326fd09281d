"""Time of each act, what it cannot avoid, and the two heaviest beside a straight loop in C.

Absolute times of a shared machine mean little: compare within one run. What is compared is measured in turn,
and the fastest of every call counts.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from time import perf_counter_ns
from typing import Any, NamedTuple

import numpy as np
import pytest

from benchmarks.acts import busiest_scenario, captured, copied, empty_call, profile
from benchmarks.c_code import FLAGS, compile_c, compiler, groups_of, handed_over
from benchmarks.estimates import Rates, Work, estimates, rates_of
from sim.acts.quarter import some_acts
from sim.simulation import simulate
from sim.simulation.warmup import compile_kernel
from sim.worlds import load_world

ROUNDS = 9
needs_c = pytest.mark.skipif(
    compiler() is None, reason="there is no C compiler (cc, gcc or clang) on the path"
)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Compile before anything is timed."""
    compile_kernel(print)


@pytest.fixture(scope="module")
def meetings() -> list[tuple[Any, ...]]:
    """What hold_meetings is handed in every quarter."""
    return captured(load_world("japan", 1), busiest_scenario(), "hold_meetings")


@pytest.mark.benchmark(group="2 acts")
def test_time_of_each_act(benchmark: Any, meetings: list[tuple[Any, ...]], tmp_path: Path) -> None:
    """Milliseconds of each act in a run of 51 quarters, with the work that it cannot avoid beside it."""
    world, scenario = load_world("japan", 1), busiest_scenario()
    run = benchmark.pedantic(simulate, (world, scenario), rounds=ROUNDS, warmup_rounds=1)
    took = profile(world, scenario, ROUNDS)
    work = estimates(run, _candidates(meetings, tmp_path)) if compiler() else {}
    rates = rates_of(groups_of("hold_meetings", meetings[0]), tmp_path) if compiler() else None
    rows = [
        {"act": act, "ms": round(took[act], 2), **_cannot_avoid(work.get(act), rates)}
        for act in sorted(took, key=took.__getitem__, reverse=True)
    ]
    rows.append({"act": "all of them", "ms": round(sum(took.values()), 2), **_cannot_avoid(None, None)})
    benchmark.extra_info["rows"] = rows
    if rates:
        benchmark.extra_info["rates, ns"] = {name: round(rate, 2) for name, rate in rates._asdict().items()}


def _cannot_avoid(work: Work | None, rates: Rates | None) -> dict[str, float | str]:
    if work is None or rates is None:
        return {"MB": "", "draws": "", "exp, log, cos": "", "cannot avoid, ms": ""}
    return {
        "MB": round(work.bytes / 1e6, 1),
        "draws": round(work.draws),
        "exp, log, cos": round(work.exponentials + work.logarithms + work.waves),
        "cannot avoid, ms": round(work.milliseconds(rates), 2),
    }


def _candidates(meetings: list[tuple[Any, ...]], folder: Path) -> float:
    """How many candidates all posts of the run saw, counted by the C loop."""
    act = "hold_meetings"
    library = compile_c("meetings", groups_of(act, meetings[0]), folder)
    for arguments in meetings:
        handed_over(library.hold_meetings, groups_of(act, copied(arguments)))()
    return float(ctypes.c_int64.in_dll(library, "candidates_seen").value)


class Took(NamedTuple):
    """Milliseconds of an act over a run."""

    compiled: float
    c: float


@needs_c
@pytest.mark.benchmark(group="2 c")
@pytest.mark.parametrize(("act", "source"), [("hold_meetings", "meetings"), ("test_and_sign", "deals")])
def test_act_beside_c(benchmark: Any, act: str, source: str, tmp_path: Path) -> None:
    """The act and a C loop on copies of the same columns: the same bits, and how long either takes."""
    handed = captured(load_world("japan", 1), busiest_scenario(), act)
    in_c = getattr(compile_c(source, groups_of(act, handed[0]), tmp_path), act)
    for quarter, arguments in enumerate(handed):
        assert_same(act, in_c, arguments, f"{act} in quarter {quarter}")
    took = benchmark.pedantic(compared, (act, in_c, handed), rounds=1)
    benchmark.extra_info["row"] = {
        "act": act,
        "compiled by numba, ms": round(took.compiled, 2),
        f"C ({' '.join(FLAGS[:2])}), ms": round(took.c, 2),
        "ratio": round(took.compiled / took.c, 2),
        "rounds": ROUNDS,
    }


def assert_same(act: str, in_c: Any, arguments: tuple[Any, ...], what: str) -> None:
    """Both must leave the same columns, bit for bit: else they did not do the same work."""
    one, other = copied(arguments), copied(arguments)
    some_acts(*one)
    handed_over(in_c, groups_of(act, other))()
    for group, same in zip(one[-1], other[-1], strict=True):
        for name, column, twin in zip(group._fields, group, same, strict=True):
            if isinstance(column, np.ndarray):
                assert column.tobytes() == twin.tobytes(), f"{what}: {name} differs"


def compared(act: str, in_c: Any, handed: list[tuple[Any, ...]]) -> Took:
    """Time both in turn, who comes first changing by round; the call from Python is taken off the act's."""
    fastest = np.full((len(handed), 3), np.iinfo(np.int64).max)
    for round_number in range(ROUNDS):
        for quarter, arguments in enumerate(handed):
            own, twin = copied(arguments), copied(arguments)
            calls = [
                lambda own=own: some_acts(*own),
                handed_over(in_c, groups_of(act, twin)),
                lambda own=own: empty_call(*own),
            ]
            order = (2, 0, 1) if round_number % 2 else (2, 1, 0)
            for which in order:
                start = perf_counter_ns()
                calls[which]()
                fastest[quarter, which] = min(fastest[quarter, which], perf_counter_ns() - start)
    compiled, c, call = (float(total) / 1e6 for total in fastest.sum(axis=0))
    return Took(compiled - call, c)

"""What each act cannot avoid: columns to read and write, draws, exponentials, at this machine's rates.

An order of magnitude from the sizes of the world and the counts of the run, not from the code's every step.
Columns count once a quarter at streaming speed, though they mostly stay in the cache; adding, comparing,
searching and sorting count as nothing. So a bound may lie well below what any code could do.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import NamedTuple

import numpy as np

from benchmarks.c_code import compile_c
from sim.kernel.funds import Fund
from sim.kernel.outcomes import COLUMN
from sim.kernel.parameters import parameters
from sim.kernel.state import PARTNERS
from sim.kernel.world import GOALS, NEIGHBOURS, SIZE_CLASSES
from sim.simulation import Run

_WORD = 8  # bytes


class Rates(NamedTuple):
    """Nanoseconds each."""

    byte: float
    draw: float
    exponential: float
    logarithm: float
    wave: float  # cosine or sine


class Work(NamedTuple):
    """What an act does over a run. Normal draws count as a draw, a logarithm and a wave each."""

    bytes: float = 0.0
    draws: float = 0.0
    exponentials: float = 0.0
    logarithms: float = 0.0
    waves: float = 0.0

    def milliseconds(self, rates: Rates) -> float:
        """How long this takes at least."""
        return sum(amount * cost for amount, cost in zip(self, rates, strict=True)) / 1e6


def rates_of(examples: tuple[object, ...], folder: Path, n: int = 1_000_000) -> Rates:
    """This machine's rates, measured in C; ``examples`` as in ``compile_c``."""
    library = compile_c("machine", examples, folder)
    values = np.random.default_rng(1).random(n)
    pointer = values.ctypes.data_as(ctypes.c_void_p)

    def fastest(name: str, *arguments: object) -> float:
        function = getattr(library, name)
        function.restype = ctypes.c_double
        return min(_timed(lambda: function(*arguments)) for _ in range(9)) / n

    count = ctypes.c_int64(n)
    return Rates(
        byte=fastest("sum_of", pointer, count) / _WORD,
        draw=fastest("draws", count),
        exponential=fastest("exponentials", pointer, count),
        logarithm=fastest("logarithms", pointer, count),
        wave=fastest("waves", pointer, count),
    )


def _timed(call: Callable[[], object]) -> int:
    start = perf_counter_ns()
    call()
    return perf_counter_ns() - start


def estimates(run: Run, candidates: float) -> dict[str, Work]:
    """The unavoidable work of every act over a run in which posts saw so many ``candidates``."""
    world, quarters = run.world, run.quarters
    towns, firms = quarters * len(world.places.size), quarters * len(world.firms.slots)
    cells = quarters * len(world.prefectures.x) * SIZE_CLASSES
    met, proposed = _total(run, "meetings"), _total(run, "proposals")
    signed, ended = _total(run, "deals_signed"), _ended(run)
    running = _total(run, "active_partnerships")
    pairs = quarters * float(np.count_nonzero(run.state.towns.partners >= 0)) / 2  # they grow to this number
    lenders = quarters * len(world.institutions.kind)
    groups = float(np.sum(run.state.ledger.spent[Fund.SUBCOMMITTEES])) / (
        parameters().costs.subcommittee_cost / 4
    )
    members, all_members = _total(run, "platform_companies"), _total(run, "platform_members")
    return {
        "hold_meetings": Work(
            bytes=_WORD * (3 * towns + 3 * firms + 8 * candidates) + candidates * PARTNERS / 2 * _WORD,
            draws=towns + members + 3 * candidates,
            exponentials=candidates,
            logarithms=2 * candidates,
            waves=candidates,  # cosine and sine of an angle come together
        ),
        "test_and_sign": Work(
            bytes=_WORD * (towns / 8 + proposed * 60 + signed * 30),
            draws=proposed * 14,
            exponentials=5 * proposed,
            logarithms=3 * proposed,
            waves=2 * proposed,
        ),
        "record": Work(bytes=_WORD * (towns * (2 * GOALS + 8) + 3 * firms + 2 * pairs), logarithms=towns / 2),
        "spread_awareness": Work(bytes=_WORD * 4 * (towns + firms), exponentials=towns + firms),
        "weigh_neighbours": Work(bytes=towns * NEIGHBOURS * (2 * _WORD + 1)),
        "post_needs": Work(
            bytes=_WORD * (9 * towns + GOALS * _total(run, "needs_posted")),
            draws=towns + _total(run, "needs_posted"),
            exponentials=towns / 4,
        ),
        "convert_meetings": Work(bytes=_WORD * (towns + 25 * met), draws=2 * met, exponentials=2 * met),
        "run_projects": Work(
            bytes=_WORD * 6 * running, draws=2 * running + 6 * ended, exponentials=running, logarithms=running
        ),
        "learn": Work(bytes=_WORD * (4 * towns + 3 * pairs), exponentials=towns),
        "advance_goals": Work(bytes=_WORD * (3 * towns), exponentials=towns + GOALS * ended),
        "spread_cases": Work(bytes=_WORD * cells * 4 * GOALS, exponentials=cells),
        "adopt": Work(bytes=_WORD * 8 * towns, draws=towns, exponentials=3 * towns),
        "hold_subcommittees": Work(bytes=groups * 36 * PARTNERS * 2 * _WORD, draws=groups * 12 * 2),
        "hold_study_groups": Work(bytes=_WORD * 4 * lenders, draws=lenders, exponentials=lenders / 2),
        "send_advice": Work(bytes=_WORD * 3 * towns, draws=_total(run, "futurecities")),
        "select_futurecities": Work(
            bytes=_WORD * towns / 4 * (GOALS + 8),
            draws=towns / 2,
            exponentials=towns / 4,
            logarithms=towns / 20,
        ),
        "service_loans": Work(bytes=_WORD * 8 * running),
        "go_abroad": Work(bytes=_WORD * 3 * (towns + firms), draws=towns),
        "open_quarter": Work(),
        "close_quarter": Work(),
        "join_platform": Work(bytes=towns + firms, draws=max(towns + firms - all_members, 0.0)),
    }


def _total(run: Run, outcome: str) -> float:
    return float(np.sum(run.series[:, COLUMN[outcome]]))


def _ended(run: Run) -> float:
    return _total(run, "projects_completed") + _total(run, "projects_failed")

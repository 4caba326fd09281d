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


class Sizes(NamedTuple):
    """What a run had to handle, summed up over its quarters.

    Attributes:
        municipalities, companies, institutions, cells: agents, and size classes of prefectures.
        candidates: companies that posts saw.
        met, proposed, signed, ended, agreements, running: what came of it.
        pairs: partners that know each other; they grow to this number.
        members, all_members: companies on the platform, and all.
        groups: meetings of subcommittees.
    """

    municipalities: float
    companies: float
    institutions: float
    cells: float
    candidates: float
    met: float
    proposed: float
    signed: float
    ended: float
    agreements: float
    running: float
    pairs: float
    members: float
    all_members: float
    groups: float


def estimates(run: Run, candidates: float) -> dict[str, Work]:
    """The unavoidable work of every act over a run in which posts saw so many ``candidates``."""
    sizes = _sizes(run, candidates)
    return _partnering(run, sizes) | _spreading(run, sizes) | _carrying_out(sizes)


def _sizes(run: Run, candidates: float) -> Sizes:
    world, quarters = run.world, run.quarters
    spent = float(np.sum(run.state.ledger.spent[Fund.SUBCOMMITTEES]))
    return Sizes(
        municipalities=quarters * len(world.municipalities.size),
        companies=quarters * len(world.companies.slots),
        institutions=quarters * len(world.institutions.kind),
        cells=quarters * len(world.prefectures.x) * SIZE_CLASSES,
        candidates=candidates,
        met=_total(run, "meetings"),
        proposed=_total(run, "proposals"),
        signed=_total(run, "deals_signed"),
        ended=_total(run, "projects_completed") + _total(run, "projects_failed"),
        agreements=_total(run, "agreements_signed"),
        running=_total(run, "active_partnerships"),
        pairs=quarters * float(np.count_nonzero(run.state.municipalities.partners >= 0)) / 2,
        members=_total(run, "platform_companies"),
        all_members=_total(run, "platform_members"),
        groups=spent / (parameters().costs.subcommittee_cost / 4),
    )


def _partnering(run: Run, sizes: Sizes) -> dict[str, Work]:
    """From a need to an agreement or a deal."""
    municipalities, candidates, proposed = sizes.municipalities, sizes.candidates, sizes.proposed
    return {
        "hold_meetings": Work(
            bytes=_WORD * (3 * municipalities + 3 * sizes.companies + 8 * candidates)
            + candidates * PARTNERS / 2 * _WORD,
            draws=municipalities + sizes.members + 3 * candidates,
            exponentials=candidates,
            logarithms=2 * candidates,
            waves=candidates,  # cosine and sine of an angle come together
        ),
        "test_and_sign": Work(
            bytes=_WORD * (municipalities / 8 + proposed * 60 + sizes.signed * 30),
            draws=proposed * 14,
            exponentials=5 * proposed,
            logarithms=3 * proposed,
            waves=2 * proposed,
        ),
        "post_needs": Work(
            bytes=_WORD * (9 * municipalities + GOALS * _total(run, "needs_posted")),
            draws=municipalities + _total(run, "needs_posted"),
            exponentials=municipalities / 4,
        ),
        "convert_meetings": Work(
            bytes=_WORD * (municipalities + 25 * sizes.met), draws=2 * sizes.met, exponentials=2 * sizes.met
        ),
        "hold_subcommittees": Work(
            bytes=sizes.groups * 36 * PARTNERS * 2 * _WORD, draws=sizes.groups * 12 * 2
        ),
        "sign_agreements": Work(
            bytes=_WORD * 6 * municipalities,
            draws=3 * municipalities,
            exponentials=municipalities + 2 * sizes.agreements,
            logarithms=sizes.agreements,
        ),
        "go_abroad": Work(bytes=_WORD * 3 * (municipalities + sizes.companies), draws=municipalities),
        "join_platform": Work(
            bytes=municipalities + sizes.companies,
            draws=max(municipalities + sizes.companies - sizes.all_members, 0.0),
        ),
    }


def _spreading(run: Run, sizes: Sizes) -> dict[str, Work]:
    """Awareness, adoption, designation, and what groups and advisers teach."""
    municipalities, companies = sizes.municipalities, sizes.companies
    return {
        "spread_awareness": Work(
            bytes=_WORD * 4 * (municipalities + companies), exponentials=municipalities + companies
        ),
        "weigh_neighbours": Work(bytes=municipalities * NEIGHBOURS * (2 * _WORD + 1)),
        "spread_cases": Work(bytes=_WORD * sizes.cells * 4 * GOALS, exponentials=sizes.cells),
        "adopt": Work(
            bytes=_WORD * 8 * municipalities, draws=municipalities, exponentials=3 * municipalities
        ),
        "hold_study_groups": Work(
            bytes=_WORD * 4 * sizes.institutions,
            draws=sizes.institutions,
            exponentials=sizes.institutions / 2,
        ),
        "send_advice": Work(bytes=_WORD * 3 * municipalities, draws=_total(run, "futurecities")),
        "select_futurecities": Work(
            bytes=_WORD * municipalities / 4 * (GOALS + 8),
            draws=municipalities / 2,
            exponentials=municipalities / 4,
            logarithms=municipalities / 20,
        ),
    }


def _carrying_out(sizes: Sizes) -> dict[str, Work]:
    """Projects, loans, what comes of them, and the record."""
    municipalities, running, ended = sizes.municipalities, sizes.running, sizes.ended
    return {
        "record": Work(
            bytes=_WORD * (municipalities * (2 * GOALS + 8) + 3 * sizes.companies + 2 * sizes.pairs),
            logarithms=municipalities / 2,
        ),
        "run_projects": Work(
            bytes=_WORD * 6 * running, draws=2 * running + 6 * ended, exponentials=running, logarithms=running
        ),
        "learn": Work(bytes=_WORD * (4 * municipalities + 3 * sizes.pairs), exponentials=municipalities),
        "advance_goals": Work(
            bytes=_WORD * (3 * municipalities), exponentials=municipalities + GOALS * ended
        ),
        "service_loans": Work(bytes=_WORD * 8 * running),
        "open_quarter": Work(),
        "close_quarter": Work(),
    }


def _total(run: Run, outcome: str) -> float:
    return float(np.sum(run.series[:, COLUMN[outcome]]))

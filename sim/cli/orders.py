"""The options of ``sim run`` and ``sim compare``, checked before anything is loaded or written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sim.batch.limits import MOST_QUARTERS, MOST_REPLICATES
from sim.calendar import DISCOUNT_RATE, fiscal_years, parse_quarter
from sim.errors import InputError
from sim.provenance import cores
from sim.text import Language, say

if TYPE_CHECKING:
    from sim.batch.parameter_sets import ParameterSets
    from sim.scenarios.scenario import Scenario

QUICK_WORLD, QUICK_REPLICATES = "synthetic:300", 10
WORLD, REPLICATES = "japan", 30


@dataclass(frozen=True)
class Order:
    """How to run: world, replicates, horizon, seed, folder (None = the default one), processes, language.

    ``quick`` tells whether world and replicates are those of a first look; ``discount_rate`` is that of the
    report, a year; ``focus`` the place that is told of by itself; ``parameters`` and ``worlds`` are as in
    ``sim.batch.experiment.Experiment``.
    """

    world: str
    replicates: int
    quarters: int
    seed: int
    out: Path | None
    workers: int
    language: Language
    quiet: bool
    quick: bool = False
    discount_rate: float = DISCOUNT_RATE
    focus: str | None = None
    parameters: ParameterSets | None = None
    worlds: str = "one"

    @classmethod
    def given(
        cls,
        world: str | None,
        replicates: int | None,
        quarters: str,
        seed: int,
        out: Path | None,
        workers: int | None,
        language: Language,
        quick: bool,
        quiet: bool,
        discount_rate: float = DISCOUNT_RATE,
        focus: str | None = None,
        parameters: str | None = None,
        worlds: str | None = None,
    ) -> Self:
        """The order of these options; ``quick`` changes the defaults of those that are None.

        A place is looked for in Japan, also at a first look, and many worlds are those of Japan.

        Raises:
            InputError: a number is out of range, or the parameter sets cannot be used.
        """
        how_many = given_worlds(worlds) or "one"
        if world is None:
            world = QUICK_WORLD if quick and focus is None and how_many == "one" else WORLD
        if replicates is None:
            replicates = QUICK_REPLICATES if quick else REPLICATES
        workers = worker_count(workers)
        refuse_outside("--replicates", replicates, 1, MOST_REPLICATES)
        refuse_outside("--seed", seed, 0, 2**63 - 1)
        sets = None if parameters is None else given_sets(parameters)
        options = (out, workers, language, quiet, quick, discount_rate, focus, sets, how_many)
        return cls(world, replicates, horizon(quarters), seed, *options)


def given_sets(source: str) -> ParameterSets:
    """The parameter sets of ``--parameters``.

    Raises:
        InputError: there are none, or something in them is wrong.
    """
    from sim.batch.parameter_sets import read_parameter_sets

    try:
        return read_parameter_sets(source)
    except InputError as error:
        raise InputError(*(f"--parameters: {line}" for line in error.lines)) from None


def given_worlds(worlds: str | None) -> str | None:
    """What ``--worlds`` says.

    Raises:
        InputError: it is neither one nor many.
    """
    if worlds not in (None, "one", "many"):
        raise InputError(f"--worlds: must be one or many, not {worlds!r}")
    return worlds


def horizon(text: str) -> int:
    """Number of quarters from a number such as ``51`` or the label of the last quarter such as ``2030Q4``.

    Raises:
        InputError: neither, or outside 1 to ``MOST_QUARTERS``.
    """
    try:
        quarters = (
            int(text) if text.removeprefix("-").isdecimal() and len(text) < 10 else parse_quarter(text) + 1
        )
    except InputError as error:
        raise InputError(f"--quarters: {error}, or give a number such as 51") from None
    refuse_outside("--quarters", quarters, 1, MOST_QUARTERS)
    return quarters


def worker_count(workers: int | None) -> int:
    """The number of processes asked for, by default one per core.

    Raises:
        InputError: it is out of range.
    """
    workers = cores() if workers is None else workers
    refuse_outside("--workers", workers, 1, 1024)
    return workers


def with_equal_budget(
    order: Order, baseline: Scenario, others: Sequence[Scenario], how: str
) -> list[Scenario]:
    """The scenarios that are compared with the baseline, all with the appropriations of the first.

    Args:
        order: gives the horizon.
        baseline: not touched; it is named in messages.
        others: the scenarios.
        how: ``check`` refuses scenarios that differ, ``rescale`` multiplies all levers of a year.

    Raises:
        InputError: the appropriations differ and are not to be rescaled, or cannot be.
    """
    from sim.cli.output import note
    from sim.scenarios.budget import listed, rescaled, rescalings
    from sim.scenarios.yaml_file import suggestion

    if how not in ("check", "rescale"):
        raise InputError(
            f"--equal-budget: {how!r} is not known{suggestion(how, ['rescale']) or ', give rescale'}"
        )
    years = fiscal_years(order.quarters)
    factors = rescalings(others, years)
    if factors and how == "check":
        raise InputError(
            f"--equal-budget: appropriations differ from those of {others[0].name}; "
            f"--equal-budget=rescale would apply these factors: {listed(factors)}"
        )
    if factors:
        message = say("cli.rescaled", order.language, scenario=others[0].name, factors=listed(factors))
    else:
        message = say("cli.equal", order.language, baseline=baseline.name)
    note(message, order.quiet)
    return [rescaled(scenario, factors, years) for scenario in others]


def refuse_outside(option: str, value: int, low: int, high: int) -> None:
    """Refuse a number that is out of range.

    Raises:
        InputError: it is.
    """
    if not low <= value <= high:
        raise InputError(f"{option}: must be from {low:,} to {high:,}, not {value:,}")

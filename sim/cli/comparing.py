"""``sim run`` and ``sim compare``: the scenarios and options that they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sim.calendar import DEFAULT_QUARTERS, DISCOUNT_RATE
from sim.cli.options import (
    AllowExtensions,
    DiscountRate,
    Focus,
    Lang,
    Out,
    Parameters,
    PrecisionOf,
    PrecisionWidth,
    Quarters,
    Quick,
    Quiet,
    Replicates,
    SameBudget,
    SameSpending,
    Scenarios,
    Seed,
    Workers,
    World,
    Worlds,
)
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.cli.orders import Order
    from sim.cli.precision import Precision
    from sim.scenarios.allowed import Allowed
    from sim.scenarios.scenario import Scenario
    from sim.scenarios.spending import EqualSpending


def run(
    scenarios: Scenarios,
    world: World = None,
    replicates: Replicates = None,
    quarters: Quarters = str(DEFAULT_QUARTERS),
    seed: Seed = 1,
    out: Out = None,
    workers: Workers = None,
    parameters: Parameters = None,
    worlds: Worlds = None,
    lang: Lang = "en",
    quick: Quick = False,
    quiet: Quiet = False,
    allow_extensions: AllowExtensions = None,
) -> int:
    """Run scenarios; print a summary and write a results folder."""
    from sim.cli.orders import Order

    study = (world, replicates, quarters, seed, out, workers, lang, quick, quiet)
    order = Order.given(*study, parameters=parameters, worlds=worlds)
    return _carried_out(order, _loaded(scenarios, order, allow_extensions or ()), None)


def compare(
    baseline: Annotated[str, typer.Argument(help="Scenario to compare with.", show_default=False)],
    scenarios: Scenarios,
    world: World = None,
    replicates: Replicates = None,
    quarters: Quarters = str(DEFAULT_QUARTERS),
    seed: Seed = 1,
    out: Out = None,
    workers: Workers = None,
    equal_budget: SameBudget = None,
    equal_spending: SameSpending = None,
    precision: PrecisionWidth = None,
    precision_of: PrecisionOf = None,
    focus: Focus = None,
    discount_rate: DiscountRate = DISCOUNT_RATE,
    parameters: Parameters = None,
    worlds: Worlds = None,
    lang: Lang = "en",
    quick: Quick = False,
    quiet: Quiet = False,
    allow_extensions: AllowExtensions = None,
) -> int:
    """Run scenarios with the same draws as a baseline; print their effects, draw figures, write a report."""
    from sim.cli.orders import Order, with_equal_budget
    from sim.cli.precision import LIMIT, QUICK_LIMIT, Precision
    from sim.cli.spending import made_equal

    wanted = Precision.given(precision, precision_of)
    if wanted is not None and replicates is None:
        replicates = QUICK_LIMIT if quick else LIMIT
    if equal_budget is not None and equal_spending is not None:
        raise InputError("--equal-budget and --equal-spending: give one of the two")
    options = (out, workers, lang, quick, quiet, discount_rate, focus, parameters, worlds)
    order = Order.given(world, replicates, quarters, seed, *options)
    base, *others = _loaded([baseline, *scenarios], order, allow_extensions or ())
    equal = None
    if equal_budget is not None:
        others = with_equal_budget(order, base, others, equal_budget)
    if equal_spending is not None:
        others, equal = made_equal(order, base, others, equal_spending)
    return _carried_out(order, [base, *others], base.name, wanted, equal)


def _loaded(references: Sequence[str], order: Order, allow_extensions: Allowed) -> list[Scenario]:
    """Scenarios by name or file, after what deserves a word about them has been said."""
    from sim.batch.design_warnings import about_equal_scenarios
    from sim.cli.output import warn
    from sim.cli.targets import refuse_misplaced, unscaled
    from sim.scenarios.scenario import load_all
    from sim.scenarios.warnings import scenario_warnings

    loaded = load_all(references, allow_extensions)
    scenarios = [one.scenario for one in loaded]
    refuse_misplaced(loaded, order.world, order.seed)
    lines = scenario_warnings(loaded, order.quarters, order.language)
    lines += about_equal_scenarios(scenarios, order.language)
    lines += unscaled(scenarios, order.world, order.language)
    warn(lines, order.language, order.quiet)
    return scenarios


def _carried_out(
    order: Order,
    scenarios: Sequence[Scenario],
    baseline: str | None,
    precision: Precision | None = None,
    equal: EqualSpending | None = None,
) -> int:
    from sim.cli.running import carry_out

    return carry_out(order, scenarios, baseline, precision, equal)

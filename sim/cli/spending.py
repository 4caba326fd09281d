"""``sim compare --equal-spending``: give scenarios what they need to spend the same, and say what that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.output import note, warn
from sim.cli.stages import Stages
from sim.errors import InputError
from sim.text import Language, say
from sim.text.numbers import money, number

if TYPE_CHECKING:
    from sim.cli.orders import Order
    from sim.scenarios.scenario import Scenario
    from sim.scenarios.spending import EqualSpending

#: What the option stands for without a sum.
LEAST = "least"


def amount_of(text: str) -> float | None:
    """The sum asked for in JPY M a fiscal year; None for the most that all can absorb as they are written.

    Raises:
        InputError: it is no sum.
    """
    if text == LEAST:
        return None
    try:
        amount = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        amount = math.nan
    if 0.0 < amount < math.inf:
        return amount
    raise InputError(
        f"--equal-spending: {text!r} is no sum; give JPY million a fiscal year such as 300, or none"
    )


def made_equal(
    order: Order, baseline: Scenario, others: Sequence[Scenario], text: str
) -> tuple[list[Scenario], EqualSpending]:
    """The scenarios with appropriations at which they spend the same; what was found is said.

    Raises:
        InputError: ``text`` is no sum, or a scenario cannot be made to spend it.
    """
    from sim.report.units import below_a_unit, part_of_japan
    from sim.studies.spending import with_equal_spending
    from sim.worlds import municipalities_of
    from sim.worlds.build import MUNICIPALITIES_OF_JAPAN

    amount, lang = amount_of(text), order.language
    with Stages(order.quiet, lang).shown() as stages:
        stages.stage(say("cli.equalizing", lang))
        study = (order.world, order.replicates, order.quarters, order.seed)
        scenarios, equal = with_equal_spending(
            baseline, others, *study, amount, order.workers,
            tell=lambda name, _: stages.stage(say("cli.equalized", lang, name=name)),
            announce=lambda _: stages.announce(say("cli.compiling", lang)),
        )  # fmt: skip
    share = municipalities_of(order.world) / MUNICIPALITIES_OF_JAPAN
    lines = sentences(equal, baseline.name, lang)
    if share != 1.0:
        lines.append(say("cli.sums_of_japan", lang, **part_of_japan(equal.sum, share, lang)))
    for line in lines:
        note(line, order.quiet)
    key, small = "scenario_warnings.below_a_unit", below_a_unit(scenarios, baseline, order.quarters, share)
    lines = [say(key, lang, scenario=one.scenario, **one.told(lang)) for one in small]
    warn(lines, lang, order.quiet)
    return scenarios, equal


def sentences(equal: EqualSpending, baseline: str, lang: Language) -> list[str]:
    """At which sum scenarios are compared, and what each was given for it: a line each."""
    facts = {"sum": money(equal.sum, lang), "since": equal.since, "baseline": baseline}
    n = {"replicates": equal.replicates, "tolerance": f"{equal.tolerance:.0%}"}
    nobody = len(equal.names("at_most")) == len(equal.scenarios)
    lines = [say("cli.equal_spending_none" if nobody else "cli.equal_spending", lang, **facts, **n)]
    for name, found in equal.scenarios.items():
        given = {"appropriated": money(found.appropriated, lang), "spent": money(found.spent, lang)}
        factor = number(found.factor)
        lines.append(say(f"cli.given_{found.verdict}", lang, name=name, factor=factor, **given))
    return lines

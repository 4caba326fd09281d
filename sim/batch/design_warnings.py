"""What is allowed in a design and still deserves a word: values without effect, scenarios that become one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor, Point, Value, applied, first_year, section_of, suits
from sim.calendar import FIRST_YEAR, QUARTERS_PER_YEAR, parse_quarter, quarter_label
from sim.kernel.parameters import declared
from sim.scenarios.inheritance import path_over, value_at
from sim.scenarios.scenario import Scenario
from sim.text import Language, say

#: Names of scenarios or values that one line lists.
MOST_NAMED = 6


def about_equal_scenarios(
    scenarios: Sequence[Scenario], language: Language, design: Design | None = None
) -> list[str]:
    """A line for each group of scenarios that are one and the same, at every point if there is a design."""
    groups = [_listed(names, language) for names in identical(scenarios, design)]
    if design is None:
        return [say("design_warnings.same_scenarios", language, scenarios=group) for group in groups]
    return [say("design_warnings.same_at_every_point", language, scenarios=group) for group in groups]


def about_factors(experiment: Experiment, language: Language) -> Iterator[tuple[str, str]]:
    """What deserves a word about the factors of an experiment: name of the factor and a line about it."""
    design = experiment.design
    if design is None:
        return
    late = starting_late(design.factors, experiment.quarters)
    taken = overridden(design.factors, experiment.scenarios)
    missing = design.never_run()
    last = quarter_label(experiment.quarters - 1)
    for factor in design.factors:
        name = factor.name
        if name in late:
            id = "event_after_horizon" if factor.kind == "event" else "factor_after_horizon"
            when = _listed(late[name], language)
            yield name, say(f"design_warnings.{id}", language, factor=name, when=when, last=last)
        if name in taken:
            scenarios = _listed(taken[name], language)
            yield name, say("design_warnings.takes_the_place", language, factor=name, scenarios=scenarios)
        if name in missing:
            values = _listed([_shown(value) for value in missing[name]], language)
            points = len(design.points)
            id = "never_in_the_table" if design.method == "table" else "never_run"
            line = say(f"design_warnings.{id}", language, factor=name, values=values, points=points)
            yield name, line


def _listed(names: Sequence[str], language: Language) -> str:
    """Names in a row, the first of them where there are many."""
    shown = [*names[:MOST_NAMED], "..."] if len(names) > MOST_NAMED else names
    return ("、" if language == "ja" else ", ").join(shown)


def _shown(value: Value) -> str:
    return (
        f"{value:g}"
        if isinstance(value, float)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def starting_late(factors: Iterable[Factor], quarters: int) -> dict[str, tuple[str, ...]]:
    """Fiscal years or quarters of factors that lie after the last quarter, by factor.

    Args:
        factors: what is varied.
        quarters: horizon of the experiment.

    Returns:
        Where a factor starts (``2024``, ``2024Q1``), or the values of an event that never come to pass.
    """
    late = {factor.name: tuple(label for label, t in _dates(factor) if t >= quarters) for factor in factors}
    return {name: labels for name, labels in late.items() if labels}


def _dates(factor: Factor) -> list[tuple[str, int]]:
    """Label and quarter number of every date of a factor."""
    if factor.kind == "event":
        return [(str(value), parse_quarter(str(value))) for value in factor.values or () if value != "never"]
    if factor.start is None:
        return []
    if factor.kind == "lever":
        return [(str(factor.start), (factor.start - FIRST_YEAR) * QUARTERS_PER_YEAR)]
    return [(quarter_label(factor.start), factor.start)]


def overridden(factors: Sequence[Factor], scenarios: Sequence[Scenario]) -> dict[str, tuple[str, ...]]:
    """Scenarios that say different things where a factor takes their place, by factor.

    What they say counts no more where the factor has a value: they differ less than they seem.
    """
    found = {}
    for factor in factors:
        said: dict[str, list[str]] = {}
        for scenario in (one for one in scenarios if suits(factor, one)):
            said.setdefault(repr(_replaced(factor, scenario)), []).append(scenario.name)
        if len(said) > 1:
            found[factor.name] = tuple(name for names in said.values() for name in names)
    return found


def _replaced(factor: Factor, scenario: Scenario) -> Any:
    """What a scenario says about a factor from where the factor holds on."""
    inside = getattr(scenario, section_of(factor, scenario))
    if factor.programme is not None:
        own: Any = inside[factor.programme].money
    else:
        own = inside.get(factor.name) if isinstance(inside, Mapping) else getattr(inside, factor.name)
    if factor.kind == "uncertainty" and own is None:
        own = {0: declared()[factor.name].default}
    if not isinstance(own, Mapping):
        return own
    start = first_year(factor, own) if factor.kind == "lever" else factor.start or 0
    return path_over(
        {start: value_at(own, start)}, {when: value for when, value in own.items() if when > start}
    )


def identical(scenarios: Sequence[Scenario], design: Design | None = None) -> list[tuple[str, ...]]:
    """Names of scenarios that are one and the same, at every point where there is a design.

    Whether scenarios become one does not hang on the values of a point, only on which factors have one.
    """
    groups = [list(scenarios)]
    for point in [()] if design is None else _kinds_of_points(design):
        groups = [group for before in groups for group in _alike(before, design, point) if len(group) > 1]
        if not groups:
            break
    return [tuple(scenario.name for scenario in group) for group in groups]


def _kinds_of_points(design: Design) -> list[Point]:
    """One point for each set of factors that have a value; methods but two give one to each factor."""
    if design.method not in ("oat", "table"):
        return [design.points[0]]
    kinds: dict[tuple[bool, ...], Point] = {}
    for point in design.points:
        kinds.setdefault(tuple(value is None for value in point), point)
    return list(kinds.values())


def _alike(scenarios: Sequence[Scenario], design: Design | None, point: Point) -> list[list[Scenario]]:
    """The scenarios in groups of what they are at a point."""
    groups: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        there = scenario if design is None else applied(scenario, design.factors, point)
        groups.setdefault(there.digest(), []).append(scenario)
    return list(groups.values())

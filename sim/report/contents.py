"""What a scenario contains: everything in which it differs from the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sim.calendar import FIRST_YEAR, fiscal_year, quarter_label
from sim.kernel.parameters import declared
from sim.report.words import Names
from sim.scenarios.inheritance import value_at
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import Scenario
from sim.text import Language, label, say

#: Kinds of difference that are not money: where they exist, effects are not those of money alone.
BESIDE_MONEY = ("setting", "parameter", "rule", "module", "calendar", "emphasis", "extension")


class Difference(NamedTuple):
    """One thing in which a scenario differs.

    Attributes:
        scenario: its name.
        kind: ``lever`` or one of ``BESIDE_MONEY``.
        name: as a scenario file names it.
        label: the same in words.
        here: its value in this scenario, in words.
        there: its value in the reference, in words.
    """

    scenario: str
    kind: str
    name: str
    label: str
    here: str
    there: str


def differences(scenario: Scenario, reference: Scenario, quarters: int, names: Names) -> list[Difference]:
    """Everything in which a scenario differs from a reference within the horizon.

    Args:
        scenario: the one that is described.
        reference: what it is held against.
        quarters: horizon; what happens later is left out.
        names: what programmes and payers are called, and the language.
    """
    lang = names.lang
    found = [
        *_levers(scenario, reference, quarters, names),
        *_parameters(scenario, reference, quarters, lang),
        *_settings(scenario, reference, lang),
        *_choices(scenario, reference, lang),
        *_extensions(scenario, reference, lang),
    ]
    return [difference for difference in found if difference.here != difference.there]


def _levers(scenario: Scenario, reference: Scenario, quarters: int, names: Names) -> Iterator[Difference]:
    lang = names.lang
    last = fiscal_year(quarters - 1)
    for name in dict.fromkeys([*scenario.funds, *reference.funds]):
        paths = (owner.money.get(name, {FIRST_YEAR: 0.0}) for owner in (scenario, reference))
        here, there = (_path({year: value for year, value in path.items() if year <= last}, "year", lang)
                       for path in paths)  # fmt: skip
        yield Difference(scenario.name, "lever", name, _row(name, scenario, reference, names), here, there)


def _row(name: str, scenario: Scenario, reference: Scenario, names: Names) -> str:
    """A lever's label, or a programme's name with its lever and payer."""
    programme = scenario.programmes.get(name, reference.programmes.get(name))
    if programme is None:
        return label(name, names.lang)
    return names.programme(name, label(programme.lever, names.lang), str(programme.payer))


def _parameters(
    scenario: Scenario, reference: Scenario, quarters: int, lang: Language
) -> Iterator[Difference]:
    for name in dict.fromkeys([*scenario.parameters, *reference.parameters]):
        default = {0: declared()[name].default} if name in declared() else {}
        here, there = (
            _path({t: value for t, value in owner.parameters.get(name, default).items() if t < quarters},
                  "quarter", lang)
            for owner in (scenario, reference)
        )  # fmt: skip
        yield Difference(scenario.name, "parameter", name, label(name, lang), here, there)


def _settings(scenario: Scenario, reference: Scenario, lang: Language) -> Iterator[Difference]:
    for name, value in scenario.settings.items():
        there = exact(reference.settings[name])
        yield Difference(scenario.name, "setting", name, label(name, lang), exact(value), there)


def _choices(scenario: Scenario, reference: Scenario, lang: Language) -> Iterator[Difference]:
    """Rules, modules, dated decisions and emphasis."""
    for name, choice in scenario.rules.items():
        words = [say(f"report.choices.{value}", lang) for value in (choice, reference.rules[name])]
        yield Difference(scenario.name, "rule", name, say(f"report.rules.{name}", lang), *words)
    for name, on in scenario.modules.items():
        words = [
            say(f"report.switched.{'on' if it else 'off'}", lang) for it in (on, reference.modules[name])
        ]
        yield Difference(scenario.name, "module", name, say(f"report.modules.{name}", lang), *words)
    targets = [owner.calendar.national_target for owner in (scenario, reference)]
    words = [say("report.never", lang) if at is None else quarter_label(at) for at in targets]
    yield Difference(
        scenario.name, "calendar", "national_target", say("report.national_target", lang), *words
    )
    for name, factor in scenario.emphasis.items():
        pair = (exact(factor), exact(reference.emphasis[name]))
        yield Difference(scenario.name, "emphasis", name, say(f"report.emphasis.{name}", lang), *pair)


def _extensions(scenario: Scenario, reference: Scenario, lang: Language) -> Iterator[Difference]:
    none = say("report.none", lang)
    for path in dict.fromkeys([*scenario.extensions, *reference.extensions]):
        here, there = (
            say("report.code", lang, digest=digest) if (digest := owner.extensions.get(path)) else none
            for owner in (scenario, reference)
        )
        yield Difference(scenario.name, "extension", path, path.partition(":")[2] or path, here, there)


def _path(path: Mapping[int, float], step: str, lang: Language) -> str:
    """A number that changes over time in words: 30; from FY2022: 1,200."""
    parts = []
    for at, value in sorted(path.items()):
        when = str(at) if step == "year" else quarter_label(at)
        first = at in (0, FIRST_YEAR)
        parts.append(
            exact(value) if first else say(f"report.from_{step}", lang, when=when, value=exact(value))
        )
    return say("report.then", lang).join(parts)


def levers_beyond(scenario: Scenario, baseline: Scenario, years: list[int]) -> set[str]:
    """Levers on which it is given more than the baseline; ``esg_finance`` stands for its three parts."""
    more = set()
    for lever in LEVERS:
        paths = [owner.levers[lever.name] for owner in (scenario, baseline)]
        here, there = ([path[max(y for y in path if y <= year)] for year in years] for path in paths)
        if any(a > b for a, b in zip(here, there, strict=True)):
            more.add(lever.name.partition(".")[0])
    nothing = {FIRST_YEAR: 0.0}
    for name, programme in scenario.programmes.items():
        before = baseline.money.get(name, nothing)
        if any(value_at(programme.money, year) > value_at(before, year) for year in years):
            more.add(programme.lever.partition(".")[0])
    return more


def exact(value: float) -> str:
    """A number as it was given, to six figures, thousands separated."""
    rounded = float(f"{value:.6g}")
    return f"{rounded:,.0f}" if rounded == round(rounded) else f"{rounded:,}"

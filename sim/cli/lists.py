"""``sim list``: what there is, as a table, as JSON, or one thing whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sim.cli.output import standard_output
from sim.errors import InputError
from sim.text import Language, say, unit
from sim.text.catalogue import texts_of

type Row = dict[str, Any]

LEVER_UNIT = "JPY M/fiscal year"
#: Names that a message about an unknown one lists.
MOST_NAMED = 8
#: How a world that takes a size, or a path, is written.
WORLD_NAMES = {"synthetic": "synthetic:N", "own": "PLACES.csv"}


def print_list(what: str, names: Sequence[str], as_json: bool, language: Language) -> None:
    """Print one of ``LISTS`` as a table or as JSON, or what is known of the things named.

    Raises:
        InputError: there is no such list, or nothing of that name in it.
    """
    if what not in LISTS:
        raise InputError(f"sim list: no list of {what!r}{_hint(what, list(LISTS))}")
    make, columns = LISTS[what]
    rows = make(language)
    known = {row["name"]: row for row in rows}
    for name in names:
        if name not in known:
            raise InputError(f"sim list {what}: there is no {name!r}{_hint(name, list(known))}")
    chosen = [known[name] for name in names] if names else rows
    if as_json:
        print(json.dumps(chosen, ensure_ascii=False, indent=1))
    elif names:
        _print_whole(chosen, language)
    else:
        _print_table(chosen, columns, language)


def _hint(name: str, known: list[str]) -> str:
    from sim.scenarios.yaml_file import suggestion

    return suggestion(name, known) or f"; there are {', '.join(known[:MOST_NAMED])}"


def _print_table(rows: Sequence[Row], columns: Sequence[str], language: Language) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(say(f"columns.{column}", language), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    standard_output().print(table)


def _print_whole(rows: Sequence[Row], language: Language) -> None:
    """Everything that is known of each row: a fact a line, what is empty left out."""
    from rich.table import Table

    for row in rows:
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for column, value in row.items():
            if value not in ("", None, ()):
                table.add_row(say(f"columns.{column}", language), _cell(value))
        standard_output().print(table)
        if row is not rows[-1]:
            print()


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def _scenarios(language: Language) -> list[Row]:
    from sim.calendar import FIRST_YEAR
    from sim.scenarios.inheritance import value_at
    from sim.scenarios.scenario import builtin_names, load_scenarios

    rows = []
    for scenario in load_scenarios(builtin_names()):
        content = scenario.model_dump()
        names = {"name": content.pop("name"), "title": content.pop("title")[language]}
        total = sum(value_at(path, FIRST_YEAR + 1) for path in scenario.levers.values())
        facts = {"extends": content.pop("extends"), "money_2019": total, "digest": scenario.digest()}
        rows.append({**names, **facts, **_dated(content)})
    return rows


def _dated(content: Row) -> Row:
    """The content of a scenario with its quarters as people write them, such as 2019Q2."""
    from sim.calendar import quarter_label

    paths = {
        name: {quarter_label(t): value for t, value in path.items()}
        for name, path in content["parameters"].items()
    }
    dates = {name: "never" if t is None else quarter_label(t) for name, t in content["calendar"].items()}
    return {**content, "parameters": paths, "calendar": dates}


def _levers(language: Language) -> list[Row]:
    from sim.kernel.parameters import declared
    from sim.scenarios.levers import LEVERS, SETTINGS

    prices = {parameter.name: parameter.default for parameter in declared().values()}
    prices |= {setting.name: setting.default for setting in SETTINGS}
    levers = [
        {
            **_called("levers", lever.name, language),
            "kind": say("columns.lever", language),
            "unit": unit(LEVER_UNIT, language),
            "default": 0.0,
            **_said(
                "levers", lever.name, ("buys", "unit_cost", "programme", "budget_line", "source"), language
            ),
            "cost_set_by": [f"{name} = {prices[name]:g}" for name in lever.cost_set_by],
        }
        for lever in LEVERS
    ]
    settings = [
        {
            **_called("settings", setting.name, language),
            "kind": say("columns.setting", language),
            "unit": unit(setting.unit, language),
            "default": setting.default,
            "low": setting.low,
            "high": setting.high,
        }
        for setting in SETTINGS
    ]
    return [*levers, *settings]


def _parameters(language: Language) -> list[Row]:
    from sim.kernel.parameters import declared

    return [
        {
            **_called("parameters", parameter.name, language),
            "default": parameter.default,
            "low": parameter.low,
            "high": parameter.high,
            "unit": unit(parameter.unit, language),
            "source": say(f"sources.{parameter.source}.label", language),
            "reference": texts_of("sources", language).get(f"sources.{parameter.source}.reference", ""),
            "group": parameter.group,
            "symbol": parameter.symbol,
        }
        for parameter in declared().values()
    ]


def _outcomes(language: Language) -> list[Row]:
    from sim.kernel.outcomes import OUTCOMES

    return [
        {
            **_called("outcomes", outcome.name, language),
            "kind": say(f"kinds.{outcome.kind.name.lower()}", language),
            "unit": unit(outcome.unit, language),
            "denominator": say(f"denominators.{outcome.denominator}", language)
            if outcome.denominator
            else "",
        }
        for outcome in OUTCOMES
    ]


def _worlds(language: Language) -> list[Row]:
    from sim.worlds import WORLDS

    return [
        {"name": WORLD_NAMES.get(world, world), "meaning": say(f"worlds.{world}", language)}
        for world in WORLDS
    ]


def _called(section: str, name: str, language: Language) -> Row:
    """Name, label and meaning; the section is named so that no other need be read."""
    return {"name": name, **_said(section, name, ("label", "meaning"), language)}


def _said(section: str, name: str, facts: Sequence[str], language: Language) -> Row:
    return {fact: say(f"{section}.{name}.{fact}", language) for fact in facts}


#: What ``sim list`` can list: the rows, and the columns of its table.
LISTS: dict[str, tuple[Callable[[Language], list[Row]], tuple[str, ...]]] = {
    "scenarios": (_scenarios, ("name", "title", "extends", "money_2019")),
    "levers": (_levers, ("name", "kind", "unit", "default", "meaning")),
    "parameters": (_parameters, ("name", "default", "low", "high", "unit", "source", "meaning")),
    "outcomes": (_outcomes, ("name", "kind", "unit", "meaning")),
    "worlds": (_worlds, ("name", "meaning")),
}

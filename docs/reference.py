"""The reference pages of the site, made from the code in the language of the site.

``<!-- generated: parameters -->`` in a page of ``docs/reference`` stands for what is made here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Sequence

import sim
from docs.tables import source, table
from sim.kernel.outcomes import OUTCOMES
from sim.kernel.parameters import GROUPS, declared
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.schema import MODULES, PILLARS, RULES
from sim.text import Language, label, meaning, say, unit

MARK = re.compile(r"<!-- generated: (\w+) -->")
WIDTH = 90  # characters of a line of the command line's help


def heads(names: Sequence[str], language: Language) -> list[str]:
    """What columns are called, as in ``sim list``."""
    return [say(f"columns.{name}", language) for name in names]


def parameters(language: Language) -> str:
    """A table for each group of parameters."""
    columns = heads(("name", "label", "default", "low", "high", "unit", "meaning", "source"), language)
    parts = []
    for group in GROUPS:
        rows = [
            (
                f"`{one.name}`", label(one.name, language),
                f"{one.default:g}", f"{one.low:g}", f"{one.high:g}",
                unit(one.unit, language), meaning(one.name, language), source(one.source, language),
            )
            for one in declared().values()
            if one.group == group
        ]  # fmt: skip
        parts.append(f"## `{group}`\n\n{table(columns, rows)}")
    return "\n".join(parts)


def levers(language: Language) -> str:
    """Levers, and the settings that go with them."""
    said = ("buys", "unit_cost", "programme")
    rows = [
        (
            f"`{lever.name}`", label(lever.name, language), meaning(lever.name, language),
            *(say(f"levers.{lever.name}.{what}", language) for what in said),
        )
        for lever in LEVERS
    ]  # fmt: skip
    settings = [
        (f"`{one.name}`", f"{one.default:g}", f"{one.low:g}", f"{one.high:g}", meaning(one.name, language))
        for one in SETTINGS
    ]
    first = table(heads(("name", "label", "meaning", *said), language), rows)
    second = table(heads(("name", "default", "low", "high", "meaning"), language), settings)
    return f"{first}\n## {say('columns.settings', language)}\n\n{second}"


def outcomes(language: Language) -> str:
    """Outcomes in the order of the columns of the series."""
    rows = [
        (
            f"`{one.name}`", label(one.name, language), say(f"kinds.{one.kind.name.lower()}", language),
            unit(one.unit, language), meaning(one.name, language),
        )
        for one in OUTCOMES
    ]  # fmt: skip
    return table(heads(("name", "label", "kind", "unit", "meaning"), language), rows)


def choices(language: Language) -> str:
    """What rules, modules and pillars may be set to; the first choice of a rule is its default."""
    rules = table(
        heads(("rules", "label"), language),
        [(f"`{name}`", ", ".join(f"`{choice}`" for choice in allowed)) for name, allowed in RULES.items()],
    )
    others = [
        f"{say(f'columns.{name}', language)} (`{name}`): " + ", ".join(f"`{one}`" for one in allowed)
        for name, allowed in (("modules", MODULES), ("emphasis", PILLARS))
    ]
    return "\n".join((rules, *(f"- {line}" for line in others)))


def python(_: Language) -> str:
    """Directives for the public names of the package, in the order of the alphabet."""
    return "```{eval-rst}\n" + "\n".join(map(directive, sorted(sim.__all__, key=str.lower))) + "```\n"


def directive(name: str) -> str:
    """The directive that takes a name's documentation from its docstring."""
    value = getattr(sim, name)
    if inspect.isclass(value):
        return f".. autoclass:: sim.{name}\n   :members:\n"
    return f".. auto{'function' if callable(value) else 'data'}:: sim.{name}\n"


def commands(_: Language) -> str:
    """The help of each command, as the command itself prints it."""
    from typer.main import get_command

    from sim.cli.app import app

    command = get_command(app)
    return "\n".join(helps("sim", command))


def helps(name: str, command: object, parent: object = None) -> Iterable[str]:
    """A section for a command, and one for each command below it."""
    context = command.context_class(command, info_name=name, parent=parent, terminal_width=WIDTH)
    yield f"## `{context.command_path}`\n\n```text\n{command.get_help(context).strip()}\n```\n"
    for below, inner in getattr(command, "commands", {}).items():
        if not inner.hidden:
            yield from helps(below, inner, context)


PAGES: dict[str, Callable[[Language], str]] = {
    "parameters": parameters,
    "levers": levers,
    "outcomes": outcomes,
    "choices": choices,
    "python": python,
    "commands": commands,
}


def filled(text: str, language: Language) -> str:
    """A page with what is generated in the place of its marks."""
    return MARK.sub(lambda found: PAGES[found[1]](language), text)

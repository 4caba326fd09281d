"""Check a file against its schema, and say in one clear line each what is wrong with it, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.kernel.parameters import declared
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.schema import RULES, scenario_schema
from sim.scenarios.section import Section
from sim.scenarios.yaml_file import (
    MAX_MISTAKES,
    Document,
    Location,
    kind,
    printable,
    suggestion,
    without_commas,
)

#: Names that are listed where none is like the one given, at most.
_FEW = 20
_WANTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "finite_number": "a finite number",
}
_LIMITS = {
    "greater_than_equal": ("ge", "must be {limit:,} or more, not {value}"),
    "less_than_equal": ("le", "must be at most {limit:,}, not {value}"),
    "less_than": ("lt", "must be below {limit:,}, not {value}"),
    "too_short": ("min_length", "must have at least {limit:,} entry, not {value}"),
    "too_long": ("max_length", "has more than {limit:,} entries"),
}

type Hint = Callable[[Location], str]


def validated(document: Document, own: tuple[str, ...] = ()) -> dict[str, Any] | None:
    """The content of a scenario file: the keys that it gives, and ``title``, ``extends``, ``extensions``.

    Args:
        document: the file, which what is wrong is noted in.
        own: names of extensions that may be levers.

    Returns:
        None where anything is wrong.
    """
    schema = scenario_schema(own)
    checked: Any = checked_against(schema, document, _key_suggestion)
    if checked is None:
        return None
    given = checked.model_dump(exclude_unset=True, by_alias=True)
    always = {name: getattr(checked, name) for name in ("title", "extends", "extensions")}
    return {**given, **always}


def checked_against[T: Section](
    schema: type[T], document: Document, hint: Hint = lambda _: "", data: Mapping[Any, Any] | None = None
) -> T | None:
    """The document as its schema wants it, or None where something is wrong, which is noted in the document.

    Args:
        schema: what the document may say.
        document: the file.
        hint: words on what may have been meant by a key that is not known.
        data: to be checked instead of that of the document.
    """
    try:
        return schema.model_validate(document.data if data is None else data)
    except ValidationError as error:
        found = [(_location(document, problem), problem) for problem in error.errors(include_url=False)]
        found.sort(key=lambda one: document.place(one[0]))
        for number, (location, problem) in enumerate(found):
            # beyond those that are told, what it is need not be found out
            message = _message(schema, location, problem, hint) if number < MAX_MISTAKES else ""
            document.note(location, message)
        return None


def _location(document: Document, problem: Any) -> Location:
    """Where the problem lies, without the year or quarter that a plain number was given."""
    location: Location = tuple(part for part in problem["loc"] if part != "[key]")
    if problem["type"] == "missing":
        return location
    inside: Any = document.data
    for depth, part in enumerate(location):
        items = range(len(inside)) if isinstance(inside, list) else inside
        if not isinstance(items, dict | range) or part not in items:
            return location[:depth]
        inside = inside[part]
    return location


def _message(schema: type[Section], location: Location, problem: Any, hint: Hint) -> str:
    kind_of_error, value = problem["type"], problem["input"]
    if kind_of_error in ("extra_forbidden", "invalid_key"):
        return f"unknown key{hint(location) or _like(location[-1], known_keys(schema, location[:-1]))}"
    if kind_of_error == "missing":
        noun = schema.model_config.get("title") or schema.__name__
        wanted = "a name" if location[0] == "name" else location[0]
        article = "an" if noun[0] in "aeiou" else "a"
        return f"missing; {article} {noun} needs {wanted}" if len(location) == 1 else "missing; give it"
    if kind_of_error == "literal_error":
        *others, last = choices = RULES[str(location[-1])]
        return f"must be {', '.join(others)} or {last}, not {kind(value)}{suggestion(value, choices)}"
    if kind_of_error in _WANTED:
        return f"must be {_WANTED[kind_of_error]}, not {kind(value)}{without_commas(value)}"
    if kind_of_error in _LIMITS:
        name, words = _LIMITS[kind_of_error]
        return words.format(limit=problem["ctx"][name], value=_shown(value))
    return printable(problem["msg"]).removeprefix("Value error, ")


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and abs(value) < 10**30 else kind(value)


def _like(word: object, known: Sequence[str]) -> str:
    return suggestion(word, known) or (f"; known here: {', '.join(known)}" if len(known) < _FEW else "")


def known_keys(schema: type[BaseModel], location: Location) -> list[str]:
    """Keys that the schema knows at a location."""
    inside: Any = schema
    for part in location:
        if get_origin(inside) is dict:
            inside = _model_in(get_args(inside)[1])
            continue
        fields = {field.alias or name: field for name, field in getattr(inside, "model_fields", {}).items()}
        field = fields.get(str(part))
        inside = None if field is None else _model_in(field.annotation)
    fields = getattr(inside, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def _model_in(annotation: Any) -> Any:
    """The model, or the mapping to models, in an annotation; None where there is none."""
    for one in _parts_of(annotation):
        if get_origin(one) is dict or (isinstance(one, type) and issubclass(one, BaseModel)):
            return one
    return None


def _parts_of(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is not dict:
        for inside in get_args(annotation):
            yield from _parts_of(inside)


def _key_suggestion(location: Location) -> str:
    """Where a word that belongs somewhere else in a scenario file is to be written, or an empty string."""
    names = [f"levers.{lever.name}" for lever in LEVERS] + [f"levers.{setting.name}" for setting in SETTINGS]
    for name in [*names, *(f"parameters.{name}" for name in declared())]:
        if name.endswith(f".{location[-1]}"):
            return f"; write it as {_nested(name)}"
    return ""


def _nested(dotted: str) -> str:
    *outer, last = dotted.split(".")
    return "".join(f"{part}: {{" for part in outer) + f"{last}: ..." + "}" * len(outer)

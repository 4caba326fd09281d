"""What a scenario file may say. Built from the tables of levers, settings and parameters.

A number that changes over time is a plain number or a mapping; both become a path
``{when: value}`` in which a value holds until the next one. ``when`` is a fiscal year for
levers and the number of a quarter for parameters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
)
from pydantic_core import PydanticCustomError

from sim.calendar import FIRST_YEAR, LAST_YEAR, parse_quarter, quarter_label
from sim.errors import InputError
from sim.kernel.parameters import Parameter, declared
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.yaml_file import Document, Location, kind, suggestion

MOST_MONEY = 100_000_000.0  # JPY M: about the whole general account of the national government
DIVISORS = ("km", "size score", "JPY M/year", "JPY M/contact")  # units of numbers that are divided by

TINY = 1e-300
FIRST_QUARTER = quarter_label(0)

type Path = dict[int, float]


class Section(BaseModel):
    """A part of the file: unknown keys are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Title(Section):
    """Title in English and Japanese."""

    en: str = ""
    ja: str = ""


def _refuse(message: str) -> PydanticCustomError:
    return PydanticCustomError("refused", "{message}", {"message": message})


def _number(value: Any) -> float:
    """A finite number; booleans and text are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refuse(f"must be a number, not {kind(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _refuse(f"must be a finite number, not {number}")
    return number + 0.0  # turns -0.0 into 0.0


def _within(low: float, high: float, unit: str) -> Callable[[Any], float]:
    """Check for a number from ``low`` to ``high``; a ``low`` just above zero stands for "above 0"."""

    def check(value: Any) -> float:
        number = _number(value)
        if low <= number <= high:
            return number
        least = "above 0" if 0.0 < low < TINY else f"{_shown(low)} or more"
        wanted = least if math.isinf(high) else f"from {_shown(low)} to {_shown(high)}"
        raise _refuse(f"must be {wanted} ({unit}), not {_shown(number)}")

    return check


def _shown(number: float) -> str:
    return f"{number:,.0f}" if number == round(number) and abs(number) < 1e15 else f"{number:g}"


def _year(key: Any) -> int:
    if isinstance(key, bool) or not isinstance(key, int):
        raise _refuse(f"must be a fiscal year such as 2019, not {kind(key)}")
    if not FIRST_YEAR <= key <= LAST_YEAR:
        raise _refuse(f"fiscal year must be from {FIRST_YEAR} to {LAST_YEAR}")
    return key


def _quarter(key: Any) -> int:
    try:
        return parse_quarter(key)
    except InputError as error:
        raise _refuse(str(error)) from None


def _path(when: Callable[[Any], int], first: int | str, check: Callable[[Any], float]) -> Any:
    """Annotation of a number that changes over time."""

    def as_path(value: Any) -> Any:
        if isinstance(value, dict) and not value:
            raise _refuse("must be a number or a number per year or quarter, not an empty mapping")
        return value if isinstance(value, dict) else {first: value}

    key = Annotated[int, BeforeValidator(when)]
    return Annotated[dict[key, Annotated[float, BeforeValidator(check)]], BeforeValidator(as_path)]


def _possible(parameter: Parameter) -> Callable[[Any], float]:
    """Check for what is possible at all: the declared range is what is plausible, and sweeps may leave it."""
    low = 0.0 if parameter.low >= 0.0 else -math.inf
    if parameter.low > 0.0 and parameter.unit in DIVISORS:
        low = math.ulp(0.0)
    high = 1.0 if parameter.unit.startswith(("share", "probability")) else math.inf
    return _within(low, high, parameter.unit)


def _section(name: str, fields: Mapping[str, Any]) -> type[Section]:
    """Section with a field per name, none of them required; a dotted name lies in a section inside."""
    inner: dict[str, dict[str, Any]] = {}
    columns: dict[str, Any] = {}
    for dotted, annotation in fields.items():
        head, _, rest = dotted.partition(".")
        if rest:
            inner.setdefault(head, {})[rest] = annotation
        else:
            columns[head] = (annotation, None)
    for head, below in inner.items():
        columns[head] = (_section(f"{name}_{head}", below), None)
    return create_model(name, __base__=Section, **columns)


def _target(value: Any) -> int | None:
    if value == "never":
        return None
    try:
        return parse_quarter(value)
    except InputError as error:
        raise _refuse(f"{error} (or never)") from None


def _safe_name(name: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", name):
        return name
    raise _refuse("must be 1 to 60 letters a-z, digits, _ or -, as folders are named after it; see title")


#: What may be chosen for each rule; the first is the default.
RULES: dict[str, tuple[str, ...]] = {
    "award": ("scored", "need_weighted", "lottery"),
    "matching": ("den_haan", "cobb_douglas"),
    "interlinkage": ("none", "uniform", "estimated"),
    "drift": ("none", "trend"),
    "advisers": ("smallest", "lottery"),
}
MODULES: tuple[str, ...] = ("insurance", "election_gate", "international")
#: Pillars of the national action plan; a factor weighs the needs of the pillar's goals.
PILLARS: tuple[str, ...] = ("society_5_0", "regional_innovation", "next_generation_women")


def _import_path(path: str) -> str:
    if re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", path):
        return path
    raise _refuse("must be an import path such as my_levers:advisers_to_small_municipalities")


#: Names that levers, outcomes and mechanisms of extensions may not take, besides those of the model's own.
WORDS = (
    *RULES, *MODULES, *PILLARS, "national_target", *(setting.name.split(".")[-1] for setting in SETTINGS),
    "levers", "settings", "parameters", "rules", "modules", "calendar", "emphasis",
)  # fmt: skip


@cache
def scenario_schema(own: tuple[str, ...] = ()) -> type[Section]:
    """The schema of a scenario file; ``own`` are the names of extensions that may be levers."""
    budget = _path(_year, FIRST_YEAR, _within(0.0, MOST_MONEY, "JPY M a fiscal year"))
    levers = {lever.name: budget for lever in LEVERS}
    levers |= dict.fromkeys(own, budget)
    for setting in SETTINGS:
        levers[setting.name] = Annotated[float, BeforeValidator(_within(0.0, 1.0, setting.unit))]
    factor = Annotated[float, BeforeValidator(_within(0.0, math.inf, "factor"))]
    fields: dict[str, dict[str, Any]] = {
        "levers": levers,
        "parameters": {
            name: _path(_quarter, FIRST_QUARTER, _possible(record)) for name, record in declared().items()
        },
        "rules": {name: Literal[choices] for name, choices in RULES.items()},
        "modules": dict.fromkeys(MODULES, bool),
        "calendar": {"national_target": Annotated[int | None, BeforeValidator(_target)]},
        "emphasis": dict.fromkeys(PILLARS, factor),
    }
    sections = {name: _section(name, inside) for name, inside in fields.items()}
    columns: dict[str, Any] = {
        "name": (Annotated[str, AfterValidator(_safe_name)], ...),
        "title": (Title, Title()),
        "extends": (str | None, "baseline"),
        "extensions": (list[Annotated[str, AfterValidator(_import_path)]], []),
        **{name: (section, Field(default_factory=section)) for name, section in sections.items()},
    }
    return create_model("scenario", __base__=Section, **columns)


def validated(document: Document, own: tuple[str, ...] = ()) -> dict[str, Any]:
    """The content of a scenario file: the keys that it gives, and ``title``, ``extends``, ``extensions``.

    Args:
        document: the file.
        own: names of extensions that may be levers.

    Raises:
        InputError: the first thing that is wrong, with its place in the file.
    """
    try:
        checked: Any = scenario_schema(own).model_validate(document.data)
    except ValidationError as error:
        problems = [(_location(document, problem), problem) for problem in error.errors(include_url=False)]
        location, problem = min(problems, key=lambda found: document.place(found[0]))
        raise document.error(location, _message(location, problem)) from None
    given = checked.model_dump(exclude_unset=True)
    always = {name: getattr(checked, name) for name in ("title", "extends", "extensions")}
    return {**given, **always}


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


def _message(location: Location, problem: Any) -> str:
    kind_of_error, value = problem["type"], problem["input"]
    if kind_of_error in ("extra_forbidden", "invalid_key"):
        return f"unknown key{_key_suggestion(location)}"
    if kind_of_error == "missing":
        return "missing; a scenario needs a name"
    if kind_of_error == "literal_error":
        *others, last = choices = RULES[str(location[-1])]
        return f"must be {', '.join(others)} or {last}, not {kind(value)}{suggestion(value, choices)}"
    wanted = {"string_type": "text", "bool_type": "true or false", "model_type": "a mapping (key: value)"}
    if kind_of_error in wanted:
        return f"must be {wanted[kind_of_error]}, not {kind(value)}"
    return str(problem["msg"])


def _key_suggestion(location: Location) -> str:
    """The key that was probably meant: the same word in its right place, or a like word here."""
    section: Any = scenario_schema()
    for part in location[:-1]:
        section = section.model_fields[str(part)].annotation
    names = [f"levers.{lever.name}" for lever in LEVERS] + [f"levers.{setting.name}" for setting in SETTINGS]
    for name in [*names, *(f"parameters.{name}" for name in declared())]:
        if name.endswith(f".{location[-1]}"):
            return f"; write it as {_nested(name)}"
    known = list(section.model_fields)
    return suggestion(location[-1], known) or (f"; known here: {', '.join(known)}" if len(known) < 20 else "")


def _nested(dotted: str) -> str:
    *outer, last = dotted.split(".")
    return "".join(f"{part}: {{" for part in outer) + f"{last}: ..." + "}" * len(outer)

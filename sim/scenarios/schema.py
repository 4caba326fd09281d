"""What a scenario file may say. Built from the tables of levers, settings and parameters.

A number that changes over time is a plain number or a mapping; both become a path
``{when: value}`` in which a value holds until the next one. ``when`` is a fiscal year for
levers and the number of a quarter for parameters.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, create_model

from sim.calendar import FIRST_YEAR, LAST_YEAR, parse_quarter, quarter_label
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.bounds import bounds_of
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.programme_words import programmes_section
from sim.scenarios.section import Section, Title, refused
from sim.scenarios.yaml_file import kind, without_commas

MOST_MONEY = 100_000_000.0  # JPY M: about the whole general account of the national government
#: One for each municipality of Japan; each takes a flag and an id of all whom it may serve.
MOST_PROGRAMMES = 2_000
MOST_EMPHASIS = 1_000.0  # a pillar that weighs a thousand times as much leaves nothing to the others

TINY = 1e-300
_DIGITS = re.compile(r"[-+]?[\d.,_]+", re.ASCII)
FIRST_QUARTER = quarter_label(0)

type Path = dict[int, float]


def _number(value: Any) -> float:
    """A finite number; booleans and text are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        narrow = unicodedata.normalize("NFKC", value) if isinstance(value, str) else ""
        hint = "; write it in half-width digits" if narrow != value and _DIGITS.fullmatch(narrow) else ""
        raise refused(f"must be a number, not {kind(value)}{hint or without_commas(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise refused(f"must be a finite number, not {number}")
    return number + 0.0  # turns -0.0 into 0.0


def _within(low: float, high: float, unit: str) -> Callable[[Any], float]:
    """Check for a number from ``low`` to ``high``; a ``low`` just above zero stands for "above 0"."""

    def check(value: Any) -> float:
        number = _number(value)
        if low <= number <= high:
            return number
        wanted = f"{'above 0, up' if 0.0 < low < TINY else f'from {_shown(low)}'} to {_shown(high)}"
        raise refused(f"must be {wanted} ({unit}), not {_shown(number)}")

    return check


def _shown(number: float) -> str:
    return f"{number:,.0f}" if number == round(number) and abs(number) < 1e15 else f"{number:g}"


def _year(key: Any) -> int:
    if isinstance(key, bool) or not isinstance(key, int):
        raise refused(f"must be a fiscal year such as 2019, not {kind(key)}")
    if not FIRST_YEAR <= key <= LAST_YEAR:
        raise refused(f"fiscal year must be from {FIRST_YEAR} to {LAST_YEAR}")
    return key


def _quarter(key: Any) -> int:
    try:
        return parse_quarter(key)
    except InputError as error:
        raise refused(str(error)) from None


def _path(when: Callable[[Any], int], first: int | str, check: Callable[[Any], float]) -> Any:
    """Annotation of a number that changes over time."""

    def as_path(value: Any) -> Any:
        if isinstance(value, dict) and not value:
            raise refused("must be a number or a number per year or quarter, not an empty mapping")
        return value if isinstance(value, dict) else {first: value}

    key = Annotated[int, BeforeValidator(when)]
    return Annotated[dict[key, Annotated[float, BeforeValidator(check)]], BeforeValidator(as_path)]


def _section(name: str, fields: Mapping[str, Any], own: Mapping[str, Any] | None = None) -> type[Section]:
    """Section with a field per name, none of them required; a dotted name lies in a section inside.

    ``own`` are fields whose names come from users: they go by another name, as not all are fit for one.
    """
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
    for number, (given, annotation) in enumerate((own or {}).items()):
        columns |= {} if given in columns else {f"own_{number}": (annotation, Field(None, alias=given))}
    return create_model(name, __base__=Section, **columns)


def _target(value: Any) -> int | None:
    if value == "never":
        return None
    try:
        return parse_quarter(value)
    except InputError as error:
        raise refused(f"{error} (or never)") from None


def _safe_name(name: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", name):
        return name
    raise refused("must be 1 to 60 letters a-z, digits, _ or -, as folders are named after it; see title")


#: What may be chosen for each rule; the first is the default.
RULES: dict[str, tuple[str, ...]] = {
    "award": ("scored", "need_weighted", "lottery"),
    "matching": ("den_haan", "cobb_douglas"),
    "interlinkage": ("none", "uniform", "estimated"),
    "drift": ("none", "trend"),
    "advisers": ("smallest", "lottery"),
    "study_effect": ("pricing", "access"),
    "grant_choice": ("company", "municipality"),
    "contagion": ("linear", "threshold"),
}
MODULES: tuple[str, ...] = (
    "insurance", "election_gate", "international", "agreements", "intermediaries", "joint_projects",
)  # fmt: skip
#: Pillars of the national action plan; a factor weighs the needs of the pillar's goals.
PILLARS: tuple[str, ...] = ("society_5_0", "regional_innovation", "next_generation_women")


def _import_path(path: str) -> str:
    if re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", path):
        return path
    raise refused("must be an import path such as my_levers:advisers_to_small_municipalities")


#: Names that levers, outcomes and mechanisms of extensions may not take, besides those of the model's own.
WORDS = (
    *RULES, *MODULES, *PILLARS, "national_target", *(setting.name.split(".")[-1] for setting in SETTINGS),
    "levers", "settings", "parameters", "rules", "modules", "calendar", "emphasis", "programmes",
)  # fmt: skip


@cache
def scenario_schema(own: tuple[str, ...] = ()) -> type[Section]:
    """The schema of a scenario file; ``own`` are the names of extensions that may be levers."""
    budget = _path(_year, FIRST_YEAR, _within(0.0, MOST_MONEY, "JPY M a fiscal year"))
    levers = {lever.name: budget for lever in LEVERS}
    for setting in SETTINGS:
        levers[setting.name] = Annotated[float, BeforeValidator(_within(0.0, 1.0, setting.unit))]
    factor = Annotated[float, BeforeValidator(_within(0.0, MOST_EMPHASIS, "factor"))]
    fields: dict[str, dict[str, Any]] = {
        "parameters": {
            name: _path(_quarter, FIRST_QUARTER, _within(*bounds_of(record), record.unit))
            for name, record in declared().items()
        },
        "rules": {name: Literal[choices] for name, choices in RULES.items()},
        "modules": dict.fromkeys(MODULES, bool),
        "calendar": {"national_target": Annotated[int | None, BeforeValidator(_target)]},
        "emphasis": dict.fromkeys(PILLARS, factor),
    }
    sections = {name: _section(name, inside) for name, inside in fields.items()}
    sections["levers"] = _section("levers", levers, dict.fromkeys(own, budget))
    columns: dict[str, Any] = {
        "programmes": (
            programmes_section(budget, WORDS),
            Field(default_factory=dict, max_length=MOST_PROGRAMMES),
        ),
        "name": (Annotated[str, AfterValidator(_safe_name)], ...),
        "title": (Title, Title()),
        "extends": (str | None, "baseline"),
        "extensions": (list[Annotated[str, AfterValidator(_import_path)]], []),
        **{name: (section, Field(default_factory=section)) for name, section in sections.items()},
    }
    return create_model("scenario", __base__=Section, **columns)

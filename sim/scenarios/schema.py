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

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sim.calendar import FIRST_YEAR, LAST_YEAR, parse_quarter, quarter_label
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.bounds import bounds_of
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.programmes import comparisons
from sim.scenarios.yaml_file import NO_TEXT, kind, printable, suggestion, without_commas
from sim.text import label

MOST_MONEY = 100_000_000.0  # JPY M: about the whole general account of the national government
MOST_EMPHASIS = 1_000.0  # a pillar that weighs a thousand times as much leaves nothing to the others

TINY = 1e-300
_DIGITS = re.compile(r"[-+]?[\d.,_]+", re.ASCII)
FIRST_QUARTER = quarter_label(0)

type Path = dict[int, float]


class Section(BaseModel):
    """A part of the file: unknown keys are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _text(value: str) -> str:
    if bad := NO_TEXT.search(value):
        raise _refuse(f"holds a character that is no text ({printable(bad[0])}); take it out")
    return value


class Title(Section):
    """Title in English and Japanese."""

    en: Annotated[str, AfterValidator(_text)] = ""
    ja: Annotated[str, AfterValidator(_text)] = ""


def _refuse(message: str) -> PydanticCustomError:
    return PydanticCustomError("refused", "{message}", {"message": message})


def _number(value: Any) -> float:
    """A finite number; booleans and text are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        narrow = unicodedata.normalize("NFKC", value) if isinstance(value, str) else ""
        hint = "; write it in half-width digits" if narrow != value and _DIGITS.fullmatch(narrow) else ""
        raise _refuse(f"must be a number, not {kind(value)}{hint or without_commas(value)}")
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
        wanted = f"{'above 0, up' if 0.0 < low < TINY else f'from {_shown(low)}'} to {_shown(high)}"
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
    "study_effect": ("pricing", "access"),
}
MODULES: tuple[str, ...] = (
    "insurance", "election_gate", "international", "agreements", "intermediaries", "joint_projects",
)  # fmt: skip
#: Pillars of the national action plan; a factor weighs the needs of the pillar's goals.
PILLARS: tuple[str, ...] = ("society_5_0", "regional_innovation", "next_generation_women")


def _import_path(path: str) -> str:
    if re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", path):
        return path
    raise _refuse("must be an import path such as my_levers:advisers_to_small_municipalities")


#: Names that levers, outcomes and mechanisms of extensions may not take, besides those of the model's own.
WORDS = (
    *RULES, *MODULES, *PILLARS, "national_target", *(setting.name.split(".")[-1] for setting in SETTINGS),
    "levers", "settings", "parameters", "rules", "modules", "calendar", "emphasis", "programmes",
)  # fmt: skip


def _said(find: Callable[[Any], Any], none: bool = True) -> Any:
    """Validator that finds what a word stands for; None stays None where it may be left out."""

    def check(value: Any) -> Any:
        try:
            return None if none and value is None else find(value)
        except InputError as error:
            raise _refuse(str(error)) from None

    return BeforeValidator(check)


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [] if value is None else [value]


def _prefecture(value: Any) -> int | str:
    """A number of a prefecture, or a name, of which only the world knows what it stands for."""
    from sim.worlds.places import find_prefecture

    number = type(value) is int or (isinstance(value, str) and not _is_name(value))
    return find_prefecture(value) if number else _name(value)


def _municipality(value: Any) -> str:
    """A code or name of a municipality, of which only the world knows what it stands for."""
    if type(value) is int and 0 < value < _CODES:
        return str(value)
    return _name(value)


def _paying_prefecture(value: Any) -> int | str:
    """Number of a prefecture of Japan, by which it is called everywhere; else a name, left to the world."""
    from sim.worlds.places import find_prefecture

    try:
        return find_prefecture(value)
    except InputError:
        if _is_name(value):
            return _name(value)
        raise


def _paying_municipality(value: Any) -> str:
    """The same for a municipality and its code."""
    from sim.worlds.places import find_municipality

    text = _municipality(value)
    try:
        return f"{find_municipality(text):05d}"
    except InputError:
        return text


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and not unicodedata.normalize("NFKC", value).strip().isdecimal()


def _name(value: Any) -> str:
    """A name of a place as it is written, if it may be one."""
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"must be the name or code of a place, not {kind(value)}")
    if len(value) > _LONGEST_NAME or not value.isprintable():
        raise InputError(f"{printable(value[:40])!r} is no name of a place")
    return value.strip()


def _condition(value: Any) -> str:
    if not isinstance(value, str):
        raise InputError(f"must be a condition such as population < 10_000, not {kind(value)}")
    return " and ".join(str(comparison) for comparison in comparisons(value))


def _one_of(*words: str) -> Callable[[Any], str]:
    def find(value: Any) -> str:
        if value in words:
            return str(value)
        raise InputError(f"must be {' or '.join(words)}, not {kind(value)}{suggestion(value, words)}")

    return find


def _size_class(value: Any) -> int:
    if type(value) is int and 0 <= value < _SIZE_CLASSES:
        return value
    raise InputError(f"must be a class of size from 0 to {_SIZE_CLASSES - 1}, not {kind(value)}")


_SIZE_CLASSES = 12
_CODES, _LONGEST_NAME = 10**12, 100


class PayerWords(Section):
    """Who pays for a programme."""

    prefecture: Annotated[int | str | None, _said(_paying_prefecture)] = None
    municipality: Annotated[str | None, _said(_paying_municipality)] = None

    @model_validator(mode="after")
    def _one_payer(self) -> PayerWords:
        if self.prefecture is not None and self.municipality is not None:
            raise _refuse("has two payers; give a prefecture or a municipality")
        return self


class TargetWords(Section):
    """Whom a programme may serve."""

    prefecture: Annotated[
        list[Annotated[int | str, _said(_prefecture, none=False)]], BeforeValidator(_listed)
    ] = []
    region: Annotated[list[Annotated[str, _said(_name, none=False)]], BeforeValidator(_listed)] = []
    size_class: Annotated[list[Annotated[int, _said(_size_class, none=False)]], BeforeValidator(_listed)] = []
    municipalities: Annotated[
        list[Annotated[str, _said(_municipality, none=False)]], BeforeValidator(_listed)
    ] = []
    need: Annotated[str | None, _said(_one_of("bottom_quartile"))] = None
    adopters: bool | None = None
    where: Annotated[str | None, _said(_condition)] = None


def _nobody_else(word: str) -> BeforeValidator:
    """Takes the word for a section that says nothing."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and value != word:
            raise _refuse(
                f"must be {word} or a mapping (key: value), not {kind(value)}{suggestion(value, [word])}"
            )
        return {} if value == word else value

    return BeforeValidator(check)


def _programme_name(name: Any) -> str:
    from sim.extensions.names import taken_names

    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,59}", name):
        raise _refuse("must be a name of 1 to 60 letters a-z, digits and _")
    if name.casefold() in (taken := taken_names(WORDS)):
        raise _refuse(f"is {taken[name.casefold()]}; choose another name for the programme")
    return name


def _lever(value: Any) -> str:
    names = [lever.name for lever in LEVERS]
    if isinstance(value, str) and value in names:
        return value
    called = [name for name in names if value in (label(name, "en"), label(name, "ja"))]
    short = called or [name for name in names if isinstance(value, str) and name.endswith(f".{value}")]
    hint = f", did you mean {short[0]}?" if short else suggestion(value, names)
    raise InputError(f"must be a lever of the model, not {kind(value)}{hint or '; see sim list levers'}")


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
    words: dict[str, Any] = {
        "lever": (Annotated[str, _said(_lever)], None),
        "payer": (Annotated[PayerWords, _nobody_else("national")], PayerWords()),
        "target": (Annotated[TargetWords, _nobody_else("everybody")], Field(TargetWords(), alias="for")),
        "money": (budget, None),
    }
    programme = create_model("programme", __base__=Section, **words)
    programmes = dict[Annotated[str, BeforeValidator(_programme_name)], programme | None]
    columns: dict[str, Any] = {
        "programmes": (programmes, Field(default_factory=dict)),
        "name": (Annotated[str, AfterValidator(_safe_name)], ...),
        "title": (Title, Title()),
        "extends": (str | None, "baseline"),
        "extensions": (list[Annotated[str, AfterValidator(_import_path)]], []),
        **{name: (section, Field(default_factory=section)) for name, section in sections.items()},
    }
    return create_model("scenario", __base__=Section, **columns)

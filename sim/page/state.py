"""The state of the page, and the link that holds it.

A link is ``#1.`` and the state as JSON, deflated and in the base64 of URLs. Its scenarios are checked by the
same code as scenario files.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, Field, ValidationError

from sim.calendar import FIRST_YEAR, LAST_YEAR, parse_quarter
from sim.errors import InputError
from sim.files import parsed_json
from sim.kernel.world import World
from sim.page import entries
from sim.page.assumptions import baseline_of, under
from sim.page.entries import Entry, entry_of, scenario_of, yaml_of
from sim.page.mistakes import Mistake, MistakesError
from sim.scenarios.scenario import Scenario, builtin_names
from sim.scenarios.section import Section, refused
from sim.scenarios.yaml_file import kind, printable
from sim.text import LANGUAGES, Language, say

__all__ = [
    "Entry", "State", "entry_of", "fragment_of", "remarks_on", "scenarios_of", "state_of",
    "state_of_fragment", "state_of_json", "yaml_of",
]  # fmt: skip

#: Version of the state, and of the way that a link holds it.
VERSION = 1
#: Scenarios beside the baseline.
MOST_SCENARIOS = 3
#: Parameters that are assumed to be other than the model has them.
MOST_ASSUMED = 40
#: Quarters that the map shows side by side.
MOST_DATES = 2
#: Groups whose settings are read together.
MOST_GROUPS = 8
#: Bytes of a state as JSON.
MOST_BYTES = 64 * 1024
#: Fields of which links say nothing where they are empty.
_LEFT_OUT = ("assumed", "dates", "groups")
#: Nesting of a state: what a scenario may have, and what lies around it.
_MOST_DEPTH = 24
#: Old versions -> what makes the next version of them.
UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
_LINK = re.compile(r"#?(\d{1,9})\.([A-Za-z0-9_-]*)", re.ASCII)
_ABSURD = 10**9
_WORD, _MOST_MONEY = r"^[a-z][a-z0-9_-]{0,39}$", 1e8


def _builtin(name: str) -> str:
    if name in builtin_names():
        return name
    *others, last = builtin_names()
    raise refused(f"must be {', '.join(others)} or {last}, not {kind(name)}")


def _place(place: str) -> str:
    if place.isprintable():
        return place
    raise refused(f"{place[:40]!r} is no name of a place")


def _quarter(date: str) -> str:
    try:
        parse_quarter(date)
    except InputError as error:
        raise refused(str(error)) from None
    return date


type Date = Annotated[str, Field(max_length=6), AfterValidator(_quarter)]


class State(Section):
    """What a link holds.

    Attributes:
        v: version of the state.
        baseline: a built-in scenario, which all others are held against.
        scenarios: up to three others.
        assumed: value by parameter, in all scenarios and the baseline; one that is left out is the model's.
        lang: language of the page.
        view: which view is shown.
        year: calendar year that figures tell of; None = the last one.
        place: code or name of the prefecture or municipality that is looked at; None = the whole country.
        dates: quarters of the map, one or two side by side, such as 2019Q2; None = the end of the year.
        lock: JPY M a fiscal year that every scenario appropriates beyond the baseline; None = not locked.
        groups: up to eight scenarios of the groups of a workshop, which are read together.
    """

    v: Literal[1] = 1
    baseline: Annotated[str, AfterValidator(_builtin)] = "baseline"
    scenarios: Annotated[list[Entry], Field(max_length=MOST_SCENARIOS)] = Field(default_factory=list)
    assumed: Annotated[
        dict[str, Annotated[float, Field(allow_inf_nan=False)]], Field(max_length=MOST_ASSUMED)
    ] = Field(default_factory=dict)
    lang: Literal["en", "ja"] = "en"
    view: Annotated[str, Field(pattern=_WORD)] = "effects"
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None = None
    place: Annotated[str, Field(max_length=100), AfterValidator(_place)] | None = None
    dates: Annotated[list[Date], Field(min_length=1, max_length=MOST_DATES)] | None = None
    lock: Annotated[float, Field(ge=0.0, le=_MOST_MONEY, allow_inf_nan=False)] | None = None
    groups: Annotated[list[Entry], Field(max_length=MOST_GROUPS)] = Field(default_factory=list)


def state_of(value: Any, lang: Language | None = None) -> State:
    """The state that a value from JSON holds. Its scenarios are not checked: see ``scenarios_of``.

    Args:
        value: of an old version, too.
        lang: of the errors; None = that of the state, else English.

    Raises:
        MistakesError: it is none; all that is wrong.
    """
    lang = lang or _language_in(value)
    if not isinstance(value, dict):
        raise MistakesError.saying("no_mapping", lang)
    if _is_deep(value):
        text = say("mistakes.deep", lang, most=_MOST_DEPTH)
        raise MistakesError.by([Mistake(text)], lang)
    value = _upgraded(value, lang)
    try:
        return State.model_validate(value)
    except ValidationError as error:
        raise MistakesError.by(_mistakes(error, value, lang), lang) from None


def state_of_json(text: str | bytes, lang: Language | None = None) -> State:
    """The state that a JSON text holds; arguments and errors otherwise as of ``state_of``."""
    return state_of(_loaded(text, lang or "en"), lang)


def state_of_fragment(fragment: str, lang: Language | None = None) -> State:
    """The state that the fragment of a link holds; arguments and errors otherwise as of ``state_of``."""
    told = lang or "en"
    found = _LINK.fullmatch(fragment)
    if found is None:
        raise MistakesError.saying("no_link", told)
    if (version := int(found[1])) > VERSION or version < 1:
        raise MistakesError.saying("version", told, version=version, known=VERSION)
    return state_of_json(_inflated(found[2], told), lang)


def fragment_of(state: State) -> str:
    """The fragment of the link that holds a state."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(json_of(state).encode()) + packer.flush()
    return f"#{VERSION}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def json_of(state: State) -> str:
    """The state as JSON; without groups, dates or assumptions it is what it was before there were any."""
    value = state.model_dump(exclude={name for name in _LEFT_OUT if not getattr(state, name)})
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def scenarios_of(
    state: State, lang: Language | None = None, world: World | None = None, groups: bool = False
) -> tuple[Scenario, ...]:
    """The baseline, then the scenarios of a state.

    Args:
        state: whatever its link says.
        lang: of the errors; None = that of the state.
        world: where the places that programmes name are looked up; None = they are not.
        groups: whether those of the groups follow.

    Raises:
        MistakesError: some are wrong, or two have one name; all that is wrong.
    """
    lang = lang or state.lang
    entries = [*state.scenarios, *(state.groups if groups else ())]
    # a wrong assumption is wrong in every scenario: told once
    found = [baseline_of(state.baseline, state.assumed, lang)]
    mistakes: list[Mistake] = []
    for entry in entries:
        try:
            found.append(scenario_of(under(entry, state.assumed), lang, world))
        except MistakesError as error:
            mistakes += error.mistakes
    for name, count in Counter(entry.name for entry in entries).items():
        if count > 1:
            text = say("page.mistakes.twice", lang, name=printable(name)[:60], count=count)
            mistakes.append(Mistake(text))
    if mistakes:
        raise MistakesError.by(mistakes, lang)
    return tuple(found)


def remarks_on(state: State, quarters: int, lang: Language, groups: bool = False) -> list[str]:
    """What deserves a word about a state that is right: values hardly meant, money that comes too late.

    Args:
        state: whose scenarios may be run.
        quarters: horizon of the runs.
        lang: of the lines.
        groups: whether scenarios of groups are told of, too.
    """
    assumed = Entry(name="assumed", overlay={"parameters": state.assumed})
    found = entries.remarks_on(assumed, quarters, lang) if state.assumed else []
    for entry in [*state.scenarios, *(state.groups if groups else ())]:
        called = printable(getattr(entry.title, lang) or entry.name)[:60]
        lines = entries.remarks_on(entry, quarters, lang)
        found += [say("page.mistakes.of", lang, scenario=called, text=line) for line in lines]
    return found


def _language_in(value: Any) -> Language:
    given = value.get("lang") if isinstance(value, dict) else None
    return given if isinstance(given, str) and given in LANGUAGES else "en"


def _upgraded(value: dict[str, Any], lang: Language) -> dict[str, Any]:
    """The same in the version of today."""
    version = value.get("v")
    if isinstance(version, bool) or not isinstance(version, int):
        raise MistakesError.saying("no_version", lang, known=VERSION)
    while version in UPGRADES and version < VERSION:
        value = {**UPGRADES[version](value), "v": version + 1}
        version += 1
    if version != VERSION:
        raise MistakesError.saying(
            "version", lang, version=version if abs(version) < _ABSURD else "?", known=VERSION
        )
    return value


def _inflated(text: str, lang: Language) -> bytes:
    """What base64 and deflate hold, at most ``MOST_BYTES``."""
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        reader = zlib.decompressobj(-zlib.MAX_WBITS)
        plain = reader.decompress(packed, MOST_BYTES + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise MistakesError.saying("broken_link", lang) from None
    if len(plain) > MOST_BYTES:
        raise MistakesError.saying("large_state", lang, most=MOST_BYTES)
    if not reader.eof or reader.unused_data:
        raise MistakesError.saying("broken_link", lang)
    return plain


def _loaded(text: str | bytes, lang: Language) -> Any:
    if len(text) > MOST_BYTES:
        raise MistakesError.saying("large_state", lang, most=MOST_BYTES)
    try:
        return parsed_json(text)
    except ValueError:
        raise MistakesError.saying("no_json", lang) from None


def _is_deep(value: Any) -> bool:
    """Whether lists and mappings lie deeper in one another than any state has them."""
    layer = [value]
    for _ in range(_MOST_DEPTH):
        layer = [inside for one in layer for inside in _inside(one)]
        if not layer:
            return False
    return True


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _mistakes(error: ValidationError, value: dict[str, Any], lang: Language) -> list[Mistake]:
    """What is wrong with a state, besides what is wrong inside its scenarios."""
    found = []
    for problem in error.errors(include_url=False)[:20]:
        location = [part for part in problem["loc"] if part != "[key]"]
        key = ".".join(printable(part)[:60] for part in location)
        limit = (problem.get("ctx") or {}).get("max_length", "")
        id = _IDS.get(problem["type"], "wrong")
        words = say(f"page.mistakes.state.{id}", lang, value=kind(problem["input"]), limit=limit)
        if problem["type"] == "refused":
            words = say("page.mistakes.state.choice", lang, value=kind(problem["input"]))
        scenario = _name_at(value, location)
        found.append(Mistake(say("page.mistakes.key", lang, key=key, text=words), scenario, key))
    return found


def _name_at(value: dict[str, Any], location: list[int | str]) -> str:
    """Name of the scenario in which a location lies, or empty."""
    match location:
        case ["scenarios" | "groups" as part, int(number), *_]:
            entry = cast(list[Any], value[part])[number]
            name = entry.get("name") if isinstance(entry, dict) else None
            return printable(name)[:60] if isinstance(name, str) else ""
        case _:
            return ""


_IDS = {
    "extra_forbidden": "unknown", "missing": "missing", "too_long": "too_many", "string_too_long": "too_many",
    "string_type": "text", "int_type": "whole", "float_type": "number", "list_type": "list",
    "dict_type": "mapping", "model_type": "mapping", "literal_error": "choice", "finite_number": "number",
}  # fmt: skip

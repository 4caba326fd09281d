"""What a scenario file may say of a programme."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, create_model, model_validator

from sim.errors import InputError
from sim.scenarios.levers import LEVERS
from sim.scenarios.programmes import comparisons
from sim.scenarios.section import Section, Title, refused
from sim.scenarios.yaml_file import kind, printable, suggestion
from sim.text import label


def _said(find: Callable[[Any], Any], none: bool = True) -> Any:
    """Validator that finds what a word stands for; None stays None where it may be left out."""

    def check(value: Any) -> Any:
        try:
            return None if none and value is None else find(value)
        except InputError as error:
            raise refused(str(error)) from None

    return BeforeValidator(check)


def _listed(value: Any) -> Any:
    """One or several as a list; none would leave nobody out, which is hardly meant."""
    several = value if isinstance(value, list | tuple) else [] if value is None else [value]
    if not several:
        raise refused("is empty, which would leave nobody out; give a value, or leave the key out")
    return several


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
            raise refused("has two payers; give a prefecture or a municipality")
        return self


def _several(find: Callable[[Any], Any]) -> Any:
    """Field of one or several of what is found; none by default."""
    one = Annotated[Any, _said(find, none=False)]
    return Annotated[list[one], BeforeValidator(_listed)], Field(default_factory=list)


_TARGET: dict[str, Any] = {
    "prefecture": _several(_prefecture),
    "region": _several(_name),
    "size_class": _several(_size_class),
    "municipalities": _several(_municipality),
    "need": (Annotated[str | None, _said(_one_of("bottom_quartile"))], None),
    "adopters": (bool | None, None),
    "where": (Annotated[str | None, _said(_condition)], None),
}
#: Whom a programme may serve.
TargetWords = create_model("target", __base__=Section, **_TARGET)


def _nobody_else(word: str) -> BeforeValidator:
    """Takes the word for a section that says nothing."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and value != word:
            raise refused(
                f"must be {word} or a mapping (key: value), not {kind(value)}{suggestion(value, [word])}"
            )
        return {} if value == word else value

    return BeforeValidator(check)


def _name_beside(words: Sequence[str]) -> BeforeValidator:
    """Takes the name of a programme that is none of the model's names and none of the words."""

    def check(name: Any) -> str:
        from sim.extensions.names import taken_names

        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,59}", name):
            raise refused("must be a name of 1 to 60 letters a-z, digits and _ (see title)")
        if name.casefold() in (taken := taken_names(words)):
            raise refused(f"is {taken[name.casefold()]}; choose another name for the programme")
        return name

    return BeforeValidator(check)


def _lever(value: Any) -> str:
    names = [lever.name for lever in LEVERS]
    if isinstance(value, str) and value in names:
        return value
    called = [name for name in names if value in (label(name, "en"), label(name, "ja"))]
    short = called or [name for name in names if isinstance(value, str) and name.endswith(f".{value}")]
    hint = f", did you mean {short[0]}?" if short else suggestion(value, names)
    raise InputError(f"must be a lever of the model, not {kind(value)}{hint or '; see sim list levers'}")


def programmes_section(money: Any, words: Sequence[str]) -> Any:
    """Annotation of the section ``programmes`` of a scenario file.

    Args:
        money: annotation of money by fiscal year.
        words: names that a programme may not take, besides those of the model.
    """
    columns: dict[str, Any] = {
        "title": (Title, Title()),
        "lever": (Annotated[str, _said(_lever)], None),
        "payer": (Annotated[PayerWords, _nobody_else("national")], PayerWords()),
        "target": (Annotated[TargetWords, _nobody_else("everybody")], Field(TargetWords(), alias="for")),
        "money": (money, None),
    }
    programme = create_model("programme", __base__=Section, **columns)
    return dict[Annotated[str, _name_beside(words)], programme | None]
